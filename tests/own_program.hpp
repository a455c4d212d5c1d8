// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <string>

#include <fcntl.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

namespace florin_test {

inline constexpr const char* own_program_variable = "FLORIN_TEST_EXIT";

/// The exit code of one that has come to the end that it is to come to; what runs no case has
/// another.
inline constexpr int own_program_ended = 42;

/// Whether this is a program that runs one case, see `run_own_program`.
inline bool is_own_program() {
  return std::getenv(own_program_variable) != nullptr;
}

/// Runs the calling case in a program of its own, which is to end in the way that is tried.
/// \return its wait status.
inline int run_own_program() {
  const std::string name =
      "--run_test=" + boost::unit_test::framework::current_test_case().full_name();
  const ::pid_t child = ::fork();
  if (child == 0) {
    ::setenv(own_program_variable, "1", 1);
    for (const char* other : {"FLORIN_TEST_EVENTS", "FLORIN_TEST_FILTER", "FLORIN_TEST_EXCEPT",
                              "FLORIN_TEST_PART", "FLORIN_MUTANT_TRACE", "FLORIN_MUTANT_CASES"})
      ::unsetenv(other);
    // What only the threads refer to that a child does not have counts as leaked.
    const char* const sanitizer = std::getenv("ASAN_OPTIONS");
    ::setenv("ASAN_OPTIONS",
             (std::string{sanitizer == nullptr ? "" : sanitizer} + ":detect_leaks=0").c_str(), 1);
    const int nowhere = ::open("/dev/null", O_WRONLY);
    ::dup2(nowhere, 1);
    ::alarm(120);
    ::execl("/proc/self/exe", "unit", name.c_str(), "--catch_system_errors=no", nullptr);
    ::_exit(99);
  }
  int status = 0;
  BOOST_TEST_REQUIRE(::waitpid(child, &status, 0) == child);
  return status;
}

}  // namespace florin_test
