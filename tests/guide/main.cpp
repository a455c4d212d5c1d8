// SPDX-License-Identifier: Apache-2.0
// Runs the code blocks of the guide, in TAP. FLORIN_TEST_FILTER is a glob of their names.

#include <cstdlib>
#include <exception>
#include <fnmatch.h>
#include <fstream>

#include <unistd.h>

#include "guide/scene.hpp"

namespace {

/// A file with the sandbox's roots, for programs that read their settings from the environment.
struct RootsFile {
  explicit RootsFile(const std::string& pem)
      : path("guide-roots-" + std::to_string(::getpid()) + ".pem") {
    std::ofstream{path} << pem;
  }
  ~RootsFile() { ::unlink(path.c_str()); }
  RootsFile(const RootsFile&) = delete;
  RootsFile& operator=(const RootsFile&) = delete;
  std::string path;
};

}  // namespace

void guide::run_program(int (*program)()) {
  florin::testing::Sandbox sandbox{florin::testing::stripe()};
  const RootsFile roots{sandbox.ca_pem()};
  ::setenv("STRIPE_API_KEY", sandbox.credential().c_str(), 1);
  ::setenv("STRIPE_BASE_URL", sandbox.base_url().c_str(), 1);
  ::setenv("STRIPE_CA_FILE", roots.path.c_str(), 1);
  // A program has threads, and thereby a default client, of its own.
  int result = -1;
  std::thread{[&] { result = program(); }}.join();
  CHECK(result == 0);
  CHECK(sandbox.count("cust_user_12345") == 1);
}

int main() {
  const char* const filter = std::getenv("FLORIN_TEST_FILTER");
  int number = 0;
  int failures = 0;
  for (const auto& [name, run] : guide::cases) {
    if (filter != nullptr && *filter != '\0' && ::fnmatch(filter, name.data(), 0) != 0) continue;
    std::string why;
    try {
      run();
    } catch (const std::exception& problem) {
      why = problem.what();
    }
    failures += why.empty() ? 0 : 1;
    std::cout << (why.empty() ? "ok " : "not ok ") << ++number << " - " << name << '\n';
    if (!why.empty()) std::cout << "# " << why << '\n';
  }
  std::cout << (number == 0 ? "1..0 # SKIP no case matches the filter"
                            : "1.." + std::to_string(number))
            << std::endl;
  return failures == 0 ? 0 : 1;
}
