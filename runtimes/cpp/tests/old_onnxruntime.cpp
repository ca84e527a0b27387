// SPDX-License-Identifier: Apache-2.0
// Stands for an ONNX Runtime from before the functions that are needed.
#include "runtime/ort_abi.hpp"

#if defined(_WIN32)
#define EXPORTED __declspec(dllexport)
#else
#define EXPORTED __attribute__((visibility("default")))
#endif

namespace {

const void* MODELPORT_ORT_CALL no_table(std::uint32_t) { return nullptr; }
const char* MODELPORT_ORT_CALL version() { return "1.4.0"; }
const modelport::runtime::ort::ApiBase BASE = {&no_table, &version};

}  // namespace

extern "C" EXPORTED const void* MODELPORT_ORT_CALL OrtGetApiBase() { return &BASE; }
