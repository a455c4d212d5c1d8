// SPDX-License-Identifier: Apache-2.0
#include <florin/client.hpp>
#include <florin/net/tls.hpp>

#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <utility>

#include "client_fixture.hpp"
#include "net/tls_peer.hpp"
#include "net/tunnel.hpp"

/// What lies between a client and its processor: TLS, proxies, time limits.
BOOST_AUTO_TEST_SUITE(client_transport)
namespace {

using namespace florin_test;
namespace asio = boost::asio;
namespace net = florin::net;
using florin::testing::Authority;
using net::test::Code;
using net::test::Peer;
using net::test::Tcp;
using std::string;
using std::string_view;

/// A call fails before anything was sent.
florin::Error refused(StripeFixture& f, const ClientOptions& options, bool async) {
  auto client = f.connect(options);
  const auto error = error_of(call(client, async, buyer("m-1")));
  BOOST_TEST((error.outcome == Outcome::no_effect));
  BOOST_TEST(error.http_status == 0);
  BOOST_TEST(error.status_code == 503);
  BOOST_TEST(f.sandbox.request_count() == 0u);
  BOOST_TEST(client.pool().busy == 0u);
  BOOST_TEST(client.pool().idle == 0u);
  return error;
}

/// A proxy that tunnels to `port` for who shows `credentials`.
Peer::Behaviour proxy_to(std::uint16_t port, string credentials) {
  return [port, credentials](Tcp::socket& client) {
    string header;
    Code ec;
    asio::read_until(client, asio::dynamic_buffer(header), "\r\n\r\n", ec);
    const auto say = [&](string_view text) {
      asio::write(client, asio::buffer(text.data(), text.size()), ec);
    };
    if (!header.starts_with("CONNECT localhost:")) return say("HTTP/1.1 403 Forbidden\r\n\r\n");
    if (header.find("Basic " + credentials + "\r\n") == string::npos)
      return say("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
    net::test::tunnel(client, port);
  };
}

}  // namespace

BOOST_AUTO_TEST_CASE(untrusted_servers_get_nothing) {
  const Authority authority;
  struct Bad {
    florin::testing::IssueOptions certificate;
    net::TlsError cause;
  };
  for (const Bad& bad :
       {Bad{{.names = {"other.example"}}, net::TlsError::wrong_host},
        Bad{{.valid_from = -std::chrono::hours{48}, .valid_until = -std::chrono::hours{24}},
            net::TlsError::expired},
        Bad{{.valid_from = std::chrono::hours{24}, .valid_until = std::chrono::hours{48}},
            net::TlsError::not_yet_valid}}) {
    StripeFixture f{{.identity = authority.issue(bad.certificate)}};
    auto options = f.options();
    options.tls.ca_pem = authority.certificate_pem();
    for (const bool async : {false, true}) {
      const auto error = refused(f, options, async);
      BOOST_TEST((error.code == Errc::tls_failed));
      BOOST_TEST((error.phase == Phase::handshake));
      BOOST_TEST((error.cause == bad.cause));
      BOOST_TEST(error.attempts == 1);
      BOOST_TEST(!error.transient);
    }
  }
  StripeFixture f;
  auto options = f.options();
  for (const string& roots : {string{}, authority.certificate_pem()}) {
    options.tls.ca_pem = roots;
    for (const bool async : {false, true}) {
      const auto error = refused(f, options, async);
      BOOST_TEST((error.code == Errc::tls_failed));
      BOOST_TEST((error.cause == net::TlsError::unknown_issuer));
      BOOST_TEST(error.attempts == 1);
    }
  }
  // Only a context whose name says so leaves the verification out.
  options.tls_context = net::TlsContext::make_without_verification().value();
  auto careless = f.connect(options);
  for (const bool async : {false, true})
    BOOST_TEST(call(careless, async, buyer(async ? "a" : "b")).has_value());
}

BOOST_AUTO_TEST_CASE(old_versions_of_tls_are_refused) {
  StripeFixture f{{.max_tls = TLS1_1_VERSION}};
  for (const bool async : {false, true}) {
    const auto error = refused(f, f.options(), async);
    BOOST_TEST((error.code == Errc::tls_failed));
    BOOST_TEST((error.phase == Phase::handshake));
  }
  StripeFixture older{{.max_tls = TLS1_2_VERSION}};
  for (const bool async : {false, true}) {
    auto client = older.connect();
    BOOST_TEST(call(client, async, buyer(async ? "a" : "b")).has_value());
    auto options = older.options();
    options.tls.minimum_version = net::TlsVersion::tls_1_3;
    auto strict = older.connect(options);
    const auto error = error_of(call(strict, async, buyer("m-1")));
    BOOST_TEST((error.code == Errc::tls_failed));
    BOOST_TEST((error.outcome == Outcome::no_effect));
  }
  BOOST_TEST(older.sandbox.count("m-1") == 0u);
}

BOOST_AUTO_TEST_CASE(a_server_that_does_not_speak_tls_is_refused) {
  StripeFixture f{{.tls = false}};
  auto options = f.options();
  options.base_url.replace(0, 4, "https");
  for (const bool async : {false, true}) {
    const auto error = refused(f, options, async);
    BOOST_TEST((error.code == Errc::tls_failed));
  }
}

BOOST_AUTO_TEST_CASE(plain_http_only_where_it_is_allowed) {
  StripeFixture f{{.tls = false}};
  auto options = f.options();
  options.insecure_plain_http = true;
  auto client = f.connect(options);
  for (const bool async : {false, true}) {
    const auto answer = call(client, async, buyer(async ? "a" : "b"));
    BOOST_TEST_REQUIRE(answer.has_value());
    BOOST_TEST((answer->timings[Phase::handshake] == 0ns));
  }
  BOOST_TEST(f.sandbox.connection_count() == 1u);
  options.insecure_plain_http = false;
  auto strict = f.connect(options);
  BOOST_TEST((error_of(strict.create(buyer("m-1"))).code == Errc::invalid_options));
  BOOST_TEST(f.sandbox.request_count() == 2u);
}

BOOST_AUTO_TEST_CASE(client_certificates) {
  const Authority authority;
  const auto identity = authority.issue({.names = {"client"}});
  StripeFixture f{
      {.require_client_certificate = true, .client_ca_pem = authority.certificate_pem()}};
  auto options = f.options();
  options.tls.certificate_pem = identity.certificate_pem;
  options.tls.private_key_pem = identity.private_key_pem;
  for (const bool async : {false, true}) {
    auto client = f.connect(options);
    BOOST_TEST(call(client, async, buyer(async ? "a" : "b")).has_value());
    // With TLS 1.3 the refusal may come after the request was written.
    auto nobody = f.connect();
    const auto error = error_of(call(nobody, async, buyer("m-1")));
    BOOST_TEST((error.code == Errc::tls_failed || error.code == Errc::connection_lost));
    BOOST_TEST(nobody.pool().busy == 0u);
  }
  BOOST_TEST(f.sandbox.count("m-1") == 0u);
}

BOOST_AUTO_TEST_CASE(through_a_proxy) {
  StripeFixture f;
  Peer proxy{proxy_to(f.sandbox.port(), "dXNlcjpwYXNz")};
  auto options = f.options();
  options.proxy =
      net::Proxy{.host = "127.0.0.1", .port = proxy.port(), .user = "user", .password = "wrong"};
  for (const bool async : {false, true}) {
    const auto error = refused(f, options, async);
    BOOST_TEST((error.code == Errc::proxy_failed));
    BOOST_TEST((error.phase == Phase::proxy));
    BOOST_TEST((error.cause == net::ProxyError::authentication_required));
    BOOST_TEST(error.attempts == 1);
  }
  auto elsewhere = options;
  elsewhere.base_url = "https://other.example";
  for (const bool async : {false, true}) {
    const auto error = refused(f, elsewhere, async);
    BOOST_TEST((error.code == Errc::proxy_failed));
    BOOST_TEST((error.cause == net::ProxyError::refused));
  }
  options.proxy->password = "pass";
  for (const bool async : {false, true}) {
    auto client = f.connect(options);
    for (const char* id : {"1", "2"}) {
      const auto answer = call(client, async, buyer(string{id} + (async ? "a" : "b")));
      BOOST_TEST_REQUIRE(answer.has_value());
      BOOST_TEST((answer->timings[Phase::proxy] > 0ns) == (*id == '1'));
    }
    BOOST_TEST(f.sandbox.requests().back().server_name == "localhost");
    BOOST_TEST(client.pool().opened == 1u);
  }
}

BOOST_AUTO_TEST_CASE(a_request_of_several_records) {
  StripeFixture f;
  for (const bool async : {false, true}) {
    auto request = buyer(async ? "a" : "b");
    // 500 characters of four bytes, twelve each as they are sent: 120 kB, where a record holds 16.
    string value;
    for (int i = 0; i < 500; ++i) value += "\U0001F600";
    for (int i = 0; i < 19; ++i) request.metadata.set("key-" + std::to_string(i), value);
    const auto answer = call(f.client, async, request);
    BOOST_TEST_REQUIRE(answer.has_value());
    BOOST_TEST(f.sandbox.requests().back().body.size() > 100'000u);
    BOOST_TEST((f.sandbox.customers().back().field("metadata[key-18]") == value));
  }
}

BOOST_AUTO_TEST_CASE(a_peer_that_never_shakes_hands) {
  StripeFixture f;
  Peer mute{[](Tcp::socket& socket) {
    char byte = 0;
    Code ec;
    while (!ec) socket.read_some(asio::buffer(&byte, 1), ec);
  }};
  auto options = f.options();
  options.base_url = "https://localhost:" + std::to_string(mute.port());
  for (const bool async : {false, true}) {
    // The limit for a connection: a failure of its own, and another attempt.
    options.connect_timeout = elapsing / 2;
    options.deadline = 20s;
    auto error = refused(f, options, async);
    BOOST_TEST((error.code == Errc::tls_failed));
    BOOST_TEST((error.cause == boost::beast::error::timeout));
    BOOST_TEST(error.attempts == 3);
    // The deadline of the call.
    options.connect_timeout = 10s;
    options.deadline = elapsing;
    auto client = f.connect(options);
    error = error_of(call(client, async, buyer("m-1")));
    BOOST_TEST((error.code == Errc::deadline_exceeded));
    BOOST_TEST((error.phase == Phase::handshake));
    BOOST_TEST((error.outcome == Outcome::no_effect));
    BOOST_TEST(error.status_code == 504);
    BOOST_TEST(error.attempts == 1);
    BOOST_TEST((client.warm_up(1).error().code == Errc::deadline_exceeded));
    BOOST_TEST(client.pool().busy == 0u);
  }
}

BOOST_AUTO_TEST_CASE(hosts_that_cannot_be_reached) {
  StripeFixture f;
  auto options = f.options();
  for (const bool async : {false, true}) {
    options.base_url = "https://localhost:1";
    auto error = refused(f, options, async);
    BOOST_TEST((error.code == Errc::connect_failed));
    BOOST_TEST((error.phase == Phase::connect));
    BOOST_TEST((error.cause == asio::error::connection_refused));
    BOOST_TEST(error.attempts == 3);
    options.base_url = "https://no-such-host.invalid";
    error = refused(f, options, async);
    BOOST_TEST((error.code == Errc::resolve_failed));
    BOOST_TEST((error.phase == Phase::resolve));
  }
}

BOOST_AUTO_TEST_CASE(sessions_are_resumed) {
  StripeFixture f;
  for (const bool async : {false, true}) {
    auto client = f.connect();
    BOOST_TEST(call(client, async, buyer(async ? "a1" : "b1")).has_value());
    f.sandbox.close_idle_connections();
    const auto before = f.sandbox.resumed_count();
    BOOST_TEST(call(client, async, buyer(async ? "a2" : "b2")).has_value());
    BOOST_TEST(f.sandbox.resumed_count() == before + 1);
  }
}

BOOST_AUTO_TEST_SUITE_END()
