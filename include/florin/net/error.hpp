// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/require.hpp>

#include <boost/system/error_category.hpp>
#include <boost/system/error_code.hpp>

#include <cerrno>
#include <string>
#include <type_traits>

namespace florin::net {

/// What went wrong with TLS. OpenSSL's own words stand beside it: `Stream::tls_detail`. The first
/// group is about the server's certificate, the second about the connection, the third is answered
/// by `TlsContext::make`. An orderly end is not here: see `Stream`.
enum class TlsError {
  wrong_host = 1,             ///< the certificate is for other names than the host asked for
  unknown_issuer,             ///< no chain to a trusted root (also: self-signed)
  expired,                    ///< a certificate of the chain is no longer valid
  not_yet_valid,              ///< a certificate of the chain is not valid yet
  revoked,                    ///< a certificate of the chain is on its issuer's CRL
  revocation_unknown,         ///< a CRL that has to be looked at is missing, expired or unusable
  wrong_use,                  ///< a certificate of the chain is not for servers, or not an issuer's
  name_not_permitted,         ///< an issuer's name constraints forbid the certificate's names
  weak_key,                   ///< a key is too short
  weak_signature,             ///< a signature of the chain is made with SHA-1, MD5 or the like
  chain_too_long,             ///< more intermediates than an issuer or OpenSSL allows
  other_certificate_problem,  ///< verification failed for another reason; see the detail text

