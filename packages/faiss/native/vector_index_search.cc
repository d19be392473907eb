// Searches, with and without a filter.
#include <faiss/IndexFlat.h>
#include <faiss/IndexIVF.h>
#include <faiss/impl/AuxIndexStructures.h>
#include <faiss/utils/distances.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "check_values.h"
#include "exact_search.h"
#include "failure.h"
#include "faiss_faults.h"
#include "kinds.h"
#include "metric.h"
#include "vector_index.h"

namespace {

/// Whose distances are those of no vector at all.
float Farthest(faiss::MetricType metric) {
  return std::numeric_limits<float>::infinity() * (LargerIsCloser(metric) ? -1.f : 1.f);
}

/// FAISS fills empty places with the largest number or with infinity.
constexpr float kNoDistance = std::numeric_limits<float>::max();

/// Results that a search may ask of FAISS at a time, beyond what its caller wants.
constexpr int64_t kMaxWideResults = int64_t{1} << 20;

/// Whether this id is one of the last `found` that are as near.
bool IsAmongEqual(float distance, int64_t id, int64_t found, const float* distances,
                  const int64_t* ids) {
  for (int64_t i = found - 1; i >= 0 && distances[i] == distance; i--) {
    if (ids[i] == id) return true;
  }
  return false;
}

/// Results of a range search are collected for so many queries before they are counted.
constexpr int64_t kRangeBatch = 64;

}  // namespace

void VectorIndex::Search(int64_t count, const float* queries, int64_t k, const IdFilter* filter,
                         float* distances, int64_t* ids) const {
  CheckWhole();
  CheckTrained();
  CheckValues(count, index_->d, queries);
  std::unique_ptr<float[]> moved;
  const float* below = BelowTransforms(count, queries, &moved);
  if (filter != nullptr) {
    SearchFiltered(count, below, k, *filter, distances, ids);
  } else if (holes_ > 0 || ListsMayRepeat(lists_)) {
    SearchWide(count, below, k, nullptr, 1, distances, ids);
  } else {
    SearchAll(count, below, k, distances, ids);
  }
}

/// FAISS leaves the matrix products of a flat index to one thread of BLAS.
void VectorIndex::SearchBelow(int64_t count, const float* queries, int64_t k, float* distances,
                              int64_t* labels) const {
  const auto* flat = dynamic_cast<const faiss::IndexFlat*>(below_);
  const bool is_product = below_->metric_type == faiss::METRIC_L2 ||
                          below_->metric_type == faiss::METRIC_INNER_PRODUCT;
  if (flat == nullptr || dynamic_cast<const faiss::IndexFlat1D*>(below_) != nullptr ||
      !is_product || count < faiss::distance_compute_blas_threshold) {
    below_->search(count, queries, k, distances, labels);
    return;
  }
  FindNearest({flat->metric_type}, flat->d, {flat->ntotal, flat->get_xb()}, {count, queries}, k,
              distances, labels);
}

void VectorIndex::SearchAll(int64_t count, const float* queries, int64_t k, float* distances,
                            int64_t* ids) const {
  // No more than there is: FAISS would do work, and need memory, for the places that stay empty.
  const int64_t found = std::min<int64_t>(k, index_->ntotal);
  if (found > 0) SearchBelow(count, queries, found, distances, ids);
  const float farthest = Farthest(index_->metric_type);
  // FAISS wrote rows of `found`, now they are spread to rows of k; from the last, as rows overlap.
  for (int64_t query = count - 1; query >= 0; query--) {
    for (int64_t rank = k - 1; rank >= 0; rank--) {
      const int64_t from = query * found + rank;
      const int64_t to = query * k + rank;
      const int64_t label = rank < found ? ids[from] : -1;
      distances[to] = label == -1 ? farthest : distances[from];
      ids[to] = label == -1 ? -1 : IdOfLabel(label);
    }
  }
}

