// Memory that the allocator keeps for later.
#pragma once

#include <cstddef>

/// Gives free pages back to the system, after work on `bytes` of vectors, where those are many.
/// Each thread of a pool has a heap of its own, and lists that grow leave holes in all of them:
/// without this, an index with inverted lists occupied twice its size. Takes some 3 ms for 100 MB.
void ReturnFreeMemory(size_t bytes);
