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
  constexpr RowField(double Row::* member) noexcept : type(Type::float64), float64(member) {}
  constexpr RowField(float Row::* member) noexcept : type(Type::float32), float32(member) {}
  constexpr RowField(std::optional<std::int64_t> Row::* member) noexcept : type(Type::int64), int64(member) {}
  constexpr RowField(std::optional<bool> Row::* member) noexcept : type(Type::boolean), boolean(member) {}
  constexpr RowField(std::optional<std::string> Row::* member) noexcept : type(Type::text), text(member) {}

  /// A member that is an optional enum.
  template <class Category, std::optional<Category> Row::* Member>
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
    double Row::* float64;
    float Row::* float32;
    std::optional<std::int64_t> Row::* int64;
    std::optional<bool> Row::* boolean;
    std::optional<std::string> Row::* text;
    CategoryMember category;
  };

 private:
  constexpr explicit RowField(CategoryMember member) noexcept : type(Type::category), category(member) {}
};

/// Copies rows into columns, in one block of memory however many rows and features there are.
class GatheredColumns {
 public:
  /// The rows must outlive the columns: texts are viewed, not copied.
  template <class Row>
  GatheredColumns(Span<const RowField<Row>> fields, Span<const Row> rows) : rows_(rows.size()) {
    std::size_t units = 0;
    for (const RowField<Row>& field : fields) units += units_of(value_bytes(field.type)) + units_of(sizeof(bool));
    memory_.resize(units);
    columns_.reserve(fields.size());
    for (const RowField<Row>& field : fields) {
      switch (field.type) {
        case Type::float64:
          add<double>(rows, [&](const Row& row) { return row.*field.float64; });
          break;
        case Type::float32:
          add<float>(rows, [&](const Row& row) { return row.*field.float32; });
          break;
        case Type::int64:
          add_optional<std::int64_t>(rows, [&](const Row& row) -> auto& { return row.*field.int64; });
          break;
        case Type::boolean:
          add_optional<bool>(rows, [&](const Row& row) -> auto& { return row.*field.boolean; });
          break;
        case Type::text:
          add_optional<std::string_view>(rows, [&](const Row& row) -> auto& { return row.*field.text; });
          break;
        case Type::category:
          add<std::int32_t>(rows, [&](const Row& row) { return field.category.get(row); });
          break;
      }
    }
  }

  /// One column a feature.
  [[nodiscard]] const std::vector<AnyColumn>& columns() const noexcept { return columns_; }

 private:
  using Unit = std::max_align_t;

  static constexpr std::size_t value_bytes(Type type) noexcept {
    switch (type) {
      case Type::float64:
        return sizeof(double);
      case Type::float32:
        return sizeof(float);
      case Type::int64:
        return sizeof(std::int64_t);
      case Type::boolean:
        return sizeof(bool);
      case Type::text:
        return sizeof(std::string_view);
      case Type::category:
        break;
    }
    return sizeof(std::int32_t);
  }

  [[nodiscard]] std::size_t units_of(std::size_t bytes_a_row) const noexcept {
    return (bytes_a_row * rows_ + sizeof(Unit) - 1) / sizeof(Unit);
  }

  /// Room for one value a row.
  template <class T>
  [[nodiscard]] T* take() {
    T* block = reinterpret_cast<T*>(memory_.data() + used_);
    std::uninitialized_value_construct_n(block, rows_);
    used_ += units_of(sizeof(T));
    return block;
  }

  template <class T, class Row, class Get>
  void add(Span<const Row> rows, Get get) {
    T* values = take<T>();
    for (std::size_t row = 0; row < rows_; ++row) values[row] = get(rows[row]);
    columns_.emplace_back(Column<T>(values, rows_));
  }

  template <class T, class Row, class Get>
  void add_optional(Span<const Row> rows, Get get) {
    T* values = take<T>();
    bool* valid = take<bool>();
    for (std::size_t row = 0; row < rows_; ++row) {
      const auto& value = get(rows[row]);
      valid[row] = value.has_value();
      if (valid[row]) values[row] = *value;
    }
    columns_.emplace_back(Column<T>(values, rows_, valid));
  }

  std::size_t rows_;
  std::vector<Unit> memory_;
  std::size_t used_ = 0;
  std::vector<AnyColumn> columns_;
};

}  // namespace modelport::runtime
