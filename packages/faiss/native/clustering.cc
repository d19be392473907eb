#include "clustering.h"

#include <faiss/Clustering.h>
#include <faiss/Index.h>
#include <faiss/utils/random.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>

#include "check_values.h"
#include "failure.h"

namespace {

/// Assigns points to centroids for faiss::Clustering.
///
/// FAISS fills an empty cluster by splitting one that it draws at random, in proportion to the
/// points beyond the first. Where no cluster has more than one (which frozen centroids that get all
/// points bring about), it draws forever; and with many clusters over equal points, for hours. So
/// in these cases empty clusters get the farthest points before FAISS sees them.
class AssignmentIndex : public faiss::Index {
 public:
  AssignmentIndex(const KmeansSettings& settings, int64_t frozen)
      : faiss::Index(settings.dimension, settings.metric), frozen_(frozen) {}

  void add(int64_t count, const float* centroids) override {
    centroids_.assign(centroids, centroids + count * d);
    ntotal = count;
  }

  void reset() override { ntotal = 0; }

  void search(int64_t count, const float* points, int64_t k, float* distances, int64_t* labels,
              const faiss::SearchParameters* = nullptr) const override {
    FindNearest({metric_type}, d, {ntotal, centroids_.data()}, {count, points}, k, distances,
                labels);
    FillEmptyClusters(count, distances, labels);
  }

 private:
  void FillEmptyClusters(int64_t count, const float* distances, int64_t* labels) const {
    constexpr int64_t kMaxDraws = int64_t{1} << 26;
    std::vector<int64_t> sizes(ntotal);
    for (int64_t i = 0; i < count; i++) sizes[labels[i]]++;
    const int64_t empty = std::count(sizes.begin() + frozen_, sizes.end(), 0);
    if (empty == 0 || (frozen_ == 0 && empty * ntotal < kMaxDraws)) return;
    std::vector<int64_t> order(count);
    std::iota(order.begin(), order.end(), int64_t{0});
    const bool larger_is_closer = LargerIsCloser(metric_type);
    std::stable_sort(order.begin(), order.end(), [&](int64_t a, int64_t b) {
      return larger_is_closer ? distances[a] < distances[b] : distances[a] > distances[b];
    });
    // There are more points than centroids, so there is a point to spare for every empty cluster.
    auto next = order.begin();
    for (int64_t cluster = frozen_; cluster < ntotal; cluster++) {
      if (sizes[cluster] > 0) continue;
      while (labels[*next] >= frozen_ && sizes[labels[*next]] == 1) next++;
      sizes[labels[*next]]--;
      labels[*next++] = cluster;
      sizes[cluster] = 1;
    }
  }

