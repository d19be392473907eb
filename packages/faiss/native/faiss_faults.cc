#include "faiss_faults.h"

#include <faiss/Index2Layer.h>
#include <faiss/IndexAdditiveQuantizer.h>
#include <faiss/IndexAdditiveQuantizerFastScan.h>
#include <faiss/IndexFastScan.h>
#include <faiss/IndexFlat.h>
#include <faiss/IndexFlatCodes.h>
#include <faiss/IndexHNSW.h>
#include <faiss/IndexIVFAdditiveQuantizer.h>
#include <faiss/IndexIVFAdditiveQuantizerFastScan.h>
#include <faiss/IndexIVFFastScan.h>
#include <faiss/IndexIVFFlat.h>
#include <faiss/IndexIVFPQ.h>
#include <faiss/IndexIVFPQR.h>
#include <faiss/IndexLSH.h>
#include <faiss/IndexPQ.h>
#include <faiss/IndexPreTransform.h>
#include <faiss/IndexRefine.h>
#include <faiss/IndexRowwiseMinMax.h>
#include <faiss/IndexScalarQuantizer.h>
#include <faiss/impl/LocalSearchQuantizer.h>
#include <faiss/impl/ProductAdditiveQuantizer.h>
#include <faiss/impl/ResidualQuantizer.h>

#include <cmath>
#include <string>

#include "check_values.h"
#include "failure.h"
#include "kinds.h"

