// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/system/error_category.hpp>
#include <boost/system/error_code.hpp>

#include <string>
#include <type_traits>

namespace florin::net {

/// What went wrong with TLS. The first group is answered by a handshake, the second by
/// `TlsContext::make`. An orderly end is not here: see `Stream`.
enum class TlsError {
  wrong_host = 1,             ///< the certificate is for other names than the host asked for
  unknown_issuer,             ///< no chain to a trusted root (also: self-signed)
  expired,                    ///< a certificate of the chain is no longer valid
  not_yet_valid,              ///< a certificate of the chain is not valid yet
  other_certificate_problem,  ///< verification failed for another reason; see the detail text
  protocol,         ///< no common version or cipher, an alert of the peer, a broken record
  bad_roots,        ///< root certificates could not be read
  bad_certificate,  ///< the client certificate could not be read
  bad_private_key,  ///< the private key could not be read or does not fit the certificate
  bad_parameter,    ///< unusable host name, cipher, version or ALPN setting
  no_memory,        ///< OpenSSL could not allocate
};

/// Why a proxy did not open the tunnel.
enum class ProxyError {
  refused = 1,              ///< any final status but 2xx and 407
  authentication_required,  ///< status 407: credentials are missing or wrong
  malformed,                ///< not an HTTP/1 answer, or bytes after its header
  header_too_long,          ///< the answer's header exceeds the limit
};

namespace detail {

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
      case TlsError::other_certificate_problem:
        return "the certificate was not accepted";
      case TlsError::protocol:
        return "TLS protocol failure";
      case TlsError::bad_roots:
        return "the root certificates cannot be read";
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
    }
    return "unknown proxy error";
  }
};

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

}  // namespace florin::net

/// Lets `TlsError` convert to `boost::system::error_code`.
template <>
struct boost::system::is_error_code_enum<florin::net::TlsError> : std::true_type {};

/// Lets `ProxyError` convert to `boost::system::error_code`.
template <>
struct boost::system::is_error_code_enum<florin::net::ProxyError> : std::true_type {};
