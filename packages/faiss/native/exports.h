// What TypeScript can call, by subject (src/native.ts has the types).
#pragma once

#include <napi.h>

void ExportIndexes(Napi::Env env, Napi::Object exports);
void ExportFaissFiles(Napi::Env env, Napi::Object exports);
