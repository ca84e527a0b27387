// SPDX-License-Identifier: Apache-2.0
// Finds the number of a term. Immutable, so safe to share between threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/murmur3.hpp"

namespace modelport::runtime {

/// Distinct terms by their UTF-8, in a hash table that is at most half full.
class TermIndex {
 public:
  /// @param starts where term i begins; that of term i + 1 is its end
  /// @param terms  their UTF-8, one behind the other
  TermIndex(std::vector<std::uint32_t> starts, std::string terms) : starts_(std::move(starts)), terms_(std::move(terms)) {
    std::size_t room = 2;
    while (room < 2 * starts_.size()) room *= 2;
    slots_.assign(room, NONE);
    for (std::size_t term = 0; term + 1 < starts_.size(); ++term) {
      std::size_t slot = murmur3(text(term)) & (room - 1);
      while (slots_[slot] != NONE) slot = (slot + 1) & (room - 1);
      slots_[slot] = static_cast<std::int32_t>(term);
    }
  }

  [[nodiscard]] bool empty() const noexcept { return starts_.size() < 2; }

  /// The number of a term, -1 when it is none.
  [[nodiscard]] std::int32_t find(std::string_view wanted) const noexcept {
    std::size_t slot = murmur3(wanted) & (slots_.size() - 1);
    while (slots_[slot] != NONE && text(static_cast<std::size_t>(slots_[slot])) != wanted) {
      slot = (slot + 1) & (slots_.size() - 1);
    }
    return slots_[slot];
  }

 private:
  static constexpr std::int32_t NONE = -1;

  [[nodiscard]] std::string_view text(std::size_t term) const noexcept {
    return std::string_view(terms_).substr(starts_[term], starts_[term + 1] - starts_[term]);
  }

  std::vector<std::uint32_t> starts_;
  std::string terms_;
  std::vector<std::int32_t> slots_;
};

}  // namespace modelport::runtime
