// SPDX-License-Identifier: Apache-2.0
// Between a category's text and its position in the list of known ones.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <modelport/types.hpp>
#include <string_view>

namespace modelport::runtime {

/// The text at a position; empty where there is none.
[[nodiscard]] inline std::string_view category_text(Span<const std::string_view> categories,
                                                    std::int32_t position) noexcept {
  const auto index = static_cast<std::size_t>(position);
  return index < categories.size() ? categories[index] : std::string_view();
}

/// The position of a text; that after the last where it is not known.
[[nodiscard]] inline std::int32_t category_position(Span<const std::string_view> categories,
                                                    std::string_view text) noexcept {
  return static_cast<std::int32_t>(std::find(categories.begin(), categories.end(), text) - categories.begin());
}

}  // namespace modelport::runtime
