// SPDX-License-Identifier: Apache-2.0
// The calls with the original's answers that travel with the library of a net.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "net/any_tensor.hpp"
#include "net/spec.hpp"
#include "runtime/npy.hpp"
#include "runtime/read_file.hpp"

namespace modelport::runtime {

/// One tensor of a case.
struct CaseTensor {
  NpyArray array;                              ///< The numbers; of texts only the shape counts.
  std::shared_ptr<const std::string> content;  ///< What the texts view, in copies too.
  std::vector<std::string_view> texts;

  /// The tensor as a NetEngine takes it.
  [[nodiscard]] AnyTensor tensor(NetElement element) const;
};

/// One call: its inputs, what the original gave, and the largest distance that counts as right for each number.
struct NetCase {
  std::string name;
  const NetSpec* spec = nullptr;
  std::vector<CaseTensor> inputs;
  std::vector<CaseTensor> expected;
  std::vector<std::vector<double>> bounds;

  /// The inputs, as a NetEngine takes them.
  [[nodiscard]] std::vector<AnyTensor> tensors() const;
};

/// Reads the case at a position.
/// @throws Error damaged_model when a file is missing or does not fit the contract
[[nodiscard]] NetCase read_case(const NetSpec& spec, const ReadFile& read, std::size_t position, std::string_view name);

/// Says how answers differ from the original's, an output a line; empty when all are right.
///
/// Shapes must be equal. A number must not be further off than its bound, where NaN equals NaN and an expected infinity
/// must be met; a text, and a whole number with bound 0, must be the same. There is no other tolerance.
[[nodiscard]] std::string differences(const NetSpec& spec, const NetCase& expected, Span<const AnyTensor> got);

}  // namespace modelport::runtime
