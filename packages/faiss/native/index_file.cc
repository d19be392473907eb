#include "index_file.h"

#include <faiss/impl/io.h>
#include <faiss/index_io.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "failure.h"
#include "posix_file.h"
#include "xxhash64.h"

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
              "numbers go to the file as they are in memory");

namespace {

constexpr char kMagic[8] = {'f', 'd', 'x', 'f', 'a', 'i', 's', 's'};
constexpr uint32_t kVersion = 1;
constexpr size_t kBufferSize = size_t{1} << 20;

struct Header {
  char magic[8];
  uint32_t version;
  uint32_t dimension;
  uint32_t metric;
  uint32_t factory_size;
  uint32_t note_size;
  uint32_t zero;
  uint64_t vector_count;
  uint64_t row_id_count;
  uint64_t faiss_size;
};
static_assert(sizeof(Header) == 56, "the layout that index_file.h describes");

[[noreturn]] void ThrowCorrupt(const std::string& path, const std::string& what) {
  throw Failure("CORRUPT_FILE", path + " is not a usable index file: " + what +
                                    ". Restore it from a copy, or build the index anew.");
}

/// Learns how long FAISS's format will be, which the header says before it.
struct CountingWriter : faiss::IOWriter {
  uint64_t size = 0;

  size_t operator()(const void*, size_t item_size, size_t count) override {
    size += item_size * count;
    return count;
  }
};

/// Collects small writes, and hashes everything.
struct HashingWriter : faiss::IOWriter {
  explicit HashingWriter(PosixFile& target) : file(target) { buffer.reserve(kBufferSize); }

  size_t operator()(const void* data, size_t item_size, size_t count) override {
    Put(data, item_size * count);
    return count;
  }

  void Put(const void* data, size_t size) {
    if (size == 0) return;
    hash.Update(data, size);
    if (buffer.size() + size > kBufferSize) Flush();
    if (size > kBufferSize) {
      file.Write(data, size);
    } else {
      auto* bytes = static_cast<const uint8_t*>(data);
      buffer.insert(buffer.end(), bytes, bytes + size);
    }
  }

  void Flush() {
    file.Write(buffer.data(), buffer.size());
    buffer.clear();
  }

  PosixFile& file;
  XxHash64 hash;
  std::vector<uint8_t> buffer;
};

/// Shows FAISS its own part of the file, and nothing beyond.
struct SectionReader : faiss::IOReader {
  SectionReader(const PosixFile& source, uint64_t begin, uint64_t end)
      : file(source), offset(begin), end(end), buffer(kBufferSize) {}

  size_t operator()(void* data, size_t item_size, size_t count) override {
    if (item_size == 0 || count == 0) return 0;
    const size_t items = std::min<uint64_t>(count, (end - offset) / item_size);
    Take(static_cast<uint8_t*>(data), items * item_size);
    return items;
  }

  void Take(uint8_t* data, size_t size) {
    while (size > 0) {
      if (offset < buffer_begin || offset >= buffer_end) Fill();
      const size_t taken = std::min<uint64_t>(size, buffer_end - offset);
      std::memcpy(data, buffer.data() + (offset - buffer_begin), taken);
      data += taken;
      offset += taken;
      size -= taken;
    }
  }

  void Fill() {
    const size_t got = file.ReadAt(offset, buffer.data(), buffer.size());
    if (got == 0) ThrowCorrupt(file.path(), "it became shorter while it was read");
    buffer_begin = offset;
    buffer_end = offset + got;
  }

