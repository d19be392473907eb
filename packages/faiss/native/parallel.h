// OpenMP's parallel loop, without its trap: an exception that leaves the loop's body ends the
// process.
#pragma once

#include <cstdint>
#include <exception>

/// Calls body(0) to body(count - 1) on several threads; afterwards rethrows the first failure.
template <typename Body>
void ParallelFor(int64_t count, const Body& body) {
  std::exception_ptr failure;
#pragma omp parallel for if (count > 1)
  for (int64_t i = 0; i < count; i++) {
    try {
      body(i);
    } catch (...) {
#pragma omp critical(facedex_failure)
      if (!failure) failure = std::current_exception();
    }
  }
  if (failure) std::rethrow_exception(failure);
}
