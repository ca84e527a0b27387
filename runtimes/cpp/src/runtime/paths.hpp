// SPDX-License-Identifier: Apache-2.0
// Paths as the caller writes them, UTF-8, and as the operating system takes them.
#pragma once

#include <filesystem>
#include <string>

namespace modelport::runtime {

/// The path of a UTF-8 text.
[[nodiscard]] inline std::filesystem::path path_of(const std::string& text) {
#if defined(__cpp_lib_char8_t)
  return std::filesystem::path(std::u8string(text.begin(), text.end()));
#else
  return std::filesystem::u8path(text);
#endif
}

/// The UTF-8 text of a path.
[[nodiscard]] inline std::string text_of(const std::filesystem::path& path) {
  const auto text = path.u8string();  // of another character type from C++20 on
  return std::string(text.begin(), text.end());
}

}  // namespace modelport::runtime
