// SPDX-License-Identifier: Apache-2.0
#include <boost/test/unit_test.hpp>

#include <string>

#include "client_fixture.hpp"
#include "net/stream_scene.hpp"

/// What a call tells of TLS: why there is no connection, and that nothing was processed.
BOOST_AUTO_TEST_SUITE(client_certificate)
namespace {

using namespace florin_test;
namespace asio = boost::asio;
namespace net = florin::net;
using net::test::authority;
using net::test::echo_lines;
using net::test::over_tls;
using net::test::Peer;
using net::test::server_context;

/// A failed call to `peer`.
florin::Error failure(const Peer& peer, bool async) {
  ClientOptions options;
  options.base_url = "https://localhost:" + std::to_string(peer.port());
  options.tls.ca_pem = authority().certificate_pem();
  options.retry.first_backoff = 2ms;
  options.deadline = 20s;
  Client<StripePolicy> client{{.api_key = "sk_test_1"}, options};
  return error_of(call(client, async, buyer("m-1")));
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_refused_client_certificate_shows_that_nothing_was_processed) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    auto server = server_context(authority().issue());
    SSL_CTX_set_max_proto_version(server.native_handle(), version);
    server.set_verify_mode(asio::ssl::verify_peer | asio::ssl::verify_fail_if_no_peer_cert);
    server.add_certificate_authority(asio::buffer(authority().certificate_pem()));
    Peer peer{over_tls(server, echo_lines)};
    for (const bool async : {false, true}) {
      const auto error = failure(peer, async);
      BOOST_TEST((error.code == Errc::tls_failed));
      BOOST_TEST((error.outcome == Outcome::no_effect));
      BOOST_TEST((error.cause == net::TlsError::client_certificate_refused));
      BOOST_TEST(error.attempts == 1);
      BOOST_TEST(!error.transient);
      BOOST_TEST(error.status_code == 503);
    }
  }
}

BOOST_AUTO_TEST_CASE(an_error_tells_openssls_words) {
  auto server = server_context(authority().issue({.valid_from = -2h, .valid_until = -1h}));
  Peer peer{over_tls(server, echo_lines)};
  for (const bool async : {false, true}) {
    const auto error = failure(peer, async);
    BOOST_TEST((error.cause == net::TlsError::expired));
    BOOST_TEST(error.reason == "certificate has expired");
    BOOST_TEST(error.attempts == 1);
  }
  auto old = server_context(authority().issue());
  SSL_CTX_set_security_level(old.native_handle(), 0);
  SSL_CTX_set_min_proto_version(old.native_handle(), TLS1_VERSION);
  SSL_CTX_set_max_proto_version(old.native_handle(), TLS1_1_VERSION);
  Peer ancient{over_tls(old, echo_lines)};
  for (const bool async : {false, true}) {
    const auto error = failure(ancient, async);
    BOOST_TEST((error.cause == net::TlsError::no_common_version));
    BOOST_TEST(!error.reason.empty());
    BOOST_TEST(error.attempts == 1);
  }
}

BOOST_AUTO_TEST_SUITE_END()
