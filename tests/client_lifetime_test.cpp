// SPDX-License-Identifier: Apache-2.0
#include <florin/client.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/test/unit_test.hpp>

#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "client_fixture.hpp"
#include "net/tls_peer.hpp"

/// Completion tokens, executors, cancellation, and who outlives whom.
BOOST_AUTO_TEST_SUITE(client_lifetime)
namespace {

using namespace florin_test;
namespace asio = boost::asio;
using Kind = Fault::Kind;
using std::string;

constexpr auto silent = [](auto& socket) {
  char byte = 0;
  boost::system::error_code ec;
  while (!ec) socket.read_some(asio::buffer(&byte, 1), ec);
};

/// Runs `context` until `done()`.
template <class Done>
void run_until(asio::io_context& context, Done done) {
  const auto limit = std::chrono::steady_clock::now() + hang_guard;
  while (!done()) {
    BOOST_TEST_REQUIRE((std::chrono::steady_clock::now() < limit));
    context.restart();
    context.run_for(5ms);
  }
}

/// A call under way on a context of the test's own, in one of the places where calls wait.
struct Pending {
  enum class Place { handshake, read, queue, backoff };
  static constexpr Place places[] = {Place::handshake, Place::read, Place::queue, Place::backoff};

  Sandbox sandbox{florin::testing::stripe()};
  florin::net::test::Peer mute{silent};
  std::unique_ptr<asio::io_context> context = std::make_unique<asio::io_context>();
  std::optional<Client<StripePolicy>> client;
  asio::cancellation_signal signal;
  std::optional<Answer> first;  ///< in the place `queue`: the call that holds the connection
  std::optional<Answer> answer;
  int calls = 0;

  explicit Pending(Place place) {
    auto options = options_for(sandbox);
    options.pool.max_connections = 1;
    if (place == Place::handshake)
      options.base_url = "https://127.0.0.1:" + std::to_string(mute.port());
    if (place == Place::backoff) options.retry.first_backoff = 10s;
    client.emplace(context->get_executor(),
                   StripePolicy::Credentials{.api_key = sandbox.credential()}, options);
    if (place == Place::backoff)
      sandbox.fault({.kind = Kind::rate_limited});
    else
      sandbox.fault({.kind = Kind::silent});
    if (place == Place::queue) {
      client->async_create(buyer("first"), [this](Answer result) { first.emplace(result); });
      run_until(*context, [&] { return sandbox.request_count() == 1; });
    }
    client->async_create(buyer("m-1"),
                         asio::bind_cancellation_slot(signal.slot(), [this](Answer result) {
                           ++calls;
                           answer.emplace(std::move(result));
                         }));
    run_until(*context, [&] {
      switch (place) {
        case Place::handshake:
          return client->pool().busy == 1;
        case Place::read:
          return sandbox.request_count() == 1;
        case Place::queue:
          return client->pool().queued == 1;
        default:
          return sandbox.request_count() == 1 && client->pool().busy == 0;
      }
    });
    BOOST_TEST(calls == 0);
  }
};

}  // namespace

BOOST_AUTO_TEST_CASE(any_completion_token) {
  StripeFixture f;
  asio::io_context context;
  Client<StripePolicy> client{context.get_executor(), f.credentials(), f.options()};
  int done = 0;
  client.async_create(buyer("callback"), [&](Answer answer) {
    BOOST_TEST(answer.has_value());
    BOOST_TEST(context.get_executor().running_in_this_thread());
    ++done;
  });
  asio::co_spawn(
      context,
      [&]() -> asio::awaitable<void> {
        const Answer one = co_await client.async_create(buyer("one"), asio::use_awaitable);
        BOOST_TEST(one.has_value());
        const Answer two =
            co_await client.async_create(buyer("two"), {.retries = 0}, asio::use_awaitable);
        BOOST_TEST(two.has_value());
        ++done;
      },
      [](std::exception_ptr failure) { BOOST_TEST(!failure); });
  {
    // What a deferred call needs was read when it was made.
    auto request = std::make_unique<CreateRequest>(buyer("deferred"));
    auto later = client.async_create(*request, asio::deferred);
    request.reset();
    std::move(later)([&](const Answer& answer) {
      BOOST_TEST(answer.has_value());
      ++done;
    });
  }
  static_cast<void>(client.async_create(buyer("never"), asio::deferred));
  auto future = client.async_create(buyer("future"), asio::use_future);
  context.run();
  BOOST_TEST(future.get().has_value());
  BOOST_TEST(done == 3);
  for (const char* id : {"callback", "one", "two", "deferred", "future"})
    BOOST_TEST(f.sandbox.count(id) == 1u);
  BOOST_TEST(f.sandbox.count("never") == 0u);
  BOOST_TEST(client.pool().busy == 0u);
}

BOOST_AUTO_TEST_CASE(handlers_run_on_their_own_executor_and_never_at_once) {
  StripeFixture f;
  asio::io_context context;
  asio::io_context own;
  Client<StripePolicy> client{context.get_executor(), f.credentials(), f.options()};
  for (const char* id : {"m-1", ""}) {
    bool called = false;
    client.async_create(buyer(id),
                        asio::bind_executor(own.get_executor(), [&](const Answer& answer) {
                          called = true;
                          BOOST_TEST(answer.has_value() == (*id != '\0'));
                          BOOST_TEST(own.get_executor().running_in_this_thread());
                        }));
    BOOST_TEST(!called);
    run_until(context, [&] {
      own.restart();
      own.poll();
      return called;
    });
  }
}

