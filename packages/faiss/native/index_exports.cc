// Indexes for TypeScript. Arguments have been checked there.
#include <faiss/Index.h>
#include <napi.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include "byte_arguments.h"
#include "exports.h"
#include "free_memory.h"
#include "index_arguments.h"
#include "index_file.h"
#include "index_handle.h"
#include "task.h"
#include "vector_index.h"

namespace {

Napi::Value Undefined(Napi::Env env) { return env.Undefined(); }

/// create(dimension, factory, metric, metricArg) -> handle
Napi::Value Create(const Napi::CallbackInfo& info) {
  try {
    return Wrap(info.Env(),
                std::make_shared<VectorIndex>(
                    info[0].As<Napi::Number>().Int32Value(), info[1].As<Napi::String>(),
                    static_cast<faiss::MetricType>(info[2].As<Napi::Number>().Int32Value()),
                    info[3].As<Napi::Number>().FloatValue()));
  } catch (const Napi::Error&) {
    throw;
  } catch (...) {
    ThrowToJavaScript(info.Env());
  }
}

/// load(source, readOnly) -> promise of { handle, note }
Napi::Value Load(const Napi::CallbackInfo& info) {
  auto loaded = std::make_shared<LoadedIndex>();
  return Task::Start(
      info.Env(), {PinnedArgument(info[0])}, 1,
      [loaded, open = SourceArgument(info[0]),
       access = info[1].As<Napi::Boolean>()
                    ? VectorIndex::Access::kReadOnly
                    : VectorIndex::Access::kReadWrite] { *loaded = LoadIndex(*open(), access); },
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
  answer.Set("metricArg", index.index().metric_arg);
  answer.Set("factory", index.factory());
  answer.Set("size", static_cast<double>(index.size()));
  answer.Set("holes", static_cast<double>(index.holes()));
  answer.Set("isTrained", index.index().is_trained);
  answer.Set("listCount", static_cast<double>(index.list_count()));
  auto parameters = Napi::Object::New(info.Env());
  for (const auto& [name, value] : index.Parameters()) parameters.Set(name, value);
  answer.Set("parameters", parameters);
  return answer;
}

/// train(handle, vectors, threads) -> promise
Napi::Value Train(const Napi::CallbackInfo& info) {
  const auto vectors = info[1].As<Napi::Float32Array>();
  const Handle index = HandleOf(info);
  const int64_t count = RowsOf(vectors, *index);
  return Task::Start(
      info.Env(), {vectors}, ThreadsOf(info[2], count),
      [index, count, data = vectors.Data(), bytes = vectors.ByteLength()] {
        index->Train(count, data);
        ReturnFreeMemory(bytes);
      },
      Undefined);
}

/// add(handle, vectors, ids, assign, threads) -> promise; fills the ids where `assign` is true
Napi::Value Add(const Napi::CallbackInfo& info) {
  const auto vectors = info[1].As<Napi::Float32Array>();
  auto ids = info[2].As<Napi::BigInt64Array>();
  const Handle index = HandleOf(info);
  const int64_t count = RowsOf(vectors, *index);
  const bool assign = info[3].As<Napi::Boolean>();
  return Task::Start(
      info.Env(), {vectors, ids}, ThreadsOf(info[4], count),
      [index, count, assign, data = vectors.Data(), bytes = vectors.ByteLength(),
       id_data = ids.Data()] {
        if (assign) index->AssignIds(count, id_data);
        index->Add(count, data, id_data);
        ReturnFreeMemory(bytes);
      },
      Undefined);
}

/// update(handle, vectors, ids) -> promise
Napi::Value Update(const Napi::CallbackInfo& info) {
  const auto vectors = info[1].As<Napi::Float32Array>();
  const auto ids = info[2].As<Napi::BigInt64Array>();
  const Handle index = HandleOf(info);
  const int64_t count = RowsOf(vectors, *index);
  return Task::Start(
      info.Env(), {vectors, ids}, count,
      [index, count, data = vectors.Data(), id_data = ids.Data()] {
        index->Update(count, data, id_data);
      },
      Undefined);
}

/// setParameter(handle, name, value)
void SetParameter(const Napi::CallbackInfo& info) {
  HandleOf(info)->SetParameter(info[1].As<Napi::String>(), info[2].As<Napi::Number>());
}

/// The answer to a removal.
Task::Answer CountOf(std::shared_ptr<int64_t> count) {
  return [count](Napi::Env env) -> Napi::Value {
    return Napi::Number::New(env, static_cast<double>(*count));
  };
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
      CountOf(removed));
}

/// removeMatching(handle, filter) -> promise of how many were in
Napi::Value RemoveMatching(const Napi::CallbackInfo& info) {
  std::vector<Napi::Object> pinned;
  auto steps = StepsOf(info[1], &pinned);
  const auto removed = std::make_shared<int64_t>(0);
  return Task::Start(
      info.Env(), pinned, 1,
      [index = HandleOf(info), steps = std::move(steps), removed] {
        *removed = index->RemoveMatching(*MakeFilter(steps));
      },
      CountOf(removed));
}

/// mergeFrom(handle, other) -> promise
Napi::Value MergeFrom(const Napi::CallbackInfo& info) {
  return Task::Start(
      info.Env(), {}, std::numeric_limits<int>::max(),
      [index = HandleOf(info), other = *info[1].As<Napi::External<Handle>>().Data()] {
        index->MergeFrom(*other);
      },
      Undefined);
}

/// reset(handle) -> promise
Napi::Value Reset(const Napi::CallbackInfo& info) {
  return Task::Start(
      info.Env(), {}, 1, [index = HandleOf(info)] { index->Reset(); }, Undefined);
}

/// compact(handle) -> promise
Napi::Value Compact(const Napi::CallbackInfo& info) {
  return Task::Start(
      info.Env(), {}, std::numeric_limits<int>::max(),
      [index = HandleOf(info)] { index->Compact(); }, Undefined);
}

/// clone(handle) -> promise of a handle
Napi::Value Clone(const Napi::CallbackInfo& info) {
  const auto clone = std::make_shared<Handle>();
  return Task::Start(
      info.Env(), {}, 1, [index = HandleOf(info), clone] { *clone = index->Clone(); },
      [clone](Napi::Env env) { return Wrap(env, std::move(*clone)); });
}

/// reconstruct(handle, ids, vectors) -> promise; fills the vectors
Napi::Value Reconstruct(const Napi::CallbackInfo& info) {
  const auto ids = info[1].As<Napi::BigInt64Array>();
  auto vectors = info[2].As<Napi::Float32Array>();
  return Task::Start(
      info.Env(), {ids, vectors}, 1,
      [index = HandleOf(info), count = static_cast<int64_t>(ids.ElementLength()),
       id_data = ids.Data(), data = vectors.Data()] { index->Reconstruct(count, id_data, data); },
      Undefined);
}

/// assign(handle, vectors, k, lists) -> promise; fills the lists
Napi::Value Assign(const Napi::CallbackInfo& info) {
  const auto vectors = info[1].As<Napi::Float32Array>();
  auto lists = info[3].As<Napi::Int32Array>();
  const Handle index = HandleOf(info);
  const int64_t count = RowsOf(vectors, *index);
  return Task::Start(
      info.Env(), {vectors, lists}, count,
      [index, count, data = vectors.Data(), k = info[2].As<Napi::Number>().Int64Value(),
       list_data = lists.Data()] {
        std::vector<int64_t> wide(count * k);
        index->Assign(count, data, k, wide.data());
        std::copy(wide.begin(), wide.end(), list_data);
      },
      Undefined);
}

/// codeSize(handle) -> bytes
Napi::Value CodeSize(const Napi::CallbackInfo& info) {
  try {
    return Napi::Number::New(info.Env(), static_cast<double>(HandleOf(info)->CodeSize()));
  } catch (...) {
    ThrowToJavaScript(info.Env());
  }
}

/// encode(handle, vectors, codes) -> promise; fills the codes
Napi::Value Encode(const Napi::CallbackInfo& info) {
  const auto vectors = info[1].As<Napi::Float32Array>();
  auto codes = info[2].As<Napi::Uint8Array>();
  const Handle index = HandleOf(info);
  const int64_t count = RowsOf(vectors, *index);
  return Task::Start(
      info.Env(), {vectors, codes}, count,
      [index, count, data = vectors.Data(), code_data = codes.Data()] {
        index->Encode(count, data, code_data);
      },
      Undefined);
}

/// decode(handle, codes, vectors) -> promise; fills the vectors
Napi::Value Decode(const Napi::CallbackInfo& info) {
  const auto codes = info[1].As<Napi::Uint8Array>();
  auto vectors = info[2].As<Napi::Float32Array>();
  const Handle index = HandleOf(info);
  const int64_t count = RowsOf(vectors, *index);
  return Task::Start(
      info.Env(), {codes, vectors}, count,
      [index, count, code_data = codes.Data(), data = vectors.Data()] {
        index->Decode(count, code_data, data);
      },
      Undefined);
}

/// ids(handle, ids) -> promise; fills the ids
Napi::Value Ids(const Napi::CallbackInfo& info) {
  auto ids = info[1].As<Napi::BigInt64Array>();
  return Task::Start(
      info.Env(), {ids}, 1, [index = HandleOf(info), data = ids.Data()] { index->Ids(data); },
      Undefined);
}

/// has(handle, id) -> boolean
Napi::Value Has(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), HandleOf(info)->Has(IdOf(info[1])));
}

