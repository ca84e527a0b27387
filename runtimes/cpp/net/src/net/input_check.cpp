// SPDX-License-Identifier: Apache-2.0
// Holds the tensors of a call against the contract.
#include "net/input_check.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "net/elements.hpp"

namespace modelport::runtime {
namespace {

[[noreturn]] void refuse(const TensorSpec& input, const std::string& what, const std::string& fix) {
  throw Error(ErrorCode::wrong_argument, what, std::string("input '") + input.name + "'", fix);
}

std::string quoted(const TensorSpec& input) { return std::string("'") + input.name + "'"; }

std::string limits(const AxisSpec& axis) {
  if (axis.most == std::numeric_limits<std::size_t>::max()) return std::to_string(axis.least) + " or more";
  return std::to_string(axis.least) + " to " + std::to_string(axis.most);
}

/// Takes down the length of a symbol; `owners` says which input had it first.
void bind_axis(const NetSpec& spec, std::size_t position, std::size_t axis, std::size_t length, Lengths& lengths,
          std::vector<std::size_t>& owners) {
  const TensorSpec& input = spec.inputs[position];
  const AxisSpec& stated = spec.axes[axis];
  const std::string symbol = stated.symbol;
  if (!lengths[axis]) {
    lengths[axis] = length;
    owners[axis] = position;
  }
  if (*lengths[axis] != length) {
    refuse(input,
           symbol + " is " + std::to_string(*lengths[axis]) + " in " + quoted(spec.inputs[owners[axis]]) + " and " +
               std::to_string(length) + " in " + quoted(input),
           "give both the same " + symbol);
  }
  if (length < stated.least || length > stated.most) {
    refuse(input,
           symbol + " is " + std::to_string(length) + " in " + quoted(input) + ", the model takes " + limits(stated),
           "give tensors within these limits");
  }
}

void check_rank_and_fixed(const NetSpec& spec, const TensorSpec& input, const Shape& shape) {
  bool right = shape.rank() == input.shape.size();
  for (std::size_t i = 0; right && i < shape.rank(); ++i) {
    right = input.shape[i].axis >= 0 || input.shape[i].length == shape[i];
  }
  if (right) return;
  refuse(input, quoted(input) + " has shape " + shape.text() + ", the model takes " + stated_shape(spec, input),
         "give it the shape that the contract states");
}

void check_texts(const TensorSpec& input, const AnyTensor& tensor) {
  const Span<const std::string_view> texts(static_cast<const std::string_view*>(tensor.data), tensor.size);
  if (!all_utf8(texts.data(), texts.size())) {
    refuse(input, quoted(input) + " holds a text that is not UTF-8", "give texts in UTF-8");
  }
  if (input.texts.empty()) return;
  for (const std::string_view text : texts) {
    if (std::binary_search(input.texts.begin(), input.texts.end(), text)) continue;
    std::string what = quoted(input) + " holds '";
    what.append(text).append("', which the model does not know");
    refuse(input, what, "give one of the texts that the contract lists");
  }
}

}  // namespace

Lengths check_shapes(const NetSpec& spec, Span<const AnyTensor> inputs) {
  Lengths lengths(spec.axes.size());
  std::vector<std::size_t> owners(spec.axes.size(), 0);
  for (std::size_t i = 0; i < spec.inputs.size(); ++i) {
    const TensorSpec& input = spec.inputs[i];
    check_rank_and_fixed(spec, input, inputs[i].shape);
    for (std::size_t k = 0; k < input.shape.size(); ++k) {
      if (input.shape[k].axis < 0) continue;
      bind_axis(spec, i, static_cast<std::size_t>(input.shape[k].axis), inputs[i].shape[k], lengths, owners);
    }
  }
  return lengths;
}

Lengths check_inputs(const NetSpec& spec, Span<const AnyTensor> inputs) {
  Lengths lengths = check_shapes(spec, inputs);
  for (std::size_t i = 0; i < spec.inputs.size(); ++i) {
    const std::size_t count = inputs[i].shape.count();
    const bool absent = inputs[i].data == nullptr && count > 0;
    if (absent || inputs[i].size != count) {
      refuse(spec.inputs[i],
             quoted(spec.inputs[i]) + " has " + (absent ? "no" : std::to_string(inputs[i].size)) +
                 " elements, its shape " + inputs[i].shape.text() + " has " + std::to_string(count),
             "give as many elements as the shape has");
    }
  }
  for (std::size_t i = 0; i < spec.inputs.size(); ++i) {
    const TensorSpec& input = spec.inputs[i];
    if (input.element == NetElement::text) check_texts(input, inputs[i]);
    if (!input.finite || all_finite(input.element, inputs[i].data, inputs[i].size)) continue;
    refuse(input, quoted(input) + " holds a NaN or an infinity, which the model does not take", "give finite numbers");
  }
  return lengths;
}

std::optional<Shape> shape_of(const TensorSpec& tensor, const Lengths& lengths) {
  std::array<std::size_t, Shape::MAX_RANK> found{};
  for (std::size_t i = 0; i < tensor.shape.size(); ++i) {
    const Dimension& dimension = tensor.shape[i];
    const auto length = dimension.axis < 0 ? dimension.length : lengths[static_cast<std::size_t>(dimension.axis)];
    if (!length) return std::nullopt;
    found[i] = *length;
  }
  return Shape(found.data(), tensor.shape.size());
}

bool fits(const TensorSpec& tensor, const Shape& shape, const Lengths& lengths) {
  if (shape.rank() != tensor.shape.size()) return false;
  for (std::size_t i = 0; i < shape.rank(); ++i) {
    const Dimension& dimension = tensor.shape[i];
    const auto length = dimension.axis < 0 ? dimension.length : lengths[static_cast<std::size_t>(dimension.axis)];
    if (length && *length != shape[i]) return false;
  }
  return true;
}

std::string stated_shape(const NetSpec& spec, const TensorSpec& tensor) {
  std::string text;
  for (const Dimension& dimension : tensor.shape) {
    text += text.empty() ? "" : ", ";
    text += dimension.axis < 0 ? std::to_string(dimension.length)
                               : std::string(spec.axes[static_cast<std::size_t>(dimension.axis)].symbol);
  }
  return "[" + text + "]";
}

}  // namespace modelport::runtime
