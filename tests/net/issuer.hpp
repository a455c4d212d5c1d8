// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/testing/certificate.hpp>

#include <chrono>
#include <initializer_list>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

namespace florin::net::test {

/// Certificates as no honest authority would issue them.
struct Issuance {
  /// The subject's common name.
  std::string name;
  /// Extensions in OpenSSL's configuration syntax.
  std::vector<std::pair<int, const char*>> extensions{};
  /// The length of an RSA key; 0: an EC key.
  unsigned rsa_bits = 0;
  /// What the issuer signs with.
  const EVP_MD* digest = EVP_sha256();
};

/// A certificate with its key, which can issue others.
class Issuer {
 public:
  /// A root.
  explicit Issuer(const Issuance& what) : Issuer(what, nullptr) {}
  /// A certificate of `issuer`.
  Issuer(const Issuance& what, const Issuer& issuer) : Issuer(what, &issuer) {}

  [[nodiscard]] std::string pem() const { return testing::detail::pem_of(certificate_.get()); }
  [[nodiscard]] std::string key_pem() const { return testing::detail::pem_of(key_.get()); }

  /// A list of revoked certificates, PEM, valid for `valid` from now.
  [[nodiscard]] std::string crl(std::initializer_list<const Issuer*> revoked,
                                std::chrono::seconds valid = std::chrono::hours{1}) const {
    const std::unique_ptr<X509_CRL, testing::detail::FreeWith<&X509_CRL_free>> list{X509_CRL_new()};
    const std::unique_ptr<ASN1_TIME, testing::detail::FreeWith<&ASN1_TIME_free>> time{
        ASN1_TIME_new()};
    X509_CRL_set_version(list.get(), 1);
    X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(certificate_.get()));
    X509_gmtime_adj(time.get(), -86'400);
    X509_CRL_set1_lastUpdate(list.get(), time.get());
    for (const Issuer* holder : revoked) {
      X509_REVOKED* const entry = X509_REVOKED_new();
      X509_REVOKED_set_serialNumber(entry, X509_get_serialNumber(holder->certificate_.get()));
      X509_REVOKED_set_revocationDate(entry, time.get());
      X509_CRL_add0_revoked(list.get(), entry);
    }
    X509_gmtime_adj(time.get(), static_cast<long>(valid.count()));
    X509_CRL_set1_nextUpdate(list.get(), time.get());
    X509_CRL_sort(list.get());
    X509_CRL_sign(list.get(), key_.get(), EVP_sha256());
    const testing::detail::BioPointer bio{BIO_new(BIO_s_mem())};
    PEM_write_bio_X509_CRL(bio.get(), list.get());
    return testing::detail::text_of(bio.get());
  }

  /// Makes `server` show this certificate and those of `chain`, whatever their strength.
  void serve(SSL_CTX* server, std::initializer_list<const Issuer*> chain = {}) const {
    SSL_CTX_set_security_level(server, 0);
    SSL_CTX_use_certificate(server, certificate_.get());
    SSL_CTX_use_PrivateKey(server, key_.get());
    for (const Issuer* link : chain) SSL_CTX_add1_chain_cert(server, link->certificate_.get());
  }

 private:
  Issuer(const Issuance& what, const Issuer* issuer)
      : key_(what.rsa_bits != 0 ? testing::detail::KeyPointer{EVP_RSA_gen(what.rsa_bits)}
                                : testing::detail::new_key()),
        certificate_(testing::detail::new_certificate(
            key_.get(), what.name, std::chrono::hours{-24}, std::chrono::hours{24 * 365})) {
    X509* const own = certificate_.get();
    X509* const above = issuer != nullptr ? issuer->certificate_.get() : own;
    X509_set_issuer_name(own, X509_get_subject_name(above));
    for (const auto& [nid, value] : what.extensions)
      testing::detail::add_extension(own, above, nid, value);
    if (X509_sign(own, issuer != nullptr ? issuer->key_.get() : key_.get(), what.digest) == 0)
      testing::detail::throw_openssl("cannot sign a certificate");
  }

  testing::detail::KeyPointer key_;
  testing::detail::CertificatePointer certificate_;
};

/// What an authority's certificate says.
inline const std::vector<std::pair<int, const char*>> authority_extensions{
    {NID_basic_constraints, "critical,CA:TRUE"},
    {NID_key_usage, "critical,keyCertSign,cRLSign"},
    {NID_subject_key_identifier, "hash"}};

/// What the certificate of a server called localhost says.
inline const std::vector<std::pair<int, const char*>> server_extensions{
    {NID_basic_constraints, "critical,CA:FALSE"},
    {NID_key_usage, "critical,digitalSignature"},
    {NID_ext_key_usage, "serverAuth"},
    {NID_subject_alt_name, "DNS:localhost"}};

}  // namespace florin::net::test
