// What there is to know about FAISS's kinds of index beyond their common interface.
#pragma once

#include <faiss/Index.h>

#include <cstdint>
#include <memory>

/// The index that gets the vectors after all transforms (PCA, OPQ, L2norm).
faiss::Index* BelowTransforms(faiss::Index* index);

/// The index that is searched first: below transforms and refinement.
faiss::Index* Innermost(faiss::Index* index);

/// Throws INVALID_FACTORY for kinds that FAISS can construct, but that abort the process or can't
/// work the way that this package uses an index.
void RefuseUnsafeKinds(faiss::Index* index);

/// Two of FAISS's defaults don't suit a library: it prints a warning to stderr below 39 training
/// vectors a cluster, and it spends minutes on sorting PQ's codes for a search mode (polysemous)
/// that is not in use here.
void PrepareTraining(faiss::Index* index);

/// Sets what FAISS's reader forgets.
void CompleteLoaded(faiss::Index* index);

/// Throws TRAINING_SET_TOO_SMALL where FAISS would not notice, and read beyond the vectors:
/// additive quantizers (RQ, LSQ). For all others it notices.
void CheckTrainingSize(faiss::Index* index, int64_t count);

/// Whether comparing a query with decoded vectors gives the distances that the index gives. Not so
/// for kinds that compare bits (LSH).
bool HasDistancesOfVectors(faiss::Index* index);

/// Whether FAISS implements range search for this kind.
bool HasRangeSearch(faiss::Index* index);

/// An independent copy, by way of FAISS's own format, which every kind has.
std::unique_ptr<faiss::Index> Copy(const faiss::Index& index);
