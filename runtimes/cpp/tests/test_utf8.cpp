// SPDX-License-Identifier: Apache-2.0
#include <string_view>

#include "check.hpp"
#include "runtime/utf8.hpp"

namespace modelport::runtime {
namespace {

TEST(utf8_that_is_well_formed) {
  CHECK(is_utf8(""));
  CHECK(is_utf8(std::string_view("a\0b", 3)));
  CHECK(is_utf8("\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80 \xF4\x8F\xBF\xBF \xEF\xBF\xBF"));
}

TEST(utf8_that_is_not) {
  for (const std::string_view text : {
           "\x80",              // a continuation alone
           "\xC3",              // cut off
           "\xE2\x82",          // cut off
           "\xC0\xAF",          // overlong
           "\xE0\x9F\xBF",      // overlong
           "\xF0\x8F\xBF\xBF",  // overlong
           "\xED\xA0\x80",      // a surrogate
           "\xF4\x90\x80\x80",  // above U+10FFFF
           "\xF5\x80\x80\x80",
           "\xFF",
           "a\xE2\x28\xA1",
       }) {
    CHECK(!is_utf8(text));
  }
}

}  // namespace
}  // namespace modelport::runtime