/// Three ways, as filters leave anything from one vector to all of them. The fewer are left, the
/// more of a graph or of lists FAISS would walk in vain and the fewer of the nearest it would find.
void VectorIndex::SearchFiltered(int64_t count, const float* queries, int64_t k,
                                 const IdFilter& filter, float* distances, int64_t* ids) const {
  const Selection selection = Select(filter, ExactLimit(k));
  if (selection.members) {
    SearchMembers(count, queries, k, *selection.members, distances, ids);
  } else if (ListsTakeFilter(id_lists_) && !ListsMayRepeat(id_lists_)) {
    SearchLists(count, queries, k, filter, selection.share, distances, ids);
  } else {
    SearchWide(count, queries, k, &filter, selection.share, distances, ids);
  }
}

/// Up to how many members comparing with each is about as cheap as the index's own search.
int64_t VectorIndex::ExactLimit(int64_t k) const {
  if (!HasDistancesOfVectors(index_.get()) || !DecodesPlaces(below_)) return 0;
  constexpr int64_t kAlways = 4096;
  const auto total = static_cast<double>(index_->ntotal);
  double limit = total / 8;  // all codes are looked at, which is cheaper than decoding them
  if (lists_ != nullptr) {
    limit = total * static_cast<double>(lists_->nprobe) / static_cast<double>(lists_->nlist);
  } else if (graph_ != nullptr) {
    // A step in the graph costs as much as some 80 comparisons in a row (measured on HNSW32,
    // 128-d).
    limit = std::sqrt(80. * static_cast<double>(k) * total);
  }
  return std::max(kAlways, static_cast<int64_t>(limit));
}

VectorIndex::Selection VectorIndex::Select(const IdFilter& filter, int64_t limit) const {
  if (limit > 0) {
    if (auto ids = filter.Candidates(static_cast<size_t>(limit))) {
      std::sort(ids->begin(), ids->end());
      ids->erase(std::unique(ids->begin(), ids->end()), ids->end());
      ids->erase(std::remove_if(ids->begin(), ids->end(),
                                [&filter](int64_t id) { return !filter.is_member(id); }),
                 ids->end());
      return {Find(*ids), 0};
    }
  }
  const double share = ShareOf(filter);
  if (share * static_cast<double>(size()) < static_cast<double>(limit)) {
    return {Members(&filter), share};
  }
  return {std::nullopt, share};
}

/// Estimated from a sample.
double VectorIndex::ShareOf(const IdFilter& filter) const {
  constexpr int64_t kSample = 4096;
  const std::vector<Member> sample = Sample(kSample);
  const auto members = std::count_if(sample.begin(), sample.end(), [&filter](const Member& member) {
    return filter.is_member(member.id);
  });
  return sample.empty() ? 0 : static_cast<double>(members) / static_cast<double>(sample.size());
}

/// At most `count` members, spread evenly over the places.
std::vector<Member> VectorIndex::Sample(int64_t count) const {
  const int64_t step = index_->ntotal / count + 1;
  std::vector<Member> sample;
  const auto take = [&sample](int64_t id, int64_t place) {
    if (id != -1) sample.push_back({id, place});
  };
  if (id_lists_ == nullptr) {
    for (int64_t row = 0; row < index_->ntotal; row += step) take(row_ids_[row], row);
    return sample;
  }
  int64_t next = 0;  // from the beginning of the current list
  for (size_t list = 0; list < id_lists_->nlist; list++) {
    const auto size = static_cast<int64_t>(id_lists_->invlists->list_size(list));
    if (next < size) {
      const faiss::InvertedLists::ScopedIds ids(id_lists_->invlists, list);
      for (; next < size; next += step) {
        take(ids[next], static_cast<int64_t>(faiss::lo_build(list, next)));
      }
    }
    next -= size;
  }
  return sample;
}

