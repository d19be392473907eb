// A FAISS index whose vectors have ids of the caller's choice.
#pragma once

#include <faiss/Index.h>
#include <faiss/IndexFlatCodes.h>
#include <faiss/IndexIVF.h>
#include <faiss/IndexPreTransform.h>
#include <faiss/IndexRefine.h>
#include <faiss/impl/HNSW.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "exact_scan.h"
#include "id_filter.h"
#include "id_table.h"
#include "range_hits.h"

/// Not synchronised, but for Has: the caller runs writes alone and reads beside reads only.
///
/// FAISS's own IDMap is not used: it takes an id twice, and refuses search parameters. There are
/// two ways to keep ids instead:
/// - Inverted lists (IVF) store an id beside each code, so they get the caller's ids. A vector's
///   place is its list and its offset there.
/// - All other kinds know vectors by row, which is the place. `row_ids_` says whose row it is.
/// `table_` has the place of each id. FAISS's direct map would be a second such table.
///
/// Where vectors can't be taken out, removing one leaves a hole: the vector stays, but its id is
/// gone, and searches pass over it. Compact() makes the index anew without them.
class VectorIndex {
 public:
  /// Read-only indexes have no table of ids: less memory, and nothing to do for each id at the
  /// start. They may only be read, Has is not for them, and what looks ids up reads them all.
  enum class Access { kReadWrite, kReadOnly };

  VectorIndex(int dimension, const std::string& factory, faiss::MetricType metric,
              float metric_argument);
  /// Takes over an index that was read from a file; `row_ids` is empty where lists keep the ids.
  /// Throws CORRUPT_FILE where the parts don't fit together.
  VectorIndex(std::unique_ptr<faiss::Index> index, const std::string& factory,
              std::vector<int64_t> row_ids, Access access = Access::kReadWrite);

  // --- writes (vector_index.cc, vector_index_changes.cc) ---

  void Train(int64_t count, const float* vectors);
  /// All or nothing.
  void Add(int64_t count, const float* vectors, const int64_t* ids);
  /// Ids for vectors to be added: those that follow the largest id so far.
  void AssignIds(int64_t count, int64_t* ids) const { table_.Follow(count, ids); }
  /// How many of the ids were in.
  int64_t Remove(int64_t count, const int64_t* ids);
  int64_t RemoveMatching(const IdFilter& filter);
  /// Gives new vectors to ids that are in. All or nothing.
  void Update(int64_t count, const float* vectors, const int64_t* ids);
  /// Takes all vectors of another index of the same dimension, metric and transforms.
  void MergeFrom(VectorIndex& other);
  /// Removes all vectors, but keeps what was learned.
  void Reset();
  /// Frees what removed vectors occupy.
  void Compact();
  /// The name has to be one of those that Parameters() gives.
  void SetParameter(const std::string& name, double value);

  // --- reads (vector_index.cc, vector_index_search.cc) ---

  /// Writes count * k entries; ids are -1, and distances infinitely far, after the last neighbour.
  /// `filter` may be null.
  void Search(int64_t count, const float* queries, int64_t k, const IdFilter* filter,
              float* distances, int64_t* ids) const;
  /// The nearest first for each query. Throws INVALID_ARGUMENT beyond `max_hits` in total.
  RangeHits RangeSearch(int64_t count, const float* queries, float radius, const IdFilter* filter,
                        size_t max_hits) const;
  void Reconstruct(int64_t count, const int64_t* ids, float* vectors) const;
  /// The numbers of the k nearest inverted lists, -1 where there are fewer.
  void Assign(int64_t count, const float* vectors, int64_t k, int64_t* lists) const;
  size_t CodeSize() const;
  void Encode(int64_t count, const float* vectors, uint8_t* codes) const;
  void Decode(int64_t count, const uint8_t* codes, float* vectors) const;
  std::unique_ptr<VectorIndex> Clone() const;
  /// size() ids, in ascending order.
  void Ids(int64_t* ids) const;
  /// Whether both would put vectors into the same lists with the same codes.
  bool HasSameCodes(const VectorIndex& other) const;
  /// From any thread, at any time.
  bool Has(int64_t id) const { return table_.Find(id).has_value(); }
  /// What can be set, with the values in force.
  std::vector<std::pair<std::string, double>> Parameters() const;

