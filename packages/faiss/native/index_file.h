// An index as bytes, in the container that container.h describes.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "byte_sink.h"
#include "byte_source.h"
#include "vector_index.h"

struct LoadedIndex {
  std::unique_ptr<VectorIndex> index;
  std::string note;
};

/// How many bytes SaveIndex writes.
uint64_t SavedSize(const VectorIndex& index, const std::string& note);

void SaveIndex(const VectorIndex& index, const std::string& note, ByteSink& sink);

LoadedIndex LoadIndex(const ByteSource& source, VectorIndex::Access access);
