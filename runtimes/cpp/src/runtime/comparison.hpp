// SPDX-License-Identifier: Apache-2.0
// Compares answers with those of the original model.
#pragma once

#include <cstddef>
#include <string>

#include "runtime/answers.hpp"
#include "runtime/spec.hpp"
#include "runtime/vectors.hpp"

namespace modelport::runtime {

/// What a comparison found.
struct Comparison {
  std::size_t wrong = 0;  ///< How many rows differ.
  std::string report;     ///< The first of them: row, inputs, expected, got.
};

/// Compares the answers of rows `first`, `first + 1`, … of the vectors.
///
/// A status and its feature must be equal; a label must be among the accepted ones; a number must not be further off
/// than its bound, where NaN equals NaN and an expected infinity must be met. There is no other tolerance.
[[nodiscard]] Comparison compare(const ModelSpec& spec, const Vectors& vectors, std::size_t first,
                                 const Answers& answers);

}  // namespace modelport::runtime
