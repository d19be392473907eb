#include "kinds.h"

#include <faiss/Index2Layer.h>
#include <faiss/IndexAdditiveQuantizer.h>
#include <faiss/IndexAdditiveQuantizerFastScan.h>
#include <faiss/IndexFastScan.h>
#include <faiss/IndexFlat.h>
#include <faiss/IndexFlatCodes.h>
#include <faiss/IndexHNSW.h>
#include <faiss/IndexIDMap.h>
#include <faiss/IndexIVFAdditiveQuantizer.h>
#include <faiss/IndexIVFAdditiveQuantizerFastScan.h>
#include <faiss/IndexIVFFastScan.h>
#include <faiss/IndexIVFFlat.h>
#include <faiss/IndexIVFPQ.h>
#include <faiss/IndexIVFPQFastScan.h>
#include <faiss/IndexIVFPQR.h>
#include <faiss/IndexIVFSpectralHash.h>
#include <faiss/IndexLSH.h>
#include <faiss/IndexNNDescent.h>
#include <faiss/IndexNSG.h>
#include <faiss/IndexPQ.h>
#include <faiss/IndexPQFastScan.h>
#include <faiss/IndexPreTransform.h>
#include <faiss/IndexRefine.h>
#include <faiss/IndexScalarQuantizer.h>
#include <faiss/VectorTransform.h>
#include <faiss/impl/io.h>
#include <faiss/index_io.h>

#include <algorithm>
#include <string>

#include "failure.h"

