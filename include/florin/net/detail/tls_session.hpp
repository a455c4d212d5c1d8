// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/net/detail/posix.hpp>
#include <florin/net/error.hpp>
#include <florin/net/tls.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/system/error_code.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

namespace florin::net::detail {

/// What a step must wait for before it can be tried again.
enum class Want : unsigned char {
  nothing,  ///< done, or failed
  read,     ///< the descriptor to become readable
  write,    ///< the descriptor to become writable
};

/// One TLS connection over a descriptor that it does not own: OpenSSL with a BIO that calls the
/// socket itself. Never moves, because the BIO points to it. `Want::nothing` means that the error
/// code and the count are final.
class TlsSession {
 public:
  using Code = boost::system::error_code;

  /// Prepares a handshake with `host` (a DNS name or an IP literal). `ec`: TlsError::bad_parameter
  /// or no_memory.
  TlsSession(std::shared_ptr<TlsContext> context, int descriptor, std::string_view host,
             std::uint16_t port, Code& ec)
      : context_(std::move(context)),
        descriptor_(descriptor),
        owner_{context_->sessions(), std::string{host} + ':' + std::to_string(port)} {
    ERR_clear_error();
    ssl_.reset(SSL_new(context_->native_handle()));
    BIO* const bio = ssl_ && method() != nullptr ? BIO_new(method()) : nullptr;
    if (bio == nullptr) {
      ec = TlsError::no_memory;
      return;
    }
    BIO_set_data(bio, this);
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl_.get(), bio, bio);
    SSL_set_app_data(ssl_.get(), &owner_);
    SSL_set_connect_state(ssl_.get());
    ec = name_peer(host);
    if (!ec && context_->resumes()) {
      if (const auto session = context_->sessions().take(owner_.peer)) {
        SSL_set_session(ssl_.get(), session.get());
      }
    }
  }

  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;

  [[nodiscard]] SSL* ssl() const noexcept { return ssl_.get(); }
  [[nodiscard]] const char* detail() const noexcept { return detail_; }

  Want handshake(bool may_block, Code& ec) noexcept {
    begin(may_block);
    const int result = SSL_do_handshake(ssl_.get());
    if (result == 1) {
      established_ = true;
      ec.clear();
      return Want::nothing;
    }
    return explain(result, ec);
  }

  Want read(void* data, std::size_t size, bool may_block, std::size_t& count, Code& ec) noexcept {
    begin(may_block);
    count = 0;
    const int result = SSL_read_ex(ssl_.get(), data, size, &count);
    if (result == 1) {
      ec.clear();
      return Want::nothing;
    }
    return explain(result, ec);
  }

  Want write(const void* data, std::size_t size, std::size_t& count, Code& ec) noexcept {
    begin(false);
    count = 0;
    const int result = SSL_write_ex(ssl_.get(), data, size, &count);
    if (result == 1) {
      ec.clear();
      return Want::nothing;
    }
    return explain(result, ec);
  }

  /// Whether neither side has ended the connection, as far as was read.
  [[nodiscard]] bool usable() const noexcept {
    return established_ && !broken_ && SSL_get_shutdown(ssl_.get()) == 0;
  }

  /// True when nothing but TLS's own messages (tickets, key updates) is waiting: they are digested.
  bool quiet() noexcept {
    begin(false);
    char byte = 0;
    std::size_t count = 0;
    const int result = SSL_peek_ex(ssl_.get(), &byte, 1, &count);
    Code ec;
    return result != 1 && explain(result, ec) == Want::read;
  }

  /// Bytes received but not read yet, processed or not.
  [[nodiscard]] bool has_pending() const noexcept { return SSL_has_pending(ssl_.get()) == 1; }

  /// Sends close_notify if it can be sent at once.
  void say_goodbye() noexcept {
    if (!established_ || broken_) return;
    begin(false);
    SSL_shutdown(ssl_.get());
    ERR_clear_error();
  }

