#include "index_file.h"

#include <faiss/index_io.h>

#include "container.h"

namespace {

ContainerHead HeadOf(const VectorIndex& index, const std::string& note) {
  ContainerHead head;
  head.kind = ContainerKind::kIndex;
  head.dimension = static_cast<uint32_t>(index.index().d);
  head.metric = static_cast<uint32_t>(index.index().metric_type);
  head.vector_count = static_cast<uint64_t>(index.index().ntotal);
  head.next_id = index.next_id();
  head.factory = index.factory();
  head.note = note;
  return head;
}

FaissWriter WriterOf(const VectorIndex& index) {
  return [&index](faiss::IOWriter* writer) { faiss::write_index(&index.index(), writer); };
}

}  // namespace

uint64_t SavedSize(const VectorIndex& index, const std::string& note) {
  return ContainerSize(HeadOf(index, note), index.row_ids(), WriterOf(index));
}

void SaveIndex(const VectorIndex& index, const std::string& note, ByteSink& sink) {
  WriteContainer(HeadOf(index, note), index.row_ids(), WriterOf(index), sink);
}

LoadedIndex LoadIndex(const ByteSource& source, VectorIndex::Access access) {
  std::unique_ptr<faiss::Index> index;
  ContainerContent content =
      ReadContainer(source, ContainerKind::kIndex,
                    [&index](faiss::IOReader* reader) { index.reset(faiss::read_index(reader)); });
  CheckFits(content.head, *index, source.name());
  LoadedIndex loaded;
  loaded.note = std::move(content.head.note);
  loaded.index = std::make_unique<VectorIndex>(std::move(index), content.head.factory,
                                               std::move(content.row_ids), access);
  loaded.index->ContinueAt(content.head.next_id);
  return loaded;
}