  int64_t frozen_;
  std::vector<float> centroids_;
};

/// What is trained with: all vectors, or some of them in `copied`.
struct Sample {
  Rows points;
  std::vector<float> copied;
  /// Empty for a weight of 1 each.
  std::vector<float> weights;
};

[[noreturn]] void Refuse(const std::string& message) { throw Failure("INVALID_ARGUMENT", message); }

float LargestMagnitude(int64_t length, const float* values) {
  float largest = 0;
  for (int64_t i = 0; i < length; i++) largest = std::max(largest, std::abs(values[i]));
  return largest;
}

/// FAISS compares runs by a sum of distances in single precision, and reads from nowhere when no
/// run has a finite one.
void CheckObjectiveIsFinite(int64_t d, Rows vectors, Rows centroids) {
  const double largest = std::max(LargestMagnitude(vectors.count * d, vectors.data),
                                  LargestMagnitude(centroids.count * d, centroids.data));
  const double count = static_cast<double>(vectors.count) * static_cast<double>(d);
  if (4 * largest * largest * count < std::numeric_limits<float>::max() / 2) return;
  throw Failure("NOT_FINITE",
                "Expected vectors whose squared distances have a finite sum, received components "
                "up to " +
                    std::to_string(largest) + ". Divide all vectors by a constant.");
}

void CheckHaveDirection(const char* what, int64_t d, Rows vectors) {
  for (int64_t i = 0; i < vectors.count; i++) {
    const float* vector = vectors.data + i * d;
    if (std::all_of(vector, vector + d, [](float value) { return value == 0; })) {
      Refuse("Expected " + std::string(what) +
             " that are not zero, since spherical k-means goes by direction, received zeros as "
             "number " +
             std::to_string(i) + ".");
    }
  }
}

void CheckWeights(int64_t count, const float* weights) {
  for (int64_t i = 0; i < count; i++) {
    if (!(weights[i] >= 0 && std::isfinite(weights[i]))) {
      Refuse("Expected weights that are finite and not negative, received " +
             std::to_string(weights[i]) + " as number " + std::to_string(i) + ".");
    }
  }
}

/// The vectors that count, by number, and their weights with a mean of 1.
void SelectWeighted(int64_t count, const float* weights, std::vector<int64_t>* selected,
                    std::vector<float>* selected_weights) {
  // Smaller ones would vanish beside the others in any sum.
  constexpr double kNegligible = 1e-20;
  const double mean = std::accumulate(weights, weights + count, 0.0) / static_cast<double>(count);
  double sum = 0;
  for (int64_t i = 0; i < count; i++) {
    if (weights[i] <= mean * kNegligible) continue;
    selected->push_back(i);
    sum += weights[i];
  }
  for (const int64_t i : *selected) {
    selected_weights->push_back(
        static_cast<float>(weights[i] / sum * static_cast<double>(selected->size())));
  }
}

/// Of more than `limit`, the same as FAISS would take: by a permutation of its own.
template <typename Value>
void TakeAtRandom(int64_t limit, const std::vector<int>& permutation, std::vector<Value>* values) {
  if (values->empty()) return;
  std::vector<Value> taken(limit);
  for (int64_t i = 0; i < limit; i++) taken[i] = (*values)[permutation[i]];
  values->swap(taken);
}

/// FAISS could sample by itself, but it neither passes over vectors without weight, nor does it
/// keep the mean of weights at 1, below which it may split clusters forever.
Sample TakeSample(const KmeansSettings& settings, const KmeansInput& input) {
  const int64_t d = settings.dimension;
  const int64_t limit = settings.k * settings.max_points_per_centroid;
  Sample sample = {input.vectors, {}, {}};
  if (input.weights == nullptr && input.vectors.count <= limit) return sample;
  std::vector<int64_t> selected;
  if (input.weights != nullptr) {
    SelectWeighted(input.vectors.count, input.weights, &selected, &sample.weights);
  } else {
    selected.resize(input.vectors.count);
    std::iota(selected.begin(), selected.end(), int64_t{0});
  }
  const auto usable = static_cast<int64_t>(selected.size());
  if (usable > limit) {
    std::vector<int> permutation(usable);
    faiss::rand_perm(permutation.data(), usable, settings.seed);
    TakeAtRandom(limit, permutation, &selected);
    TakeAtRandom(limit, permutation, &sample.weights);
    if (!sample.weights.empty()) {
      const double sum = std::accumulate(sample.weights.begin(), sample.weights.end(), 0.0);
      for (float& weight : sample.weights) {
        weight = static_cast<float>(weight / sum * static_cast<double>(limit));
      }
    }
  }
  if (static_cast<int64_t>(selected.size()) < input.vectors.count) {
    sample.copied.resize(selected.size() * d);
    for (size_t i = 0; i < selected.size(); i++) {
      std::copy_n(input.vectors.data + selected[i] * d, d, sample.copied.data() + i * d);
    }
    sample.points = {static_cast<int64_t>(selected.size()), sample.copied.data()};
  }
  return sample;
}

faiss::ClusteringParameters ParametersOf(const KmeansSettings& settings) {
  faiss::ClusteringParameters parameters;
  parameters.niter = settings.iterations;
  parameters.nredo = settings.redo;
  parameters.seed = settings.seed;
  parameters.spherical = settings.spherical;
  parameters.int_centroids = settings.integer_centroids;
  parameters.frozen_centroids = settings.frozen_centroids;
  parameters.min_points_per_centroid = 1;                                // else it prints a warning
  parameters.max_points_per_centroid = std::numeric_limits<int>::max();  // sampled already
  return parameters;
}

KmeansHistory HistoryOf(const faiss::Clustering& clustering) {
  KmeansHistory history;
  const auto& stats = clustering.iteration_stats;
  // With several runs FAISS keeps all that came before the best one, too.
  const size_t runs_length = std::min<size_t>(stats.size(), std::max(clustering.niter, 1));
  for (size_t i = stats.size() - runs_length; i < stats.size(); i++) {
    history.objective.push_back(stats[i].obj);
    history.imbalance.push_back(stats[i].imbalance_factor);
    history.splits.push_back(stats[i].nsplit);
  }
  return history;
}

void CheckInput(const KmeansSettings& settings, const KmeansInput& input) {
  CheckValues(input.vectors.count, settings.dimension, input.vectors.data);
  CheckValues(input.initial_centroids.count, settings.dimension, input.initial_centroids.data);
  CheckObjectiveIsFinite(settings.dimension, input.vectors, input.initial_centroids);
  if (settings.spherical) {
    CheckHaveDirection("vectors", settings.dimension, input.vectors);
    CheckHaveDirection("initialCentroids", settings.dimension, input.initial_centroids);
  }
  if (input.weights != nullptr) CheckWeights(input.vectors.count, input.weights);
}

void CheckSampleSize(const KmeansSettings& settings, const Sample& sample) {
  // As many points as centroids become the centroids, in place of frozen ones.
  const int64_t needed = settings.k + (settings.frozen_centroids ? 1 : 0);
  if (sample.points.count >= needed) return;
  throw Failure(
      "TRAINING_SET_TOO_SMALL",
      "Expected at least " + std::to_string(needed) + " vectors" +
          (sample.weights.empty() ? "" : " with a weight above 0") + " for " +
          std::to_string(settings.k) +
          (settings.frozen_centroids ? " centroids of which some are frozen" : " centroids") +
          ", received " + std::to_string(sample.points.count) +
          ". Use more vectors, or a smaller k.");
}

void Assign(const KmeansSettings& settings, Rows centroids, Rows vectors, int32_t* assignments,
            float* distances) {
  // In slices, for the sake of the memory that FAISS's wide row numbers take.
  constexpr int64_t kSlice = int64_t{1} << 18;
  std::vector<int64_t> labels(std::min(kSlice, vectors.count));
  for (int64_t begin = 0; begin < vectors.count; begin += kSlice) {
    const int64_t count = std::min(kSlice, vectors.count - begin);
    FindNearest({settings.metric}, settings.dimension, centroids,
                {count, vectors.data + begin * settings.dimension}, 1, distances + begin,
                labels.data());
    std::transform(labels.begin(), labels.begin() + count, assignments + begin,
                   [](int64_t label) { return static_cast<int32_t>(label); });
  }
}

}  // namespace

KmeansHistory Kmeans(const KmeansSettings& settings, const KmeansInput& input, float* centroids,
                     int32_t* assignments, float* distances) {
  CheckInput(settings, input);
  const Sample sample = TakeSample(settings, input);
  CheckSampleSize(settings, sample);

  faiss::Clustering clustering(settings.dimension, static_cast<int>(settings.k),
                               ParametersOf(settings));
  const Rows& initial = input.initial_centroids;
  clustering.centroids.assign(initial.data, initial.data + initial.count * settings.dimension);
  AssignmentIndex index(settings, settings.frozen_centroids ? initial.count : 0);
  clustering.train(sample.points.count, sample.points.data, index,
                   sample.weights.empty() ? nullptr : sample.weights.data());
  // FAISS leaves this out where there are as many points as centroids.
  if (sample.points.count == settings.k) clustering.post_process_centroids();

  std::copy(clustering.centroids.begin(), clustering.centroids.end(), centroids);
  Assign(settings, {settings.k, centroids}, input.vectors, assignments, distances);
  return HistoryOf(clustering);
}
