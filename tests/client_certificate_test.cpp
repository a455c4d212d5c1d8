// SPDX-License-Identifier: Apache-2.0
#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>
#include <iomanip>
#include <memory>
#include <sstream>
#include <string>

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <unistd.h>

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

BOOST_AUTO_TEST_CASE(roots_come_from_a_directory) {
  const StripeFixture f;
  const auto directory =
      std::filesystem::temp_directory_path() / ("florin_roots_" + std::to_string(::getpid()));
  std::filesystem::create_directory(directory);
  auto options = f.options();
  options.tls.ca_pem.clear();
  options.tls.ca_path = directory.string();
  options.retry.retries = 0;
  for (const bool async : {false, true}) {
    auto client = f.connect(options);
    BOOST_TEST(
        (error_of(call(client, async, buyer("m-1"))).cause == net::TlsError::unknown_issuer));
  }
  // Another certificate of the same name is in the way.
  const auto pem = f.sandbox.ca_pem();
  const std::unique_ptr<BIO, decltype(&BIO_free)> text{
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free};
  const std::unique_ptr<X509, decltype(&X509_free)> root{
      PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr), &X509_free};
  std::ostringstream name;
  name << std::hex << std::setw(8) << std::setfill('0') << X509_subject_name_hash(root.get());
  std::ofstream{directory / (name.str() + ".0")} << florin::testing::Authority{}.certificate_pem();
  std::ofstream{directory / (name.str() + ".1")} << pem;
  for (const bool async : {false, true}) {
    auto client = f.connect(options);
    BOOST_TEST(call(client, async, buyer("m-1")).has_value());
  }
  std::filesystem::remove_all(directory);
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
