// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/net/error.hpp>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/tls1.h>
#include <openssl/x509_vfy.h>

namespace florin::net::detail {

/// How far a connection has come when it fails.
struct TlsStage {
  bool established = false;  ///< the handshake is over on this side
  bool asked = false;        ///< the server wanted a client certificate
  bool answered = false;     ///< the server has sent data
};

/// What OpenSSL's error means, and its own words, which are static text.
struct TlsDiagnosis {
  TlsError error;
  const char* detail;

  /// \param code the first of OpenSSL's errors.
  /// \param verdict that on the server's certificate, an `X509_V_...`: where it is bad, it is the
  /// cause of all that follows.
  TlsDiagnosis(unsigned long code, long verdict, TlsStage stage) noexcept
      : error(verdict != X509_V_OK ? of_verdict(verdict) : of(code, stage)),
        detail(verdict != X509_V_OK ? X509_verify_cert_error_string(verdict)
                                    : ERR_reason_error_string(code)) {
    if (detail == nullptr) detail = "";
  }

 private:
  static TlsError of(unsigned long code, TlsStage stage) noexcept {
    const int reason = ERR_GET_REASON(code);
    if (reason == ERR_R_MALLOC_FAILURE) return TlsError::no_memory;
    if (ERR_GET_LIB(code) != ERR_LIB_SSL) return TlsError::protocol;
    if (reason > SSL_AD_REASON_OFFSET) return of_alert(reason - SSL_AD_REASON_OFFSET, stage);
    switch (reason) {
      case SSL_R_WRONG_VERSION_NUMBER:
      case SSL_R_HTTP_REQUEST:
        return stage.established ? TlsError::protocol : TlsError::not_tls;
      case SSL_R_UNSUPPORTED_PROTOCOL:
      case SSL_R_WRONG_SSL_VERSION:
      case SSL_R_NO_PROTOCOLS_AVAILABLE:
      case SSL_R_VERSION_TOO_LOW:
        return TlsError::no_common_version;
      case SSL_R_INAPPROPRIATE_FALLBACK:
        return TlsError::downgraded;
      case SSL_R_NO_CIPHERS_AVAILABLE:
      case SSL_R_UNKNOWN_CIPHER_RETURNED:
      case SSL_R_WRONG_CIPHER_RETURNED:
        return TlsError::no_common_cipher;
      case SSL_R_EE_KEY_TOO_SMALL:
      case SSL_R_CA_KEY_TOO_SMALL:
      case SSL_R_DH_KEY_TOO_SMALL:
        return TlsError::weak_key;
      case SSL_R_CA_MD_TOO_WEAK:
        return TlsError::weak_signature;
      default:
        return TlsError::protocol;
    }
  }

  /// An alert of the server. One about certificates is about the client's. Before any data it shows
  /// that the server's side of the handshake has failed: under TLS 1.3 the client's side was over.
  static TlsError of_alert(int alert, TlsStage stage) noexcept {
    const bool refusal = stage.asked && !stage.answered;
    switch (alert) {
      case TLS13_AD_CERTIFICATE_REQUIRED:
        return stage.answered ? TlsError::alert : TlsError::client_certificate_refused;
      case SSL3_AD_NO_CERTIFICATE:
      case SSL3_AD_BAD_CERTIFICATE:
      case SSL3_AD_UNSUPPORTED_CERTIFICATE:
      case SSL3_AD_CERTIFICATE_REVOKED:
      case SSL3_AD_CERTIFICATE_EXPIRED:
      case SSL3_AD_CERTIFICATE_UNKNOWN:
      case TLS1_AD_UNKNOWN_CA:
      case TLS1_AD_ACCESS_DENIED:
        return refusal ? TlsError::client_certificate_refused : TlsError::alert;
      case SSL3_AD_HANDSHAKE_FAILURE:
        if (refusal) return TlsError::client_certificate_refused;
        return stage.established ? TlsError::alert : TlsError::no_common_cipher;
      case TLS1_AD_INSUFFICIENT_SECURITY:
        return TlsError::no_common_cipher;
      case TLS1_AD_PROTOCOL_VERSION:
        return TlsError::no_common_version;
      case TLS1_AD_NO_APPLICATION_PROTOCOL:
        return TlsError::no_common_protocol;
      default:
        return TlsError::alert;
    }
  }

  static TlsError of_verdict(long verdict) noexcept {
    switch (verdict) {
      case X509_V_ERR_HOSTNAME_MISMATCH:
      case X509_V_ERR_IP_ADDRESS_MISMATCH:
        return TlsError::wrong_host;
      case X509_V_ERR_CERT_HAS_EXPIRED:
        return TlsError::expired;
      case X509_V_ERR_CERT_NOT_YET_VALID:
        return TlsError::not_yet_valid;
      case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
      case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
      case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
      case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
      case X509_V_ERR_CERT_UNTRUSTED:
        return TlsError::unknown_issuer;
      case X509_V_ERR_CERT_REVOKED:
        return TlsError::revoked;
      case X509_V_ERR_UNABLE_TO_GET_CRL:
      case X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER:
      case X509_V_ERR_CRL_SIGNATURE_FAILURE:
      case X509_V_ERR_CRL_NOT_YET_VALID:
      case X509_V_ERR_CRL_HAS_EXPIRED:
      case X509_V_ERR_KEYUSAGE_NO_CRL_SIGN:
      case X509_V_ERR_UNHANDLED_CRITICAL_CRL_EXTENSION:
      case X509_V_ERR_DIFFERENT_CRL_SCOPE:
      case X509_V_ERR_CRL_PATH_VALIDATION_ERROR:
        return TlsError::revocation_unknown;
      case X509_V_ERR_INVALID_PURPOSE:
      case X509_V_ERR_CERT_REJECTED:
      case X509_V_ERR_INVALID_CA:
      case X509_V_ERR_KEYUSAGE_NO_CERTSIGN:
        return TlsError::wrong_use;
      case X509_V_ERR_PERMITTED_VIOLATION:
      case X509_V_ERR_EXCLUDED_VIOLATION:
      case X509_V_ERR_SUBTREE_MINMAX:
      case X509_V_ERR_UNSUPPORTED_CONSTRAINT_TYPE:
      case X509_V_ERR_UNSUPPORTED_CONSTRAINT_SYNTAX:
      case X509_V_ERR_UNSUPPORTED_NAME_SYNTAX:
        return TlsError::name_not_permitted;
      case X509_V_ERR_EE_KEY_TOO_SMALL:
      case X509_V_ERR_CA_KEY_TOO_SMALL:
        return TlsError::weak_key;
      case X509_V_ERR_CA_MD_TOO_WEAK:
        return TlsError::weak_signature;
      case X509_V_ERR_CERT_CHAIN_TOO_LONG:
      case X509_V_ERR_PATH_LENGTH_EXCEEDED:
        return TlsError::chain_too_long;
      case X509_V_ERR_OUT_OF_MEM:
        return TlsError::no_memory;
      default:
        return TlsError::other_certificate_problem;
    }
  }
};

}  // namespace florin::net::detail
