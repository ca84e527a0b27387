// SPDX-License-Identifier: Apache-2.0
// Sets of code points, what code points become, and texts as code points.
#include "runtime/code_points.hpp"

namespace modelport::runtime {

void read_codes(std::string_view utf8, Codes& codes) {
  codes.clear();
  for (std::size_t i = 0; i < utf8.size();) {
    const auto lead = static_cast<unsigned char>(utf8[i++]);
    const int more = lead < 0x80 ? 0 : lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
    // The lead byte keeps 7, 5, 4 or 3 bits.
    char32_t code = more == 0 ? lead : lead & (0x3FU >> more);
    for (int k = 0; k < more && i < utf8.size(); ++k) code = code << 6 | (static_cast<unsigned char>(utf8[i++]) & 0x3FU);
    codes.push_back(code);
  }
}

void PlacedText::assign(const Codes& codes) {
  utf8.clear();
  places.clear();
  const auto add = [&](char32_t bits) { utf8.push_back(static_cast<char>(bits)); };
  for (const char32_t code : codes) {
    places.push_back(utf8.size());
    if (code < 0x80) {
      add(code);
    } else if (code < 0x800) {
      add(0xC0 | code >> 6);
      add(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
      add(0xE0 | code >> 12);
      add(0x80 | (code >> 6 & 0x3F));
      add(0x80 | (code & 0x3F));
    } else {
      add(0xF0 | code >> 18);
      add(0x80 | (code >> 12 & 0x3F));
      add(0x80 | (code >> 6 & 0x3F));
      add(0x80 | (code & 0x3F));
    }
  }
  places.push_back(utf8.size());
}

}  // namespace modelport::runtime
