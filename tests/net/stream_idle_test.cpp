// SPDX-License-Identifier: Apache-2.0
#include <florin/net/stream.hpp>

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>

#include <poll.h>
#include <sys/ioctl.h>

#include "stream_scene.hpp"
#include "tls_voice.hpp"

BOOST_AUTO_TEST_SUITE(net_stream_idle)
namespace {

namespace asio = boost::asio;
namespace net = florin::net;
using net::Stream;
using net::test::ask;
using net::test::authority;
using net::test::client_context;
using net::test::Code;
using net::test::open;
using net::test::Peer;
using net::test::server_context;
using net::test::shake;
using net::test::Tcp;
using net::test::TlsVoice;

enum class What { stray, ticket };
enum class When {
  with_the_answer,  ///< in the same segment, so that it is read ahead
  later,            ///< while the connection is idle
};

/// A server that answers one line with another, and sends `size` bytes of a record nobody asked
/// for.
struct IdleScene {
  IdleScene(What what, When when, std::size_t size)
      : server(server_context(authority().issue())), peer([=, this](Tcp::socket& socket) {
          try {
            SSL_CTX_set_num_tickets(server.native_handle(), 0);
            TlsVoice voice{server.native_handle(), socket.native_handle()};
            voice.accept();
            voice.hear();
            const auto answer = voice.records("pong\n");
            const auto record =
                what == What::stray ? voice.records("HTTP/1.1 201 Created\r\n") : voice.ticket();
            whole = record.size();
            const auto part = record.substr(0, size);
            if (when == When::with_the_answer) {
              voice.send(answer + part);
            } else {
              voice.send(answer);
              voice.hear();  // the client has read the answer
              voice.send(part);
            }
            voice.wait_for_end();
          } catch (const std::runtime_error&) {
            // the client has ended
          }
        }) {
    open(stream, peer);
    BOOST_REQUIRE(!shake(stream, tls));
    Code ec;
    BOOST_REQUIRE(ask(stream, "ping\n", ec) == "pong\n");
    if (when == When::with_the_answer) return;
    stream.write_some(asio::buffer("\n", 1));
    ::pollfd entry{stream.native_handle(), POLLIN, 0};
    BOOST_REQUIRE(::poll(&entry, 1, 20'000) == 1);
    int there = 0;
    for (int i = 0; i < 20'000 && there < static_cast<int>(size); ++i)
      ::ioctl(stream.native_handle(), FIONREAD, &there);
  }

  std::shared_ptr<net::TlsContext> tls = client_context();
  std::atomic<std::size_t> whole{0};
  asio::ssl::context server;
  Peer peer;
  Stream stream;
};

/// The size of the record, asked of a server that has sent it.
std::size_t record_size(What what) {
  IdleScene scene{what, When::with_the_answer, 1};
  scene.stream.close();
  return scene.whole;
}

}  // namespace

BOOST_AUTO_TEST_CASE(any_part_of_a_stray_record_is_the_end) {
  const auto whole = record_size(What::stray);
  BOOST_REQUIRE(whole > 40U);
  for (const auto when : {When::with_the_answer, When::later}) {
    for (std::size_t size = 1; size <= whole; ++size) {
      IdleScene scene{What::stray, when, size};
      BOOST_TEST_CONTEXT("when " << static_cast<int>(when) << ", size " << size)
      BOOST_TEST(!scene.stream.alive());
      scene.stream.close();
    }
  }
}

BOOST_AUTO_TEST_CASE(a_part_of_a_ticket_is_the_end_and_a_whole_one_is_kept) {
  const auto whole = record_size(What::ticket);
  BOOST_REQUIRE(whole > 100U);
  for (const auto when : {When::with_the_answer, When::later}) {
    for (const std::size_t size : {std::size_t{1}, std::size_t{3}, std::size_t{4}, std::size_t{5},
                                   std::size_t{6}, std::size_t{100}, whole - 1}) {
      IdleScene scene{What::ticket, when, size};
      BOOST_TEST_CONTEXT("when " << static_cast<int>(when) << ", size " << size)
      BOOST_TEST(!scene.stream.alive());
      scene.stream.close();
    }
    IdleScene scene{What::ticket, when, whole};
    BOOST_TEST(scene.stream.alive());
    BOOST_TEST(scene.stream.alive());
    BOOST_TEST(scene.tls->sessions().size() == 1U);
    Code ec;
    scene.stream.write_some(asio::buffer("again\n", 6), ec);
    BOOST_TEST(!ec);
    scene.stream.close();
  }
}

BOOST_AUTO_TEST_SUITE_END()
