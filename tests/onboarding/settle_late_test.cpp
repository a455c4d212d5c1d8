// SPDX-License-Identifier: Apache-2.0
#include <florin/onboarding/settle.hpp>
#include <florin/policies/rapyd.hpp>
#include <florin/testing/processors/rapyd.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <thread>

#include "numbered_customer.hpp"
#include "onboarding/onboarding_bench.hpp"

/// A database that answers when nobody waits any more.
BOOST_AUTO_TEST_SUITE(onboarding_settle_late)
namespace {

using namespace florin_test;
using namespace std::chrono_literals;

ob::DirectoryOptions impatient() {
  auto options = quick();
  options.patience = 50ms;
  return options;
}

BOOST_AUTO_TEST_CASE(row_that_is_taken_for_nobody_is_given_back) {
  for (const bool async : {false, true}) {
    OnboardingBench<florin::RapydPolicy> bench{florin::testing::rapyd(), impatient()};
    ob::Row pending;
    pending.key = {"m-1", "rapyd", ""};
    pending.attempts = 1;
    bench.database->rows[pending.key] = pending;
    bench.database->on_begin = [] { std::this_thread::sleep_for(200ms); };
    BOOST_TEST(error_of(bench.settle(async)).code == florin::Errc::directory_failed);
    // The transaction that has taken it, and the one that gives it back.
    for (int i = 0; i < 5'000 && bench.database->transactions < 2; ++i)
      std::this_thread::sleep_for(1ms);
    const ob::Row row = bench.row("m-1");
    BOOST_TEST(row.lease == "");
    BOOST_TEST(row.attempts == 1);
    BOOST_TEST(row.state == ob::State::pending);
    BOOST_TEST(!row.doubt);
  }
}

}  // namespace
BOOST_AUTO_TEST_SUITE_END()
