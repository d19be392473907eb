#include "container.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <utility>

#include "failure.h"
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
  uint32_t kind;
  uint64_t vector_count;
  uint64_t row_id_count;
  uint64_t faiss_size;
  int64_t next_id;
};
static_assert(sizeof(Header) == kContainerHeaderSize, "the layout that container.h describes");

const char* NameOf(ContainerKind kind) {
  switch (kind) {
    case ContainerKind::kIndex:
      return "an index (load it with FaissIndex)";
    case ContainerKind::kBinaryIndex:
      return "a binary index (load it with FaissBinaryIndex)";
    case ContainerKind::kTransforms:
      return "transforms of vectors, no index";
  }
  return "something that this version does not know";
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
  explicit HashingWriter(ByteSink& target) : sink(target) { buffer.reserve(kBufferSize); }

  size_t operator()(const void* data, size_t item_size, size_t count) override {
    Put(data, item_size * count);
    return count;
  }

  void Put(const void* data, size_t size) {
    if (size == 0) return;
    hash.Update(data, size);
    if (buffer.size() + size > kBufferSize) Flush();
    if (size > kBufferSize) {
      sink.Write(data, size);
    } else {
      auto* bytes = static_cast<const uint8_t*>(data);
      buffer.insert(buffer.end(), bytes, bytes + size);
    }
  }

  void Flush() {
    sink.Write(buffer.data(), buffer.size());
    buffer.clear();
  }

  ByteSink& sink;
  XxHash64 hash;
  std::vector<uint8_t> buffer;
};

/// Shows FAISS its own part, and nothing beyond.
struct SectionReader : faiss::IOReader {
  SectionReader(const ByteSource& from, uint64_t begin, uint64_t end)
      : source(from), offset(begin), end(end), buffer(kBufferSize) {}

  size_t operator()(void* data, size_t item_size, size_t count) override {
    if (item_size == 0 || count == 0) return 0;
    const size_t items = std::min<uint64_t>(count, (end - offset) / item_size);
    Take(static_cast<uint8_t*>(data), items * item_size);
    return items;
  }

  void Take(uint8_t* data, size_t size) {
    while (size > 0) {
      size_t taken;
      if (offset >= buffer_begin && offset < buffer_end) {
        taken = std::min<uint64_t>(size, buffer_end - offset);
        std::memcpy(data, buffer.data() + (offset - buffer_begin), taken);
      } else if (size >= buffer.size()) {
        taken = Read(data, size);
      } else {
        buffer_begin = offset;
        buffer_end = offset + Read(buffer.data(), buffer.size());
        continue;
      }
      data += taken;
      offset += taken;
      size -= taken;
    }
  }

  size_t Read(uint8_t* data, size_t size) {
    const size_t got = source.ReadAt(offset, data, size);
    if (got == 0) ThrowCorrupt(source.name(), "it became shorter while it was read");
    return got;
  }

  const ByteSource& source;
  uint64_t offset;
  uint64_t end;
  std::vector<uint8_t> buffer;
  uint64_t buffer_begin = 0;
  uint64_t buffer_end = 0;
};

void CheckHeader(const Header& header, const std::string& name) {
  if (std::memcmp(header.magic, kMagic, sizeof kMagic) != 0) {
    ThrowCorrupt(name, "it does not begin as one (FaissIndex.importFaiss reads FAISS's own)");
  }
  if (header.version != kVersion) {
    ThrowCorrupt(name, "expected format version " + std::to_string(kVersion) + ", it says " +
                           std::to_string(header.version));
  }
}

Header ReadHeader(const ByteSource& source) {
  Header header = {};
  const size_t got = source.ReadAt(0, &header, sizeof header);
  if (got >= sizeof kMagic && got < sizeof header &&
      std::memcmp(header.magic, kMagic, sizeof kMagic) == 0) {
    ThrowCorrupt(source.name(), "it ends within its header");
  }
  CheckHeader(header, source.name());
  return header;
}

/// Counts and sizes of all that follows the header.
std::vector<std::pair<uint64_t, uint64_t>> PartsOf(const Header& header) {
  return {{header.factory_size, 1},
          {header.note_size, 1},
          {header.row_id_count, sizeof(int64_t)},
          {header.faiss_size, 1},
          {1, sizeof(uint64_t)}};
}

/// Checked before anything is allocated by what the header says. Each length is compared with what
/// is left, so that no sum can overflow.
void CheckLengths(const Header& header, const ByteSource& source) {
  uint64_t left = source.Size() - sizeof header;
  for (const auto& [count, item_size] : PartsOf(header)) {
    if (count > left / item_size) {
      ThrowCorrupt(source.name(), "it is shorter than its header says");
    }
    left -= count * item_size;
  }
  if (left != 0) ThrowCorrupt(source.name(), "it is longer than its header says");
}

