#include "byte_arguments.h"

#include "posix_file.h"

OpenSource SourceArgument(const Napi::Value& value) {
  if (value.IsString()) {
    return [path = value.As<Napi::String>().Utf8Value()] {
      return std::make_unique<FileSource>(PosixFile::OpenToRead(path));
    };
  }
  if (value.IsNumber()) {
    return [descriptor = value.As<Napi::Number>().Int32Value()] {
      return std::make_unique<FileSource>(PosixFile::Duplicate(descriptor, "The stream"));
    };
  }
  const auto bytes = value.As<Napi::Uint8Array>();
  return [data = bytes.Data(), size = bytes.ElementLength()] {
    return std::make_unique<MemorySource>(data, size);
  };
}

OpenSink SinkArgument(const Napi::Value& value) {
  if (value.IsString()) {
    return [path = value.As<Napi::String>().Utf8Value()] {
      return std::make_unique<ReplacementSink>(path);
    };
  }
  if (value.IsNumber()) {
    return [descriptor = value.As<Napi::Number>().Int32Value()] {
      return std::make_unique<OpenFileSink>(
          PosixFile::Duplicate(descriptor, "the temporary file of the stream"));
    };
  }
  auto bytes = value.As<Napi::Uint8Array>();
  return [data = bytes.Data(), size = bytes.ElementLength()] {
    return std::make_unique<MemorySink>(data, size);
  };
}

Napi::Object PinnedArgument(const Napi::Value& value) {
  return value.IsObject() ? value.As<Napi::Object>() : Napi::Object::New(value.Env());
}
