// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/net/detail/fork_hold.hpp>
#include <florin/net/detail/openssl.hpp>
#include <florin/net/error.hpp>
#include <florin/net/session_cache.hpp>
#include <florin/net/tls_options.hpp>
#include <florin/secret.hpp>

#include <boost/system/error_code.hpp>
#include <boost/system/result.hpp>

#include <array>
#include <cerrno>
#include <cstddef>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <sys/stat.h>
#include <unistd.h>

namespace florin::net {

namespace detail {

struct OpensslFree {
  void operator()(SSL_CTX* context) const noexcept { SSL_CTX_free(context); }
  void operator()(SSL* ssl) const noexcept { SSL_free(ssl); }
  void operator()(BIO* bio) const noexcept { BIO_free(bio); }
  void operator()(X509* certificate) const noexcept { X509_free(certificate); }
  void operator()(X509_CRL* list) const noexcept { X509_CRL_free(list); }
  void operator()(EVP_PKEY* key) const noexcept { EVP_PKEY_free(key); }
};
template <class T>
using OpensslPtr = std::unique_ptr<T, OpensslFree>;

inline OpensslPtr<BIO> pem_source(std::string_view text, const std::string& file) {
  if (text.empty()) return OpensslPtr<BIO>{BIO_new_file(file.c_str(), "r")};
  if (text.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) return nullptr;
  return OpensslPtr<BIO>{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
}

/// `pem_source` of something secret: nothing of it stays behind.
inline OpensslPtr<BIO> secret_pem_source(std::string_view text, const std::string& file) {
  if (!text.empty()) return pem_source(text, file);
  OpensslPtr<BIO> memory{BIO_new(BIO_s_mem())};  // wiped when it is freed
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  std::array<char, 1024> piece;
  ::ssize_t count = descriptor >= 0 && memory ? 1 : -1;
  while (count > 0) {
    count = ::read(descriptor, piece.data(), piece.size());
    if (count < 0 && errno == EINTR) {
      count = 1;
    } else if (count > 0 && BIO_write(memory.get(), piece.data(), static_cast<int>(count)) <= 0) {
      count = -1;
    }
  }
  wipe(piece.data(), piece.size());
  if (descriptor >= 0) ::close(descriptor);
  return count == 0 ? std::move(memory) : nullptr;
}

/// One block of PEM; wiped.
class PemBlock {
 public:
  PemBlock() noexcept = default;
  PemBlock(const PemBlock&) = delete;
  PemBlock& operator=(const PemBlock&) = delete;
  ~PemBlock() { clear(); }

  /// Reads the next one.
  /// \return false at the end and at a broken block: see `at_end_of_pem`.
  [[nodiscard]] bool read(BIO* source) noexcept {
    clear();
    return PEM_read_bio_ex(source, &name_, &header_, &data_, &size_, PEM_FLAG_SECURE) == 1;
  }
  /// What stands in its first line.
  [[nodiscard]] std::string_view name() const noexcept { return name_; }
  /// Whether there is a private key in it that no passphrase protects.
  [[nodiscard]] bool has_plain_key() const noexcept {
    return name().ends_with(PEM_STRING_PKCS8INF) && name() != PEM_STRING_PKCS8 && *header_ == '\0';
  }
  /// Whether there is a certificate in it.
  [[nodiscard]] bool has_certificate() const noexcept {
    return name() == PEM_STRING_X509 || name() == PEM_STRING_X509_OLD || is_trusted();
  }
  /// The certificate in it, or null when that is broken or there is none.
  [[nodiscard]] OpensslPtr<X509> certificate() const noexcept {
    if (!has_certificate()) return nullptr;
    return is_trusted() ? as<X509>(&d2i_X509_AUX) : as<X509>(&d2i_X509);
  }
  /// Its content through a `d2i` function of OpenSSL's, or null when it is something else.
  template <class T>
  [[nodiscard]] OpensslPtr<T> as(T* (*decode)(T**, const unsigned char**, long)) const noexcept {
    const unsigned char* position = data_;
    return OpensslPtr<T>{decode(nullptr, &position, size_)};
  }

 private:
  [[nodiscard]] bool is_trusted() const noexcept { return name() == PEM_STRING_X509_TRUSTED; }
  void clear() noexcept {
    OPENSSL_secure_free(std::exchange(name_, nullptr));
    OPENSSL_secure_free(std::exchange(header_, nullptr));
    OPENSSL_secure_clear_free(std::exchange(data_, nullptr),
                              static_cast<std::size_t>(std::exchange(size_, 0)));
  }

  char* name_ = nullptr;
  char* header_ = nullptr;
  unsigned char* data_ = nullptr;
  long size_ = 0;
};

/// True when a read stopped because the PEM text ended, false when it stopped at a broken part.
inline bool at_end_of_pem() {
  const auto error = ERR_peek_last_error();
  return ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
}

}  // namespace detail

/// The TLS settings and the resumable sessions of a client. Immutable after `make` but for the
/// session cache.
///
/// Thread safety: may be shared by any number of threads and streams.
class TlsContext {
 public:
  /// A context that verifies certificate chains and host names.
  /// Errors: `TlsError::bad_roots`, `bad_crl`, `bad_certificate`, `bad_private_key`,
  /// `bad_parameter`, `no_memory`. Reads files.
  [[nodiscard]] static boost::system::result<std::shared_ptr<TlsContext>> make(
      const TlsOptions& options = {}) {
    return build(options, true);
  }

