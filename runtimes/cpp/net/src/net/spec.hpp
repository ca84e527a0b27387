// SPDX-License-Identifier: Apache-2.0
// The contract of one net as constant tables. Generated code fills them; nothing here is computed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <modelport/types.hpp>
#include <string_view>

#include "runtime/ort_abi.hpp"
#include "runtime/spec.hpp"

namespace modelport::runtime {

/// The type of a tensor's elements, as ONNX Runtime numbers them.
enum class NetElement : int {
  float32 = ort::ELEMENT_FLOAT,
  uint8 = ort::ELEMENT_UINT8,
  int8 = ort::ELEMENT_INT8,
  int16 = ort::ELEMENT_INT16,
  int32 = ort::ELEMENT_INT32,
  int64 = ort::ELEMENT_INT64,
  text = ort::ELEMENT_STRING,  ///< UTF-8: std::string_view in inputs, std::string in outputs.
  boolean = ort::ELEMENT_BOOL,
  float16 = ort::ELEMENT_FLOAT16,
  float64 = ort::ELEMENT_DOUBLE,
};

/// A length that callers choose, and its limits.
struct AxisSpec {
  const char* symbol;
  std::size_t least;
  std::size_t most;
};

/// One axis of a tensor: its length, or the position of a symbol in the axes; equal symbols have equal lengths.
struct Dimension {
  std::size_t length;
  std::int32_t axis = -1;
};

/// One input or output.
struct TensorSpec {
  const char* name;
  NetElement element;
  Span<const Dimension> shape;
  bool finite = false;  ///< NaN and infinities are refused.
  Span<const std::string_view> texts = {};  ///< The only texts that are taken, in order; empty where any is.
};

/// The file of weights beside the library; null names where there is none.
struct WeightsSpec {
  const char* file = nullptr;      ///< Its name.
  std::string_view sha256 = {};    ///< Its hash.
  const char* variable = nullptr;  ///< The environment variable that names its folder.
  const char* folder = nullptr;    ///< The name of its folder beside the library or program.
};

/// Everything about one net that is fixed when its library is generated.
struct NetSpec {
  ModelSpec model;  ///< Its name, its hash and the settings of its runtime; it has no features.
  Span<const AxisSpec> axes;
  Span<const TensorSpec> inputs;
  Span<const TensorSpec> outputs;
  WeightsSpec weights = {};
};

}  // namespace modelport::runtime
