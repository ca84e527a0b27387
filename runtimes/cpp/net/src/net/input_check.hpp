// SPDX-License-Identifier: Apache-2.0
// Holds the tensors of a call against the contract.
#pragma once

#include <cstddef>
#include <modelport/tensor.hpp>
#include <optional>
#include <string>
#include <vector>

#include "net/any_tensor.hpp"
#include "net/spec.hpp"

namespace modelport::runtime {

/// The length of each axis of the spec in one call; none where no input has it.
using Lengths = std::vector<std::optional<std::size_t>>;

/// Checks input by input its rank and lengths, then the numbers and texts: the first fault is reported.
/// @throws Error wrong_argument for a shape, a length, a number or a text that the contract does not take
[[nodiscard]] Lengths check_inputs(const NetSpec& spec, Span<const AnyTensor> inputs);

/// The shapes alone: the same without a look at any element.
[[nodiscard]] Lengths check_shapes(const NetSpec& spec, Span<const AnyTensor> inputs);

/// The shape of a tensor when the lengths are known; none where one is not.
[[nodiscard]] std::optional<Shape> shape_of(const TensorSpec& tensor, const Lengths& lengths);

/// True when a shape is one that the contract states.
[[nodiscard]] bool fits(const TensorSpec& tensor, const Shape& shape, const Lengths& lengths);

/// For example "[batch, 3, 224, 224]".
[[nodiscard]] std::string stated_shape(const NetSpec& spec, const TensorSpec& tensor);

}  // namespace modelport::runtime