  /// A context that accepts ANY certificate: whoever sits on the wire reads and changes everything.
  /// For experiments on a machine of one's own only. Otherwise like `make`; roots are not read, and
  /// CRLs are refused.
  [[nodiscard]] static boost::system::result<std::shared_ptr<TlsContext>> make_without_verification(
      const TlsOptions& options = {}) {
    return build(options, false);
  }

  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  /// OpenSSL's context, owned by this object. Not to be changed.
  [[nodiscard]] SSL_CTX* native_handle() const noexcept { return context_.get(); }

  /// Whether peers are verified.
  [[nodiscard]] bool verifies() const noexcept { return verifies_; }

  /// Whether sessions are resumed.
  [[nodiscard]] bool resumes() const noexcept { return resumes_; }

  /// The sessions learnt so far.
  [[nodiscard]] SessionCache& sessions() noexcept { return sessions_; }

 private:
  using Made = boost::system::result<std::shared_ptr<TlsContext>>;
  using Code = boost::system::error_code;

  TlsContext(detail::OpensslPtr<SSL_CTX> context, bool verifies, bool resumes) noexcept
      : context_(std::move(context)), verifies_(verifies), resumes_(resumes) {}

  static Made build(const TlsOptions& options, bool verify) {
    const detail::ForkHold hold;
    detail::initialise_openssl();
    ERR_clear_error();
    detail::OpensslPtr<SSL_CTX> owner{SSL_CTX_new(TLS_client_method())};
    if (!owner) return Code{TlsError::no_memory};
    SSL_CTX* const context = owner.get();
    Code ec = set_parameters(context, options, verify);
    if (!ec && verify) ec = add_roots(context, options);
    if (!ec) ec = add_lists(context, options, verify);
    if (!ec) ec = add_identity(context, options);
    ERR_clear_error();
    if (ec) return ec;
    SSL_CTX_set_verify(context, verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
    return std::shared_ptr<TlsContext>{
        new TlsContext{std::move(owner), verify, options.session_resumption}};
  }

  static Code set_parameters(SSL_CTX* context, const TlsOptions& options, bool verify) {
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    if (options.release_buffers) SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    // OpenSSL's buffer would keep an answer until the next one overwrites it.
    SSL_CTX_set_options(context,
                        SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CLEANSE_PLAINTEXT);
    // A record's header and body in one system call.
    SSL_CTX_set_read_ahead(context, 1);
    // Requests are short: a write buffer for the longest record would be 12 KiB more of each
    // connection. Longer requests go out in several records.
    if (SSL_CTX_set_max_send_fragment(context, 4096) != 1) return TlsError::bad_parameter;
    const int oldest =
        options.minimum_version == TlsVersion::tls_1_3 ? TLS1_3_VERSION : TLS1_2_VERSION;
    if (SSL_CTX_set_min_proto_version(context, oldest) != 1) return TlsError::bad_parameter;
    // The machine's configuration may allow less, and so does OpenSSL before 3.2 where nobody says
    // otherwise: short keys, SHA-1, at level 0 servers without a certificate.
    if (SSL_CTX_get_security_level(context) < 2) SSL_CTX_set_security_level(context, 2);
    if (!options.ciphers.empty()) {
      // Of a server without a certificate OpenSSL verifies nothing.
      const std::string list = options.ciphers + (verify ? ":!aNULL:!eNULL" : "");
      if (SSL_CTX_set_cipher_list(context, list.c_str()) != 1) return TlsError::bad_parameter;
    }
    if (!options.cipher_suites.empty() &&
        SSL_CTX_set_ciphersuites(context, options.cipher_suites.c_str()) != 1) {
      return TlsError::bad_parameter;
    }
    if (!options.alpn.empty()) {
      if (options.alpn.size() > 255) return TlsError::bad_parameter;
      std::string list(1, static_cast<char>(static_cast<unsigned char>(options.alpn.size())));
      list += options.alpn;
      if (SSL_CTX_set_alpn_protos(context, reinterpret_cast<const unsigned char*>(list.data()),
                                  static_cast<unsigned>(list.size())) != 0) {
        return TlsError::bad_parameter;
      }
    }
    if (options.session_resumption) {
      SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
      SSL_CTX_sess_set_new_cb(context, &SessionCache::remember);
    } else {
      SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
      SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
    }
    return {};
  }

  /// Whether there is such a directory: OpenSSL looks only when it needs a certificate.
  static bool is_directory(const std::string& path) noexcept {
    struct ::stat found {};
    return path.find('\0') == std::string::npos && ::stat(path.c_str(), &found) == 0 &&
           S_ISDIR(found.st_mode);
  }
  static Code add_roots(SSL_CTX* context, const TlsOptions& options) {
    const bool given =
        !options.ca_file.empty() || !options.ca_path.empty() || !options.ca_pem.empty();
    if ((!given || options.system_roots) && SSL_CTX_set_default_verify_paths(context) != 1) {
      return TlsError::bad_roots;
    }
    if (!options.ca_path.empty() &&
        (!is_directory(options.ca_path) ||
         SSL_CTX_load_verify_locations(context, nullptr, options.ca_path.c_str()) != 1)) {
      return TlsError::bad_roots;
    }
    X509_STORE* const store = SSL_CTX_get_cert_store(context);
    const auto add = [store](const detail::PemBlock& block) {
      const auto root = block.certificate();
      return root && X509_STORE_add_cert(store, root.get()) == 1;
    };
    if (!options.ca_file.empty() && !add_all({}, options.ca_file, add)) return TlsError::bad_roots;
    if (!options.ca_pem.empty() && !add_all(options.ca_pem, {}, add)) return TlsError::bad_roots;
    return {};
  }

  static Code add_lists(SSL_CTX* context, const TlsOptions& options, bool verify) {
    if (options.crl_pem.empty() && options.crl_file.empty()) return {};
    if (!verify) return TlsError::bad_crl;
    X509_STORE* const store = SSL_CTX_get_cert_store(context);
    const auto add = [store](const detail::PemBlock& block) {
      if (block.name() != PEM_STRING_X509_CRL) return false;
      const auto list = block.as<X509_CRL>(&d2i_X509_CRL);
      return list && X509_STORE_add_crl(store, list.get()) == 1;
    };
    if (!options.crl_file.empty() && !add_all({}, options.crl_file, add)) return TlsError::bad_crl;
    if (!options.crl_pem.empty() && !add_all(options.crl_pem, {}, add)) return TlsError::bad_crl;
    const unsigned long flags = options.crl_check == CrlCheck::chain
                                    ? X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL
                                    : X509_V_FLAG_CRL_CHECK;
    return X509_STORE_set_flags(store, flags) == 1 ? Code{} : Code{TlsError::no_memory};
  }

  /// Hands each block of a PEM text or file to `add`.
  /// \return false when there is none, one is broken, or `add` does not take it.
  template <class Add>
  static bool add_all(std::string_view text, const std::string& file, Add add) {
    ERR_clear_error();
    const auto source = detail::pem_source(text, file);
    if (!source) return false;
    detail::PemBlock block;
    bool any = false;
    while (block.read(source.get())) {
      if (!add(block)) return false;
      any = true;
    }
    return any && detail::at_end_of_pem();
  }

  /// \return whether there is a certificate, and none that is broken.
  static bool add_chain(SSL_CTX* context, const TlsOptions& options, detail::PemBlock& block) {
    // Often the key stands beside them.
    const auto source =
        detail::secret_pem_source(options.certificate_pem, options.certificate_file);
    if (!source) return false;
    ERR_clear_error();
    bool any = false;
    while (block.read(source.get())) {
      if (!block.has_certificate()) continue;
      const auto next = block.certificate();
      const auto add = any ? &add_to_chain : &SSL_CTX_use_certificate;
      if (!next || add(context, next.get()) != 1) return false;
      any = true;
    }
    return any && detail::at_end_of_pem();
  }
  static int add_to_chain(SSL_CTX* context, X509* certificate) {
    return static_cast<int>(SSL_CTX_add1_chain_cert(context, certificate));
  }

  static Code add_identity(SSL_CTX* context, const TlsOptions& options) {
    const bool certificate = !options.certificate_pem.empty() || !options.certificate_file.empty();
    const bool key = !options.private_key_pem.empty() || !options.private_key_file.empty();
    if (!certificate && !key) return {};
    if (!certificate) return TlsError::bad_certificate;
    if (!key) return TlsError::bad_private_key;

    detail::PemBlock block;
    if (!add_chain(context, options, block)) return TlsError::bad_certificate;
    const auto source =
        detail::secret_pem_source(options.private_key_pem.reveal(), options.private_key_file);
    if (!source) return TlsError::bad_private_key;
    do {
      if (!block.read(source.get())) return TlsError::bad_private_key;
    } while (!block.name().ends_with(PEM_STRING_PKCS8INF));
    const auto own = block.has_plain_key() ? block.as<EVP_PKEY>(&d2i_AutoPrivateKey) : nullptr;
    if (!own || SSL_CTX_use_PrivateKey(context, own.get()) != 1 ||
        SSL_CTX_check_private_key(context) != 1) {
      return TlsError::bad_private_key;
    }
    return {};
  }

  detail::OpensslPtr<SSL_CTX> context_;
  bool verifies_;
  bool resumes_;
  SessionCache sessions_;
};

}  // namespace florin::net
