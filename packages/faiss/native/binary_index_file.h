// A binary index as bytes, in the container that container.h describes.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "binary_index.h"
#include "byte_sink.h"
#include "byte_source.h"

struct LoadedBinaryIndex {
  std::unique_ptr<BinaryIndex> index;
  std::string note;
};

/// How many bytes SaveBinaryIndex writes.
uint64_t SavedSize(const BinaryIndex& index, const std::string& note);

void SaveBinaryIndex(const BinaryIndex& index, const std::string& note, ByteSink& sink);

LoadedBinaryIndex LoadBinaryIndex(const ByteSource& source);
