#include "id_table.h"

#include <algorithm>
#include <limits>

#include "failure.h"

namespace {

constexpr int64_t kLargestId = std::numeric_limits<int64_t>::max();

/// The top byte after Fibonacci hashing, which spreads runs of consecutive ids evenly.
size_t ShardIndex(int64_t id) {
  return static_cast<size_t>((static_cast<uint64_t>(id) * 0x9E3779B97F4A7C15u) >> 56);
}

}  // namespace

bool IdTable::Insert(int64_t id, int64_t row) {
  Shard& shard = ShardOf(id);
  const std::lock_guard lock(shard.mutex);
  return shard.rows.emplace(id, row).second;
}

void IdTable::Move(int64_t id, int64_t row) {
  Shard& shard = ShardOf(id);
  const std::lock_guard lock(shard.mutex);
  shard.rows.at(id) = row;
}

std::optional<int64_t> IdTable::Erase(int64_t id) {
  Shard& shard = ShardOf(id);
  const std::lock_guard lock(shard.mutex);
  const auto found = shard.rows.find(id);
  if (found == shard.rows.end()) return std::nullopt;
  const int64_t row = found->second;
  shard.rows.erase(found);
  return row;
}

std::optional<int64_t> IdTable::Find(int64_t id) const {
  const Shard& shard = ShardOf(id);
  const std::lock_guard lock(shard.mutex);
  const auto found = shard.rows.find(id);
  if (found == shard.rows.end()) return std::nullopt;
  return found->second;
}

void IdTable::Clear() {
  for (Shard& shard : shards_) {
    std::unordered_map<int64_t, int64_t> old;  // freed when the lock is, not while it is held
    const std::lock_guard lock(shard.mutex);
    old.swap(shard.rows);
  }
  next_ = 0;
}

size_t IdTable::size() const {
  size_t total = 0;
  for (const Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    total += shard.rows.size();
  }
  return total;
}

void IdTable::Keys(int64_t* ids) const {
  for (const Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    for (const auto& [id, row] : shard.rows) *ids++ = id;
  }
}

void IdTable::Confirm(int64_t count, const int64_t* ids) {
  for (int64_t i = 0; i < count; i++) {
    next_ = std::max(next_, ids[i] == kLargestId ? kLargestId : ids[i] + 1);
  }
}

void IdTable::Follow(int64_t count, int64_t* ids) const {
  if (count > kLargestId - next_) {
    throw Failure("INVALID_ARGUMENT",
                  "Expected ids, as no number is left after the largest id in the index.");
  }
  for (int64_t i = 0; i < count; i++) ids[i] = next_ + i;
}

IdTable::Shard& IdTable::ShardOf(int64_t id) { return shards_[ShardIndex(id)]; }

const IdTable::Shard& IdTable::ShardOf(int64_t id) const { return shards_[ShardIndex(id)]; }
