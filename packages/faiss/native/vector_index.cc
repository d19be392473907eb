#include "vector_index.h"

#include <faiss/IndexHNSW.h>
#include <faiss/IndexIVFFastScan.h>
#include <faiss/IndexIVFFlat.h>
#include <faiss/IndexIVFPQR.h>
#include <faiss/impl/FaissAssert.h>
#include <faiss/index_factory.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <unordered_map>
#include <unordered_set>

#include "check_values.h"
#include "failure.h"
#include "faiss_faults.h"
#include "kinds.h"
#include "metric.h"

namespace {

faiss::HNSW* GraphOf(faiss::Index* index) {
  auto* graph = dynamic_cast<faiss::IndexHNSW*>(index);
  return graph != nullptr ? &graph->hnsw : nullptr;
}

/// The storage of a graph compares the vectors, so it needs the argument as well.
void SetMetricArgument(faiss::Index* index, float argument) {
  index->metric_arg = argument;
  faiss::Index* below = BelowTransforms(index);
  below->metric_arg = argument;
  if (auto* graph = dynamic_cast<faiss::IndexHNSW*>(below)) graph->storage->metric_arg = argument;
}

/// The members whose ids these are, one for each, without those that are missing.
std::vector<Member> InOrder(const std::vector<Member>& members, const int64_t* ids, int64_t count) {
  std::unordered_map<int64_t, Member> of_id;
  for (const Member& member : members) of_id.emplace(member.id, member);
  std::vector<Member> ordered;
  for (int64_t i = 0; i < count; i++) {
    const auto found = of_id.find(ids[i]);
    if (found != of_id.end()) ordered.push_back(found->second);
  }
  return ordered;
}

}  // namespace

VectorIndex::VectorIndex(int dimension, const std::string& factory, faiss::MetricType metric,
                         float metric_argument)
    : factory_(factory) {
  CheckMetric(metric);
  try {
    index_.reset(faiss::index_factory(dimension, factory.c_str(), metric));
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& error) {
    throw Failure("INVALID_FACTORY", "FAISS can't make the index '" + factory + "' of dimension " +
                                         std::to_string(dimension) + ": " + error.what());
  }
  RefuseUnsafeKinds(index_.get());
  RefuseFaultyKinds(index_.get());
  AvoidFaults(index_.get());
  PrepareTraining(index_.get());
  SetMetricArgument(index_.get(), metric_argument);
  FindParts();
  if (auto* refined = dynamic_cast<faiss::IndexIVFPQR*>(below_)) {
    refined->set_direct_map_type(faiss::DirectMap::Array);  // for reconstruct
  }
}

VectorIndex::VectorIndex(std::unique_ptr<faiss::Index> index, const std::string& factory,
                         std::vector<int64_t> row_ids, Access access)
    : index_(std::move(index)), factory_(factory), row_ids_(std::move(row_ids)), access_(access) {
  RefuseUnsafeKinds(index_.get());
  CompleteLoaded(index_.get());
  RefuseFaultyKinds(index_.get());
  AvoidFaults(index_.get());
  PrepareTraining(index_.get());
  FindParts();
  EnterLoadedIds();
}

void VectorIndex::FindParts() {
  transforms_ = dynamic_cast<faiss::IndexPreTransform*>(index_.get());
  below_ = ::BelowTransforms(index_.get());
  refine_ = dynamic_cast<faiss::IndexRefine*>(below_);
  faiss::Index* inner = Innermost(index_.get());
  lists_ = dynamic_cast<faiss::IndexIVF*>(inner);
  graph_ = GraphOf(lists_ != nullptr ? lists_->quantizer : inner);
  codes_ = dynamic_cast<faiss::IndexFlatCodes*>(below_);
  // IVFPQR looks its refinement up by id as if by row; FlatDedup has no direct map.
  const bool ids_are_rows = dynamic_cast<faiss::IndexIVFPQR*>(below_) != nullptr ||
                            dynamic_cast<faiss::IndexIVFFlatDedup*>(below_) != nullptr;
  id_lists_ = ids_are_rows ? nullptr : dynamic_cast<faiss::IndexIVF*>(below_);
  packed_lists_ = dynamic_cast<faiss::IndexIVFFastScan*>(below_) != nullptr;
}

