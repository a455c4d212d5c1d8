// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/testing/sandbox.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "client_fixture.hpp"
#include "net/tls_peer.hpp"
#include "net/tunnel.hpp"

namespace florin_test {

/// Sandboxes at host names, whose certificates are good for these alone, behind a proxy that leads
/// to them: what a policy's own hosts are for a client.
class NamedServers {
 public:
  /// A server of the name `host`, to be added.
  [[nodiscard]] SandboxOptions identity(const std::string& host) const {
    return {.identity = authority_.issue({.names = {host}})};
  }
  void add(const std::string& host, const Sandbox& sandbox) {
    const std::scoped_lock lock{mutex_};
    ports_[host] = sandbox.port();
  }
  /// The names that were asked for so far; a name that does not exist is refused.
  [[nodiscard]] std::vector<std::string> asked() const {
    const std::scoped_lock lock{mutex_};
    return asked_;
  }
  [[nodiscard]] ClientOptions options() const {
    ClientOptions options;
    options.tls.ca_pem = authority_.certificate_pem();
    options.proxy =
        florin::net::Proxy{.host = "127.0.0.1", .port = proxy_.port(), .user = {}, .password = {}};
    options.deadline = 20s;
    options.retry.first_backoff = 2ms;
    return options;
  }

 private:
  void lead(florin::net::test::Tcp::socket& client) {
    std::string header;
    florin::net::test::Code ec;
    boost::asio::read_until(client, boost::asio::dynamic_buffer(header), "\r\n\r\n", ec);
    const std::string method = "CONNECT ";
    const auto host = header.substr(method.size(), header.find(":443 ") - method.size());
    std::uint16_t port = 0;
    {
      const std::scoped_lock lock{mutex_};
      asked_.push_back(host);
      if (const auto known = ports_.find(host); known != ports_.end()) port = known->second;
    }
    const std::string_view refusal = "HTTP/1.1 403 Forbidden\r\n\r\n";
    if (port != 0) return florin::net::test::tunnel(client, port);
    boost::asio::write(client, boost::asio::buffer(refusal.data(), refusal.size()), ec);
  }

  florin::testing::Authority authority_;
  mutable std::mutex mutex_;
  std::map<std::string, std::uint16_t> ports_;
  std::vector<std::string> asked_;
  florin::net::test::Peer proxy_{[this](auto& client) { lead(client); }};
};

}  // namespace florin_test
