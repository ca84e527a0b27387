// SPDX-License-Identifier: Apache-2.0
// Tells whether bytes are UTF-8.
#pragma once

#include <string_view>

namespace modelport::runtime {

/// True for well-formed UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF (RFC 3629).
[[nodiscard]] bool is_utf8(std::string_view text) noexcept;

}  // namespace modelport::runtime
