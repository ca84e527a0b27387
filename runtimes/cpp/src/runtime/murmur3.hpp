// SPDX-License-Identifier: Apache-2.0
// MurmurHash3 for 32 bits (x86 variant) with seed 0: what scikit-learn hashes terms with.
#pragma once

#include <cstdint>
#include <string_view>

namespace modelport::runtime {

/// After Austin Appleby's MurmurHash3.cpp; the same on every byte order.
[[nodiscard]] std::uint32_t murmur3(std::string_view data) noexcept;

}  // namespace modelport::runtime
