#include "mapped_index.h"

#include <faiss/IndexIVFPQR.h>
#include <faiss/index_io.h>
#include <faiss/invlists/OnDiskInvertedLists.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "failure.h"
#include "kinds.h"

namespace {

using File = std::unique_ptr<FILE, int (*)(FILE*)>;

File Reopen(int descriptor, uint64_t begin) {
  const int own = dup(descriptor);
  File file(own < 0 ? nullptr : fdopen(own, "rb"), &std::fclose);
  if (file == nullptr || fseeko(file.get(), static_cast<off_t>(begin), SEEK_SET) != 0) {
    throw Failure("IO_FAILED",
                  std::string("Could not read the index file: ") + std::strerror(errno) + ".");
  }
  return file;
}

/// The lists, where they are what comes last in FAISS's format.
faiss::IndexIVF* LastLists(faiss::Index* index) {
  faiss::Index* below = BelowTransforms(index);
  return dynamic_cast<faiss::IndexIVFPQR*>(below) != nullptr
             ? nullptr
             : dynamic_cast<faiss::IndexIVF*>(below);
}

template <typename Value>
void Put(faiss::IOWriter* writer, const Value* values, size_t count) {
  if (count > 0 && (*writer)(values, sizeof(Value), count) != count) {
    throw Failure("IO_FAILED", "Could not write the index.");
  }
}

void CheckDistinct(const std::vector<const VectorIndex*>& parts, int64_t total) {
  std::vector<int64_t> ids;
  ids.reserve(total);
  for (const VectorIndex* part : parts) {
    const size_t before = ids.size();
    ids.resize(before + part->size());
    part->Ids(ids.data() + before);
  }
  std::sort(ids.begin(), ids.end());
  const auto twice = std::adjacent_find(ids.begin(), ids.end());
  if (twice != ids.end()) {
    throw Failure("DUPLICATE_ID", "Expected files without an id in common, but two have " +
                                      std::to_string(*twice) + ". Nothing was written.");
  }
}

/// FAISS writes a mark of this size in place of lists that are not there.
constexpr size_t kNoListsSize = 4;

/// What FAISS writes before the lists of an index with `total` vectors.
std::vector<uint8_t> Beginning(const VectorIndex& index, int64_t total) {
  // Of the index itself, only while it is written: what a copy needs is in the lists' file already.
  auto* whole = const_cast<faiss::Index*>(&index.index());
  faiss::IndexIVF* lists = LastLists(whole);
  faiss::Index* const below = lists;
  const int64_t size = whole->ntotal;
  faiss::InvertedLists* own = lists->invlists;
  faiss::VectorIOWriter writer;
  const auto restore = [&] {
    lists->invlists = own;
    whole->ntotal = below->ntotal = size;
  };
  lists->invlists = nullptr;
  whole->ntotal = below->ntotal = total;
  try {
    faiss::write_index(whole, &writer);
  } catch (...) {
    restore();
    throw;
  }
  restore();
  writer.data.resize(writer.data.size() - kNoListsSize);
  return std::move(writer.data);
}

}  // namespace

std::unique_ptr<VectorIndex> MapIndex(int descriptor, uint64_t begin, const std::string& factory) {
  const File file = Reopen(descriptor, begin);
  faiss::FileIOReader reader(file.get());
  std::unique_ptr<faiss::Index> index;
  try {
    index.reset(faiss::read_index(&reader, faiss::IO_FLAG_MMAP));
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& error) {
    throw Failure("CORRUPT_FILE", std::string("The file can't be mapped: ") + error.what());
  }
  auto* lists = dynamic_cast<faiss::OnDiskInvertedLists*>(
      LastLists(index.get()) != nullptr ? LastLists(index.get())->invlists : nullptr);
  if (lists == nullptr) {
    throw Failure("UNSUPPORTED",
                  "Only inverted lists (IVF without fast scan and refinement) can "
                  "stay in their file, this index is of kind '" +
                      factory + "'. Load it without memoryMap.");
  }
  // It would start 32 threads in each search, which wait for those of the search before.
  lists->prefetch_nthread = 0;
  return std::make_unique<VectorIndex>(std::move(index), factory, std::vector<int64_t>(),
                                       VectorIndex::Access::kReadOnly);
}

ListsWriter::ListsWriter(std::vector<const VectorIndex*> parts) : parts_(std::move(parts)) {
  const VectorIndex& first = *parts_.front();
  for (const VectorIndex* part : parts_) {
    total_ += part->size();
    if (!first.HasSameCodes(*part)) {
      throw Failure("INVALID_ARGUMENT",
                    "Expected IVF indexes (without fast scan) that learned from the same training, "
                    "but the codes of '" +
                        part->factory() + "' differ from those of '" + first.factory() +
                        "'. Train one index, and make the others with its clone() while it is "
                        "empty.");
    }
  }
  if (parts_.size() > 1) CheckDistinct(parts_, total_);
  beginning_ = Beginning(first, total_);
}

void ListsWriter::operator()(faiss::IOWriter* writer) const {
  Put(writer, beginning_.data(), beginning_.size());
  std::vector<const faiss::InvertedLists*> sources;
  for (const VectorIndex* part : parts_) {
    sources.push_back(LastLists(const_cast<faiss::Index*>(&part->index()))->invlists);
  }
  const uint64_t count = sources.front()->nlist;
  const uint64_t code_size = sources.front()->code_size;
  std::vector<uint64_t> sizes(count);
  for (const auto* lists : sources) {
    for (uint64_t list = 0; list < count; list++) sizes[list] += lists->list_size(list);
  }
  Put(writer, "ilar", 4);
  Put(writer, &count, 1);
  Put(writer, &code_size, 1);
  Put(writer, "full", 4);
  Put(writer, &count, 1);
  Put(writer, sizes.data(), count);
  for (uint64_t list = 0; list < count; list++) {
    for (const auto* lists : sources) {
      faiss::InvertedLists::ScopedCodes codes(lists, list);
      Put(writer, codes.get(), lists->list_size(list) * code_size);
    }
    for (const auto* lists : sources) {
      faiss::InvertedLists::ScopedIds ids(lists, list);
      Put(writer, ids.get(), lists->list_size(list));
    }
  }
}
