// Which ids a search or a removal is about.
#pragma once

#include <faiss/impl/IDSelector.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

/// A set of ids that knows whether an id is in and, where that is cheap, which ids can be in at
/// all.
class IdFilter : public faiss::IDSelector {
 public:
  /// A superset of the members, without an order, maybe with repetitions; nothing where it would
  /// have more than `limit` entries or is not known.
  virtual std::optional<std::vector<int64_t>> Candidates(size_t limit) const = 0;
};

/// One step of a filter in postfix order, as TypeScript sends it (src/id-filter.ts).
struct FilterStep {
  enum class Kind { kRange, kIds, kBitmap, kNot, kAnd, kOr };
  Kind kind;
  /// kRange: first and one past the last. kIds and kBitmap: `size` entries at `data`, which outlive
  /// the filter. kAnd and kOr: how many filters before this step it joins.
  int64_t first = 0;
  int64_t end = 0;
  const void* data = nullptr;
  size_t size = 0;
};

/// Runs the steps. They have been checked: each finds its operands, and one filter is left.
std::unique_ptr<IdFilter> MakeFilter(const std::vector<FilterStep>& steps);
