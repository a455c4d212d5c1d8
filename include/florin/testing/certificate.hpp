// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/net/detail/openssl.hpp>

#include <boost/asio/ip/address.hpp>
#include <boost/system/error_code.hpp>

#include <chrono>
#include <initializer_list>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

namespace florin::testing {

/// A certificate and its private key, both PEM. Made by `Authority::issue`, for tests only: the key
/// is an ordinary string and is not wiped.
struct Identity {
  std::string certificate_pem;  ///< its certificate, PEM
  std::string private_key_pem;  ///< its key, PEM, unencrypted
};

/// What a certificate issued by an `Authority` says.
struct IssueOptions {
  /// DNS names (`*.example.test` included) and IP literals, which become the subjectAltName in this
  /// order. The first one is the subject's common name as well. May be empty: no subjectAltName.
  std::vector<std::string> names{"localhost", "127.0.0.1"};
  /// Start of the validity, relative to now. In the future: a certificate not yet valid.
  std::chrono::seconds valid_from{-3600};
  /// End of the validity, relative to now. In the past: an expired certificate.
  std::chrono::seconds valid_until{86400};
};

namespace detail {

/// Throws `std::runtime_error` naming the step that failed, with OpenSSL's reason.
[[noreturn]] inline void throw_openssl(std::string_view what) {
  std::string message("florin::testing: ");
  message += what;
  if (const unsigned long code = ERR_get_error(); code != 0) {
    char reason[256];
    ERR_error_string_n(code, reason, sizeof reason);
    message += ": ";
    message += reason;
  }
  ERR_clear_error();
  throw std::runtime_error(message);
}

template <auto Free>
struct FreeWith {
  template <class T>
  void operator()(T* object) const noexcept {
    static_cast<void>(Free(object));
  }
};

using KeyPointer = std::unique_ptr<EVP_PKEY, FreeWith<&EVP_PKEY_free>>;
using CertificatePointer = std::unique_ptr<X509, FreeWith<&X509_free>>;
using BioPointer = std::unique_ptr<BIO, FreeWith<&BIO_free>>;
using BignumPointer = std::unique_ptr<BIGNUM, FreeWith<&BN_free>>;
using ExtensionPointer = std::unique_ptr<X509_EXTENSION, FreeWith<&X509_EXTENSION_free>>;

inline KeyPointer new_key() {
  net::detail::initialise_openssl();
  KeyPointer key(EVP_EC_gen("P-256"));
  if (!key) throw_openssl("cannot make an EC key");
  return key;
}

inline std::string text_of(BIO* bio) {
  const char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  if (size < 0 || data == nullptr) throw_openssl("cannot read a memory buffer");
  return std::string(data, static_cast<std::size_t>(size));
}

inline std::string pem_of(X509* certificate) {
  const BioPointer bio(BIO_new(BIO_s_mem()));
  if (!bio || PEM_write_bio_X509(bio.get(), certificate) != 1)
    throw_openssl("cannot write a certificate");
  return text_of(bio.get());
}

inline std::string pem_of(EVP_PKEY* key) {
  const BioPointer bio(BIO_new(BIO_s_mem()));
  if (!bio ||
      PEM_write_bio_PKCS8PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr) != 1)
    throw_openssl("cannot write a private key");
  return text_of(bio.get());
}

/// A new version 3 certificate with a random serial number and no issuer, extensions or signature.
inline CertificatePointer new_certificate(EVP_PKEY* key, const std::string& common_name,
                                          std::chrono::seconds valid_from,
                                          std::chrono::seconds valid_until) {
  CertificatePointer certificate(X509_new());
  const BignumPointer serial(BN_new());
  if (!certificate || !serial || X509_set_version(certificate.get(), X509_VERSION_3) != 1 ||
      BN_rand(serial.get(), 126, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) != 1 ||
      BN_to_ASN1_INTEGER(serial.get(), X509_get_serialNumber(certificate.get())) == nullptr ||
      X509_gmtime_adj(X509_getm_notBefore(certificate.get()), valid_from.count()) == nullptr ||
      X509_gmtime_adj(X509_getm_notAfter(certificate.get()), valid_until.count()) == nullptr ||
      X509_set_pubkey(certificate.get(), key) != 1)
    throw_openssl("cannot make a certificate");
  if (!common_name.empty()) {
    // A common name holds at most 64 characters (RFC 5280, ub-common-name).
    const std::string shortened = common_name.substr(0, 64);
    if (X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_UTF8,
                                   reinterpret_cast<const unsigned char*>(shortened.data()),
                                   static_cast<int>(shortened.size()), -1, 0) != 1)
      throw_openssl("cannot set a certificate's subject");
  }
  return certificate;
}