BOOST_AUTO_TEST_CASE(cancellation_ends_a_call_wherever_it_waits) {
  using Type = asio::cancellation_type;
  for (const auto place : Pending::places) {
    for (const Type type : {Type::terminal, Type::partial, Type::total}) {
      BOOST_TEST_INFO_SCOPE("place " << static_cast<int>(place));
      Pending pending{place};
      pending.signal.emit(type);
      run_until(*pending.context, [&] { return pending.calls != 0; });
      const auto error = error_of(*pending.answer);
      BOOST_TEST((error.code == Errc::cancelled));
      BOOST_TEST(error.status_code == 499);
      BOOST_TEST((error.outcome ==
                  (place == Pending::Place::read ? Outcome::unknown : Outcome::no_effect)));
      BOOST_TEST(error.attempts == 1);
      BOOST_TEST(pending.client->pool().busy == (place == Pending::Place::queue ? 1u : 0u));
      BOOST_TEST(pending.client->pool().queued == 0u);
      BOOST_TEST(pending.calls == 1);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_warm_up_can_be_cancelled) {
  florin::net::test::Peer mute{silent};
  asio::io_context context;
  ClientOptions options;
  options.base_url = "https://127.0.0.1:" + std::to_string(mute.port());
  Client<StripePolicy> client{context.get_executor(), {.api_key = "sk_test_EXAMPLE"}, options};
  asio::cancellation_signal signal;
  std::optional<florin::Result<void>> result;
  client.async_warm_up(2, asio::bind_cancellation_slot(signal.slot(), [&](florin::Result<void> r) {
                         result.emplace(std::move(r));
                       }));
  context.poll();
  BOOST_TEST(!result.has_value());
  signal.emit(asio::cancellation_type::terminal);
  run_until(context, [&] { return result.has_value(); });
  BOOST_TEST((result->error().code == Errc::cancelled));
  BOOST_TEST(client.pool().busy == 0u);
}

BOOST_AUTO_TEST_CASE(a_pending_call_outlives_its_client) {
  StripeFixture f;
  f.sandbox.fault({.kind = Kind::delay, .delay = 100ms});
  std::future<Answer> future;
  {
    auto client = f.connect();
    future = client.async_create(buyer("m-1"), asio::use_future);
    auto queued = client;
  }
  BOOST_TEST(take(std::move(future)).has_value());

  for (const auto place : {Pending::Place::read, Pending::Place::backoff}) {
    Pending pending{place};
    pending.client.reset();
    pending.signal.emit(asio::cancellation_type::terminal);
    run_until(*pending.context, [&] { return pending.calls != 0; });
    BOOST_TEST((error_of(*pending.answer).code == Errc::cancelled));
  }
}

BOOST_AUTO_TEST_CASE(a_context_may_end_before_its_calls) {
  for (const auto place : Pending::places) {
    BOOST_TEST_INFO_SCOPE("place " << static_cast<int>(place));
    {
      Pending pending{place};
      pending.client->close();
      pending.context.reset();
      BOOST_TEST(pending.calls == 0);
      // The calls gave their places back.
      BOOST_TEST(pending.client->pool().busy == 0u);
      BOOST_TEST(pending.client->pool().queued == 0u);
    }
    {
      Pending pending{place};
      pending.client.reset();
      pending.context.reset();
      BOOST_TEST(pending.calls == 0);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_handler_may_call_again_and_drop_the_client) {
  StripeFixture f;
  asio::io_context context;
  auto client =
      std::make_unique<Client<StripePolicy>>(context.get_executor(), f.credentials(), f.options());
  int left = 5;
  std::function<void(Answer)> again = [&](Answer answer) {
    BOOST_TEST(answer.has_value());
    if (--left == 0) return client.reset();
    client->async_create(buyer("m-" + std::to_string(left)),
                         [&](Answer next) { again(std::move(next)); });
  };
  client->async_create(buyer("m-5"), [&](Answer next) { again(std::move(next)); });
  context.run();
  BOOST_TEST(left == 0);
  BOOST_TEST(f.sandbox.count() == 5u);
  BOOST_TEST(f.sandbox.connection_count() == 1u);
}

BOOST_AUTO_TEST_CASE(many_calls_on_one_thread) {
  StripeFixture f;
  asio::io_context context;
  auto options = f.options();
  options.pool.max_connections = 3;
  Client<StripePolicy> client{context.get_executor(), f.credentials(), options};
  int done = 0;
  for (int i = 0; i < 60; ++i)
    client.async_create(buyer("m-" + std::to_string(i)), [&](const Answer& answer) {
      BOOST_TEST(answer.has_value());
      ++done;
    });
  BOOST_TEST(client.pool().queued == 57u);
  context.run();
  BOOST_TEST(done == 60);
  BOOST_TEST(f.sandbox.count() == 60u);
  BOOST_TEST(f.sandbox.connection_count() == 3u);
  BOOST_TEST(client.pool().idle == 3u);
}

BOOST_AUTO_TEST_SUITE_END()
