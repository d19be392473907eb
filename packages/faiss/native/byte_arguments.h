// Sources and sinks of bytes as TypeScript passes them:
// a path (string), an open file's descriptor (number), or memory (Uint8Array).
#pragma once

#include <napi.h>

#include <functional>
#include <memory>

#include "byte_sink.h"
#include "byte_source.h"

/// Opens it; to be called off the main thread. Memory has to be pinned until then and longer.
using OpenSource = std::function<std::unique_ptr<ByteSource>()>;
using OpenSink = std::function<std::unique_ptr<ByteSink>()>;

OpenSource SourceArgument(const Napi::Value& value);
OpenSink SinkArgument(const Napi::Value& value);

/// For Task::Start: the memory, or another object where the value is none.
Napi::Object PinnedArgument(const Napi::Value& value);
