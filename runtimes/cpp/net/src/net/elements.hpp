// SPDX-License-Identifier: Apache-2.0
// What can be said of an element by its type alone.
#pragma once

#include <cstddef>
#include <string_view>

#include "net/spec.hpp"

namespace modelport::runtime {

/// How many bytes an element of numbers has.
[[nodiscard]] std::size_t bytes_of(NetElement element) noexcept;
/// The type as .npy files name it, such as "<f4".
[[nodiscard]] std::string_view npy_type(NetElement element) noexcept;
/// True for numbers that can be NaN.
[[nodiscard]] bool is_float(NetElement element) noexcept;
/// A number as a double; an int64 beyond 2^53 is rounded.
[[nodiscard]] double number_at(NetElement element, const void* data, std::size_t index) noexcept;
/// True when no number is NaN or infinite.
[[nodiscard]] bool all_finite(NetElement element, const void* data, std::size_t count) noexcept;
/// True when all texts of an input are UTF-8.
[[nodiscard]] bool all_utf8(const std::string_view* texts, std::size_t count) noexcept;

}  // namespace modelport::runtime
