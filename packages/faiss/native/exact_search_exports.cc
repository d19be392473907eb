// Exact search for TypeScript. Arguments have been checked there.
#include <napi.h>

#include "check_values.h"
#include "exact_search.h"
#include "exports.h"
#include "task.h"

namespace {

Rows RowsOf(const Napi::Float32Array& vectors, int64_t dimension) {
  return {static_cast<int64_t>(vectors.ElementLength()) / dimension, vectors.Data()};
}

Metric MetricOf(const Napi::Object& settings) {
  return {static_cast<faiss::MetricType>(settings.Get("metric").ToNumber().Int32Value()),
          settings.Get("metricArg").ToNumber().FloatValue()};
}

Napi::Value Undefined(Napi::Env env) { return env.Undefined(); }

/// knn({ dimension, k, metric, metricArg, threads }, vectors, queries, distances, ids) -> promise;
/// fills the last two
Napi::Value Knn(const Napi::CallbackInfo& info) {
  const auto settings = info[0].As<Napi::Object>();
  const auto vectors = info[1].As<Napi::Float32Array>();
  const auto queries = info[2].As<Napi::Float32Array>();
  auto distances = info[3].As<Napi::Float32Array>();
  auto ids = info[4].As<Napi::BigInt64Array>();
  const int64_t dimension = settings.Get("dimension").ToNumber().Int64Value();
  return Task::Start(
      info.Env(), {vectors, queries, distances, ids},
      settings.Get("threads").ToNumber().Int64Value(),
      [metric = MetricOf(settings), dimension, k = settings.Get("k").ToNumber().Int64Value(),
       database = RowsOf(vectors, dimension), probes = RowsOf(queries, dimension),
       distance_data = distances.Data(), id_data = ids.Data()] {
        CheckMetric(metric.type);
        CheckValues(database.count, dimension, database.data);
        CheckValues(probes.count, dimension, probes.data);
        FindNearest(metric, dimension, database, probes, k, distance_data, id_data);
      },
      Undefined);
}

/// pairwiseDistances({ dimension, metric, metricArg, threads }, a, b, distances) -> promise; fills
/// the last
Napi::Value Pairwise(const Napi::CallbackInfo& info) {
  const auto settings = info[0].As<Napi::Object>();
  const auto a = info[1].As<Napi::Float32Array>();
  const auto b = info[2].As<Napi::Float32Array>();
  auto distances = info[3].As<Napi::Float32Array>();
  const int64_t dimension = settings.Get("dimension").ToNumber().Int64Value();
  return Task::Start(
      info.Env(), {a, b, distances}, settings.Get("threads").ToNumber().Int64Value(),
      [metric = MetricOf(settings), dimension, rows = RowsOf(a, dimension),
       columns = RowsOf(b, dimension), data = distances.Data()] {
        CheckMetric(metric.type);
        CheckValues(rows.count, dimension, rows.data);
        CheckValues(columns.count, dimension, columns.data);
        PairwiseDistances(metric, dimension, rows, columns, data);
      },
      Undefined);
}

}  // namespace

void ExportExactSearch(Napi::Env env, Napi::Object exports) {
  exports.Set("knn", Napi::Function::New(env, Knn));
  exports.Set("pairwiseDistances", Napi::Function::New(env, Pairwise));
}
