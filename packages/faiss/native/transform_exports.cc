// Vector transforms for TypeScript. Arguments have been checked there.
#include <faiss/index_io.h>
#include <napi.h>

#include <memory>

#include "byte_arguments.h"
#include "container.h"
#include "exports.h"
#include "task.h"
#include "transform_chain.h"

namespace {

/// Shared with running tasks, which may outlive the JavaScript object.
using Handle = std::shared_ptr<TransformChain>;

Napi::Value Wrap(Napi::Env env, Handle handle) {
  return Napi::External<Handle>::New(env, new Handle(std::move(handle)),
                                     [](Napi::Env, Handle* owned) { delete owned; });
}

Handle& HandleOf(const Napi::CallbackInfo& info) {
  return *info[0].As<Napi::External<Handle>>().Data();
}

Napi::Value Undefined(Napi::Env env) { return env.Undefined(); }

/// createTransform(dimension, transform) -> handle
Napi::Value Create(const Napi::CallbackInfo& info) {
  try {
    return Wrap(info.Env(),
                std::make_shared<TransformChain>(info[0].As<Napi::Number>().Int32Value(),
                                                 info[1].As<Napi::String>().Utf8Value()));
  } catch (const Napi::Error&) {
    throw;
  } catch (...) {
    ThrowToJavaScript(info.Env());
  }
}

ContainerHead HeadOf(const TransformChain& chain) {
  ContainerHead head;
  head.kind = ContainerKind::kTransforms;
  head.dimension = static_cast<uint32_t>(chain.input_dimension());
  head.metric = static_cast<uint32_t>(chain.index().metric_type);
  head.factory = chain.transform();
  return head;
}

FaissWriter WriterOf(const TransformChain& chain) {
  return [&chain](faiss::IOWriter* writer) { faiss::write_index(&chain.index(), writer); };
}

/// loadTransform(source) -> promise of { handle, transform }
Napi::Value Load(const Napi::CallbackInfo& info) {
  const auto loaded = std::make_shared<Handle>();
  return Task::Start(
      info.Env(), {PinnedArgument(info[0])}, 1,
      [loaded, open = SourceArgument(info[0])] {
        const auto source = open();
        std::unique_ptr<faiss::Index> index;
        const ContainerContent content = ReadContainer(
            *source, ContainerKind::kTransforms,
            [&index](faiss::IOReader* reader) { index.reset(faiss::read_index(reader)); });
        CheckFits(content.head, *index, source->name());
        *loaded = std::make_shared<TransformChain>(std::move(index), content.head.factory);
      },
      [loaded](Napi::Env env) {
        auto answer = Napi::Object::New(env);
        answer.Set("transform", (*loaded)->transform());
        answer.Set("handle", Wrap(env, std::move(*loaded)));
        return answer;
      });
}

/// savedTransformSize(handle) -> promise of the bytes that saveTransform writes
Napi::Value SizeOfSaved(const Napi::CallbackInfo& info) {
  const auto size = std::make_shared<uint64_t>(0);
  return Task::Start(
      info.Env(), {}, 1,
      [chain = HandleOf(info), size] {
        *size = ContainerSize(HeadOf(*chain), {}, WriterOf(*chain));
      },
      [size](Napi::Env env) { return Napi::Number::New(env, static_cast<double>(*size)); });
}

/// saveTransform(handle, sink) -> promise
Napi::Value Save(const Napi::CallbackInfo& info) {
  return Task::Start(
      info.Env(), {PinnedArgument(info[1])}, 1,
      [chain = HandleOf(info), open = SinkArgument(info[1])] {
        WriteContainer(HeadOf(*chain), {}, WriterOf(*chain), *open());
      },
      Undefined);
}

/// describeTransform(handle) -> { inputDimension, outputDimension, isTrained,
/// explainedVarianceRatio }
Napi::Value Describe(const Napi::CallbackInfo& info) {
  const TransformChain& chain = *HandleOf(info);
  const std::vector<float> ratio = chain.ExplainedVarianceRatio();
  auto array = Napi::Float32Array::New(info.Env(), ratio.size());
  std::copy(ratio.begin(), ratio.end(), array.Data());
  auto answer = Napi::Object::New(info.Env());
  answer.Set("inputDimension", chain.input_dimension());
  answer.Set("outputDimension", chain.output_dimension());
  answer.Set("isTrained", chain.is_trained());
  answer.Set("explainedVarianceRatio", array);
  return answer;
}

/// trainTransform(handle, vectors, threads) -> promise
Napi::Value Train(const Napi::CallbackInfo& info) {
  const auto vectors = info[1].As<Napi::Float32Array>();
  const Handle chain = HandleOf(info);
  const int64_t count = static_cast<int64_t>(vectors.ElementLength()) / chain->input_dimension();
  return Task::Start(
      info.Env(), {vectors}, info[2].As<Napi::Number>().Int64Value(),
      [chain, count, data = vectors.Data()] { chain->Train(count, data); }, Undefined);
}

/// applyTransform(handle, vectors, transformed, threads) -> promise; fills the second array
Napi::Value Apply(const Napi::CallbackInfo& info) {
  const auto vectors = info[1].As<Napi::Float32Array>();
  auto transformed = info[2].As<Napi::Float32Array>();
  const Handle chain = HandleOf(info);
  const int64_t count = static_cast<int64_t>(vectors.ElementLength()) / chain->input_dimension();
  return Task::Start(
      info.Env(), {vectors, transformed}, info[3].As<Napi::Number>().Int64Value(),
      [chain, count, from = vectors.Data(), to = transformed.Data()] {
        chain->Apply(count, from, to);
      },
      Undefined);
}

/// reverseTransform(handle, transformed, vectors, threads) -> promise; fills the second array
Napi::Value Reverse(const Napi::CallbackInfo& info) {
  const auto transformed = info[1].As<Napi::Float32Array>();
  auto vectors = info[2].As<Napi::Float32Array>();
  const Handle chain = HandleOf(info);
  const int64_t count =
      static_cast<int64_t>(transformed.ElementLength()) / chain->output_dimension();
  return Task::Start(
      info.Env(), {transformed, vectors}, info[3].As<Napi::Number>().Int64Value(),
      [chain, count, from = transformed.Data(), to = vectors.Data()] {
        chain->Reverse(count, from, to);
      },
      Undefined);
}

/// releaseTransform(handle): frees the memory without waiting for the garbage collector
void Release(const Napi::CallbackInfo& info) { HandleOf(info).reset(); }

}  // namespace

void ExportTransforms(Napi::Env env, Napi::Object exports) {
  exports.Set("createTransform", Napi::Function::New(env, Create));
  exports.Set("loadTransform", Napi::Function::New(env, Load));
  exports.Set("savedTransformSize", Napi::Function::New(env, SizeOfSaved));
  exports.Set("saveTransform", Napi::Function::New(env, Save));
  exports.Set("describeTransform", Napi::Function::New(env, Describe));
  exports.Set("trainTransform", Napi::Function::New(env, Train));
  exports.Set("applyTransform", Napi::Function::New(env, Apply));
  exports.Set("reverseTransform", Napi::Function::New(env, Reverse));
  exports.Set("releaseTransform", Napi::Function::New(env, Release));
}
