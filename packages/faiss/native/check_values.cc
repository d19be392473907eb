#include "check_values.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <string>

#include "failure.h"

namespace {

uint32_t BitsOfMagnitude(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits & 0x7FFFFFFFu;
}

/// As integers, the bits of floats without their sign are in the order of their magnitudes, with
/// infinity and then NaN above all: one comparison finds everything that is unusable.
bool IsUsable(float value, float largest) {
  return BitsOfMagnitude(value) <= BitsOfMagnitude(largest);
}

/// Without a branch in the loop, so that the compiler can use vector instructions.
bool AreUsable(const float* values, int64_t count, float largest) {
  uint32_t unusable = 0;
  for (int64_t i = 0; i < count; i++) unusable |= !IsUsable(values[i], largest);
  return unusable == 0;
}

}  // namespace

void CheckValues(int64_t count, int64_t dimension, const float* vectors, float largest) {
  const int64_t total = count * dimension;
  if (AreUsable(vectors, total, largest)) return;
  const float* bad = std::find_if(vectors, vectors + total,
                                  [largest](float value) { return !IsUsable(value, largest); });
  const int64_t place = bad - vectors;
  char shown[2][32];
  std::snprintf(shown[0], sizeof shown[0], "%g", largest);
  std::snprintf(shown[1], sizeof shown[1], "%g", *bad);
  throw Failure("NOT_FINITE", "Expected finite numbers up to " + std::string(shown[0]) +
                                  ", received " + std::string(shown[1]) + " as component " +
                                  std::to_string(place % dimension) + " of vector " +
                                  std::to_string(place / dimension) + ".");
}
