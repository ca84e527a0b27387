// SPDX-License-Identifier: Apache-2.0
// Makes sure that a model is the one that its library was generated from.
#pragma once

#include <cstddef>
#include <modelport/types.hpp>
#include <string>

#include "runtime/spec.hpp"

namespace modelport::runtime {

/// The bytes of the model, when their hash is that of the spec.
/// @param where what to call the bytes in errors
/// @throws Error damaged_model when they are others
[[nodiscard]] Span<const std::byte> checked_model(const ModelSpec& spec, Span<const std::byte> model,
                                                  const std::string& where);

}  // namespace modelport::runtime
