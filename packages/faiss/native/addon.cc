#include <faiss/Index.h>
#include <napi.h>

#include <string>

#include "exports.h"
#include "task.h"

namespace {

Napi::Object Init(Napi::Env env, Napi::Object exports) {
  exports.Set("faissVersion", std::to_string(FAISS_VERSION_MAJOR) + "." +
                                  std::to_string(FAISS_VERSION_MINOR) + "." +
                                  std::to_string(FAISS_VERSION_PATCH));
  exports.Set("maxThreads", Napi::Function::New(env, [](const Napi::CallbackInfo& info) {
                return Napi::Number::New(info.Env(), Task::MaxThreads());
              }));
  exports.Set("setMaxThreads", Napi::Function::New(env, [](const Napi::CallbackInfo& info) {
                Task::SetMaxThreads(info[0].As<Napi::Number>().Int32Value());
              }));
  ExportBinaryIndexes(env, exports);
  ExportContainers(env, exports);
  ExportClustering(env, exports);
  ExportExactSearch(env, exports);
  ExportIndexes(env, exports);
  ExportTransforms(env, exports);
  ExportFaissFiles(env, exports);
  return exports;
}

NODE_API_MODULE(facedex_faiss, Init)

}  // namespace
