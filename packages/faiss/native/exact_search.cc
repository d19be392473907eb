#include "exact_search.h"

#include <faiss/Index.h>
#include <faiss/utils/distances.h>
#include <faiss/utils/extra_distances.h>

#include <algorithm>
#include <limits>
#include <vector>

#include "failure.h"
#include "parallel.h"

#ifndef FINTEGER
#define FINTEGER int
#endif

extern "C" {
// FAISS has no matrix of inner products; this is BLAS's product of matrices.
int sgemm_(const char* transa, const char* transb, FINTEGER* m, FINTEGER* n, FINTEGER* k,
           const float* alpha, const float* a, FINTEGER* lda, const float* b, FINTEGER* ldb,
           const float* beta, float* c, FINTEGER* ldc);
}

namespace {

/// What FAISS 1.8 or newer offers; picked where it exists.
template <typename Type>
auto FindNearestByExtraMetric(Type type, float argument, int64_t d, Rows vectors, Rows queries,
                              int64_t k, float* distances, int64_t* rows, int)
    -> decltype(faiss::knn_extra_metrics(queries.data, vectors.data, d, queries.count,
                                         vectors.count, type, argument, k, distances, rows)) {
  return faiss::knn_extra_metrics(queries.data, vectors.data, d, queries.count, vectors.count, type,
                                  argument, k, distances, rows);
}

template <typename Type>
void FindNearestByExtraMetric(Type type, float argument, int64_t d, Rows vectors, Rows queries,
                              int64_t k, float* distances, int64_t* rows, long) {
  faiss::float_maxheap_array_t result = {static_cast<size_t>(queries.count), static_cast<size_t>(k),
                                         rows, distances};
  faiss::knn_extra_metrics(queries.data, vectors.data, d, queries.count, vectors.count, type,
                           argument, &result);
}

/// FAISS's own search, for 1 ≤ k ≤ vectors.count and at least one query.
void Search(const Metric& metric, int64_t d, Rows vectors, Rows queries, int64_t k,
            float* distances, int64_t* rows) {
  if (metric.type == faiss::METRIC_L2) {
    std::vector<float> norms(vectors.count);
    faiss::fvec_norms_L2sqr(norms.data(), vectors.data, d, vectors.count);
    const auto search = [&](int64_t begin, int64_t end) {
      faiss::knn_L2sqr(queries.data + begin * d, vectors.data, d, end - begin, vectors.count, k,
                       distances + begin * k, rows + begin * k, norms.data());
    };
    // FAISS itself spreads single queries over threads, but not the matrix products for batches.
    queries.count < faiss::distance_compute_blas_threshold ? search(0, queries.count)
                                                           : ParallelBlocks(queries.count, search);
  } else if (metric.type == faiss::METRIC_INNER_PRODUCT) {
    const auto search = [&](int64_t begin, int64_t end) {
      faiss::knn_inner_product(queries.data + begin * d, vectors.data, d, end - begin,
                               vectors.count, k, distances + begin * k, rows + begin * k);
    };
    queries.count < faiss::distance_compute_blas_threshold ? search(0, queries.count)
                                                           : ParallelBlocks(queries.count, search);
  } else {
    FindNearestByExtraMetric(metric.type, metric.argument, d, vectors, queries, k, distances, rows,
                             0);
  }
}

void InnerProducts(int64_t d, Rows a, Rows b, float* products) {
  FINTEGER columns = static_cast<FINTEGER>(b.count);
  FINTEGER rows = static_cast<FINTEGER>(a.count);
  FINTEGER depth = static_cast<FINTEGER>(d);
  const float one = 1;
  const float zero = 0;
  sgemm_("Transposed", "Not transposed", &columns, &rows, &depth, &one, b.data, &depth, a.data,
         &depth, &zero, products, &columns);
}

}  // namespace

void FindNearest(const Metric& metric, int64_t d, Rows vectors, Rows queries, int64_t k,
                 float* distances, int64_t* rows) {
  const float farthest =
      std::numeric_limits<float>::infinity() * (LargerIsCloser(metric.type) ? -1.f : 1.f);
  // No more than there is: FAISS would do work for the places that stay empty.
  const int64_t found = std::min(k, vectors.count);
  if (found > 0 && queries.count > 0) Search(metric, d, vectors, queries, found, distances, rows);
  // FAISS wrote rows of `found`, now they are spread to rows of k; from the last, as rows overlap.
  for (int64_t query = queries.count - 1; query >= 0; query--) {
    for (int64_t rank = k - 1; rank >= 0; rank--) {
      const int64_t from = query * found + rank;
      const int64_t row = rank < found ? rows[from] : -1;
      distances[query * k + rank] = row < 0 ? farthest : distances[from];
      rows[query * k + rank] = row;
    }
  }
}

void PairwiseDistances(const Metric& metric, int64_t d, Rows a, Rows b, float* distances) {
  if (a.count == 0 || b.count == 0) return;
  if (metric.type != faiss::METRIC_L2 && metric.type != faiss::METRIC_INNER_PRODUCT) {
    faiss::pairwise_extra_distances(d, a.count, a.data, b.count, b.data, metric.type,
                                    metric.argument, distances);
    return;
  }
  ParallelBlocks(a.count, [&](int64_t begin, int64_t end) {
    const Rows block = {end - begin, a.data + begin * d};
    float* out = distances + begin * b.count;
    if (metric.type == faiss::METRIC_INNER_PRODUCT) {
      InnerProducts(d, block, b, out);
      return;
    }
    faiss::pairwise_L2sqr(d, block.count, block.data, b.count, b.data, out);
    // A distance of zero comes out of norms and products, and can round to below.
    for (int64_t i = 0; i < block.count * b.count; i++) out[i] = std::max(out[i], 0.f);
  });
}
