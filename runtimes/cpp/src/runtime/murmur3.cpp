// SPDX-License-Identifier: Apache-2.0
// MurmurHash3 for 32 bits (x86 variant) with seed 0: what scikit-learn hashes terms with.
#include "runtime/murmur3.hpp"

#include <cstddef>

namespace modelport::runtime {
namespace {

constexpr std::uint32_t rotated_left(std::uint32_t value, unsigned bits) noexcept {
  return value << bits | value >> (32 - bits);
}

constexpr std::uint32_t mixed_key(std::uint32_t k) noexcept { return rotated_left(k * 0xCC9E2D51U, 15) * 0x1B873593U; }

std::uint32_t key_of(std::string_view bytes) noexcept {
  std::uint32_t value = 0;
  for (std::size_t i = bytes.size(); i > 0; --i) value = value << 8 | static_cast<unsigned char>(bytes[i - 1]);
  return value;
}

}  // namespace

std::uint32_t murmur3(std::string_view data) noexcept {
  std::uint32_t h = 0;
  const std::size_t whole = data.size() / 4 * 4;
  for (std::size_t i = 0; i < whole; i += 4) {
    h = rotated_left(h ^ mixed_key(key_of(data.substr(i, 4))), 13) * 5 + 0xE6546B64U;
  }
  h ^= mixed_key(key_of(data.substr(whole))) ^ static_cast<std::uint32_t>(data.size());
  h = (h ^ h >> 16) * 0x85EBCA6BU;
  h = (h ^ h >> 13) * 0xC2B2AE35U;
  return h ^ h >> 16;
}

}  // namespace modelport::runtime
