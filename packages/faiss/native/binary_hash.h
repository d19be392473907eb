// FAISS's hash tables over binary codes: what FAISS can't do with them, or does wrong.
#pragma once

#include <faiss/IndexBinaryHash.h>

#include <cstdint>
#include <vector>

/// The codes with 8 bytes after the last one. FAISS reads a whole 64-bit word wherever a hash value
/// begins, also at a code's last byte.
std::vector<uint8_t> PaddedCodes(const uint8_t* codes, size_t size);

/// A table of buckets that hold ids and codes: the bucket that a code belongs to.
int64_t BucketOf(const faiss::IndexBinaryHash& index, const uint8_t* code);

/// The code of an id in this bucket; null where it isn't there.
const uint8_t* FindCode(const faiss::IndexBinaryHash& index, int64_t bucket, int64_t id);

/// Takes an id out of this bucket.
void EraseCode(faiss::IndexBinaryHash* index, int64_t bucket, int64_t id);

/// Several tables that hold rows: takes a row out and calls the last row by its number, as the
/// caller moves that code into the gap. The codes have to be in place still.
void EraseRow(faiss::IndexBinaryMultiHash* index, int64_t row);

/// FAISS's own reset clears copies of its tables, so that later searches read beyond the codes.
void ResetTables(faiss::IndexBinaryMultiHash* index);
