// What malloc has given out, for tests of leaks: resident memory tells too little, as V8's comes
// and goes by MB, and what is lost fits into gaps for long.
#include <napi.h>
#if defined(__GLIBC__)
#include <malloc.h>
#endif

#include "exports.h"

namespace {

/// allocatedBytes() -> bytes that are in use in the whole process, or undefined where malloc can't
/// say
Napi::Value AllocatedBytes(const Napi::CallbackInfo& info) {
#if defined(__GLIBC__) && (__GLIBC__ > 2 || __GLIBC_MINOR__ >= 33)
  const struct mallinfo2 memory = mallinfo2();
  return Napi::Number::New(info.Env(), static_cast<double>(memory.uordblks + memory.hblkhd));
#else
  return info.Env().Undefined();
#endif
}

}  // namespace

void ExportMemory(Napi::Env env, Napi::Object exports) {
  exports.Set("allocatedBytes", Napi::Function::New(env, AllocatedBytes));
}
