// SPDX-License-Identifier: Apache-2.0
// Counts the terms of texts, as a text step says.
#include "runtime/term_counter.hpp"

#include <algorithm>

namespace modelport::runtime {
namespace {

constexpr char32_t SIGMA = 0x3A3;
constexpr char32_t SMALL_SIGMA = 0x3C3;
constexpr char32_t FINAL_SIGMA = 0x3C2;

}  // namespace

const std::vector<TermCount>& TermCounter::count(std::string_view text) {
  hits_.clear();
  read_codes(text, codes_);
  if (step_.lowercase) lower();
  if (step_.accents != Accents::keep) fold();
  if (step_.analyzer == Analyzer::word) {
    placed_.assign(codes_);
    words();
  } else {
    shrink_spaces();
    if (step_.analyzer == Analyzer::characters) {
      placed_.assign(codes_);
      characters(placed_, false);
    } else {
      padded_words();
    }
  }
  sum();
  return counts_;
}

void TermCounter::lower() {
  spare_.clear();
  for (std::size_t i = 0; i < codes_.size(); ++i) {
    if (codes_[i] == SIGMA) {
      spare_.push_back(is_final_sigma(i) ? FINAL_SIGMA : SMALL_SIGMA);
    } else {
      step_.lower.append(codes_[i], false, spare_);
    }
  }
  codes_.swap(spare_);
}

/// After a cased letter and not before one; what is ignorable does not part them.
bool TermCounter::is_final_sigma(std::size_t at) const {
  std::size_t before = at;
  while (before > 0 && step_.ignorable.contains(codes_[before - 1])) --before;
  if (before == 0 || !step_.cased.contains(codes_[before - 1])) return false;
  std::size_t after = at + 1;
  while (after < codes_.size() && step_.ignorable.contains(codes_[after])) ++after;
  return after == codes_.size() || !step_.cased.contains(codes_[after]);
}

void TermCounter::fold() {
  spare_.clear();
  const bool ascii = step_.accents == Accents::ascii;
  for (const char32_t code : codes_) step_.fold.append(code, ascii && code > 0x7F, spare_);
  codes_.swap(spare_);
}

/// Two and more characters of white space become one space; one alone stays what it is.
void TermCounter::shrink_spaces() {
  spare_.clear();
  for (std::size_t i = 0; i < codes_.size();) {
    std::size_t end = i;
    while (end < codes_.size() && step_.spaces.contains(codes_[end])) ++end;
    spare_.push_back(end - i > 1 ? U' ' : codes_[i]);
    i = std::max(end, i + 1);
  }
  codes_.swap(spare_);
}

void TermCounter::words() {
  kept_.clear();
  for (const auto& [begin, end] : finder_.find(codes_)) {
    const std::string_view token = placed_.part(begin, end);
    if (step_.stop_words.empty() || step_.stop_words.find(token) < 0) kept_.push_back(token);
  }
  for (std::size_t first = 0; first < kept_.size(); ++first) {
    if (step_.most == 1) {
      hit(kept_[first]);
      continue;
    }
    joined_.clear();
    for (std::size_t n = 1; n <= step_.most && first + n <= kept_.size(); ++n) {
      if (n > 1) joined_.push_back(' ');
      joined_.append(kept_[first + n - 1]);
      if (n >= step_.least) hit(joined_);
    }
  }
}

/// The n-grams of a text's characters; a padded word too short for the least n-gram counts once.
void TermCounter::characters(const PlacedText& text, bool padded) {
  const std::size_t length = text.places.size() - 1;
  for (std::size_t i = 0; i < length; ++i) {
    for (std::size_t n = step_.least; n <= step_.most && n <= length - i; ++n) hit(text.part(i, i + n));
  }
  if (padded && length < step_.least) hit(text.utf8);
}

void TermCounter::padded_words() {
  for (std::size_t i = 0; i < codes_.size();) {
    std::size_t end = i;
    while (end < codes_.size() && !step_.spaces.contains(codes_[end])) ++end;
    if (end > i) {
      spare_.assign(1, U' ');
      spare_.insert(spare_.end(), codes_.begin() + static_cast<std::ptrdiff_t>(i),
                    codes_.begin() + static_cast<std::ptrdiff_t>(end));
      spare_.push_back(U' ');
      padded_.assign(spare_);
      characters(padded_, true);
    }
    i = end + 1;
  }
}

void TermCounter::hit(std::string_view term) {
  if (step_.counting == Counting::vocabulary) {
    const std::int32_t id = step_.terms.find(term);
    if (id >= 0) hits_.push_back({static_cast<std::uint32_t>(id), 1});
    return;
  }
  const std::uint32_t hash = murmur3(term);
  // The magnitude of a hash read as a signed number; that of -2**31 needs all 32 bits.
  const bool negative = hash >> 31 != 0;
  const std::uint32_t magnitude = negative ? ~hash + 1 : hash;
  hits_.push_back({magnitude % step_.width, negative && step_.counting == Counting::signed_hash ? -1 : 1});
}

void TermCounter::sum() {
  std::sort(hits_.begin(), hits_.end(), [](const TermCount& a, const TermCount& b) { return a.id < b.id; });
  counts_.clear();
  for (const TermCount& hit : hits_) {
    if (counts_.empty() || counts_.back().id != hit.id) counts_.push_back({hit.id, 0});
    counts_.back().count += hit.count;
  }
  if (step_.binary) {
    for (TermCount& term : counts_) term.count = 1;
  }
}

}  // namespace modelport::runtime
