// Where FAISS would end the process or answer wrongly, and what is done instead. Found by
// scripts/sweep-factories.mjs, under an address sanitizer as well.
#pragma once

#include <faiss/Index.h>

#include <cstdint>
#include <mutex>

/// Throws INVALID_FACTORY for combinations that FAISS's factory makes, but that crash in use.
void RefuseFaultyKinds(faiss::Index* index);

/// Sets an index that was made or read up so that it doesn't run into faults. For each one.
void AvoidFaults(faiss::Index* index);

/// The largest component of vectors to train with.
float LargestToTrain(const faiss::Index& index);

/// To be held while this index trains or encodes: LSQ notes its times in a table of the whole
/// process, without a lock, and indexes that did so at once would destroy it. Locks nothing for
/// other kinds.
[[nodiscard]] std::unique_lock<std::mutex> LockEncoding(const faiss::Index& index);

/// To be called after a training that succeeded.
void FinishTraining(faiss::Index* index);

/// Removes all vectors; FAISS leaves some behind.
void ResetCompletely(faiss::Index* index);

/// Whether a search in inverted lists can be given a filter. Others throw on OpenMP's threads,
/// where nobody can catch.
bool ListsTakeFilter(const faiss::Index* index);

/// Whether vectors can be had back by their place. This index is below all transforms.
bool DecodesPlaces(const faiss::Index* index);

/// The number of lists, where codes of this index begin with the number of one; else 0. FAISS
/// doesn't check what it decodes, or throws on OpenMP's threads.
size_t ListsInCodes(const faiss::Index* index);
