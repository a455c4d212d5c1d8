// SPDX-License-Identifier: Apache-2.0
#include <florin/net/connect.hpp>
#include <florin/net/stream.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/read.hpp>
#include <boost/test/unit_test.hpp>

#include <array>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include <fcntl.h>

#include "stream_scene.hpp"

BOOST_AUTO_TEST_SUITE(net_stream_process)
namespace {

namespace asio = boost::asio;
namespace net = florin::net;
using net::Stream;
using net::test::ask;
using net::test::authority;
using net::test::client_context;
using net::test::Code;
using net::test::echo_lines;
using net::test::in_child;
using net::test::open;
using net::test::over_tls;
using net::test::Peer;
using net::test::server_context;
using net::test::shake;
using net::test::soon;

/// Whether `stream`, inherited by this process, does nothing at all.
bool is_dead(Stream& stream) {
  const auto fails = [](Code ec) { return ec == asio::error::connection_aborted; };
  Code ec;
  char byte = 0;
  if (stream.alive()) return false;
  stream.read_some(asio::buffer(&byte, 1), ec);
  if (!fails(ec)) return false;
  stream.write_some(asio::buffer("x\n", 2), ec);
  if (!fails(ec)) return false;
  stream.handshake(ec);
  if (!fails(ec)) return false;
  stream.start_tls(client_context(), "localhost", 443, ec);
  if (!fails(ec)) return false;
  const int descriptor = stream.native_handle();
  Stream{std::move(stream)}.close();
  return ::fcntl(descriptor, F_GETFD) == -1;
}

}  // namespace

BOOST_AUTO_TEST_CASE(blocking_use_needs_no_executor) {
  Peer peer{echo_lines};
  Stream stream;
  BOOST_TEST(!stream.get_executor());
  open(stream, peer);
  Code ec;
  BOOST_TEST(ask(stream, "one\n", ec) == "one\n");
  BOOST_TEST(stream.alive());
  boost::asio::ssl::context server{server_context(authority().issue())};
  Peer secure{over_tls(server, echo_lines)};
  open(stream, secure);
  BOOST_REQUIRE(!shake(stream, client_context()));
  BOOST_TEST(ask(stream, "two\n", ec) == "two\n");
  stream.close();
}

BOOST_AUTO_TEST_CASE(blocking_use_outlives_the_execution_context) {
  Peer peer{echo_lines};
  auto context = std::make_unique<asio::io_context>();
  Stream stream{context->get_executor()};
  open(stream, peer);
  context.reset();
  Code ec;
  BOOST_TEST(ask(stream, "one\n", ec) == "one\n");
  stream.close();
}

BOOST_AUTO_TEST_CASE(moves_from_one_execution_context_to_another) {
  boost::asio::ssl::context server{server_context(authority().issue())};
  Peer peer{over_tls(server, echo_lines)};
  Stream stream;
  open(stream, peer);
  BOOST_REQUIRE(!shake(stream, client_context()));
  for (int i = 0; i < 3; ++i) {
    asio::io_context context;
    stream.set_executor(context.get_executor());
    std::array<char, 4> answer{};
    std::optional<Code> done;
    asio::async_write(stream, asio::buffer("one\n", 4), [&](Code failure, std::size_t) {
      BOOST_TEST(!failure);
      asio::async_read(stream, asio::buffer(answer), [&](Code ec, std::size_t) { done = ec; });
    });
    context.run();
    BOOST_REQUIRE(done.has_value());
    BOOST_TEST(!*done);
    BOOST_TEST((std::string_view{answer.data(), answer.size()} == "one\n"));
    Code ec;
    BOOST_TEST(ask(stream, "two\n", ec) == "two\n");
    stream.set_executor({});
  }
  Code ec;
  BOOST_TEST(ask(stream, "three\n", ec) == "three\n");
  stream.close();
}

BOOST_AUTO_TEST_CASE(takes_a_socket_and_its_executor) {
  Peer peer{echo_lines};
  asio::io_context context;
  net::test::Tcp::socket socket{context};
  socket.connect(peer.endpoint());
  Stream stream;
  Code ec;
  stream.assign(std::move(socket), ec);
  BOOST_REQUIRE(!ec);
  BOOST_TEST((stream.get_executor() == context.get_executor()));
  stream.expires_at(soon());
  BOOST_TEST(ask(stream, "one\n", ec) == "one\n");
  stream.assign(net::test::Tcp::socket{context}, ec);
  BOOST_TEST(ec.failed());
  BOOST_TEST(!stream.is_open());
  stream.assign(net::test::Tcp::v4(), -1, ec);
  BOOST_TEST(ec.failed());
  BOOST_TEST(!stream.is_open());
}

