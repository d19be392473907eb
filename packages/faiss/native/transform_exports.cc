// Vector transforms for TypeScript. Arguments have been checked there.
#include <napi.h>

#include <memory>

#include "exports.h"
#include "task.h"
#include "transform_chain.h"

namespace {

/// Shared with running tasks, which may outlive the JavaScript object.
using Handle = std::shared_ptr<TransformChain>;

Handle& HandleOf(const Napi::CallbackInfo& info) {
  return *info[0].As<Napi::External<Handle>>().Data();
}

Napi::Value Undefined(Napi::Env env) { return env.Undefined(); }

/// createTransform(dimension, transform) -> handle
Napi::Value Create(const Napi::CallbackInfo& info) {
  try {
    auto chain = std::make_shared<TransformChain>(info[0].As<Napi::Number>().Int32Value(),
                                                  info[1].As<Napi::String>().Utf8Value());
    return Napi::External<Handle>::New(info.Env(), new Handle(std::move(chain)),
                                       [](Napi::Env, Handle* owned) { delete owned; });
  } catch (const Napi::Error&) {
    throw;
  } catch (...) {
    ThrowToJavaScript(info.Env());
  }
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
  exports.Set("describeTransform", Napi::Function::New(env, Describe));
  exports.Set("trainTransform", Napi::Function::New(env, Train));
  exports.Set("applyTransform", Napi::Function::New(env, Apply));
  exports.Set("reverseTransform", Napi::Function::New(env, Reverse));
  exports.Set("releaseTransform", Napi::Function::New(env, Release));
}
