// Indexes for TypeScript. Arguments have been checked there.
#include <faiss/Index.h>
#include <napi.h>

#include <memory>

#include "exports.h"
#include "index_file.h"
#include "index_handle.h"
#include "task.h"
#include "vector_index.h"

namespace {

int64_t RowsOf(const Napi::Float32Array& vectors, const VectorIndex& index) {
  return static_cast<int64_t>(vectors.ElementLength()) / index.index().d;
}

int64_t IdOf(const Napi::Value& value) {
  bool lossless = false;
  return value.As<Napi::BigInt>().Int64Value(&lossless);
}

Napi::Value Undefined(Napi::Env env) { return env.Undefined(); }

/// create(dimension, factory, metric) -> handle
Napi::Value Create(const Napi::CallbackInfo& info) {
  try {
    return Wrap(info.Env(),
                std::make_shared<VectorIndex>(
                    info[0].As<Napi::Number>().Int32Value(), info[1].As<Napi::String>(),
                    static_cast<faiss::MetricType>(info[2].As<Napi::Number>().Int32Value())));
  } catch (const Napi::Error&) {
    throw;
  } catch (...) {
    ThrowToJavaScript(info.Env());
  }
}

/// load(path) -> promise of { handle, note }
Napi::Value Load(const Napi::CallbackInfo& info) {
  auto loaded = std::make_shared<LoadedIndex>();
  return Task::Start(
      info.Env(), {}, 1,
      [loaded, path = info[0].As<Napi::String>().Utf8Value()] { *loaded = LoadIndex(path); },
      [loaded](Napi::Env env) {
        auto answer = Napi::Object::New(env);
        answer.Set("handle", Wrap(env, std::move(loaded->index)));
        answer.Set("note", loaded->note);
        return answer;
      });
}

/// describe(handle) -> what doesn't change, and what only writes change
Napi::Value Describe(const Napi::CallbackInfo& info) {
  const VectorIndex& index = *HandleOf(info);
  auto answer = Napi::Object::New(info.Env());
  answer.Set("dimension", index.index().d);
  answer.Set("metric", static_cast<int>(index.index().metric_type));
  answer.Set("factory", index.factory());
  answer.Set("size", static_cast<double>(index.index().ntotal));
  answer.Set("isTrained", index.index().is_trained);
  answer.Set("listCount", static_cast<double>(index.list_count()));
  answer.Set("hasGraph", index.has_graph());
  return answer;
}

/// train(handle, vectors) -> promise
Napi::Value Train(const Napi::CallbackInfo& info) {
  const auto vectors = info[1].As<Napi::Float32Array>();
  const Handle index = HandleOf(info);
  const int64_t count = RowsOf(vectors, *index);
  return Task::Start(
      info.Env(), {vectors}, count,
      [index, count, data = vectors.Data()] { index->Train(count, data); }, Undefined);
}

/// add(handle, vectors, ids) -> promise
Napi::Value Add(const Napi::CallbackInfo& info) {
  const auto vectors = info[1].As<Napi::Float32Array>();
  const auto ids = info[2].As<Napi::BigInt64Array>();
  const Handle index = HandleOf(info);
  const int64_t count = RowsOf(vectors, *index);
  return Task::Start(
      info.Env(), {vectors, ids}, count,
      [index, count, data = vectors.Data(), id_data = ids.Data()] {
        index->Add(count, data, id_data);
      },
      Undefined);
}

/// setSearchParameters(handle, nprobe, efSearch)
void SetSearchParameters(const Napi::CallbackInfo& info) {
  HandleOf(info)->SetSearchParameters(info[1].As<Napi::Number>().Uint32Value(),
                                      info[2].As<Napi::Number>().Int32Value());
}

/// search(handle, queries, k, distances, ids) -> promise; fills the last two
Napi::Value Search(const Napi::CallbackInfo& info) {
  const auto queries = info[1].As<Napi::Float32Array>();
  const int64_t k = info[2].As<Napi::Number>().Int64Value();
  auto distances = info[3].As<Napi::Float32Array>();
  auto ids = info[4].As<Napi::BigInt64Array>();
  const Handle index = HandleOf(info);
  const int64_t count = RowsOf(queries, *index);
  return Task::Start(
      info.Env(), {queries, distances, ids}, count,
      [index, count, k, data = queries.Data(), distance_data = distances.Data(),
       id_data = ids.Data()] { index->Search(count, data, k, distance_data, id_data); },
      Undefined);
}

/// remove(handle, ids) -> promise of how many were in
Napi::Value Remove(const Napi::CallbackInfo& info) {
  const auto ids = info[1].As<Napi::BigInt64Array>();
  const auto count = static_cast<int64_t>(ids.ElementLength());
  const auto removed = std::make_shared<int64_t>(0);
  return Task::Start(
      info.Env(), {ids}, 1,
      [index = HandleOf(info), count, data = ids.Data(), removed] {
        *removed = index->Remove(count, data);
      },
      [removed](Napi::Env env) { return Napi::Number::New(env, static_cast<double>(*removed)); });
}

/// reconstruct(handle, id, vector) -> promise; fills the vector
Napi::Value Reconstruct(const Napi::CallbackInfo& info) {
  auto vector = info[2].As<Napi::Float32Array>();
  return Task::Start(
      info.Env(), {vector}, 1,
      [index = HandleOf(info), id = IdOf(info[1]), data = vector.Data()] {
        index->Reconstruct(id, data);
      },
      Undefined);
}

/// has(handle, id) -> boolean
Napi::Value Has(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), HandleOf(info)->Has(IdOf(info[1])));
}

/// save(handle, path, note) -> promise
Napi::Value Save(const Napi::CallbackInfo& info) {
  return Task::Start(
      info.Env(), {}, 1,
      [index = HandleOf(info), path = info[1].As<Napi::String>().Utf8Value(),
       note = info[2].As<Napi::String>().Utf8Value()] { SaveIndex(*index, path, note); },
      Undefined);
}

/// release(handle): frees the memory without waiting for the garbage collector
void Release(const Napi::CallbackInfo& info) { HandleOf(info).reset(); }

}  // namespace

void ExportIndexes(Napi::Env env, Napi::Object exports) {
  exports.Set("create", Napi::Function::New(env, Create));
  exports.Set("load", Napi::Function::New(env, Load));
  exports.Set("describe", Napi::Function::New(env, Describe));
  exports.Set("train", Napi::Function::New(env, Train));
  exports.Set("add", Napi::Function::New(env, Add));
  exports.Set("setSearchParameters", Napi::Function::New(env, SetSearchParameters));
  exports.Set("search", Napi::Function::New(env, Search));
  exports.Set("remove", Napi::Function::New(env, Remove));
  exports.Set("reconstruct", Napi::Function::New(env, Reconstruct));
  exports.Set("has", Napi::Function::New(env, Has));
  exports.Set("save", Napi::Function::New(env, Save));
  exports.Set("release", Napi::Function::New(env, Release));
}
