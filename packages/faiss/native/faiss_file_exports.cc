// Import from and export to FAISS's own format, for TypeScript.
#include <fcntl.h>
#include <napi.h>

#include <cerrno>
#include <memory>
#include <system_error>

#include "exports.h"
#include "failure.h"
#include "faiss_file.h"
#include "index_handle.h"
#include "task.h"

namespace {

/// The walk and FAISS read the same open file, whatever happens to its name meanwhile.
PosixFile Duplicate(int descriptor, const std::string& path) {
  const int duplicate = fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
  if (duplicate < 0) {
    throw Failure("IO_FAILED",
                  "Could not read " + path + ": " + std::generic_category().message(errno) + ".");
  }
  return PosixFile(duplicate, path);
}

/// importFaiss(descriptor, path, factory, skipTables) -> promise of handle
Napi::Value Import(const Napi::CallbackInfo& info) {
  const auto imported = std::make_shared<Handle>();
  const ImportPlan plan = {info[2].As<Napi::String>(), info[3].As<Napi::Boolean>()};
  return Task::Start(
      info.Env(), {}, 1,
      [imported, plan, descriptor = info[0].As<Napi::Number>().Int32Value(),
       path = info[1].As<Napi::String>().Utf8Value()] {
        *imported = ImportFaissFile(Duplicate(descriptor, path), plan);
      },
      [imported](Napi::Env env) { return Wrap(env, std::move(*imported)); });
}

/// exportFaiss(handle, path) -> promise
Napi::Value Export(const Napi::CallbackInfo& info) {
  return Task::Start(
      info.Env(), {}, 1,
      [index = HandleOf(info), path = info[1].As<Napi::String>().Utf8Value()] {
        ExportFaissFile(*index, path);
      },
      [](Napi::Env env) { return env.Undefined(); });
}

}  // namespace

void ExportFaissFiles(Napi::Env env, Napi::Object exports) {
  exports.Set("importFaiss", Napi::Function::New(env, Import));
  exports.Set("exportFaiss", Napi::Function::New(env, Export));
}
