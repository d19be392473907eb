#include "faiss_file.h"

#include <faiss/IndexIDMap.h>
#include <faiss/IndexIVF.h>
#include <faiss/IndexIVFFlat.h>
#include <faiss/IndexIVFPQR.h>
#include <faiss/impl/io.h>
#include <faiss/index_io.h>
#include <faiss/invlists/BlockInvertedLists.h>
#include <faiss/invlists/InvertedLists.h>

#include <algorithm>
#include <cstring>
#include <numeric>
#include <vector>

#include "failure.h"
#include "kinds.h"

namespace {

constexpr size_t kBufferSize = size_t{1} << 18;

/// Reads small items through a buffer, large ones directly into their place.
struct BufferedReader : faiss::IOReader {
  explicit BufferedReader(const PosixFile& source) : file(source), size(source.Size()) {
    name = source.path();
  }

  size_t operator()(void* data, size_t item_size, size_t count) override {
    if (item_size == 0 || count == 0) return 0;
    const size_t items = std::min<uint64_t>(count, (size - offset) / item_size);
    Take(static_cast<uint8_t*>(data), items * item_size);
    return items;
  }

  void Take(uint8_t* data, size_t bytes) {
    if (bytes >= kBufferSize) {
      Read(offset, data, bytes);
    } else if (bytes > 0) {
      if (offset < buffer_begin || offset + bytes > buffer_begin + buffer.size()) {
        buffer.resize(std::min<uint64_t>(kBufferSize, size - offset));
        buffer_begin = offset;
        Read(offset, buffer.data(), buffer.size());
      }
      std::memcpy(data, buffer.data() + (offset - buffer_begin), bytes);
    }
    offset += bytes;
  }

  void Read(uint64_t from, uint8_t* data, size_t bytes) const {
    if (file.ReadAt(from, data, bytes) < bytes) {
      throw Failure("CORRUPT_FILE", file.path() +
                                        " became shorter while it was read. Leave it alone until "
                                        "it has been read.");
    }
  }

  const PosixFile& file;
  const uint64_t size;
  uint64_t offset = 0;
  uint64_t buffer_begin = 0;
  std::vector<uint8_t> buffer;
};

/// Collects small writes.
struct BufferedWriter : faiss::IOWriter {
  explicit BufferedWriter(PosixFile& target) : file(target) { buffer.reserve(kBufferSize); }

  size_t operator()(const void* data, size_t item_size, size_t count) override {
    const size_t bytes = item_size * count;
    if (buffer.size() + bytes > kBufferSize) Flush();
    if (bytes > kBufferSize) {
      file.Write(data, bytes);
    } else if (bytes > 0) {
      auto* begin = static_cast<const uint8_t*>(data);
      buffer.insert(buffer.end(), begin, begin + bytes);
    }
    return count;
  }

  void Flush() {
    file.Write(buffer.data(), buffer.size());
    buffer.clear();
  }

