// SPDX-License-Identifier: Apache-2.0
// Owners of ONNX Runtime's objects, and its errors as exceptions.
#pragma once

#include <memory>
#include <modelport/types.hpp>
#include <string>

#include "runtime/ort_library.hpp"

namespace modelport::runtime {

/// Gives an object back by the table's own function.
template <class Release>
struct OrtDeleter {
  const ort::Api* api = nullptr;

  template <class Object>
  void operator()(Object* object) const noexcept {
    api->get<Release>()(object);
  }
};

template <class Object, class Release>
using OrtHandle = std::unique_ptr<Object, OrtDeleter<Release>>;

using EnvHandle = OrtHandle<ort::Env, ort::ReleaseEnv>;
using StatusHandle = OrtHandle<ort::Status, ort::ReleaseStatus>;
using MemoryInfoHandle = OrtHandle<ort::MemoryInfo, ort::ReleaseMemoryInfo>;
using SessionHandle = OrtHandle<ort::Session, ort::ReleaseSession>;
using SessionOptionsHandle = OrtHandle<ort::SessionOptions, ort::ReleaseSessionOptions>;
using ValueHandle = OrtHandle<ort::Value, ort::ReleaseValue>;
using TensorInfoHandle = OrtHandle<ort::TensorTypeAndShapeInfo, ort::ReleaseTensorTypeAndShapeInfo>;

/// Calls functions of the table and turns a failure into an Error.
class OrtCalls {
 public:
  explicit OrtCalls(OrtLibrary library) : library_(std::move(library)) {}

  [[nodiscard]] const OrtLibrary& library() const noexcept { return library_; }

  /// Calls a function that may fail.
  /// @throws Error onnxruntime_failed with the text of ONNX Runtime
  template <class Entry, class... Arguments>
  void call(Arguments... arguments) const {
    if (ort::Status* failure = library_.api.get<Entry>()(arguments...)) fail(failure);
  }

  /// Calls a function that makes an object by its last parameter, and owns what it made.
  template <class Handle, class Entry, class... Arguments>
  [[nodiscard]] Handle make(Arguments... arguments) const {
    typename Handle::pointer made = nullptr;
    call<Entry>(arguments..., &made);
    return own<Handle>(made);
  }

  /// Owns an object.
  template <class Handle>
  [[nodiscard]] Handle own(typename Handle::pointer object) const noexcept {
    return Handle(object, typename Handle::deleter_type{&library_.api});
  }

 private:
  [[noreturn]] void fail(ort::Status* failure) const {
    const auto owned = own<StatusHandle>(failure);
    throw Error(ErrorCode::onnxruntime_failed, library_.api.get<ort::GetErrorMessage>()(failure),
                "ONNX Runtime " + library_.version + ", " + library_.path,
                "run the tests of this library with this ONNX Runtime, and report both if they fail too");
  }

  OrtLibrary library_;
};

}  // namespace modelport::runtime
