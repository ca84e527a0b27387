// SPDX-License-Identifier: Apache-2.0
// A net behind its contract: tensors in, tensors out.
#include "net/net_engine.hpp"

#include <array>
#include <cstdint>
#include <cstring>
#include <optional>

#include "net/elements.hpp"
#include "runtime/model_hash.hpp"

namespace modelport::runtime {
namespace {

void* room_for(const TensorSpec& output, const OutputPlace& place, const Shape& shape) {
  void* memory = place.room(shape);
  if (memory != nullptr) return memory;
  throw Error(ErrorCode::wrong_argument,
              "the buffer has room for " + std::to_string(place.size()) + " elements, the answer of shape " +
                  shape.text() + " has " + std::to_string(shape.count()),
              std::string("output '") + output.name + "'",
              "give a larger buffer, or an empty one where the output is not wanted");
}

}  // namespace

NetEngine::NetEngine(const NetSpec& spec, Span<const std::byte> model, const std::string& where, const Options& options)
    : spec_(spec), session_(spec.model, checked_model(spec.model, model, where), options) {}

Lengths NetEngine::predict(Span<const AnyTensor> inputs, Span<const OutputPlace> outputs) const {
  Lengths lengths = check_inputs(spec_, inputs);
  std::vector<ValueHandle> owners;
  std::vector<const char*> input_names, output_names;
  std::vector<const ort::Value*> values;
  for (std::size_t i = 0; i < spec_.inputs.size(); ++i) {
    owners.push_back(over(spec_.inputs[i], inputs[i].data, inputs[i].shape));
    values.push_back(owners.back().get());
    input_names.push_back(spec_.inputs[i].name);
  }

  std::vector<std::size_t> wanted, to_copy;
  std::vector<ort::Value*> results;
  for (std::size_t i = 0; i < spec_.outputs.size(); ++i) {
    const TensorSpec& output = spec_.outputs[i];
    if (!outputs[i].wanted()) continue;
    ort::Value* result = nullptr;
    if (const std::optional<Shape> shape = shape_of(output, lengths)) {
      owners.push_back(over(output, room_for(output, outputs[i], *shape), *shape));
      result = owners.back().get();
    } else {
      to_copy.push_back(wanted.size());
    }
    wanted.push_back(i);
    results.push_back(result);
    output_names.push_back(output.name);
  }
  if (wanted.empty()) return lengths;
  session_.run(input_names, values, output_names, results);
  std::vector<ValueHandle> made;
  for (const std::size_t i : to_copy) made.push_back(session_.ort().own<ValueHandle>(results[i]));
  for (const std::size_t i : to_copy) copy(spec_.outputs[wanted[i]], results[i], outputs[wanted[i]], lengths);
  return lengths;
}

/// A value over memory that is not ours. ONNX Runtime only reads those that are inputs.
ValueHandle NetEngine::over(const TensorSpec& tensor, const void* data, const Shape& shape) const {
  static std::max_align_t nothing{};  // without elements there may be no memory, and ONNX Runtime asks for some
  std::array<std::int64_t, Shape::MAX_RANK> lengths{};
  for (std::size_t i = 0; i < shape.rank(); ++i) lengths[i] = static_cast<std::int64_t>(shape[i]);
  void* memory = data == nullptr ? &nothing : const_cast<void*>(data);
  return session_.ort().make<ValueHandle, ort::CreateTensorWithDataAsOrtValue>(
      session_.memory().get(), memory, shape.count() * bytes_of(tensor.element), lengths.data(), shape.rank(),
      static_cast<int>(tensor.element));
}

void NetEngine::copy(const TensorSpec& output, ort::Value* value, const OutputPlace& place,
                     const Lengths& lengths) const {
  const OrtCalls& ort = session_.ort();
  const auto info = ort.make<TensorInfoHandle, ort::GetTensorTypeAndShape>(value);
  int element = 0;
  std::size_t rank = 0;
  ort.call<ort::GetTensorElementType>(info.get(), &element);
  ort.call<ort::GetDimensionsCount>(info.get(), &rank);
  std::vector<std::int64_t> given(rank);
  ort.call<ort::GetDimensions>(info.get(), given.data(), rank);
  const Shape shape(std::vector<std::size_t>(given.begin(), given.end()));
  if (element != static_cast<int>(output.element) || !fits(output, shape, lengths)) {
    throw Error(ErrorCode::onnxruntime_failed,
                "the graph gave shape " + shape.text() + " of type " + std::to_string(element) +
                    ", the contract says " + stated_shape(spec_, output) + " of type " +
                    std::to_string(static_cast<int>(output.element)),
                std::string("output '") + output.name + "' of the model",
                "generate this library again from its bundle");
  }
  void* data = nullptr;
  ort.call<ort::GetTensorMutableData>(value, &data);
  void* memory = room_for(output, place, shape);
  if (shape.count() > 0) std::memcpy(memory, data, shape.count() * bytes_of(output.element));
}

}  // namespace modelport::runtime
