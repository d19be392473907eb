// What files, buffers and streams hold: what FAISS writes, inside a container of ours.
//
//   offset  bytes  content (numbers little-endian)
//   0       8      magic "fdxfaiss"
//   8       4      format version, 1
//   12      4      dimension
//   16      4      metric: 0 inner product, 1 L2 (FAISS's numbers)
//   20      4      length of the factory string, F
//   24      4      length of the note, N
//   28      4      kind of content: 0 an index, 1 a binary index, 2 transforms
//   32      8      number of vectors, V
//   40      8      number of row ids, R: V, or 0 where inverted lists keep the ids
//   48      8      length of FAISS's own format, B
//   56      8      the id that follows the largest one so far, for vectors that come without
//   64      F      factory string, UTF-8
//   64+F    N      note, UTF-8
//   ...     8 R    row ids
//   ...     B      FAISS's own format
//   ...     8      XXH64 of everything before
//
// FAISS's reader trusts the sizes that it reads, and crashes or hangs on damaged files. So it sees
// its section only when lengths and checksum were found right, and nothing but its section.
#pragma once

#include <faiss/impl/io.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "byte_sink.h"
#include "byte_source.h"

/// What the bytes hold. Never renumber: files have these.
enum class ContainerKind : uint32_t { kIndex = 0, kBinaryIndex = 1, kTransforms = 2 };

/// Size of the header, which says how long the whole is.
constexpr size_t kContainerHeaderSize = 64;

struct ContainerHead {
  ContainerKind kind = ContainerKind::kIndex;
  uint32_t dimension = 0;
  uint32_t metric = 0;
  uint64_t vector_count = 0;
  int64_t next_id = 0;
  std::string factory;
  std::string note;
};

/// Writes FAISS's section, the same bytes each time: it is called twice, to count and to write.
using FaissWriter = std::function<void(faiss::IOWriter*)>;

/// How many bytes WriteContainer will write.
uint64_t ContainerSize(const ContainerHead& head, const std::vector<int64_t>& row_ids,
                       const FaissWriter& write);

void WriteContainer(const ContainerHead& head, const std::vector<int64_t>& row_ids,
                    const FaissWriter& write, ByteSink& sink);

struct ContainerContent {
  ContainerHead head;
  std::vector<int64_t> row_ids;
};

/// Verifies everything, then lets `read` have FAISS's section. Throws CORRUPT_FILE where the bytes
/// are damaged or hold something of another kind, and where `read` throws.
ContainerContent ReadContainer(const ByteSource& source, ContainerKind kind,
                               const std::function<void(faiss::IOReader*)>& read);

/// How long a container is by its first kContainerHeaderSize bytes. Throws CORRUPT_FILE where they
/// are no header; `name` is what the message begins with.
uint64_t ContainerSizeFromHeader(const void* header, const std::string& name);

/// Throws the error for content that can't be used.
[[noreturn]] void ThrowCorrupt(const std::string& name, const std::string& what);

/// Throws CORRUPT_FILE where what FAISS read is not what the head describes.
template <typename Index>
void CheckFits(const ContainerHead& head, const Index& index, const std::string& name) {
  const bool fits = static_cast<uint32_t>(index.d) == head.dimension &&
                    static_cast<uint32_t>(index.metric_type) == head.metric &&
                    static_cast<uint64_t>(index.ntotal) == head.vector_count;
  if (!fits) ThrowCorrupt(name, "its header and its vectors contradict each other");
}
