#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

/// XXH64 with seed 0 (https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md), fed in
/// pieces. It finds damage, at the speed of memory; against forgery it is no protection.
class XxHash64 {
 public:
  void Update(const void* data, size_t size);
  uint64_t Digest() const;

 private:
  static constexpr uint64_t kPrime1 = 0x9E3779B185EBCA87u;
  static constexpr uint64_t kPrime2 = 0xC2B2AE3D27D4EB4Fu;
  static constexpr uint64_t kPrime3 = 0x165667B19E3779F9u;
  static constexpr uint64_t kPrime4 = 0x85EBCA77C2B2AE63u;
  static constexpr uint64_t kPrime5 = 0x27D4EB2F165667C5u;

  static uint64_t Round(uint64_t lane, uint64_t input);
  void Stripe(const uint8_t* stripe);

  std::array<uint64_t, 4> lanes_ = {kPrime1 + kPrime2, kPrime2, 0, 0 - kPrime1};
  std::array<uint8_t, 32> pending_ = {};
  size_t pending_size_ = 0;
  uint64_t total_size_ = 0;
};
