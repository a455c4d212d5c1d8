// SPDX-License-Identifier: Apache-2.0
#include <florin/net/connect.hpp>
#include <florin/net/stream.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/completion_condition.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/stream_traits.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/test/unit_test.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include "stream_scene.hpp"
#include "support/allocations.hpp"

BOOST_AUTO_TEST_SUITE(net_stream)
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace net = florin::net;
using namespace std::chrono_literals;
using net::Stream;
using net::TlsContext;
using net::TlsError;
using net::TlsOptions;
using net::test::ask;
using net::test::authority;
using net::test::client_context;
using net::test::Code;
using net::test::echo_lines;
using net::test::open;
using net::test::over_tls;
using net::test::Peer;
using net::test::read_error;
using net::test::server_context;
using net::test::shake;
using net::test::silent;
using net::test::soon;
using net::test::Tcp;

static_assert(beast::is_sync_stream<Stream>::value);
static_assert(beast::is_async_stream<Stream>::value);
static_assert(std::is_nothrow_move_constructible_v<Stream>);

/// A TLS server and a stream to it, not yet shaken.
struct Scene {
  explicit Scene(const florin::testing::IssueOptions& issue = {})
      : server(server_context(authority().issue(issue))) {}

  template <class Talk>
  void serve(Talk talk) {
    peer.emplace(over_tls(server, talk));
    open(stream, *peer);
  }

  boost::asio::ssl::context server;
  std::optional<Peer> peer;
  asio::io_context context;
  Stream stream{context.get_executor()};
};

}  // namespace

BOOST_AUTO_TEST_CASE(speaks_plain_both_ways) {
  Peer peer{echo_lines};
  asio::io_context context;
  Stream stream{context.get_executor()};
  BOOST_TEST(stream.native_handle() == -1);
  open(stream, peer);
  BOOST_TEST(stream.is_open());
  BOOST_TEST(!stream.is_tls());
  int no_delay = 0;
  ::socklen_t size = sizeof no_delay;
  ::getsockopt(stream.native_handle(), IPPROTO_TCP, TCP_NODELAY, &no_delay, &size);
  BOOST_TEST(no_delay != 0);
  Code ec;
  BOOST_TEST(ask(stream, "one\n", ec) == "one\n");
  const std::array<asio::const_buffer, 4> pieces{asio::buffer("tw", 2), asio::const_buffer{},
                                                 asio::buffer("o", 1), asio::buffer("\n", 1)};
  BOOST_TEST(stream.write_some(pieces) == 4U);
  std::array<char, 16> answer{};
  BOOST_TEST(asio::read(stream, asio::buffer(answer), asio::transfer_at_least(4)) == 4U);
  BOOST_TEST((std::string_view{answer.data(), 4} == "two\n"));
}