void VectorIndex::EnterLoadedIds() {
  bool usable = true;
  int64_t entered = 0;
  const auto enter = [&](int64_t id, int64_t place) {
    if (id == -1) {
      holes_++;
    } else if (entered++; access_ == Access::kReadWrite) {
      usable = table_.Insert(id, place) && usable;
      table_.Confirm(1, &id);
    }
  };
  if (id_lists_ != nullptr) {
    id_lists_->set_direct_map_type(faiss::DirectMap::NoMap);
    for (size_t list = 0; list < id_lists_->nlist; list++) {
      const size_t size = id_lists_->invlists->list_size(list);
      const faiss::InvertedLists::ScopedIds ids(id_lists_->invlists, list);
      for (size_t offset = 0; offset < size; offset++) {
        enter(ids[offset], static_cast<int64_t>(faiss::lo_build(list, offset)));
      }
    }
  } else {
    for (size_t row = 0; row < row_ids_.size(); row++) {
      enter(row_ids_[row], static_cast<int64_t>(row));
    }
  }
  if (!usable || entered + holes_ != index_->ntotal || !IsWhole()) {
    throw Failure("CORRUPT_FILE", "The ids in the file don't fit its vectors.");
  }
}

void VectorIndex::Train(int64_t count, const float* vectors) {
  CheckValues(count, index_->d, vectors, LargestToTrain(*index_));
  CheckTrainingSize(index_.get(), count);
  const auto lock = LockEncoding(*index_);
  index_->train(count, vectors);
  FinishTraining(index_.get());
}

void VectorIndex::Add(int64_t count, const float* vectors, const int64_t* ids) {
  CheckWhole();
  CheckTrained();
  CheckValues(count, index_->d, vectors);
  std::unique_ptr<float[]> moved;
  AddBelow(count, BelowTransforms(count, vectors, &moved), ids);
}

/// Adds vectors that are transformed already.
void VectorIndex::AddBelow(int64_t count, const float* vectors, const int64_t* ids) {
  if (count == 0) return;  // some kinds would crash
  int64_t entered = 0;
  try {
    for (; entered < count; entered++) {
      if (!table_.Insert(ids[entered], below_->ntotal + entered)) {
        throw Failure("DUPLICATE_ID", "Expected ids that are not in the index yet, each once. Id " +
                                          std::to_string(ids[entered]) +
                                          " is in already, or twice in this batch. Use update() "
                                          "for it, or remove it first. Nothing was added.");
      }
    }
    if (id_lists_ != nullptr) {
      const std::vector<size_t> sizes_before = ListSizes();
      const auto lock = LockEncoding(*below_);
      below_->add_with_ids(count, vectors, ids);
      FindNewPlaces(sizes_before);
    } else {
      // Before FAISS's turn, since what follows it must not fail.
      if (row_ids_.capacity() < row_ids_.size() + count) {
        row_ids_.reserve(std::max(row_ids_.size() + count, row_ids_.size() * 2));
      }
      const auto lock = LockEncoding(*below_);
      below_->add(count, vectors);
      row_ids_.insert(row_ids_.end(), ids, ids + count);
    }
  } catch (...) {
    whole_ = IsWhole();
    while (entered > 0) table_.Erase(ids[--entered]);
    throw;
  }
  SetSize(below_->ntotal);
  table_.Confirm(count, ids);
}

std::vector<size_t> VectorIndex::ListSizes() const {
  std::vector<size_t> sizes(id_lists_->nlist);
  for (size_t list = 0; list < sizes.size(); list++) {
    sizes[list] = id_lists_->invlists->list_size(list);
  }
  return sizes;
}

/// Lists grow at their ends only.
void VectorIndex::FindNewPlaces(const std::vector<size_t>& sizes_before) {
  for (size_t list = 0; list < sizes_before.size(); list++) {
    const size_t size = id_lists_->invlists->list_size(list);
    if (size == sizes_before[list]) continue;
    const faiss::InvertedLists::ScopedIds ids(id_lists_->invlists, list);
    for (size_t offset = sizes_before[list]; offset < size; offset++) {
      table_.Move(ids[offset], static_cast<int64_t>(faiss::lo_build(list, offset)));
    }
  }
}

