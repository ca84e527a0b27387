// SPDX-License-Identifier: Apache-2.0
// The contract of one model as constant tables. Generated code fills them; nothing here is computed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <modelport/types.hpp>
#include <string_view>

namespace modelport::runtime {

/// The type of a feature in the API, or of an output's values.
enum class Type : std::uint8_t {
  float64,
  float32,
  int64,
  boolean,
  text,
  category,  ///< A text among known ones, in the API an enum: its position in `categories`, the one after for unknown.
};

/// The type of an input tensor's elements.
enum class Element : std::uint8_t { float64, float32, int64, boolean, text };

/// The input of a feature that goes into no tensor: only text steps read it.
inline constexpr std::uint32_t NO_INPUT = std::numeric_limits<std::uint32_t>::max();

/// One input tensor of the graph: [N, width]; 0 where the rows of a text step decide how wide it is.
struct InputSpec {
  const char* name;
  Element element;
  std::size_t width;
};

/// One feature, the column of a tensor that it goes to, and what its odd values do.
struct FeatureSpec {
  std::string_view name;
  Type type;
  std::uint32_t input;
  std::uint32_t column;
  bool refuse_missing;
  bool refuse_infinite;
  bool refuse_unknown;
  double max_abs = std::numeric_limits<double>::infinity();
  Span<const std::string_view> categories = {};
  Span<const double> numbers = {};
  double least = -std::numeric_limits<double>::infinity();
  double greatest = std::numeric_limits<double>::infinity();
};

/// The values that a label can take, or the names of a per-class output's columns: one of the four is filled.
struct ClassList {
  Span<const std::string_view> texts = {};
  Span<const std::int64_t> integers = {};
  Span<const bool> booleans = {};
  Span<const double> numbers = {};

  constexpr ClassList() noexcept = default;
  constexpr explicit ClassList(Span<const std::string_view> values) noexcept : texts(values) {}
  constexpr explicit ClassList(Span<const std::int64_t> values) noexcept : integers(values) {}
  constexpr explicit ClassList(Span<const bool> values) noexcept : booleans(values) {}
  constexpr explicit ClassList(Span<const double> values) noexcept : numbers(values) {}

  [[nodiscard]] constexpr std::size_t size() const noexcept {
    return texts.size() + integers.size() + booleans.size() + numbers.size();
  }
};

/// One output of the graph: [N] when `width` is 0, else [N, width].
struct OutputSpec {
  const char* name;
  bool label;
  Type type;
  std::size_t width;
  ClassList classes = {};

  /// How many values a row has.
  [[nodiscard]] constexpr std::size_t values() const noexcept { return width == 0 ? 1 : width; }
};

/// How a text feature becomes two tensors: the ids of a row's terms, and their counts. text.bin has the rest.
struct TextSpec {
  std::uint32_t feature;
  std::uint32_t ids;
  std::uint32_t counts;
  std::size_t dense_width;  ///< How many numbers a row the graph makes of it; 0 when only as many as there are terms.
};

/// Everything about one model that is fixed when its library is generated.
struct ModelSpec {
  std::string_view name;
  std::string_view model_sha256;
  std::string_view missing_string;
  std::string_view unknown_string;
  int onnxruntime_minor;         ///< The oldest ONNX Runtime 1.x that can run the model …
  std::string_view needs;        ///< … and why, for the error.
  int graph_optimization_level;  ///< That of the proof, as ONNX Runtime numbers it.
  int intra_op_threads;
  int inter_op_threads;
  Span<const InputSpec> inputs;
  Span<const FeatureSpec> features;
  Span<const OutputSpec> outputs;
  Span<const TextSpec> texts = {};
  std::string_view text_sha256 = {};  ///< Of text.bin, where there are text steps.
};

}  // namespace modelport::runtime
