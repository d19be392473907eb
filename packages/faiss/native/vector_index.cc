#include "vector_index.h"

#include <faiss/IndexHNSW.h>
#include <faiss/IndexIVFFastScan.h>
#include <faiss/IndexIVFFlat.h>
#include <faiss/IndexIVFPQR.h>
#include <faiss/IndexPreTransform.h>
#include <faiss/impl/IDSelector.h>
#include <faiss/index_factory.h>

#include <algorithm>
#include <cstring>
#include <limits>

#include "check_values.h"
#include "failure.h"
#include "kinds.h"

namespace {

faiss::HNSW* GraphOf(faiss::Index* index) {
  auto* graph = dynamic_cast<faiss::IndexHNSW*>(index);
  return graph != nullptr ? &graph->hnsw : nullptr;
}

}  // namespace

VectorIndex::VectorIndex(int dimension, const std::string& factory, faiss::MetricType metric)
    : factory_(factory) {
  try {
    index_.reset(faiss::index_factory(dimension, factory.c_str(), metric));
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& error) {
    throw Failure("INVALID_FACTORY", "FAISS can't make the index '" + factory + "' of dimension " +
                                         std::to_string(dimension) + ": " + error.what());
  }
  RefuseUnsafeKinds(index_.get());
  PrepareTraining(index_.get());
  FindParts();
  if (id_lists_ != nullptr) {
    id_lists_->set_direct_map_type(faiss::DirectMap::Hashtable);
  } else if (auto* refined = dynamic_cast<faiss::IndexIVFPQR*>(BelowTransforms(index_.get()))) {
    refined->set_direct_map_type(faiss::DirectMap::Array);  // for reconstruct
  }
}

VectorIndex::VectorIndex(std::unique_ptr<faiss::Index> index, const std::string& factory,
                         std::vector<int64_t> row_ids)
    : index_(std::move(index)), factory_(factory), row_ids_(std::move(row_ids)) {
  RefuseUnsafeKinds(index_.get());
  PrepareTraining(index_.get());
  FindParts();
  bool distinct = true;
  if (id_lists_ != nullptr) {
    for (const auto& [id, place] : id_lists_->direct_map.hashtable) table_.Insert(id, 0);
  } else {
    for (size_t row = 0; row < row_ids_.size(); row++) {
      distinct = table_.Insert(row_ids_[row], static_cast<int64_t>(row)) && distinct;
    }
  }
  if (!distinct || table_.size() != static_cast<size_t>(index_->ntotal)) {
    throw Failure("CORRUPT_FILE", "The ids in the file don't fit its vectors.");
  }
}

void VectorIndex::Train(int64_t count, const float* vectors) {
  CheckValues(count, index_->d, vectors);
  CheckTrainingSize(index_.get(), count);
  index_->train(count, vectors);
}

void VectorIndex::Add(int64_t count, const float* vectors, const int64_t* ids) {
  CheckWhole();
  CheckValues(count, index_->d, vectors);
  int64_t entered = 0;
  try {
    for (; entered < count; entered++) {
      if (!table_.Insert(ids[entered], index_->ntotal + entered)) {
        throw Failure("DUPLICATE_ID", "Expected ids that are not in the index yet, each once. Id " +
                                          std::to_string(ids[entered]) +
                                          " is in already, or twice in this batch. Remove it "
                                          "first. Nothing was added.");
      }
    }
    if (id_lists_ != nullptr) {
      index_->add_with_ids(count, vectors, ids);
    } else {
      // Before FAISS's turn, since what follows it must not fail.
      if (row_ids_.capacity() < row_ids_.size() + count) {
        row_ids_.reserve(std::max(row_ids_.size() + count, row_ids_.size() * 2));
      }
      index_->add(count, vectors);
      row_ids_.insert(row_ids_.end(), ids, ids + count);
    }
  } catch (...) {
    while (entered > 0) table_.Erase(ids[--entered]);
    throw;
  }
}

void VectorIndex::Search(int64_t count, const float* queries, int64_t k, float* distances,
                         int64_t* ids) const {
  CheckWhole();
  CheckValues(count, index_->d, queries);
  const bool larger_is_closer = index_->metric_type == faiss::METRIC_INNER_PRODUCT;
  const float farthest = std::numeric_limits<float>::infinity() * (larger_is_closer ? -1.f : 1.f);
  // No more than there is: FAISS would do work, and need memory, for the places that stay empty.
  const int64_t found = std::min<int64_t>(k, index_->ntotal);
  if (found > 0) index_->search(count, queries, found, distances, ids);
  // FAISS wrote rows of `found`, now they are spread to rows of k; from the last, as rows overlap.
  for (int64_t query = count - 1; query >= 0; query--) {
    for (int64_t rank = k - 1; rank >= 0; rank--) {
      const int64_t from = query * found + rank;
      const int64_t to = query * k + rank;
      const int64_t label = rank < found ? ids[from] : -1;
      distances[to] = label == -1 ? farthest : distances[from];
      ids[to] = label == -1 || id_lists_ != nullptr ? label : row_ids_[label];
    }
  }
}

