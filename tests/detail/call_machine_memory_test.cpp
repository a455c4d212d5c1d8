// SPDX-License-Identifier: Apache-2.0
#include <florin/detail/call_machine.hpp>
#include <florin/policies/dwolla.hpp>
#include <florin/policies/stripe.hpp>

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "machine_scene.hpp"
#include "support/allocations.hpp"
#include "support/skipped.hpp"

/// Each allocation of a call fails in turn: the call ends with an error of true outcome.
BOOST_AUTO_TEST_SUITE(detail_call_machine_memory,
                      *florin_test::not_under_tsan(florin_test::allocates))
namespace {

using namespace florin_test;
using florin::DwollaPolicy;
using florin::StripePolicy;
using std::string;

/// Nothing to remember, so that no allocation but the machine's is counted.
struct Blind {
  static void on_phase(const florin::PhaseEvent&) {}
  static void on_call(const florin::CallEvent&) {}
};

/// Drives a call as far as it comes. `answers`: one for each exchange; empty: the connection is
/// lost.
template <class P>
struct Drive {
  using Step = florin::detail::CallMachine::Step;

  Drive(const typename P::Credentials& credentials, florin::detail::TokenCache& tokens)
      : machine(credentials, &tokens) {}

  MachineOf<P> machine;
  net::TimePoint now{1000h};
  bool held = false;
  bool wrote = false;  ///< some of the request itself
  std::size_t exchanges = 0;

  void run(const florin::CreateRequest& request, Blind& observer,
           florin::detail::TokenCache::Waiter& waiter, const std::vector<string>& answers) {
    machine.begin(request, {}, observer);
    machine.launch(now + 100s, now);
    for (int steps = 0; machine.step() != Step::done && steps < 100; ++steps) {
      switch (machine.step()) {
        case Step::seek_token:
          machine.seek_token(waiter, now);
          break;
        case Step::acquire:
          held = true;
          machine.acquired(true, now);
          break;
        case Step::probe:
          machine.probed(true, now);
          break;
        case Step::write:
          if (!machine.unsent().starts_with("POST /token")) wrote = true;
          machine.written({}, machine.unsent().size(), now);
          break;
        case Step::read: {
          const string& answer = answers[exchanges++];
          std::memcpy(machine.room().data(), answer.data(), answer.size());
          machine.received(answer.empty() ? error_code{boost::asio::error::eof} : error_code{},
                           answer.size(), now);
          break;
        }
        case Step::release:
          held = false;
          machine.released();
          break;
        case Step::wait:
          now = machine.wake_time();
          machine.waited({}, now);
          break;
        default:
          return;
      }
    }
  }
};

struct Waiter final : florin::detail::TokenCache::Waiter {
  void wake() noexcept override {}
};

/// \return how many allocations there were.
template <class P>
std::size_t fail_each(const typename P::Credentials& credentials,
                      const std::vector<string>& answers) {
  const florin::CreateRequest request{
      .merchant_customer_id = string(90, 'm'), .email = "a@b.test", .name = "Ana Example"};
  for (std::size_t n = 0;; ++n) {
    BOOST_TEST_INFO_SCOPE("allocation " << n);
    florin::detail::TokenCache tokens;
    Blind observer;
    Waiter waiter;
    Drive<P> drive{credentials, tokens};
    AllocationFailure failure{n};
    drive.run(request, observer, waiter, answers);
    const bool happened = failure.happened();
    failure.stop();
    BOOST_TEST_REQUIRE((drive.machine.step() == Drive<P>::Step::done));
    BOOST_TEST(!drive.held);
    const auto answer = drive.machine.answer();
    if (!happened) {
      BOOST_TEST(answer.has_value());
      return n;
    }
    if (!answer) {
      const auto error = answer.error();
      BOOST_TEST((error.code == Errc::out_of_resources), error.what());
      BOOST_TEST((error.outcome == (drive.wrote ? Outcome::unknown : Outcome::no_effect)));
      BOOST_TEST(error.status_code == 503);
    }
    // Nobody waits for ever for a token that this call was to fetch.
    if constexpr (florin::ExchangesToken<P>) {
      Drive<P> next{credentials, tokens};
      next.machine.begin(request, {}, observer);
      next.machine.launch(net::never, next.now);
      next.machine.seek_token(waiter, next.now);
      BOOST_TEST((next.machine.step() == Drive<P>::Step::acquire));
      next.machine.abandon();
    }
  }
}

}  // namespace

BOOST_AUTO_TEST_CASE(of_a_call) {
  const string failure = http_text(
      429, R"({"error":{"type":"rate_limit_error","message":")" + string(60, 'x') + R"("}})");
  const string success =
      http_text(200, R"({"id":"cus_1"})", "Request-Id: " + string(60, 'r') + "\r\n");
  const florin::StripePolicy::Credentials credentials{.api_key = "sk_test_EXAMPLE"};
  BOOST_TEST(fail_each<StripePolicy>(credentials, {success}) > 3u);
  BOOST_TEST(fail_each<StripePolicy>(credentials, {failure, "", success}) > 6u);
}

BOOST_AUTO_TEST_CASE(of_a_call_that_fetches_a_token) {
  const string token =
      http_text(200, R"({"access_token":")" + string(100, 't') + R"(","expires_in":1000})");
  const string created = http_text(201, "", "Location: https://api.dwolla.com/customers/c-1\r\n");
  const florin::DwollaPolicy::Credentials credentials{.client_id = "id", .client_secret = "secret"};
  BOOST_TEST(fail_each<DwollaPolicy>(credentials, {token, "", created}) > 6u);
}

BOOST_AUTO_TEST_SUITE_END()
