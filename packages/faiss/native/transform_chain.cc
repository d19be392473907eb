#include "transform_chain.h"

#include <faiss/IndexFlat.h>
#include <faiss/VectorTransform.h>
#include <faiss/impl/ProductQuantizer.h>
#include <faiss/index_factory.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "check_values.h"
#include "failure.h"
#include "kinds.h"
#include "parallel.h"

namespace {

/// The most numbers between two transforms in training: 2 GiB.
constexpr int64_t kMaxNumbers = int64_t{1} << 29;

template <typename Kind>
Kind* As(faiss::VectorTransform* transform) {
  return dynamic_cast<Kind*>(transform);
}

void CheckTrainingSize(faiss::VectorTransform* transform, int64_t count) {
  int64_t needed = 1;
  if (As<faiss::OPQMatrix>(transform) != nullptr) {
    needed = 256;  // a vector for each of the 2^8 entries of its codebooks
  } else if (const auto* pca = As<faiss::PCAMatrix>(transform)) {
    // The mean takes away one direction: n vectors differ in n - 1 of them, and with fewer vectors
    // than components FAISS would make up the missing one.
    needed = std::min(pca->d_in, pca->d_out + 1);
  } else if (const auto* itq = As<faiss::ITQTransform>(transform)) {
    if (itq->do_pca) needed = std::min(itq->d_in, itq->d_out + 1);
  }
  if (count < needed) {
    throw Failure("TRAINING_SET_TOO_SMALL", "Expected at least " + std::to_string(needed) +
                                                " training vectors, received " +
                                                std::to_string(count) + ".");
  }
}

/// Whitening divides by the square root of the variance.
void CheckVariance(const faiss::PCAMatrix& pca) {
  if (pca.eigen_power == 0) return;
  // FAISS computes covariances in single precision: what is smaller is noise.
  constexpr float kPrecision = 1e-7f;
  for (int i = 0; i < pca.d_out; i++) {
    const float variance = pca.eigenvalues[i];
    if (variance > pca.eigenvalues[0] * kPrecision && std::isnormal(variance)) continue;
    throw Failure("INVALID_ARGUMENT",
                  "Expected training vectors that vary in at least " + std::to_string(pca.d_out) +
                      " directions, received some that vary in " + std::to_string(i) +
                      ": whitening would divide by zero. Ask for fewer components, or use PCA "
                      "without W.");
  }
}

bool AllFinite(const std::vector<float>& values) {
  return std::all_of(values.begin(), values.end(),
                     [](float value) { return std::isfinite(value); });
}

void CheckLearnedIsFinite(faiss::VectorTransform* transform) {
  const auto* linear = As<faiss::LinearTransform>(transform);
  const auto* itq = As<faiss::ITQTransform>(transform);
  if (itq != nullptr) linear = &itq->pca_then_itq;
  if (linear == nullptr || (AllFinite(linear->A) && AllFinite(linear->b))) return;
  throw Failure("FAISS_FAILED",
                "FAISS learned numbers that are not finite. Train with more, and more varied, "
                "vectors.");
}

void CheckReversible(faiss::VectorTransform* transform) {
  const auto* linear = As<faiss::LinearTransform>(transform);
  if (As<faiss::ITQTransform>(transform) == nullptr &&
      (linear == nullptr || linear->is_orthonormal)) {
    return;
  }
  throw Failure("UNSUPPORTED",
                "FAISS can't reverse ITQ, nor PCA with whitening (W). Use PCA without it, OPQ or "
                "RR, or keep the vectors.");
}

void TrainOne(faiss::VectorTransform* transform, int64_t count, const float* vectors) {
  CheckTrainingSize(transform, count);
  if (auto* opq = As<faiss::OPQMatrix>(transform)) {
    // The same as FAISS would use, but it prints no warnings.
    faiss::ProductQuantizer quantizer(opq->d_out, opq->M, 8);
    quantizer.cp.min_points_per_centroid = 1;
    opq->pq = &quantizer;
    // Where this throws, the transform isn't used again.
    opq->train(count, vectors);
    opq->pq = nullptr;
  } else {
    transform->train(count, vectors);
  }
  if (const auto* pca = As<faiss::PCAMatrix>(transform)) CheckVariance(*pca);
  CheckLearnedIsFinite(transform);
}

}  // namespace

TransformChain::TransformChain(int dimension, const std::string& transform)
    : dimension_(dimension), transform_(transform) {
  Make();
}

TransformChain::TransformChain(std::unique_ptr<faiss::Index> index, const std::string& transform)
    : dimension_(index->d), transform_(transform) {
  Take(std::move(index));
}

