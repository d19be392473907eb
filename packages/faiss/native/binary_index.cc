#include "binary_index.h"

#include <faiss/impl/AuxIndexStructures.h>
#include <faiss/impl/IDSelector.h>
#include <faiss/index_factory.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <utility>

#include "binary_hash.h"
#include "failure.h"

namespace {

constexpr int32_t kFarthest = std::numeric_limits<int32_t>::max();
/// What one range search can give: 384 MiB.
constexpr int64_t kMaxRangeResults = int64_t{1} << 25;
/// FAISS's graphs number their rows with 32 bits.
constexpr int64_t kMaxGraphRows = std::numeric_limits<int32_t>::max();

std::unique_ptr<faiss::IndexBinary> Make(int bits, const std::string& factory) {
  try {
    return std::unique_ptr<faiss::IndexBinary>(faiss::index_binary_factory(bits, factory.c_str()));
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& error) {
    throw Failure("INVALID_FACTORY", "FAISS can't make the binary index '" + factory + "' of " +
                                         std::to_string(bits) + " bits: " + error.what());
  }
}

}  // namespace

BinaryIndex::BinaryIndex(int bits, const std::string& factory)
    : index_(Make(bits, factory)), factory_(factory) {
  FindParts();
  if (lists_ != nullptr) lists_->set_direct_map_type(faiss::DirectMap::Hashtable);
}

BinaryIndex::BinaryIndex(std::unique_ptr<faiss::IndexBinary> section, const std::string& factory,
                         std::vector<int64_t> row_ids)
    : index_(Make(section->d, factory)), factory_(factory), row_ids_(std::move(row_ids)) {
  FindParts();
  if (hashes_ != nullptr) {
    const auto* stored = dynamic_cast<const faiss::IndexBinaryFlat*>(section.get());
    if (stored == nullptr) throw Failure("CORRUPT_FILE", "The file has no codes for its hashes.");
    const size_t size = static_cast<size_t>(stored->ntotal) * stored->code_size;
    index_->add(stored->ntotal, PaddedCodes(stored->xb.data(), size).data());
  } else {
    index_ = std::move(section);
    FindParts();
  }
  bool distinct = true;
  if (lists_ != nullptr) {
    for (const auto& [id, place] : lists_->direct_map.hashtable) table_.Insert(id, 0);
  } else if (hash_ != nullptr) {
    for (const auto& [bucket, list] : hash_->invlists) {
      for (const int64_t id : list.ids) distinct = table_.Insert(id, bucket) && distinct;
    }
  } else {
    for (size_t row = 0; row < row_ids_.size(); row++) {
      distinct = table_.Insert(row_ids_[row], static_cast<int64_t>(row)) && distinct;
    }
  }
  if (!distinct || table_.size() != static_cast<size_t>(index_->ntotal)) {
    throw Failure("CORRUPT_FILE", "The ids in the file don't fit its codes.");
  }
  std::vector<int64_t> ids(table_.size());
  table_.Keys(ids.data());
  table_.Confirm(static_cast<int64_t>(ids.size()), ids.data());
}

void BinaryIndex::Train(int64_t count, const uint8_t* codes) { index_->train(count, codes); }

void BinaryIndex::Add(int64_t count, const uint8_t* codes, const int64_t* ids) {
  CheckWhole();
  CheckRoom(count);
  const size_t code_size = index_->code_size;
  int64_t entered = 0;
  try {
    for (; entered < count; entered++) {
      const int64_t place = hash_ != nullptr ? BucketOf(*hash_, codes + entered * code_size)
                                             : index_->ntotal + entered;
      if (!table_.Insert(ids[entered], place)) {
        throw Failure("DUPLICATE_ID", "Expected ids that are not in the index yet, each once. Id " +
                                          std::to_string(ids[entered]) +
                                          " is in already, or twice in this batch. Remove it "
                                          "first. Nothing was added.");
      }
    }
    AddToFaiss(count, codes, ids);
  } catch (...) {
    while (entered > 0) table_.Erase(ids[--entered]);
    throw;
  }
  table_.Confirm(count, ids);
}

void BinaryIndex::AddToFaiss(int64_t count, const uint8_t* codes, const int64_t* ids) {
  const size_t size = static_cast<size_t>(count) * index_->code_size;
  // Before FAISS's turn, since what follows it must not fail.
  std::vector<uint8_t> padded;
  if (hash_bits() > 0) padded = PaddedCodes(codes, size);
  const uint8_t* own = padded.empty() ? codes : padded.data();
  if (KeepsRows() && row_ids_.capacity() < row_ids_.size() + count) {
    row_ids_.reserve(std::max(row_ids_.size() + count, row_ids_.size() * 2));
  }
  whole_ = false;  // FAISS may have added a part before it fails, for want of memory
  if (KeepsRows()) {
    index_->add(count, own);
    row_ids_.insert(row_ids_.end(), ids, ids + count);
  } else {
    index_->add_with_ids(count, own, ids);
  }
  whole_ = true;
}

