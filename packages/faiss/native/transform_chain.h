// A chain of vector transforms: PCA, OPQ, rotations and the like.
#pragma once

#include <faiss/IndexPreTransform.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

/// Not synchronised: the caller runs Train alone and all else beside each other only.
class TransformChain {
 public:
  /// `transform` is the part of a factory string before the index: "PCA64,L2norm". Throws
  /// INVALID_FACTORY.
  TransformChain(int dimension, const std::string& transform);

  /// Takes over what was read from a file. Throws CORRUPT_FILE where it is something else.
  TransformChain(std::unique_ptr<faiss::Index> index, const std::string& transform);

  /// Learns all of the chain, or nothing where it throws.
  void Train(int64_t count, const float* vectors);
  /// Writes count * output_dimension() numbers.
  void Apply(int64_t count, const float* vectors, float* transformed) const;
  /// Writes count * input_dimension() numbers. Throws UNSUPPORTED where a part has no inverse.
  void Reverse(int64_t count, const float* transformed, float* vectors) const;

  /// How much of all variance each direction of the first PCA has, largest first; empty without.
  std::vector<float> ExplainedVarianceRatio() const;
  int input_dimension() const { return index_->d; }
  int output_dimension() const { return index_->index->d; }
  bool is_trained() const;
  const std::string& transform() const { return transform_; }
  /// What a file keeps.
  const faiss::IndexPreTransform& index() const { return *index_; }

 private:
  using Chain = std::vector<faiss::VectorTransform*>;

  void Make();
  void Take(std::unique_ptr<faiss::Index> index);
  void TrainAll(int64_t count, const float* vectors);
  const Chain& chain() const { return index_->chain; }

  int dimension_;
  std::string transform_;
  // FAISS's own form of a chain, over an index that stays empty: what its factory makes, and what
  // its files hold.
  std::unique_ptr<faiss::IndexPreTransform> index_;
};