namespace {

template <typename Kind>
Kind* As(faiss::Index* index) {
  return dynamic_cast<Kind*>(index);
}

[[noreturn]] void Refuse(const std::string& message) { throw Failure("INVALID_FACTORY", message); }

void RefuseUnsafeTransforms(const faiss::IndexPreTransform& index) {
  // FAISS counts the entries of these matrices by 32-bit integers, and would write beyond them.
  constexpr int kMaxMatrixSide = 8192;
  for (const auto* transform : index.chain) {
    const bool has_matrix = dynamic_cast<const faiss::LinearTransform*>(transform) != nullptr ||
                            dynamic_cast<const faiss::ITQTransform*>(transform) != nullptr;
    const int side = std::max(transform->d_in, transform->d_out);
    if (has_matrix && side > kMaxMatrixSide) {
      Refuse("Expected PCA, OPQ, ITQ or RR of at most " + std::to_string(kMaxMatrixSide) +
             " components, received " + std::to_string(side) + ".");
    }
    // FAISS would say so only in training.
    const bool only_reduces = dynamic_cast<const faiss::PCAMatrix*>(transform) != nullptr ||
                              dynamic_cast<const faiss::ITQTransform*>(transform) != nullptr;
    if (only_reduces && transform->d_out > transform->d_in) {
      Refuse("Expected PCA or ITQ to at most " + std::to_string(transform->d_in) +
             " components, received " + std::to_string(transform->d_out) + ".");
    }
    const auto* rotation = dynamic_cast<const faiss::OPQMatrix*>(transform);
    if (rotation != nullptr && rotation->d_out % rotation->M != 0) {
      const std::string parts = std::to_string(rotation->M);
      Refuse("Expected OPQ to a multiple of " + parts + " components, received " +
             std::to_string(rotation->d_out) + ". Write 'OPQ" + parts + "_" +
             std::to_string((rotation->d_out / rotation->M + 1) * rotation->M) + "'.");
    }
  }
}

/// With vector instructions FAISS looks up codes of two components a sub-vector in steps of eight
/// entries, and fails on smaller codebooks: with AVX2 and on ARM, whose answer is the same as the
/// baseline's here.
void RefuseTinyCodebooks(const faiss::ProductQuantizer& pq) {
  if (pq.dsub == 2 && pq.nbits < 3) {
    Refuse("Expected PQ codes of at least 3 bits for sub-vectors of 2 components, received " +
           std::to_string(pq.nbits) + ". Use 3 bits or more, as in 'PQ" + std::to_string(pq.M) +
           "x4', or another number of sub-vectors.");
  }
}

#if FAISS_VERSION_MAJOR == 1 && FAISS_VERSION_MINOR < 9
constexpr int kLastScalarType = faiss::ScalarQuantizer::QT_6bit;
#else
constexpr int kLastScalarType = faiss::ScalarQuantizer::QT_8bit_direct_signed;
#endif

/// FAISS reads a file of a newer version with types that it doesn't know, and in a search throws on
/// OpenMP's threads.
void RefuseUnknownTypes(const faiss::ScalarQuantizer& sq) {
  if (static_cast<int>(sq.qtype) < 0 || static_cast<int>(sq.qtype) > kLastScalarType) {
    Refuse("Expected a scalar quantizer that this version of FAISS knows, received type " +
           std::to_string(static_cast<int>(sq.qtype)) +
           ". The index comes from a newer FAISS: use that one, or another kind such as SQ8.");
  }
}

void RefuseUnsafeQuantizers(faiss::Index* part) {
  if (const auto* kind = As<faiss::IndexScalarQuantizer>(part)) RefuseUnknownTypes(kind->sq);
  if (const auto* kind = As<faiss::IndexIVFScalarQuantizer>(part)) RefuseUnknownTypes(kind->sq);
  if (const auto* kind = As<faiss::IndexPQ>(part)) RefuseTinyCodebooks(kind->pq);
  if (const auto* kind = As<faiss::IndexIVFPQ>(part)) RefuseTinyCodebooks(kind->pq);
  if (const auto* kind = As<faiss::IndexIVFPQR>(part)) RefuseTinyCodebooks(kind->refine_pq);
  if (const auto* kind = As<faiss::Index2Layer>(part)) RefuseTinyCodebooks(kind->pq);
  if (const auto* kind = As<faiss::MultiIndexQuantizer>(part)) RefuseTinyCodebooks(kind->pq);
}

/// An index by itself, or a part of another: a quantizer of inverted lists, a graph's storage.
void RefuseUnsafePart(faiss::Index* part) {
  if (As<faiss::IndexIDMap>(part) != nullptr) {
    Refuse("Leave IDMap out of the factory: every index keeps ids here.");
  }
  // Their code is full of assertions that abort the process.
  if (As<faiss::IndexNSG>(part) != nullptr || As<faiss::IndexNNDescent>(part) != nullptr) {
    Refuse(
        "NSG and NNDescent are built once and can't grow, so they are not supported. Use HNSW, "
        "such as 'HNSW32'.");
  }
  // Below two links a node FAISS's tables of levels are empty, and it reads beyond them.
  const auto* graph = As<faiss::IndexHNSW>(part);
  if (graph != nullptr && graph->hnsw.cum_nneighbor_per_level.size() < 3) {
    Refuse("Expected HNSW with at least 2 links, such as 'HNSW32'.");
  }
  // With other block sizes FAISS throws on OpenMP's threads, where nobody can catch: the process
  // would abort.
  constexpr int kOnlySafeBlockSize = 32;
  const auto* rows = As<faiss::IndexFastScan>(part);
  const auto* lists = As<faiss::IndexIVFFastScan>(part);
  if ((rows != nullptr && rows->bbs != kOnlySafeBlockSize) ||
      (lists != nullptr && lists->bbs != kOnlySafeBlockSize)) {
    Refuse("Leave the block size of fast scan out of the factory, as in 'PQ16x4fs'.");
  }
}

/// Kinds that compare codes know two metrics, and would take any other for one of them.
void RefuseOtherMetrics(faiss::Index* part) {
  if (part->metric_type == faiss::METRIC_L2 || part->metric_type == faiss::METRIC_INNER_PRODUCT) {
    return;
  }
  const auto* graph = As<faiss::IndexHNSW>(part);
  if (As<faiss::IndexFlat>(graph != nullptr ? graph->storage : part) == nullptr) {
    Refuse(
        "Metrics other than l2 and inner_product are for kinds that store whole vectors without "
        "lists: 'Flat' and HNSW, such as 'HNSW32', also below a transform such as 'PCA64,Flat'.");
  }
}

const faiss::AdditiveQuantizer* AdditiveQuantizerOf(faiss::Index* index) {
  if (const auto* kind = As<faiss::IndexAdditiveQuantizer>(index)) return kind->aq;
  if (const auto* kind = As<faiss::IndexAdditiveQuantizerFastScan>(index)) return kind->aq;
  if (const auto* kind = As<faiss::IndexIVFAdditiveQuantizer>(index)) return kind->aq;
  if (const auto* kind = As<faiss::IndexIVFAdditiveQuantizerFastScan>(index)) return kind->aq;
  return nullptr;
}

/// For versions whose lists have this member.
template <typename Lists>
auto SetFineQuantizer(Lists* lists, faiss::Quantizer* quantizer, int)
    -> decltype(static_cast<void>(lists->fine_quantizer)) {
  lists->fine_quantizer = quantizer;
}
template <typename Lists>
void SetFineQuantizer(Lists*, faiss::Quantizer*, long) {}

}  // namespace

faiss::Index* BelowTransforms(faiss::Index* index) {
  while (auto* wrapper = As<faiss::IndexPreTransform>(index)) index = wrapper->index;
  return index;
}

faiss::Index* Innermost(faiss::Index* index) {
  for (;;) {
    index = BelowTransforms(index);
    const auto* refine = As<faiss::IndexRefine>(index);
    if (refine == nullptr) return index;
    index = refine->base_index;
  }
}

