// SPDX-License-Identifier: Apache-2.0
// A loaded model proves itself on the rows that its library carries.
#pragma once

#include <cstddef>
#include <string_view>

#include "runtime/engine.hpp"

namespace modelport::runtime {

/// Runs the packed rows, together and one by one, and returns how many there are.
/// @throws Error wrong_prediction naming the rows that differ
std::size_t self_test(const Engine& engine, const ModelSpec& spec, std::string_view pack);

}  // namespace modelport::runtime
