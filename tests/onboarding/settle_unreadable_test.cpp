// SPDX-License-Identifier: Apache-2.0
#include <florin/onboarding/onboard.hpp>
#include <florin/onboarding/settle.hpp>

#include <boost/test/unit_test.hpp>

#include <mutex>
#include <thread>

#include "onboarding/onboarding_bench.hpp"

/// Rows of a newer version, whose requests this one does not know.
BOOST_AUTO_TEST_SUITE(onboarding_settle_unreadable)
namespace {

using namespace florin_test;
using ob::State;

struct Newer : OnboardingBench<StripePolicy> {
  explicit Newer(bool doubt) : OnboardingBench(florin::testing::stripe()) {
    ob::Row row;
    row.key = {"m-1", "stripe", ""};
    row.request = R"({"merchant_customer_id":"m-1","of_a_newer_version":"x"})";
    row.attempts = 1;
    row.first_asked = row.asked = row.doubted = 900'000;
    row.doubt = doubt;
    row.state = doubt ? State::unknown : State::pending;
    const std::lock_guard lock{database->transaction};
    database->rows[row.key] = row;
  }
};

BOOST_AUTO_TEST_CASE(are_given_back_and_left_alone_for_a_while) {
  for (const bool doubt : {false, true}) {
    for (const bool async : {false, true}) {
      Newer bench{doubt};
      ob::SettleOptions<Client<StripePolicy>> options;
      options.on_row = [doubt](const ob::Row&, const Onboarding& answer) {
        const auto error = error_of(answer);
        BOOST_TEST((error.code == Errc::directory_failed));
        BOOST_TEST((error.outcome == (doubt ? Outcome::unknown : Outcome::no_effect)));
      };
      BOOST_TEST(bench.settle(async, options).value().open == 1u);
      const ob::Row row = bench.row("m-1");
      BOOST_TEST(row.lease == "");
      BOOST_TEST(row.attempts == 1);
      BOOST_TEST(row.doubt == doubt);
      BOOST_TEST(row.doubted == 900'000);
      BOOST_TEST((row.state == (doubt ? State::unknown : State::pending)));
      BOOST_TEST(row.error == "directory_failed");
      BOOST_TEST(row.due > bench.database->now);
      BOOST_TEST(row.due < bench.database->now + 60'000);
      BOOST_TEST(bench.settle(async, options).value().open == 0u);
      bench.database->now += 60'000;
      BOOST_TEST(bench.settle(async, options).value().open == 1u);
      BOOST_TEST(bench.sandbox.request_count() == 0u);
    }
  }
}

BOOST_AUTO_TEST_CASE(who_asks_for_one_that_is_in_doubt_leaves_it_to_others) {
  for (const bool async : {false, true}) {
    Newer bench{true};
    BOOST_TEST((error_of(bench.onboard(async, buyer("m-1"))).outcome == Outcome::unknown));
    for (int i = 0; i < 5'000 && !bench.row("m-1").lease.empty(); ++i)
      std::this_thread::sleep_for(1ms);
    BOOST_TEST(bench.row("m-1").lease == "");
    BOOST_TEST(bench.row("m-1").doubted == 900'000);
    BOOST_TEST(bench.sandbox.request_count() == 0u);
  }
}

}  // namespace
BOOST_AUTO_TEST_SUITE_END()
