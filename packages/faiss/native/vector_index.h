// A FAISS index whose vectors have ids of the caller's choice.
#pragma once

#include <faiss/Index.h>
#include <faiss/IndexFlatCodes.h>
#include <faiss/IndexIVF.h>
#include <faiss/impl/HNSW.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "id_table.h"

/// Not synchronised, but for Has: the caller runs writes alone and reads beside reads only.
///
/// FAISS's own IDMap is not used: it takes an id twice, and refuses search parameters. There are
/// two ways to keep ids instead:
/// - Inverted lists (IVF) store an id beside each code, so they get the caller's ids, and a hash
///   table from id to place inside FAISS (its direct map) makes remove and reconstruct O(1).
/// - All other kinds know vectors by row. `row_ids_` and `table_` translate both ways.
class VectorIndex {
 public:
  VectorIndex(int dimension, const std::string& factory, faiss::MetricType metric);
  /// Takes over an index that was read from a file; `row_ids` is empty where lists keep the ids.
  /// Throws CORRUPT_FILE where the parts don't fit together.
  VectorIndex(std::unique_ptr<faiss::Index> index, const std::string& factory,
              std::vector<int64_t> row_ids);

  void Train(int64_t count, const float* vectors);
  /// All or nothing.
  void Add(int64_t count, const float* vectors, const int64_t* ids);
  /// Writes count * k entries; ids are -1, and distances infinitely far, after the last neighbour.
  void Search(int64_t count, const float* queries, int64_t k, float* distances, int64_t* ids) const;
  /// How many of the ids were in.
  int64_t Remove(int64_t count, const int64_t* ids);
  void Reconstruct(int64_t id, float* vector) const;
  /// From any thread, at any time.
  bool Has(int64_t id) const { return table_.Find(id).has_value(); }
  /// What following searches use, for the parts of the index that know them.
  void SetSearchParameters(size_t nprobe, int ef_search);

  const faiss::Index& index() const { return *index_; }
  const std::string& factory() const { return factory_; }
  const std::vector<int64_t>& row_ids() const { return row_ids_; }
  bool can_remove() const { return id_lists_ != nullptr ? lists_can_remove_ : codes_ != nullptr; }
  /// Number of inverted lists, 0 for a kind without.
  size_t list_count() const { return lists_ != nullptr ? lists_->nlist : 0; }
  bool has_graph() const { return graph_ != nullptr; }

 private:
  void FindParts();
  void CheckWhole() const;

  std::unique_ptr<faiss::Index> index_;
  std::string factory_;
  std::vector<int64_t> row_ids_;
  IdTable table_;

  // Parts of index_, or null where it has no such part.
  faiss::IndexIVF* lists_ = nullptr;        // has nprobe
  faiss::HNSW* graph_ = nullptr;            // has efSearch
  faiss::IndexIVF* id_lists_ = nullptr;     // keeps the caller's ids
  faiss::IndexFlatCodes* codes_ = nullptr;  // has one code a row, in one array
  bool lists_can_remove_ = false;
};
