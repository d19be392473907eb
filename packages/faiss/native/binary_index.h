// A FAISS index of binary codes, compared by Hamming distance, with ids of the caller's choice.
#pragma once

#include <faiss/IndexBinary.h>
#include <faiss/IndexBinaryFlat.h>
#include <faiss/IndexBinaryHNSW.h>
#include <faiss/IndexBinaryHash.h>
#include <faiss/IndexBinaryIVF.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "id_table.h"

/// What a range search found: neighbours of query i are at offsets[i] to offsets[i + 1].
struct RangeResult {
  std::vector<uint32_t> offsets = {0};
  std::vector<int64_t> ids;
  std::vector<int32_t> distances;
};

/// Not synchronised, but for Has: the caller runs writes alone and reads beside reads only.
///
/// Ids are kept in one of three ways (see VectorIndex for why not in FAISS's IDMap):
/// - Inverted lists (BIVF) store the caller's ids, with a hash table as direct map.
/// - One hash (BHash16) stores them as well; `table_` has the bucket of each.
/// - The others know codes by row; `row_ids_` and `table_` translate.
class BinaryIndex {
 public:
  BinaryIndex(int bits, const std::string& factory);
  /// Takes over an index that was read from a file: `section` is what Section gave to be written.
  /// Throws CORRUPT_FILE where the parts don't fit together.
  BinaryIndex(std::unique_ptr<faiss::IndexBinary> section, const std::string& factory,
              std::vector<int64_t> row_ids);

  void Train(int64_t count, const uint8_t* codes);
  /// Ids for codes to be added: those that follow the largest id so far.
  void AssignIds(int64_t count, int64_t* ids) const { table_.Follow(count, ids); }
  /// All or nothing.
  void Add(int64_t count, const uint8_t* codes, const int64_t* ids);
  /// Writes count * k entries; after the last neighbour ids are -1 and distances 2^31 - 1.
  void Search(int64_t count, const uint8_t* queries, int64_t k, int32_t* distances,
              int64_t* ids) const;
  /// All codes nearer than `radius`, nearest first.
  RangeResult RangeSearch(int64_t count, const uint8_t* queries, int radius) const;
  /// How many of the ids were in.
  int64_t Remove(int64_t count, const int64_t* ids);
  void Reconstruct(int64_t id, uint8_t* code) const;
  /// Leaves what was learned, and nothing else.
  void Reset();
  /// From any thread, at any time.
  bool Has(int64_t id) const { return table_.Find(id).has_value(); }
  /// What following searches use, for the parts of the index that know them.
  void SetSearchParameters(size_t nprobe, int ef_search, int flips);

  /// What a file keeps of FAISS.
  const faiss::IndexBinary& Section() const;
  /// Throws where an earlier call failed half-way.
  void CheckWhole() const;

  const faiss::IndexBinary& index() const { return *index_; }
  const std::string& factory() const { return factory_; }
  const std::vector<int64_t>& row_ids() const { return row_ids_; }
  /// The id of the next vector that comes without; see IdTable.
  int64_t next_id() const { return table_.next(); }
  void ContinueAt(int64_t next) { table_.ContinueAt(next); }
  /// Number of inverted lists, 0 for a kind without.
  size_t list_count() const { return lists_ != nullptr ? lists_->nlist : 0; }
  bool has_graph() const { return graph_ != nullptr; }
  /// Bits of a hash value, 0 for a kind without.
  int hash_bits() const;

 private:
  void FindParts();
  void CheckRoom(int64_t count) const;
  void AddToFaiss(int64_t count, const uint8_t* codes, const int64_t* ids);
  int64_t RemoveRows(int64_t count, const int64_t* ids);
  bool KeepsRows() const { return lists_ == nullptr && hash_ == nullptr; }

  std::unique_ptr<faiss::IndexBinary> index_;
  std::string factory_;
  std::vector<int64_t> row_ids_;
  IdTable table_;
  bool whole_ = true;

  // Parts of index_, or null where it has no such part.
  faiss::IndexBinaryIVF* lists_ = nullptr;
  faiss::HNSW* graph_ = nullptr;  // the index itself, or the quantizer of lists_
  faiss::IndexBinaryHash* hash_ = nullptr;
  faiss::IndexBinaryMultiHash* hashes_ = nullptr;
  faiss::IndexBinaryFlat* codes_ = nullptr;  // where rows are stored
};
