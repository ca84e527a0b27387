// SPDX-License-Identifier: Apache-2.0
// The answers of many rows, in buffers whose types the contract gives.
#include "runtime/answers.hpp"

namespace modelport::runtime {

Answers::Answers(const ModelSpec& spec, std::size_t rows)
    : status(rows), cause(rows, -1), outputs(spec.outputs.size()) {
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const OutputSpec& output = spec.outputs[i];
    const std::size_t count = rows * output.values();
    if (output.label) {
      outputs[i].labels.resize(count, -1);
    } else if (output.type == Type::float32) {
      outputs[i].floats.resize(count);
    } else {
      outputs[i].doubles.resize(count);
    }
  }
}

AnswerBuffers Answers::buffers(const ModelSpec& spec, std::size_t first, std::size_t count) {
  AnswerBuffers buffers{{status.data() + first, count}, {cause.data() + first, count}, {}};
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const std::size_t values = spec.outputs[i].values();
    const auto part = [&](auto& all) { return OutputBuffer(Span(all.data() + first * values, count * values)); };
    OutputValues& output = outputs[i];
    buffers.outputs.push_back(!output.labels.empty()   ? part(output.labels)
                              : !output.floats.empty() ? part(output.floats)
                                                       : part(output.doubles));
  }
  return buffers;
}

}  // namespace modelport::runtime
