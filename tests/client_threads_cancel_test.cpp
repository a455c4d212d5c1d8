// SPDX-License-Identifier: Apache-2.0
#include <florin/client.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/test/unit_test.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <future>
#include <string>
#include <thread>
#include <utility>

#include "client_fixture.hpp"
#include "net/tls_peer.hpp"

/// Calls are cancelled from a thread that does not run them: the library's own threads do.
BOOST_AUTO_TEST_SUITE(client_threads_cancel)
namespace {

using namespace florin_test;
namespace asio = boost::asio;
using Type = asio::cancellation_type;

/// A call that can be cancelled.
struct Pending {
  asio::cancellation_signal signal;
  std::promise<Answer> told;
  std::future<Answer> answer = told.get_future();

  void start(Client<StripePolicy>& client, const std::string& id) {
    client.async_create(buyer(id), asio::bind_cancellation_slot(signal.slot(), [this](Answer all) {
                          told.set_value(std::move(all));
                        }));
  }
  /// Cancels it and waits for its end.
  florin::Error cancel(Type type = Type::terminal) {
    signal.emit(type);
    return error_of(take(std::move(answer)));
  }
};

/// Says nothing, whatever it is sent.
void listen_only(florin::net::test::Tcp::socket& socket) {
  std::array<char, 1024> buffer;
  boost::system::error_code ec;
  while (!ec) socket.read_some(asio::buffer(buffer), ec);
}

ClientOptions options_for_port(const char* scheme, std::uint16_t port) {
  ClientOptions options;
  options.base_url = scheme + std::string{"://127.0.0.1:"} + std::to_string(port);
  options.insecure_plain_http = true;
  options.retry.retries = 0;
  return options;
}

}  // namespace

BOOST_AUTO_TEST_CASE(while_the_answer_is_awaited) {
  florin::net::test::Peer peer{listen_only};
  Client<StripePolicy> client{{.api_key = "sk_test_EXAMPLE"},
                              options_for_port("http", peer.port())};
  for (const Type type : {Type::total, Type::partial, Type::terminal}) {
    Pending call;
    call.start(client, "m-1");
    while (client.pool().opened == 0) std::this_thread::yield();
    const auto error = call.cancel(type);
    BOOST_TEST((error.code == Errc::cancelled));
    BOOST_TEST(client.pool().busy == 0u);
  }
}

BOOST_AUTO_TEST_CASE(while_the_peer_shakes_no_hands) {
  florin::net::test::Peer peer{listen_only};
  Client<StripePolicy> client{{.api_key = "sk_test_EXAMPLE"},
                              options_for_port("https", peer.port())};
  Pending call;
  call.start(client, "m-1");
  while (client.pool().busy == 0) std::this_thread::yield();
  std::this_thread::sleep_for(20ms);  // wherever it is by then
  const auto error = call.cancel();
  BOOST_TEST((error.code == Errc::cancelled));
  BOOST_TEST((error.outcome == Outcome::no_effect));
  BOOST_TEST(client.pool().busy == 0u);
}

BOOST_AUTO_TEST_CASE(in_the_queue) {
  florin::net::test::Peer peer{listen_only};
  auto options = options_for_port("http", peer.port());
  options.pool.max_connections = 1;
  Client<StripePolicy> client{{.api_key = "sk_test_EXAMPLE"}, options};
  Pending first;
  first.start(client, "m-1");
  Pending second;
  second.start(client, "m-2");
  while (client.pool().queued == 0) std::this_thread::yield();
  const auto error = second.cancel();
  BOOST_TEST((error.code == Errc::cancelled));
  BOOST_TEST((error.outcome == Outcome::no_effect));
  BOOST_TEST(client.pool().queued == 0u);
  BOOST_TEST((first.cancel().code == Errc::cancelled));
}

BOOST_AUTO_TEST_CASE(between_two_attempts) {
  StripeFixture f;
  auto options = f.options();
  options.retry.first_backoff = 1h;
  options.retry.longest_backoff = 1h;
  options.deadline = 3h;
  auto client = f.connect(options);
  f.sandbox.fault({.kind = Fault::Kind::rate_limited});
  Pending call;
  call.start(client, "m-1");
  while (f.sandbox.request_count() == 0 || client.pool().idle == 0) std::this_thread::yield();
  const auto error = call.cancel();
  BOOST_TEST((error.code == Errc::cancelled));
  BOOST_TEST((error.outcome == Outcome::no_effect));
}

/// The signal meets calls wherever they are: in the resolver, connecting, shaking hands, writing,
/// reading, or at their end.
BOOST_AUTO_TEST_CASE(at_any_moment) {
  StripeFixture f;
  std::size_t cancelled = 0;
  for (int round = 0; round < 150; ++round) {
    auto options = f.options();
    options.pool.max_connections = 2;
    auto client = f.connect(options);  // cold, so that connections are opened
    std::deque<Pending> calls(4);
    for (std::size_t i = 0; i < calls.size(); ++i)
      calls[i].start(client, std::to_string(round) + '-' + std::to_string(i));
    std::this_thread::sleep_for(std::chrono::microseconds{round * 37 % 4000});
    for (auto& call : calls) call.signal.emit(Type::total);
    for (auto& call : calls) {
      const auto answer = take(std::move(call.answer));
      if (answer) continue;
      ++cancelled;
      BOOST_TEST((answer.error().code == Errc::cancelled));
    }
    // What is cancelled when it is over does nothing, not even to calls that came after it.
    Pending next;
    next.start(client, std::to_string(round) + "-next");
    for (auto& call : calls) call.signal.emit(Type::total);
    BOOST_TEST(take(std::move(next.answer)).has_value());
    BOOST_TEST(client.pool().busy == 0u);
  }
  BOOST_TEST(cancelled > 0u);
}

BOOST_AUTO_TEST_SUITE_END()
