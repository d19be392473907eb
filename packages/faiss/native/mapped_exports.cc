// Inverted lists that stay in their files, for TypeScript.
#include <napi.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "byte_sink.h"
#include "container.h"
#include "exports.h"
#include "index_handle.h"
#include "mapped_index.h"
#include "task.h"

namespace {

/// mapIndex(descriptor, begin, factory) -> promise of a handle
Napi::Value Map(const Napi::CallbackInfo& info) {
  const auto mapped = std::make_shared<Handle>();
  return Task::Start(
      info.Env(), {}, 1,
      [mapped, descriptor = info[0].As<Napi::Number>().Int32Value(),
       begin = static_cast<uint64_t>(info[1].As<Napi::Number>().Int64Value()),
       factory = info[2].As<Napi::String>().Utf8Value()] {
        *mapped = MapIndex(descriptor, begin, factory);
      },
      [mapped](Napi::Env env) { return Wrap(env, std::move(*mapped)); });
}

/// mergeIntoFile(handles, path, note) -> promise
Napi::Value MergeIntoFile(const Napi::CallbackInfo& info) {
  const auto array = info[0].As<Napi::Array>();
  std::vector<Handle> parts;
  for (uint32_t i = 0; i < array.Length(); i++) {
    parts.push_back(*array.Get(i).As<Napi::External<Handle>>().Data());
  }
  return Task::Start(
      info.Env(), {}, 1,
      [parts = std::move(parts), path = info[1].As<Napi::String>().Utf8Value(),
       note = info[2].As<Napi::String>().Utf8Value()] {
        std::vector<const VectorIndex*> indexes;
        for (const Handle& part : parts) indexes.push_back(part.get());
        const ListsWriter writer(indexes);
        ContainerHead head;
        head.dimension = static_cast<uint32_t>(parts.front()->index().d);
        head.metric = static_cast<uint32_t>(parts.front()->index().metric_type);
        head.vector_count = static_cast<uint64_t>(writer.total());
        for (const VectorIndex* part : indexes) {
          head.next_id = std::max(head.next_id, part->next_id());
        }
        head.factory = parts.front()->factory();
        head.note = note;
        ReplacementSink sink(path);
        WriteContainer(head, {}, writer, sink);
      },
      [](Napi::Env env) { return env.Undefined(); });
}

}  // namespace

void ExportMappedIndexes(Napi::Env env, Napi::Object exports) {
  exports.Set("mapIndex", Napi::Function::New(env, Map));
  exports.Set("mergeIntoFile", Napi::Function::New(env, MergeIntoFile));
}