BOOST_AUTO_TEST_CASE(speaks_tls_both_ways) {
  Scene scene;
  scene.serve(echo_lines);
  BOOST_REQUIRE(!shake(scene.stream, client_context()));
  BOOST_TEST(scene.stream.is_tls());
  BOOST_TEST(scene.stream.tls_version() == "TLSv1.3");
  BOOST_TEST(!scene.stream.session_resumed());
  BOOST_TEST(scene.stream.tls_detail().empty());
  Code ec;
  BOOST_TEST(ask(scene.stream, "one\n", ec) == "one\n");
  std::string large(100'000, 'x');
  large += '\n';
  BOOST_TEST((ask(scene.stream, large, ec) == large));
}

BOOST_AUTO_TEST_CASE(small_buffers_become_one_record) {
  Scene scene;
  std::promise<std::string> first;
  scene.serve([&](auto& stream) {
    std::array<char, 1000> data{};
    Code ec;
    const auto size = stream.read_some(asio::buffer(data), ec);
    first.set_value({data.data(), size});
  });
  BOOST_REQUIRE(!shake(scene.stream, client_context()));
  const std::array<asio::const_buffer, 3> pieces{asio::buffer("GET ", 4), asio::buffer("/ ", 2),
                                                 asio::buffer("x", 1)};
  BOOST_TEST(scene.stream.write_some(pieces) == 7U);
  BOOST_TEST(first.get_future().get() == "GET / x");
}

BOOST_AUTO_TEST_CASE(gathering_keeps_the_bytes_in_order) {
  std::string data(40'000, '\0');
  for (std::size_t i = 0; i < data.size(); ++i) data[i] = static_cast<char>(i % 251);
  for (const std::size_t cut : {0UL, 1UL, 16'383UL, 16'384UL, 16'385UL, 30'000UL}) {
    const std::array<asio::const_buffer, 3> pieces{
        asio::buffer(data.data(), cut), asio::const_buffer{},
        asio::buffer(data.data() + cut, data.size() - cut)};
    const net::detail::Contiguous gathered{pieces};
    BOOST_REQUIRE(gathered.size() != 0U);
    BOOST_TEST((std::string_view{static_cast<const char*>(gathered.data()), gathered.size()} ==
                std::string_view{data}.substr(0, gathered.size())));
    if (cut != 0 && cut < 16'384) BOOST_TEST(gathered.size() == 16'384U);
  }
  BOOST_TEST(net::detail::Contiguous{asio::const_buffer{}}.size() == 0U);
}

BOOST_AUTO_TEST_CASE(carries_beast_messages) {
  namespace http = beast::http;
  Scene scene;
  scene.serve([](auto& stream) {
    beast::flat_buffer buffer;
    for (int i = 0; i < 2; ++i) {
      http::request<http::string_body> request;
      Code ec;
      http::read(stream, buffer, request, ec);
      if (ec) return;
      http::response<http::string_body> response{http::status::ok, 11};
      response.body() = request.body() + "!";
      response.prepare_payload();
      http::write(stream, response, ec);
    }
  });
  BOOST_REQUIRE(!shake(scene.stream, client_context()));
  http::request<http::string_body> request{http::verb::post, "/", 11};
  request.body() = std::string(50'000, 'b');
  request.prepare_payload();
  beast::flat_buffer buffer;
  http::response<http::string_body> response;
  http::write(scene.stream, request);
  http::read(scene.stream, buffer, response);
  BOOST_TEST((response.body() == request.body() + "!"));

  std::optional<Code> done;
  http::response<http::string_body> second;
  http::async_write(scene.stream, request, [&](Code write_error, std::size_t) {
    BOOST_TEST(!write_error);
    http::async_read(scene.stream, buffer, second, [&](Code ec, std::size_t) { done = ec; });
  });
  scene.context.run();
  BOOST_REQUIRE(done.has_value());
  BOOST_TEST(!*done);
  BOOST_TEST((second.body() == request.body() + "!"));
}

BOOST_AUTO_TEST_CASE(wrong_host) {
  Scene scene{{.names = {"other.example.test"}}};
  scene.serve(echo_lines);
  BOOST_TEST(shake(scene.stream, client_context()) == Code{TlsError::wrong_host});
  BOOST_TEST(!scene.stream.tls_detail().empty());
}

BOOST_AUTO_TEST_CASE(wrong_address) {
  Scene scene{{.names = {"localhost", "127.0.0.2"}}};
  scene.serve(echo_lines);
  BOOST_TEST(shake(scene.stream, client_context(), "127.0.0.1") == Code{TlsError::wrong_host});
}

BOOST_AUTO_TEST_CASE(right_address_without_a_server_name) {
  Scene scene{{.names = {"127.0.0.1", "::1"}}};
  std::atomic<int> names{0};
  scene.peer.emplace(over_tls(scene.server, [&](auto& stream) {
    if (SSL_get_servername(stream.native_handle(), TLSEXT_NAMETYPE_host_name) != nullptr) ++names;
    echo_lines(stream);
  }));
  for (const char* host : {"127.0.0.1", "::1"}) {
    open(scene.stream, *scene.peer);
    BOOST_TEST(!shake(scene.stream, client_context(), host));
    Code ec;
    BOOST_TEST(ask(scene.stream, "x\n", ec) == "x\n");
  }
  scene.stream.close();
  BOOST_TEST(names == 0);
}

BOOST_AUTO_TEST_CASE(sends_the_server_name) {
  Scene scene{{.names = {"api.example.test"}}};
  std::promise<std::string> name;
  scene.serve([&](auto& stream) {
    const char* sent = SSL_get_servername(stream.native_handle(), TLSEXT_NAMETYPE_host_name);
    name.set_value(sent != nullptr ? sent : "");
  });
  BOOST_TEST(!shake(scene.stream, client_context(), "api.example.test."));
  BOOST_TEST(name.get_future().get() == "api.example.test");
}

BOOST_AUTO_TEST_CASE(unknown_issuer) {
  Scene scene;
  scene.serve(echo_lines);
  TlsOptions options;
  const florin::testing::Authority stranger;
  options.ca_pem = stranger.certificate_pem();
  BOOST_TEST(shake(scene.stream, TlsContext::make(options).value()) ==
             Code{TlsError::unknown_issuer});
}

BOOST_AUTO_TEST_CASE(expired_and_not_yet_valid) {
  Scene old{{.valid_from = -7200s, .valid_until = -3600s}};
  old.serve(echo_lines);
  BOOST_TEST(shake(old.stream, client_context()) == Code{TlsError::expired});
  BOOST_TEST(old.stream.tls_detail() == "certificate has expired");
  Scene young{{.valid_from = 3600s, .valid_until = 7200s}};
  young.serve(echo_lines);
  BOOST_TEST(shake(young.stream, client_context()) == Code{TlsError::not_yet_valid});
}

BOOST_AUTO_TEST_CASE(without_verification_anything_goes) {
  Scene scene{{.names = {"other.example.test"}, .valid_from = -7200s, .valid_until = -3600s}};
  scene.serve(echo_lines);
  BOOST_TEST(!shake(scene.stream, TlsContext::make_without_verification().value()));
}

BOOST_AUTO_TEST_CASE(unusable_hosts) {
  for (const auto& host : {std::string{}, std::string(256, 'a'), std::string{"a\0b", 3},
                           std::string{".example.test"}}) {
    Scene scene;
    scene.peer.emplace(silent);
    open(scene.stream, *scene.peer);
    Code ec;
    scene.stream.start_tls(client_context(), host, 443, ec);
    BOOST_TEST(ec == Code{TlsError::bad_parameter});
    BOOST_TEST(!scene.stream.is_tls());
  }
}

BOOST_AUTO_TEST_CASE(refuses_old_versions) {
  for (const bool strict : {false, true}) {
    Scene scene;
    SSL_CTX* const server = scene.server.native_handle();
    SSL_CTX_set_security_level(server, 0);
    SSL_CTX_set_min_proto_version(server, TLS1_VERSION);
    SSL_CTX_set_max_proto_version(server, strict ? TLS1_2_VERSION : TLS1_1_VERSION);
    scene.serve(echo_lines);
    TlsOptions options;
    if (strict) options.minimum_version = net::TlsVersion::tls_1_3;
    BOOST_TEST(shake(scene.stream, client_context(options)) == Code{TlsError::no_common_version});
    BOOST_TEST(!scene.stream.tls_detail().empty());
  }
}

BOOST_AUTO_TEST_CASE(resumes_on_the_second_connection) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    Scene scene;
    SSL_CTX_set_max_proto_version(scene.server.native_handle(), version);
    scene.serve(echo_lines);
    const auto tls = client_context();
    for (int i = 0; i < 3; ++i) {
      open(scene.stream, *scene.peer);
      BOOST_REQUIRE(!shake(scene.stream, tls));
      BOOST_TEST(scene.stream.session_resumed() == (i != 0));
      Code ec;
      BOOST_TEST(ask(scene.stream, "x\n", ec) == "x\n");
      scene.stream.close();
    }
    open(scene.stream, *scene.peer);
    BOOST_REQUIRE(!shake(scene.stream, tls, "127.0.0.1"));
    BOOST_TEST(!scene.stream.session_resumed());
    scene.stream.close();

    TlsOptions options;
    options.session_resumption = false;
    const auto forgetful = client_context(options);
    for (int i = 0; i < 2; ++i) {
      open(scene.stream, *scene.peer);
      BOOST_REQUIRE(!shake(scene.stream, forgetful));
      Code ec;
      BOOST_TEST(ask(scene.stream, "x\n", ec) == "x\n");
      BOOST_TEST(!scene.stream.session_resumed());
      scene.stream.close();
    }
    BOOST_TEST(forgetful->sessions().size() == 0U);
  }
}

BOOST_AUTO_TEST_CASE(shows_a_client_certificate) {
  Scene scene;
  scene.server.set_verify_mode(asio::ssl::verify_peer | asio::ssl::verify_fail_if_no_peer_cert);
  scene.server.add_certificate_authority(asio::buffer(authority().certificate_pem()));
  scene.serve(echo_lines);
  TlsOptions options;
  const auto identity = authority().issue();
  options.certificate_pem = identity.certificate_pem;
  options.private_key_pem = identity.private_key_pem;
  BOOST_TEST(!shake(scene.stream, client_context(options)));
  Code ec;
  BOOST_TEST(ask(scene.stream, "x\n", ec) == "x\n");

  // Without one: TLS 1.3 tells only when the client reads.
  open(scene.stream, *scene.peer);
  BOOST_TEST(!shake(scene.stream, client_context()));
  BOOST_TEST(read_error(scene.stream) == Code{TlsError::client_certificate_refused});
  BOOST_TEST(scene.stream.tls_detail().find("certificate required") != std::string_view::npos);
}

BOOST_AUTO_TEST_CASE(tells_an_orderly_end_from_a_truncated_one) {
  Scene orderly;
  orderly.serve([](auto& stream) {
    Code ignored;
    stream.shutdown(ignored);
  });
  BOOST_REQUIRE(!shake(orderly.stream, client_context()));
  BOOST_TEST(read_error(orderly.stream) == asio::error::eof);

  Scene truncated;
  truncated.serve([](auto& stream) { stream.next_layer().shutdown(Tcp::socket::shutdown_both); });
  BOOST_REQUIRE(!shake(truncated.stream, client_context()));
  BOOST_TEST(read_error(truncated.stream) == Code{asio::ssl::error::stream_truncated});

  Peer peer{[](auto&) {}};
  open(orderly.stream, peer);
  BOOST_TEST(read_error(orderly.stream) == asio::error::eof);
  char byte = 0;
  BOOST_CHECK_THROW(orderly.stream.read_some(asio::buffer(&byte, 1)), boost::system::system_error);
  BOOST_CHECK_NO_THROW(orderly.stream.read_some(asio::mutable_buffer{}));
}

BOOST_AUTO_TEST_CASE(a_server_that_ends_within_the_handshake) {
  Peer peer{[](auto&) {}};
  asio::io_context context;
  Stream stream{context.get_executor()};
  open(stream, peer);
  const auto ec = shake(stream, client_context());
  BOOST_TEST((ec == Code{asio::ssl::error::stream_truncated} ||
              ec == asio::error::connection_reset || ec == asio::error::broken_pipe));
}

BOOST_AUTO_TEST_CASE(a_server_that_does_not_speak_tls) {
  Peer peer{[](auto& socket) {
    Code ec;
    asio::write(socket, asio::buffer("HTTP/1.1 400 Bad Request\r\n\r\n", 28), ec);
    silent(socket);
  }};
  asio::io_context context;
  Stream stream{context.get_executor()};
  open(stream, peer);
  BOOST_TEST(shake(stream, client_context()) == Code{TlsError::not_tls});
}

BOOST_AUTO_TEST_CASE(blocking_operations_keep_the_deadline) {
  Peer mute{silent};
  asio::io_context context;
  Stream stream{context.get_executor()};
  for (const auto time : {30ms, 400ms}) {
    open(stream, mute);
    stream.expires_at(net::Clock::now() + time);
    BOOST_TEST(shake(stream, client_context()) == Code{beast::error::timeout});
    BOOST_TEST((net::Clock::now() >= stream.expiry()));

    open(stream, mute);
    stream.expires_at(net::Clock::now() + time);
    BOOST_TEST(read_error(stream) == Code{beast::error::timeout});
    BOOST_TEST((net::Clock::now() >= stream.expiry()));
  }
  Code ec;
  stream.expires_at(net::TimePoint::min());
  BOOST_TEST(stream.write_some(asio::buffer("x", 1), ec) == 0U);
  BOOST_TEST(ec == Code{beast::error::timeout});
  stream.expires_never();
  BOOST_TEST(stream.write_some(asio::buffer("x", 1), ec) == 1U);

  Scene scene;
  scene.serve(silent);
  BOOST_REQUIRE(!shake(scene.stream, client_context()));
  scene.stream.expires_at(net::Clock::now() + 30ms);
  BOOST_TEST(read_error(scene.stream) == Code{beast::error::timeout});
}

BOOST_AUTO_TEST_CASE(a_blocked_write_keeps_the_deadline) {
  std::promise<void> end;
  const auto ended = end.get_future().share();
  Scene scene;
  scene.serve([ended](auto&) { ended.wait_for(20s); });
  BOOST_REQUIRE(!shake(scene.stream, client_context()));
  scene.stream.expires_at(net::Clock::now() + 100ms);
  const std::string much(1 << 20, 'x');
  Code ec;
  for (int i = 0; i < 200 && !ec; ++i) asio::write(scene.stream, asio::buffer(much), ec);
  BOOST_TEST(ec == Code{beast::error::timeout});
  end.set_value();
}

BOOST_AUTO_TEST_CASE(a_trickling_record_keeps_the_deadline) {
  // One record, byte by byte, each sooner than the receive slice: the deadline must win.
  std::promise<void> end;
  const auto ended = end.get_future().share();
  Peer peer{[ended](Tcp::socket& socket) {
    const std::string header{"\x16\x03\x03\x40\x00", 5};
    Code ec;
    asio::write(socket, asio::buffer(header), ec);
    while (!ec && ended.wait_for(20ms) == std::future_status::timeout) {
      asio::write(socket, asio::buffer("\x02", 1), ec);
    }
  }};
  asio::io_context context;
  Stream stream{context.get_executor()};
  open(stream, peer);
  stream.expires_at(net::Clock::now() + 600ms);
  BOOST_TEST(shake(stream, client_context()) == Code{beast::error::timeout});
  BOOST_TEST((net::Clock::now() < stream.expiry() + 5s));
  end.set_value();
}

BOOST_AUTO_TEST_CASE(asynchronous_operations) {
  Scene scene;
  scene.serve(echo_lines);
  auto& stream = scene.stream;
  Code ec;
  stream.start_tls(client_context(), "localhost", 443, ec);
  BOOST_REQUIRE(!ec);
  std::string answer(100'001, '\0');
  std::string question(100'000, 'q');
  question += '\n';
  bool inside = false;
  std::optional<Code> done;
  stream.async_handshake([&](Code handshake_error) {
    BOOST_TEST(!handshake_error);
    inside = true;
    const std::array<asio::const_buffer, 2> pieces{asio::buffer(question.data(), 10),
                                                   asio::buffer(question) + 10};
    asio::async_write(stream, pieces, [&](Code write_error, std::size_t) {
      BOOST_TEST(!inside);
      BOOST_TEST(!write_error);
      asio::async_read(stream, asio::buffer(answer),
                       [&](Code read_error, std::size_t) { done = read_error; });
    });
    inside = false;
  });
  BOOST_TEST(!done.has_value());
  scene.context.run();
  BOOST_REQUIRE(done.has_value());
  BOOST_TEST(!*done);
  BOOST_TEST((answer == question));
}

BOOST_AUTO_TEST_CASE(asynchronous_errors) {
  asio::io_context context;
  Stream stream{context.get_executor()};
  int calls = 0;
  char byte = 0;
  stream.async_read_some(asio::buffer(&byte, 1), [&](Code ec, std::size_t count) {
    ++calls;
    BOOST_TEST(ec == asio::error::not_connected);
    BOOST_TEST(count == 0U);
  });
  stream.async_write_some(asio::buffer(&byte, 1), [&](Code ec, std::size_t) {
    ++calls;
    BOOST_TEST(ec == asio::error::not_connected);
  });
  stream.async_handshake([&](Code ec) {
    ++calls;
    BOOST_TEST(ec == asio::error::not_connected);
  });
  BOOST_TEST(calls == 0);
  context.run();
  BOOST_TEST(calls == 3);

  Scene scene{{.names = {"other.example.test"}}};
  scene.serve(echo_lines);
  Code ec;
  scene.stream.start_tls(client_context(), "localhost", 443, ec);
  scene.stream.async_handshake([&](Code result) { ec = result; });
  scene.context.run();
  BOOST_TEST(ec == Code{TlsError::wrong_host});
}

BOOST_AUTO_TEST_CASE(each_asynchronous_operation_can_be_cancelled) {
  for (const auto type : {asio::cancellation_type::terminal, asio::cancellation_type::partial,
                          asio::cancellation_type::total}) {
    asio::io_context context;
    Stream stream{context.get_executor()};
    Peer mute{silent};
    asio::cancellation_signal signal;
    Code result;
    const auto cancel = [&] {
      context.restart();
      context.poll();
      BOOST_TEST(!result);
      signal.emit(type);
      context.run();
      BOOST_TEST(result == asio::error::operation_aborted);
      result = {};
    };
    open(stream, mute);
    char byte = 0;
    stream.async_read_some(
        asio::buffer(&byte, 1),
        asio::bind_cancellation_slot(signal.slot(), [&](Code ec, std::size_t) { result = ec; }));
    cancel();
    Code ec;
    stream.start_tls(client_context(), "localhost", 443, ec);
    stream.async_handshake(
        asio::bind_cancellation_slot(signal.slot(), [&](Code done) { result = done; }));
    cancel();

    std::promise<void> end;
    Peer deaf{[&, ended = end.get_future().share()](auto&) { ended.wait_for(20s); }};
    open(stream, deaf);
    const std::string much(1 << 16, 'x');
    while (::send(stream.native_handle(), much.data(), much.size(), MSG_DONTWAIT) > 0) continue;
    stream.async_write_some(asio::buffer(much),
                            asio::bind_cancellation_slot(
                                signal.slot(), [&](Code done, std::size_t) { result = done; }));
    cancel();
    end.set_value();
  }
}

BOOST_AUTO_TEST_CASE(may_be_abandoned_with_its_context) {
  Peer mute{silent};
  bool called = false;
  char byte = 0;
  {
    auto context = std::make_unique<asio::io_context>();
    Stream stream{context->get_executor()};
    open(stream, mute);
    stream.async_read_some(asio::buffer(&byte, 1), [&](Code, std::size_t) { called = true; });
    context->poll();
    stream.close();
  }
  BOOST_TEST(!called);
}

BOOST_AUTO_TEST_CASE(alive_tells_good_idle_connections_from_bad_ones) {
  const auto tickets = [](auto& stream) {
    // A TLS 1.3 server has sent its tickets by now, and the client has not read them.
    char byte = 0;
    Code ec;
    stream.read_some(asio::buffer(&byte, 1), ec);
    SSL_new_session_ticket(stream.native_handle());
    asio::write(stream, asio::buffer("y", 1), ec);
    SSL_new_session_ticket(stream.native_handle());
    SSL_do_handshake(stream.native_handle());
    silent(stream);
  };
  Scene scene;
  scene.serve(tickets);
  BOOST_TEST(scene.stream.alive());
  const auto tls = client_context();
  BOOST_REQUIRE(!shake(scene.stream, tls));
  char byte = 0;
  BOOST_TEST(scene.stream.alive());
  scene.stream.write_some(asio::buffer("x", 1));
  BOOST_TEST(scene.stream.read_some(asio::buffer(&byte, 1)) == 1U);
  BOOST_TEST(byte == 'y');
  BOOST_TEST(scene.stream.alive());
  BOOST_TEST(tls->sessions().size() != 0U);
  BOOST_TEST(scene.stream.alive());
  scene.stream.close();
  BOOST_TEST(!scene.stream.alive());
}

BOOST_AUTO_TEST_CASE(alive_digests_tickets_that_wait) {
  Scene scene;
  std::promise<void> sent;
  scene.serve([&](auto& stream) {
    sent.set_value();  // with the handshake's end the tickets are on their way
    silent(stream);
  });
  const auto tls = client_context();
  BOOST_REQUIRE(!shake(scene.stream, tls));
  sent.get_future().wait();
  // The tickets are in the socket or were read ahead; nothing but `alive` reads them.
  for (int i = 0; i < 2000 && tls->sessions().size() < 2; ++i) {
    BOOST_REQUIRE(scene.stream.alive());
    std::this_thread::sleep_for(1ms);
  }
  BOOST_TEST(tls->sessions().size() == 2U);
  BOOST_TEST(scene.stream.alive());
}

BOOST_AUTO_TEST_CASE(alive_sees_ends_and_unexpected_bytes) {
  const auto finally_dead = [](Stream& stream) {
    for (int i = 0; i < 5000 && stream.alive(); ++i) std::this_thread::sleep_for(1ms);
    return !stream.alive();
  };
  Scene orderly;
  orderly.serve([](auto& stream) {
    Code ignored;
    stream.shutdown(ignored);
  });
  BOOST_REQUIRE(!shake(orderly.stream, client_context()));
  BOOST_TEST(finally_dead(orderly.stream));

  Scene truncated;
  truncated.serve([](auto& stream) { stream.next_layer().shutdown(Tcp::socket::shutdown_both); });
  BOOST_REQUIRE(!shake(truncated.stream, client_context()));
  BOOST_TEST(finally_dead(truncated.stream));

  Scene chatty;
  chatty.serve([](auto& stream) {
    Code ec;
    asio::write(stream, asio::buffer("HTTP/1.1 408\r\n\r\n", 16), ec);
    silent(stream);
  });
  BOOST_REQUIRE(!shake(chatty.stream, client_context()));
  BOOST_TEST(finally_dead(chatty.stream));

  Peer ended{[](auto&) {}};
  open(chatty.stream, ended);
  BOOST_TEST(finally_dead(chatty.stream));
  Peer talking{[](auto& socket) {
    Code ec;
    asio::write(socket, asio::buffer("x", 1), ec);
    silent(socket);
  }};
  open(chatty.stream, talking);
  BOOST_TEST(finally_dead(chatty.stream));
}

BOOST_AUTO_TEST_CASE(close_says_goodbye) {
  Scene scene;
  std::promise<Code> end;
  scene.serve([&](auto& stream) {
    char byte = 0;
    Code ec;
    while (!ec) stream.read_some(asio::buffer(&byte, 1), ec);
    end.set_value(ec);
  });
  BOOST_REQUIRE(!shake(scene.stream, client_context()));
  { const Stream moved{std::move(scene.stream)}; }
  BOOST_TEST(end.get_future().get() == asio::error::eof);
  BOOST_TEST(!scene.stream.is_open());
}

BOOST_AUTO_TEST_CASE(moves_with_its_session) {
  Scene scene;
  scene.serve(echo_lines);
  BOOST_REQUIRE(!shake(scene.stream, client_context()));
  Stream moved{std::move(scene.stream)};
  Code ec;
  BOOST_TEST(ask(moved, "x\n", ec) == "x\n");
  scene.stream = std::move(moved);
  BOOST_TEST(ask(scene.stream, "y\n", ec) == "y\n");
}

BOOST_AUTO_TEST_CASE(warm_exchanges_do_not_allocate) {
  const auto exchanges = [](Stream& stream) {
    std::array<char, 64> answer{};
    const auto once = [&] {
      const std::array<asio::const_buffer, 2> pieces{asio::buffer("que", 3),
                                                     asio::buffer("stion\n", 6)};
      Code ec;
      stream.write_some(pieces, ec);
      std::size_t size = 0;
      while (!ec && size < 9) size += stream.read_some(asio::buffer(answer) + size, ec);
      return !ec && std::string_view{answer.data(), size} == "question\n" && stream.alive();
    };
    BOOST_REQUIRE(once());  // digests the tickets, which are kept
    const florin_test::AllocationCount allocations;
    bool good = true;
    for (int i = 0; i < 100; ++i) good = once() && good;
    const auto count = allocations.value();
    BOOST_TEST(good);
    BOOST_TEST(count == 0U);
  };
  Scene scene;
  scene.serve(echo_lines);
  BOOST_REQUIRE(!shake(scene.stream, client_context()));
  exchanges(scene.stream);
  Peer plain{echo_lines};
  open(scene.stream, plain);
  exchanges(scene.stream);
}

BOOST_AUTO_TEST_SUITE_END()
