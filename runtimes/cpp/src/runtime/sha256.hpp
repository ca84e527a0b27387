// SPDX-License-Identifier: Apache-2.0
// SHA-256, to tell whether a model file is the one that was proven.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <modelport/types.hpp>
#include <string>

namespace modelport::runtime {

/// A SHA-256 in the making, for bytes that come piece by piece.
class Sha256 {
 public:
  Sha256() noexcept;

  /// Takes the next bytes.
  void update(Span<const std::byte> data);
  /// The hash of all bytes taken, as 64 lower-case hex digits. Nothing may be taken after it.
  [[nodiscard]] std::string hex();

 private:
  std::array<std::uint32_t, 8> state_;
  std::array<unsigned char, 64> block_{};
  std::uint64_t size_ = 0;
};

/// The SHA-256 of the bytes as 64 lower-case hex digits (FIPS 180-4).
[[nodiscard]] std::string sha256_hex(Span<const std::byte> data);

}  // namespace modelport::runtime