int64_t VectorIndex::Remove(int64_t count, const int64_t* ids) {
  CheckWhole();
  if (!can_remove()) {
    throw Failure("UNSUPPORTED",
                  "An index of kind '" + factory_ +
                      "' can't remove vectors. Kinds that can are Flat, SQ, PQ and LSH, and IVF "
                      "over Flat, SQ or PQ. Use one of these, or build a new index without the "
                      "vectors.");
  }
  if (id_lists_ != nullptr) {
    std::vector<int64_t> present;
    for (int64_t i = 0; i < count; i++) {
      if (table_.Erase(ids[i])) present.push_back(ids[i]);
    }
    // With a hash table as direct map, FAISS takes this selector only, and needs no scan.
    return static_cast<int64_t>(
        index_->remove_ids(faiss::IDSelectorArray(present.size(), present.data())));
  }
  // The last row moves into the gap. FAISS's own remove_ids keeps the rows' order instead, which
  // nobody sees here and which would cost a copy of all later rows and a new row for each id.
  const size_t size_before = row_ids_.size();
  uint8_t* codes = codes_->codes.data();
  for (int64_t i = 0; i < count; i++) {
    const auto row = table_.Erase(ids[i]);
    if (!row) continue;
    const int64_t last = static_cast<int64_t>(row_ids_.size()) - 1;
    if (*row != last) {
      std::memcpy(codes + *row * codes_->code_size, codes + last * codes_->code_size,
                  codes_->code_size);
      row_ids_[*row] = row_ids_[last];
      table_.Move(row_ids_[*row], *row);
    }
    row_ids_.pop_back();
  }
  codes_->codes.resize(row_ids_.size() * codes_->code_size);
  const auto remaining = static_cast<int64_t>(row_ids_.size());
  for (faiss::Index* part = index_.get(); part != codes_;
       part = static_cast<faiss::IndexPreTransform*>(part)->index) {
    part->ntotal = remaining;
  }
  codes_->ntotal = remaining;
  return static_cast<int64_t>(size_before - row_ids_.size());
}

void VectorIndex::Reconstruct(int64_t id, float* vector) const {
  CheckWhole();
  const auto row = table_.Find(id);
  if (!row) {
    throw Failure("ID_NOT_FOUND", "There is no vector with id " + std::to_string(id) + ".");
  }
  index_->reconstruct(id_lists_ != nullptr ? id : *row, vector);
}

void VectorIndex::SetSearchParameters(size_t nprobe, int ef_search) {
  if (lists_ != nullptr) lists_->nprobe = nprobe;
  if (graph_ != nullptr) graph_->efSearch = ef_search;
}

void VectorIndex::FindParts() {
  faiss::Index* inner = Innermost(index_.get());
  lists_ = dynamic_cast<faiss::IndexIVF*>(inner);
  graph_ = GraphOf(lists_ != nullptr ? lists_->quantizer : inner);

  faiss::Index* below = BelowTransforms(index_.get());
  codes_ = dynamic_cast<faiss::IndexFlatCodes*>(below);
  // IVFPQR looks its refinement up by id as if by row; FlatDedup has no direct map.
  const bool ids_are_rows = dynamic_cast<faiss::IndexIVFPQR*>(below) != nullptr ||
                            dynamic_cast<faiss::IndexIVFFlatDedup*>(below) != nullptr;
  id_lists_ = ids_are_rows ? nullptr : dynamic_cast<faiss::IndexIVF*>(below);
  // Fast scan packs codes in blocks that can't be taken apart.
  lists_can_remove_ = dynamic_cast<faiss::IndexIVFFastScan*>(below) == nullptr;
}

/// FAISS may have added a part of a batch before it failed, for want of memory.
void VectorIndex::CheckWhole() const {
  const size_t known =
      id_lists_ != nullptr ? id_lists_->direct_map.hashtable.size() : row_ids_.size();
  if (known != static_cast<size_t>(index_->ntotal)) {
    throw Failure("FAISS_FAILED",
                  "An earlier call failed half-way and left the index incomplete. Load it from its "
                  "file or build it anew.");
  }
}
