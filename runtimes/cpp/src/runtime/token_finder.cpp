// SPDX-License-Identifier: Apache-2.0
// Finds tokens with a compiled pattern.
#include "runtime/token_finder.hpp"

namespace modelport::runtime {
namespace {

// In a scope of their own: names as short as these stand elsewhere too.
struct Op {
  enum : std::uint32_t {
    MATCH,
    CLASS,
    REPEAT,
    LAZY,
    SPLIT,
    JUMP,
    GROUP,
    BOUNDARY,
    BEGIN,
    END,
    LAST,
    LINE_BEGIN,
    LINE_END,
    LOOK,
  };
};

constexpr std::uint32_t LOOK_NEGATE = 1;
constexpr std::uint32_t LOOK_BACK = 2;

}  // namespace

const TokenFinder::Spans& TokenFinder::find(const Codes& text) {
  text_ = &text;
  group_begin_ = NO_MATCH;
  spans_.clear();
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = match(0, start);
    if (end == NO_MATCH) {
      ++start;
      continue;
    }
    if (group_begin_ == NO_MATCH) {
      spans_.emplace_back(start, end);
    } else {
      spans_.emplace_back(group_begin_, group_end_);
    }
    start = end;
  }
  return spans_;
}

std::size_t TokenFinder::match(std::size_t pc, std::size_t position) {
  const std::size_t floor = waiting_.size();
  waiting_.push_back({pc, position, position});
  while (waiting_.size() > floor) {
    const Choice next = waiting_.back();
    waiting_.pop_back();
    if (next.bound > next.at) {
      waiting_.push_back({next.pc, next.at + 1, next.bound});
    } else if (next.bound < next.at) {
      waiting_.push_back({next.pc, next.at - 1, next.bound});
    }
    const std::size_t end = run(next.pc, next.at);
    if (end != NO_MATCH) {
      waiting_.resize(floor);
      return end;
    }
  }
  return NO_MATCH;
}

std::size_t TokenFinder::run(std::size_t pc, std::size_t at) {
  const std::size_t length = text_->size();
  while (true) {
    const std::uint32_t* instruction = program_.code.data() + 4 * pc++;
    const std::uint32_t a = instruction[1];
    const std::uint32_t b = instruction[2];
    const std::uint32_t c = instruction[3];
    switch (instruction[0]) {
      case Op::MATCH:
        return at;
      case Op::CLASS:
        if (at == length || !in_set(a, at)) return NO_MATCH;
        ++at;
        break;
      case Op::REPEAT:
      case Op::LAZY: {
        const std::size_t most = c > length - at ? length : at + c;
        std::size_t end = at;
        while (end < most && in_set(a, end)) ++end;
        if (end - at < b) return NO_MATCH;
        const std::size_t least = at + b;
        const bool greedy = instruction[0] == Op::REPEAT;
        if (end > least) waiting_.push_back(greedy ? Choice{pc, end - 1, least} : Choice{pc, least + 1, end});
        at = greedy ? end : least;
        break;
      }
      case Op::SPLIT:
        waiting_.push_back({b, at, at});
        pc = a;
        break;
      case Op::JUMP:
        pc = a;
        break;
      case Op::GROUP:
        (a == 0 ? group_begin_ : group_end_) = at;
        break;
      case Op::LOOK: {
        const std::size_t back = (a & LOOK_BACK) != 0 ? b : 0;
        const bool matched = at >= back && match(pc, at - back) != NO_MATCH;
        if (matched == ((a & LOOK_NEGATE) != 0)) return NO_MATCH;
        pc = c;
        break;
      }
      default:
        if (!holds(instruction[0], a, b, at)) return NO_MATCH;
        break;
    }
  }
}

bool TokenFinder::holds(std::uint32_t op, std::uint32_t a, std::uint32_t b, std::size_t at) const {
  constexpr char32_t LINE_FEED = 10;
  const Codes& text = *text_;
  switch (op) {
    case Op::BOUNDARY: {
      const bool before = at > 0 && in_set(a, at - 1);
      const bool after = at < text.size() && in_set(a, at);
      return (before != after) != (b != 0);
    }
    case Op::BEGIN:
      return at == 0;
    case Op::END:
      return at == text.size();
    case Op::LAST:
      return at == text.size() || (at == text.size() - 1 && text[at] == LINE_FEED);
    case Op::LINE_BEGIN:
      return at == 0 || text[at - 1] == LINE_FEED;
    case Op::LINE_END:
      return at == text.size() || text[at] == LINE_FEED;
    default:
      return false;
  }
}

}  // namespace modelport::runtime