std::vector<Member> VectorIndex::Find(const IdList& ids) const {
  if (access_ == Access::kReadOnly) {
    FilterStep step{FilterStep::Kind::kIds};
    step.data = ids.data();
    step.size = ids.size();
    return Members(MakeFilter({step}).get());
  }
  std::vector<Member> members;
  members.reserve(ids.size());
  for (const int64_t id : ids) {
    if (const auto place = table_.Find(id)) members.push_back({id, *place});
  }
  return members;
}

void VectorIndex::DecodePlaces(const Member* members, int64_t count, float* vectors) const {
  for (int64_t i = 0; i < count; i++) {
    const int64_t place = members[i].place;
    float* vector = vectors + i * below_->d;
    if (id_lists_ != nullptr) {
      id_lists_->reconstruct_from_offset(static_cast<int64_t>(faiss::lo_listno(place)),
                                         static_cast<int64_t>(faiss::lo_offset(place)), vector);
    } else {
      below_->reconstruct(place, vector);
    }
  }
}

const float* VectorIndex::BelowTransforms(int64_t count, const float* vectors,
                                          std::unique_ptr<float[]>* moved) const {
  if (transforms_ == nullptr) return vectors;
  const float* result = transforms_->apply_chain(count, vectors);
  if (result != vectors) moved->reset(const_cast<float*>(result));
  // Whitening (PCAW) divides by what may be next to nothing. Without it, components can become as
  // large as the vector is long, from its distance to the mean.
  CheckValues(count, below_->d, result,
              2 * kLargestValue * std::sqrt(static_cast<float>(index_->d)));
  return result;
}

void VectorIndex::Reconstruct(int64_t count, const int64_t* ids, float* vectors) const {
  CheckWhole();
  std::vector<Member> members = Find(IdList(ids, ids + count));
  if (access_ == Access::kReadOnly) members = InOrder(members, ids, count);
  if (members.size() < static_cast<size_t>(count)) {
    std::unordered_set<int64_t> found;
    for (const Member& member : members) found.insert(member.id);
    const auto* missing =
        std::find_if(ids, ids + count, [&found](int64_t id) { return found.count(id) == 0; });
    throw Failure("ID_NOT_FOUND", "There is no vector with id " + std::to_string(*missing) + ".");
  }
  if (transforms_ == nullptr) return DecodePlaces(members.data(), count, vectors);
  std::vector<float> below(count * below_->d);
  DecodePlaces(members.data(), count, below.data());
  transforms_->reverse_chain(count, below.data(), vectors);
}

void VectorIndex::Assign(int64_t count, const float* vectors, int64_t k, int64_t* lists) const {
  if (id_lists_ == nullptr) {
    throw Failure("UNSUPPORTED", "An index of kind '" + factory_ +
                                     "' has no inverted lists to assign vectors to. Use IVF, such "
                                     "as 'IVF1024,Flat'.");
  }
  CheckTrained();
  CheckValues(count, index_->d, vectors);
  if (count == 0) return;
  std::unique_ptr<float[]> moved;
  id_lists_->quantizer->assign(count, BelowTransforms(count, vectors, &moved), lists, k);
  if (!ListsMayRepeat(id_lists_)) return;
  std::unordered_set<int64_t> seen;
  for (int64_t i = 0; i < count; i++) {
    seen.clear();
    int64_t* row = lists + i * k;
    int64_t* end =
        std::remove_if(row, row + k, [&seen](int64_t list) { return !seen.insert(list).second; });
    std::fill(end, row + k, int64_t{-1});
  }
}

size_t VectorIndex::CodeSize() const {
  if (refine_ != nullptr) {
    throw Failure("UNSUPPORTED",
                  "An index with refinement stores two codes for a vector. Encode with an index of "
                  "one of the two kinds.");
  }
  return index_->sa_code_size();
}