namespace {

template <typename Kind>
Kind* As(faiss::Index* index) {
  return dynamic_cast<Kind*>(index);
}

[[noreturn]] void Refuse(const std::string& message) { throw Failure("INVALID_FACTORY", message); }

/// Calls visit(part) for the index and all indexes that it is made of.
template <typename Visit>
void ForEachPart(faiss::Index* index, const Visit& visit) {
  visit(index);
  if (auto* kind = As<faiss::IndexPreTransform>(index)) ForEachPart(kind->index, visit);
  if (auto* kind = As<faiss::IndexRefine>(index)) {
    ForEachPart(kind->base_index, visit);
    ForEachPart(kind->refine_index, visit);
  }
  if (auto* kind = As<faiss::IndexIVF>(index)) ForEachPart(kind->quantizer, visit);
  if (auto* kind = As<faiss::IndexHNSW>(index)) ForEachPart(kind->storage, visit);
  if (auto* kind = As<faiss::Index2Layer>(index)) ForEachPart(kind->q1.quantizer, visit);
  if (auto* kind = As<faiss::IndexRowwiseMinMaxBase>(index)) ForEachPart(kind->index, visit);
}

faiss::AdditiveQuantizer* AdditiveQuantizerOf(faiss::Index* part) {
  if (auto* kind = As<faiss::IndexAdditiveQuantizer>(part)) return kind->aq;
  if (auto* kind = As<faiss::IndexAdditiveQuantizerFastScan>(part)) return kind->aq;
  if (auto* kind = As<faiss::IndexIVFAdditiveQuantizer>(part)) return kind->aq;
  if (auto* kind = As<faiss::IndexIVFAdditiveQuantizerFastScan>(part)) return kind->aq;
  if (auto* kind = As<faiss::AdditiveCoarseQuantizer>(part)) return kind->aq;
  return nullptr;
}

/// Additive quantizers can store norms by one-dimensional clusters, whose code runs off its tables
/// where the training vectors have fewer distinct norms than there are clusters.
void RefuseClusteredNorms(faiss::Index* part) {
  const auto* quantizer = AdditiveQuantizerOf(part);
  if (quantizer == nullptr) return;
  if (quantizer->search_type == faiss::AdditiveQuantizer::ST_norm_cqint8 ||
      quantizer->search_type == faiss::AdditiveQuantizer::ST_norm_cqint4) {
    Refuse(
        "Norms of type Ncqint8 and Ncqint4 are not supported, since training them crashes on some "
        "vectors. Use Nqint8, Nfloat or Nrq2x4, as in 'RQ8x8_Nqint8'.");
  }
}

/// FAISS writes an IVFPQR that isn't trained otherwise than it reads it, and would take what
/// follows for something else.
void RefuseRefinementTwice(faiss::Index* part) {
  const auto* refine = As<faiss::IndexRefine>(part);
  if (refine != nullptr && As<faiss::IndexIVFPQR>(BelowTransforms(refine->base_index)) != nullptr) {
    Refuse("Leave RFlat and Refine out after 'PQ16+16', which refines by itself.");
  }
}

/// 2 to the power of all bits has to be a number of lists.
void RefuseTooManyLists(faiss::Index* part) {
  const auto* quantizer = As<faiss::MultiIndexQuantizer>(part);
  constexpr size_t kMostBits = 40;
  if (quantizer != nullptr && quantizer->pq.M * quantizer->pq.nbits > kMostBits) {
    Refuse("Expected Residual or IMI of at most " + std::to_string(kMostBits) +
           " bits, such as 'Residual2x8,PQ16'.");
  }
}

/// Graphs go astray, and beyond their memory, where a distance is not a number.
void RefuseUndefinedDistances(faiss::Index* part) {
  if (As<faiss::IndexHNSW>(part) == nullptr) return;
  switch (part->metric_type) {
    case faiss::METRIC_L2:
    case faiss::METRIC_INNER_PRODUCT:
    case faiss::METRIC_L1:
    case faiss::METRIC_Linf:
    case faiss::METRIC_Lp:
      return;
    default:
      Refuse(
          "HNSW is for metrics l2, inner_product, l1, linf and lp: others aren't defined for all "
          "vectors (canberra and bray_curtis of zeros, jensen_shannon of what isn't above 0), and "
          "a "
          "graph can't have such distances. Use 'Flat'.");
  }
}

/// Inverted lists search the quantizer and take its vectors apart on OpenMP's threads, where kinds
/// that can't do one of these would end the process.
void RefuseQuantizer(faiss::Index* quantizer, size_t list_count) {
  if (const auto* wrapper = As<faiss::IndexPreTransform>(quantizer)) {
    return RefuseQuantizer(wrapper->index, list_count);
  }
  if (const auto* residual = As<faiss::ResidualCoarseQuantizer>(quantizer)) {
    const size_t bits = residual->rq.tot_bits;
    if (bits >= 63 || list_count != size_t{1} << bits) {
      Refuse("Expected as many lists as RCQ has codes: 2 to the power of " + std::to_string(bits) +
             ", received " + std::to_string(list_count) + ".");
    }
    return;
  }
  const auto* graph = As<faiss::IndexHNSW>(quantizer);
  const auto* refine = As<faiss::IndexRefine>(quantizer);
  faiss::Index* store = graph != nullptr    ? graph->storage
                        : refine != nullptr ? refine->base_index
                                            : quantizer;
  const bool usable =
      (As<faiss::IndexFlatCodes>(store) != nullptr && As<faiss::Index2Layer>(store) == nullptr &&
       As<faiss::IndexLSH>(store) == nullptr) ||
      As<faiss::IndexFastScan>(store) != nullptr ||
      As<faiss::MultiIndexQuantizer>(store) != nullptr;
  if (!usable) {
    Refuse(
        "Expected a kind in parentheses that can find lists: Flat, HNSW, SQ, PQ or RCQ, as in "
        "'IVF65536(HNSW32),Flat'.");
  }
}

/// How lists learn: what FAISS's factory sets, but its files don't keep.
void SetTraining(faiss::Level1Quantizer* lists, faiss::MetricType metric) {
  constexpr char kByKMeans = 0;
  constexpr char kAlone = 1;
  constexpr char kByKMeansOfFlat = 2;
  faiss::Index* quantizer = lists->quantizer;
  const bool alone = As<faiss::MultiIndexQuantizer>(quantizer) != nullptr ||
                     As<faiss::ResidualCoarseQuantizer>(quantizer) != nullptr;
  const bool flat = As<faiss::IndexFlat>(quantizer) != nullptr;
  lists->quantizer_trains_alone = alone ? kAlone : flat ? kByKMeans : kByKMeansOfFlat;
  lists->cp.spherical = metric == faiss::METRIC_INNER_PRODUCT;
}

}  // namespace

void RefuseFaultyKinds(faiss::Index* index) {
  ForEachPart(index, [](faiss::Index* part) {
    RefuseClusteredNorms(part);
    RefuseRefinementTwice(part);
    RefuseTooManyLists(part);
    RefuseUndefinedDistances(part);
    if (const auto* lists = As<faiss::IndexIVF>(part)) {
      RefuseQuantizer(lists->quantizer, lists->nlist);
    }
  });
  // They stand for all their codes from the start, and can't be added to.
  if (As<faiss::AdditiveCoarseQuantizer>(Innermost(index)) != nullptr) {
    Refuse("RCQ and LSCQ only find lists for others, as in 'IVF256(RCQ2x4),Flat'. Use RQ.");
  }
}

