// SPDX-License-Identifier: Apache-2.0
#include <florin/client.hpp>
#include <florin/net/tls.hpp>
#include <florin/policies/dwolla.hpp>
#include <florin/policies/stripe.hpp>
#include <florin/testing/processors/dwolla.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "client_fixture.hpp"
#include "net/tls_peer.hpp"

/// How a service that ends takes leave of its calls.
BOOST_AUTO_TEST_SUITE(client_shutdown)
namespace {

using namespace florin_test;
using Kind = florin::testing::Fault::Kind;
namespace asio = boost::asio;
using std::string;

/// A blocking call on a thread of its own.
template <class Client>
std::future<Answer> blocking(Client client, string id) {
  return std::async(std::launch::async,
                    [client, id]() mutable { return client.create(buyer(id)); });
}

Answer answer_of(std::future<Answer>& future) {
  BOOST_TEST_REQUIRE((future.wait_for(hang_guard) == std::future_status::ready));
  return future.get();
}

void check_cancelled(std::future<Answer>& future, Outcome outcome, Phase phase) {
  const auto answer = answer_of(future);
  BOOST_TEST_REQUIRE(answer.has_error());
  const auto& error = answer.error();
  BOOST_TEST((error.code == Errc::cancelled), error.what());
  BOOST_TEST((error.outcome == outcome), error.what());
  BOOST_TEST((error.phase == phase), error.what());
  BOOST_TEST(error.status_code == 499);
}

}  // namespace

BOOST_AUTO_TEST_CASE(all_calls_are_cancelled_wherever_they_are) {
  StripeFixture f;
  auto options = f.options();
  options.pool.max_connections = 2;
  auto client = f.connect(options);
  f.sandbox.fault({.kind = Kind::silent});
  f.sandbox.fault({.kind = Kind::silent});
  auto reads = client.async_create(buyer("reads"), asio::use_future);
  auto blocks = blocking(client, "blocks");
  BOOST_TEST(f.sandbox.wait_for_requests(2, hang_guard));
  auto queued = client.async_create(buyer("queued"), asio::use_future);
  auto waits = blocking(client, "waits");
  while (client.pool().queued != 2) std::this_thread::yield();
  client.cancel_all();
  check_cancelled(reads, Outcome::unknown, Phase::read);
  check_cancelled(blocks, Outcome::unknown, Phase::read);
  check_cancelled(queued, Outcome::no_effect, Phase::queue);
  check_cancelled(waits, Outcome::no_effect, Phase::queue);
  // Calls stay possible.
  for (const bool async : {false, true})
    BOOST_TEST(call(client, async, buyer(async ? "a" : "b")).has_value());
  BOOST_TEST(client.pool().busy == 0u);
  BOOST_TEST(f.sandbox.count() == 2u);
}

BOOST_AUTO_TEST_CASE(a_wait_before_the_next_attempt_ends) {
  StripeFixture f;
  auto options = f.options();
  options.retry.first_backoff = options.retry.longest_backoff = 10s;
  auto client = f.connect(options);
  for (const bool async : {false, true}) {
    f.sandbox.fault({.kind = Kind::rate_limited});
    const auto before = f.sandbox.request_count();
    auto future =
        async ? client.async_create(buyer("m-1"), asio::use_future) : blocking(client, "m-1");
    BOOST_TEST(f.sandbox.wait_for_requests(before + 1, hang_guard));
    // Its answer may be under way still; then the connection is broken and the outcome unknown.
    while (client.pool().busy != 0) std::this_thread::yield();
    client.cancel_all();
    const auto error = error_of(answer_of(future));
    BOOST_TEST((error.code == Errc::cancelled), error.what());
    BOOST_TEST((error.outcome == Outcome::no_effect), error.what());
  }
  BOOST_TEST(f.sandbox.count() == 0u);
}

BOOST_AUTO_TEST_CASE(a_wait_for_another_calls_token_ends) {
  florin::testing::Sandbox sandbox{florin::testing::dwolla()};
  const florin::DwollaPolicy::Credentials credentials{.client_id = "fake_client_id",
                                                      .client_secret = "fake_client_secret"};
  Client<florin::DwollaPolicy> client{credentials, options_for(sandbox)};
  sandbox.fault({.kind = Kind::silent});
  auto fetches = client.async_create(buyer("fetches"), asio::use_future);
  BOOST_TEST(sandbox.wait_for_requests(1, hang_guard));
  auto waits = client.async_create(buyer("waits"), asio::use_future);
  auto blocks = blocking(client, "blocks");
  std::this_thread::sleep_for(50ms);  // wherever it is by then
  client.cancel_all();
  for (auto* const future : {&fetches, &waits, &blocks}) {
    const auto error = error_of(answer_of(*future));
    BOOST_TEST((error.code == Errc::cancelled), error.what());
    BOOST_TEST((error.outcome == Outcome::no_effect), error.what());
  }
  BOOST_TEST(client.drain(0ms) == 0u);
}

