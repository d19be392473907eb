#include "binary_hash.h"

#include <algorithm>
#include <cstring>

namespace {

/// `count` bits (at most 56) of a code, from bit `begin` on, as FAISS counts them.
int64_t Bits(const uint8_t* code, size_t code_size, size_t begin, int count) {
  const size_t byte = begin / 8;
  uint64_t word = 0;
  std::memcpy(&word, code + byte, std::min(sizeof word, code_size - byte));
  return static_cast<int64_t>((word >> (begin % 8)) & ((uint64_t{1} << count) - 1));
}

size_t PlaceIn(const faiss::IndexBinaryHash::InvertedList& bucket, int64_t id) {
  return std::find(bucket.ids.begin(), bucket.ids.end(), id) - bucket.ids.begin();
}

}  // namespace

std::vector<uint8_t> PaddedCodes(const uint8_t* codes, size_t size) {
  std::vector<uint8_t> padded;
  padded.reserve(size + sizeof(uint64_t));
  padded.assign(codes, codes + size);
  padded.resize(size + sizeof(uint64_t));
  return padded;
}

int64_t BucketOf(const faiss::IndexBinaryHash& index, const uint8_t* code) {
  return Bits(code, index.code_size, 0, index.b);
}

const uint8_t* FindCode(const faiss::IndexBinaryHash& index, int64_t bucket, int64_t id) {
  const auto found = index.invlists.find(bucket);
  if (found == index.invlists.end()) return nullptr;
  const size_t place = PlaceIn(found->second, id);
  if (place == found->second.ids.size()) return nullptr;
  return found->second.vecs.data() + place * index.code_size;
}

void EraseCode(faiss::IndexBinaryHash* index, int64_t bucket, int64_t id) {
  const auto found = index->invlists.find(bucket);
  if (found == index->invlists.end()) return;
  auto& [ids, codes] = found->second;
  const size_t place = PlaceIn(found->second, id);
  if (place == ids.size()) return;
  const size_t code_size = index->code_size;
  const size_t last = ids.size() - 1;
  if (place != last) {
    ids[place] = ids[last];
    std::memcpy(codes.data() + place * code_size, codes.data() + last * code_size, code_size);
  }
  ids.pop_back();
  codes.resize(last * code_size);
  index->ntotal--;
  if (ids.empty()) index->invlists.erase(found);
}

void EraseRow(faiss::IndexBinaryMultiHash* index, int64_t row) {
  const size_t code_size = index->code_size;
  const uint8_t* codes = index->storage->xb.data();
  const int64_t last = index->ntotal - 1;
  for (int table = 0; table < index->nhash; table++) {
    auto& map = index->maps[table];
    const size_t begin = size_t(table) * index->b;
    const auto bucket = map.find(Bits(codes + row * code_size, code_size, begin, index->b));
    if (bucket != map.end()) {
      auto& rows = bucket->second;
      const auto place = std::find(rows.begin(), rows.end(), row);
      if (place != rows.end()) {
        *place = rows.back();
        rows.pop_back();
      }
      if (rows.empty()) map.erase(bucket);
    }
    if (row == last) continue;
    const auto moved = map.find(Bits(codes + last * code_size, code_size, begin, index->b));
    if (moved != map.end()) std::replace(moved->second.begin(), moved->second.end(), last, row);
  }
}

void ResetTables(faiss::IndexBinaryMultiHash* index) {
  index->storage->reset();
  for (auto& map : index->maps) map.clear();
  index->ntotal = 0;
}
