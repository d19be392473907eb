#include "check_values.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <string>

#include "failure.h"

namespace {

constexpr float kMaxMagnitude = 1e15f;

uint32_t BitsOfMagnitude(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits & 0x7FFFFFFFu;
}

/// As integers, the bits of floats without their sign are in the order of their magnitudes, with
/// infinity and then NaN above all: one comparison finds everything that is unusable.
bool IsUsable(float value) { return BitsOfMagnitude(value) <= BitsOfMagnitude(kMaxMagnitude); }

/// Without a branch in the loop, so that the compiler can use vector instructions.
bool AreUsable(const float* values, int64_t count) {
  uint32_t unusable = 0;
  for (int64_t i = 0; i < count; i++) unusable |= !IsUsable(values[i]);
  return unusable == 0;
}

}  // namespace

void CheckValues(int64_t count, int64_t dimension, const float* vectors) {
  const int64_t total = count * dimension;
  if (AreUsable(vectors, total)) return;
  const float* bad =
      std::find_if(vectors, vectors + total, [](float value) { return !IsUsable(value); });
  const int64_t place = bad - vectors;
  char shown[32];
  std::snprintf(shown, sizeof shown, "%g", *bad);
  throw Failure("NOT_FINITE", "Expected finite numbers up to 1e15, received " + std::string(shown) +
                                  " as component " + std::to_string(place % dimension) +
                                  " of vector " + std::to_string(place / dimension) + ".");
}
