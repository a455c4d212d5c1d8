// SPDX-License-Identifier: Apache-2.0
#include <florin/client.hpp>
#include <florin/policies/stripe.hpp>
#include <florin/testing/processors/stripe.hpp>
#include <florin/testing/sandbox.hpp>

#include <boost/asio/detached.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <future>
#include <signal.h>
#include <string>
#include <thread>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client_fixture.hpp"

/// How a program ends with the library at work. Each case runs this program anew for itself alone,
/// with a variable set, and looks at how that one has ended.
BOOST_AUTO_TEST_SUITE(process_exit)
namespace {

using namespace florin_test;
using namespace std::chrono_literals;

constexpr const char* variable = "FLORIN_TEST_EXIT";

/// Whether this is the program that is to end.
bool is_the_one() {
  return std::getenv(variable) != nullptr;
}

/// Runs the calling case in a program of its own.
/// \return its wait status.
int run_alone() {
  const std::string name =
      "--run_test=process_exit/" + boost::unit_test::framework::current_test_case().p_name.get();
  const ::pid_t child = ::fork();
  if (child == 0) {
    ::setenv(variable, "1", 1);
    for (const char* other : {"FLORIN_TEST_EVENTS", "FLORIN_TEST_FILTER", "FLORIN_TEST_EXCEPT"})
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

/// What has been registered first runs last, e.g. behind OpenSSL's own.
void take_time_at_the_end() {
  std::atexit([] { std::this_thread::sleep_for(300ms); });
}

}  // namespace

BOOST_AUTO_TEST_CASE(while_other_threads_are_in_calls_over_tls) {
  if (!is_the_one()) {
    const int status = run_alone();
    BOOST_TEST(WIFEXITED(status));
    BOOST_TEST(WEXITSTATUS(status) == 0);
    return;
  }
  take_time_at_the_end();
  Sandbox sandbox{florin::testing::stripe(), {.threads = 2}};
  auto options = options_for(sandbox);
  std::atomic<int> calls{0};
  const auto loop = [&](bool async) {
    for (;;) {
      // A client of its own each time, for handshakes.
      Client<StripePolicy> client{{.api_key = sandbox.credential()}, options};
      for (int i = 0; i < 5; ++i) {
        if (async) {
          (void)client.async_create(buyer("m"), boost::asio::use_future).get();
        } else {
          (void)client.create(buyer("m"));
        }
        ++calls;
      }
    }
  };
  for (const bool async : {false, true, false, true}) std::thread{loop, async}.detach();
  while (calls < 40) std::this_thread::sleep_for(1ms);
  std::exit(0);
}

BOOST_AUTO_TEST_CASE(of_a_child_that_was_forked_after_asynchronous_calls) {
  if (!is_the_one()) {
    const int status = run_alone();
    BOOST_TEST(WIFEXITED(status));
    BOOST_TEST(WEXITSTATUS(status) == 0);
    return;
  }
  StripeFixture f;
  if (!call(f.client, true, buyer("m1"))) std::exit(1);
  const ::pid_t child = ::fork();
  if (child == 0) {
    ::alarm(60);
    std::exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  ::_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 2);
}

BOOST_AUTO_TEST_SUITE_END()