/// Those that the filter lets through; all, where it is null. Never a hole.
std::vector<Member> VectorIndex::Members(const IdFilter* filter) const {
  std::vector<Member> members;
  const auto look = [&](int64_t id, int64_t place) {
    if (id != -1 && (filter == nullptr || filter->is_member(id))) members.push_back({id, place});
  };
  if (id_lists_ == nullptr) {
    for (size_t row = 0; row < row_ids_.size(); row++) {
      look(row_ids_[row], static_cast<int64_t>(row));
    }
    return members;
  }
  for (size_t list = 0; list < id_lists_->nlist; list++) {
    const size_t size = id_lists_->invlists->list_size(list);
    const faiss::InvertedLists::ScopedIds ids(id_lists_->invlists, list);
    for (size_t offset = 0; offset < size; offset++) {
      look(ids[offset], static_cast<int64_t>(faiss::lo_build(list, offset)));
    }
  }
  return members;
}

ExactScan VectorIndex::Scan() const {
  return ExactScan(*below_, [this](const Member* members, int64_t count, float* vectors) {
    DecodePlaces(members, count, vectors);
  });
}

void VectorIndex::SearchMembers(int64_t count, const float* queries, int64_t k,
                                const std::vector<Member>& members, float* distances,
                                int64_t* ids) const {
  Scan().Nearest(count, queries, members, k, distances, ids);
}

/// As many members are looked at as without a filter there would be vectors.
void VectorIndex::SearchLists(int64_t count, const float* queries, int64_t k,
                              const IdFilter& filter, double share, float* distances,
                              int64_t* ids) const {
  faiss::SearchParametersIVF parameters;
  parameters.sel = const_cast<IdFilter*>(&filter);
  parameters.nprobe = static_cast<size_t>(
      std::min(static_cast<double>(lists_->nlist),
               std::ceil(static_cast<double>(lists_->nprobe) / std::max(share, 1e-6))));
  parameters.max_codes = lists_->max_codes;
  below_->search(count, queries, k, distances, ids, &parameters);
  const float farthest = Farthest(index_->metric_type);
  for (int64_t i = 0; i < count * k; i++) {
    if (ids[i] == -1) distances[i] = farthest;
  }
}

/// Asks for more neighbours than are wanted, until enough of them are members. Also the way to pass
/// over holes, and over vectors that were found before; `filter` is null where there are no others
/// to pass over.
void VectorIndex::SearchWide(int64_t count, const float* queries, int64_t k, const IdFilter* filter,
                             double share, float* distances, int64_t* ids) const {
  const int64_t total = index_->ntotal;
  const double live = total == 0 ? 1 : static_cast<double>(size()) / static_cast<double>(total);
  const auto guess = static_cast<double>(k) / std::max(share * live, 1e-6);
  const int64_t first_width =
      std::min(total, static_cast<int64_t>(std::min(guess * 1.25, 1e12)) + 10);
  std::vector<int64_t> waiting(count);  // queries that want more
  std::iota(waiting.begin(), waiting.end(), 0);
  for (int64_t width = first_width; !waiting.empty(); width = std::min(total, width * 4)) {
    const auto batch_size =
        static_cast<size_t>(std::max<int64_t>(kMaxWideResults / std::max<int64_t>(width, 1), 1));
    std::vector<int64_t> unsatisfied;
    for (size_t begin = 0; begin < waiting.size(); begin += batch_size) {
      const size_t end = std::min(waiting.size(), begin + batch_size);
      const IdList batch(waiting.begin() + begin, waiting.begin() + end);
      std::vector<float> asked(batch.size() * below_->d);
      for (size_t i = 0; i < batch.size(); i++) {
        std::copy_n(queries + batch[i] * below_->d, below_->d, asked.data() + i * below_->d);
      }
      std::vector<float> wide_distances(batch.size() * width);
      IdList labels(batch.size() * width);
      if (width > 0) {
        SearchBelow(static_cast<int64_t>(batch.size()), asked.data(), width, wide_distances.data(),
                    labels.data());
      }
      for (size_t i = 0; i < batch.size(); i++) {
        const bool satisfied =
            TakeMembers(width, wide_distances.data() + i * width, labels.data() + i * width, k,
                        filter, distances + batch[i] * k, ids + batch[i] * k);
        if (!satisfied && width < total) unsatisfied.push_back(batch[i]);
      }
    }
    waiting = std::move(unsatisfied);
  }
}

