// SPDX-License-Identifier: Apache-2.0
#include <florin/client.hpp>
#include <florin/create.hpp>
#include <florin/default_client.hpp>
#include <florin/net/establish.hpp>
#include <florin/net/stream.hpp>
#include <florin/net/tls.hpp>

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <fstream>
#include <memory>
#include <optional>
#include <thread>
#include <type_traits>
#include <utility>

#include "client_fixture.hpp"
#include "handed_executor.hpp"
#include "net/tls_peer.hpp"
#include "scoped_variable.hpp"

/// When and how often handlers are called, and what is launched.
BOOST_AUTO_TEST_SUITE(client_handler)
namespace {

using namespace florin_test;
namespace asio = boost::asio;

/// A connected stream to `sandbox`.
std::unique_ptr<florin::net::Stream> connected(asio::io_context& context, const Sandbox& sandbox) {
  auto target = std::make_shared<florin::net::Target>();
  target->host = "localhost";
  target->port = sandbox.port();
  target->tls = *florin::net::TlsContext::make(options_for(sandbox).tls);
  auto stream = std::make_unique<florin::net::Stream>(context.get_executor());
  BOOST_TEST_REQUIRE(florin::net::establish(*stream, *target, florin::net::test::soon()).ok());
  return stream;
}

}  // namespace

BOOST_AUTO_TEST_CASE(never_called_within_the_initiating_function) {
  StripeFixture f;
  asio::io_context context;
  auto options = f.options();
  options.pool.max_connections = 1;
  Client<StripePolicy> client{context.get_executor(), f.credentials(), options};
  // At first without a connection, then with an idle one.
  for (const bool warm : {false, true}) {
    BOOST_TEST_INFO_SCOPE("warm " << warm);
    if (warm) BOOST_TEST(client.create(buyer("warm")).has_value());
    for (const auto limit : {-1ms, 0ms}) {
      int called = 0;
      client.async_create(buyer("late"), {.deadline = limit}, [&](const Answer& answer) {
        ++called;
        const auto error = error_of(answer);
        BOOST_TEST((error.code == Errc::deadline_exceeded));
        BOOST_TEST((error.outcome == Outcome::no_effect));
      });
      BOOST_TEST(called == 0);
      context.restart();
      context.run();
      BOOST_TEST(called == 1);
    }
  }
  int called = 0;
  client.async_create(CreateRequest{}, [&](const Answer&) { ++called; });
  client.async_warm_up(0, [&](const florin::Result<void>&) { ++called; });
  BOOST_TEST(called == 0);
  context.restart();
  context.run();
  BOOST_TEST(called == 2);
  BOOST_TEST(client.pool().busy == 0u);
  BOOST_TEST(f.sandbox.count("late") == 0u);
}

BOOST_AUTO_TEST_CASE(is_called_by_an_executor_that_can_do_nothing_else) {
  StripeFixture f;
  asio::io_context own;
  std::atomic<int> handed{0};
  const auto here = std::this_thread::get_id();
  int called = 0;
  for (const bool valid : {true, false}) {
    f.client.async_create(
        valid ? buyer("m-1") : CreateRequest{},
        asio::bind_executor(BareExecutor{&own, &handed}, [&](const Answer& answer) {
          ++called;
          BOOST_TEST((std::this_thread::get_id() == here));
          BOOST_TEST(answer.has_value() == valid);
        }));
    until([&] {
      own.restart();
      own.poll();
      return called == (valid ? 1 : 2);
    });
  }
  BOOST_TEST(handed == 2);
}
BOOST_AUTO_TEST_CASE(never_called_within_the_initiating_function_of_layer_1) {
  StripeFixture f;
  asio::io_context context;
  auto stream = connected(context, f.sandbox);
  int called = 0;
  florin::async_create<StripePolicy>(*stream, CreateRequest{}, f.credentials(), {},
                                     [&](const Answer&) { ++called; });
  florin::async_create<StripePolicy>(*stream, {.merchant_customer_id = "m-1"}, f.credentials(), {},
                                     [&](const Answer& answer) {
                                       ++called;
                                       BOOST_TEST(answer.has_value());
                                     });
  BOOST_TEST(called == 0);
  context.run();
  BOOST_TEST(called == 2);
  BOOST_TEST(florin::create<StripePolicy>(*stream, {.merchant_customer_id = "m-2"}, f.credentials())
                 .has_value());
  BOOST_TEST(f.sandbox.count() == 2u);
}

BOOST_AUTO_TEST_CASE(an_operation_can_be_launched_once) {
  StripeFixture f;
  asio::io_context context;
  Client<StripePolicy> client{context.get_executor(), f.credentials(), f.options()};
  auto create = client.async_create(buyer("m-1"), asio::deferred);
  auto warm_up = client.async_warm_up(1, asio::deferred);
  auto stream = connected(context, f.sandbox);
  auto borrowed = florin::async_create<StripePolicy>(*stream, buyer("m-2"), f.credentials(), {},
                                                     asio::deferred);
  // Launching one that is to be kept means copying it.
  static_assert(!std::is_copy_constructible_v<decltype(create)>);
  static_assert(!std::is_copy_constructible_v<decltype(warm_up)>);
  static_assert(!std::is_copy_constructible_v<decltype(borrowed)>);
  int called = 0;
  std::move(create)([&](const Answer& answer) { called += answer.has_value(); });
  std::move(warm_up)([&](const florin::Result<void>& done) { called += done.has_value(); });
  std::move(borrowed)([&](const Answer& answer) { called += answer.has_value(); });
  context.run();
  BOOST_TEST(called == 3);
}

BOOST_AUTO_TEST_CASE(the_deadline_counts_from_the_launch) {
  StripeFixture f;
  asio::io_context context;
  auto options = f.options();
  options.deadline = 2s;
  Client<StripePolicy> client{context.get_executor(), f.credentials(), options};
  auto create = client.async_create(buyer("m-1"), asio::deferred);
  auto warm_up = client.async_warm_up(1, asio::deferred);
  std::this_thread::sleep_for(2100ms);
  int called = 0;
  std::move(warm_up)([&](const florin::Result<void>& done) { called += done.has_value(); });
  context.run();
  context.restart();
  std::move(create)([&](const Answer& answer) { called += answer.has_value(); });
  context.run();
  BOOST_TEST(called == 2);
}

BOOST_AUTO_TEST_CASE(a_request_may_be_written_in_place) {
  StripeFixture f;
  BOOST_TEST(f.client.create({.merchant_customer_id = "m-1"}).has_value());
  BOOST_TEST(
      take(f.client.async_create({.merchant_customer_id = "m-2"}, asio::use_future)).has_value());
  BOOST_TEST(take(f.client.async_create({.merchant_customer_id = "m-3"}, {.deadline = 20s},
                                        asio::use_future))
                 .has_value());
  const ScopedVariable key{"STRIPE_API_KEY", nullptr};
  const ScopedVariable url{"STRIPE_BASE_URL", f.sandbox.base_url().c_str()};
  std::thread{[] {
    const Answer answer = florin::create<StripePolicy>({.merchant_customer_id = "m-4"});
    BOOST_TEST((error_of(answer).code == Errc::invalid_credentials));
  }}.join();
  BOOST_TEST(f.sandbox.count() == 3u);
}

BOOST_AUTO_TEST_SUITE_END()