void BinaryIndex::Search(int64_t count, const uint8_t* queries, int64_t k, int32_t* distances,
                         int64_t* ids) const {
  CheckWhole();
  const size_t size = static_cast<size_t>(count) * index_->code_size;
  std::vector<uint8_t> padded;
  if (hash_bits() > 0) padded = PaddedCodes(queries, size);
  // No more than there is: FAISS would do work, and need memory, for the places that stay empty.
  const int64_t found = std::min<int64_t>(k, index_->ntotal);
  if (found > 0) {
    index_->search(count, padded.empty() ? queries : padded.data(), found, distances, ids);
  }
  // FAISS wrote rows of `found`, now they are spread to rows of k; from the last, as rows overlap.
  for (int64_t query = count - 1; query >= 0; query--) {
    for (int64_t rank = k - 1; rank >= 0; rank--) {
      const int64_t from = query * found + rank;
      const int64_t to = query * k + rank;
      const int64_t label = rank < found ? ids[from] : -1;
      distances[to] = label == -1 ? kFarthest : distances[from];
      ids[to] = label == -1 || !KeepsRows() ? label : row_ids_[label];
    }
  }
}

RangeResult BinaryIndex::RangeSearch(int64_t count, const uint8_t* queries, int radius) const {
  CheckWhole();
  if (graph_ != nullptr && lists_ == nullptr) {
    throw Failure("UNSUPPORTED",
                  "A binary index of kind '" + factory_ +
                      "' can't search by radius. Kinds that can are BFlat, BIVF and BHash.");
  }
  const size_t code_size = index_->code_size;
  std::vector<uint8_t> padded;
  if (hash_bits() > 0) padded = PaddedCodes(queries, static_cast<size_t>(count) * code_size);
  const uint8_t* own = padded.empty() ? queries : padded.data();

  RangeResult result;
  std::vector<std::pair<int32_t, int64_t>> neighbours;
  // In blocks, so that even where everything is near FAISS never collects much more than the limit.
  const int64_t block =
      std::max<int64_t>(1, kMaxRangeResults / std::max<int64_t>(1, index_->ntotal));
  for (int64_t begin = 0; begin < count; begin += block) {
    const int64_t queries_now = std::min(block, count - begin);
    faiss::RangeSearchResult found(queries_now);
    index_->range_search(queries_now, own + begin * code_size, radius, &found);
    if (result.ids.size() + found.lims[queries_now] > static_cast<size_t>(kMaxRangeResults)) {
      throw Failure("INVALID_ARGUMENT", "Expected at most " + std::to_string(kMaxRangeResults) +
                                            " results, but there are more within radius " +
                                            std::to_string(radius) +
                                            ". Use a smaller radius or fewer queries a call.");
    }
    for (int64_t query = 0; query < queries_now; query++) {
      neighbours.clear();
      for (size_t i = found.lims[query]; i < found.lims[query + 1]; i++) {
        const int64_t label = found.labels[i];
        neighbours.emplace_back(static_cast<int32_t>(found.distances[i]),
                                KeepsRows() ? row_ids_[label] : label);
      }
      std::sort(neighbours.begin(), neighbours.end());
      for (const auto& [distance, id] : neighbours) {
        result.distances.push_back(distance);
        result.ids.push_back(id);
      }
      result.offsets.push_back(static_cast<uint32_t>(result.ids.size()));
    }
  }
  return result;
}

int64_t BinaryIndex::Remove(int64_t count, const int64_t* ids) {
  CheckWhole();
  if (graph_ != nullptr && lists_ == nullptr) {
    throw Failure("UNSUPPORTED", "A binary index of kind '" + factory_ +
                                     "' can't remove codes. Kinds that can are BFlat, BIVF and "
                                     "BHash. Use one of these, or build a new index without the "
                                     "codes.");
  }
  if (lists_ != nullptr) {
    std::vector<int64_t> present;
    for (int64_t i = 0; i < count; i++) {
      if (table_.Erase(ids[i])) present.push_back(ids[i]);
    }
    // With a hash table as direct map, FAISS takes this selector only, and needs no scan.
    return static_cast<int64_t>(
        index_->remove_ids(faiss::IDSelectorArray(present.size(), present.data())));
  }
  if (hash_ != nullptr) {
    int64_t removed = 0;
    for (int64_t i = 0; i < count; i++) {
      const auto bucket = table_.Erase(ids[i]);
      if (!bucket) continue;
      EraseCode(hash_, *bucket, ids[i]);
      removed++;
    }
    return removed;
  }
  return RemoveRows(count, ids);
}