void AvoidFaults(faiss::Index* index) {
  // Of FAISS's two ways to collect the nearest in fast scan, for few and for many neighbours, the
  // second one fails an assertion where many vectors are equally near. The first serves for both.
  constexpr int kHeap = 12;
  ForEachPart(index, [](faiss::Index* part) {
    if (auto* rows = As<faiss::IndexFastScan>(part)) rows->implem = kHeap;
    if (auto* lists = As<faiss::IndexIVFFastScan>(part)) lists->implem = kHeap;
    if (auto* lists = As<faiss::IndexIVF>(part)) {
      SetTraining(lists, lists->metric_type);
    } else if (auto* layers = As<faiss::Index2Layer>(part)) {
      SetTraining(&layers->q1, faiss::METRIC_L2);
    }
    auto* quantizer = AdditiveQuantizerOf(part);
    if (quantizer == nullptr) return;
    // Tables for another way to encode, that is not in use. When it reads an index that is not
    // trained yet, FAISS would make them of codebooks that are not there. Since 1.8 it makes others
    // for RCQ, that are in use, by this factor; they have to wait for FinishTraining.
    auto* coarse = As<faiss::ResidualCoarseQuantizer>(part);
    if (coarse != nullptr && !coarse->is_trained) coarse->beam_factor = -1;
    const auto leave_tables_out = [](faiss::AdditiveQuantizer* each) {
      if (auto* residual = dynamic_cast<faiss::ResidualQuantizer*>(each)) {
        residual->train_type = static_cast<decltype(residual->train_type)>(
            residual->train_type | faiss::ResidualQuantizer::Skip_codebook_tables);
      }
    };
    leave_tables_out(quantizer);
    if (auto* product = dynamic_cast<faiss::ProductAdditiveQuantizer*>(quantizer)) {
      for (auto* each : product->quantizers) leave_tables_out(each);
    }
    // FAISS 1.7.3 reads the codes of norms, but not how many there are.
    auto& norms = quantizer->qnorm;
    norms.ntotal = static_cast<int64_t>(norms.codes.size() / sizeof(float));
    norms.update_permutation();
  });
}

/// Some quantizers cluster the squares of norms, whose squares have to be finite as well.
float LargestToTrain(const faiss::Index& index) {
  constexpr float kLargestNormSquared = 1e15f;
  float largest = kLargestValue;
  ForEachPart(const_cast<faiss::Index*>(&index), [&](faiss::Index* part) {
    const auto* quantizer = AdditiveQuantizerOf(part);
    if (quantizer == nullptr) return;
    if (quantizer->search_type == faiss::AdditiveQuantizer::ST_norm_rq2x4 ||
        quantizer->search_type == faiss::AdditiveQuantizer::ST_norm_lsq2x4) {
      largest = std::sqrt(kLargestNormSquared / static_cast<float>(index.d));
    }
  });
  return largest;
}

std::unique_lock<std::mutex> LockEncoding(const faiss::Index& index) {
  static std::mutex mutex;
  bool shared = false;
  ForEachPart(const_cast<faiss::Index*>(&index), [&](faiss::Index* part) {
    const auto* quantizer = AdditiveQuantizerOf(part);
    if (quantizer == nullptr) return;
    shared = shared || dynamic_cast<const faiss::LocalSearchQuantizer*>(quantizer) != nullptr ||
             dynamic_cast<const faiss::ProductLocalSearchQuantizer*>(quantizer) != nullptr ||
             quantizer->search_type == faiss::AdditiveQuantizer::ST_norm_lsq2x4;
  });
  return shared ? std::unique_lock(mutex) : std::unique_lock<std::mutex>();
}

void FinishTraining(faiss::Index* index) {
  ForEachPart(index, [](faiss::Index* part) {
    auto* coarse = As<faiss::ResidualCoarseQuantizer>(part);
    constexpr float kUsualFactor = 4;
    if (coarse != nullptr && coarse->is_trained) coarse->set_beam_factor(kUsualFactor);
  });
}

void ResetCompletely(faiss::Index* index) {
  index->reset();
  ForEachPart(index, [](faiss::Index* part) {
    if (auto* lists = As<faiss::IndexIVFFlatDedup>(part)) lists->instances.clear();
  });
}

bool ListsTakeFilter(const faiss::Index* index) {
  return dynamic_cast<const faiss::IndexIVFFlat*>(index) != nullptr ||
         dynamic_cast<const faiss::IndexIVFPQ*>(index) != nullptr ||
         dynamic_cast<const faiss::IndexIVFScalarQuantizer*>(index) != nullptr;
}

bool DecodesPlaces(const faiss::Index* index) {
#if FAISS_VERSION_MAJOR == 1 && FAISS_VERSION_MINOR < 8
  if (dynamic_cast<const faiss::IndexIVFAdditiveQuantizer*>(index) != nullptr) return false;
#endif
  return dynamic_cast<const faiss::IndexIVFFlatDedup*>(index) == nullptr;
}

size_t ListsInCodes(const faiss::Index* index) {
  if (const auto* lists = dynamic_cast<const faiss::IndexIVF*>(index)) return lists->nlist;
  if (const auto* layers = dynamic_cast<const faiss::Index2Layer*>(index)) return layers->q1.nlist;
  return 0;
}