void VectorIndex::Encode(int64_t count, const float* vectors, uint8_t* codes) const {
  CheckTrained();
  CheckValues(count, index_->d, vectors);
  if (count == 0) return;
  const auto lock = LockEncoding(*index_);
  index_->sa_encode(count, vectors, codes);
}

void VectorIndex::Decode(int64_t count, const uint8_t* codes, float* vectors) const {
  CheckTrained();
  if (count == 0) return;
  if (ListsInCodes(below_) > 0) {
    const size_t size = CodeSize();
    for (int64_t i = 0; i < count; i++) CheckListOf(codes + i * size);
  }
  index_->sa_decode(count, codes, vectors);
}

void VectorIndex::CheckListOf(const uint8_t* code) const {
  const size_t count = ListsInCodes(below_);
  uint64_t list = 0;
  size_t bytes = 0;
  for (size_t most = count - 1; most > 0; most >>= 8) {
    list |= static_cast<uint64_t>(code[bytes]) << (8 * bytes);
    bytes++;
  }
  if (list >= count) {
    throw Failure("INVALID_ARGUMENT",
                  "Expected codes that encode() of this index made, received "
                  "one that names list " +
                      std::to_string(list) + " of " + std::to_string(count) + ".");
  }
}

std::unique_ptr<VectorIndex> VectorIndex::Clone() const {
  CheckWhole();
  auto clone = std::make_unique<VectorIndex>(Copy(*index_), factory_, row_ids_);
  clone->ContinueAt(next_id());
  return clone;
}

void VectorIndex::Ids(int64_t* ids) const {
  if (access_ == Access::kReadWrite) {
    table_.Keys(ids);
  } else {
    for (const Member& member : Members(nullptr)) *ids++ = member.id;
    ids -= size();
  }
  std::sort(ids, ids + size());
}

std::vector<std::pair<std::string, double>> VectorIndex::Parameters() const {
  std::vector<std::pair<std::string, double>> found;
  if (lists_ != nullptr) {
    found.emplace_back("nprobe", lists_->nprobe);
    if (!packed_lists_) found.emplace_back("maxCodes", lists_->max_codes);
  }
  if (graph_ != nullptr) {
    found.emplace_back("efSearch", graph_->efSearch);
    found.emplace_back("efConstruction", graph_->efConstruction);
  }
  if (refine_ != nullptr) found.emplace_back("kFactor", refine_->k_factor);
  return found;
}

void VectorIndex::SetParameter(const std::string& name, double value) {
  if (name == "nprobe") lists_->nprobe = static_cast<size_t>(value);
  if (name == "maxCodes") lists_->max_codes = static_cast<size_t>(value);
  if (name == "efSearch") graph_->efSearch = static_cast<int>(value);
  if (name == "efConstruction") graph_->efConstruction = static_cast<int>(value);
  if (name == "kFactor") refine_->k_factor = static_cast<float>(value);
}

/// FAISS may have added a part of a batch before it failed, for want of memory.
void VectorIndex::CheckWhole() const {
  if (!whole_) {
    throw Failure("FAISS_FAILED",
                  "An earlier call failed half-way and left the index incomplete. Load it from its "
                  "file or build it anew.");
  }
}

void VectorIndex::CheckTrained() const {
  if (!index_->is_trained) {
    throw Failure("NOT_TRAINED", "An index of kind '" + factory_ +
                                     "' has to be trained first: call train() with vectors like "
                                     "those that you will add.");
  }
}

/// Whether all parts of the index agree on the number of vectors.
bool VectorIndex::IsWhole() const {
  const int64_t total = index_->ntotal;
  if (id_lists_ == nullptr && static_cast<int64_t>(row_ids_.size()) != total) return false;
  if (below_->ntotal != total) return false;
  if (refine_ != nullptr &&
      (refine_->base_index->ntotal != total || refine_->refine_index->ntotal != total)) {
    return false;
  }
  if (id_lists_ == nullptr) return true;
  int64_t listed = 0;
  for (const size_t size : ListSizes()) listed += static_cast<int64_t>(size);
  return listed == total;
}
