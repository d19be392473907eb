// Memory that the allocator keeps for later.
#pragma once

#include <cstddef>

/// Takes note of work on `bytes` of vectors; now and then gives free pages back to the system. Each
/// thread of a pool has a heap of its own, and lists that grow leave holes in all of them:
/// without this, an index with inverted lists occupied twice its size.
void ReturnFreeMemory(size_t bytes);
