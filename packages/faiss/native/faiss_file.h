// Files in FAISS's own format, which Python and others read and write.
#pragma once

#include <memory>
#include <string>

#include "posix_file.h"
#include "vector_index.h"

/// How to read a file, as found by the walk through it (src/faiss-file/).
struct ImportPlan {
  std::string factory;
  /// Leave out tables that only make search faster, where they are much larger than the file.
  bool skip_tables = false;
};

/// FAISS's reader trusts what it reads, so the file must have passed the walk. Ids are those of the
/// file's IDMap or inverted lists, or else 0, 1, … Throws DUPLICATE_ID where one comes twice.
std::unique_ptr<VectorIndex> ImportFaissFile(const PosixFile& file, const ImportPlan& plan);

/// Replaces the file at once. Ids go into inverted lists or an IndexIDMap2.
void ExportFaissFile(const VectorIndex& index, const std::string& path);
