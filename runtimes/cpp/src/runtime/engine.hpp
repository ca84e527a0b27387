// SPDX-License-Identifier: Apache-2.0
// A model behind its contract: columns in, answers out.
#pragma once

#include <cstddef>
#include <modelport/types.hpp>
#include <string>
#include <vector>

#include "runtime/answers.hpp"
#include "runtime/columns.hpp"
#include "runtime/output_reader.hpp"
#include "runtime/row_check.hpp"
#include "runtime/session.hpp"
#include "runtime/spec.hpp"
#include "runtime/text_step.hpp"

namespace modelport::runtime {

/// A loaded model. Immutable after construction: predict() may be called from any number of threads.
class Engine {
 public:
  /// Loads a model, checks that it is the one the spec was made from, and answers one row to see that it works.
  /// @param text  text.bin, empty where there are no text steps
  /// @param where what to call the bytes of the model in errors
  /// @throws Error damaged_model, onnxruntime_missing or onnxruntime_failed
  Engine(const ModelSpec& spec, Span<const std::byte> model, Span<const std::byte> text, const std::string& where,
         const Options& options);

  /// Answers every row. Returns how many were refused.
  /// @throws Error wrong_argument for columns of different lengths or a buffer that is too small
  std::size_t predict(const std::vector<AnyColumn>& columns, const AnswerBuffers& answers) const;

  /// The version of ONNX Runtime that the model runs in.
  [[nodiscard]] const std::string& onnxruntime_version() const noexcept { return session_.ort().library().version; }

 private:
  std::size_t predict_part(const std::vector<AnyColumn>& columns, const AnswerBuffers& answers, std::size_t rows) const;
  void try_one_row() const;

  const ModelSpec& spec_;
  std::vector<TextStep> texts_;
  std::size_t most_rows_;  // in one run of the graph
  Session session_;
  RowCheck check_;
  OutputReader reader_;
};

}  // namespace modelport::runtime
