#pragma once

#include <cstdint>

constexpr float kLargestValue = 1e15f;

/// Throws NOT_FINITE naming the first component that is NaN, infinite, or larger than `largest`.
///
/// FAISS takes all of these without complaint. Vectors with NaN are then found never or always, and
/// k-means aborts the process when distances are infinite: squares of floats beyond 1e19 are. Up to
/// 1e15 the distance between any two vectors of 65,536 components is finite.
void CheckValues(int64_t count, int64_t dimension, const float* vectors,
                 float largest = kLargestValue);
