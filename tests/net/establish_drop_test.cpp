// SPDX-License-Identifier: Apache-2.0
#include <florin/net/establish.hpp>

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "support/allocations.hpp"
#include "support/skipped.hpp"
#include "tls_peer.hpp"

/// Establishments that end badly: dropped unfinished, or without memory.
BOOST_AUTO_TEST_SUITE(net_establish_drop)
namespace {

namespace asio = boost::asio;
namespace net = florin::net;
using namespace std::chrono_literals;
using net::EstablishResult;
using net::Stream;
using net::test::Code;
using net::test::echo_lines;
using net::test::Peer;
using net::test::soon;

std::shared_ptr<const net::Target> to(const std::string& host, std::uint16_t port, bool tls) {
  auto target = std::make_shared<net::Target>();
  target->host = host;
  target->port = port;
  if (tls) target->tls = *net::TlsContext::make_without_verification();
  return target;
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_deadline_lets_go_of_a_stream_that_is_dropped_with_its_handler) {
  std::atomic<bool> greeted{false};
  std::atomic<bool> answered{false};
  std::promise<void> answer;
  Peer peer{[&](auto& socket) {
    Code ec;
    char hello[64];
    socket.read_some(asio::buffer(hello), ec);
    greeted = true;
    answer.get_future().wait();
    asio::write(socket, asio::buffer("\x16\x03\x03", 3), ec);
    answered = true;
    while (!ec) socket.read_some(asio::buffer(hello), ec);
  }};
  asio::io_context context;
  auto mine = std::make_unique<asio::io_context>();
  auto owned = std::make_unique<Stream>(context.get_executor());
  Stream& stream = *owned;
  bool called = false;
  net::async_establish(
      stream, to("127.0.0.1", peer.port(), true), net::Clock::now() + 2s,
      asio::bind_executor(mine->get_executor(), [&called, owned = std::move(owned)](
                                                    const EstablishResult&) { called = true; }));
  while (!greeted) {
    context.poll();
    mine->poll();
  }
  answer.set_value();
  while (!answered) std::this_thread::sleep_for(1ms);
  context.poll();  // the operation is queued, with the stream
  mine.reset();
  context.run();  // until the deadline, if that was still waited for
  BOOST_TEST(!called);
}

BOOST_AUTO_TEST_CASE(a_failed_allocation_is_an_error) {
  Peer peer{echo_lines};
  for (const char* host : {"127.0.0.1", "localhost"}) {
    const auto target = to(host, peer.port(), false);
    for (std::size_t n = 0; n < 1000; ++n) {
      Stream stream;
      florin_test::AllocationFailure failure{n};
      const auto result = net::establish(stream, *target, soon());
      failure.stop();
      BOOST_TEST_CONTEXT(host << ", allocation " << n) {
        BOOST_TEST(stream.is_open() == result.ok());
        if (!result.ok()) BOOST_TEST(net::is_out_of_resources(result.error));
      }
      if (!failure.happened()) break;
      BOOST_TEST(n < 999U);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_failed_allocation_completes_an_asynchronous_establishment,
                     *florin_test::not_under_tsan(florin_test::allocates)) {
  Peer peer{echo_lines};
  for (const char* host : {"127.0.0.1", "localhost"}) {
    const auto target = to(host, peer.port(), false);
    for (std::size_t n = 0; n < 1000; ++n) {
      asio::io_context context;
      Stream stream{context.get_executor()};
      int completed = 0;
      EstablishResult result;
      florin_test::AllocationFailure failure{n};
      net::async_establish(stream, target, soon(), [&](const EstablishResult& done) {
        ++completed;
        result = done;
      });
      context.run();
      failure.stop();
      BOOST_TEST_CONTEXT(host << ", allocation " << n) {
        BOOST_TEST(completed == 1);
        BOOST_TEST(stream.is_open() == result.ok());
        if (!result.ok()) BOOST_TEST(net::is_out_of_resources(result.error));
      }
      if (!failure.happened()) break;
      BOOST_TEST(n < 999U);
    }
  }
}

BOOST_AUTO_TEST_CASE(so_does_one_where_tls_is_prepared,
                     *florin_test::not_under_tsan(florin_test::allocates)) {
  const florin::testing::Authority authority;
  auto server = net::test::server_context(authority.issue());
  Peer peer{net::test::over_tls(server, echo_lines)};
  const auto target = to("127.0.0.1", peer.port(), true);
  bool in_handshake = false;
  for (std::size_t n = 0; n < 1000; ++n) {
    asio::io_context context;
    Stream stream{context.get_executor()};
    EstablishResult result;
    florin_test::AllocationFailure failure{n};
    net::async_establish(stream, target, soon(),
                         [&](const EstablishResult& done) { result = done; });
    context.run();
    failure.stop();
    BOOST_TEST_CONTEXT("allocation " << n) {
      BOOST_TEST(stream.is_open() == result.ok());
      if (!result.ok()) {
        BOOST_TEST(net::is_out_of_resources(result.error));
        in_handshake = in_handshake || result.phase == florin::Phase::handshake;
      }
    }
    if (!failure.happened()) break;
    BOOST_TEST(n < 999U);
  }
  BOOST_TEST(in_handshake);
}

BOOST_AUTO_TEST_SUITE_END()
