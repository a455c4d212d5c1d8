// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/testing/certificate.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <boost/system/error_code.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/time.h>

namespace florin::net::test {

using Tcp = boost::asio::ip::tcp;
using SslStream = boost::asio::ssl::stream<Tcp::socket>;
using Code = boost::system::error_code;

/// Generous limit for things that must not hang.
inline std::chrono::steady_clock::time_point soon() {
  return std::chrono::steady_clock::now() + std::chrono::seconds{20};
}

/// A server on the loopback that runs a function per connection, each on a thread of its own.
class Peer {
 public:
  using Behaviour = std::function<void(Tcp::socket&)>;

  explicit Peer(Behaviour behaviour)
      : behaviour_(std::move(behaviour)),
        acceptor_(context_, Tcp::endpoint{boost::asio::ip::address_v4::loopback(), 0}),
        thread_([this] { accept(); }) {}
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;
  ~Peer() {
    stopping_ = true;
    Code ignored;
    Tcp::socket wake{context_};
    wake.connect(endpoint(), ignored);
    thread_.join();
    {
      const std::scoped_lock lock{mutex_};
      for (const int descriptor : open_) ::shutdown(descriptor, SHUT_RDWR);
    }
    for (auto& worker : workers_) worker.join();
  }

  [[nodiscard]] Tcp::endpoint endpoint() const { return acceptor_.local_endpoint(); }
  [[nodiscard]] std::uint16_t port() const { return endpoint().port(); }

 private:
  void accept() {
    for (;;) {
      Tcp::socket socket{context_};
      Code ec;
      acceptor_.accept(socket, ec);
      if (ec || stopping_) return;
      workers_.emplace_back([this, connection = std::move(socket)]() mutable { run(connection); });
    }
  }

  void run(Tcp::socket& socket) {
    const int descriptor = socket.native_handle();
    {
      const std::scoped_lock lock{mutex_};
      open_.push_back(descriptor);
    }
    ::timeval limit{20, 0};
    ::setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    behaviour_(socket);
    const std::scoped_lock lock{mutex_};
    std::erase(open_, descriptor);
    Code ignored;
    socket.close(ignored);
  }

  Behaviour behaviour_;
  boost::asio::io_context context_;
  Tcp::acceptor acceptor_;
  std::atomic<bool> stopping_{false};
  std::mutex mutex_;
  std::vector<int> open_;
  std::vector<std::thread> workers_;
  std::thread thread_;
};

/// A server's TLS settings for `identity`.
inline boost::asio::ssl::context server_context(const testing::Identity& identity) {
  boost::asio::ssl::context context{boost::asio::ssl::context::tls_server};
  context.use_certificate_chain(boost::asio::buffer(identity.certificate_pem));
  context.use_private_key(boost::asio::buffer(identity.private_key_pem),
                          boost::asio::ssl::context::pem);
  SSL_CTX_set_session_id_context(context.native_handle(),
                                 reinterpret_cast<const unsigned char*>("test"), 4);
  return context;
}

/// A behaviour: a TLS handshake, then `talk(stream)` where it succeeded.
template <class Talk>
Peer::Behaviour over_tls(boost::asio::ssl::context& context, Talk talk) {
  return [&context, talk](Tcp::socket& socket) {
    boost::asio::ssl::stream<Tcp::socket&> stream{socket, context};
    Code ec;
    stream.handshake(boost::asio::ssl::stream_base::server, ec);
    if (!ec) talk(stream);
  };
}

/// Answers each line with the same line until the client ends; then says goodbye.
inline constexpr auto echo_lines = [](auto& stream) {
  std::string received;
  Code ec;
  for (;;) {
    const auto size =
        boost::asio::read_until(stream, boost::asio::dynamic_buffer(received), '\n', ec);
    if (ec) break;
    boost::asio::write(stream, boost::asio::buffer(received.data(), size), ec);
    if (ec) break;
    received.erase(0, size);
  }
  if constexpr (requires { stream.handshake({}, ec); }) stream.shutdown(ec);
};

/// Writes `line` and reads until a newline, with the blocking functions of `stream`.
template <class Stream>
std::string ask(Stream& stream, std::string_view line, Code& ec) {
  boost::asio::write(stream, boost::asio::buffer(line.data(), line.size()), ec);
  std::string answer;
  if (!ec) boost::asio::read_until(stream, boost::asio::dynamic_buffer(answer), '\n', ec);
  return answer;
}

}  // namespace florin::net::test
