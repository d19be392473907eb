#include "index_arguments.h"

int64_t RowsOf(const Napi::Float32Array& vectors, const VectorIndex& index) {
  return static_cast<int64_t>(vectors.ElementLength()) / index.index().d;
}

int64_t IdOf(const Napi::Value& value) {
  bool lossless = false;
  return value.As<Napi::BigInt>().Int64Value(&lossless);
}

std::vector<FilterStep> StepsOf(const Napi::Value& value, std::vector<Napi::Object>* pinned) {
  std::vector<FilterStep> steps;
  if (value.IsUndefined()) return steps;
  const auto array = value.As<Napi::Array>();
  for (uint32_t i = 0; i < array.Length(); i++) {
    const auto object = array.Get(i).As<Napi::Object>();
    FilterStep step;
    step.kind = static_cast<FilterStep::Kind>(object.Get("kind").As<Napi::Number>().Int32Value());
    switch (step.kind) {
      case FilterStep::Kind::kRange:
        step.first = IdOf(object.Get("first"));
        step.end = IdOf(object.Get("end"));
        break;
      case FilterStep::Kind::kIds: {
        const auto ids = object.Get("data").As<Napi::BigInt64Array>();
        step.data = ids.Data();
        step.size = ids.ElementLength();
        pinned->push_back(ids);
        break;
      }
      case FilterStep::Kind::kBitmap: {
        const auto bytes = object.Get("data").As<Napi::Uint8Array>();
        step.data = bytes.Data();
        step.size = bytes.ElementLength();
        pinned->push_back(bytes);
        break;
      }
      default:
        step.size = object.Get("count").As<Napi::Number>().Uint32Value();
    }
    steps.push_back(step);
  }
  return steps;
}

std::unique_ptr<IdFilter> FilterOf(const std::vector<FilterStep>& steps) {
  return steps.empty() ? nullptr : MakeFilter(steps);
}

int64_t ThreadsOf(const Napi::Value& value, int64_t count) {
  return value.IsUndefined() ? count : value.As<Napi::Number>().Int64Value();
}
