// SPDX-License-Identifier: Apache-2.0
// Sets of code points, what code points become, and texts as code points. Sets and maps are immutable.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <modelport/types.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace modelport::runtime {

using Codes = std::vector<char32_t>;

/// A set of code points.
class CodeSet {
 public:
  /// @param ranges first, last, first, last, …, ascending
  explicit CodeSet(Span<const std::uint32_t> ranges) {
    if (ranges.empty()) return;
    bits_.resize(ranges[ranges.size() - 1] / 64 + 1);
    for (std::size_t i = 0; i + 1 < ranges.size(); i += 2) {
      for (std::uint32_t code = ranges[i]; code <= ranges[i + 1]; ++code) {
        bits_[code / 64] |= std::uint64_t{1} << (code % 64);
      }
    }
  }

  [[nodiscard]] bool contains(char32_t code) const noexcept {
    const std::size_t word = code / 64;
    return word < bits_.size() && (bits_[word] >> (code % 64) & 1) != 0;
  }

 private:
  std::vector<std::uint64_t> bits_;
};

/// What code points become; others stay.
class CodeMap {
 public:
  /// @param keys   code points, ascending
  /// @param starts where the replacement of key i begins; that of key i + 1 is its end
  /// @param codes  the replacements, one behind the other
  CodeMap(std::vector<std::uint32_t> keys, std::vector<std::uint32_t> starts, std::vector<std::uint32_t> codes)
      : keys_(std::move(keys)), starts_(std::move(starts)), codes_(std::move(codes)) {}

  /// Appends what a code point becomes, or itself, or nothing when `drop` and it is no key.
  void append(char32_t code, bool drop, Codes& to) const {
    const auto found = keys_.empty() || code < keys_.front() ? keys_.end() : lower_bound(code);
    if (found == keys_.end() || *found != code) {
      if (!drop) to.push_back(code);
      return;
    }
    const auto key = static_cast<std::size_t>(found - keys_.begin());
    for (std::size_t i = starts_[key]; i < starts_[key + 1]; ++i) to.push_back(codes_[i]);
  }

 private:
  [[nodiscard]] std::vector<std::uint32_t>::const_iterator lower_bound(char32_t code) const {
    return std::lower_bound(keys_.begin(), keys_.end(), static_cast<std::uint32_t>(code));
  }

  std::vector<std::uint32_t> keys_;
  std::vector<std::uint32_t> starts_;
  std::vector<std::uint32_t> codes_;
};

/// A text as UTF-8 with the place of each code point in it.
struct PlacedText {
  std::string utf8;
  std::vector<std::size_t> places;  ///< One a code point, and the end.

  /// Takes over code points, which are no surrogates.
  void assign(const Codes& codes);

  /// The text of some code points.
  [[nodiscard]] std::string_view part(std::size_t begin, std::size_t end) const noexcept {
    return std::string_view(utf8).substr(places[begin], places[end] - places[begin]);
  }
};

/// Reads well-formed UTF-8.
void read_codes(std::string_view utf8, Codes& codes);

}  // namespace modelport::runtime
