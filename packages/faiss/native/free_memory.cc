#include "free_memory.h"

#include <atomic>
#include <cstdlib>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace {

/// After so much work it is worth the time, some milliseconds.
constexpr size_t kEnough = size_t{1} << 26;

std::atomic<size_t> worked{0};

}  // namespace

void ReturnFreeMemory([[maybe_unused]] size_t bytes) {
#ifdef __GLIBC__
  if (worked.fetch_add(bytes) + bytes < kEnough) return;
  worked = 0;
  malloc_trim(0);
#endif
}
