// What calls on indexes are passed, as C++ has it.
#pragma once

#include <napi.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "id_filter.h"
#include "vector_index.h"

/// How many vectors these are.
int64_t RowsOf(const Napi::Float32Array& vectors, const VectorIndex& index);

int64_t IdOf(const Napi::Value& value);

/// The steps of a filter, none where the value is undefined. Its arrays have to be pinned.
std::vector<FilterStep> StepsOf(const Napi::Value& value, std::vector<Napi::Object>* pinned);

/// The filter of these steps, or null without any.
std::unique_ptr<IdFilter> FilterOf(const std::vector<FilterStep>& steps);

/// How many threads a call may use: what the caller says, else one for each vector.
int64_t ThreadsOf(const Napi::Value& value, int64_t count);
