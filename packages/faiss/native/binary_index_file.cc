#include "binary_index_file.h"

#include <faiss/index_io.h>

#include "container.h"

namespace {

ContainerHead HeadOf(const BinaryIndex& index, const std::string& note) {
  ContainerHead head;
  head.kind = ContainerKind::kBinaryIndex;
  head.dimension = static_cast<uint32_t>(index.index().d);
  head.metric = static_cast<uint32_t>(index.index().metric_type);
  head.vector_count = static_cast<uint64_t>(index.index().ntotal);
  head.next_id = index.next_id();
  head.factory = index.factory();
  head.note = note;
  return head;
}

FaissWriter WriterOf(const BinaryIndex& index) {
  return [&index](faiss::IOWriter* writer) { faiss::write_index_binary(&index.Section(), writer); };
}

}  // namespace

uint64_t SavedSize(const BinaryIndex& index, const std::string& note) {
  index.CheckWhole();
  return ContainerSize(HeadOf(index, note), index.row_ids(), WriterOf(index));
}

void SaveBinaryIndex(const BinaryIndex& index, const std::string& note, ByteSink& sink) {
  index.CheckWhole();
  WriteContainer(HeadOf(index, note), index.row_ids(), WriterOf(index), sink);
}

LoadedBinaryIndex LoadBinaryIndex(const ByteSource& source) {
  std::unique_ptr<faiss::IndexBinary> section;
  ContainerContent content = ReadContainer(
      source, ContainerKind::kBinaryIndex,
      [&section](faiss::IOReader* reader) { section.reset(faiss::read_index_binary(reader)); });
  CheckFits(content.head, *section, source.name());
  LoadedBinaryIndex loaded;
  loaded.note = std::move(content.head.note);
  loaded.index = std::make_unique<BinaryIndex>(std::move(section), content.head.factory,
                                               std::move(content.row_ids));
  loaded.index->ContinueAt(content.head.next_id);
  return loaded;
}
