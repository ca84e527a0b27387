// SPDX-License-Identifier: Apache-2.0
// Where the files of vectors are: in a folder, or packed into the library.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace modelport::runtime {

/// Gives the bytes of a vector file by its name, such as "status.npy".
using ReadFile = std::function<std::string(const std::string& name)>;

/// Reads from a folder of files.
[[nodiscard]] ReadFile files_in(std::string folder);

/// Reads from one run of bytes that holds many files: for each the length of its name, the length of its content (both
/// 8 bytes, little-endian), the name, the content. The bytes must outlive the result.
[[nodiscard]] ReadFile files_packed_in(std::string_view pack);

}  // namespace modelport::runtime
