// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/net/detail/fork_hold.hpp>
#include <florin/net/detail/openssl.hpp>
#include <florin/testing/certificate.hpp>

#include <cstddef>
#include <limits>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include <openssl/ssl.h>

namespace florin::testing::detail {

using TlsContextPointer = std::unique_ptr<SSL_CTX, FreeWith<&SSL_CTX_free>>;

/// A server's TLS settings. `max_version` 0: no limit; below TLS 1.2 the lower limit and the
/// security level give way, since such a server exists only to be refused.
inline TlsContextPointer make_tls_context(const Identity& identity, int max_version,
                                          bool require_client_certificate,
                                          const std::string& client_ca_pem) {
  const net::detail::ForkHold hold;
  net::detail::initialise_openssl();
  TlsContextPointer context(SSL_CTX_new(TLS_server_method()));
  if (!context) throw_openssl("cannot make a TLS context");
  const bool outdated = max_version != 0 && max_version < TLS1_2_VERSION;
  if (SSL_CTX_set_min_proto_version(context.get(), outdated ? max_version : TLS1_2_VERSION) != 1 ||
      SSL_CTX_set_max_proto_version(context.get(), max_version) != 1)
    throw_openssl("cannot set the TLS versions");
  if (outdated) {
    SSL_CTX_set_security_level(context.get(), 0);
    if (SSL_CTX_set_cipher_list(context.get(), "ALL:@SECLEVEL=0") != 1)
      throw_openssl("cannot set the TLS ciphers");
  }
  const auto bio_of = [](const std::string& text) {
    if (text.size() > static_cast<std::size_t>(std::numeric_limits<int>::max()))
      throw std::runtime_error("florin::testing: a PEM text is too long");
    BioPointer bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
    if (!bio) throw_openssl("cannot read a PEM text");
    return bio;
  };
  const BioPointer certificates = bio_of(identity.certificate_pem);
  const CertificatePointer leaf(PEM_read_bio_X509(certificates.get(), nullptr, nullptr, nullptr));
  const KeyPointer key(
      PEM_read_bio_PrivateKey(bio_of(identity.private_key_pem).get(), nullptr, nullptr, nullptr));
  if (!leaf || !key || SSL_CTX_use_certificate(context.get(), leaf.get()) != 1 ||
      SSL_CTX_use_PrivateKey(context.get(), key.get()) != 1)
    throw_openssl("cannot use the identity");
  // What follows the leaf is its chain.
  while (X509* const issuer = PEM_read_bio_X509(certificates.get(), nullptr, nullptr, nullptr))
    if (SSL_CTX_add0_chain_cert(context.get(), issuer) != 1) {
      X509_free(issuer);
      throw_openssl("cannot use the identity's chain");
    }
  ERR_clear_error();
  static constexpr unsigned char scope[] = "florin sandbox";
  if (SSL_CTX_set_session_id_context(context.get(), scope, sizeof scope - 1) != 1)
    throw_openssl("cannot name the TLS sessions");
  if (!client_ca_pem.empty()) {
    const BioPointer text = bio_of(client_ca_pem);
    const CertificatePointer root(PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr));
    if (!root || X509_STORE_add_cert(SSL_CTX_get_cert_store(context.get()), root.get()) != 1 ||
        SSL_CTX_add_client_CA(context.get(), root.get()) != 1)
      throw_openssl("cannot use the clients' authority");
  }
  if (require_client_certificate)
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  return context;
}

/// The server's end of one TLS connection, without a socket: bytes in, bytes out. This leaves every
/// byte, alert and end of the connection in the sandbox's hand.
class TlsChannel {
 public:
  enum class Progress { more, done, failed };

  explicit TlsChannel(SSL_CTX* context) {
    const net::detail::ForkHold hold;
    ssl_.reset(SSL_new(context));
    in_ = BIO_new(BIO_s_mem());
    out_ = BIO_new(BIO_s_mem());
    if (!ssl_ || in_ == nullptr || out_ == nullptr) {
      BIO_free(in_);
      BIO_free(out_);
      throw_openssl("cannot make a TLS connection");
    }
    SSL_set_bio(ssl_.get(), in_, out_);
    SSL_set_accept_state(ssl_.get());
  }
  TlsChannel(const TlsChannel&) = delete;
  TlsChannel& operator=(const TlsChannel&) = delete;
  ~TlsChannel() {
    const net::detail::ForkHold hold;
    ssl_.reset();
  }

  /// Takes in what came from the socket.
  void feed(const char* data, std::size_t size) {
    if (BIO_write(in_, data, static_cast<int>(size)) != static_cast<int>(size))
      throw_openssl("cannot buffer TLS records");
  }

  Progress handshake() {
    const net::detail::ForkHold hold;
    ERR_clear_error();
    const int result = SSL_do_handshake(ssl_.get());
    if (result == 1) return Progress::done;
    return SSL_get_error(ssl_.get(), result) == SSL_ERROR_WANT_READ ? Progress::more
                                                                    : Progress::failed;
  }

  /// Reads plain text. `more`: nothing (else) to read now; `done`: the peer ended the connection.
  Progress read(char* data, std::size_t capacity, std::size_t& size) {
    ERR_clear_error();
    size = 0;
    const int result = SSL_read_ex(ssl_.get(), data, capacity, &size);
    if (result == 1) return Progress::more;
    const int error = SSL_get_error(ssl_.get(), result);
    if (error == SSL_ERROR_WANT_READ) return Progress::more;
    return error == SSL_ERROR_ZERO_RETURN ? Progress::done : Progress::failed;
  }

  /// Encrypts plain text; false when the connection cannot carry it any more.
  bool write(std::string_view text) {
    ERR_clear_error();
    std::size_t written = 0;
    return text.empty() || (SSL_write_ex(ssl_.get(), text.data(), text.size(), &written) == 1 &&
                            written == text.size());
  }

  /// Says that nothing more will be sent.
  void close_notify() {
    const net::detail::ForkHold hold;
    ERR_clear_error();
    static_cast<void>(SSL_shutdown(ssl_.get()));
    ERR_clear_error();
  }

  /// Appends what has to go to the socket.
  void take(std::string& out) {
    const char* data = nullptr;
    const long size = BIO_get_mem_data(out_, &data);
    if (size <= 0) return;
    out.append(data, static_cast<std::size_t>(size));
    static_cast<void>(BIO_reset(out_));
  }

  bool resumed() const { return SSL_session_reused(ssl_.get()) == 1; }

  std::string server_name() const {
    const char* const name = SSL_get_servername(ssl_.get(), TLSEXT_NAMETYPE_host_name);
    return name == nullptr ? std::string() : std::string(name);
  }

 private:
  std::unique_ptr<SSL, FreeWith<&SSL_free>> ssl_;
  BIO* in_ = nullptr;   // owned by ssl_
  BIO* out_ = nullptr;  // owned by ssl_
};

}  // namespace florin::testing::detail
