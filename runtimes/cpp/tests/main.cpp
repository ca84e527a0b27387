// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <exception>

#include "check.hpp"

namespace modelport::testing {
namespace {

Case* first_case = nullptr;
int failures = 0;

}  // namespace

Case::Case(const char* case_name, void (*case_body)()) : name(case_name), body(case_body), next(first_case) {
  first_case = this;
}

void fail(const char* file, int line, const std::string& what) {
  ++failures;
  std::printf("%s:%d: %s\n", file, line, what.c_str());
}

int run_all() {
  int count = 0;
  for (const Case* test = first_case; test != nullptr; test = test->next, ++count) {
    try {
      test->body();
    } catch (const std::exception& error) {
      fail(test->name, 0, error.what());
    }
  }
  std::printf("%d cases, %d failures\n", count, failures);
  return failures;
}

}  // namespace modelport::testing

int main() { return modelport::testing::run_all() == 0 ? 0 : 1; }
