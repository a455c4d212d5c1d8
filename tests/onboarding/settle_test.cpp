// SPDX-License-Identifier: Apache-2.0
#include <florin/onboarding/detail/request_text.hpp>
#include <florin/onboarding/settle.hpp>
#include <florin/policies/rapyd.hpp>
#include <florin/testing/processors/rapyd.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <future>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "numbered_customer.hpp"
#include "onboarding/onboarding_bench.hpp"

/// What crashes and unknown outcomes have left.
BOOST_AUTO_TEST_SUITE(onboarding_settle)
namespace {

using namespace florin_test;
using florin::RapydPolicy;
using ob::State;
using Kind = Fault::Kind;

/// A row as a process has left it that died when it had asked, or had not.
template <class P>
void leave(OnboardingBench<P>& bench, const CreateRequest& request, ob::DatabaseTime asked,
           bool doubt = true) {
  const std::lock_guard lock{bench.database->transaction};
  ob::Row row = row_of(request, std::string{P::name});
  row.first_asked = row.asked = asked;
  row.attempts = 1;
  if (doubt) {
    row.lease = "dead";
    row.lease_until = asked + 10;
  }
  bench.database->rows[row.key] = row;
}

struct Stripe : OnboardingBench<StripePolicy> {
  Stripe() : OnboardingBench(florin::testing::stripe()) {}
};

BOOST_AUTO_TEST_CASE(asks_for_what_was_left_oldest_first) {
  for (const bool async : {false, true}) {
    Stripe bench;
    std::vector<std::string> order;
    for (std::size_t i = 0; i < 9; ++i)
      leave(bench, numbered_customer(i), 900 - 100 * static_cast<ob::DatabaseTime>(i), i % 2 == 0);
    BOOST_TEST_REQUIRE(bench.client.ensure(numbered_customer(4)).has_value());
    ob::SettleOptions<Client<StripePolicy>> options;
    options.at_once = 1;
    options.on_row = [&order](const ob::Row& row, const Onboarding& answer) {
      order.push_back(row.key.merchant_customer_id);
      BOOST_TEST(answer.has_value());
    };
    const auto settled = bench.settle(async, options);
    BOOST_TEST_REQUIRE(settled.has_value());
    BOOST_TEST(settled->active == 9u);
    BOOST_TEST(settled->open == 0u);
    BOOST_TEST(settled->unsettled.empty());
    BOOST_TEST_REQUIRE(order.size() == 9u);
    BOOST_TEST(order.front() == "customer-8");
    BOOST_TEST(order.back() == "customer-0");
    BOOST_TEST(bench.sandbox.customers().size() == 9u);
    for (std::size_t i = 0; i < 9; ++i)
      BOOST_TEST(bench.row(numbered_customer(i).merchant_customer_id).state == State::active);
  }
}

BOOST_AUTO_TEST_CASE(leaves_alone_what_is_not_due_or_is_worked_at) {
  for (const bool async : {false, true}) {
    Stripe bench;
    for (std::size_t i = 0; i < 4; ++i) leave(bench, numbered_customer(i), 100);
    const auto at = [&](std::size_t i, const std::function<void(ob::Row&)>& change) {
      bench.database->change(numbered_customer(i).merchant_customer_id, change);
    };
    at(0, [&](ob::Row& row) { row.lease_until = bench.database->now + 1; });
    at(1, [&](ob::Row& row) { row.due = bench.database->now + 1; });
    at(2, [](ob::Row& row) { row.state = State::refused; });
    const auto settled = bench.settle(async);
    BOOST_TEST_REQUIRE(settled.has_value());
    BOOST_TEST(settled->active == 1u);
    BOOST_TEST(bench.sandbox.customers().size() == 1u);
    bench.database->now += 1;
    BOOST_TEST(bench.settle(async).value().active == 2u);
  }
}

BOOST_AUTO_TEST_CASE(ends_though_the_processor_is_down) {
  for (const bool async : {false, true}) {
    Stripe bench;
    for (std::size_t i = 0; i < 5; ++i) leave(bench, numbered_customer(i), 100, false);
    bench.sandbox.fault({.kind = Kind::rate_limited, .retry_after = "7", .times = 5});
    ob::SettleOptions<Client<StripePolicy>> options;
    options.call.retries = 0;
    options.call.deadline = 2s;
    const auto settled = bench.settle(async, options);
    BOOST_TEST_REQUIRE(settled.has_value());
    BOOST_TEST(settled->active + settled->open == 5u);
    BOOST_TEST(bench.directory.count({.connector = "stripe"}).value().active == settled->active);
    bench.sandbox.clear_faults();
    bench.database->now += 3'600'000;
    BOOST_TEST(bench.settle(async).value().active == settled->open);
  }
}

BOOST_AUTO_TEST_CASE(what_can_only_be_reported_is_listed_and_not_asked_for) {
  for (const bool async : {false, true}) {
    OnboardingBench<RapydPolicy> bench{florin::testing::rapyd()};
    for (std::size_t i = 0; i < 4; ++i) leave(bench, numbered_customer(i), 100, i != 3);
    const auto settled = bench.settle(async);
    BOOST_TEST_REQUIRE(settled.has_value());
    BOOST_TEST(settled->active == 1u);  // of which nobody doubts that it was not asked for
    BOOST_TEST_REQUIRE(settled->unsettled.size() == 3u);
    BOOST_TEST(settled->unsettled.front().key.merchant_customer_id == "customer-0");
    BOOST_TEST(settled->open == 0u);
    BOOST_TEST(bench.sandbox.customers().size() == 1u);
    ob::SettleOptions<Client<RapydPolicy>> options;
    options.listed = 2;
    const auto again = bench.settle(async, options);
    BOOST_TEST_REQUIRE(again.has_value());
    BOOST_TEST(again->active == 0u);
    BOOST_TEST(again->unsettled.size() == 2u);
  }
}

BOOST_AUTO_TEST_CASE(several_share_the_rows) {
  Stripe bench;
  for (std::size_t i = 0; i < 60; ++i)
    leave(bench, numbered_customer(i), 100 + static_cast<ob::DatabaseTime>(i));
  ob::Directory other{MemoryStore{bench.database}, quick()};
  auto one = ob::async_settle(bench.client, bench.directory, boost::asio::use_future);
  auto two = ob::async_settle(bench.client, other, boost::asio::use_future);
  const auto three = ob::settle(bench.client, other);
  const auto first = take(std::move(one));
  const auto second = take(std::move(two));
  BOOST_TEST_REQUIRE((first && second && three));
  BOOST_TEST(first->active + second->active + three->active == 60u);
  BOOST_TEST(bench.sandbox.request_count() == 60u);
}

BOOST_AUTO_TEST_CASE(cancelled_it_ends_with_what_was_done) {
  Stripe bench;
  for (std::size_t i = 0; i < 20; ++i) leave(bench, numbered_customer(i), 100);
  bench.sandbox.fault({.kind = Kind::none, .times = 3});
  bench.sandbox.fault({.kind = Kind::silent, .times = 20});
  boost::asio::cancellation_signal signal;
  std::promise<florin::Result<ob::Settled>> told;
  ob::SettleOptions<Client<StripePolicy>> options;
  options.at_once = 4;
  ob::async_settle(bench.client, bench.directory, options,
                   boost::asio::bind_cancellation_slot(signal.slot(),
                                                       [&told](florin::Result<ob::Settled> answer) {
                                                         told.set_value(std::move(answer));
                                                       }));
  while (bench.sandbox.request_count() < 7) std::this_thread::yield();
  signal.emit(boost::asio::cancellation_type::terminal);
  const auto settled = take(told.get_future());
  BOOST_TEST_REQUIRE(settled.has_value());
  BOOST_TEST(settled->active == 3u);
  const std::lock_guard lock{bench.database->transaction};
  std::size_t cancelled = 0;
  for (const auto& [key, row] : bench.database->rows) {
    BOOST_TEST((row.lease.empty() || row.lease == "dead"));
    if (row.error == "cancelled") ++cancelled;
  }
  BOOST_TEST(cancelled == 4u);  // those under way, which would have gone on until their deadline
}

BOOST_AUTO_TEST_CASE(what_the_processor_refuses_is_settled) {
  for (const bool async : {false, true}) {
    Stripe bench;
    leave(bench, numbered_customer(1), 100, false);
    bench.sandbox.fault(refused_by_stripe());
    const auto settled = bench.settle(async);
    BOOST_TEST_REQUIRE(settled.has_value());
    BOOST_TEST(settled->refused == 1u);
    BOOST_TEST(settled->open == 0u);
    BOOST_TEST(settled->active == 0u);
    BOOST_TEST(bench.row("customer-1").state == State::refused);
  }
}

BOOST_AUTO_TEST_CASE(all_that_stays_is_listed_however_much_it_is) {
  OnboardingBench<RapydPolicy> bench{florin::testing::rapyd()};
  ob::SettleOptions<Client<RapydPolicy>> options;
  options.listed = 3 * ob::Listing{}.limit;
  const std::size_t left = ob::Listing{}.limit + 2;
  {
    const std::lock_guard lock{bench.database->transaction};
    for (std::size_t i = 0; i < left; ++i) {
      ob::Row row;
      row.key = {"customer-" + std::to_string(i), "rapyd", ""};
      row.state = State::unknown;
      row.due = ob::never;
      bench.database->rows[row.key] = row;
    }
  }
  for (const bool async : {false, true}) {
    const auto settled = bench.settle(async, options);
    BOOST_TEST_REQUIRE(settled.has_value());
    std::set<std::string> names;
    for (const ob::Row& row : settled->unsettled) names.insert(row.key.merchant_customer_id);
    BOOST_TEST(settled->unsettled.size() == left);
    BOOST_TEST(names.size() == left);
  }
}

BOOST_AUTO_TEST_CASE(a_directory_that_cannot_be_read_is_told) {
  for (const bool async : {false, true}) {
    ob::DirectoryOptions options = quick();
    options.patience = 100ms;
    OnboardingBench<StripePolicy> bench{florin::testing::stripe(), options};
    bench.database->unreachable = true;
    const auto error = error_of(bench.settle(async));
    BOOST_TEST((error.code == Errc::directory_failed));
    BOOST_TEST(error.connector_message == "the server is gone");
  }
}

}  // namespace
BOOST_AUTO_TEST_SUITE_END()
