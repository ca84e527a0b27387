// SPDX-License-Identifier: Apache-2.0
// Decides which rows the model may see, by the rules of its contract.
#pragma once

#include <cstddef>
#include <cstdint>
#include <modelport/types.hpp>
#include <string>
#include <vector>

#include "runtime/columns.hpp"
#include "runtime/lookup.hpp"
#include "runtime/spec.hpp"

namespace modelport::runtime {

/// Checks rows against a contract. Immutable, so safe to share between threads.
class RowCheck {
 public:
  /// The spec must outlive the check.
  explicit RowCheck(const ModelSpec& spec);

  /// Writes the status of each row, and the position of the feature that caused it or -1.
  ///
  /// Features are taken in order, in each the order is invalid, missing, infinite, out of range, unknown category; the
  /// first violation counts. Returns the number of rows that are not ok.
  std::size_t check(Span<const AnyColumn> columns, Span<Status> status, Span<std::int32_t> cause) const;

 private:
  const ModelSpec& spec_;
  std::vector<Lookup<std::string_view>> categories_;  // per feature; empty where nothing is refused
  std::vector<Lookup<double>> numbers_;
};

/// "ok", or the status and the feature that caused it: "missing: bill_length_mm".
[[nodiscard]] std::string reason(const ModelSpec& spec, Status status, std::int32_t cause);

}  // namespace modelport::runtime
