// Counts the terms of every text by every step. Arguments: text.bin, texts (each its size in bytes as u32, then UTF-8),
// output (for each step and text: the number of terms, then their ids and counts, as u32).
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

#include "runtime/term_counter.hpp"

namespace {

std::string read(const char* path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void put(std::string& out, std::uint32_t value) {
  for (int i = 0; i < 4; ++i) out.push_back(static_cast<char>(value >> (8 * i)));
}

}  // namespace

int main(int count, char** values) {
  using namespace modelport::runtime;
  if (count != 4) return 2;
  const std::string tables = read(values[1]);
  const std::string texts = read(values[2]);
  std::string out;
  for (const TextStep& step : read_text_steps({reinterpret_cast<const std::byte*>(tables.data()), tables.size()})) {
    TermCounter counter(step);
    for (std::size_t at = 0; at < texts.size();) {
      std::size_t size = 0;
      for (std::size_t i = 4; i > 0; --i) size = size << 8 | static_cast<unsigned char>(texts[at + i - 1]);
      const auto& terms = counter.count(std::string_view(texts).substr(at + 4, size));
      put(out, static_cast<std::uint32_t>(terms.size()));
      for (const TermCount& term : terms) {
        put(out, term.id);
        put(out, static_cast<std::uint32_t>(term.count));
      }
      at += 4 + size;
    }
  }
  std::ofstream(values[3], std::ios::binary) << out;
  return 0;
}
