#include <faiss/Index.h>
#include <napi.h>

#include <string>

#include "exports.h"
#include "task.h"

/// Of OpenBLAS; null with another BLAS library.
extern "C" void openblas_set_num_threads(int threads) __attribute__((weak));

namespace {

Napi::Object Init(Napi::Env env, Napi::Object exports) {
  // FAISS calls it on threads of its own. The environment says so as well (src/load-native.ts), but
  // has no effect on native code in worker threads.
  if (openblas_set_num_threads != nullptr) openblas_set_num_threads(1);
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
  ExportMappedIndexes(env, exports);
  ExportSearches(env, exports);
  ExportMemory(env, exports);
  ExportTransforms(env, exports);
  ExportFaissFiles(env, exports);
  return exports;
}

NODE_API_MODULE(facedex_faiss, Init)

}  // namespace
