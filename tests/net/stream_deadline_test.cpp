// SPDX-License-Identifier: Apache-2.0
#include <florin/net/detail/posix.hpp>
#include <florin/net/stream.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <optional>
#include <pthread.h>
#include <signal.h>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "stream_scene.hpp"
#include "tls_voice.hpp"

BOOST_AUTO_TEST_SUITE(net_stream_deadline)
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace net = florin::net;
using namespace std::chrono_literals;
using net::Stream;
using net::TlsError;
using net::test::authority;
using net::test::client_context;
using net::test::Code;
using net::test::open;
using net::test::over_tls;
using net::test::Peer;
using net::test::read_error;
using net::test::server_context;
using net::test::shake;
using net::test::silent;
using net::test::soon;
using net::test::Tcp;
using net::test::TlsVoice;

/// Signals this thread every few milliseconds for as long as it lives, 8 s at most.
class Signals {
 public:
  Signals() : target_(::pthread_self()) {
    struct ::sigaction action {};
    action.sa_handler = [](int) {};
    action.sa_flags = SA_RESTART;
    ::sigaction(SIGUSR1, &action, &before_);
    thread_ = std::thread{[this] {
      const auto end = std::chrono::steady_clock::now() + 8s;
      while (!over_ && std::chrono::steady_clock::now() < end) {
        ::pthread_kill(target_, SIGUSR1);
        std::this_thread::sleep_for(5ms);
      }
      tired_ = !over_;
    }};
  }
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;
  ~Signals() {
    over_ = true;
    thread_.join();
    ::sigaction(SIGUSR1, &before_, nullptr);
  }

  /// Whether they have stopped: what they interrupted has outlasted them.
  [[nodiscard]] bool stopped() const { return tired_; }

 private:
  ::pthread_t target_;
  struct ::sigaction before_ {};
  std::atomic<bool> over_{false};
  std::atomic<bool> tired_{false};
  std::thread thread_;
};

/// A behaviour: reads the ClientHello, then sends `record` until the client ends or it has been
/// sent more often than any bound allows.
Peer::Behaviour endlessly(std::string record) {
  return [record = std::move(record)](Tcp::socket& socket) {
    char hello[2048];
    Code ec;
    socket.read_some(asio::buffer(hello), ec);
    for (std::size_t sent = 0; !ec && sent < 256U << 20U; sent += record.size())
      asio::write(socket, asio::buffer(record), ec);
    if (!ec) silent(socket);
  };
}

