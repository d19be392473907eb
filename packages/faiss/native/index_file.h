// The file of an index: what FAISS writes, inside a container of ours.
//
//   offset  bytes  content (numbers little-endian)
//   0       8      magic "fdxfaiss"
//   8       4      format version, 1
//   12      4      dimension
//   16      4      metric: 0 inner product, 1 L2 (FAISS's numbers)
//   20      4      length of the factory string, F
//   24      4      length of the note, N
//   28      4      zero
//   32      8      number of vectors, V
//   40      8      number of row ids, R: V, or 0 where inverted lists keep the ids
//   48      8      length of FAISS's own format, B
//   56      F      factory string, UTF-8
//   56+F    N      note, UTF-8
//   ...     8 R    row ids
//   ...     B      FAISS's own format
//   ...     8      XXH64 of everything before
//
// FAISS's reader trusts the sizes that it reads, and crashes or hangs on damaged files. So it sees
// the file only when lengths and checksum were found right.
#pragma once

#include <memory>
#include <string>

#include "vector_index.h"

struct LoadedIndex {
  std::unique_ptr<VectorIndex> index;
  std::string note;
};

/// Replaces the file at once: after a crash at any moment there is the old file or the new one.
void SaveIndex(const VectorIndex& index, const std::string& path, const std::string& note);

LoadedIndex LoadIndex(const std::string& path);
