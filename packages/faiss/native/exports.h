// What TypeScript can call, by subject (src/native.ts has the types).
#pragma once

#include <napi.h>

void ExportBinaryIndexes(Napi::Env env, Napi::Object exports);
void ExportContainers(Napi::Env env, Napi::Object exports);
void ExportClustering(Napi::Env env, Napi::Object exports);
void ExportExactSearch(Napi::Env env, Napi::Object exports);
void ExportIndexes(Napi::Env env, Napi::Object exports);
void ExportMappedIndexes(Napi::Env env, Napi::Object exports);
void ExportSearches(Napi::Env env, Napi::Object exports);
void ExportMemory(Napi::Env env, Napi::Object exports);
void ExportTransforms(Napi::Env env, Napi::Object exports);
void ExportFaissFiles(Napi::Env env, Napi::Object exports);
