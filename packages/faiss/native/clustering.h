// k-means.
#pragma once

#include <cstdint>
#include <vector>

#include "exact_search.h"

struct KmeansSettings {
  int dimension;
  int64_t k;
  int iterations;
  int redo;
  int seed;
  int64_t max_points_per_centroid;
  bool spherical;
  bool integer_centroids;
  bool frozen_centroids;
  faiss::MetricType metric;
};

struct KmeansInput {
  Rows vectors;
  /// One for each vector, or null.
  const float* weights;
  /// Up to k.
  Rows initial_centroids;
};

/// One entry for each iteration of the best run.
struct KmeansHistory {
  std::vector<double> objective;
  std::vector<double> imbalance;
  std::vector<int32_t> splits;
};

/// Writes k centroids, and for each vector its nearest centroid and the distance to it. The same
/// for the same seed, whatever the number of threads.
///
/// Throws NOT_FINITE, INVALID_ARGUMENT for bad weights or directions, TRAINING_SET_TOO_SMALL.
KmeansHistory Kmeans(const KmeansSettings& settings, const KmeansInput& input, float* centroids,
                     int32_t* assignments, float* distances);
