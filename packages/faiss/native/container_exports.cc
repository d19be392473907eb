// What TypeScript asks about containers, whatever they hold.
#include <napi.h>

#include "container.h"
#include "exports.h"
#include "task.h"

namespace {

/// containerSize(header, name) -> bytes of the whole
Napi::Value SizeOfContainer(const Napi::CallbackInfo& info) {
  try {
    const auto header = info[0].As<Napi::Uint8Array>();
    const uint64_t size = ContainerSizeFromHeader(header.Data(), info[1].As<Napi::String>());
    return Napi::Number::New(info.Env(), static_cast<double>(size));
  } catch (...) {
    ThrowToJavaScript(info.Env());
  }
}

}  // namespace

void ExportContainers(Napi::Env env, Napi::Object exports) {
  exports.Set("containerSize", Napi::Function::New(env, SizeOfContainer));
}
