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
#include <string>
#include <thread>

#include <sys/wait.h>
#include <unistd.h>

#include "client_fixture.hpp"
#include "own_program.hpp"

/// How a program ends with the library at work. Each case runs this program anew for itself alone,
/// with a variable set, and looks at how that one has ended.
BOOST_AUTO_TEST_SUITE(process_exit)
namespace {

using namespace florin_test;
using namespace std::chrono_literals;

/// What has been registered first runs last, e.g. behind OpenSSL's own.
void take_time_at_the_end() {
  std::atexit([] { std::this_thread::sleep_for(300ms); });
}

}  // namespace

BOOST_AUTO_TEST_CASE(while_other_threads_are_in_calls_over_tls) {
  if (!is_own_program()) {
    const int status = run_own_program();
    BOOST_TEST(WIFEXITED(status));
    BOOST_TEST(WEXITSTATUS(status) == own_program_ended);
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
  std::exit(own_program_ended);
}

BOOST_AUTO_TEST_CASE(of_a_child_that_was_forked_after_asynchronous_calls) {
  if (!is_own_program()) {
    const int status = run_own_program();
    BOOST_TEST(WIFEXITED(status));
    BOOST_TEST(WEXITSTATUS(status) == own_program_ended);
    return;
  }
  StripeFixture f;
  if (!call(f.client, true, buyer("m1"))) std::exit(1);
  const ::pid_t child = ::fork();
  if (child == 0) {
    ::alarm(60);
    std::exit(own_program_ended);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  ::_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 2);
}

BOOST_AUTO_TEST_SUITE_END()
