// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/net/connect.hpp>
#include <florin/net/stream.hpp>
#include <florin/testing/certificate.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/test/unit_test.hpp>

#include <memory>
#include <string_view>

#include <sys/wait.h>
#include <unistd.h>

#include "tls_peer.hpp"

namespace florin::net::test {

/// The root that the tests of streams trust.
inline const testing::Authority& authority() {
  static const testing::Authority made;
  return made;
}

/// A context that trusts `authority`.
inline std::shared_ptr<TlsContext> client_context(TlsOptions options = {}) {
  if (options.ca_pem.empty()) options.ca_pem = authority().certificate_pem();
  return TlsContext::make(options).value();
}

/// Connects `stream` to `peer`, with a generous deadline.
inline void open(Stream& stream, const Peer& peer) {
  Code ec;
  const auto connected = connect({peer.endpoint()}, soon(), {}, ec);
  BOOST_REQUIRE(!ec);
  stream.assign(connected.protocol, connected.handle, ec);
  BOOST_REQUIRE(!ec);
  stream.expires_at(soon());
}

/// A TLS handshake.
inline Code shake(Stream& stream, const std::shared_ptr<TlsContext>& context,
                  std::string_view host = "localhost") {
  Code ec;
  stream.start_tls(context, host, 443, ec);
  if (!ec) stream.handshake(ec);
  return ec;
}

/// Why a byte cannot be read.
inline Code read_error(Stream& stream) {
  Code ec;
  char byte = 0;
  stream.read_some(boost::asio::buffer(&byte, 1), ec);
  return ec;
}

/// A behaviour that holds the connection until the client ends, silently.
inline constexpr auto silent = [](auto& socket) {
  char byte = 0;
  Code ignored;
  while (!ignored) socket.read_some(boost::asio::buffer(&byte, 1), ignored);
};

/// The exit code of a child that runs `work`.
template <class Work>
int in_child(Work work) {
  const auto child = ::fork();
  if (child == 0) {
    ::alarm(20);
    ::_exit(work());
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace florin::net::test
