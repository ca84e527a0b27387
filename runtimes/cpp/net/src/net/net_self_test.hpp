// SPDX-License-Identifier: Apache-2.0
// A loaded net proves itself on the calls that its library carries.
#pragma once

#include <cstddef>
#include <string_view>

#include "net/net_engine.hpp"

namespace modelport::runtime {

/// Runs the packed calls, whose names are given, and returns how many there are.
/// @throws Error wrong_prediction naming those that differ
std::size_t self_test(const NetEngine& engine, const NetSpec& spec, std::string_view pack,
                      Span<const std::string_view> names);

}  // namespace modelport::runtime
