// Binary indexes for TypeScript. Arguments have been checked there.
#include <napi.h>

#include <algorithm>
#include <memory>

#include "binary_index.h"
#include "binary_index_file.h"
#include "byte_arguments.h"
#include "exports.h"
#include "task.h"

namespace {

/// Shared with running tasks, which may outlive the JavaScript object.
using Handle = std::shared_ptr<BinaryIndex>;

Napi::Value Wrap(Napi::Env env, Handle handle) {
  return Napi::External<Handle>::New(env, new Handle(std::move(handle)),
                                     [](Napi::Env, Handle* owned) { delete owned; });
}

Handle& HandleOf(const Napi::CallbackInfo& info) {
  return *info[0].As<Napi::External<Handle>>().Data();
}

int64_t RowsOf(const Napi::Uint8Array& codes, const BinaryIndex& index) {
  return static_cast<int64_t>(codes.ElementLength()) / index.index().code_size;
}

int64_t IdOf(const Napi::Value& value) {
  bool lossless = false;
  return value.As<Napi::BigInt>().Int64Value(&lossless);
}

Napi::Value Undefined(Napi::Env env) { return env.Undefined(); }

/// binaryCreate(bits, factory) -> handle
Napi::Value Create(const Napi::CallbackInfo& info) {
  try {
    return Wrap(info.Env(), std::make_shared<BinaryIndex>(info[0].As<Napi::Number>().Int32Value(),
                                                          info[1].As<Napi::String>()));
  } catch (const Napi::Error&) {
    throw;
  } catch (...) {
    ThrowToJavaScript(info.Env());
  }
}

/// binaryLoad(source) -> promise of { handle, note }
Napi::Value Load(const Napi::CallbackInfo& info) {
  auto loaded = std::make_shared<LoadedBinaryIndex>();
  return Task::Start(
      info.Env(), {PinnedArgument(info[0])}, 1,
      [loaded, open = SourceArgument(info[0])] { *loaded = LoadBinaryIndex(*open()); },
      [loaded](Napi::Env env) {
        auto answer = Napi::Object::New(env);
        answer.Set("handle", Wrap(env, std::move(loaded->index)));
        answer.Set("note", loaded->note);
        return answer;
      });
}

/// binaryDescribe(handle) -> what doesn't change, and what only writes change
Napi::Value Describe(const Napi::CallbackInfo& info) {
  const BinaryIndex& index = *HandleOf(info);
  auto answer = Napi::Object::New(info.Env());
  answer.Set("bits", index.index().d);
  answer.Set("factory", index.factory());
  answer.Set("size", static_cast<double>(index.index().ntotal));
  answer.Set("isTrained", index.index().is_trained);
  answer.Set("listCount", static_cast<double>(index.list_count()));
  answer.Set("hasGraph", index.has_graph());
  answer.Set("hashBits", index.hash_bits());
  return answer;
}

/// binaryTrain(handle, codes) -> promise
Napi::Value Train(const Napi::CallbackInfo& info) {
  const auto codes = info[1].As<Napi::Uint8Array>();
  const Handle index = HandleOf(info);
  const int64_t count = RowsOf(codes, *index);
  return Task::Start(
      info.Env(), {codes}, count,
      [index, count, data = codes.Data()] { index->Train(count, data); }, Undefined);
}

/// binaryAdd(handle, codes, ids, assign) -> promise; fills the ids where `assign` is true
Napi::Value Add(const Napi::CallbackInfo& info) {
  const auto codes = info[1].As<Napi::Uint8Array>();
  auto ids = info[2].As<Napi::BigInt64Array>();
  const Handle index = HandleOf(info);
  const int64_t count = RowsOf(codes, *index);
  const bool assign = info[3].As<Napi::Boolean>();
  return Task::Start(
      info.Env(), {codes, ids}, count,
      [index, count, assign, data = codes.Data(), id_data = ids.Data()] {
        if (assign) index->AssignIds(count, id_data);
        index->Add(count, data, id_data);
      },
      Undefined);
}

/// binarySetSearchParameters(handle, nprobe, efSearch, nflip)
void SetSearchParameters(const Napi::CallbackInfo& info) {
  HandleOf(info)->SetSearchParameters(info[1].As<Napi::Number>().Uint32Value(),
                                      info[2].As<Napi::Number>().Int32Value(),
                                      info[3].As<Napi::Number>().Int32Value());
}

/// binarySearch(handle, queries, k, distances, ids) -> promise; fills the last two
Napi::Value Search(const Napi::CallbackInfo& info) {
  const auto queries = info[1].As<Napi::Uint8Array>();
  const int64_t k = info[2].As<Napi::Number>().Int64Value();
  auto distances = info[3].As<Napi::Int32Array>();
  auto ids = info[4].As<Napi::BigInt64Array>();
  const Handle index = HandleOf(info);
  const int64_t count = RowsOf(queries, *index);
  return Task::Start(
      info.Env(), {queries, distances, ids}, count,
      [index, count, k, data = queries.Data(), distance_data = distances.Data(),
       id_data = ids.Data()] { index->Search(count, data, k, distance_data, id_data); },
      Undefined);
}

/// binaryRangeSearch(handle, queries, radius) -> promise of { found, count }
Napi::Value RangeSearch(const Napi::CallbackInfo& info) {
  const auto queries = info[1].As<Napi::Uint8Array>();
  const Handle index = HandleOf(info);
  const int64_t count = RowsOf(queries, *index);
  const auto owned = std::make_shared<RangeResult>();
  return Task::Start(
      info.Env(), {queries}, count,
      [owned, index, count, data = queries.Data(),
       radius = info[2].As<Napi::Number>().Int32Value()] {
        *owned = index->RangeSearch(count, data, radius);
      },
      [owned](Napi::Env env) {
        using Shared = std::shared_ptr<RangeResult>;
        auto answer = Napi::Object::New(env);
        answer.Set("count", static_cast<double>(owned->ids.size()));
        answer.Set("found",
                   Napi::External<Shared>::New(env, new Shared(owned),
                                               [](Napi::Env, Shared* held) { delete held; }));
        return answer;
      });
}

/// binaryTakeRange(found, offsets, distances, ids) -> promise; fills the last three, frees `found`.
/// In a task, as the results can be so many that copying them would block the event loop.
Napi::Value TakeRange(const Napi::CallbackInfo& info) {
  const auto found = std::move(*info[0].As<Napi::External<std::shared_ptr<RangeResult>>>().Data());
  auto offsets = info[1].As<Napi::Uint32Array>();
  auto distances = info[2].As<Napi::Int32Array>();
  auto ids = info[3].As<Napi::BigInt64Array>();
  return Task::Start(
      info.Env(), {offsets, distances, ids}, 1,
      [found, offset_data = offsets.Data(), distance_data = distances.Data(),
       id_data = ids.Data()] {
        std::copy(found->offsets.begin(), found->offsets.end(), offset_data);
        std::copy(found->distances.begin(), found->distances.end(), distance_data);
        std::copy(found->ids.begin(), found->ids.end(), id_data);
        *found = RangeResult();
      },
      Undefined);
}

/// binaryRemove(handle, ids) -> promise of how many were in
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

/// binaryReconstruct(handle, id, code) -> promise; fills the code
Napi::Value Reconstruct(const Napi::CallbackInfo& info) {
  auto code = info[2].As<Napi::Uint8Array>();
  return Task::Start(
      info.Env(), {code}, 1,
      [index = HandleOf(info), id = IdOf(info[1]), data = code.Data()] {
        index->Reconstruct(id, data);
      },
      Undefined);
}

/// binaryReset(handle) -> promise
Napi::Value Reset(const Napi::CallbackInfo& info) {
  return Task::Start(
      info.Env(), {}, 1, [index = HandleOf(info)] { index->Reset(); }, Undefined);
}

/// binaryHas(handle, id) -> boolean
Napi::Value Has(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), HandleOf(info)->Has(IdOf(info[1])));
}