void RefuseUnsafeKinds(faiss::Index* index) {
  RefuseUnsafePart(index);
  RefuseUnsafeQuantizers(index);
  if (const auto* wrapper = As<faiss::IndexPreTransform>(index)) {
    RefuseUnsafeTransforms(*wrapper);
    RefuseUnsafeKinds(wrapper->index);
  }
  if (const auto* refine = As<faiss::IndexRefine>(index)) {
    // Others throw on OpenMP's threads as well.
    if (As<faiss::IndexFlatCodes>(BelowTransforms(refine->refine_index)) == nullptr) {
      Refuse(
          "Expected to refine by a kind that stores a code a vector: Flat, SQ or PQ, as in "
          "'IVF1024,PQ16,RFlat' or 'IVF1024,PQ16,Refine(SQ8)'.");
    }
    RefuseUnsafeKinds(refine->base_index);
    RefuseUnsafeKinds(refine->refine_index);
  }
  RefuseOtherMetrics(Innermost(index));
  if (const auto* graph = As<faiss::IndexHNSW>(index)) RefuseUnsafeKinds(graph->storage);
  if (const auto* lists = As<faiss::IndexIVF>(index)) RefuseUnsafeKinds(lists->quantizer);
}

void PrepareTraining(faiss::Index* index) {
  const auto silence = [](faiss::ProductQuantizer& pq) { pq.cp.min_points_per_centroid = 1; };
  faiss::Index* inner = Innermost(index);
  if (auto* graph = As<faiss::IndexHNSW>(inner)) inner = graph->storage;
  if (auto* lists = As<faiss::IndexIVF>(inner)) lists->cp.min_points_per_centroid = 1;
  if (auto* kind = As<faiss::IndexPQ>(inner)) {
    silence(kind->pq);
    kind->do_polysemous_training = false;
  }
  if (auto* kind = As<faiss::IndexIVFPQ>(inner)) {
    silence(kind->pq);
    kind->do_polysemous_training = false;
  }
  if (auto* kind = As<faiss::IndexIVFPQR>(inner)) silence(kind->refine_pq);
  if (auto* kind = As<faiss::IndexPQFastScan>(inner)) silence(kind->pq);
  if (auto* kind = As<faiss::IndexIVFPQFastScan>(inner)) silence(kind->pq);
}

void CompleteLoaded(faiss::Index* index) {
  // FAISS 1.12 decodes fast scan's codes with it, and crashes as it is null.
  faiss::Index* inner = Innermost(index);
  if (auto* kind = As<faiss::IndexIVFPQFastScan>(inner)) SetFineQuantizer(kind, &kind->pq, 0);
  if (auto* kind = As<faiss::IndexIVFAdditiveQuantizerFastScan>(inner)) {
    SetFineQuantizer(kind, kind->aq, 0);
  }
}

void CheckTrainingSize(faiss::Index* index, int64_t count) {
  const auto* quantizer = AdditiveQuantizerOf(Innermost(index));
  if (quantizer == nullptr) return;
  int64_t needed = static_cast<int64_t>(quantizer->d);
  for (const size_t bits : quantizer->nbits) needed = std::max(needed, int64_t{1} << bits);
  if (count < needed) {
    throw Failure("TRAINING_SET_TOO_SMALL", "Expected at least " + std::to_string(needed) +
                                                " training vectors, received " +
                                                std::to_string(count) + ".");
  }
}

bool HasDistancesOfVectors(faiss::Index* index) {
  const faiss::Index* inner = Innermost(index);
  return dynamic_cast<const faiss::IndexLSH*>(inner) == nullptr &&
         dynamic_cast<const faiss::IndexIVFSpectralHash*>(inner) == nullptr;
}

bool HasRangeSearch(faiss::Index* index) {
  faiss::Index* below = BelowTransforms(index);
  if (As<faiss::IndexIVFPQR>(below) != nullptr || As<faiss::IndexIVFFlatDedup>(below) != nullptr) {
    return false;
  }
  const bool usual_metric =
      below->metric_type == faiss::METRIC_L2 || below->metric_type == faiss::METRIC_INNER_PRODUCT;
  return (As<faiss::IndexFlat>(below) != nullptr && usual_metric) ||
         As<faiss::IndexIVFFlat>(below) != nullptr || As<faiss::IndexIVFPQ>(below) != nullptr ||
         As<faiss::IndexIVFScalarQuantizer>(below) != nullptr;
}

std::unique_ptr<faiss::Index> Copy(const faiss::Index& index) {
  faiss::VectorIOWriter writer;
  faiss::write_index(&index, &writer);
  faiss::VectorIOReader reader;
  reader.data = std::move(writer.data);
  std::unique_ptr<faiss::Index> copy(faiss::read_index(&reader));
  CompleteLoaded(copy.get());
  return copy;
}
