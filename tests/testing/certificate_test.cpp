// SPDX-License-Identifier: Apache-2.0
#include <florin/testing/certificate.hpp>

#include <boost/test/unit_test.hpp>

#include <memory>
#include <string>

#include <openssl/pem.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

BOOST_AUTO_TEST_SUITE(testing_certificate)

namespace {

using florin::testing::Authority;
using florin::testing::Identity;
using florin::testing::IssueOptions;
using florin::testing::detail::BioPointer;
using florin::testing::detail::CertificatePointer;
using florin::testing::detail::FreeWith;
using florin::testing::detail::KeyPointer;

BioPointer bio_of(const std::string& text) {
  return BioPointer(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

CertificatePointer read_certificate(const std::string& pem) {
  return CertificatePointer(PEM_read_bio_X509(bio_of(pem).get(), nullptr, nullptr, nullptr));
}

KeyPointer read_key(const std::string& pem) {
  return KeyPointer(PEM_read_bio_PrivateKey(bio_of(pem).get(), nullptr, nullptr, nullptr));
}

/// X509_V_OK or the reason of the refusal, as a TLS client (or server) would find it.
int verify(const std::string& root, const Identity& identity, int purpose) {
  const std::unique_ptr<X509_STORE, FreeWith<&X509_STORE_free>> store(X509_STORE_new());
  const std::unique_ptr<X509_STORE_CTX, FreeWith<&X509_STORE_CTX_free>> context(
      X509_STORE_CTX_new());
  const CertificatePointer ca = read_certificate(root);
  const CertificatePointer leaf = read_certificate(identity.certificate_pem);
  BOOST_REQUIRE(store && context && ca && leaf);
  BOOST_REQUIRE_EQUAL(X509_STORE_add_cert(store.get(), ca.get()), 1);
  X509_STORE_set_flags(store.get(), X509_V_FLAG_X509_STRICT);
  BOOST_REQUIRE_EQUAL(X509_STORE_CTX_init(context.get(), store.get(), leaf.get(), nullptr), 1);
  X509_STORE_CTX_set_purpose(context.get(), purpose);
  X509_verify_cert(context.get());
  return X509_STORE_CTX_get_error(context.get());
}

}  // namespace

BOOST_AUTO_TEST_CASE(an_issued_certificate_chains_to_its_authority_only) {
  const Authority ours;
  const Authority other;
  const Identity leaf = ours.issue();
  BOOST_TEST(verify(ours.certificate_pem(), leaf, X509_PURPOSE_SSL_SERVER) == X509_V_OK);
  BOOST_TEST(verify(ours.certificate_pem(), leaf, X509_PURPOSE_SSL_CLIENT) == X509_V_OK);
  BOOST_TEST(verify(other.certificate_pem(), leaf, X509_PURPOSE_SSL_SERVER) != X509_V_OK);
}

BOOST_AUTO_TEST_CASE(the_private_key_belongs_to_the_certificate) {
  const Authority authority;
  const Identity leaf = authority.issue();
  const Identity second = authority.issue();
  const KeyPointer key = read_key(leaf.private_key_pem);
  BOOST_REQUIRE(key);
  BOOST_TEST(EVP_PKEY_is_a(key.get(), "EC") == 1);
  BOOST_TEST(EVP_PKEY_get_bits(key.get()) == 256);
  BOOST_TEST(X509_check_private_key(read_certificate(leaf.certificate_pem).get(), key.get()) == 1);
  BOOST_TEST(X509_check_private_key(read_certificate(second.certificate_pem).get(), key.get()) ==
             0);
}

BOOST_AUTO_TEST_CASE(names_and_addresses_are_in_the_certificate_and_nothing_else) {
  const Authority authority;
  const CertificatePointer leaf = read_certificate(
      authority.issue({.names = {"api.example.test", "*.wild.test", "127.0.0.1", "::1"}})
          .certificate_pem);
  BOOST_REQUIRE(leaf);
  const auto host = [&](const char* name) {
    return X509_check_host(leaf.get(), name, 0, 0, nullptr);
  };
  BOOST_TEST(host("api.example.test") == 1);
  BOOST_TEST(host("a.wild.test") == 1);
  BOOST_TEST(host("a.b.wild.test") == 0);
  BOOST_TEST(host("localhost") == 0);
  BOOST_TEST(host("127.0.0.1") == 0);
  BOOST_TEST(X509_check_ip_asc(leaf.get(), "127.0.0.1", 0) == 1);
  BOOST_TEST(X509_check_ip_asc(leaf.get(), "::1", 0) == 1);
  BOOST_TEST(X509_check_ip_asc(leaf.get(), "127.0.0.2", 0) == 0);
}

BOOST_AUTO_TEST_CASE(validity_can_lie_in_the_past_or_the_future) {
  using namespace std::chrono_literals;
  const Authority authority;
  const Identity expired = authority.issue({.valid_from = -2h, .valid_until = -1h});
  const Identity early = authority.issue({.valid_from = 1h, .valid_until = 2h});
  BOOST_TEST(verify(authority.certificate_pem(), expired, X509_PURPOSE_SSL_SERVER) ==
             X509_V_ERR_CERT_HAS_EXPIRED);
  BOOST_TEST(verify(authority.certificate_pem(), early, X509_PURPOSE_SSL_SERVER) ==
             X509_V_ERR_CERT_NOT_YET_VALID);
}

BOOST_AUTO_TEST_CASE(a_leaf_is_no_authority) {
  const Authority authority;
  const CertificatePointer root = read_certificate(authority.certificate_pem());
  const CertificatePointer leaf = read_certificate(authority.issue().certificate_pem);
  BOOST_TEST(X509_check_ca(root.get()) == 1);
  BOOST_TEST(X509_check_ca(leaf.get()) == 0);
  BOOST_TEST(X509_get_version(leaf.get()) == X509_VERSION_3);
  BOOST_TEST(ASN1_INTEGER_cmp(X509_get0_serialNumber(root.get()),
                              X509_get0_serialNumber(leaf.get())) != 0);
}

BOOST_AUTO_TEST_CASE(a_certificate_may_have_no_name_at_all) {
  const Authority authority;
  const Identity leaf = authority.issue({.names = {}});
  BOOST_TEST(X509_check_host(read_certificate(leaf.certificate_pem).get(), "localhost", 0, 0,
                             nullptr) == 0);
}

BOOST_AUTO_TEST_CASE(a_name_cannot_smuggle_a_second_one) {
  const Authority authority;
  BOOST_CHECK_THROW(authority.issue({.names = {"a.test,DNS:b.test"}}), std::runtime_error);
  BOOST_CHECK_THROW(authority.issue({.names = {""}}), std::runtime_error);
}

BOOST_AUTO_TEST_SUITE_END()
