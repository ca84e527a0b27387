// SPDX-License-Identifier: Apache-2.0
// A caller's struct of columns, a member a feature, as columns whose type the contract gives.
#pragma once

#include <cstddef>
#include <cstdint>
#include <modelport/types.hpp>
#include <string_view>
#include <vector>

#include "runtime/columns.hpp"
#include "runtime/spec.hpp"

namespace modelport::runtime {

/// One member of a struct of columns.
template <class Columns>
struct ColumnField {
  constexpr ColumnField(Column<double> Columns::* member) noexcept : type(Type::float64), float64(member) {}
  constexpr ColumnField(Column<float> Columns::* member) noexcept : type(Type::float32), float32(member) {}
  constexpr ColumnField(Column<std::int64_t> Columns::* member) noexcept : type(Type::int64), int64(member) {}
  constexpr ColumnField(Column<bool> Columns::* member) noexcept : type(Type::boolean), boolean(member) {}
  constexpr ColumnField(Column<std::string_view> Columns::* member) noexcept : type(Type::text), text(member) {}

  /// A member that is a column of an enum.
  template <class Category, Column<Category> Columns::* Member>
  [[nodiscard]] static constexpr ColumnField of_category() noexcept {
    static_assert(sizeof(Category) == sizeof(std::int32_t));
    return ColumnField(
        CategoryMember{[](const Columns& columns) { return AnyColumn(columns.*Member); },
                       [](Columns& columns, const AnyColumn& column) { columns.*Member = typed<Category>(column); }});
  }

  /// The member's column.
  [[nodiscard]] AnyColumn get(const Columns& columns) const {
    switch (type) {
      case Type::float64:
        return AnyColumn(columns.*float64);
      case Type::float32:
        return AnyColumn(columns.*float32);
      case Type::int64:
        return AnyColumn(columns.*int64);
      case Type::boolean:
        return AnyColumn(columns.*boolean);
      case Type::text:
        return AnyColumn(columns.*text);
      case Type::category:
        break;
    }
    return category.get(columns);
  }

  /// Sets the member to a column of its type.
  void set(Columns& columns, const AnyColumn& column) const {
    switch (type) {
      case Type::float64:
        columns.*float64 = typed<double>(column);
        break;
      case Type::float32:
        columns.*float32 = typed<float>(column);
        break;
      case Type::int64:
        columns.*int64 = typed<std::int64_t>(column);
        break;
      case Type::boolean:
        columns.*boolean = typed<bool>(column);
        break;
      case Type::text:
        columns.*text = typed<std::string_view>(column);
        break;
      case Type::category:
        category.set(columns, column);
        break;
    }
  }

  /// Reads and writes a column of an enum.
  struct CategoryMember {
    AnyColumn (*get)(const Columns& columns);
    void (*set)(Columns& columns, const AnyColumn& column);
  };

  Type type;
  union {
    Column<double> Columns::* float64;
    Column<float> Columns::* float32;
    Column<std::int64_t> Columns::* int64;
    Column<bool> Columns::* boolean;
    Column<std::string_view> Columns::* text;
    CategoryMember category;
  };

 private:
  constexpr explicit ColumnField(CategoryMember member) noexcept : type(Type::category), category(member) {}

  template <class T>
  static Column<T> typed(const AnyColumn& column) {
    return {static_cast<const T*>(column.data), column.size, column.valid, column.stride};
  }
};

/// All columns of a struct, in the order of the contract.
template <class Columns>
[[nodiscard]] std::vector<AnyColumn> columns_of(Span<const ColumnField<Columns>> fields, const Columns& columns) {
  std::vector<AnyColumn> all;
  all.reserve(fields.size());
  for (const ColumnField<Columns>& field : fields) all.push_back(field.get(columns));
  return all;
}

}  // namespace modelport::runtime
