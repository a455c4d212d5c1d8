// SPDX-License-Identifier: Apache-2.0
#include <florin/net/stream.hpp>
#include <florin/net/tls.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/write.hpp>
#include <boost/test/unit_test.hpp>

#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>

#include "issuer.hpp"
#include "stream_scene.hpp"

BOOST_AUTO_TEST_SUITE(net_tls_diagnosis)
namespace {

namespace asio = boost::asio;
namespace net = florin::net;
using net::Stream;
using net::TlsContext;
using net::TlsError;
using net::TlsOptions;
using net::test::authority;
using net::test::authority_extensions;
using net::test::client_context;
using net::test::Code;
using net::test::echo_lines;
using net::test::Issuer;
using net::test::open;
using net::test::over_tls;
using net::test::Peer;
using net::test::read_error;
using net::test::server_context;
using net::test::server_extensions;
using net::test::shake;
using net::test::silent;

struct Verdict {
  Code error;
  std::string_view detail;
};

/// What a client that trusts `root` says to `leaf`.
Verdict verdict_on(const Issuer& leaf, const Issuer& root,
                   std::initializer_list<const Issuer*> chain = {}) {
  asio::ssl::context server{asio::ssl::context::tls_server};
  leaf.serve(server.native_handle(), chain);
  Peer peer{over_tls(server, echo_lines)};
  TlsOptions options;
  options.ca_pem = root.pem();
  Stream stream;
  open(stream, peer);
  const auto error = shake(stream, client_context(options));
  return {error, stream.tls_detail()};
}

/// How the handshake ends with a server whose settings `change` made.
Verdict verdict_on(const std::function<void(SSL_CTX*)>& change, const TlsOptions& options = {}) {
  auto server = server_context(authority().issue());
  change(server.native_handle());
  Peer peer{over_tls(server, echo_lines)};
  Stream stream;
  open(stream, peer);
  const auto error = shake(stream, client_context(options));
  return {error, stream.tls_detail()};
}

/// `server_extensions`, one of them changed.
std::vector<std::pair<int, const char*>> with(int nid, const char* value) {
  auto extensions = server_extensions;
  for (auto& [id, text] : extensions)
    if (id == nid) text = value;
  return extensions;
}

const Issuer& root() {
  static const Issuer made{{.name = "root", .extensions = authority_extensions, .rsa_bits = 2048}};
  return made;
}

}  // namespace

BOOST_AUTO_TEST_CASE(tells_what_is_wrong_with_a_certificate) {
  const Issuer good{{"localhost", server_extensions}, root()};
  BOOST_TEST(!verdict_on(good, root()).error);

  const Issuer client{{"localhost", with(NID_ext_key_usage, "clientAuth")}, root()};
  auto verdict = verdict_on(client, root());
  BOOST_TEST(verdict.error == Code{TlsError::wrong_use});
  BOOST_TEST(verdict.detail.find("purpose") != std::string_view::npos);

  const Issuer no_authority{{"no authority", server_extensions}, root()};
  const Issuer under_it{{"localhost", server_extensions}, no_authority};
  verdict = verdict_on(under_it, root(), {&no_authority});
  BOOST_TEST(verdict.error == Code{TlsError::wrong_use});

  const Issuer impostor{{.name = "root", .extensions = authority_extensions, .rsa_bits = 2048}};
  const Issuer forged{{"localhost", server_extensions}, impostor};
  verdict = verdict_on(forged, root());
  BOOST_TEST(verdict.error == Code{TlsError::other_certificate_problem});
  BOOST_TEST(verdict.detail == "certificate signature failure");

  auto limited = authority_extensions;
  limited.emplace_back(NID_name_constraints, "critical,permitted;DNS:example.test");
  const Issuer narrow{{"narrow", limited}, root()};
  const Issuer outside{{"localhost", server_extensions}, narrow};
  verdict = verdict_on(outside, root(), {&narrow});
  BOOST_TEST(verdict.error == Code{TlsError::name_not_permitted});
  BOOST_TEST(verdict.detail == "permitted subtree violation");

  const Issuer shallow{{"shallow",
                        {{NID_basic_constraints, "critical,CA:TRUE,pathlen:0"},
                         {NID_key_usage, "critical,keyCertSign,cRLSign"}}},
                       root()};
  const Issuer deeper{{"deeper", authority_extensions}, shallow};
  const Issuer deep{{"localhost", server_extensions}, deeper};
  verdict = verdict_on(deep, root(), {&deeper, &shallow});
  BOOST_TEST(verdict.error == Code{TlsError::chain_too_long});
  BOOST_TEST(verdict.detail == "path length constraint exceeded");
}