 private:
  Code name_peer(std::string_view host) noexcept {
    if (host.empty() || host.size() > 255 || host.find('\0') != std::string_view::npos) {
      return TlsError::bad_parameter;
    }
    std::array<char, 256> text{};
    host.copy(text.data(), host.size());
    X509_VERIFY_PARAM* const parameters = SSL_get0_param(ssl_.get());
    Code not_an_address;
    const auto address = boost::asio::ip::make_address(text.data(), not_an_address);
    if (!not_an_address) {
      int good = 0;
      if (address.is_v4()) {
        const auto bytes = address.to_v4().to_bytes();
        good = X509_VERIFY_PARAM_set1_ip(parameters, bytes.data(), bytes.size());
      } else {
        const auto bytes = address.to_v6().to_bytes();
        good = X509_VERIFY_PARAM_set1_ip(parameters, bytes.data(), bytes.size());
      }
      return good == 1 ? Code{} : Code{TlsError::no_memory};
    }
    std::size_t size = host.size();
    if (size > 1 && text[size - 1] == '.') text[--size] = '\0';
    X509_VERIFY_PARAM_set_hostflags(parameters, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    if (X509_VERIFY_PARAM_set1_host(parameters, text.data(), size) != 1 ||
        SSL_ctrl(ssl_.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                 text.data()) != 1) {
      return TlsError::bad_parameter;
    }
    return {};
  }

  void begin(bool may_block) noexcept {
    may_block_ = may_block;
    end_of_input_ = false;
    system_error_ = 0;
    // What is left there by others would be taken for ours. Clearing costs more than looking.
    if (ERR_peek_error() != 0) ERR_clear_error();
  }

  Want explain(int result, Code& ec) noexcept {
    switch (SSL_get_error(ssl_.get(), result)) {
      case SSL_ERROR_WANT_READ:
        ec.clear();
        return Want::read;
      case SSL_ERROR_WANT_WRITE:
        ec.clear();
        return Want::write;
      case SSL_ERROR_ZERO_RETURN:
        ec = boost::asio::error::eof;
        return Want::nothing;
      default:
        break;
    }
    broken_ = true;
    const auto error = ERR_peek_error();
    if (system_error_ != 0) {
      ec.assign(system_error_, boost::system::system_category());
    } else if (end_of_input_ || error == 0) {
      ec = boost::asio::ssl::error::stream_truncated;
    } else {
      detail_ = ERR_reason_error_string(error);
      ec = TlsError::protocol;
      if (ERR_GET_LIB(error) == ERR_LIB_SSL &&
          ERR_GET_REASON(error) == SSL_R_CERTIFICATE_VERIFY_FAILED) {
        const long verdict = SSL_get_verify_result(ssl_.get());
        detail_ = X509_verify_cert_error_string(verdict);
        ec = classify(verdict);
      }
    }
    ERR_clear_error();
    return Want::nothing;
  }

  static TlsError classify(long verdict) noexcept {
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
      default:
        return TlsError::other_certificate_problem;
    }
  }

  static TlsSession& self(BIO* bio) noexcept {
    return *static_cast<TlsSession*>(BIO_get_data(bio));
  }

  static int bio_read(BIO* bio, char* data, int size) noexcept {
    auto& me = self(bio);
    BIO_clear_retry_flags(bio);
    if (size <= 0) return 0;
    // Only the first receive of a call may block: a peer that sends byte by byte must not be able
    // to outlast the deadline inside of OpenSSL.
    const bool may_block = std::exchange(me.may_block_, false);
    const auto count = receive(me.descriptor_, data, static_cast<std::size_t>(size), may_block);
    if (count > 0) return static_cast<int>(count);
    if (count == 0) {
      me.end_of_input_ = true;
      return 0;
    }
    if (would_block(errno)) {
      BIO_set_retry_read(bio);
    } else {
      me.system_error_ = errno;
    }
    return -1;
  }

  static int bio_write(BIO* bio, const char* data, int size) noexcept {
    auto& me = self(bio);
    BIO_clear_retry_flags(bio);
    if (size <= 0) return 0;
    const auto count = transmit(me.descriptor_, data, static_cast<std::size_t>(size));
    if (count >= 0) return static_cast<int>(count);
    if (would_block(errno)) {
      BIO_set_retry_write(bio);
    } else {
      me.system_error_ = errno;
    }
    return -1;
  }

  static long bio_control(BIO*, int command, long, void*) noexcept {
    return command == BIO_CTRL_FLUSH ? 1 : 0;
  }

  // Made once and kept until the process ends: BIO types cannot be given back.
  static const BIO_METHOD* method() noexcept {
    static const BIO_METHOD* const made = [] {
      BIO_METHOD* fresh = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "florin");
      if (fresh != nullptr) {
        BIO_meth_set_read(fresh, &bio_read);
        BIO_meth_set_write(fresh, &bio_write);
        BIO_meth_set_ctrl(fresh, &bio_control);
      }
      return fresh;
    }();
    return made;
  }

  std::shared_ptr<TlsContext> context_;
  int descriptor_;
  bool may_block_ = false;
  bool end_of_input_ = false;
  bool established_ = false;
  bool broken_ = false;
  int system_error_ = 0;
  const char* detail_ = "";
  SessionCache::Owner owner_;
  OpensslPtr<SSL> ssl_;
};

}  // namespace florin::net::detail
