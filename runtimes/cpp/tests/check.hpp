// SPDX-License-Identifier: Apache-2.0
// As much of a test framework as these tests need: cases that register themselves, and CHECK.
#pragma once

#include <modelport/types.hpp>
#include <string>

namespace modelport::testing {

/// A test case, which runs when main() comes to it.
class Case {
 public:
  Case(const char* name, void (*body)());

  const char* name;
  void (*body)();
  Case* next;
};

/// Says that a check failed.
void fail(const char* file, int line, const std::string& what);

/// Runs every case; returns how many checks failed.
int run_all();

/// The Error that a call throws, as text; empty when it throws none.
template <class Call>
std::string error_of(Call call) {
  try {
    static_cast<void>(call());
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

inline bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace modelport::testing

#define TEST(name)                                                   \
  static void name();                                                \
  static const ::modelport::testing::Case name##_case(#name, &name); \
  static void name()

#define CHECK(...)                                                                    \
  do {                                                                                \
    if (!(__VA_ARGS__)) ::modelport::testing::fail(__FILE__, __LINE__, #__VA_ARGS__); \
  } while (false)
