// The answer to a range search.
#pragma once

#include <cstdint>
#include <vector>

/// Every query has a list of its own while it is searched.
struct RangeHits {
  struct Hit {
    float distance;
    int64_t id;
  };

  explicit RangeHits(int64_t queries) : of_query(queries) {}

  size_t Total() const {
    size_t total = 0;
    for (const auto& hits : of_query) total += hits.size();
    return total;
  }

  std::vector<std::vector<Hit>> of_query;
};
