#include "id_filter.h"

#include <algorithm>
#include <unordered_set>

namespace {

using Ids = std::vector<int64_t>;
using Parts = std::vector<std::unique_ptr<IdFilter>>;

class RangeFilter : public IdFilter {
 public:
  RangeFilter(int64_t first, int64_t end) : first_(first), end_(end) {}

  bool is_member(int64_t id) const override { return first_ <= id && id < end_; }

  std::optional<Ids> Candidates(size_t limit) const override {
    if (end_ <= first_) return Ids();
    // Unsigned, as the range may be wider than a signed number can say.
    const uint64_t width = static_cast<uint64_t>(end_) - static_cast<uint64_t>(first_);
    if (width > limit) return std::nullopt;
    Ids ids(width);
    for (size_t i = 0; i < width; i++) ids[i] = first_ + static_cast<int64_t>(i);
    return ids;
  }

 private:
  int64_t first_;
  int64_t end_;
};

class SetFilter : public IdFilter {
 public:
  SetFilter(const int64_t* ids, size_t count) : ids_(ids, ids + count) {}

  bool is_member(int64_t id) const override { return ids_.count(id) > 0; }

  std::optional<Ids> Candidates(size_t limit) const override {
    if (ids_.size() > limit) return std::nullopt;
    return Ids(ids_.begin(), ids_.end());
  }

 private:
  std::unordered_set<int64_t> ids_;
};

class BitmapFilter : public IdFilter {
 public:
  BitmapFilter(const uint8_t* bytes, size_t count) : bytes_(bytes), count_(count) {}

  bool is_member(int64_t id) const override {
    const auto byte = static_cast<uint64_t>(id) >> 3;  // ids below zero become too large
    return byte < count_ && (bytes_[byte] >> (id & 7) & 1) != 0;
  }

  std::optional<Ids> Candidates(size_t limit) const override {
    Ids ids;
    for (size_t byte = 0; byte < count_; byte++) {
      for (int bit = 0; bytes_[byte] != 0 && bit < 8; bit++) {
        if ((bytes_[byte] >> bit & 1) == 0) continue;
        if (ids.size() == limit) return std::nullopt;
        ids.push_back(static_cast<int64_t>(byte) * 8 + bit);
      }
    }
    return ids;
  }

 private:
  const uint8_t* bytes_;
  size_t count_;
};

class NotFilter : public IdFilter {
 public:
  explicit NotFilter(std::unique_ptr<IdFilter> part) : part_(std::move(part)) {}

  bool is_member(int64_t id) const override { return !part_->is_member(id); }
  std::optional<Ids> Candidates(size_t) const override { return std::nullopt; }

 private:
  std::unique_ptr<IdFilter> part_;
};

class AndFilter : public IdFilter {
 public:
  explicit AndFilter(Parts parts) : parts_(std::move(parts)) {}

  bool is_member(int64_t id) const override {
    return std::all_of(parts_.begin(), parts_.end(),
                       [id](const auto& part) { return part->is_member(id); });
  }

  /// Those of the part with the fewest.
  std::optional<Ids> Candidates(size_t limit) const override {
    std::optional<Ids> fewest;
    for (const auto& part : parts_) {
      auto ids = part->Candidates(fewest ? fewest->size() : limit);
      if (ids) fewest = std::move(ids);
    }
    return fewest;
  }

 private:
  Parts parts_;
};

class OrFilter : public IdFilter {
 public:
  explicit OrFilter(Parts parts) : parts_(std::move(parts)) {}

  bool is_member(int64_t id) const override {
    return std::any_of(parts_.begin(), parts_.end(),
                       [id](const auto& part) { return part->is_member(id); });
  }

  std::optional<Ids> Candidates(size_t limit) const override {
    Ids all;
    for (const auto& part : parts_) {
      const auto ids = part->Candidates(limit - all.size());
      if (!ids) return std::nullopt;
      all.insert(all.end(), ids->begin(), ids->end());
    }
    return all;
  }

 private:
  Parts parts_;
};

std::unique_ptr<IdFilter> MakeStep(const FilterStep& step, Parts& stack) {
  const auto operands = [&stack](size_t count) {
    Parts taken(std::make_move_iterator(stack.end() - static_cast<ptrdiff_t>(count)),
                std::make_move_iterator(stack.end()));
    stack.resize(stack.size() - count);
    return taken;
  };
  switch (step.kind) {
    case FilterStep::Kind::kRange:
      return std::make_unique<RangeFilter>(step.first, step.end);
    case FilterStep::Kind::kIds:
      return std::make_unique<SetFilter>(static_cast<const int64_t*>(step.data), step.size);
    case FilterStep::Kind::kBitmap:
      return std::make_unique<BitmapFilter>(static_cast<const uint8_t*>(step.data), step.size);
    case FilterStep::Kind::kNot:
      return std::make_unique<NotFilter>(std::move(operands(1).front()));
    case FilterStep::Kind::kAnd:
      return std::make_unique<AndFilter>(operands(step.size));
    default:
      return std::make_unique<OrFilter>(operands(step.size));
  }
}

}  // namespace

std::unique_ptr<IdFilter> MakeFilter(const std::vector<FilterStep>& steps) {
  Parts stack;
  for (const FilterStep& step : steps) {
    auto made = MakeStep(step, stack);
    stack.push_back(std::move(made));
  }
  return std::move(stack.front());
}