/// savedSize(handle, note) -> promise of the bytes that save writes
Napi::Value SizeOfSaved(const Napi::CallbackInfo& info) {
  const auto size = std::make_shared<uint64_t>(0);
  return Task::Start(
      info.Env(), {}, 1,
      [index = HandleOf(info), note = info[1].As<Napi::String>().Utf8Value(), size] {
        *size = SavedSize(*index, note);
      },
      [size](Napi::Env env) { return Napi::Number::New(env, static_cast<double>(*size)); });
}

/// save(handle, sink, note) -> promise
Napi::Value Save(const Napi::CallbackInfo& info) {
  return Task::Start(
      info.Env(), {PinnedArgument(info[1])}, 1,
      [index = HandleOf(info), open = SinkArgument(info[1]),
       note = info[2].As<Napi::String>().Utf8Value()] { SaveIndex(*index, note, *open()); },
      Undefined);
}

/// release(handle) -> promise: frees the memory without waiting for the garbage collector, and not
/// on the main thread, which a large index would hold up
Napi::Value Release(const Napi::CallbackInfo& info) {
  return Task::Start(
      info.Env(), {}, 1,
      [index = std::make_shared<Handle>(std::move(HandleOf(info)))] { index->reset(); }, Undefined);
}

}  // namespace