/// The last row moves into the gap, so that no other row gets another number.
int64_t BinaryIndex::RemoveRows(int64_t count, const int64_t* ids) {
  const size_t code_size = index_->code_size;
  int64_t removed = 0;
  for (int64_t i = 0; i < count; i++) {
    const auto row = table_.Erase(ids[i]);
    if (!row) continue;
    const int64_t last = static_cast<int64_t>(row_ids_.size()) - 1;
    if (hashes_ != nullptr) EraseRow(hashes_, *row);
    if (*row != last) {
      uint8_t* codes = codes_->xb.data();
      std::memcpy(codes + *row * code_size, codes + last * code_size, code_size);
      row_ids_[*row] = row_ids_[last];
      table_.Move(row_ids_[*row], *row);
    }
    row_ids_.pop_back();
    index_->ntotal = last;
    codes_->ntotal = last;
    removed++;
  }
  codes_->xb.resize(row_ids_.size() * code_size);
  return removed;
}

void BinaryIndex::Reconstruct(int64_t id, uint8_t* code) const {
  CheckWhole();
  const auto place = table_.Find(id);
  if (!place) {
    throw Failure("ID_NOT_FOUND", "There is no code with id " + std::to_string(id) + ".");
  }
  if (lists_ != nullptr) {
    lists_->reconstruct(id, code);
    return;
  }
  const uint8_t* stored = hash_ != nullptr ? FindCode(*hash_, *place, id)
                                           : codes_->xb.data() + *place * index_->code_size;
  if (stored == nullptr) throw Failure("FAISS_FAILED", "The hash table has lost a code.");
  std::memcpy(code, stored, index_->code_size);
}

void BinaryIndex::Reset() {
  if (hashes_ != nullptr) {
    ResetTables(hashes_);
  } else {
    index_->reset();
  }
  row_ids_.clear();
  table_.Clear();
  whole_ = true;
}

void BinaryIndex::SetSearchParameters(size_t nprobe, int ef_search, int flips) {
  if (lists_ != nullptr) lists_->nprobe = nprobe;
  if (graph_ != nullptr) graph_->efSearch = ef_search;
  if (hash_ != nullptr) hash_->nflip = flips;
  if (hashes_ != nullptr) hashes_->nflip = flips;
}

/// Of several hashes only the codes: FAISS writes a table wrongly, and beyond its memory, where all
/// codes share a bucket and are 1, 2, 4, 8 … in number. The tables are quickly made again.
const faiss::IndexBinary& BinaryIndex::Section() const {
  return hashes_ != nullptr ? static_cast<const faiss::IndexBinary&>(*codes_) : *index_;
}

void BinaryIndex::CheckWhole() const {
  if (!whole_) {
    throw Failure("FAISS_FAILED",
                  "An earlier call failed half-way and left the index incomplete. Load it from its "
                  "file, or reset it and add the codes anew.");
  }
}

int BinaryIndex::hash_bits() const {
  if (hash_ != nullptr) return hash_->b;
  return hashes_ != nullptr ? hashes_->b : 0;
}

void BinaryIndex::FindParts() {
  lists_ = dynamic_cast<faiss::IndexBinaryIVF*>(index_.get());
  hash_ = dynamic_cast<faiss::IndexBinaryHash*>(index_.get());
  hashes_ = dynamic_cast<faiss::IndexBinaryMultiHash*>(index_.get());
  codes_ = dynamic_cast<faiss::IndexBinaryFlat*>(index_.get());
  if (hashes_ != nullptr) codes_ = hashes_->storage;
  auto* graph =
      dynamic_cast<faiss::IndexBinaryHNSW*>(lists_ != nullptr ? lists_->quantizer : index_.get());
  graph_ = graph != nullptr ? &graph->hnsw : nullptr;
  if (graph != nullptr && lists_ == nullptr) {
    codes_ = dynamic_cast<faiss::IndexBinaryFlat*>(graph->storage);
  }
  if (KeepsRows() && codes_ == nullptr) {
    throw Failure("INVALID_FACTORY", "Expected a binary index that keeps its codes, received '" +
                                         factory_ + "'. Use BFlat, BIVF, BHNSW or BHash.");
  }
  // FAISS's default is to print a warning to stderr below 39 training codes a list.
  if (lists_ != nullptr) lists_->cp.min_points_per_centroid = 1;
}

void BinaryIndex::CheckRoom(int64_t count) const {
  if (graph_ != nullptr && lists_ == nullptr && count > kMaxGraphRows - index_->ntotal) {
    throw Failure("UNSUPPORTED", "An index with HNSW holds at most " +
                                     std::to_string(kMaxGraphRows) + " codes. Use BIVF.");
  }
}
