#include "byte_sink.h"

#include <cstring>

#include "failure.h"

namespace {

[[noreturn]] void ThrowSizeChanged() {
  throw Failure("FAISS_FAILED", "The index changed its size while it was written.");
}

}  // namespace

void MemorySink::Write(const void* data, size_t size) {
  if (size > left_) ThrowSizeChanged();
  if (size > 0) std::memcpy(next_, data, size);
  next_ += size;
  left_ -= size;
}

void MemorySink::Commit() {
  if (left_ != 0) ThrowSizeChanged();
}
