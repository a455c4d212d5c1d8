// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <cstdint>
#include <string_view>
#include <thread>

#include <sys/socket.h>

#include "net/tls_peer.hpp"

namespace florin::net::test {

/// What a proxy does for a client that has asked for a tunnel: says so and carries bytes to `port`
/// of this machine and back until both sides have ended.
inline void tunnel(Tcp::socket& client, std::uint16_t port) {
  Code ec;
  const auto say = [&](std::string_view text) {
    boost::asio::write(client, boost::asio::buffer(text.data(), text.size()), ec);
  };
  boost::asio::io_context context;
  Tcp::socket server{context};
  server.connect({boost::asio::ip::address_v4::loopback(), port}, ec);
  if (ec) return say("HTTP/1.1 502 Bad Gateway\r\n\r\n");
  say("HTTP/1.1 200 Connection established\r\n\r\n");
  const auto pump = [](Tcp::socket& from, Tcp::socket& into) {
    std::array<char, 4096> data{};
    Code stop;
    while (!stop) {
      const auto size = from.read_some(boost::asio::buffer(data), stop);
      if (size != 0) boost::asio::write(into, boost::asio::buffer(data.data(), size), stop);
    }
    ::shutdown(into.native_handle(), SHUT_WR);
  };
  std::thread back{[&] { pump(server, client); }};
  pump(client, server);
  back.join();
}

}  // namespace florin::net::test
