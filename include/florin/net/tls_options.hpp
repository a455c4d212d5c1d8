// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/secret.hpp>

#include <string>

namespace florin::net {

/// TLS protocol versions a client may insist on.
enum class TlsVersion {
  tls_1_2,  ///< RFC 5246
  tls_1_3,  ///< RFC 8446
};

/// Which certificates revocation lists are looked up for.
enum class CrlCheck {
  chain,  ///< the server's and those of all intermediates: the list of every issuer is needed
  leaf,   ///< the server's alone: the list of its issuer is needed
};

/// How a `TlsContext` is to be made. Empty strings mean "not given".
///
/// Certificates are checked for their names, dates, chain, use and strength: OpenSSL's security
/// level is 2 at least, whatever the machine's configuration says. By default their revocation is
/// not: there is no OCSP, stapled or asked for, and lists are looked at only where `crl_pem` or
/// `crl_file` gives some.
struct TlsOptions {
  /// File with trusted root certificates, PEM. Given roots replace the system's. Anything else in
  /// it, e.g. a CRL or a key, is refused.
  std::string ca_file;
  /// Directory of trusted root certificates in OpenSSL's hashed layout. They are read as they are
  /// needed; a path that is no directory is refused.
  std::string ca_path;
  /// Trusted root certificates as PEM text, one or several. Anything else in it is refused.
  std::string ca_pem;
  /// Trust the system's roots beside the given ones. Without given ones they are always trusted.
  bool system_roots = false;

  /// Certificate revocation lists (CRLs), PEM text, one or several. A certificate whose list is
  /// needed and is not among them, or has expired, is refused (`TlsError::revocation_unknown`).
  /// Lists are read once: a newer one takes a new context.
  std::string crl_pem;
  /// The same as a file. Used beside the text.
  std::string crl_file;
  /// Which certificates the lists are looked up for; of no effect without lists.
  CrlCheck crl_check = CrlCheck::chain;

  /// Client certificate for mutual TLS, PEM text: leaf first, then its intermediates.
  std::string certificate_pem;
  /// The same as a file; ignored when the text is given.
  std::string certificate_file;
  /// The certificate's private key, unencrypted PEM text. Never shown in an error, and not needed
  /// any more once the context is made.
  Secret private_key_pem;
  /// The same as a file; ignored when the text is given.
  std::string private_key_file;

  /// Oldest version spoken.
  TlsVersion minimum_version = TlsVersion::tls_1_2;
  /// OpenSSL cipher list for TLS 1.2; empty: OpenSSL's default. `@SECLEVEL=1` in it allows shorter
  /// keys and the like. A context that verifies never offers ciphers without a certificate or
  /// without encryption, even where the list has them.
  std::string ciphers;
  /// OpenSSL cipher suites for TLS 1.3; empty: OpenSSL's default.
  std::string cipher_suites;
  /// The one protocol offered by ALPN (RFC 7301), at most 255 bytes; empty: no ALPN.
  std::string alpn = "http/1.1";
  /// Resume earlier sessions of the same host and port: saves certificates and a signature.
  bool session_resumption = true;
  /// Give the record buffers (about 21 KiB per connection) back whenever a connection is idle.
  /// Costs an allocation per read and write; worth it only for very many idle connections.
  bool release_buffers = false;
};

}  // namespace florin::net