BOOST_AUTO_TEST_CASE(tells_weak_cryptography) {
  const auto strict = [](const Issuer& leaf, std::string_view detail, TlsError expected) {
    asio::ssl::context server{asio::ssl::context::tls_server};
    leaf.serve(server.native_handle());
    Peer peer{over_tls(server, echo_lines)};
    TlsOptions options;
    options.ca_pem = root().pem();
    Stream stream;
    open(stream, peer);
    BOOST_TEST(shake(stream, client_context(options)) == Code{expected});
    BOOST_TEST(stream.tls_detail() == detail);
  };
  strict(Issuer{{.name = "localhost", .extensions = server_extensions, .rsa_bits = 1024}, root()},
         "EE certificate key too weak", TlsError::weak_key);
  for (const EVP_MD* digest : {EVP_sha1(), EVP_md5()})
    strict(Issuer{{.name = "localhost", .extensions = server_extensions, .digest = digest}, root()},
           "CA signature digest algorithm too weak", TlsError::weak_signature);
}

BOOST_AUTO_TEST_CASE(common_names_are_never_consulted) {
  auto extensions = server_extensions;
  extensions.pop_back();  // the names
  const Issuer nameless{{"localhost", extensions}, root()};
  BOOST_TEST(verdict_on(nameless, root()).error == Code{TlsError::wrong_host});
  // A name of another kind does not bring the common name back.
  extensions.emplace_back(NID_subject_alt_name, "email:localhost@example.test");
  const Issuer mail{{"localhost", extensions}, root()};
  BOOST_TEST(verdict_on(mail, root()).error == Code{TlsError::wrong_host});
}

BOOST_AUTO_TEST_CASE(the_verdict_stands_though_the_alert_cannot_be_sent) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    auto server = server_context(authority().issue({.names = {"other.example.test"}}));
    SSL_CTX_set_max_proto_version(server.native_handle(), version);
    Peer peer{over_tls(server, echo_lines)};
    asio::io_context context;
    Stream stream{context.get_executor()};
    open(stream, peer);
    Code ec;
    stream.start_tls(client_context(), "localhost", 443, ec);
    BOOST_REQUIRE(!ec);
    bool done = false;
    stream.async_handshake([&](Code result) {
      done = true;
      ec = result;
    });
    // The ClientHello is out; nothing can follow it.
    ::shutdown(stream.native_handle(), SHUT_WR);
    context.run();
    BOOST_TEST(done);
    BOOST_TEST(ec == Code{TlsError::wrong_host});
    BOOST_TEST(stream.tls_detail() == "hostname mismatch");
  }
}

BOOST_AUTO_TEST_CASE(tells_versions_ciphers_and_protocols) {
  auto verdict = verdict_on([](SSL_CTX* server) {
    SSL_CTX_set_security_level(server, 0);
    SSL_CTX_set_min_proto_version(server, TLS1_VERSION);
    SSL_CTX_set_max_proto_version(server, TLS1_1_VERSION);
  });
  BOOST_TEST(verdict.error == Code{TlsError::no_common_version});
  BOOST_TEST(!verdict.detail.empty());

  TlsOptions options;
  options.minimum_version = net::TlsVersion::tls_1_3;
  verdict = verdict_on(
      [](SSL_CTX* server) { SSL_CTX_set_max_proto_version(server, TLS1_2_VERSION); }, options);
  BOOST_TEST(verdict.error == Code{TlsError::no_common_version});

  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    options = {};
    options.ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256";
    options.cipher_suites = "TLS_AES_128_GCM_SHA256";
    verdict = verdict_on(
        [version](SSL_CTX* server) {
          SSL_CTX_set_max_proto_version(server, version);
          SSL_CTX_set_cipher_list(server, "ECDHE-ECDSA-AES256-GCM-SHA384");
          SSL_CTX_set_ciphersuites(server, "TLS_AES_256_GCM_SHA384");
        },
        options);
    BOOST_TEST(verdict.error == Code{TlsError::no_common_cipher});
  }

  verdict = verdict_on([](SSL_CTX* server) {
    SSL_CTX_set_alpn_select_cb(
        server,
        [](SSL*, const unsigned char**, unsigned char*, const unsigned char*, unsigned, void*) {
          return SSL_TLSEXT_ERR_ALERT_FATAL;
        },
        nullptr);
  });
  BOOST_TEST(verdict.error == Code{TlsError::no_common_protocol});

  verdict = verdict_on([](SSL_CTX* server) {
    SSL_CTX_set_client_hello_cb(
        server,
        [](SSL*, int* alert, void*) {
          *alert = SSL_AD_INTERNAL_ERROR;
          return SSL_CLIENT_HELLO_ERROR;
        },
        nullptr);
  });
  BOOST_TEST(verdict.error == Code{TlsError::alert});
  BOOST_TEST(verdict.detail.find("internal error") != std::string_view::npos);
}

