// Inverted lists that stay in their file.
#pragma once

#include <faiss/impl/io.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "vector_index.h"

/// An index whose lists are read from the file when a search looks at them, by the operating
/// system's page cache. `begin` is where FAISS's section begins, which has to have passed
/// walkFaissFile: nothing is verified here. `descriptor` may be closed afterwards.
std::unique_ptr<VectorIndex> MapIndex(int descriptor, uint64_t begin, const std::string& factory);

/// Writes the first index with the lists of all of them, which have to have the same codes. No more
/// than what FAISS learned is held in memory. Throws DUPLICATE_ID where two have an id in common.
class ListsWriter {
 public:
  explicit ListsWriter(std::vector<const VectorIndex*> parts);

  int64_t total() const { return total_; }
  void operator()(faiss::IOWriter* writer) const;

 private:
  std::vector<const VectorIndex*> parts_;
  int64_t total_ = 0;
  /// What FAISS writes before the lists, which come last.
  std::vector<uint8_t> beginning_;
};