/// One record of the handshake that holds as many HelloRequests as fit.
std::string hello_requests() {
  return std::string{"\x16\x03\x03\x40\x00", 5} + std::string(16'384, '\0');
}

/// A TLS server that talks through `talk(voice)` after the handshake.
struct VoiceScene {
  template <class Talk>
  explicit VoiceScene(Talk talk, int version = TLS1_3_VERSION)
      : server(server_context(authority().issue())), peer([this, talk](Tcp::socket& socket) {
          try {
            TlsVoice voice{server.native_handle(), socket.native_handle()};
            voice.accept();
            talk(voice);
            voice.wait_for_end();
          } catch (const std::runtime_error&) {
            // the client has ended
          }
        }) {
    SSL_CTX_set_max_proto_version(server.native_handle(), version);
  }
  asio::ssl::context server;
  Peer peer;
};

/// Tickets without end: more than any bound allows.
constexpr auto tickets = [](TlsVoice& voice) {
  std::string some;
  for (int i = 0; i < 50; ++i) some += voice.ticket();
  voice.send(some);
  for (int i = 0; i < 200'000; ++i) voice.send(voice.ticket());
};

}  // namespace

BOOST_AUTO_TEST_CASE(holds_however_often_signals_come) {
  Peer mute{silent};
  Stream stream;
  {
    open(stream, mute);
    stream.expires_at(net::Clock::now() + 700ms);
    const Signals signals;
    BOOST_TEST(read_error(stream) == Code{beast::error::timeout});
    BOOST_TEST(!signals.stopped());
  }
  {
    open(stream, mute);
    stream.expires_at(net::Clock::now() + 700ms);
    const Signals signals;
    BOOST_TEST(shake(stream, client_context()) == Code{beast::error::timeout});
    BOOST_TEST(!signals.stopped());
  }
  {
    const VoiceScene scene{[](TlsVoice&) {}};
    open(stream, scene.peer);
    BOOST_REQUIRE(!shake(stream, client_context()));
    stream.expires_at(net::Clock::now() + 700ms);
    const Signals signals;
    BOOST_TEST(read_error(stream) == Code{beast::error::timeout});
    BOOST_TEST(!signals.stopped());
  }
  {
    Peer deaf{[](Tcp::socket& socket) {
      ::pollfd entry{socket.native_handle(), 0, 0};
      ::poll(&entry, 1, 20'000);  // until the client ends
    }};
    open(stream, deaf);
    stream.expires_at(net::Clock::now() + 700ms);
    const Signals signals;
    const std::string much(1U << 20U, 'x');
    Code ec;
    for (int i = 0; i < 200 && !ec; ++i) asio::write(stream, asio::buffer(much), ec);
    BOOST_TEST(ec == Code{beast::error::timeout});
    BOOST_TEST(!signals.stopped());
    stream.close();
  }
  {
    int ends[2];
    BOOST_REQUIRE(::pipe(ends) == 0);
    const Signals signals;
    Code ec;
    net::detail::await_ready(ends[0], POLLIN, net::Clock::now() + 700ms, ec);
    BOOST_TEST(ec == Code{beast::error::timeout});
    BOOST_TEST(!signals.stopped());
    ::close(ends[0]);
    ::close(ends[1]);
  }
}

BOOST_AUTO_TEST_CASE(a_flood_before_authentication_is_cut_off) {
  for (const auto& record :
       {hello_requests(), std::string{"\x16\x03\x03\x00\x04\x00\x00\x00\x00", 9}}) {
    Peer peer{endlessly(record)};
    Stream stream;
    open(stream, peer);
    BOOST_TEST(shake(stream, client_context()) == Code{TlsError::flood});
    stream.close();

    asio::io_context context;
    stream.set_executor(context.get_executor());
    open(stream, peer);
    Code ec;
    stream.start_tls(client_context(), "localhost", 443, ec);
    BOOST_REQUIRE(!ec);
    stream.async_handshake([&](Code result) { ec = result; });
    context.run();
    BOOST_TEST(ec == Code{TlsError::flood});
    stream.close();
  }
}

BOOST_AUTO_TEST_CASE(a_flood_of_tickets_is_cut_off) {
  const VoiceScene scene{tickets};
  Stream stream;
  open(stream, scene.peer);
  BOOST_REQUIRE(!shake(stream, client_context()));
  BOOST_TEST(read_error(stream) == Code{TlsError::flood});
  BOOST_TEST(!stream.alive());

  asio::io_context context;
  stream.set_executor(context.get_executor());
  open(stream, scene.peer);
  const auto tls = client_context();
  BOOST_REQUIRE(!shake(stream, tls));
  std::optional<Code> done;
  char byte = 0;
  stream.async_read_some(asio::buffer(&byte, 1), [&](Code ec, std::size_t) { done = ec; });
  context.run();
  BOOST_REQUIRE(done.has_value());
  BOOST_TEST(*done == Code{TlsError::flood});
  BOOST_TEST(tls->sessions().size() <= 8U);

  open(stream, scene.peer);
  BOOST_REQUIRE(!shake(stream, client_context()));
  for (int i = 0; i < 20'000 && stream.alive(); ++i) std::this_thread::sleep_for(1ms);
  BOOST_TEST(!stream.alive());
}

BOOST_AUTO_TEST_CASE(a_flood_of_renegotiations_is_cut_off) {
  // TLS 1.2: HelloRequests after the handshake, each of which OpenSSL answers with an alert.
  const VoiceScene scene{[](TlsVoice& voice) {
                           for (int i = 0; i < 100'000; ++i) {
                             SSL_renegotiate(voice.native_handle());
                             SSL_do_handshake(voice.native_handle());
                             voice.send(voice.records({}));
                           }
                         },
                         TLS1_2_VERSION};
  Stream stream;
  open(stream, scene.peer);
  BOOST_REQUIRE(!shake(stream, client_context()));
  BOOST_TEST(read_error(stream) == Code{TlsError::flood});
  stream.close();
}

BOOST_AUTO_TEST_CASE(tickets_in_time_do_no_harm) {
  // More tickets in all than may stand between two answers.
  const VoiceScene scene{[](TlsVoice& voice) {
    for (int i = 0; i < 10; ++i) {
      voice.hear();
      std::string bytes;
      for (int k = 0; k < 20; ++k) bytes += voice.ticket();
      bytes += voice.records("pong\n");
      for (int k = 0; k < 20; ++k) bytes += voice.ticket();
      voice.send(bytes);
    }
  }};
  Stream stream;
  open(stream, scene.peer);
  BOOST_REQUIRE(!shake(stream, client_context()));
  for (int i = 0; i < 10; ++i) {
    Code ec;
    BOOST_TEST(net::test::ask(stream, "ping\n", ec) == "pong\n");
    BOOST_TEST(!ec);
  }
  stream.close();
}

BOOST_AUTO_TEST_SUITE_END()
