// SPDX-License-Identifier: Apache-2.0
// A model behind its contract: columns in, answers out.
#include "runtime/engine.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "runtime/model_hash.hpp"
#include "runtime/sha256.hpp"
#include "runtime/tensors.hpp"

namespace modelport::runtime {
namespace {

/// The text steps of a model. Its text.bin is compiled into the library, as its hash is.
std::vector<TextStep> text_steps(const ModelSpec& spec, Span<const std::byte> text) {
  if (spec.texts.empty()) return {};
  std::vector<TextStep> steps;
  if (sha256_hex(text) == spec.text_sha256) steps = read_text_steps(text);
  if (steps.size() == spec.texts.size()) return steps;
  throw Error(ErrorCode::damaged_model, "text.bin is not that of the model", "the library",
              "take the library again from its bundle");
}

/// How many rows a run takes: where a graph makes a number for every term that there is, it needs memory for them.
std::size_t most_rows(const ModelSpec& spec) {
  constexpr std::size_t CELLS = std::size_t{1} << 22;
  std::size_t width = 0;
  for (const TextSpec& text : spec.texts) width += text.dense_width;
  return width == 0 ? std::numeric_limits<std::size_t>::max() : std::max(CELLS / width, std::size_t{1});
}

std::size_t bytes_of(Type type) {
  switch (type) {
    case Type::float64:
      return sizeof(double);
    case Type::float32:
      return sizeof(float);
    case Type::int64:
      return sizeof(std::int64_t);
    case Type::boolean:
      return sizeof(bool);
    case Type::text:
      return sizeof(std::string_view);
    case Type::category:
      break;
  }
  return sizeof(std::int32_t);
}

/// Some rows of a column.
AnyColumn part_of(const FeatureSpec& feature, AnyColumn column, std::size_t first, std::size_t count) {
  column.data = static_cast<const char*>(column.data) + first * column.stride * bytes_of(feature.type);
  column.size = count;
  if (column.valid != nullptr) column.valid += first;
  return column;
}

/// Some rows of the buffers; one that is not wanted stays so.
AnswerBuffers part_of(const ModelSpec& spec, const AnswerBuffers& all, std::size_t first, std::size_t count) {
  AnswerBuffers part = all;
  if (all.status.data() != nullptr) part.status = {all.status.data() + first, count};
  if (all.cause.data() != nullptr) part.cause = {all.cause.data() + first, count};
  for (std::size_t i = 0; i < spec.outputs.size(); ++i) {
    const OutputSpec& output = spec.outputs[i];
    if (all.outputs[i].data == nullptr) continue;
    const std::size_t bytes = output.label ? sizeof(std::int32_t) : bytes_of(output.type);
    part.outputs[i].data = static_cast<char*>(all.outputs[i].data) + first * output.values() * bytes;
    part.outputs[i].size = count * output.values();
  }
  return part;
}

Error wrong_argument(const std::string& what, const std::string& where, const std::string& fix) {
  return Error(ErrorCode::wrong_argument, what, where, fix);
}

std::size_t rows_of(const ModelSpec& spec, const std::vector<AnyColumn>& columns) {
  const std::size_t rows = columns.empty() ? 0 : columns.front().size;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].size == rows) continue;
    throw wrong_argument(
        "the column has " + std::to_string(columns[i].size) + " rows, the first has " + std::to_string(rows),
        "column '" + std::string(spec.features[i].name) + "'", "give columns of equal length");
  }
  return rows;
}

void check_room(std::size_t size, bool wanted, std::size_t needed, const std::string& name) {
  if (!wanted || size >= needed) return;
  throw wrong_argument(
      "the buffer has room for " + std::to_string(size) + " elements, the answers are " + std::to_string(needed),
      "output '" + name + "'", "give a larger buffer, or an empty one where the output is not wanted");
}

template <class T>
void overwrite(const OutputSpec& output, Span<const Status> status, OutputBuffer buffer, T refused) {
  auto* values = static_cast<T*>(buffer.data);
  for (std::size_t row = 0; row < status.size(); ++row) {
    if (status[row] != Status::ok) std::fill_n(values + row * output.values(), output.values(), refused);
  }
}