BOOST_AUTO_TEST_CASE(descriptors_are_not_inherited_by_programs) {
  Peer peer{echo_lines};
  asio::io_context context;
  Stream stream{context.get_executor()};
  open(stream, peer);
  BOOST_TEST((::fcntl(stream.native_handle(), F_GETFD) & FD_CLOEXEC) != 0);
  net::test::Tcp::socket socket{context};
  socket.connect(peer.endpoint());
  Code ec;
  stream.assign(std::move(socket), ec);
  BOOST_REQUIRE(!ec);
  BOOST_TEST((::fcntl(stream.native_handle(), F_GETFD) & FD_CLOEXEC) != 0);
}

BOOST_AUTO_TEST_CASE(a_child_cannot_use_or_harm_a_plain_connection) {
  Peer peer{echo_lines};
  Stream stream;
  open(stream, peer);
  BOOST_TEST(in_child([&] { return is_dead(stream) ? 0 : 1; }) == 0);
  BOOST_TEST(stream.alive());
  Code ec;
  BOOST_TEST(ask(stream, "one\n", ec) == "one\n");
}

BOOST_AUTO_TEST_CASE(a_child_cannot_use_or_harm_a_tls_connection) {
  boost::asio::ssl::context server{server_context(authority().issue())};
  Peer peer{over_tls(server, echo_lines)};
  Stream stream;
  open(stream, peer);
  BOOST_REQUIRE(!shake(stream, client_context()));
  Code ec;
  BOOST_TEST(ask(stream, "one\n", ec) == "one\n");
  BOOST_TEST(in_child([&] { return is_dead(stream) ? 0 : 1; }) == 0);
  BOOST_TEST(stream.alive());
  BOOST_TEST(ask(stream, "two\n", ec) == "two\n");
  stream.close();
}

BOOST_AUTO_TEST_CASE(a_child_leaves_the_parents_reactor_alone) {
  Peer peer{echo_lines};
  asio::io_context context;
  Stream stream{context.get_executor()};
  open(stream, peer);
  std::optional<Code> done;
  std::array<char, 4> answer{};
  const auto exchange = [&] {
    done.reset();
    asio::async_write(stream, asio::buffer("one\n", 4), [&](Code, std::size_t) {
      asio::async_read(stream, asio::buffer(answer), [&](Code ec, std::size_t) { done = ec; });
    });
    context.restart();
    context.run();
    return done.has_value() && !*done;
  };
  BOOST_TEST(exchange());
  // The descriptor is registered now, and an epoll instance is shared with the child.
  BOOST_TEST(in_child([&] { return is_dead(stream) ? 0 : 1; }) == 0);
  BOOST_TEST(exchange());
  BOOST_TEST(in_child([&] {
               stream.set_executor({});
               stream.close();
               return 0;
             }) == 0);
  BOOST_TEST(exchange());
}

BOOST_AUTO_TEST_CASE(a_child_connects_anew_with_the_same_stream) {
  Peer peer{echo_lines};
  Stream stream;
  open(stream, peer);
  BOOST_TEST(in_child([&] {
               Code ec;
               const auto connected = net::connect({peer.endpoint()}, soon(), {}, ec);
               if (ec) return 1;
               stream.assign(connected.protocol, connected.handle, ec);
               if (ec || !stream.alive()) return 2;
               return ask(stream, "child\n", ec) == "child\n" ? 0 : 3;
             }) == 0);
  Code ec;
  BOOST_TEST(ask(stream, "parent\n", ec) == "parent\n");
}

BOOST_AUTO_TEST_CASE(a_child_shows_no_ticket_of_its_parent) {
  boost::asio::ssl::context server{server_context(authority().issue())};
  Peer peer{over_tls(server, echo_lines)};
  const auto tls = client_context();
  const auto resumes = [&] {
    Stream stream;
    open(stream, peer);
    Code ec = shake(stream, tls);
    return !ec && ask(stream, "one\n", ec) == "one\n" && stream.session_resumed();
  };
  BOOST_TEST(!resumes());
  BOOST_TEST(tls->sessions().size() != 0U);
  BOOST_TEST(in_child([&] {
               if (tls->sessions().size() != 0) return 1;
               if (resumes()) return 2;
               return resumes() ? 0 : 3;
             }) == 0);
  BOOST_TEST(resumes());
}

BOOST_AUTO_TEST_SUITE_END()
