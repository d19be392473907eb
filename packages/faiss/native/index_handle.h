// How TypeScript holds an index.
#pragma once

#include <napi.h>

#include <memory>

#include "vector_index.h"

/// Shared with running tasks, which may outlive the JavaScript object.
using Handle = std::shared_ptr<VectorIndex>;

/// An index is an External, so that there is no class to keep for each JavaScript environment.
inline Napi::Value Wrap(Napi::Env env, Handle handle) {
  return Napi::External<Handle>::New(env, new Handle(std::move(handle)),
                                     [](Napi::Env, Handle* owned) { delete owned; });
}

/// The index that is the first argument of a call.
inline Handle& HandleOf(const Napi::CallbackInfo& info) {
  return *info[0].As<Napi::External<Handle>>().Data();
}
