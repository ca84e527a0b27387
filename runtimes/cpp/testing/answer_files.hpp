// SPDX-License-Identifier: Apache-2.0
// Writes answers as files that any language can read, so that they can be compared once more outside.
#pragma once

#include <string>

#include "runtime/answers.hpp"
#include "runtime/spec.hpp"

namespace modelport::runtime {

/// Writes status.npy, status_feature.npy and <output>.npy for each output into a folder, which is made if need be.
///
/// Numbers are <f8 or <f4; labels are <i4 class positions, -1 for none; [N] or [N, width].
/// @throws Error wrong_argument when a file cannot be written
void write_answers(const ModelSpec& spec, const Answers& answers, const std::string& folder);

}  // namespace modelport::runtime
