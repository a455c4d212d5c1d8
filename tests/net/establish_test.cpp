// SPDX-License-Identifier: Apache-2.0
#include <florin/net/establish.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/test/unit_test.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "tls_peer.hpp"

BOOST_AUTO_TEST_SUITE(net_establish)
namespace {

namespace asio = boost::asio;
namespace net = florin::net;
using namespace std::chrono_literals;
using florin::Phase;
using net::Establish;
using net::EstablishResult;
using net::ProxyError;
using net::Stream;
using net::Target;
using net::TlsContext;
using net::TlsError;
using net::TlsOptions;
using net::test::ask;
using net::test::Code;
using net::test::echo_lines;
using net::test::over_tls;
using net::test::Peer;
using net::test::server_context;
using net::test::soon;
using net::test::Tcp;
using Step = Establish::Step;

const Code timeout{boost::beast::error::timeout};

const florin::testing::Authority& authority() {
  static const florin::testing::Authority made;
  return made;
}

std::shared_ptr<TlsContext> client_context() {
  TlsOptions options;
  options.ca_pem = authority().certificate_pem();
  return TlsContext::make(options).value();
}

Target to(std::string host, std::uint16_t port, std::shared_ptr<TlsContext> tls = nullptr) {
  Target target;
  target.host = std::move(host);
  target.port = port;
  target.tls = std::move(tls);
  return target;
}

EstablishResult run_async(Stream& stream, asio::io_context& context, const Target& target,
                          net::TimePoint deadline) {
  std::optional<EstablishResult> result;
  net::async_establish(stream, std::make_shared<Target>(target), deadline,
                       [&](const EstablishResult& done) { result = done; });
  BOOST_TEST(!result.has_value());
  context.restart();
  context.run();
  return result.value();
}

/// A proxy that demands `credentials` (the header's value) where given, and tunnels to `port`.
Peer::Behaviour proxy_to(std::uint16_t port, std::string credentials = {}) {
  return [port, credentials](Tcp::socket& client) {
    std::string header;
    Code ec;
    asio::read_until(client, asio::dynamic_buffer(header), "\r\n\r\n", ec);
    const auto say = [&](std::string_view text) {
      asio::write(client, asio::buffer(text.data(), text.size()), ec);
    };
    if (!header.starts_with("CONNECT ")) return say("HTTP/1.1 400 Bad Request\r\n\r\n");
    if (!credentials.empty() && header.find(credentials) == std::string::npos) {
      return say("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
    }
    if (header.starts_with("CONNECT forbidden.example.test:")) {
      return say("HTTP/1.1 403 Forbidden\r\n\r\n");
    }
    asio::io_context context;
    Tcp::socket server{context};
    server.connect({asio::ip::address_v4::loopback(), port}, ec);
    if (ec) return say("HTTP/1.1 502 Bad Gateway\r\n\r\n");
    say("HTTP/1.1 200 Connection established\r\n\r\n");
    const auto pump = [](Tcp::socket& from, Tcp::socket& into) {
      std::array<char, 4096> data{};
      Code stop;
      while (!stop) {
        const auto size = from.read_some(asio::buffer(data), stop);
        if (size != 0) asio::write(into, asio::buffer(data.data(), size), stop);
      }
      ::shutdown(into.native_handle(), SHUT_WR);
    };
    std::thread back{[&] { pump(server, client); }};
    pump(client, server);
    back.join();
  };
}

constexpr auto silent = [](auto& socket) {
  char byte = 0;
  Code ignored;
  while (!ignored) socket.read_some(asio::buffer(&byte, 1), ignored);
};

/// Runs `check` with the stream and the result of the blocking and of the asynchronous driver.
template <class Check>
void with_both(const Target& target, Check check, net::Clock::duration limit = 20s) {
  asio::io_context context;
  Stream stream{context.get_executor()};
  check(stream, net::establish(stream, target, net::Clock::now() + limit));
  stream.close();
  check(stream, run_async(stream, context, target, net::Clock::now() + limit));
}

}  // namespace

BOOST_AUTO_TEST_CASE(machine_walks_through_all_steps) {
  Target target = to("api.example.test", 443, client_context());
  target.proxy = net::Proxy{.host = "proxy.test", .port = 3128, .user = {}, .password = {}};
  const net::TimePoint zero{};
  Establish machine{target, zero + 30s, zero};
  BOOST_TEST((machine.deadline() == zero + 10s));
  BOOST_TEST((machine.step() == Step::resolve));
  BOOST_TEST(machine.dial().host == "proxy.test");
  BOOST_TEST(machine.service() == "3128");
  const Tcp::endpoint endpoint{asio::ip::address_v4::loopback(), 3128};
  machine.resolved({}, {endpoint}, zero + 1ms);
  BOOST_TEST((machine.step() == Step::connect));
  BOOST_TEST((machine.endpoints() == net::Endpoints{endpoint}));
  machine.connected({}, zero + 3ms);
  BOOST_TEST((machine.step() == Step::proxy_write));
  const std::string request{machine.proxy_request()};
  BOOST_TEST(request.starts_with("CONNECT api.example.test:443 "));
  machine.proxy_written({}, 10, zero + 4ms);
  BOOST_TEST((machine.step() == Step::proxy_write));
  BOOST_TEST(machine.proxy_request() == std::string_view{request}.substr(10));
  machine.proxy_written({}, request.size() - 10, zero + 5ms);
  BOOST_TEST((machine.step() == Step::proxy_read));
  machine.proxy_received({}, "HTTP/1.1 20", zero + 6ms);
  BOOST_TEST((machine.step() == Step::proxy_read));
  machine.proxy_received({}, "0 OK\r\n\r\n", zero + 7ms);
  BOOST_TEST((machine.step() == Step::handshake));
  machine.shaken({}, {}, zero + 12ms);
  BOOST_TEST((machine.step() == Step::done));
  const auto& result = machine.result();
  BOOST_TEST(result.ok());
  BOOST_TEST(result.proxy_status == 200U);
  BOOST_TEST((result.timings[Phase::resolve] == 1ms));
  BOOST_TEST((result.timings[Phase::connect] == 2ms));
  BOOST_TEST((result.timings[Phase::proxy] == 4ms));
  BOOST_TEST((result.timings[Phase::handshake] == 5ms));
}

BOOST_AUTO_TEST_CASE(machine_names_the_phase_of_a_failure) {
  const net::TimePoint zero{};
  const Target target = to("api.example.test", 443, client_context());
  for (int failing = 0; failing < 3; ++failing) {
    Establish machine{target, net::never, zero};
    const auto ec = [&](int step) {
      return step == failing ? Code{asio::error::connection_reset} : Code{};
    };
    machine.resolved(ec(0), {Tcp::endpoint{}}, zero);
    if (failing > 0) machine.connected(ec(1), zero);
    if (failing > 1) machine.shaken(ec(2), "words", zero);
    BOOST_TEST((machine.step() == Step::failed));
    BOOST_TEST(machine.result().error == asio::error::connection_reset);
    BOOST_TEST((machine.result().phase == std::array{Phase::resolve, Phase::connect,
                                                     Phase::handshake}[std::size_t(failing)]));
    BOOST_TEST((machine.result().detail == (failing == 2 ? "words" : "")));
  }
}

BOOST_AUTO_TEST_CASE(machine_skips_what_is_not_needed_and_refuses_bad_hosts) {
  const net::TimePoint zero{};
  Target target = to("127.0.0.1", 80);
  target.connect_timeout = net::Clock::duration::max();
  Establish machine{target, net::never, zero};
  BOOST_TEST((machine.deadline() == net::never));
  BOOST_TEST((machine.step() == Step::connect));
  machine.connected({}, zero);
  BOOST_TEST((machine.step() == Step::done));
  for (const char* host : {"", "a b", "a\r\nb", ".example.test"}) {
    const Target bad = to(host, 80);
    Establish refused{bad, net::never, zero};
    BOOST_TEST((refused.step() == Step::failed));
    BOOST_TEST(refused.result().error == asio::error::invalid_argument);
  }
}

BOOST_AUTO_TEST_CASE(establishes_plain_and_tls) {
  Peer plain{echo_lines};
  auto server = server_context(authority().issue());
  Peer secure{over_tls(server, echo_lines)};
  for (const auto& target : {to("127.0.0.1", plain.port()), to("localhost", plain.port()),
                             to("localhost", secure.port(), client_context()),
                             to("127.0.0.1", secure.port(), client_context())}) {
    with_both(target, [&](Stream& stream, const EstablishResult& result) {
      BOOST_TEST(result.error == Code{});
      BOOST_TEST(stream.is_tls() == (target.tls != nullptr));
      BOOST_TEST((stream.expiry() == net::never));
      Code ec;
      BOOST_TEST(ask(stream, "hello\n", ec) == "hello\n");
      BOOST_TEST((result.timings[Phase::connect] > 0ns));
      BOOST_TEST(((result.timings[Phase::handshake] > 0ns) == stream.is_tls()));
      BOOST_TEST((result.timings[Phase::proxy] == 0ns));
    });
  }
  asio::io_context context;
  Stream stream{context.get_executor()};
  florin::Timings timings;
  BOOST_TEST(net::establish(stream, to("127.0.0.1", plain.port()), soon(), timings).ok());
  BOOST_TEST((timings[Phase::connect] > 0ns));
}

BOOST_AUTO_TEST_CASE(dials_elsewhere_but_verifies_the_host) {
  auto server = server_context(authority().issue({.names = {"api.example.test"}}));
  Peer secure{over_tls(server, echo_lines)};
  Target target = to("api.example.test", 443, client_context());
  target.connect_to = net::HostPort{"127.0.0.1", secure.port()};
  with_both(target, [&](Stream& stream, const EstablishResult& result) {
    BOOST_TEST(result.error == Code{});
    Code ec;
    BOOST_TEST(ask(stream, "hello\n", ec) == "hello\n");
  });
  target.host = "other.example.test";
  with_both(target, [&](Stream& stream, const EstablishResult& result) {
    BOOST_TEST(result.error == Code{TlsError::wrong_host});
    BOOST_TEST((result.phase == Phase::handshake));
    BOOST_TEST(!result.detail.empty());
    BOOST_TEST(!stream.is_open());
  });
}

BOOST_AUTO_TEST_CASE(resumes_between_the_drivers) {
  auto server = server_context(authority().issue());
  Peer secure{over_tls(server, echo_lines)};
  bool first = true;
  with_both(to("localhost", secure.port(), client_context()),
            [&](Stream& stream, const EstablishResult& result) {
              BOOST_TEST(result.ok());
              BOOST_TEST(stream.session_resumed() == !first);
              first = false;
              Code ec;
              BOOST_TEST(ask(stream, "hello\n", ec) == "hello\n");
            });
}

BOOST_AUTO_TEST_CASE(names_the_phase_of_each_failure) {
  std::uint16_t dead = 0;
  {
    asio::io_context context;
    dead = Tcp::acceptor{context, Tcp::endpoint{asio::ip::address_v4::loopback(), 0}}
               .local_endpoint()
               .port();
  }
  with_both(to("127.0.0.1", dead), [](Stream& stream, const EstablishResult& result) {
    BOOST_TEST(result.error == asio::error::connection_refused);
    BOOST_TEST((result.phase == Phase::connect));
    BOOST_TEST(!stream.is_open());
  });
  with_both(to("bad host", 1), [](Stream&, const EstablishResult& result) {
    BOOST_TEST(result.error == asio::error::invalid_argument);
  });
  Peer rude{[](auto& socket) {
    Code ec;
    asio::write(socket, asio::buffer("HTTP/1.1 400\r\n\r\n", 16), ec);
    silent(socket);
  }};
  with_both(to("localhost", rude.port(), client_context()),
            [](Stream&, const EstablishResult& result) {
              BOOST_TEST(result.error == Code{TlsError::not_tls});
              BOOST_TEST((result.phase == Phase::handshake));
            });
}

BOOST_AUTO_TEST_CASE(a_silent_server_meets_the_connect_timeout) {
  Peer mute{silent};
  Target target = to("localhost", mute.port(), client_context());
  target.connect_timeout = 500ms;
  with_both(target, [](Stream& stream, const EstablishResult& result) {
    BOOST_TEST(result.error == timeout);
    BOOST_TEST((result.phase == Phase::handshake));
    BOOST_TEST(!stream.is_open());
  });
  target.connect_timeout = 10s;
  target.tls = nullptr;
  target.proxy = net::Proxy{.host = "127.0.0.1", .port = mute.port(), .user = {}, .password = {}};
  with_both(
      target,
      [](Stream&, const EstablishResult& result) {
        BOOST_TEST(result.error == timeout);
        BOOST_TEST((result.phase == Phase::proxy));
      },
      500ms);
}

BOOST_AUTO_TEST_CASE(goes_through_a_proxy) {
  Peer plain{echo_lines};
  auto server = server_context(authority().issue());
  Peer secure{over_tls(server, echo_lines)};
  for (Target target :
       {to("localhost", plain.port()), to("localhost", secure.port(), client_context())}) {
    Peer proxy{proxy_to(target.port, "Basic dXNlcjpwYXNz\r\n")};
    target.proxy =
        net::Proxy{.host = "localhost", .port = proxy.port(), .user = "user", .password = "pass"};
    with_both(target, [&](Stream& stream, const EstablishResult& result) {
      BOOST_TEST(result.error == Code{});
      BOOST_TEST(result.proxy_status == 200U);
      BOOST_TEST((result.timings[Phase::proxy] > 0ns));
      Code ec;
      BOOST_TEST(ask(stream, "hello\n", ec) == "hello\n");
      stream.close();
    });
    target.proxy->password = "wrong";
    with_both(target, [&](Stream& stream, const EstablishResult& result) {
      BOOST_TEST(result.error == Code{ProxyError::authentication_required});
      BOOST_TEST((result.phase == Phase::proxy));
      BOOST_TEST(result.proxy_status == 407U);
      BOOST_TEST(!stream.is_open());
    });
    target.proxy->password = "pass";
    target.host = "forbidden.example.test";
    with_both(target, [&](Stream&, const EstablishResult& result) {
      BOOST_TEST(result.error == Code{ProxyError::refused});
      BOOST_TEST(result.proxy_status == 403U);
    });
  }
}

BOOST_AUTO_TEST_CASE(a_request_that_a_proxy_takes_in_pieces) {
  Peer plain{echo_lines};
  Target target = to("localhost", plain.port());
  // More than the two sockets' buffers hold: no single write takes it.
  const std::string password(16'000'000, 'p');
  Peer proxy{proxy_to(target.port)};
  target.proxy =
      net::Proxy{.host = "localhost", .port = proxy.port(), .user = "user", .password = password};
  with_both(target, [&](Stream& stream, const EstablishResult& result) {
    BOOST_TEST(result.error == Code{});
    BOOST_TEST(result.proxy_status == 200U);
    Code ec;
    BOOST_TEST(ask(stream, "hello\n", ec) == "hello\n");
    stream.close();
  });
}

BOOST_AUTO_TEST_CASE(can_be_cancelled_in_each_step) {
  Peer mute{silent};
  const auto tls = client_context();
  Target proxied = to("localhost", 1);
  proxied.proxy = net::Proxy{.host = "127.0.0.1", .port = mute.port(), .user = {}, .password = {}};
  struct Case {
    Target target;
    std::chrono::milliseconds before;
  };
  for (const auto& [target, before] :
       {Case{to("localhost", mute.port(), tls), 0ms}, Case{to("127.0.0.1", mute.port(), tls), 0ms},
        Case{to("127.0.0.1", mute.port(), tls), 30ms}, Case{proxied, 30ms}}) {
    for (const auto type : {asio::cancellation_type::terminal, asio::cancellation_type::total}) {
      asio::io_context context;
      Stream stream{context.get_executor()};
      asio::cancellation_signal signal;
      std::optional<EstablishResult> result;
      net::async_establish(stream, std::make_shared<Target>(target), soon(),
                           asio::bind_cancellation_slot(
                               signal.slot(), [&](const EstablishResult& done) { result = done; }));
      if (before > 0ms) context.run_for(before);
      BOOST_REQUIRE(!result.has_value());
      signal.emit(type);
      context.restart();
      context.run();
      BOOST_REQUIRE(result.has_value());
      BOOST_TEST(result->error == asio::error::operation_aborted);
      BOOST_TEST(!stream.is_open());
    }
  }
}

BOOST_AUTO_TEST_CASE(may_be_abandoned_with_its_context) {
  Peer mute{silent};
  bool called = false;
  for (const auto time : {0ms, 30ms}) {
    for (const char* host : {"localhost", "127.0.0.1"}) {
      auto context = std::make_unique<asio::io_context>();
      auto stream = std::make_unique<Stream>(context->get_executor());
      net::async_establish(*stream,
                           std::make_shared<Target>(to(host, mute.port(), client_context())),
                           soon(), [&](const EstablishResult&) { called = true; });
      if (time > 0ms) context->run_for(time);
      stream.reset();
      context.reset();
    }
  }
  BOOST_TEST(!called);
}

BOOST_AUTO_TEST_CASE(many_threads_share_a_context) {
  auto server = server_context(authority().issue());
  Peer secure{over_tls(server, echo_lines)};
  const auto target =
      std::make_shared<const Target>(to("localhost", secure.port(), client_context()));
  std::atomic<int> good{0};
  // One thread in place of a strand: any_io_executor counts the uses of a strand with fences, which
  // ThreadSanitizer does not know.
  asio::thread_pool pool{1};
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&, i] {
      for (int j = 0; j < 5; ++j) {
        Stream stream{pool.get_executor()};
        EstablishResult result;
        if (i == 0) {
          result = net::async_establish(stream, target, soon(), asio::use_future).get();
        } else {
          result = net::establish(stream, *target, soon());
        }
        stream.expires_at(soon());
        Code ec;
        if (result.ok() && ask(stream, "hello\n", ec) == "hello\n") ++good;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  BOOST_TEST(good == 15);
}

BOOST_AUTO_TEST_SUITE_END()
