// SPDX-License-Identifier: Apache-2.0
// SHA-256, to tell whether a model file is the one that was proven.
#pragma once

#include <cstddef>
#include <modelport/types.hpp>
#include <string>

namespace modelport::runtime {

/// The SHA-256 of the bytes as 64 lower-case hex digits (FIPS 180-4).
[[nodiscard]] std::string sha256_hex(Span<const std::byte> data);

}  // namespace modelport::runtime
