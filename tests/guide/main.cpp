// SPDX-License-Identifier: Apache-2.0
// Runs the code blocks of the guide, in TAP. FLORIN_TEST_FILTER is a glob of their names.

#include <cstdlib>
#include <exception>
#include <fnmatch.h>
#include <iostream>
#include <string>

#include "guide/case.hpp"

int main() {
  const char* const filter = std::getenv("FLORIN_TEST_FILTER");
  // What blocks print is no result.
  std::ostream tap{std::cout.rdbuf()};
  std::cout.rdbuf(std::cerr.rdbuf());
  int number = 0;
  int failures = 0;
  for (const auto& [name, run] : guide::cases) {
    if (filter != nullptr && *filter != '\0' && ::fnmatch(filter, name.data(), 0) != 0) continue;
    std::string why;
    try {
      if (run) run();
    } catch (const std::exception& problem) {
      why = problem.what();
    }
    failures += why.empty() ? 0 : 1;
    tap << (why.empty() ? "ok " : "not ok ") << ++number << " - " << name << '\n';
    if (!why.empty()) tap << "# " << why << '\n';
  }
  tap << (number == 0 ? "1..0 # SKIP no case matches the filter" : "1.." + std::to_string(number))
      << std::endl;
  std::cout.rdbuf(tap.rdbuf());
  return failures == 0 ? 0 : 1;
}
