// Changes of what is in an index already.
#include <faiss/impl/FaissException.h>
#include <faiss/invlists/BlockInvertedLists.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <random>
#include <typeinfo>
#include <unordered_set>

#include "check_values.h"
#include "failure.h"
#include "faiss_faults.h"
#include "kinds.h"
#include "vector_index.h"

namespace {

/// How many vectors are decoded at a time to be added elsewhere: some MB.
constexpr int64_t kChunk = 4096;

[[noreturn]] void RefuseMerge(const std::string& what) {
  throw Failure("INVALID_ARGUMENT",
                "Expected an index of the same dimension, metric and transforms: " + what +
                    ". Train one index, and make the others with its clone() while it is empty.");
}

}  // namespace

int64_t VectorIndex::Remove(int64_t count, const int64_t* ids) {
  CheckWhole();
  int64_t removed = 0;
  for (int64_t i = 0; i < count; i++) {
    const auto place = table_.Erase(ids[i]);
    if (!place) continue;
    removed++;
    if (codes_ != nullptr) {
      EraseRow(*place);
    } else if (id_lists_ != nullptr && !packed_lists_) {
      EraseFromList(*place);
    } else {
      MakeHole(*place);
    }
  }
  if (codes_ != nullptr) {
    codes_->codes.resize(row_ids_.size() * codes_->code_size);
    SetSize(static_cast<int64_t>(row_ids_.size()));
  } else if (id_lists_ != nullptr && !packed_lists_) {
    SetSize(index_->ntotal - removed);
  }
  return removed;
}

int64_t VectorIndex::RemoveMatching(const IdFilter& filter) {
  IdList ids;
  for (const Member& member : Members(&filter)) ids.push_back(member.id);
  return Remove(static_cast<int64_t>(ids.size()), ids.data());
}

/// The last row moves into the gap. FAISS's own remove_ids keeps the rows' order instead, which
/// nobody sees here and which would cost a copy of all later rows and a new row for each id.
void VectorIndex::EraseRow(int64_t row) {
  const int64_t last = static_cast<int64_t>(row_ids_.size()) - 1;
  if (row != last) {
    uint8_t* codes = codes_->codes.data();
    std::memcpy(codes + row * codes_->code_size, codes + last * codes_->code_size,
                codes_->code_size);
    row_ids_[row] = row_ids_[last];
    table_.Move(row_ids_[row], row);
  }
  row_ids_.pop_back();
}

/// Here too, the last one of the list moves into the gap.
void VectorIndex::EraseFromList(int64_t place) {
  const size_t list = faiss::lo_listno(place);
  const size_t offset = faiss::lo_offset(place);
  faiss::InvertedLists* lists = id_lists_->invlists;
  const size_t last = lists->list_size(list) - 1;
  if (offset != last) {
    const int64_t id = lists->get_single_id(list, last);
    faiss::InvertedLists::ScopedCodes code(lists, list, last);
    lists->update_entry(list, offset, id, code.get());
    table_.Move(id, place);
  }
  lists->resize(list, last);
}

void VectorIndex::MakeHole(int64_t place) {
  holes_++;
  if (id_lists_ == nullptr) {
    row_ids_[place] = -1;
    return;
  }
  auto* blocks = dynamic_cast<faiss::BlockInvertedLists*>(id_lists_->invlists);
  blocks->ids[faiss::lo_listno(place)][faiss::lo_offset(place)] = -1;
}

void VectorIndex::SetSize(int64_t size) {
  index_->ntotal = size;
  below_->ntotal = size;
}

void VectorIndex::Update(int64_t count, const float* vectors, const int64_t* ids) {
  CheckWhole();
  CheckTrained();
  CheckValues(count, index_->d, vectors);
  std::unordered_set<int64_t> seen;
  for (int64_t i = 0; i < count; i++) {
    if (!Has(ids[i])) {
      throw Failure("ID_NOT_FOUND", "There is no vector with id " + std::to_string(ids[i]) +
                                        ". Use add() for it. Nothing was changed.");
    }
    if (!seen.insert(ids[i]).second) {
      throw Failure("DUPLICATE_ID", "Expected each id once, received " + std::to_string(ids[i]) +
                                        " twice. Nothing was changed.");
    }
  }
  if (count == 0) return;
  if (codes_ == nullptr) {
    Remove(count, ids);
    Add(count, vectors, ids);
    return;
  }
  std::unique_ptr<float[]> moved;
  const float* below = BelowTransforms(count, vectors, &moved);
  std::vector<uint8_t> codes(count * codes_->code_size);
  {
    const auto lock = LockEncoding(*codes_);
    codes_->sa_encode(count, below, codes.data());
  }
  for (int64_t i = 0; i < count; i++) {
    std::memcpy(codes_->codes.data() + *table_.Find(ids[i]) * codes_->code_size,
                codes.data() + i * codes_->code_size, codes_->code_size);
  }
}

void VectorIndex::Reset() {
  ResetCompletely(index_.get());
  row_ids_ = {};
  table_.Clear();
  holes_ = 0;
  whole_ = true;
}

