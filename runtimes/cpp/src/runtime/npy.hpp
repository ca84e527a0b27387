// SPDX-License-Identifier: Apache-2.0
// Reads and writes .npy files: one array, little-endian, in C order.
#pragma once

#include <cstddef>
#include <modelport/types.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace modelport::runtime {

/// An array of a .npy file.
struct NpyArray {
  std::string type;                ///< As NumPy writes it: "<f8", "<f4", "<i8", "<i4", "|u1" or "|b1".
  std::vector<std::size_t> shape;  ///< Sizes of the dimensions.
  std::vector<std::byte> data;     ///< The elements.

  /// The number of elements.
  [[nodiscard]] std::size_t count() const noexcept;

  /// The elements of an array that must have the given type.
  /// @throws Error damaged_model when it has another
  template <class T>
  [[nodiscard]] std::vector<T> as(std::string_view expected_type, std::string_view name) const;
};

/// Reads a .npy file.
/// @param name what to call it in errors
/// @throws Error damaged_model when it is none, or has a size that is not what it says
[[nodiscard]] NpyArray read_npy(std::string_view bytes, std::string_view name);

/// The bytes of a .npy file with elements of `type`.
[[nodiscard]] std::string write_npy(std::string_view type, const std::vector<std::size_t>& shape,
                                    Span<const std::byte> data);

}  // namespace modelport::runtime
