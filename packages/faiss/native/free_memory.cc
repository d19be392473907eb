#include "free_memory.h"

#include <cstdlib>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace {

/// Work on fewer takes less time than the search for free pages.
constexpr size_t kMany = size_t{1} << 20;

}  // namespace

void ReturnFreeMemory([[maybe_unused]] size_t bytes) {
#ifdef __GLIBC__
  if (bytes >= kMany) malloc_trim(0);
#endif
}