/// binarySavedSize(handle, note) -> promise of the bytes that binarySave writes
Napi::Value SizeOfSaved(const Napi::CallbackInfo& info) {
  const auto size = std::make_shared<uint64_t>(0);
  return Task::Start(
      info.Env(), {}, 1,
      [index = HandleOf(info), note = info[1].As<Napi::String>().Utf8Value(), size] {
        *size = SavedSize(*index, note);
      },
      [size](Napi::Env env) { return Napi::Number::New(env, static_cast<double>(*size)); });
}

/// binarySave(handle, sink, note) -> promise
Napi::Value Save(const Napi::CallbackInfo& info) {
  return Task::Start(
      info.Env(), {PinnedArgument(info[1])}, 1,
      [index = HandleOf(info), open = SinkArgument(info[1]),
       note = info[2].As<Napi::String>().Utf8Value()] { SaveBinaryIndex(*index, note, *open()); },
      Undefined);
}

/// binaryRelease(handle) -> promise: frees the memory without waiting for the garbage collector
Napi::Value Release(const Napi::CallbackInfo& info) {
  return Task::Start(
      info.Env(), {}, 1,
      [index = std::make_shared<Handle>(std::move(HandleOf(info)))] { index->reset(); }, Undefined);
}

}  // namespace

void ExportBinaryIndexes(Napi::Env env, Napi::Object exports) {
  exports.Set("binaryCreate", Napi::Function::New(env, Create));
  exports.Set("binaryLoad", Napi::Function::New(env, Load));
  exports.Set("binaryDescribe", Napi::Function::New(env, Describe));
  exports.Set("binaryTrain", Napi::Function::New(env, Train));
  exports.Set("binaryAdd", Napi::Function::New(env, Add));
  exports.Set("binarySetSearchParameters", Napi::Function::New(env, SetSearchParameters));
  exports.Set("binarySearch", Napi::Function::New(env, Search));
  exports.Set("binaryRangeSearch", Napi::Function::New(env, RangeSearch));
  exports.Set("binaryTakeRange", Napi::Function::New(env, TakeRange));
  exports.Set("binaryRemove", Napi::Function::New(env, Remove));
  exports.Set("binaryReconstruct", Napi::Function::New(env, Reconstruct));
  exports.Set("binaryReset", Napi::Function::New(env, Reset));
  exports.Set("binaryHas", Napi::Function::New(env, Has));
  exports.Set("binarySavedSize", Napi::Function::New(env, SizeOfSaved));
  exports.Set("binarySave", Napi::Function::New(env, Save));
  exports.Set("binaryRelease", Napi::Function::New(env, Release));
}