void VectorIndex::Compact() {
  CheckWhole();
  if (holes_ == 0) return;
  const auto parameters = Parameters();
  const std::vector<Member> members = Members(nullptr);
  const auto total = static_cast<int64_t>(members.size());
  IdList ids(total);
  std::transform(members.begin(), members.end(), ids.begin(),
                 [](const Member& member) { return member.id; });

  std::unique_ptr<faiss::Index> fresh = Copy(*below_);
  ResetCompletely(fresh.get());
  AvoidFaults(fresh.get());
  PrepareTraining(fresh.get());
  std::vector<float> vectors(std::min(kChunk, total) * below_->d);
  for (int64_t begin = 0; begin < total; begin += kChunk) {
    const int64_t count = std::min(kChunk, total - begin);
    DecodePlaces(members.data() + begin, count, vectors.data());
    const auto lock = LockEncoding(*fresh);
    if (id_lists_ != nullptr) {
      fresh->add_with_ids(count, vectors.data(), ids.data() + begin);
    } else {
      fresh->add(count, vectors.data());
    }
  }

  // From here on nothing allocates.
  if (transforms_ != nullptr) {
    delete transforms_->index;
    transforms_->index = fresh.release();
  } else {
    index_ = std::move(fresh);
  }
  FindParts();
  SetSize(total);
  holes_ = 0;
  if (id_lists_ != nullptr) {
    FindNewPlaces(std::vector<size_t>(id_lists_->nlist));
  } else {
    row_ids_ = std::move(ids);
    for (int64_t row = 0; row < total; row++) table_.Move(row_ids_[row], row);
  }
  for (const auto& [name, value] : parameters) SetParameter(name, value);
}

void VectorIndex::MergeFrom(VectorIndex& other) {
  CheckWhole();
  CheckTrained();
  other.CheckWhole();
  CheckSameSpace(other);
  const std::vector<Member> members = other.Members(nullptr);
  const auto total = static_cast<int64_t>(members.size());
  for (const Member& member : members) {
    if (Has(member.id)) {
      throw Failure("DUPLICATE_ID", "Expected indexes without an id in common, but both have " +
                                        std::to_string(member.id) + ". Nothing was changed.");
    }
  }
  if (HasSameCodes(other)) {
    TakeLists(other, members);
  } else {
    std::vector<float> vectors(std::min(kChunk, total) * below_->d);
    IdList ids(std::min(kChunk, total));
    for (int64_t begin = 0; begin < total; begin += kChunk) {
      const int64_t count = std::min(kChunk, total - begin);
      for (int64_t i = 0; i < count; i++) ids[i] = members[begin + i].id;
      other.DecodePlaces(members.data() + begin, count, vectors.data());
      CheckValues(count, below_->d, vectors.data());
      AddBelow(count, vectors.data(), ids.data());
    }
  }
  other.Reset();
}

/// Moves the lists of an index with the same codes behind those of this one.
void VectorIndex::TakeLists(VectorIndex& other, const std::vector<Member>& members) {
  try {
    for (const Member& member : members) table_.Insert(member.id, member.place);
    const std::vector<size_t> sizes_before = ListSizes();
    below_->merge_from(*other.below_, 0);
    FindNewPlaces(sizes_before);
  } catch (...) {
    whole_ = IsWhole();
    other.whole_ = other.IsWhole();
    for (const Member& member : members) table_.Erase(member.id);
    throw;
  }
  for (const Member& member : members) table_.Confirm(1, &member.id);
  SetSize(static_cast<int64_t>(table_.size()));
}

/// FAISS compares sizes only, and would mix vectors that mean different things.
void VectorIndex::CheckSameSpace(const VectorIndex& other) const {
  const faiss::Index& a = *index_;
  const faiss::Index& b = *other.index_;
  if (a.d != b.d) {
    RefuseMerge("dimension " + std::to_string(a.d) + " is not " + std::to_string(b.d));
  }
  if (a.metric_type != b.metric_type || a.metric_arg != b.metric_arg) {
    RefuseMerge("they have other metrics");
  }
  if (below_->d != other.below_->d || (transforms_ == nullptr) != (other.transforms_ == nullptr)) {
    RefuseMerge("'" + factory_ + "' is not '" + other.factory_ + "'");
  }
  if (transforms_ != nullptr) {
    constexpr int64_t kProbes = 8;
    std::mt19937 random(1);
    std::normal_distribution<float> normal;
    std::vector<float> probes(kProbes * a.d);
    std::generate(probes.begin(), probes.end(), [&] { return normal(random); });
    std::unique_ptr<float[]> moved;
    std::unique_ptr<float[]> other_moved;
    const float* x = BelowTransforms(kProbes, probes.data(), &moved);
    const float* y = other.BelowTransforms(kProbes, probes.data(), &other_moved);
    for (int64_t i = 0; i < kProbes * below_->d; i++) {
      if (std::abs(x[i] - y[i]) > 1e-4f * (1 + std::abs(x[i]))) {
        RefuseMerge("they learned other transforms");
      }
    }
  }
}

bool VectorIndex::HasSameCodes(const VectorIndex& other) const {
  if (id_lists_ == nullptr || packed_lists_ || other.id_lists_ == nullptr) return false;
  const faiss::IndexIVF& lists = *id_lists_;
  const faiss::IndexIVF& others = *other.id_lists_;
  if (typeid(lists) != typeid(others) || lists.nlist != others.nlist ||
      lists.code_size != others.code_size) {
    return false;
  }
  try {
    lists.check_compatible_for_merge(others);
  } catch (const faiss::FaissException&) {
    return false;
  }
  constexpr int64_t kSample = 256;
  const std::vector<Member> sample = other.Sample(kSample);
  const auto count = static_cast<int64_t>(sample.size());
  std::vector<float> vectors(count * lists.d);
  other.DecodePlaces(sample.data(), count, vectors.data());
  std::vector<uint8_t> codes(count * lists.sa_code_size());
  std::vector<uint8_t> other_codes(count * others.sa_code_size());
  const auto lock = LockEncoding(lists);
  lists.sa_encode(count, vectors.data(), codes.data());
  others.sa_encode(count, vectors.data(), other_codes.data());
  return codes == other_codes;
}
