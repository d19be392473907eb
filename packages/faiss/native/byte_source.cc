#include "byte_source.h"

#include <algorithm>
#include <cstring>

size_t MemorySource::ReadAt(uint64_t offset, void* data, size_t size) const {
  if (offset >= size_) return 0;
  const size_t taken = std::min<uint64_t>(size, size_ - offset);
  if (taken > 0) std::memcpy(data, data_ + offset, taken);
  return taken;
}