void TransformChain::Make() {
  std::unique_ptr<faiss::Index> made;
  try {
    made.reset(faiss::index_factory(dimension_, (transform_ + ",Flat").c_str()));
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& error) {
    throw Failure("INVALID_FACTORY", "FAISS can't make the transform '" + transform_ +
                                         "' of dimension " + std::to_string(dimension_) + ": " +
                                         error.what());
  }
  Take(std::move(made));
}

void TransformChain::Take(std::unique_ptr<faiss::Index> index) {
  auto* chain = dynamic_cast<faiss::IndexPreTransform*>(index.get());
  if (chain == nullptr || dynamic_cast<faiss::IndexFlat*>(chain->index) == nullptr) {
    throw Failure(
        "INVALID_FACTORY",
        "Expected transforms only, such as 'PCA64,L2norm', received '" + transform_ + "'.");
  }
  RefuseUnsafeKinds(chain);
  index.release();
  index_.reset(chain);
}

bool TransformChain::is_trained() const {
  return std::all_of(chain().begin(), chain().end(),
                     [](const auto* transform) { return transform->is_trained; });
}

void TransformChain::Train(int64_t count, const float* vectors) {
  CheckValues(count, dimension_, vectors);
  try {
    TrainAll(count, vectors);
  } catch (...) {
    // FAISS would go on from what it had learned until it failed.
    Make();
    throw;
  }
}

void TransformChain::TrainAll(int64_t count, const float* vectors) {
  std::vector<float> current;
  const float* input = vectors;
  for (auto* transform : chain()) {
    if (count * std::max(transform->d_in, transform->d_out) > kMaxNumbers) {
      throw Failure("INVALID_ARGUMENT",
                    "Expected at most " + std::to_string(kMaxNumbers) +
                        " numbers in every step of the chain, received " + std::to_string(count) +
                        " vectors of up to " +
                        std::to_string(std::max(transform->d_in, transform->d_out)) +
                        " components. Train with fewer vectors.");
    }
    if (!transform->is_trained) TrainOne(transform, count, input);
    if (transform == chain().back()) break;
    std::vector<float> next(count * transform->d_out);
    ParallelBlocks(count, [&](int64_t begin, int64_t end) {
      transform->apply_noalloc(end - begin, input + begin * transform->d_in,
                               next.data() + begin * transform->d_out);
    });
    current.swap(next);
    input = current.data();
  }
  index_->is_trained = true;
}

void TransformChain::Apply(int64_t count, const float* vectors, float* transformed) const {
  CheckValues(count, input_dimension(), vectors);
  ParallelBlocks(count, [&](int64_t begin, int64_t end) {
    std::vector<float> current;
    const float* input = vectors + begin * input_dimension();
    for (const auto* transform : chain()) {
      if (transform == chain().back()) {
        transform->apply_noalloc(end - begin, input, transformed + begin * output_dimension());
        break;
      }
      std::vector<float> next((end - begin) * transform->d_out);
      transform->apply_noalloc(end - begin, input, next.data());
      current.swap(next);
      input = current.data();
    }
  });
}

void TransformChain::Reverse(int64_t count, const float* transformed, float* vectors) const {
  CheckValues(count, output_dimension(), transformed);
  for (auto* transform : chain()) CheckReversible(transform);
  ParallelBlocks(count, [&](int64_t begin, int64_t end) {
    std::vector<float> current;
    const float* input = transformed + begin * output_dimension();
    for (auto step = chain().rbegin(); step != chain().rend(); ++step) {
      if (*step == chain().front()) {
        (*step)->reverse_transform(end - begin, input, vectors + begin * input_dimension());
        break;
      }
      std::vector<float> next((end - begin) * (*step)->d_in);
      (*step)->reverse_transform(end - begin, input, next.data());
      current.swap(next);
      input = current.data();
    }
  });
}

std::vector<float> TransformChain::ExplainedVarianceRatio() const {
  for (auto* transform : chain()) {
    const auto* pca = As<faiss::PCAMatrix>(transform);
    if (pca == nullptr) continue;
    // Rounding can leave directions without variance slightly below zero.
    std::vector<float> ratio(pca->eigenvalues.size());
    const auto positive = [](double value) { return std::max(value, 0.0); };
    const double sum =
        std::accumulate(pca->eigenvalues.begin(), pca->eigenvalues.end(), 0.0,
                        [&](double total, float value) { return total + positive(value); });
    std::transform(
        pca->eigenvalues.begin(), pca->eigenvalues.end(), ratio.begin(),
        [&](float value) { return sum > 0 ? static_cast<float>(positive(value) / sum) : 0.f; });
    return ratio;
  }
  return {};
}
