// SPDX-License-Identifier: Apache-2.0
// Input tensors made of columns.
#pragma once

#include <cstddef>
#include <modelport/types.hpp>
#include <vector>

#include "runtime/columns.hpp"
#include "runtime/ort_handle.hpp"
#include "runtime/spec.hpp"
#include "runtime/text_step.hpp"

namespace modelport::runtime {

/// The input tensors of one call.
class InputTensors {
 public:
  /// Fills every tensor of the contract. A row that is not ok goes in as zeros and empty texts: its answer is
  /// overwritten later, and so it cannot disturb the others.
  InputTensors(const OrtCalls& ort, const MemoryInfoHandle& memory, const ModelSpec& spec,
               const std::vector<TextStep>& texts, Span<const AnyColumn> columns, Span<const Status> status);

  /// One value an input, in the order of the spec.
  [[nodiscard]] const std::vector<const ort::Value*>& values() const noexcept { return values_; }

 private:
  void* make(const OrtCalls& ort, const MemoryInfoHandle& memory, std::size_t input, Element element, std::size_t rows,
             std::size_t width);
  void count_terms(const OrtCalls& ort, const MemoryInfoHandle& memory, const ModelSpec& spec, const TextSpec& text,
                   const TextStep& step, const AnyColumn& column, Span<const Status> status);

  std::vector<std::vector<std::max_align_t>> buffers_;  // what numeric tensors point into
  std::vector<ValueHandle> owners_;  // one an input
  std::vector<const ort::Value*> values_;
};

}  // namespace modelport::runtime
