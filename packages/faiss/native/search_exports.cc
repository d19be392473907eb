// Searches for TypeScript. Arguments have been checked there.
#include <napi.h>

#include <memory>
#include <utility>
#include <vector>

#include "exports.h"
#include "index_arguments.h"
#include "index_handle.h"
#include "task.h"

namespace {

Napi::Value Undefined(Napi::Env env) { return env.Undefined(); }

/// A result that its worker makes and that goes to TypeScript in a second step, when TypeScript has
/// made the arrays for it.
using Hits = std::shared_ptr<RangeHits>;

/// search(handle, queries, k, filter, threads, distances, ids) -> promise; fills the last two
Napi::Value Search(const Napi::CallbackInfo& info) {
  const auto queries = info[1].As<Napi::Float32Array>();
  const int64_t k = info[2].As<Napi::Number>().Int64Value();
  auto distances = info[5].As<Napi::Float32Array>();
  auto ids = info[6].As<Napi::BigInt64Array>();
  const Handle index = HandleOf(info);
  const int64_t count = RowsOf(queries, *index);
  std::vector<Napi::Object> pinned = {queries, distances, ids};
  auto steps = StepsOf(info[3], &pinned);
  return Task::Start(
      info.Env(), pinned, ThreadsOf(info[4], count),
      [index, count, k, steps = std::move(steps), data = queries.Data(),
       distance_data = distances.Data(), id_data = ids.Data()] {
        index->Search(count, data, k, FilterOf(steps).get(), distance_data, id_data);
      },
      Undefined);
}

/// rangeSearch(handle, queries, radius, maxHits, filter, threads, offsets) -> promise of hits;
/// fills the offsets
Napi::Value RangeSearch(const Napi::CallbackInfo& info) {
  const auto queries = info[1].As<Napi::Float32Array>();
  const float radius = info[2].As<Napi::Number>();
  const auto max_hits = static_cast<size_t>(info[3].As<Napi::Number>().Int64Value());
  auto offsets = info[6].As<Napi::Uint32Array>();
  const Handle index = HandleOf(info);
  const int64_t count = RowsOf(queries, *index);
  std::vector<Napi::Object> pinned = {queries, offsets};
  auto steps = StepsOf(info[4], &pinned);
  const auto hits = std::make_shared<RangeHits>(0);
  return Task::Start(
      info.Env(), pinned, ThreadsOf(info[5], count),
      [index, count, radius, max_hits, hits, steps = std::move(steps), data = queries.Data(),
       offset_data = offsets.Data()] {
        *hits = index->RangeSearch(count, data, radius, FilterOf(steps).get(), max_hits);
        uint32_t total = 0;
        for (int64_t query = 0; query < count; query++) {
          offset_data[query] = total;
          total += static_cast<uint32_t>(hits->of_query[query].size());
        }
        offset_data[count] = total;
      },
      [hits](Napi::Env env) -> Napi::Value {
        return Napi::External<Hits>::New(env, new Hits(hits),
                                         [](Napi::Env, Hits* owned) { delete owned; });
      });
}

/// takeHits(hits, distances, ids) -> promise; fills the last two, and frees the hits
Napi::Value TakeHits(const Napi::CallbackInfo& info) {
  const Hits hits = std::move(*info[0].As<Napi::External<Hits>>().Data());
  auto distances = info[1].As<Napi::Float32Array>();
  auto ids = info[2].As<Napi::BigInt64Array>();
  return Task::Start(
      info.Env(), {distances, ids}, 1,
      [hits, distance = distances.Data(), id = ids.Data()]() mutable {
        for (const auto& list : hits->of_query) {
          for (const RangeHits::Hit& hit : list) {
            *distance++ = hit.distance;
            *id++ = hit.id;
          }
        }
      },
      Undefined);
}

}  // namespace

void ExportSearches(Napi::Env env, Napi::Object exports) {
  exports.Set("search", Napi::Function::New(env, Search));
  exports.Set("rangeSearch", Napi::Function::New(env, RangeSearch));
  exports.Set("takeHits", Napi::Function::New(env, TakeHits));
}