inline void add_extension(X509* certificate, X509* issuer, int nid, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const ExtensionPointer extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value));
  if (!extension || X509_add_ext(certificate, extension.get(), -1) != 1)
    throw_openssl("cannot add an extension to a certificate");
}

/// Names as OpenSSL's configuration syntax for a subjectAltName.
inline std::string alternative_names(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) {
    if (name.empty() || name.find_first_of(",\r\n") != std::string::npos)
      throw std::runtime_error("florin::testing: a certificate cannot have this name: " + name);
    boost::system::error_code not_an_address;
    static_cast<void>(boost::asio::ip::make_address(name, not_an_address));
    if (!text.empty()) text += ',';
    text += not_an_address ? "DNS:" : "IP:";
    text += name;
  }
  return text;
}

}  // namespace detail

/// A certificate authority that lives in memory, so that tests can speak real, verified TLS without
/// any file: EC P-256 keys, SHA-256 signatures. Give `certificate_pem()` to the client as its only
/// trusted root. Issuing from several threads is safe.
class Authority {
 public:
  /// Makes a new key and a self-signed root, valid from one day ago for ten years.
  /// \throws std::runtime_error when OpenSSL fails.
  Authority()
      : key_(detail::new_key()),
        certificate_(detail::new_certificate(key_.get(), "florin test authority",
                                             std::chrono::hours(-24),
                                             std::chrono::hours(24 * 3650))) {
    X509* const root = certificate_.get();
    if (X509_set_issuer_name(root, X509_get_subject_name(root)) != 1)
      detail::throw_openssl("cannot set a certificate's issuer");
    detail::add_extension(root, root, NID_basic_constraints, "critical,CA:TRUE");
    detail::add_extension(root, root, NID_key_usage, "critical,keyCertSign,cRLSign");
    detail::add_extension(root, root, NID_subject_key_identifier, "hash");
    sign(root);
    pem_ = detail::pem_of(root);
  }

  /// The root certificate, PEM: what a client has to trust.
  const std::string& certificate_pem() const noexcept { return pem_; }

  /// Issues a certificate with a new key, good for servers and for clients.
  /// \throws std::runtime_error when a name cannot stand in a certificate or OpenSSL fails.
  Identity issue(const IssueOptions& options = {}) const {
    const detail::KeyPointer key = detail::new_key();
    const std::string common_name = options.names.empty() ? std::string() : options.names.front();
    const detail::CertificatePointer leaf =
        detail::new_certificate(key.get(), common_name, options.valid_from, options.valid_until);
    X509* const root = certificate_.get();
    if (X509_set_issuer_name(leaf.get(), X509_get_subject_name(root)) != 1)
      detail::throw_openssl("cannot set a certificate's issuer");
    detail::add_extension(leaf.get(), root, NID_basic_constraints, "critical,CA:FALSE");
    detail::add_extension(leaf.get(), root, NID_key_usage, "critical,digitalSignature");
    detail::add_extension(leaf.get(), root, NID_ext_key_usage, "serverAuth,clientAuth");
    detail::add_extension(leaf.get(), root, NID_subject_key_identifier, "hash");
    detail::add_extension(leaf.get(), root, NID_authority_key_identifier, "keyid:always");
    if (const std::string names = detail::alternative_names(options.names); !names.empty())
      detail::add_extension(leaf.get(), root, NID_subject_alt_name, names.c_str());
    sign(leaf.get());
    return Identity{detail::pem_of(leaf.get()), detail::pem_of(key.get())};
  }

 private:
  void sign(X509* certificate) const {
    if (X509_sign(certificate, key_.get(), EVP_sha256()) == 0)
      detail::throw_openssl("cannot sign a certificate");
  }

  detail::KeyPointer key_;
  detail::CertificatePointer certificate_;
  std::string pem_;
};

}  // namespace florin::testing