  PosixFile& file;
  std::vector<uint8_t> buffer;
};

/// The part of the index whose inverted lists have the caller's ids, or null: IVFPQR and FlatDedup
/// take ids for row numbers.
faiss::IndexIVF* ListsWithIds(faiss::Index* index) {
  faiss::Index* below = BelowTransforms(index);
  const bool ids_are_rows = dynamic_cast<faiss::IndexIVFPQR*>(below) != nullptr ||
                            dynamic_cast<faiss::IndexIVFFlatDedup*>(below) != nullptr;
  return ids_are_rows ? nullptr : dynamic_cast<faiss::IndexIVF*>(below);
}

/// Calls `visit` with the ids of each list, writable, and how many there are.
template <typename Visit>
void VisitLists(faiss::InvertedLists* lists, Visit visit) {
  auto* arrays = dynamic_cast<faiss::ArrayInvertedLists*>(lists);
  auto* blocks = dynamic_cast<faiss::BlockInvertedLists*>(lists);
  for (size_t list = 0; list < lists->nlist; list++) {
    if (arrays != nullptr) visit(arrays->ids[list].data(), arrays->ids[list].size());
    if (blocks != nullptr) visit(blocks->ids[list].data(), blocks->ids[list].size());
  }
}

void CheckDistinct(std::vector<int64_t> ids, const std::string& path) {
  std::sort(ids.begin(), ids.end());
  const auto twice = std::adjacent_find(ids.begin(), ids.end());
  if (twice == ids.end()) return;
  throw Failure("DUPLICATE_ID", path + " has the id " + std::to_string(*twice) +
                                    " more than once. Here an id stands for one vector: remove "
                                    "the others in Python (remove_ids), or give each its own id.");
}

/// A refinement or ids around lists know vectors by row, so there lists have row numbers.
void ReplaceRows(faiss::IndexIVF* lists, const std::vector<int64_t>& ids) {
  VisitLists(lists->invlists, [&ids](auto* list_ids, size_t count) {
    for (size_t i = 0; i < count; i++) list_ids[i] = ids.at(list_ids[i]);
  });
}

std::vector<int64_t> IdsOfLists(faiss::IndexIVF* lists) {
  std::vector<int64_t> ids;
  ids.reserve(lists->ntotal);
  VisitLists(lists->invlists, [&ids](auto* list_ids, size_t count) {
    ids.insert(ids.end(), list_ids, list_ids + count);
  });
  return ids;
}

/// The map from ids to places is made anew: what the file says might belong to other lists.
void RebuildDirectMap(faiss::IndexIVF* lists, faiss::DirectMap::Type type) {
  lists->set_direct_map_type(faiss::DirectMap::NoMap);
  lists->set_direct_map_type(type);
}

std::unique_ptr<faiss::Index> Read(const PosixFile& file, bool skip_tables) {
  BufferedReader reader(file);
  try {
    return std::unique_ptr<faiss::Index>(
        faiss::read_index(&reader, skip_tables ? faiss::IO_FLAG_SKIP_PRECOMPUTE_TABLE : 0));
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const Failure&) {
    throw;
  } catch (const std::exception& error) {
    throw Failure("CORRUPT_FILE", file.path() + " is not a usable FAISS file: " + error.what() +
                                      ". Write it anew from the index that it came from.");
  }
}

/// Takes the index out of its IDMap, if it is in one.
std::unique_ptr<faiss::Index> TakeOut(std::unique_ptr<faiss::Index> index,
                                      std::vector<int64_t>* ids) {
  auto* map = dynamic_cast<faiss::IndexIDMap*>(index.get());
  if (map == nullptr) return index;
  ids->assign(map->id_map.begin(), map->id_map.end());
  map->own_fields = false;
  return std::unique_ptr<faiss::Index>(map->index);
}

}  // namespace

std::unique_ptr<VectorIndex> ImportFaissFile(const PosixFile& file, const ImportPlan& plan) {
  std::vector<int64_t> ids;
  auto outer = Read(file, plan.skip_tables);
  const bool is_mapped = dynamic_cast<faiss::IndexIDMap*>(outer.get()) != nullptr;
  auto index = TakeOut(std::move(outer), &ids);

  if (auto* lists = ListsWithIds(index.get())) {
    if (is_mapped) ReplaceRows(lists, ids);
    CheckDistinct(IdsOfLists(lists), file.path());
    lists->set_direct_map_type(faiss::DirectMap::NoMap);
    return std::make_unique<VectorIndex>(std::move(index), plan.factory, std::vector<int64_t>());
  }
  if (is_mapped) {
    CheckDistinct(ids, file.path());
  } else {
    ids.resize(index->ntotal);
    std::iota(ids.begin(), ids.end(), int64_t{0});
  }
  if (auto* lists = dynamic_cast<faiss::IndexIVF*>(Innermost(index.get()))) {
    // IVFPQR reconstructs through it; below a refinement nobody does.
    const bool is_refined = dynamic_cast<faiss::IndexIVFPQR*>(lists) != nullptr;
    RebuildDirectMap(lists, is_refined ? faiss::DirectMap::Array : faiss::DirectMap::NoMap);
  }
  return std::make_unique<VectorIndex>(std::move(index), plan.factory, std::move(ids));
}

void ExportFaissFile(const VectorIndex& index, const std::string& path) {
  if (index.holes() > 0) {
    throw Failure("UNSUPPORTED",
                  "The index still stores removed vectors, which FAISS's format would bring back. "
                  "Call compact() first.");
  }
  auto* plain = const_cast<faiss::Index*>(&index.index());
  ReplacementFile replacement(path);
  BufferedWriter writer(replacement.file());
  if (ListsWithIds(plain) != nullptr) {
    faiss::write_index(plain, &writer);
  } else {
    // Around the index for as long as it is written. Only its fields count, nothing is added to it.
    faiss::IndexIDMap2 map;
    map.d = plain->d;
    map.ntotal = plain->ntotal;
    map.is_trained = plain->is_trained;
    map.metric_type = plain->metric_type;
    map.index = plain;
    map.own_fields = false;
    map.id_map.assign(index.row_ids().begin(), index.row_ids().end());
    faiss::write_index(&map, &writer);
  }
  writer.Flush();
  replacement.Commit();
}
