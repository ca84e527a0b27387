// SPDX-License-Identifier: Apache-2.0
// Reads text.bin.
#include "runtime/text_step.hpp"

#include <string_view>

namespace modelport::runtime {
namespace {

constexpr std::string_view TABLES_MAGIC = "MPTOKENS";
constexpr std::uint32_t TABLES_VERSION = 1;

[[noreturn]] void damaged_tables() {
  throw Error(ErrorCode::damaged_model, "the tables of the text steps cannot be read", "text.bin of the library",
              "take the library again from its bundle, or generate it again");
}

/// A table: bytes, or numbers of four bytes each.
struct Table {
  std::string_view bytes;

  [[nodiscard]] std::vector<std::uint32_t> numbers() const {
    std::vector<std::uint32_t> values(bytes.size() / 4);
    for (std::size_t i = 0; i < values.size(); ++i) {
      for (std::size_t k = 4; k > 0; --k) {
        values[i] = values[i] << 8 | static_cast<unsigned char>(bytes[4 * i + k - 1]);
      }
    }
    return values;
  }
};

class TableReader {
 public:
  explicit TableReader(std::string_view bytes) : rest_(bytes) {}

  std::string_view take(std::size_t count) {
    if (count > rest_.size()) damaged_tables();
    const std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }

  std::uint32_t number() { return Table{take(4)}.numbers().front(); }

  Table table() {
    const bool wide = take(1).front() != 0;
    const std::uint64_t low = number();
    const std::uint64_t size = low | static_cast<std::uint64_t>(number()) << 32;
    if (size > rest_.size()) damaged_tables();
    return {take(static_cast<std::size_t>(size) * (wide ? 4 : 1))};
  }

 private:
  std::string_view rest_;
};

TokenProgram program_of(const Table& code, const Table& starts, const Table& ranges) {
  TokenProgram found{code.numbers(), {}};
  const std::vector<std::uint32_t> first = starts.numbers();
  const std::vector<std::uint32_t> all = ranges.numbers();
  for (std::size_t i = 0; i + 1 < first.size(); ++i) {
    found.sets.emplace_back(Span<const std::uint32_t>(all.data() + first[i], first[i + 1] - first[i]));
  }
  return found;
}

CodeSet set_of(const Table& table) {
  const std::vector<std::uint32_t> ranges = table.numbers();
  return CodeSet(Span<const std::uint32_t>(ranges));
}

}  // namespace

std::vector<TextStep> read_text_steps(Span<const std::byte> file) {
  TableReader reader({reinterpret_cast<const char*>(file.data()), file.size()});
  if (reader.take(TABLES_MAGIC.size()) != TABLES_MAGIC || reader.number() != TABLES_VERSION) damaged_tables();
  const std::uint32_t tables = reader.number();
  const std::uint32_t count = reader.number();
  std::vector<Table> pool;
  for (std::uint32_t i = 0; i < tables; ++i) pool.push_back(reader.table());
  std::vector<TextStep> steps;
  for (std::uint32_t i = 0; i < count; ++i) {
    std::array<std::uint32_t, 8> option{};
    for (std::uint32_t& value : option) value = reader.number();
    std::array<Table, 16> table;
    for (Table& one : table) {
      const std::uint32_t index = reader.number();
      if (index >= pool.size()) damaged_tables();
      one = pool[index];
    }
    const auto map = [&](std::size_t first) {
      return CodeMap(table[first].numbers(), table[first + 1].numbers(), table[first + 2].numbers());
    };
    const auto terms = [&](std::size_t first) {
      return TermIndex(table[first].numbers(), std::string(table[first + 1].bytes));
    };
    steps.push_back({
        static_cast<Analyzer>(option[0]),
        option[1],
        option[2],
        option[3] != 0,
        static_cast<Accents>(option[4]),
        static_cast<Counting>(option[5]),
        option[6] != 0,
        option[7],
        map(0),
        map(3),
        set_of(table[6]),
        set_of(table[7]),
        set_of(table[8]),
        program_of(table[9], table[10], table[11]),
        terms(12),
        terms(14),
    });
  }
  return steps;
}

}  // namespace modelport::runtime
