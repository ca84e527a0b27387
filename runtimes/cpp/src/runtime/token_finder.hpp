// SPDX-License-Identifier: Apache-2.0
// Finds tokens with a compiled pattern: a backtracking machine whose instructions are four numbers each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "runtime/code_points.hpp"

namespace modelport::runtime {

/// A compiled token pattern. docs/text.md says what each instruction does.
struct TokenProgram {
  std::vector<std::uint32_t> code;
  std::vector<CodeSet> sets;
};

/// Runs a program. Not to be shared between threads: it keeps its stack.
class TokenFinder {
 public:
  using Spans = std::vector<std::pair<std::size_t, std::size_t>>;

  /// The program must outlive the finder.
  explicit TokenFinder(const TokenProgram& program) : program_(program) {}

  /// Begin and end of each token from left to right, none overlapping; valid until the next call.
  const Spans& find(const Codes& text);

 private:
  /// What is left to try: an instruction, a position, and up to which other position, one by one.
  struct Choice {
    std::size_t pc;
    std::size_t at;
    std::size_t bound;
  };

  static constexpr std::size_t NO_MATCH = static_cast<std::size_t>(-1);

  std::size_t match(std::size_t pc, std::size_t position);
  std::size_t run(std::size_t pc, std::size_t at);
  [[nodiscard]] bool holds(std::uint32_t op, std::uint32_t a, std::uint32_t b, std::size_t at) const;
  [[nodiscard]] bool in_set(std::uint32_t set, std::size_t at) const { return program_.sets[set].contains((*text_)[at]); }

  const TokenProgram& program_;
  const Codes* text_ = nullptr;
  std::size_t group_begin_ = NO_MATCH;
  std::size_t group_end_ = NO_MATCH;
  std::vector<Choice> waiting_;
  Spans spans_;
};

}  // namespace modelport::runtime
