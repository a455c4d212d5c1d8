// SPDX-License-Identifier: Apache-2.0
#include <florin/client.hpp>

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/execution/blocking.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "client_fixture.hpp"

/// A client whose execution context goes before it.
BOOST_AUTO_TEST_SUITE(client_context)
namespace {

using namespace florin_test;
namespace asio = boost::asio;

}  // namespace

BOOST_AUTO_TEST_CASE(blocking_calls_go_on_without_it) {
  StripeFixture f;
  auto context = std::make_unique<asio::io_context>();
  Client<StripePolicy> client{context->get_executor(), f.credentials(), f.options()};
  auto copy = client;
  BOOST_TEST(client.create(buyer("m-1")).has_value());
  // An idle connection and a finished call that belong to the context.
  auto future = client.async_create(buyer("m-2"), asio::use_future);
  context->run();
  BOOST_TEST(future.get().has_value());
  context.reset();
  BOOST_TEST(client.pool().idle == 1u);
  BOOST_TEST(client.create(buyer("m-3")).has_value());
  BOOST_TEST(client.warm_up(2).has_value());
  BOOST_TEST(copy.create(buyer("m-4")).has_value());
  BOOST_TEST(f.sandbox.connection_count() == 2u);
}

BOOST_AUTO_TEST_CASE(the_client_may_go_unused_afterwards) {
  StripeFixture f;
  for (const bool async : {false, true}) {
    auto context = std::make_unique<asio::io_context>();
    auto client = std::make_unique<Client<StripePolicy>>(asio::make_strand(context->get_executor()),
                                                         f.credentials(), f.options());
    if (async)
      client->async_create(buyer("m-1"), [](const Answer&) {});
    else
      BOOST_TEST(client->create(buyer("m-2")).has_value());
    context->run();
    BOOST_TEST(client->pool().idle == 1u);
    context.reset();
    client.reset();
  }
}

BOOST_AUTO_TEST_CASE(a_blocking_call_may_be_under_way) {
  StripeFixture f;
  f.sandbox.fault({.kind = Fault::Kind::delay, .delay = 300ms});
  auto context = std::make_unique<asio::io_context>();
  Client<StripePolicy> client{context->get_executor(), f.credentials(), f.options()};
  auto future = client.async_create(buyer("m-1"), asio::use_future);
  context->run();
  BOOST_TEST(future.get().has_value());
  f.sandbox.fault({.kind = Fault::Kind::delay, .delay = 300ms});
  std::thread blocking{[&] { BOOST_TEST(client.create(buyer("m-2")).has_value()); }};
  while (f.sandbox.request_count() != 2) std::this_thread::yield();
  context.reset();
  blocking.join();
  BOOST_TEST(client.pool().idle == 1u);
}

namespace {

/// Whether anybody has a copy of it can be told by the count of `held`.
struct CountedExecutor {
  asio::io_context* context;
  std::shared_ptr<int> held;
  [[nodiscard]] asio::io_context& query(asio::execution::context_t) const noexcept {
    return *context;
  }
  [[nodiscard]] CountedExecutor require(asio::execution::blocking_t::never_t) const noexcept {
    return *this;
  }
  template <class Function>
  void execute(Function function) const {
    asio::post(*context, std::move(function));
  }
  bool operator==(const CountedExecutor&) const noexcept = default;
};

}  // namespace

BOOST_AUTO_TEST_CASE(nobody_keeps_its_executor) {
  StripeFixture f;
  f.sandbox.fault({.kind = Fault::Kind::none});
  f.sandbox.fault({.kind = Fault::Kind::delay, .delay = 300ms});
  auto context = std::make_unique<asio::io_context>();
  const auto held = std::make_shared<int>();
  Client<StripePolicy> client{CountedExecutor{context.get(), held}, f.credentials(), f.options()};
  client.async_create(buyer("m-1"), [](const Answer& answer) { BOOST_TEST(answer.has_value()); });
  context->run();
  BOOST_TEST(held.use_count() > 1);
  bool created = false;
  std::thread blocking{[&] { created = client.create(buyer("m-2")).has_value(); }};
  BOOST_TEST(f.sandbox.wait_for_requests(2, hang_guard));
  context.reset();
  BOOST_TEST(held.use_count() == 1);  // while the call goes on
  blocking.join();
  BOOST_TEST(created);
  BOOST_TEST(client.pool().idle == 1u);
  BOOST_TEST(client.pool().opened == 1u);
}

BOOST_AUTO_TEST_CASE(no_idle_connection_keeps_its_executor) {
  StripeFixture f;
  auto context = std::make_unique<asio::io_context>();
  const auto held = std::make_shared<int>();
  Client<StripePolicy> client{CountedExecutor{context.get(), held}, f.credentials(), f.options()};
  client.async_create(buyer("m-1"), [](const Answer& answer) { BOOST_TEST(answer.has_value()); });
  context->run();
  BOOST_TEST(client.pool().idle == 1u);
  BOOST_TEST(held.use_count() > 1);
  context.reset();
  BOOST_TEST(held.use_count() == 1);
  BOOST_TEST(client.create(buyer("m-2")).has_value());
  BOOST_TEST(client.pool().opened == 1u);
}