void ExportIndexes(Napi::Env env, Napi::Object exports) {
  exports.Set("create", Napi::Function::New(env, Create));
  exports.Set("load", Napi::Function::New(env, Load));
  exports.Set("describe", Napi::Function::New(env, Describe));
  exports.Set("train", Napi::Function::New(env, Train));
  exports.Set("add", Napi::Function::New(env, Add));
  exports.Set("update", Napi::Function::New(env, Update));
  exports.Set("setParameter", Napi::Function::New(env, SetParameter));
  exports.Set("remove", Napi::Function::New(env, Remove));
  exports.Set("removeMatching", Napi::Function::New(env, RemoveMatching));
  exports.Set("mergeFrom", Napi::Function::New(env, MergeFrom));
  exports.Set("reset", Napi::Function::New(env, Reset));
  exports.Set("compact", Napi::Function::New(env, Compact));
  exports.Set("clone", Napi::Function::New(env, Clone));
  exports.Set("reconstruct", Napi::Function::New(env, Reconstruct));
  exports.Set("assign", Napi::Function::New(env, Assign));
  exports.Set("codeSize", Napi::Function::New(env, CodeSize));
  exports.Set("encode", Napi::Function::New(env, Encode));
  exports.Set("decode", Napi::Function::New(env, Decode));
  exports.Set("ids", Napi::Function::New(env, Ids));
  exports.Set("has", Napi::Function::New(env, Has));
  exports.Set("savedSize", Napi::Function::New(env, SizeOfSaved));
  exports.Set("save", Napi::Function::New(env, Save));
  exports.Set("release", Napi::Function::New(env, Release));
}
