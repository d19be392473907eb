// Neighbours among given vectors, by comparing with each: for filters that leave few vectors, and
// for what some kinds of index can't do (range search in a graph).
#pragma once

#include <faiss/Index.h>

#include <cstdint>
#include <functional>
#include <vector>

#include "range_hits.h"

/// A vector to compare with.
struct Member {
  int64_t id;
  /// Where the index has it, see VectorIndex.
  int64_t place;
};

class ExactScan {
 public:
  /// Writes the vectors of these members, one after the other.
  using Decode = std::function<void(const Member* members, int64_t count, float* vectors)>;

  /// Compares as `space` does: its dimension and metric.
  ExactScan(const faiss::Index& space, Decode decode);

  /// Writes count * k entries; ids are -1 after the last neighbour, and distances infinitely far.
  void Nearest(int64_t count, const float* queries, const std::vector<Member>& members, int64_t k,
               float* distances, int64_t* ids) const;
  /// Adds the members nearer than the radius, query by query, without an order.
  void Within(int64_t count, const float* queries, const std::vector<Member>& members, float radius,
              RangeHits* hits) const;

 private:
  void ForEachBlock(const std::vector<Member>& members,
                    const std::function<void(const Member*, int64_t, const float*)>& visit) const;
  void Distances(const float* query, const float* vectors, int64_t count, float* distances) const;

  const faiss::Index& space_;
  Decode decode_;
};
