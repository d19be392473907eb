// OpenMP's parallel loop, without its trap: an exception that leaves the loop's body ends the
// process.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <exception>

/// Calls body(0) to body(count - 1) on the threads that the task may use; afterwards throws the
/// first failure.
template <typename Body>
void ParallelFor(int64_t count, const Body& body) {
  std::exception_ptr failure;
  std::atomic<bool> failed{false};
#pragma omp parallel for schedule(dynamic) if (count > 1)
  for (int64_t i = 0; i < count; i++) {
    if (failed) continue;
    try {
      body(i);
    } catch (...) {
      if (!failed.exchange(true)) failure = std::current_exception();
    }
  }
  if (failure) std::rethrow_exception(failure);
}

/// Calls `body(begin, end)` for even blocks that cover 0 to `count`, in parallel. How rows are cut
/// depends on the count only, never on the number of threads: FAISS's matrix products round
/// differently for other shapes, and results should be the same everywhere.
template <typename Body>
void ParallelBlocks(int64_t count, const Body& body) {
  // Matrix products arrange the other matrix anew for every block: by 32 rows they take half as
  // long again as by 256.
  constexpr int64_t kRows = 128;
  constexpr int64_t kMaxBlocks = 256;
  const int64_t blocks = std::clamp<int64_t>(count / kRows, 1, kMaxBlocks);
  ParallelFor(blocks,
              [&](int64_t block) { body(count * block / blocks, count * (block + 1) / blocks); });
}
