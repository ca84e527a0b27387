// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "check.hpp"
#include "runtime/term_counter.hpp"

namespace modelport::runtime {
namespace {

using testing::contains;
using testing::error_of;

using Numbers = std::vector<std::uint32_t>;

/// Writes text.bin: one step whose tables are given here.
class TablesWriter {
 public:
  void numbers(const Numbers& values) {
    std::string bytes;
    for (const std::uint32_t value : values) put(bytes, value);
    table(1, values.size(), bytes);
  }

  void texts(std::initializer_list<std::string_view> texts) {
    Numbers starts = {0};
    std::string all;
    for (const std::string_view text : texts) starts.push_back(static_cast<std::uint32_t>((all += text).size()));
    numbers(starts);
    table(0, all.size(), all);
  }

  [[nodiscard]] std::string file(const Numbers& options) const {
    std::string bytes = "MPTOKENS";
    put(bytes, 1);
    put(bytes, count_);
    put(bytes, 1);
    bytes += tables_;
    for (const std::uint32_t option : options) put(bytes, option);
    for (std::uint32_t i = 0; i < count_; ++i) put(bytes, i);
    return bytes;
  }

 private:
  static void put(std::string& bytes, std::uint32_t value) {
    for (int i = 0; i < 4; ++i) bytes.push_back(static_cast<char>(value >> (8 * i) & 0xFF));
  }

  void table(char type, std::size_t size, const std::string& content) {
    tables_.push_back(type);
    put(tables_, static_cast<std::uint32_t>(size));
    put(tables_, 0);
    tables_ += content;
    ++count_;
  }

  std::string tables_;
  std::uint32_t count_ = 0;
};

/// Letters a to z and the sigmas, tokens of two and more of them; é loses its accent, the stop word is "the".
std::string small_tables(const Numbers& options) {
  TablesWriter writer;
  writer.numbers({'A', 'B', 'C', 0x391, 0x3A3});
  writer.numbers({0, 1, 2, 3, 4, 5});
  writer.numbers({'a', 'b', 'c', 0x3B1, 0x3C3});
  writer.numbers({0xE9, 0x301});
  writer.numbers({0, 1, 1});
  writer.numbers({'e'});
  writer.numbers({'A', 'Z', 'a', 'z', 0x391, 0x3C9});
  writer.numbers({'.', '.'});
  writer.numbers({'\t', '\n', ' ', ' '});
  // CLASS 0; REPEAT 0, 1 to any; MATCH
  writer.numbers({1, 0, 0, 0, 2, 0, 1, 0x7FFFFFFF, 0, 0, 0, 0});
  writer.numbers({0, 4});
  writer.numbers({'a', 'z', 0x3B1, 0x3C9});
  writer.texts({"ab", "ab cc", "cafe", "\xCE\xB1\xCF\x82"});
  writer.texts({"the"});
  return writer.file(options);
}

std::vector<std::pair<std::uint32_t, std::int32_t>> counted(const std::string& tables, std::string_view text) {
  const std::vector<TextStep> steps =
      read_text_steps({reinterpret_cast<const std::byte*>(tables.data()), tables.size()});
  TermCounter counter(steps.front());
  counter.count("left over from before");
  std::vector<std::pair<std::uint32_t, std::int32_t>> found;
  for (const TermCount& term : counter.count(text)) found.emplace_back(term.id, term.count);
  return found;
}

using Counts = std::vector<std::pair<std::uint32_t, std::int32_t>>;

TEST(terms_of_words) {
  // word, n-grams of 1 to 2, lower case, accents off as unicode, by vocabulary, width 4
  const std::string tables = small_tables({0, 1, 2, 1, 1, 0, 0, 4});
  CHECK(counted(tables, "") == Counts{});
  CHECK(counted(tables, "AB the cc, ab") == Counts{{0, 2}, {1, 1}});
  CHECK(counted(tables, "caf\xC3\xA9 cafe\xCC\x81") == Counts{{2, 2}});
  // A final sigma ends a word, and a dot that is ignorable hides nothing.
  CHECK(counted(tables, "\xCE\x91\xCE\xA3") == Counts{{3, 1}});
  CHECK(counted(tables, "\xCE\x91\xCE\xA3.x") == Counts{});
  CHECK(counted(tables, "\xCE\x91\xCE\xA3. x") == Counts{{3, 1}});
}

TEST(terms_of_characters) {
  // Padded words, n-grams of 3, hashes modulo 7 with signs: " ab", "ab " and " c "
  const Counts found = counted(small_tables({2, 3, 3, 1, 0, 2, 0, 7}), "ab\t\tC");
  std::int32_t sum = 0;
  for (const auto& [id, count] : found) {
    CHECK(id < 7);
    sum += count;
  }
  CHECK(found.size() <= 3 && sum >= -3 && sum <= 3 && (sum & 1) == 1);
  // Binary counts stay 1, and two spaces are one.
  CHECK(counted(small_tables({1, 1, 1, 0, 0, 1, 1, 1}), "a  b") == Counts{{0, 1}});
  CHECK(counted(small_tables({1, 1, 1, 0, 0, 1, 0, 1}), "a  b") == Counts{{0, 3}});
}

TEST(terms_hash_as_the_reference_does) {
  CHECK(murmur3("") == 0);
  CHECK(murmur3("a") == 1009084850U);
  CHECK(murmur3("ab") == static_cast<std::uint32_t>(-1681926305));
  CHECK(murmur3("abc") == static_cast<std::uint32_t>(-1277324294));
  CHECK(murmur3("hello") == 613153351U);
}

TEST(terms_of_damaged_tables) {
  const std::string tables = small_tables({0, 1, 1, 1, 0, 0, 0, 4});
  const auto refused = [](std::string bytes) {
    return contains(error_of([&] {
                      return read_text_steps({reinterpret_cast<const std::byte*>(bytes.data()), bytes.size()});
                    }),
                    "MP401");
  };
  CHECK(!refused(tables));
  for (std::size_t size = 0; size < tables.size(); size += 7) CHECK(refused(tables.substr(0, size)));
  std::string other = tables;
  other[8] = 2;
  CHECK(refused(other));
}

}  // namespace
}  // namespace modelport::runtime
