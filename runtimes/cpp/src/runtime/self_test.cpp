// SPDX-License-Identifier: Apache-2.0
// A loaded model proves itself on the rows that its library carries.
#include "runtime/self_test.hpp"

#include <string>

#include "runtime/comparison.hpp"
#include "runtime/vectors.hpp"

namespace modelport::runtime {

std::size_t self_test(const Engine& engine, const ModelSpec& spec, std::string_view pack) {
  const Vectors vectors(spec, files_packed_in(pack));
  const auto run = [&](std::size_t first, std::size_t count) {
    Answers answers(spec, count);
    engine.predict(vectors.columns(first, count), answers.buffers(spec, 0, count));
    const Comparison comparison = compare(spec, vectors, first, answers);
    if (comparison.wrong == 0) return;
    throw Error(ErrorCode::wrong_prediction,
                std::to_string(comparison.wrong) + " of " + std::to_string(count) +
                    " rows are not predicted as the original model does\n" + comparison.report,
                "ONNX Runtime " + engine.onnxruntime_version(), "use the version that the model was proven with");
  };
  run(0, vectors.rows());
  for (std::size_t row = 0; row < vectors.rows(); ++row) run(row, 1);
  return vectors.rows();
}

}  // namespace modelport::runtime