  const PosixFile& file;
  uint64_t offset;
  uint64_t end;
  std::vector<uint8_t> buffer;
  uint64_t buffer_begin = 0;
  uint64_t buffer_end = 0;
};

Header ReadHeader(const PosixFile& file) {
  Header header;
  const size_t got = file.ReadAt(0, &header, sizeof header);
  if (got < sizeof kMagic || std::memcmp(header.magic, kMagic, sizeof kMagic) != 0) {
    ThrowCorrupt(file.path(),
                 "it does not begin as one (FaissIndex.importFaiss reads FAISS's own)");
  }
  if (got < sizeof header) ThrowCorrupt(file.path(), "it ends within its header");
  if (header.version != kVersion) {
    ThrowCorrupt(file.path(), "expected format version " + std::to_string(kVersion) + ", it says " +
                                  std::to_string(header.version));
  }
  return header;
}

/// Checked before anything is allocated by what the header says. Each length is compared with what
/// is left of the file, so that no sum can overflow.
void CheckLengths(const Header& header, const PosixFile& file) {
  uint64_t left = file.Size() - sizeof header;
  for (const auto& [count, item_size] : {std::pair<uint64_t, uint64_t>{1, sizeof(uint64_t)},
                                         {header.factory_size, 1},
                                         {header.note_size, 1},
                                         {header.row_id_count, sizeof(int64_t)},
                                         {header.faiss_size, 1}}) {
    if (count > left / item_size) {
      ThrowCorrupt(file.path(), "it is shorter than its header says");
    }
    left -= count * item_size;
  }
  if (left != 0) ThrowCorrupt(file.path(), "it is longer than its header says");
}

void CheckHash(const PosixFile& file) {
  const uint64_t end = file.Size() - sizeof(uint64_t);
  XxHash64 hash;
  std::vector<uint8_t> buffer(kBufferSize);
  for (uint64_t offset = 0; offset < end;) {
    const size_t wanted = std::min<uint64_t>(buffer.size(), end - offset);
    const size_t got = file.ReadAt(offset, buffer.data(), wanted);
    if (got < wanted) ThrowCorrupt(file.path(), "it became shorter while it was read");
    hash.Update(buffer.data(), got);
    offset += got;
  }
  uint64_t expected = 0;
  file.ReadAt(end, &expected, sizeof expected);
  if (hash.Digest() != expected) ThrowCorrupt(file.path(), "its checksum is wrong");
}

}  // namespace

void SaveIndex(const VectorIndex& index, const std::string& path, const std::string& note) {
  CountingWriter counter;
  faiss::write_index(&index.index(), &counter);
  Header header = {};
  std::memcpy(header.magic, kMagic, sizeof kMagic);
  header.version = kVersion;
  header.dimension = static_cast<uint32_t>(index.index().d);
  header.metric = static_cast<uint32_t>(index.index().metric_type);
  header.factory_size = static_cast<uint32_t>(index.factory().size());
  header.note_size = static_cast<uint32_t>(note.size());
  header.vector_count = static_cast<uint64_t>(index.index().ntotal);
  header.row_id_count = index.row_ids().size();
  header.faiss_size = counter.size;

  ReplacementFile replacement(path);
  HashingWriter writer(replacement.file());
  writer.Put(&header, sizeof header);
  writer.Put(index.factory().data(), index.factory().size());
  writer.Put(note.data(), note.size());
  writer.Put(index.row_ids().data(), index.row_ids().size() * sizeof(int64_t));
  faiss::write_index(&index.index(), &writer);
  const uint64_t digest = writer.hash.Digest();
  writer.Put(&digest, sizeof digest);
  writer.Flush();
  replacement.Commit();
}

LoadedIndex LoadIndex(const std::string& path) {
  const PosixFile file = PosixFile::OpenToRead(path);
  const Header header = ReadHeader(file);
  CheckLengths(header, file);
  CheckHash(file);

  LoadedIndex loaded;
  std::string factory(header.factory_size, '\0');
  std::vector<int64_t> row_ids(header.row_id_count);
  loaded.note.resize(header.note_size);
  SectionReader reader(file, sizeof header, file.Size() - sizeof(uint64_t));
  reader.Take(reinterpret_cast<uint8_t*>(factory.data()), factory.size());
  reader.Take(reinterpret_cast<uint8_t*>(loaded.note.data()), loaded.note.size());
  reader.Take(reinterpret_cast<uint8_t*>(row_ids.data()), row_ids.size() * sizeof(int64_t));

  std::unique_ptr<faiss::Index> index;
  try {
    index.reset(faiss::read_index(&reader));
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& error) {
    ThrowCorrupt(path, std::string("FAISS says ") + error.what());
  }
  const bool fits = static_cast<uint32_t>(index->d) == header.dimension &&
                    static_cast<uint32_t>(index->metric_type) == header.metric &&
                    static_cast<uint64_t>(index->ntotal) == header.vector_count;
  if (!fits) ThrowCorrupt(path, "its header and its vectors contradict each other");
  loaded.index = std::make_unique<VectorIndex>(std::move(index), factory, std::move(row_ids));
  return loaded;
}
