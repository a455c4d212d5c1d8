// SPDX-License-Identifier: Apache-2.0
#include <florin/onboarding/detail/request_text.hpp>
#include <florin/onboarding/settle.hpp>
#include <florin/policies/stax.hpp>
#include <florin/testing/processors/stax.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <mutex>
#include <string>
#include <vector>

#include "numbered_customer.hpp"
#include "onboarding/onboarding_bench.hpp"

/// What `settle` is told, and what it makes of it.
BOOST_AUTO_TEST_SUITE(onboarding_settle_options)
namespace {

using namespace florin_test;
using florin::StaxPolicy;
using Kind = Fault::Kind;

constexpr auto endless = std::chrono::milliseconds::max();

/// Rows that nobody has asked for yet.
template <class P>
void leave(OnboardingBench<P>& bench, std::size_t count) {
  const std::lock_guard lock{bench.database->transaction};
  for (std::size_t i = 0; i < count; ++i) {
    const ob::Row row = row_of(numbered_customer(i), std::string{P::name});
    bench.database->rows[row.key] = row;
  }
}

ob::DirectoryOptions with_margin(std::chrono::milliseconds margin) {
  auto options = quick();
  options.lease_margin = margin;
  return options;
}

BOOST_AUTO_TEST_CASE(a_row_is_one_workers_own_however_long_its_call_may_take) {
  for (const auto margin : {std::chrono::milliseconds{300}, endless}) {
    for (const bool async : {false, true}) {
      OnboardingBench<StaxPolicy> bench{florin::testing::stax(), with_margin(margin)};
      leave(bench, 1);
      bench.sandbox.fault({.kind = Kind::delay, .store = true, .delay = 300ms, .times = 2});
      std::vector<ob::DatabaseTime> leases;
      ob::SettleOptions<Client<StaxPolicy>> options;
      options.call.deadline = endless;
      options.at_once = 2;
      options.on_row = [&leases](const ob::Row& row, const Onboarding&) {
        leases.push_back(row.lease_until);
      };
      BOOST_TEST(bench.settle(async, options).has_value());
      BOOST_TEST(bench.sandbox.customers().size() == 1u);
      BOOST_TEST_REQUIRE(leases.size() == 1u);
      BOOST_TEST(leases.front() > bench.database->now + 3'600'000);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_lease_may_last_for_ever) {
  for (const bool async : {false, true}) {
    OnboardingBench<StripePolicy> bench{florin::testing::stripe(), with_margin(endless)};
    ob::DatabaseTime until = 0;
    bench.database->on_begin = [&] {
      if (const auto row = bench.database->row("m-1")) until = row->lease_until;
    };
    BOOST_TEST(bench.onboard(async, buyer("m-1")).has_value());
    BOOST_TEST(until > bench.database->now + 3'600'000);
  }
}

BOOST_AUTO_TEST_CASE(a_call_without_time_puts_no_row_in_doubt) {
  for (const bool async : {false, true}) {
    OnboardingBench<StripePolicy> bench{florin::testing::stripe()};
    leave(bench, 1);
    ob::SettleOptions<Client<StripePolicy>> options;
    options.call.deadline = -1h;
    options.on_row = [&bench](const ob::Row& row, const Onboarding&) {
      BOOST_TEST(row.lease_until > bench.database->now);
    };
    BOOST_TEST(bench.settle(async, options).value().open == 1u);
    BOOST_TEST(!bench.row("customer-0").doubt);
  }
}

BOOST_AUTO_TEST_CASE(no_key_is_taken_for_all_rows) {
  for (const bool async : {false, true}) {
    OnboardingBench<StripePolicy> bench{florin::testing::stripe()};
    leave(bench, 2);
    ob::SettleOptions<Client<StripePolicy>> options;
    options.call.idempotency_key = "one for all";
    const auto error = error_of(bench.settle(async, options));
    BOOST_TEST((error.code == Errc::invalid_options));
    BOOST_TEST(error.connector == "stripe");
    BOOST_TEST(bench.sandbox.request_count() == 0u);
    BOOST_TEST(bench.database->transactions == 0);
  }
}

}  // namespace
BOOST_AUTO_TEST_SUITE_END()