BOOST_AUTO_TEST_CASE(tells_a_downgrade) {
  const net::detail::TlsDiagnosis found{
      ERR_PACK(ERR_LIB_SSL, 0, SSL_R_INAPPROPRIATE_FALLBACK), X509_V_OK, {}};
  BOOST_TEST((found.error == TlsError::downgraded));
  BOOST_TEST(found.detail == std::string_view{"inappropriate fallback"});
}

BOOST_AUTO_TEST_CASE(tells_what_is_no_tls) {
  for (const std::string answer :
       {"HTTP/1.1 400 Bad Request\r\n\r\n", "220 mail.example.test ESMTP\r\n"}) {
    Peer peer{[answer](auto& socket) {
      Code ec;
      asio::write(socket, asio::buffer(answer), ec);
      silent(socket);
    }};
    Stream stream;
    open(stream, peer);
    BOOST_TEST(shake(stream, client_context()) == Code{TlsError::not_tls});
    BOOST_TEST(!stream.tls_detail().empty());
  }
}

BOOST_AUTO_TEST_CASE(tells_a_refused_client_certificate) {
  const Issuer stranger{{"stranger", authority_extensions}};
  const Issuer foreign{{"client", with(NID_ext_key_usage, "clientAuth")}, stranger};
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    for (const bool shown : {false, true}) {
      auto server = server_context(authority().issue());
      SSL_CTX_set_max_proto_version(server.native_handle(), version);
      server.set_verify_mode(asio::ssl::verify_peer | asio::ssl::verify_fail_if_no_peer_cert);
      server.add_certificate_authority(asio::buffer(authority().certificate_pem()));
      Peer peer{over_tls(server, echo_lines)};
      TlsOptions options;
      if (shown) {
        options.certificate_pem = foreign.pem();
        options.private_key_pem = foreign.key_pem();
      }
      Stream stream;
      open(stream, peer);
      auto ec = shake(stream, client_context(options));
      if (version == TLS1_3_VERSION) {
        BOOST_TEST(!ec);
        ec = read_error(stream);
      }
      BOOST_TEST_CONTEXT("version " << version << ", shown " << shown)
      BOOST_TEST(ec == Code{TlsError::client_certificate_refused});
      BOOST_TEST(!stream.tls_detail().empty());
    }
  }
}

BOOST_AUTO_TEST_CASE(a_refused_client_certificate_is_seen_by_a_failing_write) {
  auto server = server_context(authority().issue());
  server.set_verify_mode(asio::ssl::verify_peer | asio::ssl::verify_fail_if_no_peer_cert);
  Peer peer{over_tls(server, echo_lines)};
  Stream stream;
  open(stream, peer);
  BOOST_REQUIRE(!shake(stream, client_context()));
  ::shutdown(stream.native_handle(), SHUT_WR);
  ::pollfd entry{stream.native_handle(), POLLIN, 0};
  BOOST_REQUIRE(::poll(&entry, 1, 20'000) == 1);
  Code ec;
  stream.write_some(asio::buffer("x", 1), ec);
  BOOST_TEST(ec == Code{TlsError::client_certificate_refused});
}

BOOST_AUTO_TEST_CASE(an_alert_refuses_a_client_certificate_only_before_any_data) {
  using net::detail::TlsDiagnosis;
  const auto meaning = [](int alert, net::detail::TlsStage stage) {
    return TlsDiagnosis{ERR_PACK(ERR_LIB_SSL, 0, SSL_AD_REASON_OFFSET + alert), X509_V_OK, stage}
        .error;
  };
  for (const int alert : {SSL_AD_BAD_CERTIFICATE, SSL_AD_UNSUPPORTED_CERTIFICATE,
                          SSL_AD_CERTIFICATE_REVOKED, SSL_AD_CERTIFICATE_EXPIRED,
                          SSL_AD_CERTIFICATE_UNKNOWN, SSL_AD_UNKNOWN_CA, SSL_AD_ACCESS_DENIED}) {
    BOOST_TEST((meaning(alert, {true, true, false}) == TlsError::client_certificate_refused));
    BOOST_TEST((meaning(alert, {true, true, true}) == TlsError::alert));
    BOOST_TEST((meaning(alert, {false, false, false}) == TlsError::alert));
  }
  const int required = SSL_AD_CERTIFICATE_REQUIRED;
  BOOST_TEST((meaning(required, {true, true, false}) == TlsError::client_certificate_refused));
  BOOST_TEST((meaning(required, {true, true, true}) == TlsError::alert));
  BOOST_TEST((meaning(SSL_AD_INTERNAL_ERROR, {true, true, false}) == TlsError::alert));
}

BOOST_AUTO_TEST_SUITE_END()