void CheckHash(const ByteSource& source) {
  const uint64_t end = source.Size() - sizeof(uint64_t);
  XxHash64 hash;
  std::vector<uint8_t> buffer(kBufferSize);
  for (uint64_t offset = 0; offset < end;) {
    const size_t wanted = std::min<uint64_t>(buffer.size(), end - offset);
    const size_t got = source.ReadAt(offset, buffer.data(), wanted);
    if (got < wanted) ThrowCorrupt(source.name(), "it became shorter while it was read");
    hash.Update(buffer.data(), got);
    offset += got;
  }
  uint64_t expected = 0;
  source.ReadAt(end, &expected, sizeof expected);
  if (hash.Digest() != expected) ThrowCorrupt(source.name(), "its checksum is wrong");
}

Header HeaderFor(const ContainerHead& head, const std::vector<int64_t>& row_ids,
                 const FaissWriter& write) {
  CountingWriter counter;
  write(&counter);
  Header header = {};
  std::memcpy(header.magic, kMagic, sizeof kMagic);
  header.version = kVersion;
  header.dimension = head.dimension;
  header.metric = head.metric;
  header.factory_size = static_cast<uint32_t>(head.factory.size());
  header.note_size = static_cast<uint32_t>(head.note.size());
  header.kind = static_cast<uint32_t>(head.kind);
  header.vector_count = head.vector_count;
  header.row_id_count = row_ids.size();
  header.faiss_size = counter.size;
  header.next_id = head.next_id;
  return header;
}

}  // namespace

uint64_t ContainerSize(const ContainerHead& head, const std::vector<int64_t>& row_ids,
                       const FaissWriter& write) {
  uint64_t size = sizeof(Header);
  for (const auto& [count, item_size] : PartsOf(HeaderFor(head, row_ids, write))) {
    size += count * item_size;
  }
  return size;
}

void WriteContainer(const ContainerHead& head, const std::vector<int64_t>& row_ids,
                    const FaissWriter& write, ByteSink& sink) {
  const Header header = HeaderFor(head, row_ids, write);
  HashingWriter writer(sink);
  writer.Put(&header, sizeof header);
  writer.Put(head.factory.data(), head.factory.size());
  writer.Put(head.note.data(), head.note.size());
  writer.Put(row_ids.data(), row_ids.size() * sizeof(int64_t));
  write(&writer);
  const uint64_t digest = writer.hash.Digest();
  writer.Put(&digest, sizeof digest);
  writer.Flush();
  sink.Commit();
}

ContainerContent ReadContainer(const ByteSource& source, ContainerKind kind,
                               const std::function<void(faiss::IOReader*)>& read) {
  const Header header = ReadHeader(source);
  CheckLengths(header, source);
  CheckHash(source);
  // After the checksum: only an undamaged file tells what it is.
  if (header.kind != static_cast<uint32_t>(kind)) {
    ThrowCorrupt(source.name(),
                 std::string("it holds ") + NameOf(static_cast<ContainerKind>(header.kind)));
  }

  ContainerContent content;
  ContainerHead& head = content.head;
  head.kind = kind;
  head.dimension = header.dimension;
  head.metric = header.metric;
  head.vector_count = header.vector_count;
  head.next_id = header.next_id;
  head.factory.resize(header.factory_size);
  head.note.resize(header.note_size);
  content.row_ids.resize(header.row_id_count);
  SectionReader reader(source, sizeof header, source.Size() - sizeof(uint64_t));
  reader.Take(reinterpret_cast<uint8_t*>(head.factory.data()), head.factory.size());
  reader.Take(reinterpret_cast<uint8_t*>(head.note.data()), head.note.size());
  reader.Take(reinterpret_cast<uint8_t*>(content.row_ids.data()),
              content.row_ids.size() * sizeof(int64_t));
  try {
    read(&reader);
  } catch (const Failure&) {
    throw;
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& error) {
    ThrowCorrupt(source.name(), std::string("FAISS says ") + error.what());
  }
  return content;
}

uint64_t ContainerSizeFromHeader(const void* bytes, const std::string& name) {
  Header header;
  std::memcpy(&header, bytes, sizeof header);
  CheckHeader(header, name);
  uint64_t size = sizeof header;
  for (const auto& [count, item_size] : PartsOf(header)) {
    if (count > (std::numeric_limits<int64_t>::max() - size) / item_size) {
      ThrowCorrupt(name, "its header asks for more than there can be");
    }
    size += count * item_size;
  }
  return size;
}

void ThrowCorrupt(const std::string& name, const std::string& what) {
  throw Failure("CORRUPT_FILE", name + " is not usable: " + what +
                                    ". Restore it from a copy, or build the index anew.");
}