  no_common_version,   ///< the server speaks none of the allowed versions
  downgraded,          ///< something on the way has taken the newest version away (RFC 8446, 4.1.3)
  no_common_cipher,    ///< the server takes none of the offered ciphers and parameters
  no_common_protocol,  ///< the server does not speak the protocol offered by ALPN
  not_tls,             ///< the server answers in something else, e.g. in plain HTTP
  /// The server wants a client certificate and got none, or one that it does not accept. It has
  /// processed nothing, even where TLS 1.3 says so only after the request was sent.
  client_certificate_refused,
  alert,            ///< any other alert of the server; see the detail text
  flood,            ///< messages of TLS itself without end
  protocol,         ///< a broken record or message
  bad_roots,        ///< root certificates could not be read, or something else stands there
  bad_crl,          ///< revocation lists could not be read, or cannot be used
  bad_certificate,  ///< the client certificate could not be read
  bad_private_key,  ///< the private key could not be read or does not fit the certificate
  bad_parameter,    ///< unusable host name, cipher, version or ALPN setting
  no_memory,        ///< OpenSSL could not allocate
};

/// Why a proxy did not open the tunnel.
enum class ProxyError {
  refused = 1,              ///< any final status that is not below
  authentication_required,  ///< status 407 or 401: credentials are missing or wrong
  malformed,                ///< not an HTTP/1 answer, or bytes after its header
  header_too_long,          ///< the answer's header exceeds the limit
  unavailable,              ///< status 500, 502, 503 or 504: the proxy cannot reach the target now
};

namespace detail {

// Boost's base class has no virtual destructor; no category is ever deleted.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wnon-virtual-dtor"
class TlsCategory final : public boost::system::error_category {
 public:
  constexpr TlsCategory() noexcept : error_category(0x6f1e35c2a9d07b41) {}
  [[nodiscard]] const char* name() const noexcept override { return "florin.tls"; }
  [[nodiscard]] std::string message(int value) const override {
    return this->message(value, nullptr, 0);
  }
  [[nodiscard]] const char* message(int value, char* /*buffer*/,
                                    std::size_t /*size*/) const noexcept override {
    switch (static_cast<TlsError>(value)) {
      case TlsError::wrong_host:
        return "the certificate does not name this host";
      case TlsError::unknown_issuer:
        return "the certificate does not lead to a trusted root";
      case TlsError::expired:
        return "the certificate has expired";
      case TlsError::not_yet_valid:
        return "the certificate is not valid yet";
      case TlsError::revoked:
        return "the certificate has been revoked";
      case TlsError::revocation_unknown:
        return "no usable revocation list for the certificate";
      case TlsError::wrong_use:
        return "the certificate is not for this use";
      case TlsError::name_not_permitted:
        return "the issuer's name constraints forbid the certificate's names";
      case TlsError::weak_key:
        return "a key is too short";
      case TlsError::weak_signature:
        return "a certificate's signature is too weak";
      case TlsError::chain_too_long:
        return "the certificate chain is too long";
      case TlsError::other_certificate_problem:
        return "the certificate was not accepted";
      case TlsError::no_common_version:
        return "no common TLS version";
      case TlsError::downgraded:
        return "an older TLS version was forced upon the connection";
      case TlsError::no_common_cipher:
        return "no common TLS ciphers and parameters";
      case TlsError::no_common_protocol:
        return "the server does not speak the protocol offered by ALPN";
      case TlsError::not_tls:
        return "the server does not speak TLS";
      case TlsError::client_certificate_refused:
        return "the server wants another client certificate";
      case TlsError::alert:
        return "TLS alert of the server";
      case TlsError::flood:
        return "TLS messages without end";
      case TlsError::protocol:
        return "TLS protocol failure";
      case TlsError::bad_roots:
        return "the root certificates cannot be read";
      case TlsError::bad_crl:
        return "the revocation lists cannot be read or used";
      case TlsError::bad_certificate:
        return "the client certificate cannot be read";
      case TlsError::bad_private_key:
        return "the private key cannot be read or does not fit the certificate";
      case TlsError::bad_parameter:
        return "unusable TLS setting";
      case TlsError::no_memory:
        return "TLS library out of memory";
    }
    return "unknown TLS error";
  }
};

class ProxyCategory final : public boost::system::error_category {
 public:
  constexpr ProxyCategory() noexcept : error_category(0x6f1e35c2a9d07b42) {}
  [[nodiscard]] const char* name() const noexcept override { return "florin.proxy"; }
  [[nodiscard]] std::string message(int value) const override {
    return this->message(value, nullptr, 0);
  }
  [[nodiscard]] const char* message(int value, char* /*buffer*/,
                                    std::size_t /*size*/) const noexcept override {
    switch (static_cast<ProxyError>(value)) {
      case ProxyError::refused:
        return "the proxy refused the tunnel";
      case ProxyError::authentication_required:
        return "the proxy requires authentication";
      case ProxyError::malformed:
        return "the proxy did not answer in HTTP/1";
      case ProxyError::header_too_long:
        return "the proxy's answer is too long";
      case ProxyError::unavailable:
        return "the proxy cannot reach the target now";
    }
    return "unknown proxy error";
  }
};
#pragma GCC diagnostic pop

}  // namespace detail

/// The category of `TlsError`.
inline const boost::system::error_category& tls_category() noexcept {
  static constexpr detail::TlsCategory category;
  return category;
}

/// The category of `ProxyError`.
inline const boost::system::error_category& proxy_category() noexcept {
  static constexpr detail::ProxyCategory category;
  return category;
}

/// `TlsError` as an error code, found by argument-dependent lookup.
inline boost::system::error_code make_error_code(TlsError error) noexcept {
  return {static_cast<int>(error), tls_category()};
}

/// `ProxyError` as an error code, found by argument-dependent lookup.
inline boost::system::error_code make_error_code(ProxyError error) noexcept {
  return {static_cast<int>(error), proxy_category()};
}

/// Whether `ec` says that this machine or process has no memory, descriptors, threads or buffers
/// left: nothing that the peer or the network has done.
inline bool is_out_of_resources(const boost::system::error_code& ec) noexcept {
  if (ec == make_error_code(TlsError::no_memory)) return true;
  if (ec.category() != boost::system::system_category()) return false;
  switch (ec.value()) {
    case ENOMEM:
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case EAGAIN:  // of a thread that could not be started
    case ENOSPC:  // of a descriptor that could not be watched
      return true;
    default:
      return false;
  }
}

}  // namespace florin::net

/// Lets `TlsError` convert to `boost::system::error_code`.
template <>
struct boost::system::is_error_code_enum<florin::net::TlsError> : std::true_type {};

/// Lets `ProxyError` convert to `boost::system::error_code`.
template <>
struct boost::system::is_error_code_enum<florin::net::ProxyError> : std::true_type {};
