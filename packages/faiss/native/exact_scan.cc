#include "exact_scan.h"

#include <faiss/impl/DistanceComputer.h>
#include <faiss/utils/Heap.h>
#include <faiss/utils/distances.h>
#include <faiss/utils/extra_distances.h>

#include <algorithm>
#include <limits>
#include <memory>

#include "metric.h"
#include "parallel.h"

namespace {

/// A block of vectors that stays in the second-level cache while all queries are compared with it.
int64_t BlockSize(int dimension) { return std::max<int64_t>(16, (int64_t{1} << 16) / dimension); }

}  // namespace

ExactScan::ExactScan(const faiss::Index& space, Decode decode)
    : space_(space), decode_(std::move(decode)) {}

void ExactScan::Nearest(int64_t count, const float* queries, const std::vector<Member>& members,
                        int64_t k, float* distances, int64_t* ids) const {
  // One heap for both directions: what is closer is smaller there.
  const float sign = LargerIsCloser(space_.metric_type) ? -1.f : 1.f;
  std::fill_n(distances, count * k, std::numeric_limits<float>::infinity());
  std::fill_n(ids, count * k, int64_t{-1});
  ForEachBlock(members, [&](const Member* block, int64_t size, const float* vectors) {
    ParallelFor(count, [&](int64_t query) {
      float* const heap = distances + query * k;
      std::vector<float> found(size);
      Distances(queries + query * space_.d, vectors, size, found.data());
      for (int64_t i = 0; i < size; i++) {
        const float distance = sign * found[i];
        if (distance < heap[0]) {
          faiss::maxheap_replace_top<float>(k, heap, ids + query * k, distance, block[i].id);
        }
      }
    });
  });
  for (int64_t query = 0; query < count; query++) {
    faiss::maxheap_reorder<float>(k, distances + query * k, ids + query * k);
  }
  for (int64_t i = 0; i < count * k; i++) {
    distances[i] = sign * (ids[i] == -1 ? std::numeric_limits<float>::infinity() : distances[i]);
  }
}

void ExactScan::Within(int64_t count, const float* queries, const std::vector<Member>& members,
                       float radius, RangeHits* hits) const {
  const float sign = LargerIsCloser(space_.metric_type) ? -1.f : 1.f;
  ForEachBlock(members, [&](const Member* block, int64_t size, const float* vectors) {
    ParallelFor(count, [&](int64_t query) {
      std::vector<float> found(size);
      Distances(queries + query * space_.d, vectors, size, found.data());
      for (int64_t i = 0; i < size; i++) {
        if (sign * found[i] < sign * radius) {
          hits->of_query[query].push_back({found[i], block[i].id});
        }
      }
    });
  });
}

void ExactScan::ForEachBlock(
    const std::vector<Member>& members,
    const std::function<void(const Member*, int64_t, const float*)>& visit) const {
  const auto total = static_cast<int64_t>(members.size());
  const int64_t block_size = std::min(total, BlockSize(space_.d));
  std::vector<float> vectors(block_size * space_.d);
  for (int64_t begin = 0; begin < total; begin += block_size) {
    const int64_t size = std::min(block_size, total - begin);
    decode_(members.data() + begin, size, vectors.data());
    visit(members.data() + begin, size, vectors.data());
  }
}

void ExactScan::Distances(const float* query, const float* vectors, int64_t count,
                          float* distances) const {
  switch (space_.metric_type) {
    case faiss::METRIC_L2:
      return faiss::fvec_L2sqr_ny(distances, query, vectors, space_.d, count);
    case faiss::METRIC_INNER_PRODUCT:
      return faiss::fvec_inner_products_ny(distances, query, vectors, space_.d, count);
    default: {
      const std::unique_ptr<faiss::DistanceComputer> computer(faiss::get_extra_distance_computer(
          space_.d, space_.metric_type, space_.metric_arg, count, vectors));
      computer->set_query(query);
      for (int64_t i = 0; i < count; i++) distances[i] = (*computer)(i);
    }
  }
}
