// SPDX-License-Identifier: Apache-2.0
// The answers of many rows, in buffers whose types the contract gives.
#pragma once

#include <cstddef>
#include <cstdint>
#include <modelport/types.hpp>
#include <vector>

#include "runtime/spec.hpp"

namespace modelport::runtime {

/// Where one output goes, row-major: std::int32_t class positions for a label, else double or float. Null: not wanted.
struct OutputBuffer {
  void* data = nullptr;
  std::size_t size = 0;

  OutputBuffer() = default;
  /// Forgets the type of a buffer.
  template <class T>
  explicit OutputBuffer(Span<T> buffer) : data(buffer.data()), size(buffer.size()) {}
};

/// Where the answers of one call go.
struct AnswerBuffers {
  Span<Status> status;
  Span<std::int32_t> cause;
  std::vector<OutputBuffer> outputs;
};

/// The values of one output; only the vector of its type is used.
struct OutputValues {
  std::vector<std::int32_t> labels;  ///< class positions, -1 for none
  std::vector<double> doubles;
  std::vector<float> floats;
};

/// Owns the answers of some rows.
struct Answers {
  /// Room for the answers of `rows` rows.
  Answers(const ModelSpec& spec, std::size_t rows);

  /// The memory of `count` rows from `first` on.
  [[nodiscard]] AnswerBuffers buffers(const ModelSpec& spec, std::size_t first, std::size_t count);

  std::vector<Status> status;
  std::vector<std::int32_t> cause;
  std::vector<OutputValues> outputs;
};

}  // namespace modelport::runtime