BOOST_AUTO_TEST_CASE(pending_calls_end_before_a_drain_does) {
  for (const bool async : {false, true}) {
    StripeFixture f;
    auto client = f.connect();
    f.sandbox.fault({.kind = Kind::delay, .delay = 300ms});
    f.sandbox.fault({.kind = Kind::delay, .delay = 300ms});
    auto slow = client.async_create(buyer("a"), asio::use_future);
    auto blocks = blocking(client, "b");
    BOOST_TEST(f.sandbox.wait_for_requests(2, hang_guard));
    auto copy = client;
    const auto begun = std::chrono::steady_clock::now();
    const std::size_t left =
        async ? copy.async_drain(20s, asio::use_future).get() : copy.drain(20s);
    BOOST_TEST(left == 0u);
    BOOST_TEST((std::chrono::steady_clock::now() - begun < 20s));  // not when its time is over
    // All have their answers.
    BOOST_TEST(answer_of(slow).has_value());
    BOOST_TEST(answer_of(blocks).has_value());
    // Nothing begins any more.
    for (const bool late : {false, true}) {
      const auto error = error_of(call(client, late, buyer("late")));
      BOOST_TEST((error.code == Errc::cancelled));
      BOOST_TEST((error.outcome == Outcome::no_effect));
      BOOST_TEST(error.what().find("shut down") != string::npos);
      BOOST_TEST(error.attempts == 0);
    }
    BOOST_TEST(f.sandbox.count() == 2u);
    BOOST_TEST(client.pool().idle == 0u);
    BOOST_TEST(client.drain(0ms) == 0u);
    BOOST_TEST(client.async_drain(0ms, asio::use_future).get() == 0u);
  }
}

BOOST_AUTO_TEST_CASE(a_drain_has_a_limit) {
  for (const bool async : {false, true}) {
    StripeFixture f;
    auto client = f.connect();
    f.sandbox.fault({.kind = Kind::silent});
    auto silent = client.async_create(buyer("a"), asio::use_future);
    BOOST_TEST(f.sandbox.wait_for_requests(1, hang_guard));
    const std::size_t left =
        async ? client.async_drain(20ms, asio::use_future).get() : client.drain(20ms);
    BOOST_TEST(left == 1u);
    // Then the rest is cancelled, and the drain has an end.
    client.cancel_all();
    BOOST_TEST((async ? client.async_drain(20s, asio::use_future).get() : client.drain(20s)) == 0u);
    check_cancelled(silent, Outcome::unknown, Phase::read);
  }
}

BOOST_AUTO_TEST_CASE(a_drain_on_the_thread_that_runs_the_calls) {
  StripeFixture f;
  asio::io_context context;
  auto client = std::make_optional<Client<StripePolicy>>(context.get_executor(), f.credentials(),
                                                         f.options());
  f.sandbox.fault({.kind = Kind::delay, .delay = 100ms});
  bool answered = false;
  std::optional<std::size_t> left;
  client->async_create(buyer("a"), [&](const Answer& answer) { answered = answer.has_value(); });
  client->async_drain(20s, [&](std::size_t count) {
    BOOST_TEST(answered);
    left = count;
  });
  BOOST_TEST(!left.has_value());
  client.reset();
  context.run();
  BOOST_TEST(answered);
  BOOST_TEST((left == std::size_t{0}));
}

BOOST_AUTO_TEST_CASE(a_drain_is_cancelled_or_dropped) {
  StripeFixture f;
  auto context = std::make_unique<asio::io_context>();
  Client<StripePolicy> client{context->get_executor(), f.credentials(), f.options()};
  f.sandbox.fault({.kind = Kind::silent});
  client.async_create(buyer("a"), [](const Answer&) {});
  asio::cancellation_signal signal;
  std::optional<std::size_t> left;
  client.async_drain(
      1h, asio::bind_cancellation_slot(signal.slot(), [&](std::size_t count) { left = count; }));
  while (f.sandbox.request_count() == 0) context->run_one_for(5ms);
  BOOST_TEST(!left.has_value());
  signal.emit(asio::cancellation_type::terminal);
  while (!left) context->run_one_for(5ms);
  BOOST_TEST(*left == 1u);
  // One that nobody launches, and one that goes with its context.
  { const auto never = client.async_drain(1h, asio::deferred); }
  bool called = false;
  client.async_drain(1h, [&](std::size_t) { called = true; });
  context->run_for(5ms);
  context.reset();
  BOOST_TEST(!called);
  BOOST_TEST(client.drain(0ms) == 0u);
}

BOOST_AUTO_TEST_CASE(a_client_that_is_gone_has_let_go_of_everything) {
  StripeFixture f;
  auto options = f.options();
  options.tls_context = florin::net::TlsContext::make(options.tls).value();
  const auto tls = options.tls_context;
  asio::io_context context;
  {
    Client<StripePolicy> client{context.get_executor(), f.credentials(), std::move(options)};
    BOOST_TEST(client.create(buyer("a")).has_value());
    client.async_create(buyer("b"), [](const Answer& answer) { BOOST_TEST(answer.has_value()); });
    client.async_warm_up(1, [](const auto& done) { BOOST_TEST(done.has_value()); });
    context.run();
    context.restart();
    client.async_drain(20s, [](std::size_t left) { BOOST_TEST(left == 0u); });
    context.run();
    BOOST_TEST(tls.use_count() > 1);
  }
  BOOST_TEST(tls.use_count() == 1);
}

BOOST_AUTO_TEST_CASE(calls_begin_and_end_while_all_are_cancelled) {
  StripeFixture f;
  auto client = f.connect();
  std::atomic<int> left{3};
  std::atomic<std::size_t> created{0};
  std::atomic<std::size_t> cancelled{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 60; ++i) {
        const auto id = std::to_string(t) + "-" + std::to_string(i);
        const auto answer = i % 2 == 0 ? client.create(buyer(id))
                                       : client.async_create(buyer(id), asio::use_future).get();
        if (answer) {
          ++created;
        } else if (answer.error().code == Errc::cancelled) {
          ++cancelled;
        }
      }
      --left;
    });
  }
  while (left != 0) {
    client.cancel_all();
    std::this_thread::yield();
  }
  for (auto& thread : threads) thread.join();
  BOOST_TEST(created + cancelled == 180u);
  BOOST_TEST(f.sandbox.count() >= created);
  BOOST_TEST(client.pool().busy == 0u);
  BOOST_TEST(client.drain(hang_guard) == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
