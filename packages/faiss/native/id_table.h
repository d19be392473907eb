// Which ids are in an index, and on which row.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <unordered_map>

/// May be read on one thread while another one writes. It is split into shards, each with its own
/// lock, so that a reader on Node's main thread never waits longer than one small shard's rehash.
class IdTable {
 public:
  /// False, and nothing is changed, where the id is in already.
  bool Insert(int64_t id, int64_t row);
  void Move(int64_t id, int64_t row);
  /// The row that the id was on.
  std::optional<int64_t> Erase(int64_t id);
  std::optional<int64_t> Find(int64_t id) const;
  size_t size() const;
  /// Writes size() ids, in no particular order.
  void Keys(int64_t* ids) const;
  void Clear();

  /// Takes note of ids that were entered for good, for Follow.
  void Confirm(int64_t count, const int64_t* ids);
  /// Writes ids for new vectors: those that follow the largest confirmed one, from 0.
  void Follow(int64_t count, int64_t* ids) const;
  /// The first of them.
  int64_t next() const { return next_; }
  /// Gives no number below `next`, though no larger id is in: ids of removed vectors don't come
  /// back.
  void ContinueAt(int64_t next) { next_ = std::max(next_, next); }

 private:
  struct Shard {
    mutable std::mutex mutex;
    std::unordered_map<int64_t, int64_t> rows;
  };

  Shard& ShardOf(int64_t id);
  const Shard& ShardOf(int64_t id) const;

  std::array<Shard, 256> shards_;
  int64_t next_ = 0;
};
