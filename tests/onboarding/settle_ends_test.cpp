// SPDX-License-Identifier: Apache-2.0
#include <florin/onboarding/detail/request_text.hpp>
#include <florin/onboarding/settle.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <future>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "numbered_customer.hpp"
#include "onboarding/onboarding_bench.hpp"

/// An asynchronous `settle` that is ended.
BOOST_AUTO_TEST_SUITE(onboarding_settle_ends)
namespace {

using namespace florin_test;
using ob::State;
using Kind = Fault::Kind;
using Answer = florin::Result<ob::Settled>;
using Options = ob::SettleOptions<Client<StripePolicy>>;

/// Rows that nobody has asked for yet, and who settles them.
struct Stripe : OnboardingBench<StripePolicy> {
  explicit Stripe(std::size_t rows) : OnboardingBench(florin::testing::stripe()) {
    for (std::size_t i = 0; i < rows; ++i) {
      const ob::Row row = row_of(numbered_customer(i));
      database->rows[row.key] = row;
    }
  }
  /// Begins to settle, until `stop` says so.
  std::future<Answer> begin(const ob::Directory& where, const Options& options = {}) {
    const auto told = std::make_shared<std::promise<Answer>>();
    ob::async_settle(client, where, options,
                     boost::asio::bind_cancellation_slot(stop.slot(), [told](Answer answer) {
                       told->set_value(std::move(answer));
                     }));
    return told->get_future();
  }
  void end() { stop.emit(boost::asio::cancellation_type::terminal); }

  boost::asio::cancellation_signal stop{};
};

/// A store whose lists wait until they are let go.
struct UnlistedStore : MemoryStore {
  UnlistedStore(std::shared_ptr<MemoryDatabase> database, std::shared_ptr<std::atomic<bool>> asked,
                std::shared_future<void> let_go)
      : MemoryStore(std::move(database)), within(std::move(asked)), opened(std::move(let_go)) {}

  std::vector<ob::Row> list(const ob::Listing& listing) {
    *within = true;
    opened.wait();
    return MemoryStore::list(listing);
  }

  std::shared_ptr<std::atomic<bool>> within;
  std::shared_future<void> opened;
};

BOOST_AUTO_TEST_CASE(by_who_is_told_of_a_row) {
  for (const std::size_t at_once : {1u, 4u}) {
    Stripe bench{20};
    std::size_t rows = 0;
    Options options;
    options.at_once = at_once;
    options.on_row = [&](const ob::Row&, const Onboarding&) {
      if (++rows == 3) bench.end();
    };
    const auto settled = take(bench.begin(bench.directory, options));
    BOOST_TEST_REQUIRE(settled.has_value());
    BOOST_TEST(settled->active + settled->open == rows);
    BOOST_TEST(rows >= 3u);
    BOOST_TEST(rows <= 2 + at_once);
  }
}

BOOST_AUTO_TEST_CASE(nobody_is_told_of_two_rows_at_once) {
  Stripe bench{20};
  std::atomic<int> within{0};
  Options options;
  options.at_once = 8;
  options.on_row = [&](const ob::Row&, const Onboarding&) {
    BOOST_TEST(++within == 1);
    std::this_thread::sleep_for(5ms);
    --within;
  };
  BOOST_TEST(take(bench.begin(bench.directory, options)).value().active == 20u);
}

BOOST_AUTO_TEST_CASE(while_a_row_is_taken) {
  Stripe bench{1};
  HeldUp held{*bench.database};
  auto told = bench.begin(bench.directory);
  held.await();
  bench.end();
  const auto settled = take(std::move(told));
  BOOST_TEST_REQUIRE(settled.has_value());
  BOOST_TEST(settled->active + settled->open == 0u);
  held.let_go();
  // The transaction that has taken it, and the one that gives it back.
  for (int i = 0; i < 5'000 && bench.database->transactions < 2; ++i)
    std::this_thread::sleep_for(1ms);
  const ob::Row row = bench.row("customer-0");
  BOOST_TEST(row.lease == "");
  BOOST_TEST(row.state == State::pending);
  BOOST_TEST(row.attempts == 0);
  BOOST_TEST(bench.sandbox.request_count() == 0u);
}

BOOST_AUTO_TEST_CASE(while_a_call_is_under_way_and_the_next_row_is_taken) {
  Stripe bench{2};
  bench.sandbox.fault({.kind = Kind::silent, .times = 2});
  std::promise<void> open;
  std::atomic<int> transactions{0};
  bench.database->on_begin = [&transactions, opened = open.get_future().share()] {
    if (++transactions == 2) opened.wait();
  };
  auto told = bench.begin(bench.directory);
  while (bench.sandbox.request_count() == 0) std::this_thread::yield();
  bench.end();
  std::this_thread::sleep_for(20ms);
  open.set_value();
  const auto settled = take(std::move(told));
  BOOST_TEST_REQUIRE(settled.has_value());
  BOOST_TEST(settled->open == 1u);
  BOOST_TEST(bench.sandbox.request_count() == 1u);
  BOOST_TEST(bench.row("customer-0").error == "cancelled");
  BOOST_TEST(bench.row("customer-0").lease == "");
}

BOOST_AUTO_TEST_CASE(while_it_lists_what_stays) {
  Stripe bench{1};
  std::promise<void> open;
  const auto within = std::make_shared<std::atomic<bool>>(false);
  const ob::Directory directory{UnlistedStore{bench.database, within, open.get_future().share()},
                                quick()};
  auto told = bench.begin(directory);
  while (!*within) std::this_thread::yield();
  bench.end();
  const auto settled = take(std::move(told));
  open.set_value();
  BOOST_TEST_REQUIRE(settled.has_value());
  BOOST_TEST(settled->active == 1u);
}

BOOST_AUTO_TEST_CASE(with_its_execution_context) {
  Stripe bench{2};
  bench.sandbox.fault({.kind = Kind::silent, .times = 2});
  auto mark = std::make_shared<int>(0);
  const std::weak_ptr<int> handler{mark};
  const auto database = std::make_shared<MemoryDatabase>();
  database->rows = bench.database->rows;
  {
    const ob::Directory directory{MemoryStore{database}, quick()};
    boost::asio::io_context context;
    Client<StripePolicy> client{
        context.get_executor(),
        florin::testing::detail::credentials_from_text<StripePolicy>(bench.sandbox.credential()),
        options_for(bench.sandbox)};
    ob::async_settle(client, directory, [mark](const Answer&) {});
    mark.reset();
    while (bench.sandbox.request_count() < 2) context.run_for(1ms);
    BOOST_TEST(directory.count({}).has_value());  // after what has begun the calls
    BOOST_TEST(!handler.expired());
  }
  BOOST_TEST(handler.expired());
  for (int i = 0; i < 5'000 && database.use_count() > 1; ++i) std::this_thread::sleep_for(1ms);
  BOOST_TEST(database.use_count() == 1);  // the store was ended
}

}  // namespace
BOOST_AUTO_TEST_SUITE_END()
