// SPDX-License-Identifier: Apache-2.0
#include <florin/net/session_cache.hpp>
#include <florin/net/tls.hpp>
#include <florin/testing/certificate.hpp>

#include <boost/test/unit_test.hpp>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <utility>

#include <openssl/ssl.h>
#include <unistd.h>

BOOST_AUTO_TEST_SUITE(net_tls)
namespace {

using florin::net::SessionCache;
using florin::net::TlsContext;
using florin::net::TlsError;
using florin::net::TlsOptions;
using florin::net::TlsVersion;
using florin::testing::Authority;
using Code = boost::system::error_code;

const Authority& authority() {
  static const Authority made;
  return made;
}

Code error_of(const TlsOptions& options) {
  const auto made = TlsContext::make(options);
  return made ? Code{} : made.error();
}

int roots_of(TlsContext& context) {
  STACK_OF(X509_OBJECT)* const objects =
      X509_STORE_get0_objects(SSL_CTX_get_cert_store(context.native_handle()));
  return sk_X509_OBJECT_num(objects);
}

SessionCache::Session session(int version) {
  SessionCache::Session made{SSL_SESSION_new()};
  SSL_SESSION_set_protocol_version(made.get(), version);
  const unsigned char id[] = {1, 2, 3};
  SSL_SESSION_set1_id(made.get(), id, sizeof id);
  SSL_SESSION_set_timeout(made.get(), 1000);
  return made;
}

struct TemporaryFile {
  std::string name;
  explicit TemporaryFile(const std::string& text) {
    char pattern[] = "/tmp/florin-tls-XXXXXX";
    const int descriptor = ::mkstemp(pattern);
    BOOST_REQUIRE(descriptor >= 0);
    ::close(descriptor);
    name = pattern;
    std::ofstream{name} << text;
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() { std::remove(name.c_str()); }
};

}  // namespace

BOOST_AUTO_TEST_CASE(verifies_by_default) {
  const auto context = TlsContext::make().value();
  BOOST_TEST(context->verifies());
  BOOST_TEST(context->resumes());
  SSL_CTX* const native = context->native_handle();
  BOOST_TEST(SSL_CTX_get_verify_mode(native) == SSL_VERIFY_PEER);
  BOOST_TEST(SSL_CTX_get_min_proto_version(native) == TLS1_2_VERSION);
  BOOST_TEST((SSL_CTX_get_options(native) & SSL_OP_NO_RENEGOTIATION) != 0U);
  BOOST_TEST((SSL_CTX_get_options(native) & SSL_OP_NO_COMPRESSION) != 0U);

  TlsOptions strict;
  strict.minimum_version = TlsVersion::tls_1_3;
  BOOST_TEST(SSL_CTX_get_min_proto_version(TlsContext::make(strict).value()->native_handle()) ==
             TLS1_3_VERSION);
}

BOOST_AUTO_TEST_CASE(verification_ends_only_where_the_name_says_so) {
  const auto context = TlsContext::make_without_verification().value();
  BOOST_TEST(!context->verifies());
  BOOST_TEST(SSL_CTX_get_verify_mode(context->native_handle()) == SSL_VERIFY_NONE);
}

BOOST_AUTO_TEST_CASE(reads_roots_from_text_and_file) {
  const Authority other;
  TlsOptions text;
  text.ca_pem = authority().certificate_pem() + other.certificate_pem();
  BOOST_TEST(roots_of(*TlsContext::make(text).value()) == 2);

  const TemporaryFile file{authority().certificate_pem()};
  TlsOptions named;
  named.ca_file = file.name;
  BOOST_TEST(roots_of(*TlsContext::make(named).value()) == 1);
  named.ca_pem = other.certificate_pem();
  BOOST_TEST(roots_of(*TlsContext::make(named).value()) == 2);
}

BOOST_AUTO_TEST_CASE(refuses_broken_roots) {
  TlsOptions options;
  options.ca_pem = "no certificate";
  BOOST_TEST(error_of(options) == Code{TlsError::bad_roots});
  options.ca_pem = authority().certificate_pem() +
                   "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
  BOOST_TEST(error_of(options) == Code{TlsError::bad_roots});
  options.ca_pem.clear();
  options.ca_file = "/nonexistent/roots.pem";
  BOOST_TEST(error_of(options) == Code{TlsError::bad_roots});
  options.ca_file.clear();
  const TemporaryFile file{authority().certificate_pem()};
  for (const std::string& path :
       {std::string{"/nonexistent"}, std::string{"/tmp\0/x", 7}, file.name}) {
    options.ca_path = path;
    BOOST_TEST(error_of(options) == Code{TlsError::bad_roots});
  }
}

BOOST_AUTO_TEST_CASE(reads_a_client_identity) {
  const auto identity = authority().issue();
  TlsOptions options;
  options.certificate_pem = identity.certificate_pem + authority().certificate_pem();
  options.private_key_pem = identity.private_key_pem;
  const auto context = TlsContext::make(options).value();
  STACK_OF(X509)* chain = nullptr;
  BOOST_REQUIRE(SSL_CTX_get0_chain_certs(context->native_handle(), &chain) == 1);
  BOOST_TEST(sk_X509_num(chain) == 1);

  const TemporaryFile certificate{identity.certificate_pem};
  const TemporaryFile key{identity.private_key_pem};
  TlsOptions files;
  files.certificate_file = certificate.name;
  files.private_key_file = key.name;
  BOOST_TEST(!error_of(files));
}

BOOST_AUTO_TEST_CASE(refuses_a_broken_client_identity) {
  const auto identity = authority().issue();
  TlsOptions options;
  options.certificate_pem = identity.certificate_pem;
  BOOST_TEST(error_of(options) == Code{TlsError::bad_private_key});
  options.private_key_pem = authority().issue().private_key_pem;
  BOOST_TEST(error_of(options) == Code{TlsError::bad_private_key});
  options.private_key_pem = "x";
  BOOST_TEST(error_of(options) == Code{TlsError::bad_private_key});
  options.private_key_pem = identity.private_key_pem;
  options.certificate_pem = "x";
  BOOST_TEST(error_of(options) == Code{TlsError::bad_certificate});
  options.certificate_pem.clear();
  BOOST_TEST(error_of(options) == Code{TlsError::bad_certificate});
  options.certificate_file = "/nonexistent/certificate.pem";
  BOOST_TEST(error_of(options) == Code{TlsError::bad_certificate});
}

BOOST_AUTO_TEST_CASE(refuses_bad_parameters) {
  TlsOptions options;
  options.ciphers = "NO-SUCH-CIPHER";
  BOOST_TEST(error_of(options) == Code{TlsError::bad_parameter});
  options.ciphers.clear();
  options.cipher_suites = "NO_SUCH_SUITE";
  BOOST_TEST(error_of(options) == Code{TlsError::bad_parameter});
  options.cipher_suites.clear();
  options.alpn.assign(256, 'x');
  BOOST_TEST(error_of(options) == Code{TlsError::bad_parameter});
  options.alpn.clear();
  options.cipher_suites = "TLS_AES_128_GCM_SHA256";
  options.ciphers = "ECDHE+AESGCM";
  BOOST_TEST(!error_of(options));
}

BOOST_AUTO_TEST_CASE(no_list_of_ciphers_switches_verification_off) {
  TlsOptions options;
  BOOST_TEST(SSL_CTX_get_security_level(TlsContext::make(options).value()->native_handle()) >= 2);
  for (const char* list : {"ALL:@SECLEVEL=0", "ALL:eNULL:@SECLEVEL=0", "AECDH:ECDHE:@SECLEVEL=0"}) {
    options.ciphers = list;
    const auto context = TlsContext::make(options).value();
    BOOST_TEST(SSL_CTX_get_security_level(context->native_handle()) == 0);
    STACK_OF(SSL_CIPHER)* const ciphers = SSL_CTX_get_ciphers(context->native_handle());
    for (int i = 0; i < sk_SSL_CIPHER_num(ciphers); ++i) {
      const SSL_CIPHER* const each = sk_SSL_CIPHER_value(ciphers, i);
      BOOST_TEST_CONTEXT(SSL_CIPHER_get_name(each)) {
        BOOST_TEST(SSL_CIPHER_get_auth_nid(each) != NID_auth_null);
        BOOST_TEST(SSL_CIPHER_get_bits(each, nullptr) != 0);
      }
    }
  }
  options.ciphers = "aNULL:@SECLEVEL=0";
  BOOST_TEST(error_of(options) == Code{TlsError::bad_parameter});
  BOOST_TEST(TlsContext::make_without_verification(options).has_value());
}

BOOST_AUTO_TEST_CASE(error_texts_are_told_apart) {
  BOOST_TEST(Code{TlsError::expired}.message() == "the certificate has expired");
  BOOST_TEST(Code{TlsError::expired}.category().name() == std::string{"florin.tls"});
  BOOST_TEST((Code{TlsError::wrong_host} != Code{florin::net::ProxyError::refused}));
}

BOOST_AUTO_TEST_CASE(cache_gives_a_ticket_once_and_an_older_session_often) {
  SessionCache cache;
  BOOST_TEST(!cache.take("a"));
  cache.put("a", session(TLS1_3_VERSION));
  auto newest = session(TLS1_3_VERSION);
  SSL_SESSION* const expected = newest.get();
  cache.put("a", std::move(newest));
  BOOST_TEST(cache.take("b") == nullptr);
  BOOST_TEST(cache.take("a").get() == expected);
  BOOST_TEST(cache.take("a") != nullptr);
  BOOST_TEST(cache.take("a") == nullptr);

  cache.put("b", session(TLS1_2_VERSION));
  cache.put("b", session(TLS1_2_VERSION));
  BOOST_TEST(cache.size() == 1U);
  BOOST_TEST(cache.take("b") != nullptr);
  BOOST_TEST(cache.take("b") != nullptr);
}

BOOST_AUTO_TEST_CASE(cache_is_bounded) {
  SessionCache cache{4, 2};
  for (int i = 0; i < 5; ++i) cache.put("a", session(TLS1_3_VERSION));
  BOOST_TEST(cache.size() == 2U);
  for (int i = 0; i < 9; ++i) cache.put(std::to_string(i), session(TLS1_3_VERSION));
  BOOST_TEST(cache.size() == 4U);
  BOOST_TEST(cache.take("a") == nullptr);
  BOOST_TEST(cache.take("8") != nullptr);
  SessionCache none{0};
  none.put("a", session(TLS1_3_VERSION));
  BOOST_TEST(none.size() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
