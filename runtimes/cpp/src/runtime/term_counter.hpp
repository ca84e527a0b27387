// SPDX-License-Identifier: Apache-2.0
// Counts the terms of texts, as a text step says.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/code_points.hpp"
#include "runtime/text_step.hpp"
#include "runtime/token_finder.hpp"

namespace modelport::runtime {

/// How often a term stands in a text; with signs where hashes have them.
struct TermCount {
  std::uint32_t id;
  std::int32_t count;
};

/// Counts terms: lower case, accents, tokens, stop words, n-grams, counting. One thread at a time: it keeps its buffers.
class TermCounter {
 public:
  /// The step must outlive the counter.
  explicit TermCounter(const TextStep& step) : step_(step), finder_(step.pattern) {}

  /// The terms of a well-formed UTF-8 text by ascending id; valid until the next call.
  const std::vector<TermCount>& count(std::string_view text);

 private:
  void lower();
  [[nodiscard]] bool is_final_sigma(std::size_t at) const;
  void fold();
  void shrink_spaces();
  void words();
  void characters(const PlacedText& text, bool padded);
  void padded_words();
  void hit(std::string_view term);
  void sum();

  const TextStep& step_;
  TokenFinder finder_;
  Codes codes_;
  Codes spare_;
  PlacedText placed_;
  PlacedText padded_;
  std::vector<std::string_view> kept_;
  std::string joined_;
  std::vector<TermCount> hits_;
  std::vector<TermCount> counts_;
};

}  // namespace modelport::runtime
