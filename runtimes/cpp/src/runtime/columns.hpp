// SPDX-License-Identifier: Apache-2.0
// Columns whose element type is known from the contract instead of the compiler.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <modelport/types.hpp>
#include <type_traits>

namespace modelport::runtime {

/// The position of a category that is missing.
inline constexpr std::int32_t MISSING_CATEGORY = -1;

/// The column of one feature: double, float, std::int64_t, bool, std::string_view, or std::int32_t for a category.
///
/// A category is its position.
struct AnyColumn {
  const void* data = nullptr;
  std::size_t size = 0;
  const bool* valid = nullptr;
  std::size_t stride = 1;

  AnyColumn() = default;

  /// Forgets the type of a column. An enum is kept as its underlying type.
  template <class T>
  explicit AnyColumn(const Column<T>& column)
      : data(column.data()), size(column.size()), valid(column.valid()), stride(column.stride()) {}

  /// True unless the caller's flags call the value missing.
  [[nodiscard]] bool present(std::size_t row) const noexcept { return valid == nullptr || valid[row]; }

  /// The value of a row. Copied bytewise: what lies there may be an enum, which no other type may alias.
  template <class T>
  [[nodiscard]] T value(std::size_t row) const noexcept {
    static_assert(std::is_trivially_copyable_v<T>);
    T copy;
    std::memcpy(&copy, static_cast<const char*>(data) + row * stride * sizeof(T), sizeof(T));
    return copy;
  }
};

}  // namespace modelport::runtime
