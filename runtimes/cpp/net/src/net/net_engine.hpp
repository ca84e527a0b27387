// SPDX-License-Identifier: Apache-2.0
// A net behind its contract: tensors in, tensors out.
#pragma once

#include <cstddef>
#include <modelport/tensor.hpp>
#include <string>
#include <vector>

#include "net/any_tensor.hpp"
#include "net/input_check.hpp"
#include "net/spec.hpp"
#include "runtime/session.hpp"

namespace modelport::runtime {

/// A loaded net. Immutable after construction: predict() may be called from any number of threads.
class NetEngine {
 public:
  /// Loads a model and checks that it is the one the spec was made from.
  /// @param where what to call the bytes of the model in errors
  /// @param weights the folder of the file of its weights, empty where it has none
  /// @throws Error damaged_model, onnxruntime_missing or onnxruntime_failed
  NetEngine(const NetSpec& spec, Span<const std::byte> model, const std::string& where, const Options& options,
            const std::string& weights = {});

  /// Computes every output that has a place. Where the shape of one follows from the inputs, ONNX Runtime writes its
  /// numbers to the place; texts and others are copied there. Where all are empty nothing is run. Returns the lengths that the inputs have.
  /// @throws Error wrong_argument for inputs that the contract does not take or a buffer that is too small
  Lengths predict(Span<const AnyTensor> inputs, Span<const OutputPlace> outputs) const;

  /// The version of ONNX Runtime that the model runs in.
  [[nodiscard]] const std::string& onnxruntime_version() const noexcept { return session_.ort().library().version; }

 private:
  [[nodiscard]] ValueHandle value_of(const TensorSpec& input, const AnyTensor& tensor) const;
  [[nodiscard]] ValueHandle over(const TensorSpec& tensor, const void* data, const Shape& shape) const;
  void copy(const TensorSpec& output, ort::Value* value, const OutputPlace& place, const Lengths& lengths) const;

  const NetSpec& spec_;
  Session session_;
};

}  // namespace modelport::runtime
