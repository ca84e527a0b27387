// SPDX-License-Identifier: Apache-2.0
// Reads the graph's outputs into the caller's buffers.
#include "runtime/output_reader.hpp"

#include <cstring>
#include <string>

#include "runtime/text_tensor.hpp"

namespace modelport::runtime {
namespace {

int element_code(Type type) {
  switch (type) {
    case Type::float64:
      return ort::ELEMENT_DOUBLE;
    case Type::float32:
      return ort::ELEMENT_FLOAT;
    case Type::int64:
      return ort::ELEMENT_INT64;
    case Type::boolean:
      return ort::ELEMENT_BOOL;
    case Type::text:
    case Type::category:
      break;
  }
  return ort::ELEMENT_STRING;
}

[[noreturn]] void bad_output(const OutputSpec& output, const std::string& seen) {
  throw Error(ErrorCode::onnxruntime_failed, seen, std::string("output '") + output.name + "' of the model",
              "generate this library again from its bundle");
}

void check_shape(const OrtCalls& ort, const OutputSpec& output, const ort::Value* tensor, std::size_t count) {
  const auto info = ort.make<TensorInfoHandle, ort::GetTensorTypeAndShape>(tensor);
  int element = 0;
  std::size_t elements = 0;
  ort.call<ort::GetTensorElementType>(info.get(), &element);
  ort.call<ort::GetTensorShapeElementCount>(info.get(), &elements);
  const int expected = element_code(output.type);
  if (element == expected && elements == count) return;
  bad_output(output, "the graph gave " + std::to_string(elements) + " elements of type " + std::to_string(element) +
                         ", the contract says " + std::to_string(count) + " of type " + std::to_string(expected));
}

std::string class_text(std::string_view value) { return std::string("'").append(value).append("'"); }
template <class T>
std::string class_text(T value) {
  return std::to_string(value);
}

}  // namespace

OutputReader::OutputReader(const ModelSpec& spec) : spec_(spec), classes_(spec.outputs.size()) {
  for (std::size_t i = 0; i < spec.outputs.size(); ++i) {
    if (!spec.outputs[i].label) continue;
    const ClassList& classes = spec.outputs[i].classes;
    classes_[i].texts = Lookup<std::string_view>(classes.texts);
    classes_[i].integers = Lookup<std::int64_t>(classes.integers);
    classes_[i].booleans = Lookup<bool>(classes.booleans);
    classes_[i].numbers = Lookup<double>(classes.numbers);
  }
}

void OutputReader::read(const OrtCalls& ort, std::size_t position, ort::Value* tensor, std::size_t rows,
                        OutputBuffer buffer) const {
  const OutputSpec& output = spec_.outputs[position];
  const Classes& classes = classes_[position];
  const std::size_t count = rows * output.values();
  check_shape(ort, output, tensor, count);

  auto* labels = static_cast<std::int32_t*>(buffer.data);
  const auto store = [&](std::size_t i, const auto& lookup, const auto& value) {
    labels[i] = lookup.find(value);
    if (labels[i] < 0) bad_output(output, "the graph gave " + class_text(value) + ", which is no class of the model");
  };
  if (output.label && output.type == Type::text) {
    each_text(ort, tensor, count, [&](std::size_t i, std::string_view text) { store(i, classes.texts, text); });
    return;
  }
  void* data = nullptr;
  ort.call<ort::GetTensorMutableData>(tensor, &data);
  if (!output.label) {
    std::memcpy(buffer.data, data, count * (output.type == Type::float32 ? sizeof(float) : sizeof(double)));
    return;
  }
  for (std::size_t i = 0; i < count; ++i) {
    switch (output.type) {
      case Type::int64:
        store(i, classes.integers, static_cast<const std::int64_t*>(data)[i]);
        break;
      case Type::boolean:
        store(i, classes.booleans, static_cast<const bool*>(data)[i]);
        break;
      default:
        store(i, classes.numbers, static_cast<const double*>(data)[i]);
        break;
    }
  }
}

}  // namespace modelport::runtime
