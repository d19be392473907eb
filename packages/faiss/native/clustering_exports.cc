// k-means for TypeScript. Arguments have been checked there.
#include <napi.h>

#include <memory>

#include "clustering.h"
#include "exports.h"
#include "task.h"

namespace {

int64_t IntegerOf(const Napi::Object& settings, const char* name) {
  return settings.Get(name).ToNumber().Int64Value();
}

bool FlagOf(const Napi::Object& settings, const char* name) {
  return settings.Get(name).ToBoolean();
}

KmeansSettings SettingsOf(const Napi::Object& settings) {
  return {static_cast<int>(IntegerOf(settings, "dimension")),
          IntegerOf(settings, "k"),
          static_cast<int>(IntegerOf(settings, "iterations")),
          static_cast<int>(IntegerOf(settings, "redo")),
          static_cast<int>(IntegerOf(settings, "seed")),
          IntegerOf(settings, "maxPointsPerCentroid"),
          FlagOf(settings, "spherical"),
          FlagOf(settings, "integerCentroids"),
          FlagOf(settings, "frozenCentroids"),
          static_cast<faiss::MetricType>(IntegerOf(settings, "metric"))};
}

Rows RowsOf(const Napi::Float32Array& vectors, int64_t dimension) {
  return {static_cast<int64_t>(vectors.ElementLength()) / dimension, vectors.Data()};
}

template <typename Array, typename Value>
Array Copied(Napi::Env env, const std::vector<Value>& values) {
  auto array = Array::New(env, values.size());
  std::copy(values.begin(), values.end(), array.Data());
  return array;
}

/// kmeans(settings, vectors, weights, initialCentroids, centroids, assignments, distances) ->
/// promise of { objective, imbalance, splits }; fills the last three. Without weights, none are
/// given: an empty array.
Napi::Value RunKmeans(const Napi::CallbackInfo& info) {
  const KmeansSettings settings = SettingsOf(info[0].As<Napi::Object>());
  const auto vectors = info[1].As<Napi::Float32Array>();
  const auto weights = info[2].As<Napi::Float32Array>();
  const auto initial = info[3].As<Napi::Float32Array>();
  auto centroids = info[4].As<Napi::Float32Array>();
  auto assignments = info[5].As<Napi::Int32Array>();
  auto distances = info[6].As<Napi::Float32Array>();
  const KmeansInput input = {RowsOf(vectors, settings.dimension),
                             weights.ElementLength() > 0 ? weights.Data() : nullptr,
                             RowsOf(initial, settings.dimension)};
  const auto history = std::make_shared<KmeansHistory>();
  return Task::Start(
      info.Env(), {vectors, weights, initial, centroids, assignments, distances},
      IntegerOf(info[0].As<Napi::Object>(), "threads"),
      [settings, input, history, centroid_data = centroids.Data(),
       assignment_data = assignments.Data(), distance_data = distances.Data()] {
        *history = Kmeans(settings, input, centroid_data, assignment_data, distance_data);
      },
      [history](Napi::Env env) {
        auto answer = Napi::Object::New(env);
        answer.Set("objective", Copied<Napi::Float64Array>(env, history->objective));
        answer.Set("imbalance", Copied<Napi::Float64Array>(env, history->imbalance));
        answer.Set("splits", Copied<Napi::Int32Array>(env, history->splits));
        return answer;
      });
}

}  // namespace

void ExportClustering(Napi::Env env, Napi::Object exports) {
  exports.Set("kmeans", Napi::Function::New(env, RunKmeans));
}
