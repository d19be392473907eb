#include "xxhash64.h"

#include <algorithm>
#include <cstring>

namespace {

uint64_t RotateLeft(uint64_t value, int bits) { return (value << bits) | (value >> (64 - bits)); }

template <typename T>
T Read(const uint8_t* bytes) {
  T value;
  std::memcpy(&value, bytes, sizeof value);
  return value;
}

}  // namespace

void XxHash64::Update(const void* data, size_t size) {
  auto* bytes = static_cast<const uint8_t*>(data);
  total_size_ += size;
  if (pending_size_ > 0) {
    const size_t taken = std::min(size, pending_.size() - pending_size_);
    std::memcpy(pending_.data() + pending_size_, bytes, taken);
    pending_size_ += taken;
    bytes += taken;
    size -= taken;
    if (pending_size_ < pending_.size()) return;
    Stripe(pending_.data());
    pending_size_ = 0;
  }
  for (; size >= pending_.size(); bytes += pending_.size(), size -= pending_.size()) Stripe(bytes);
  if (size > 0) std::memcpy(pending_.data(), bytes, size);
  pending_size_ = size;
}

uint64_t XxHash64::Digest() const {
  uint64_t hash = kPrime5;
  if (total_size_ >= pending_.size()) {
    hash = RotateLeft(lanes_[0], 1) + RotateLeft(lanes_[1], 7) + RotateLeft(lanes_[2], 12) +
           RotateLeft(lanes_[3], 18);
    for (const uint64_t lane : lanes_) hash = (hash ^ Round(0, lane)) * kPrime1 + kPrime4;
  }
  hash += total_size_;
  const uint8_t* bytes = pending_.data();
  const uint8_t* end = bytes + pending_size_;
  for (; end - bytes >= 8; bytes += 8) {
    hash = RotateLeft(hash ^ Round(0, Read<uint64_t>(bytes)), 27) * kPrime1 + kPrime4;
  }
  if (end - bytes >= 4) {
    hash = RotateLeft(hash ^ (Read<uint32_t>(bytes) * kPrime1), 23) * kPrime2 + kPrime3;
    bytes += 4;
  }
  for (; bytes < end; bytes++) hash = RotateLeft(hash ^ (*bytes * kPrime5), 11) * kPrime1;
  hash = (hash ^ (hash >> 33)) * kPrime2;
  hash = (hash ^ (hash >> 29)) * kPrime3;
  return hash ^ (hash >> 32);
}

uint64_t XxHash64::Round(uint64_t lane, uint64_t input) {
  return RotateLeft(lane + input * kPrime2, 31) * kPrime1;
}

void XxHash64::Stripe(const uint8_t* stripe) {
  for (size_t i = 0; i < lanes_.size(); i++) {
    lanes_[i] = Round(lanes_[i], Read<uint64_t>(stripe + i * 8));
  }
}
