#pragma once

#include <cstdint>

/// Throws NOT_FINITE naming the first component that is NaN or infinite. FAISS takes such vectors
/// without complaint, and then finds them never, or always.
void CheckFinite(int64_t count, int64_t dimension, const float* vectors);