void overwrite_refused(const OutputSpec& output, Span<const Status> status, OutputBuffer buffer) {
  if (output.label) {
    overwrite<std::int32_t>(output, status, buffer, -1);
  } else if (output.type == Type::float32) {
    overwrite(output, status, buffer, std::numeric_limits<float>::quiet_NaN());
  } else {
    overwrite(output, status, buffer, std::numeric_limits<double>::quiet_NaN());
  }
}

}  // namespace

Engine::Engine(const ModelSpec& spec, Span<const std::byte> model, Span<const std::byte> text, const std::string& where,
               const Options& options)
    : spec_(spec),
      texts_(text_steps(spec, text)),
      most_rows_(most_rows(spec)),
      session_(spec, checked_model(spec, model, where), options),
      check_(spec),
      reader_(spec) {
  try_one_row();
}

std::size_t Engine::predict(const std::vector<AnyColumn>& columns, const AnswerBuffers& answers) const {
  const std::size_t rows = rows_of(spec_, columns);
  check_room(answers.status.size(), answers.status.data() != nullptr, rows, "status");
  check_room(answers.cause.size(), answers.cause.data() != nullptr, rows, "status_feature");
  for (std::size_t i = 0; i < spec_.outputs.size(); ++i) {
    const OutputBuffer& buffer = answers.outputs[i];
    check_room(buffer.size, buffer.data != nullptr, rows * spec_.outputs[i].values(), spec_.outputs[i].name);
  }
  if (rows <= most_rows_) return predict_part(columns, answers, rows);
  std::size_t refused = 0;
  for (std::size_t first = 0; first < rows; first += most_rows_) {
    const std::size_t count = std::min(most_rows_, rows - first);
    std::vector<AnyColumn> part;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      part.push_back(part_of(spec_.features[i], columns[i], first, count));
    }
    refused += predict_part(part, part_of(spec_, answers, first, count), count);
  }
  return refused;
}

std::size_t Engine::predict_part(const std::vector<AnyColumn>& columns, const AnswerBuffers& answers,
                                 std::size_t rows) const {
  if (rows == 0) return 0;
  std::vector<std::size_t> wanted;
  for (std::size_t i = 0; i < spec_.outputs.size(); ++i) {
    if (answers.outputs[i].data != nullptr) wanted.push_back(i);
  }

  // The check writes where the caller wants to read, or to memory of this call.
  std::vector<Status> own_status(answers.status.data() == nullptr ? rows : 0);
  std::vector<std::int32_t> own_cause(answers.cause.data() == nullptr ? rows : 0);
  const Span<Status> status(own_status.empty() ? answers.status.data() : own_status.data(), rows);
  const Span<std::int32_t> cause(own_cause.empty() ? answers.cause.data() : own_cause.data(), rows);
  const std::size_t refused = check_.check(columns, status, cause);
  const Span<const Status> checked_status(status.data(), rows);

  if (refused < rows && !wanted.empty()) {
    const InputTensors inputs(session_.ort(), session_.memory(), spec_, texts_, columns, checked_status);
    const OutputTensors outputs = session_.run(inputs.values(), wanted);
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      reader_.read(session_.ort(), wanted[i], outputs[i].get(), rows, answers.outputs[wanted[i]]);
    }
  }
  for (const std::size_t output : wanted) {
    overwrite_refused(spec_.outputs[output], checked_status, answers.outputs[output]);
  }
  return refused;
}

void Engine::try_one_row() const {
  // A refused row goes in as zeros and empty texts, which any graph takes.
  std::vector<AnyColumn> columns(spec_.features.size());
  const Status refused = Status::invalid;
  const InputTensors inputs(session_.ort(), session_.memory(), spec_, texts_, columns, {&refused, 1});
  std::vector<std::size_t> all(spec_.outputs.size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
  const OutputTensors outputs = session_.run(inputs.values(), all);
  Answers answers(spec_, 1);
  const AnswerBuffers buffers = answers.buffers(spec_, 0, 1);
  for (const std::size_t i : all) {
    reader_.read(session_.ort(), i, outputs[i].get(), 1, buffers.outputs[i]);
  }
}

}  // namespace modelport::runtime