  const faiss::Index& index() const { return *index_; }
  const std::string& factory() const { return factory_; }
  const std::vector<int64_t>& row_ids() const { return row_ids_; }
  /// The id of the next vector that comes without; see IdTable.
  int64_t next_id() const { return table_.next(); }
  void ContinueAt(int64_t next) { table_.ContinueAt(next); }
  int64_t size() const { return index_->ntotal - holes_; }
  /// Removed vectors that are still stored.
  int64_t holes() const { return holes_; }
  /// Number of inverted lists, 0 for a kind without.
  size_t list_count() const { return lists_ != nullptr ? lists_->nlist : 0; }

 private:
  using IdList = std::vector<int64_t>;

  void FindParts();
  void EnterLoadedIds();
  void CheckWhole() const;
  void CheckTrained() const;
  void CheckListOf(const uint8_t* code) const;
  bool IsWhole() const;

  int64_t IdOfLabel(int64_t label) const { return id_lists_ != nullptr ? label : row_ids_[label]; }
  /// Decodes below transforms.
  void DecodePlaces(const Member* members, int64_t count, float* vectors) const;
  /// Those of the ids that are in, in their order but for read-only indexes.
  std::vector<Member> Find(const IdList& ids) const;
  /// Applies the transforms, where there are any. `moved` keeps the memory.
  const float* BelowTransforms(int64_t count, const float* vectors,
                               std::unique_ptr<float[]>* moved) const;

  void CheckSameSpace(const VectorIndex& other) const;
  void TakeLists(VectorIndex& other, const std::vector<Member>& members);
  void AddBelow(int64_t count, const float* vectors, const int64_t* ids);
  void FindNewPlaces(const std::vector<size_t>& sizes_before);
  std::vector<size_t> ListSizes() const;
  void SetSize(int64_t size);
  void EraseRow(int64_t row);
  void EraseFromList(int64_t place);
  void MakeHole(int64_t place);

  void SearchBelow(int64_t count, const float* queries, int64_t k, float* distances,
                   int64_t* labels) const;
  void SearchAll(int64_t count, const float* queries, int64_t k, float* distances,
                 int64_t* ids) const;
  void SearchFiltered(int64_t count, const float* queries, int64_t k, const IdFilter& filter,
                      float* distances, int64_t* ids) const;
  void SearchWide(int64_t count, const float* queries, int64_t k, const IdFilter* filter,
                  double share, float* distances, int64_t* ids) const;
  bool TakeMembers(int64_t width, const float* wide_distances, const int64_t* labels, int64_t k,
                   const IdFilter* filter, float* distances, int64_t* ids) const;
  void SearchLists(int64_t count, const float* queries, int64_t k, const IdFilter& filter,
                   double share, float* distances, int64_t* ids) const;
  void SearchMembers(int64_t count, const float* queries, int64_t k,
                     const std::vector<Member>& members, float* distances, int64_t* ids) const;
  /// Who is in: all of them where they are few enough to compare with each, else their share.
  struct Selection {
    std::optional<std::vector<Member>> members;
    double share = 1;
  };
  Selection Select(const IdFilter& filter, int64_t limit) const;
  int64_t ExactLimit(int64_t k) const;
  std::vector<Member> Members(const IdFilter* filter) const;
  std::vector<Member> Sample(int64_t count) const;
  double ShareOf(const IdFilter& filter) const;
  ExactScan Scan() const;
  void SearchRangeNatively(int64_t count, const float* queries, float radius,
                           const IdFilter* filter, RangeHits* hits) const;

  std::unique_ptr<faiss::Index> index_;
  std::string factory_;
  IdList row_ids_;  // -1 where there is a hole
  IdTable table_;
  int64_t holes_ = 0;
  bool whole_ = true;
  Access access_ = Access::kReadWrite;

  // Parts of index_, or null where it has no such part.
  faiss::IndexPreTransform* transforms_ = nullptr;
  faiss::IndexRefine* refine_ = nullptr;
  faiss::Index* below_ = nullptr;           // what gets the transformed vectors; never null
  faiss::IndexIVF* lists_ = nullptr;        // has nprobe
  faiss::HNSW* graph_ = nullptr;            // has efSearch
  faiss::IndexIVF* id_lists_ = nullptr;     // keeps the caller's ids
  faiss::IndexFlatCodes* codes_ = nullptr;  // has one code a row, in one array
  bool packed_lists_ = false;               // fast scan: codes in blocks, that can't be taken apart
};
