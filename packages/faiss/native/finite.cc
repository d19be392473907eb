#include "finite.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>

#include "failure.h"

namespace {

/// A float is NaN or infinite when all bits of its exponent are set. Comparing bits, without a
/// branch, lets the compiler use vector instructions.
bool AllFinite(const float* values, int64_t count) {
  constexpr uint32_t exponent = 0x7F800000u;
  uint32_t broken = 0;
  for (int64_t i = 0; i < count; i++) {
    uint32_t bits;
    std::memcpy(&bits, values + i, sizeof bits);
    broken |= (bits & exponent) == exponent;
  }
  return broken == 0;
}

}  // namespace

void CheckFinite(int64_t count, int64_t dimension, const float* vectors) {
  const int64_t total = count * dimension;
  if (AllFinite(vectors, total)) return;
  const float* bad =
      std::find_if(vectors, vectors + total, [](float value) { return !std::isfinite(value); });
  const int64_t place = bad - vectors;
  throw Failure("NOT_FINITE", "Expected finite numbers, received " + std::to_string(*bad) +
                                  " as component " + std::to_string(place % dimension) +
                                  " of vector " + std::to_string(place / dimension) + ".");
}
