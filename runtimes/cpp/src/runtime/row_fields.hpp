// SPDX-License-Identifier: Apache-2.0
// Rows as a caller writes them, a struct with a member a feature, as columns.
//
// The members are listed in a table of member pointers: two thousand features are two thousand entries of data, not as
// many lines of code.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/columns.hpp"
#include "runtime/spec.hpp"
#include "runtime/vectors.hpp"

namespace modelport::runtime {

/// One member of a row struct. A number is missing when it is NaN, anything else when it is empty.
template <class Row>
struct RowField {
  constexpr RowField(double Row::*member) noexcept : type(Type::float64), float64(member) {}
  constexpr RowField(float Row::*member) noexcept : type(Type::float32), float32(member) {}
  constexpr RowField(std::optional<std::int64_t> Row::*member) noexcept : type(Type::int64), int64(member) {}
  constexpr RowField(std::optional<bool> Row::*member) noexcept : type(Type::boolean), boolean(member) {}
  constexpr RowField(std::optional<std::string> Row::*member) noexcept : type(Type::text), text(member) {}

  /// A member that is an optional enum.
  template <class Category, std::optional<Category> Row::*Member>
  [[nodiscard]] static constexpr RowField of_category() noexcept {
    return RowField(CategoryMember{
        [](const Row& row) { return (row.*Member) ? static_cast<std::int32_t>(*(row.*Member)) : MISSING_CATEGORY; },
        [](Row& row, std::int32_t position) { row.*Member = static_cast<Category>(position); }});
  }

  /// Sets the member of a new row to a value of the vectors; a missing one stays missing.
  void set(Row& row, const VectorColumn& column, std::size_t index) const {
    if (!column.valid[index]) return;
    switch (type) {
      case Type::float64:
        row.*float64 = column.doubles[index];
        break;
      case Type::float32:
        row.*float32 = column.floats[index];
        break;
      case Type::int64:
        row.*int64 = column.integers[index];
        break;
      case Type::boolean:
        row.*boolean = column.booleans[index];
        break;
      case Type::text:
        row.*text = std::string(column.texts[index]);
        break;
      case Type::category:
        category.set(row, column.categories[index]);
        break;
    }
  }

  /// Reads and writes a category by its position.
  struct CategoryMember {
    std::int32_t (*get)(const Row& row);
    void (*set)(Row& row, std::int32_t position);
  };

  Type type;
  union {
    double Row::*float64;
    float Row::*float32;
    std::optional<std::int64_t> Row::*int64;
    std::optional<bool> Row::*boolean;
    std::optional<std::string> Row::*text;
    CategoryMember category;
  };

 private:
  constexpr explicit RowField(CategoryMember member) noexcept : type(Type::category), category(member) {}
};

/// Copies rows into columns. Allocates a few blocks a call, however many rows and features there are.
class GatheredColumns {
 public:
  /// The rows must outlive the columns: texts are viewed, not copied.
  template <class Row>
  GatheredColumns(Span<const RowField<Row>> fields, Span<const Row> rows) : rows_(rows.size()) {
    reserve(fields);
    for (const RowField<Row>& field : fields) {
      switch (field.type) {
        case Type::float64:
          add(doubles_.get() + used_.doubles++ * rows_, rows, [&](const Row& row) { return row.*field.float64; });
          break;
        case Type::float32:
          add(floats_.get() + used_.floats++ * rows_, rows, [&](const Row& row) { return row.*field.float32; });
          break;
        case Type::int64:
          add_optional(integers_.get() + used_.integers++ * rows_, rows, field.int64);
          break;
        case Type::boolean:
          add_optional(booleans_.get() + used_.booleans++ * rows_, rows, field.boolean);
          break;
        case Type::text:
          add_optional(texts_.get() + used_.texts++ * rows_, rows, field.text);
          break;
        case Type::category:
          add(categories_.get() + used_.categories++ * rows_, rows, field.category.get);
          break;
      }
    }
  }
};
}