BOOST_AUTO_TEST_CASE(asynchronous_calls_are_refused) {
  StripeFixture f;
  auto context = std::make_unique<asio::io_context>();
  Client<StripePolicy> client{context->get_executor(), f.credentials(), f.options()};
  context.reset();
  // On the handler's own executor.
  asio::io_context own;
  int called = 0;
  const auto refused = [&](const auto& answer) {
    ++called;
    BOOST_TEST_REQUIRE(answer.has_error());
    BOOST_TEST((answer.error().code == Errc::invalid_options));
    BOOST_TEST((answer.error().outcome == Outcome::no_effect));
    BOOST_TEST(!answer.error().reason.empty());
  };
  client.async_create(buyer("m-1"), asio::bind_executor(own.get_executor(), refused));
  client.async_warm_up(1, asio::bind_executor(own.get_executor(), refused));
  BOOST_TEST(called == 0);
  own.run();
  BOOST_TEST(called == 2);
  // There is nothing else to run this one.
  client.async_create(buyer("m-1"), refused);
  BOOST_TEST(called == 3);
  refused(client.async_create(buyer("m-1"), asio::use_future).get());
  BOOST_TEST(f.sandbox.count() == 0u);
}

BOOST_AUTO_TEST_CASE(what_is_launched_after_it_is_refused) {
  StripeFixture f;
  asio::io_context other;
  for (const bool own : {false, true}) {
    auto context = std::make_unique<asio::io_context>();
    Client<StripePolicy> client{context->get_executor(), f.credentials(), f.options()};
    auto creates = client.async_create(buyer("m-1"), asio::deferred);
    auto ensures = client.async_ensure(buyer("m-2"), asio::deferred);
    auto warms = client.async_warm_up(1, asio::deferred);
    auto drains = client.async_drain(1s, asio::deferred);
    context.reset();
    int told = 0;
    const auto refused = [&](const auto& answer) {
      ++told;
      BOOST_TEST_REQUIRE(answer.has_error());
      BOOST_TEST((answer.error().code == Errc::invalid_options), answer.error().what());
      BOOST_TEST((answer.error().outcome == Outcome::no_effect));
    };
    const auto launch = [&](auto& operation, auto handler) {
      if (own) return std::move(operation)(asio::bind_executor(other.get_executor(), handler));
      std::move(operation)(handler);
    };
    launch(creates, refused);
    launch(ensures, refused);
    launch(warms, refused);
    launch(drains, [&](std::size_t left) {
      ++told;
      BOOST_TEST(left == 0u);
    });
    other.run();
    other.restart();
    BOOST_TEST(told == 4);
  }
  BOOST_TEST(f.sandbox.request_count() == 0u);
}

BOOST_AUTO_TEST_CASE(contexts_and_clients_end_on_different_threads) {
  StripeFixture f;
  for (int i = 0; i < 20; ++i) {
    auto context = std::make_unique<asio::io_context>();
    std::vector<Client<StripePolicy>> clients;
    for (int k = 0; k < 3; ++k) {
      clients.emplace_back(context->get_executor(), f.credentials(), f.options());
      BOOST_TEST(clients.back().create(buyer("m-1")).has_value());
      // Idle connections that are the context's.
      for (int call = 0; call < 8; ++call)
        clients.back().async_create(buyer("m-1"),
                                    [](const Answer& answer) { BOOST_TEST(answer.has_value()); });
    }
    context->run();
    std::thread one{[&] { context.reset(); }};
    std::thread other{[&] { clients.clear(); }};
    one.join();
    other.join();
  }
}

namespace {

struct Thrower {
  static void on_phase(const florin::PhaseEvent& event) {
    if (event.phase == Phase::read) throw 1;
  }
  static void on_call(const florin::CallEvent&) {}
};

}  // namespace

BOOST_AUTO_TEST_CASE(what_throws_leaves_the_pool_whole) {
  StripeFixture f;
  asio::io_context context;
  Client<StripePolicy> client{context.get_executor(), f.credentials(), f.options()};
  client.async_create(buyer("m-1"), [](const Answer&) { throw 1; });
  BOOST_CHECK_THROW(context.run(), int);
  BOOST_TEST(client.pool().idle == 1u);
  Client<StripePolicy, Thrower> watched{context.get_executor(), f.credentials(), f.options()};
  BOOST_CHECK_THROW(static_cast<void>(watched.create(buyer("m-2"))), int);
  watched.async_create(buyer("m-3"), [](const Answer&) {});
  context.restart();
  BOOST_CHECK_THROW(context.run(), int);
  BOOST_TEST(watched.pool().busy == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
