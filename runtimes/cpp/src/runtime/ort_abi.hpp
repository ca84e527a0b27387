// SPDX-License-Identifier: Apache-2.0
// The few entries of ONNX Runtime's C function table that are used here, declared by their position in it.
//
// The table is append-only: a position keeps its function and its signature in every later release. That is what lets
// one build of this library run with any ONNX Runtime 1.15 or newer, without its headers. A test checks each position,
// signature and constant below against the headers that Debian ships.
#pragma once

#include <cstddef>
#include <cstdint>

#if defined(_WIN32)
#define MODELPORT_ORT_CALL __stdcall
#else
#define MODELPORT_ORT_CALL
#endif

namespace modelport::runtime::ort {

// ONNX Runtime's objects are only ever held by pointer.
struct Env;
struct Status;
struct MemoryInfo;
struct Session;
struct Value;
struct RunOptions;
struct TensorTypeAndShapeInfo;
struct SessionOptions;
struct Allocator;

/// The functions below that came last are those of API version 15.
inline constexpr std::uint32_t API_VERSION = 15;

/// A function of the table: its position and its signature.
template <std::size_t Position, class Signature>
struct Entry;

template <std::size_t Position, class Return, class... Arguments>
struct Entry<Position, Return(Arguments...)> {
  static constexpr std::size_t POSITION = Position;
  using Pointer = Return(MODELPORT_ORT_CALL*)(Arguments...);
};

using GetErrorMessage = Entry<2, const char*(const Status*)>;
using CreateEnv = Entry<3, Status*(int log_level, const char* log_id, Env** out)>;
using DisableTelemetryEvents = Entry<6, Status*(const Env*)>;
using CreateSessionFromArray =
    Entry<8, Status*(const Env*, const void* model, std::size_t size, const SessionOptions*, Session** out)>;
using Run = Entry<9, Status*(Session*, const RunOptions*, const char* const* input_names, const Value* const* inputs,
                             std::size_t input_count, const char* const* output_names, std::size_t output_count,
                             Value** outputs)>;
using CreateSessionOptions = Entry<10, Status*(SessionOptions** out)>;
using SetSessionLogSeverityLevel = Entry<22, Status*(SessionOptions*, int level)>;
using SetSessionGraphOptimizationLevel = Entry<23, Status*(SessionOptions*, int level)>;
using SetIntraOpNumThreads = Entry<24, Status*(SessionOptions*, int threads)>;
using SetInterOpNumThreads = Entry<25, Status*(SessionOptions*, int threads)>;
using CreateTensorAsOrtValue =
    Entry<48, Status*(Allocator*, const std::int64_t* shape, std::size_t rank, int element, Value** out)>;
using CreateTensorWithDataAsOrtValue =
    Entry<49, Status*(const MemoryInfo*, void* data, std::size_t data_bytes, const std::int64_t* shape,
                      std::size_t rank, int element, Value** out)>;
using GetTensorMutableData = Entry<51, Status*(Value*, void** out)>;
using GetStringTensorDataLength = Entry<53, Status*(const Value*, std::size_t* bytes)>;
using GetStringTensorContent =
    Entry<54, Status*(const Value*, void* text, std::size_t text_bytes, std::size_t* offsets, std::size_t count)>;
using GetTensorElementType = Entry<60, Status*(const TensorTypeAndShapeInfo*, int* out)>;
using GetDimensionsCount = Entry<61, Status*(const TensorTypeAndShapeInfo*, std::size_t* out)>;
using GetDimensions = Entry<62, Status*(const TensorTypeAndShapeInfo*, std::int64_t* lengths, std::size_t rank)>;
using GetTensorShapeElementCount = Entry<64, Status*(const TensorTypeAndShapeInfo*, std::size_t* out)>;
using GetTensorTypeAndShape = Entry<65, Status*(const Value*, TensorTypeAndShapeInfo** out)>;
using CreateCpuMemoryInfo = Entry<69, Status*(int allocator_type, int memory_type, MemoryInfo** out)>;
using GetAllocatorWithDefaultOptions = Entry<78, Status*(Allocator** out)>;
using ReleaseEnv = Entry<92, void(Env*)>;
using ReleaseStatus = Entry<93, void(Status*)>;
using ReleaseMemoryInfo = Entry<94, void(MemoryInfo*)>;
using ReleaseSession = Entry<95, void(Session*)>;
using ReleaseValue = Entry<96, void(Value*)>;
using ReleaseTensorTypeAndShapeInfo = Entry<99, void(TensorTypeAndShapeInfo*)>;
using ReleaseSessionOptions = Entry<100, void(SessionOptions*)>;
using AddSessionConfigEntry = Entry<130, Status*(SessionOptions*, const char* key, const char* value)>;
using GetResizedStringTensorElementBuffer =
    Entry<252, Status*(Value*, std::size_t index, std::size_t bytes, char** out)>;

/// What the library's one exported function returns.
struct ApiBase {
  const void*(MODELPORT_ORT_CALL* get_api)(std::uint32_t version);
  const char*(MODELPORT_ORT_CALL* get_version_string)();
};
using GetApiBase = const ApiBase*(MODELPORT_ORT_CALL*)();

// Values of its enums.
inline constexpr int LOG_ERROR = 3;
inline constexpr int ALLOCATOR_ARENA = 1;
inline constexpr int MEMORY_DEFAULT = 0;
inline constexpr int ELEMENT_FLOAT = 1;
inline constexpr int ELEMENT_UINT8 = 2;
inline constexpr int ELEMENT_INT8 = 3;
inline constexpr int ELEMENT_INT16 = 5;
inline constexpr int ELEMENT_INT32 = 6;
inline constexpr int ELEMENT_INT64 = 7;
inline constexpr int ELEMENT_STRING = 8;
inline constexpr int ELEMENT_BOOL = 9;
inline constexpr int ELEMENT_FLOAT16 = 10;
inline constexpr int ELEMENT_DOUBLE = 11;

/// The function table of a loaded library.
class Api {
 public:
  explicit Api(const void* table) noexcept : functions_(static_cast<const Function*>(table)) {}

  /// The function of an entry, to be called.
  template <class E>
  [[nodiscard]] typename E::Pointer get() const noexcept {
    return reinterpret_cast<typename E::Pointer>(functions_[E::POSITION]);
  }

 private:
  using Function = void (*)();
  const Function* functions_;
};

}  // namespace modelport::runtime::ort
