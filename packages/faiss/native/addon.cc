#include <faiss/Index.h>
#include <napi.h>

#include <string>

#include "exports.h"

namespace {

Napi::Object Init(Napi::Env env, Napi::Object exports) {
  exports.Set("faissVersion", std::to_string(FAISS_VERSION_MAJOR) + "." +
                                  std::to_string(FAISS_VERSION_MINOR) + "." +
                                  std::to_string(FAISS_VERSION_PATCH));
  ExportIndexes(env, exports);
  ExportFaissFiles(env, exports);
  return exports;
}

NODE_API_MODULE(facedex_faiss, Init)

}  // namespace
