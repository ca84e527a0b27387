// SPDX-License-Identifier: Apache-2.0
// Writes answers as files that any language can read, so that they can be compared once more outside.
#pragma once

#include <cstddef>
#include <string>

#include "net/any_tensor.hpp"
#include "net/spec.hpp"

namespace modelport::runtime {

/// Writes case_<position>.output_<o>.npy for each output into a folder, which is made if need be; of texts .ends.npy and
/// .bytes.npy.
/// @throws Error wrong_argument when a file cannot be written
void write_case(const NetSpec& spec, std::size_t position, Span<const AnyTensor> answers, const std::string& folder);

}  // namespace modelport::runtime
