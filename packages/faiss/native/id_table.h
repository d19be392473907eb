// Which ids are in an index, and on which row.
#pragma once

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
  void Clear();
  size_t size() const;

 private:
  struct Shard {
    mutable std::mutex mutex;
    std::unordered_map<int64_t, int64_t> rows;
  };

  Shard& ShardOf(int64_t id);
  const Shard& ShardOf(int64_t id) const;

  std::array<Shard, 256> shards_;
};
