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

namespace modelport::runtime {

/// A loaded model. Immutable after construction: predict() may be called from any number of threads.
class Engine {
 public:
  /// Loads a model, checks that it is the one the spec was made from, and answers one row to see that it works.
  /// @param where what to call the bytes in errors
  /// @throws Error damaged_model, onnxruntime_missing or onnxruntime_failed
  Engine(const ModelSpec& spec, Span<const std::byte> model, const std::string& where, const Options& options);

  /// Answers every row. Returns how many were refused.
  /// @throws Error wrong_argument for columns of different lengths or a buffer that is too small
  std::size_t predict(const std::vector<AnyColumn>& columns, const AnswerBuffers& answers) const;

  /// The version of ONNX Runtime that the model runs in.
  [[nodiscard]] const std::string& onnxruntime_version() const noexcept { return session_.ort().library().version; }

 private:
  void try_one_row() const;

  const ModelSpec& spec_;
  Session session_;
  RowCheck check_;
  OutputReader reader_;
};

}  // namespace modelport::runtime
