// SPDX-License-Identifier: Apache-2.0
#include <florin/any_client_of.hpp>
#include <florin/onboarding/detail/request_text.hpp>
#include <florin/onboarding/onboard.hpp>
#include <florin/policies/paysafe.hpp>
#include <florin/policies/rapyd.hpp>
#include <florin/policies/stax.hpp>
#include <florin/testing/processors/paysafe.hpp>
#include <florin/testing/processors/rapyd.hpp>
#include <florin/testing/processors/stax.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <future>
#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include "numbered_customer.hpp"
#include "onboarding/onboarding_bench.hpp"

/// Both ids in a database.
BOOST_AUTO_TEST_SUITE(onboarding_onboard)
namespace {

using namespace florin_test;
using florin::PaysafePolicy;
using florin::RapydPolicy;
using florin::StaxPolicy;
using ob::State;
using Kind = Fault::Kind;

struct Stripe : OnboardingBench<StripePolicy> {
  explicit Stripe(const ob::DirectoryOptions& options = quick())
      : OnboardingBench(florin::testing::stripe(), options) {}
};

BOOST_AUTO_TEST_CASE(stores_both_ids) {
  for (const bool async : {false, true}) {
    Stripe bench;
    const auto first = bench.onboard(async, buyer("m-1"));
    BOOST_TEST_REQUIRE(first.has_value());
    BOOST_TEST(first->merchant_customer_id == "m-1");
    BOOST_TEST((first->origin == Origin::created));
    BOOST_TEST(!first->known);
    BOOST_TEST(!first->other_request);
    const ob::Row row = bench.row("m-1");
    BOOST_TEST(row.state == State::active);
    BOOST_TEST(row.connector_customer_id == first->connector_customer_id.view());
    BOOST_TEST(row.request == "");
    BOOST_TEST(row.attempts == 1);
    BOOST_TEST(row.lease == "");
    const std::size_t requests = bench.sandbox.request_count();
    const auto second = bench.onboard(async, buyer("m-1"));
    BOOST_TEST_REQUIRE(second.has_value());
    BOOST_TEST(second->known);
    BOOST_TEST((second->origin == Origin::found));
    BOOST_TEST(second->merchant_customer_id == "m-1");
    BOOST_TEST(second->connector_customer_id == first->connector_customer_id);
    BOOST_TEST(bench.sandbox.request_count() == requests);
    CreateRequest other = buyer("m-1");
    other.name = "Someone Else";
    const auto third = bench.onboard(async, other);
    BOOST_TEST_REQUIRE(third.has_value());
    BOOST_TEST(third->other_request);
    BOOST_TEST(third->connector_customer_id == first->connector_customer_id);
    BOOST_TEST(bench.sandbox.count("m-1") == 1u);
  }
}

BOOST_AUTO_TEST_CASE(the_row_is_there_before_the_processor_is_asked) {
  for (const bool async : {false, true}) {
    Stripe bench;
    bench.sandbox.fault({.kind = Kind::silent, .store = true});
    ob::OnboardOptions<Client<StripePolicy>> options;
    options.call.deadline = elapsing;
    const auto error = error_of(bench.onboard(async, buyer("m-1"), options));
    BOOST_TEST((error.outcome == Outcome::unknown));
    const ob::Row row = bench.row("m-1");
    BOOST_TEST(row.state == State::unknown);
    BOOST_TEST(row.doubt);
    BOOST_TEST((row.request.find("ana@example.com") != std::string::npos));
    // The same request goes out again, whatever is asked for now.
    CreateRequest other = buyer("m-1");
    other.name = "Someone Else";
    const auto again = bench.onboard(async, other);
    BOOST_TEST_REQUIRE(again.has_value());
    BOOST_TEST((again->origin == Origin::replayed));
    BOOST_TEST(again->other_request);
    BOOST_TEST(bench.sandbox.count("m-1") == 1u);
    BOOST_TEST(bench.row("m-1").attempts == 2);
  }
}

BOOST_AUTO_TEST_CASE(what_cannot_be_sent_is_not_written) {
  for (const bool async : {false, true}) {
    Stripe bench;
    CreateRequest request = buyer("m-1");
    request.phone = std::string(99, '1');
    BOOST_TEST((error_of(bench.onboard(async, request)).code == Errc::invalid_field));
    BOOST_TEST((error_of(bench.onboard(async, {})).code == Errc::missing_field));
    ob::OnboardOptions<Client<StripePolicy>> options;
    options.call.idempotency_key = "mine";
    BOOST_TEST(
        (error_of(bench.onboard(async, buyer("m-1"), options)).code == Errc::invalid_options));
    options.call.idempotency_key = {};
    options.account = std::string_view{"a\0b", 3};
    BOOST_TEST(
        (error_of(bench.onboard(async, buyer("m-1"), options)).code == Errc::invalid_options));
    BOOST_TEST((error_of(bench.settle(async, {.account = "\xff"})).code == Errc::invalid_options));
    BOOST_TEST(bench.database->transactions == 0);
    BOOST_TEST(bench.sandbox.request_count() == 0u);
  }
}

BOOST_AUTO_TEST_CASE(accounts_and_connectors_have_rows_of_their_own) {
  Stripe bench;
  BOOST_TEST_REQUIRE(
      ob::onboard(bench.client, bench.directory, buyer("m-1"), {.account = "a"}).has_value());
  BOOST_TEST(!bench.database->row("m-1").has_value());
  BOOST_TEST(bench.directory.find({"m-1", "stripe", "a"}).value().has_value());
  BOOST_TEST(!bench.directory.find({"m-1", "stripe", "b"}).value().has_value());
}

BOOST_AUTO_TEST_CASE(a_refused_customer_may_be_asked_for_again_with_other_data) {
  for (const bool async : {false, true}) {
    Stripe bench;
    bench.sandbox.fault(refused_by_stripe());
    CreateRequest bad = buyer("m-1");
    bad.email = "ana@example.org";
    const auto error = error_of(bench.onboard(async, bad));
    BOOST_TEST((error.code == Errc::invalid_data));
    BOOST_TEST((error.outcome == Outcome::no_effect));
    BOOST_TEST(bench.row("m-1").state == State::refused);
    BOOST_TEST(bench.row("m-1").error == "invalid_data");
    BOOST_TEST(bench.row("m-1").detail == "email_invalid");
    BOOST_TEST(bench.row("m-1").request == "");
    const auto good = bench.onboard(async, buyer("m-1"));
    BOOST_TEST_REQUIRE(good.has_value());
    BOOST_TEST(!good->other_request);
  }
}

BOOST_AUTO_TEST_CASE(many_at_once_get_one_customer) {
  Stripe bench;
  bench.sandbox.fault({.kind = Kind::delay, .delay = 100ms});
  std::vector<std::future<Onboarding>> all;
  for (int i = 0; i < 20; ++i)
    all.push_back(
        ob::async_onboard(bench.client, bench.directory, buyer("m-1"), boost::asio::use_future));
  std::vector<std::thread> threads;
  std::atomic<int> good{0};
  for (int i = 0; i < 3; ++i)
    threads.emplace_back([&] {
      if (ob::onboard(bench.client, bench.directory, buyer("m-1"))) ++good;
    });
  std::size_t created = 0;
  for (auto& each : all) {
    const auto answer = take(std::move(each));
    BOOST_TEST_REQUIRE(answer.has_value());
    created += answer->known ? 0 : 1;
    ++good;
  }
  for (auto& thread : threads) thread.join();
  BOOST_TEST(good == 23);
  BOOST_TEST(created <= 1u);
  BOOST_TEST(bench.sandbox.request_count() == 1u);
}

BOOST_AUTO_TEST_CASE(who_does_not_wait_is_told) {
  for (const bool async : {false, true}) {
    Stripe bench;
    bench.sandbox.fault({.kind = Kind::delay, .delay = 1s});
    auto first =
        ob::async_onboard(bench.client, bench.directory, buyer("m-1"), boost::asio::use_future);
    while (!bench.database->row("m-1")) std::this_thread::yield();
    const auto error = error_of(bench.onboard(async, buyer("m-1"), {.waits = false}));
    BOOST_TEST((error.code == Errc::claimed_elsewhere));
    BOOST_TEST((error.outcome == Outcome::unknown));
    BOOST_TEST(error.transient);
    BOOST_TEST(error.status_code == 409);
    BOOST_TEST(error.connector == "stripe");
    BOOST_TEST(error.retry_after.has_value());
    BOOST_TEST(take(std::move(first)).has_value());
  }
}

BOOST_AUTO_TEST_CASE(who_waits_longer_than_his_deadline_is_told) {
  for (const bool async : {false, true}) {
    Stripe bench;
    BOOST_TEST_REQUIRE(bench.onboard(async, buyer("m-1")).has_value());
    bench.database->change("m-1", [](ob::Row& row) {
      row.state = State::pending;
      row.lease = "another process";
      row.lease_until = ob::never;
    });
    ob::OnboardOptions<Client<StripePolicy>> options;
    options.call.deadline = 200ms;
    const auto error = error_of(bench.onboard(async, buyer("m-1"), options));
    BOOST_TEST((error.code == Errc::claimed_elsewhere));
    BOOST_TEST((error.outcome == Outcome::unknown));
    BOOST_TEST(error.connector == "stripe");
  }
}

BOOST_AUTO_TEST_CASE(a_dead_workers_customer_is_settled_with_his_request) {
  for (const bool async : {false, true}) {
    Stripe bench;
    // He has asked, and died before he could store the answer.
    BOOST_TEST_REQUIRE(bench.client.ensure(buyer("m-1")).has_value());
    bench.sandbox.fault({.kind = Kind::delay, .delay = 300ms});
    BOOST_TEST_REQUIRE(bench.onboard(async, buyer("m-0")).has_value());
    const ob::Row pattern = bench.row("m-0");
    {
      const std::lock_guard lock{bench.database->transaction};
      ob::Row row = pattern;
      row.key.merchant_customer_id = "m-1";
      row.state = State::pending;
      row.connector_customer_id.clear();
      const CreateRequest request = buyer("m-1");
      row.request = ob::detail::text_of(request);
      row.digest = ob::detail::digest_of(request);
      row.lease = "dead";
      row.lease_until = bench.database->now - 1;
      bench.database->rows[row.key] = row;
    }
    const auto answer = bench.onboard(async, buyer("m-1"));
    BOOST_TEST_REQUIRE(answer.has_value());
    BOOST_TEST((answer->origin == Origin::replayed));
    BOOST_TEST(bench.sandbox.count("m-1") == 1u);
  }
}

/// A lost answer, and what the next call of another process comes to.
template <class P>
void loses_an_answer(florin::testing::Processor processor, std::string_view expected) {
  for (const bool async : {false, true}) {
    BOOST_TEST_CONTEXT(P::name << (async ? ", asynchronous" : ", blocking")) {
      OnboardingBench<P> bench{processor};
      const CreateRequest request = numbered_customer(1);
      if (bench.client.ensure_facts().guarantee == florin::EnsureGuarantee::by_lookup)
        bench.sandbox.fault({.kind = Kind::none});
      bench.sandbox.fault({.kind = Kind::silent, .store = true, .times = 9});
      ob::OnboardOptions<Client<P>> options;
      options.call.deadline = elapsing;
      const auto error = error_of(bench.onboard(async, request, options));
      BOOST_TEST((error.outcome == Outcome::unknown));
      bench.sandbox.clear_faults();
      const auto again = bench.onboard(async, request);
      BOOST_TEST((again ? std::string{to_string(again->origin)}
                        : std::string{to_string(again.error().code)}) == expected);
      BOOST_TEST(bench.sandbox.customers().size() == 1u);
      const ob::Row row = bench.row(request.merchant_customer_id);
      BOOST_TEST((row.state == (again ? State::active : State::unknown)));
      if (!again) {
        BOOST_TEST((again.error().outcome == Outcome::unknown));
        BOOST_TEST(row.due == ob::never);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(a_lost_answer_is_settled_as_the_guarantee_allows) {
  loses_an_answer<StripePolicy>(florin::testing::stripe(), "replayed");
  loses_an_answer<PaysafePolicy>(florin::testing::paysafe(), "already_existed");
  loses_an_answer<StaxPolicy>(florin::testing::stax(), "found");
  loses_an_answer<RapydPolicy>(florin::testing::rapyd(), "in_doubt");
}

BOOST_AUTO_TEST_CASE(who_is_not_found_is_created_when_that_is_proven) {
  for (const bool async : {false, true}) {
    OnboardingBench<StaxPolicy> bench{florin::testing::stax()};
    const CreateRequest request = numbered_customer(1);
    bench.sandbox.fault({.kind = Kind::none});
    bench.sandbox.fault({.kind = Kind::silent, .times = 9});  // it never arrives
    ob::OnboardOptions<Client<StaxPolicy>> options;
    options.call.deadline = elapsing;
    BOOST_TEST((error_of(bench.onboard(async, request, options)).outcome == Outcome::unknown));
    bench.sandbox.clear_faults();
    const auto early = error_of(bench.onboard(async, request));
    BOOST_TEST((early.code == Errc::in_doubt));
    BOOST_TEST((early.outcome == Outcome::unknown));
    BOOST_TEST(early.transient);
    BOOST_TEST(bench.sandbox.customers().empty());
    bench.database->now += 1'000;
    const auto late = bench.onboard(async, request);
    BOOST_TEST_REQUIRE(late.has_value());
    BOOST_TEST((late->origin == Origin::created));
  }
}

BOOST_AUTO_TEST_CASE(people_settle_what_the_library_cannot) {
  OnboardingBench<RapydPolicy> bench{florin::testing::rapyd()};
  const CreateRequest request = numbered_customer(1);
  const ob::CustomerKey key{request.merchant_customer_id, "rapyd", ""};
  BOOST_TEST(!bench.directory.resolve(key, "cus_x").value());
  bench.sandbox.fault({.kind = Kind::silent, .store = true});
  ob::OnboardOptions<Client<RapydPolicy>> options;
  options.call.deadline = elapsing;
  BOOST_TEST((error_of(bench.onboard(false, request, options)).outcome == Outcome::unknown));
  const std::string id = bench.sandbox.customers().front().id;
  BOOST_TEST(bench.directory.resolve(key, id).value());
  const auto known = bench.onboard(false, request);
  BOOST_TEST_REQUIRE(known.has_value());
  BOOST_TEST(known->connector_customer_id == id);
  bench.database->change(
      request.merchant_customer_id,
      [](ob::Row& row) {
        row.lease = "another";
        row.lease_until = ob::never;
      },
      "rapyd");
  BOOST_TEST((error_of(bench.directory.resolve(key, id)).code == Errc::claimed_elsewhere));
  BOOST_TEST(bench.directory.remove(key).value());
  BOOST_TEST(!bench.directory.remove(key).value());
}

BOOST_AUTO_TEST_CASE(a_customer_chosen_at_run_time) {
  Stripe bench;
  auto client = florin::AnyClient::make<std::tuple<StripePolicy>>(
                    "stripe", {{"api_key", florin::Secret{bench.sandbox.credential()}}},
                    options_for(bench.sandbox))
                    .value();
  const auto blocking = ob::onboard(client, bench.directory, buyer("m-1"));
  BOOST_TEST_REQUIRE(blocking.has_value());
  const auto async =
      take(ob::async_onboard(client, bench.directory, buyer("m-2"), boost::asio::use_future));
  BOOST_TEST_REQUIRE(async.has_value());
  BOOST_TEST(bench.directory.count({.connector = "stripe"}).value().active == 2u);
}

BOOST_AUTO_TEST_CASE(cancelled_while_the_processor_is_asked) {
  Stripe bench;
  bench.sandbox.fault({.kind = Kind::silent, .store = true});
  boost::asio::cancellation_signal signal;
  std::promise<Onboarding> told;
  ob::async_onboard(bench.client, bench.directory, buyer("m-1"),
                    boost::asio::bind_cancellation_slot(
                        signal.slot(), [&told](Onboarding answer) { told.set_value(answer); }));
  while (bench.sandbox.request_count() == 0) std::this_thread::yield();
  signal.emit(boost::asio::cancellation_type::terminal);
  const auto error = error_of(take(told.get_future()));
  BOOST_TEST((error.code == Errc::cancelled));
  BOOST_TEST((error.outcome == Outcome::unknown));
  BOOST_TEST(bench.row("m-1").doubt);
  BOOST_TEST(bench.row("m-1").lease == "");
}

BOOST_AUTO_TEST_CASE(cancelled_while_it_waits_for_its_row) {
  Stripe bench;
  HeldUp held{*bench.database};
  boost::asio::cancellation_signal signal;
  std::promise<Onboarding> told;
  ob::async_onboard(bench.client, bench.directory, buyer("m-1"),
                    boost::asio::bind_cancellation_slot(
                        signal.slot(), [&told](Onboarding answer) { told.set_value(answer); }));
  held.await();
  signal.emit(boost::asio::cancellation_type::terminal);
  const auto error = error_of(take(told.get_future()));
  BOOST_TEST((error.code == Errc::cancelled));
  BOOST_TEST((error.outcome == Outcome::no_effect));
  held.let_go();
  // The row that was written all the same is given back, as one that nobody has asked for.
  while (true) {
    const auto row = bench.database->row("m-1");
    if (row && row->lease.empty()) break;
    std::this_thread::yield();
  }
  BOOST_TEST(!bench.row("m-1").doubt);
  BOOST_TEST(bench.row("m-1").attempts == 0);
  BOOST_TEST(bench.sandbox.request_count() == 0u);
}

BOOST_AUTO_TEST_CASE(the_handler_runs_on_its_executor) {
  Stripe bench;
  boost::asio::io_context context;
  const auto executor = context.get_executor();
  std::thread::id ran{};
  bool within = true;
  bool early = false;
  auto operation =
      ob::async_onboard(bench.client, bench.directory, buyer("m-1"), boost::asio::deferred);
  std::this_thread::sleep_for(50ms);
  BOOST_TEST(bench.database->transactions == 0);  // nothing begins before it is launched
  std::move(operation)(boost::asio::bind_executor(executor, [&](const Onboarding& answer) {
    early = within;
    ran = std::this_thread::get_id();
    BOOST_TEST(answer.has_value());
  }));
  within = false;
  context.run();
  BOOST_TEST((ran == std::this_thread::get_id()));
  BOOST_TEST(!early);
}

BOOST_AUTO_TEST_CASE(an_answer_that_cannot_be_stored_is_told_and_found_later) {
  for (const bool async : {false, true}) {
    ob::DirectoryOptions options = quick();
    options.patience = 300ms;
    Stripe bench{options};
    bench.sandbox.fault({.kind = Kind::delay, .delay = 500ms});
    auto database = bench.database;
    std::thread breaks{[&] {
      while (!database->row("m-1")) std::this_thread::yield();
      database->unreachable = true;
    }};
    ob::OnboardOptions<Client<StripePolicy>> one;
    one.call.deadline = 2s;
    const auto error = error_of(bench.onboard(async, buyer("m-1"), one));
    breaks.join();
    BOOST_TEST((error.code == Errc::directory_failed));
    BOOST_TEST((error.outcome == Outcome::in_effect));
    BOOST_TEST(error.connector_message == "the server is gone");
    BOOST_TEST(!error.existing_customer_id.empty());
    BOOST_TEST(error.status_code == 503);
    // It is stored when the database is back.
    database->unreachable = false;
    const auto known = bench.onboard(async, buyer("m-1"));
    BOOST_TEST_REQUIRE(known.has_value());
    BOOST_TEST(known->known);
    BOOST_TEST(known->connector_customer_id == error.existing_customer_id);
  }
}

}  // namespace
BOOST_AUTO_TEST_SUITE_END()
