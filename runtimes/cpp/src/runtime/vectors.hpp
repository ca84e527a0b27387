// SPDX-License-Identifier: Apache-2.0
// The rows with the original model's answers that travel with a library.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/columns.hpp"
#include "runtime/read_file.hpp"
#include "runtime/spec.hpp"

namespace modelport::runtime {

/// The values of one feature; only the vector of its type is used.
struct VectorColumn {
  std::vector<double> doubles;
  std::vector<float> floats;
  std::vector<std::int64_t> integers;
  std::unique_ptr<bool[]> booleans;
  std::vector<char> bytes;  ///< What the texts point into: no std::string, whose bytes may move with it.
  std::vector<std::string_view> texts;
  std::vector<std::int32_t> categories;  ///< Positions; missing is -1.
  std::unique_ptr<bool[]> valid;         ///< False where the value is missing.
};

/// What the original says about one output; the vectors of its role and type are used.
struct ExpectedOutput {
  std::vector<std::int32_t> labels;  ///< A class position a value.
  std::unique_ptr<bool[]> accepted;  ///< A flag a class a value: the labels that count as right.
  std::vector<double> numbers;
  std::vector<double> bounds;  ///< The largest distance that counts as right.
};

/// Rows with answers, read once.
class Vectors {
 public:
  /// Reads every file of the contract. The spec must outlive the vectors.
  /// @throws Error damaged_model when a file is missing or does not fit the contract
  Vectors(const ModelSpec& spec, const ReadFile& read);

  /// The number of rows.
  [[nodiscard]] std::size_t rows() const noexcept { return status.size(); }
  /// `count` rows from `first` on, as an Engine takes them.
  [[nodiscard]] std::vector<AnyColumn> columns(std::size_t first, std::size_t count) const;
  /// One value for a report: 3.25, 'Biscoe' or missing.
  [[nodiscard]] std::string shown(std::size_t feature, std::size_t row) const;

  std::vector<VectorColumn> features;
  std::vector<ExpectedOutput> outputs;
  std::vector<Status> status;
  std::vector<std::int32_t> cause;

 private:
  const ModelSpec& spec_;
};

}  // namespace modelport::runtime
