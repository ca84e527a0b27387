// SPDX-License-Identifier: Apache-2.0
// Reads the graph's outputs into the caller's buffers.
#pragma once

#include <cstddef>
#include <modelport/types.hpp>
#include <vector>

#include "runtime/answers.hpp"
#include "runtime/lookup.hpp"
#include "runtime/ort_handle.hpp"
#include "runtime/spec.hpp"

namespace modelport::runtime {

/// Reads outputs: numbers as they are, labels as class positions. Immutable, so safe to share between threads.
class OutputReader {
 public:
  /// The spec must outlive the reader.
  explicit OutputReader(const ModelSpec& spec);

  /// Copies one output of `rows` rows to a buffer that has room for it.
  /// @throws Error onnxruntime_failed when type, size or a label is not what the contract says
  void read(const OrtCalls& ort, std::size_t output, ort::Value* tensor, std::size_t rows, OutputBuffer buffer) const;

 private:
  struct Classes {
    Lookup<std::string_view> texts;
    Lookup<std::int64_t> integers;
    Lookup<bool> booleans;
    Lookup<double> numbers;
  };

  const ModelSpec& spec_;
  std::vector<Classes> classes_;  // per output
};

}  // namespace modelport::runtime