/// Keeps the first k members of a wide row of results. False where there may be more in the index.
bool VectorIndex::TakeMembers(int64_t width, const float* wide_distances, const int64_t* labels,
                              int64_t k, const IdFilter* filter, float* distances,
                              int64_t* ids) const {
  const bool repeats = ListsMayRepeat(lists_);
  int64_t found = 0;
  bool exhausted = false;
  for (int64_t rank = 0; rank < width && found < k && !exhausted; rank++) {
    const int64_t label = labels[rank];
    // A hole in packed lists has a distance, an empty place has none.
    exhausted = label == -1 && !(std::abs(wide_distances[rank]) < kNoDistance);
    const int64_t id = label == -1 ? -1 : IdOfLabel(label);
    if (id == -1 || (filter != nullptr && !filter->is_member(id))) continue;
    if (repeats && IsAmongEqual(wide_distances[rank], id, found, distances, ids)) continue;
    distances[found] = wide_distances[rank];
    ids[found] = id;
    found++;
  }
  std::fill(distances + found, distances + k, Farthest(index_->metric_type));
  std::fill(ids + found, ids + k, int64_t{-1});
  return found == k || exhausted;
}

RangeHits VectorIndex::RangeSearch(int64_t count, const float* queries, float radius,
                                   const IdFilter* filter, size_t max_hits) const {
  CheckWhole();
  CheckTrained();
  CheckValues(count, index_->d, queries);
  const bool native = HasRangeSearch(index_.get());
  if (!native && !HasDistancesOfVectors(index_.get())) {
    throw Failure("UNSUPPORTED", "An index of kind '" + factory_ +
                                     "' has no range search. Use Flat, IVF or HNSW.");
  }
  Selection selection;
  if (filter != nullptr) selection = Select(*filter, native ? ExactLimit(1) : index_->ntotal + 1);
  if (!native && !selection.members) selection.members = Members(filter);

  std::unique_ptr<float[]> moved;
  const float* below = BelowTransforms(count, queries, &moved);
  RangeHits hits(count);
  size_t total = 0;
  for (int64_t begin = 0; begin < count; begin += kRangeBatch) {
    const int64_t batch = std::min(kRangeBatch, count - begin);
    RangeHits found(batch);
    if (selection.members) {
      Scan().Within(batch, below + begin * below_->d, *selection.members, radius, &found);
    } else {
      SearchRangeNatively(batch, below + begin * below_->d, radius, filter, &found);
    }
    total += found.Total();
    if (total > max_hits) {
      throw Failure("INVALID_ARGUMENT",
                    "Expected a radius with at most " + std::to_string(max_hits) +
                        " results for all queries together, there are more. Use a smaller radius, "
                        "or fewer queries at a time.");
    }
    std::move(found.of_query.begin(), found.of_query.end(), hits.of_query.begin() + begin);
  }
  const bool larger_is_closer = LargerIsCloser(index_->metric_type);
  for (auto& list : hits.of_query) {
    std::sort(list.begin(), list.end(), [=](const RangeHits::Hit& a, const RangeHits::Hit& b) {
      if (a.distance != b.distance) return (a.distance < b.distance) != larger_is_closer;
      return a.id < b.id;
    });
    if (ListsMayRepeat(lists_)) {
      const auto same = [](const RangeHits::Hit& a, const RangeHits::Hit& b) {
        return a.id == b.id && a.distance == b.distance;
      };
      list.erase(std::unique(list.begin(), list.end(), same), list.end());
    }
  }
  return hits;
}

void VectorIndex::SearchRangeNatively(int64_t count, const float* queries, float radius,
                                      const IdFilter* filter, RangeHits* hits) const {
  if (below_->ntotal == 0) return;
  faiss::RangeSearchResult result(count);
  below_->range_search(count, queries, radius, &result);
  for (int64_t query = 0; query < count; query++) {
    for (size_t i = result.lims[query]; i < result.lims[query + 1]; i++) {
      const int64_t id = IdOfLabel(result.labels[i]);
      if (filter != nullptr && !filter->is_member(id)) continue;
      hits->of_query[query].push_back({result.distances[i], id});
    }
  }
}
