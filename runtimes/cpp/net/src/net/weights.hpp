// SPDX-License-Identifier: Apache-2.0
// Weights that are too large to be part of a library: where their file is, and whether it is the one that was proven.
#pragma once

#include <modelport/types.hpp>
#include <string>

#include "net/spec.hpp"

namespace modelport::runtime {

/// A folder that holds the file of the weights, after the file was read whole and its hash compared. Empty for a net without one.
/// @param folder the folder's path, UTF-8
/// @throws Error damaged_model when there is no such file or it is another one
[[nodiscard]] std::string weights_in(const WeightsSpec& weights, const std::string& folder);

/// Looks for the file: in the folder that the environment variable names, else in the folder `<name>-weights` beside the shared
/// library or program that `code` lies in.
/// @throws Error damaged_model when there is no such file or it is another one
[[nodiscard]] std::string found_weights(const WeightsSpec& weights, const void* code);

}  // namespace modelport::runtime
