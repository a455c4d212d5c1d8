// SPDX-License-Identifier: Apache-2.0
#include <florin/client.hpp>
#include <florin/net/tls.hpp>

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/asio/write.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <cstddef>
#include <limits>
#include <memory>
#include <string>
#include <thread>

#include "client_fixture.hpp"
#include "handed_executor.hpp"
#include "net/tls_peer.hpp"
#include "starved.hpp"

BOOST_AUTO_TEST_SUITE(client_warm_up)
namespace {

using namespace florin_test;
namespace asio = boost::asio;
using florin::net::test::Peer;

constexpr auto silent = [](auto& socket) {
  char byte = 0;
  boost::system::error_code ec;
  while (!ec) socket.read_some(asio::buffer(&byte, 1), ec);
};

ClientOptions options_for(const Peer& peer) {
  ClientOptions options;
  options.base_url = "https://127.0.0.1:" + std::to_string(peer.port());
  options.tls_context = *florin::net::TlsContext::make_without_verification();
  options.retry.retries = 0;
  return options;
}

}  // namespace

BOOST_AUTO_TEST_CASE(nobody_waits_for_the_other_connections) {
  const auto identity = florin::testing::Authority{}.issue();
  auto tls = florin::net::test::server_context(identity);
  std::atomic<int> connections{0};
  Peer peer{[&](auto& socket) {
    // The first one answers, the others do not even shake hands.
    if (connections++ != 0) return silent(socket);
    florin::net::test::over_tls(tls, [](auto& stream) {
      std::string received;
      boost::system::error_code ec;
      const std::string body = R"({"id":"cus_1","object":"customer"})";
      const std::string answer =
          "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
      asio::read_until(stream, asio::dynamic_buffer(received), "\r\n\r\n", ec);
      if (!ec) asio::write(stream, asio::buffer(answer), ec);
      silent(stream);
    })(socket);
  }};
  for (const bool async : {false, true}) {
    BOOST_TEST_INFO_SCOPE("async " << async);
    connections = 0;
    auto options = options_for(peer);
    options.pool.max_connections = 2;
    options.deadline = 15s;
    Client<StripePolicy> client{{.api_key = "sk_test_EXAMPLE"}, options};
    std::thread blocking;
    if (async)
      client.async_warm_up(2, [](const florin::Result<void>&) {});
    else
      blocking = std::thread{[copy = client]() mutable { static_cast<void>(copy.warm_up(2)); }};
    until([&] { return connections == 2; });
    BOOST_TEST(client.create(buyer("m-1"), {.deadline = 10s}).has_value());
    BOOST_TEST(client.pool().busy == 1u);
    if (blocking.joinable()) blocking.join();
  }
}

BOOST_AUTO_TEST_CASE(what_is_ready_counts) {
  StripeFixture f;
  BOOST_TEST(f.client.create(buyer("m-1")).has_value());
  BOOST_TEST(f.client.warm_up(3).has_value());
  BOOST_TEST(f.client.pool().idle == 3u);
  BOOST_TEST(f.client.pool().opened == 3u);
  BOOST_TEST(f.client.warm_up(2).has_value());
  BOOST_TEST(f.client.pool().opened == 3u);
}

BOOST_AUTO_TEST_CASE(no_more_are_opened_than_there_may_be) {
  const StripeFixture f;
  auto options = f.options();
  options.pool.max_connections = 4;
  auto client = f.connect(options);
  BOOST_TEST(client.warm_up(std::numeric_limits<std::size_t>::max()).has_value());
  BOOST_TEST(client.pool().idle == 4u);
  BOOST_TEST(client.pool().opened == 4u);
  // Nor when each is too old as soon as it is open.
  options.pool.max_age = 1ms;
  options.deadline = 2s;
  auto hasty = f.connect(options);
  BOOST_TEST(hasty.warm_up(std::numeric_limits<std::size_t>::max()).has_value());
  BOOST_TEST(hasty.pool().opened == 4u);
}

BOOST_AUTO_TEST_CASE(none_are_opened_once_it_is_shut_down) {
  for (const bool drained : {false, true}) {
    StripeFixture f;
    if (drained) {
      BOOST_TEST(f.client.drain(0ms) == 0u);
    } else {
      f.client.close();
    }
    const auto warm = f.client.warm_up(3);
    BOOST_TEST_REQUIRE(!warm.has_value());
    BOOST_TEST((warm.error().code == Errc::cancelled), warm.error().what());
    const auto later = f.client.async_warm_up(3, asio::use_future).get();
    BOOST_TEST_REQUIRE(!later.has_value());
    BOOST_TEST((later.error().code == Errc::cancelled), later.error().what());
    BOOST_TEST(f.client.pool().opened == 0u);
  }
}

BOOST_AUTO_TEST_CASE(each_allocation_may_fail) {
  Sandbox sandbox{florin::testing::stripe()};
  auto options = florin_test::options_for(sandbox);
  options.base_url = "https://127.0.0.1:" + std::to_string(sandbox.port());
  options.pool.max_connections = 3;
  for (const bool async : {false, true}) {
    bool failed = true;
    std::size_t n = 0;
    int lost = 0;
    for (; failed && n < 2'000; ++n) {
      BOOST_TEST_INFO_SCOPE((async ? "async, allocation " : "blocking, allocation ") << n);
      asio::io_context context;
      Client<StripePolicy> client{
          context.get_executor(), {.api_key = sandbox.credential()}, options};
      BOOST_TEST(client.warm_up(2).has_value());
      const auto check = [](const florin::Result<void>& warm) {
        if (!warm) BOOST_TEST((warm.error().code == Errc::out_of_resources), warm.error().what());
      };
      const Starved starved{context, n, [&](const auto& told) {
                              if (async)
                                return client.async_warm_up(3,
                                                            [&](const florin::Result<void>& warm) {
                                                              told();
                                                              check(warm);
                                                            });
                              const auto warm = client.warm_up(3);
                              told();
                              check(warm);
                            }};
      failed = starved.failed();
      lost += starved.thrown();
      BOOST_TEST(starved.ends() == 1);
      if (!async) BOOST_TEST(!starved.thrown());
      BOOST_TEST(client.pool().busy == 0u);
      BOOST_TEST(client.warm_up(3).has_value());
      BOOST_TEST(client.pool().idle == 3u);
    }
    BOOST_TEST(n < 2'000u);
    BOOST_TEST(n > 3u);
    BOOST_TEST_MESSAGE(n << " allocations, " << lost << " lost");
  }
}

BOOST_AUTO_TEST_SUITE_END()
