// Distances between given vectors, without an index.
#pragma once

#include <cstdint>

#include "metric.h"

struct Rows {
  int64_t count;
  const float* data;
};

/// The k nearest of `vectors` for each query, by row number. Writes queries.count * k places,
/// nearest first; row -1, infinitely far, where there are fewer, and in place of vectors to which
/// the distance is not a number.
void FindNearest(const Metric& metric, int64_t dimension, Rows vectors, Rows queries, int64_t k,
                 float* distances, int64_t* rows);

/// Writes a.count rows of b.count distances.
void PairwiseDistances(const Metric& metric, int64_t dimension, Rows a, Rows b, float* distances);
