// SPDX-License-Identifier: Apache-2.0
// A net behind its contract: tensors in, tensors out.
#include "net/net_engine.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "net/elements.hpp"
#include "runtime/model_hash.hpp"
#include "runtime/text_tensor.hpp"

namespace modelport::runtime {
namespace {

/// An output that the caller wants: its shape where the inputs say it, and then the memory for it.
struct Wanted {
  std::size_t output;
  std::optional<Shape> shape;
  void* room;

  /// Whether ONNX Runtime writes it to its place: what it gives of others is copied, and texts are its own.
  [[nodiscard]] bool is_written(const TensorSpec& spec) const noexcept {
    return shape && shape->count() > 0 && spec.element != NetElement::text;
  }
};

/// A shape as ONNX Runtime takes it.
class OrtShape {
 public:
  explicit OrtShape(const Shape& shape) : lengths_(shape.begin(), shape.end()) {}

  /// Never null, even without axes.
  [[nodiscard]] const std::int64_t* data() const noexcept { return lengths_.empty() ? &none_ : lengths_.data(); }
  [[nodiscard]] std::size_t size() const noexcept { return lengths_.size(); }

 private:
  std::vector<std::int64_t> lengths_;
  std::int64_t none_ = 0;
};

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

NetEngine::NetEngine(const NetSpec& spec, Span<const std::byte> model, const std::string& where, const Options& options,
                     const std::string& weights)
    : spec_(spec), session_(spec.model, checked_model(spec.model, model, where), options, weights) {}

Lengths NetEngine::predict(Span<const AnyTensor> inputs, Span<const OutputPlace> outputs) const {
  Lengths lengths = check_inputs(spec_, inputs);
  std::vector<Wanted> wanted;
  bool any = false;
  for (std::size_t i = 0; i < spec_.outputs.size(); ++i) {
    if (!outputs[i].wanted()) continue;
    const std::optional<Shape> shape = shape_of(spec_.outputs[i], lengths);
    void* room = shape ? room_for(spec_.outputs[i], outputs[i], *shape) : nullptr;
    any = any || !shape || shape->count() > 0;
    wanted.push_back({i, shape, room});
  }
  // Several operators of ONNX Runtime 1.29 divide by the length of an empty batch, which ends the process: where nothing
  // is asked for, nothing is run.
  if (!any) return lengths;

  std::vector<ValueHandle> owners;
  std::vector<const char*> input_names, output_names;
  std::vector<const ort::Value*> values;
  for (std::size_t i = 0; i < spec_.inputs.size(); ++i) {
    owners.push_back(value_of(spec_.inputs[i], inputs[i]));
    values.push_back(owners.back().get());
    input_names.push_back(spec_.inputs[i].name);
  }
  std::vector<ort::Value*> results;
  for (const Wanted& one : wanted) {
    const TensorSpec& output = spec_.outputs[one.output];
    output_names.push_back(output.name);
    results.push_back(nullptr);
    if (!one.is_written(output)) continue;
    owners.push_back(over(output, one.room, *one.shape));
    results.back() = owners.back().get();
  }
  session_.run(input_names, values, output_names, results);
  std::vector<ValueHandle> made;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (!wanted[i].is_written(spec_.outputs[wanted[i].output])) made.push_back(session_.ort().own<ValueHandle>(results[i]));
  }
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const Wanted& one = wanted[i];
    const TensorSpec& output = spec_.outputs[one.output];
    // Reductions of ONNX Runtime 1.29 give an empty tensor the shape of what they reduce: what is empty is not looked at.
    if (one.is_written(output) || (one.shape && one.shape->count() == 0)) continue;
    copy(output, results[i], outputs[one.output], lengths);
  }
  return lengths;
}

ValueHandle NetEngine::value_of(const TensorSpec& input, const AnyTensor& tensor) const {
  if (input.element != NetElement::text) return over(input, tensor.data, tensor.shape);
  const OrtCalls& ort = session_.ort();
  const OrtShape lengths(tensor.shape);
  ValueHandle value = make_text_tensor(ort, lengths.data(), lengths.size());
  const auto* texts = static_cast<const std::string_view*>(tensor.data);
  for (std::size_t i = 0; i < tensor.size; ++i) put_text(ort, value.get(), i, texts[i]);
  return value;
}

/// A value over memory that is not ours. ONNX Runtime only reads those that are inputs.
ValueHandle NetEngine::over(const TensorSpec& tensor, const void* data, const Shape& shape) const {
  static std::max_align_t nothing{};  // without elements there may be no memory, and ONNX Runtime asks for some
  const OrtShape lengths(shape);
  void* memory = data == nullptr ? &nothing : const_cast<void*>(data);
  return session_.ort().make<ValueHandle, ort::CreateTensorWithDataAsOrtValue>(
      session_.memory().get(), memory, shape.count() * bytes_of(tensor.element), lengths.data(), lengths.size(),
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
  void* memory = room_for(output, place, shape);
  if (output.element == NetElement::text) {
    auto* texts = static_cast<std::string*>(memory);
    each_text(ort, value, shape.count(), [&](std::size_t i, std::string_view text) { texts[i].assign(text); });
    return;
  }
  void* data = nullptr;
  ort.call<ort::GetTensorMutableData>(value, &data);
  if (shape.count() > 0) std::memcpy(memory, data, shape.count() * bytes_of(output.element));
}

}  // namespace modelport::runtime
