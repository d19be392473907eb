// A loop over rows on OpenMP's threads that passes exceptions on.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <exception>

/// Calls `body(begin, end)` for even blocks that cover 0 to `count`, on the threads that the task
/// may use. How rows are cut depends on the count only, never on the number of threads: FAISS's
/// matrix products round differently for other shapes, and results should be the same everywhere.
///
/// An exception that left a thread of OpenMP would end the process, so the first one is kept and
/// thrown on the caller's thread.
template <typename Body>
void ForEachBlock(int64_t count, const Body& body) {
  // Matrix products arrange the other matrix anew for every block: by 32 rows they take half as
  // long again as by 256.
  constexpr int64_t kRows = 128;
  constexpr int64_t kMaxBlocks = 256;
  const int64_t blocks = std::clamp<int64_t>(count / kRows, 1, kMaxBlocks);
  std::exception_ptr failure;
  std::atomic<bool> failed{false};
#pragma omp parallel for schedule(dynamic)
  for (int64_t block = 0; block < blocks; block++) {
    if (failed) continue;
    try {
      body(count * block / blocks, count * (block + 1) / blocks);
    } catch (...) {
      if (!failed.exchange(true)) failure = std::current_exception();
    }
  }
  if (failure) std::rethrow_exception(failure);
}
