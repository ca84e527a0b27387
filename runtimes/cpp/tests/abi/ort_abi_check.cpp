// SPDX-License-Identifier: Apache-2.0
// Compares runtime/ort_abi.hpp with ONNX Runtime's own header: compiling this file is the test.
#include <onnxruntime_c_api.h>

#include <cstddef>
#include <type_traits>

#include "runtime/ort_abi.hpp"

namespace {

namespace ours = modelport::runtime::ort;

/// Two parameter types that are passed alike: both pointers, or values of one size.
template <class Ours, class Theirs>
constexpr bool ALIKE = std::is_pointer_v<Ours> == std::is_pointer_v<Theirs> && sizeof(Ours) == sizeof(Theirs) &&
                       (std::is_pointer_v<Ours> || std::is_floating_point_v<Ours> == std::is_floating_point_v<Theirs>);

template <class Ours, class Theirs>
struct SameCall : std::false_type {};

template <class OurReturn, class... OurTypes, class TheirReturn, class... TheirTypes>
struct SameCall<OurReturn (*)(OurTypes...), TheirReturn (*)(TheirTypes...)> {
  static constexpr bool same() {
    if constexpr (sizeof...(OurTypes) != sizeof...(TheirTypes)) {
      return false;
    } else if constexpr (std::is_void_v<OurReturn> || std::is_void_v<TheirReturn>) {
      return std::is_void_v<OurReturn> == std::is_void_v<TheirReturn> && (ALIKE<OurTypes, TheirTypes> && ...);
    } else {
      return ALIKE<OurReturn, TheirReturn> && (ALIKE<OurTypes, TheirTypes> && ...);
    }
  }
  static constexpr bool value = same();
};

template <class OurReturn, class... OurTypes, class TheirReturn, class... TheirTypes>
struct SameCall<OurReturn (*)(OurTypes...), TheirReturn (*)(TheirTypes...) noexcept>
    : SameCall<OurReturn (*)(OurTypes...), TheirReturn (*)(TheirTypes...)> {};

#define SAME(name)                                                                      \
  static_assert(offsetof(OrtApi, name) == ours::name::POSITION * sizeof(void*), #name); \
  static_assert(SameCall<ours::name::Pointer, decltype(OrtApi::name)>::value, #name)

SAME(GetErrorMessage);
SAME(CreateEnv);
SAME(DisableTelemetryEvents);
SAME(CreateSessionFromArray);
SAME(Run);
SAME(CreateSessionOptions);
SAME(SetSessionLogSeverityLevel);
SAME(SetSessionGraphOptimizationLevel);
SAME(SetIntraOpNumThreads);
SAME(SetInterOpNumThreads);
SAME(CreateTensorAsOrtValue);
SAME(CreateTensorWithDataAsOrtValue);
SAME(GetTensorMutableData);
SAME(GetStringTensorDataLength);
SAME(GetStringTensorContent);
SAME(GetTensorElementType);
SAME(GetDimensionsCount);
SAME(GetDimensions);
SAME(GetTensorShapeElementCount);
SAME(GetTensorTypeAndShape);
SAME(CreateCpuMemoryInfo);
SAME(GetAllocatorWithDefaultOptions);
SAME(ReleaseEnv);
SAME(ReleaseStatus);
SAME(ReleaseMemoryInfo);
SAME(ReleaseSession);
SAME(ReleaseValue);
SAME(ReleaseTensorTypeAndShapeInfo);
SAME(ReleaseSessionOptions);
SAME(AddSessionConfigEntry);
SAME(GetResizedStringTensorElementBuffer);

static_assert(offsetof(OrtApiBase, GetApi) == offsetof(ours::ApiBase, get_api));
static_assert(offsetof(OrtApiBase, GetVersionString) == offsetof(ours::ApiBase, get_version_string));
static_assert(ours::API_VERSION <= ORT_API_VERSION);

static_assert(ours::LOG_ERROR == ORT_LOGGING_LEVEL_ERROR);
static_assert(ours::ALLOCATOR_ARENA == OrtArenaAllocator);
static_assert(ours::MEMORY_DEFAULT == OrtMemTypeDefault);
static_assert(ours::ELEMENT_FLOAT == ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT);
static_assert(ours::ELEMENT_UINT8 == ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT8);
static_assert(ours::ELEMENT_INT8 == ONNX_TENSOR_ELEMENT_DATA_TYPE_INT8);
static_assert(ours::ELEMENT_INT16 == ONNX_TENSOR_ELEMENT_DATA_TYPE_INT16);
static_assert(ours::ELEMENT_INT32 == ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32);
static_assert(ours::ELEMENT_FLOAT16 == ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16);
static_assert(ours::ELEMENT_INT64 == ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64);
static_assert(ours::ELEMENT_STRING == ONNX_TENSOR_ELEMENT_DATA_TYPE_STRING);
static_assert(ours::ELEMENT_BOOL == ONNX_TENSOR_ELEMENT_DATA_TYPE_BOOL);
static_assert(ours::ELEMENT_DOUBLE == ONNX_TENSOR_ELEMENT_DATA_TYPE_DOUBLE);
// What generated code writes as a number.
static_assert(ORT_DISABLE_ALL == 0 && ORT_ENABLE_BASIC == 1 && ORT_ENABLE_EXTENDED == 2 && ORT_ENABLE_ALL == 99);

}  // namespace
