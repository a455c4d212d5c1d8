// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/net/detail/fork_hold.hpp>
#include <florin/net/detail/posix.hpp>
#include <florin/net/detail/record_trace.hpp>
#include <florin/net/detail/tls_diagnosis.hpp>
#include <florin/net/error.hpp>
#include <florin/net/tls.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/system/error_code.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
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
  again,    ///< only for a look at the clock: more may be there already
  read,     ///< the descriptor to become readable
  write,    ///< the descriptor to become writable
};

/// One TLS connection over a descriptor that it does not own: OpenSSL with a BIO that calls the
/// socket itself. Never moves, because the BIO points to it. `Want::nothing` means that the error
/// code and the count are final.
///
/// OpenSSL digests record after record within one call as long as it is given bytes. It is given
/// one receive a call: a peer that sends messages of TLS without end outlasts no deadline, and what
/// it may send without any data is bounded.
///
/// Nobody forks while OpenSSL is within what takes locks that are shared by all connections: a
/// handshake and what follows it, up to the first data, and an end. Not held: the first data that
/// a thread sends, messages of TLS behind the first data, and CBC, which takes a random number a
/// write; other data take none.
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
    const ForkHold hold;
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
    SSL_set_cert_cb(ssl_.get(), &certificate_requested, this);
    ec = name_peer(host);
    if (!ec && context_->resumes()) {
      if (const auto session = context_->sessions().take(owner_.peer)) {
        SSL_set_session(ssl_.get(), session.get());
      }
    }
  }

  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;
  ~TlsSession() {
    const ForkHold hold;
    ssl_.reset();
  }

  [[nodiscard]] SSL* ssl() const noexcept { return ssl_.get(); }
  [[nodiscard]] const char* detail() const noexcept { return detail_; }

  Want handshake(bool may_block, Code& ec) noexcept {
    const ForkHold hold;
    begin(may_block);
    const int result = SSL_do_handshake(ssl_.get());
    if (result == 1) {
      established_ = true;
      spend_nothing();
      ec.clear();
      return Want::nothing;
    }
    return explain(result, ec);
  }

  Want read(void* data, std::size_t size, bool may_block, std::size_t& count, Code& ec) noexcept {
    std::optional<ForkHold> hold;
    if (!answered_) [[unlikely]]
      hold.emplace();
    begin(may_block);
    count = 0;
    const int result = SSL_read_ex(ssl_.get(), data, size, &count);
    if (result == 1) [[likely]] {
      answered_ = true;
      spend_nothing();
      ec.clear();
      return Want::nothing;
    }
    return explain(result, ec);
  }

  Want write(const void* data, std::size_t size, std::size_t& count, Code& ec) noexcept {
    begin(false);
    count = 0;
    const int result = SSL_write_ex(ssl_.get(), data, size, &count);
    if (result == 1) [[likely]] {
      ec.clear();
      return Want::nothing;
    }
    return explain_write(result, ec);
  }

  /// Whether neither side has ended the connection, as far as was read.
  [[nodiscard]] bool usable() const noexcept {
    return established_ && !broken_ && SSL_get_shutdown(ssl_.get()) == 0;
  }

  /// True when nothing but TLS's own messages (tickets, key updates) is waiting: they are digested.
  /// A part of a record may be the beginning of anything.
  [[gnu::cold]] bool quiet() noexcept {
    Code ec;
    return peek(ec) == Want::read && !trace_.inside() && SSL_in_init(ssl_.get()) == 0;
  }

  /// Whether bytes were received that `quiet` has to look at.
  [[nodiscard]] bool has_pending() const noexcept {
    return SSL_has_pending(ssl_.get()) == 1 || trace_.inside();
  }

  /// Sends close_notify if it can be sent at once.
  void say_goodbye() noexcept {
    if (!established_ || broken_) return;
    const ForkHold hold;
    begin(false);
    SSL_shutdown(ssl_.get());
    ERR_clear_error();
  }

 private:
  /// What a peer may send in a handshake (OpenSSL takes 100 KiB of certificates), and after it
  /// without any data. An honest one sends a few tickets.
  static constexpr std::size_t most_records = 512;
  static constexpr std::size_t most_bytes = std::size_t{256} * 1024;
  static constexpr std::size_t most_idle_records = 64;
  static constexpr std::size_t most_idle_bytes = std::size_t{64} * 1024;

  Code name_peer(std::string_view host) noexcept {
    // For OpenSSL a dot in front stands for any names before it.
    if (host.empty() || host.size() > 255 || host.front() == '.' ||
        host.find('\0') != std::string_view::npos) {
      return TlsError::bad_parameter;
    }
    std::array<char, 256> text{};
    host.copy(text.data(), host.size());
    X509_VERIFY_PARAM* const parameters = SSL_get0_param(ssl_.get());
    X509_VERIFY_PARAM_set_hostflags(
        parameters, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
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
    if (X509_VERIFY_PARAM_set1_host(parameters, text.data(), size) != 1 ||
        SSL_ctrl(ssl_.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                 text.data()) != 1) {
      return TlsError::bad_parameter;
    }
    return {};
  }

  void begin(bool may_block) noexcept {
    may_block_ = may_block;
    received_ = false;
    has_more_ = false;
    end_of_input_ = false;
    system_error_ = 0;
    // What is left there by others would be taken for ours. Clearing costs more than looking.
    if (ERR_peek_error() != 0) [[unlikely]]
      ERR_clear_error();
  }

  void spend_nothing() noexcept {
    bytes_ = 0;
    records_before_ = trace_.records();
  }

  /// Whether the peer has sent more than is allowed without data.
  [[nodiscard]] bool overspent() const noexcept {
    const auto records = trace_.records() - records_before_;
    return established_ ? records > most_idle_records || bytes_ > most_idle_bytes
                        : records > most_records || bytes_ > most_bytes;
  }

  Want peek(Code& ec) noexcept {
    const ForkHold hold;
    for (;;) {
      begin(false);
      char byte = 0;
      std::size_t count = 0;
      const int result = SSL_peek_ex(ssl_.get(), &byte, 1, &count);
      if (result == 1) {
        ec.clear();
        return Want::nothing;
      }
      const Want want = explain(result, ec);
      if (want != Want::again) return want;
    }
  }

  /// A server that refuses the client's certificate closes at once, so that a write may fail before
  /// the alert is read that says so.
  [[gnu::cold]] void look_for_refusal(Code& ec) noexcept {
    if (!asked_ || answered_) return;
    Code why;
    if (peek(why) == Want::nothing && why == TlsError::client_certificate_refused) ec = why;
  }

  Want explain_write(int result, Code& ec) noexcept {
    const Want want = explain(result, ec);
    if (system_error_ != 0) look_for_refusal(ec);
    return want;
  }

  [[gnu::cold]] Want explain(int result, Code& ec) noexcept {
    switch (SSL_get_error(ssl_.get(), result)) {
      case SSL_ERROR_WANT_READ:
        ec.clear();
        if (!overspent()) return has_more_ ? Want::again : Want::read;
        broken_ = true;
        ec = TlsError::flood;
        return Want::nothing;
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
    // OpenSSL's verdict comes first: that the alert could not be sent afterwards is no cause.
    const auto error = ERR_peek_error();
    const long verdict = context_->verifies() ? SSL_get_verify_result(ssl_.get()) : X509_V_OK;
    if (verdict != X509_V_OK ||
        (error != 0 && (system_error_ == 0 || ERR_GET_LIB(error) == ERR_LIB_SSL))) {
      const TlsDiagnosis found{error, verdict, stage()};
      detail_ = found.detail;
      ec = found.error;
    } else if (system_error_ != 0) {
      ec.assign(system_error_, boost::system::system_category());
    } else {
      ec = boost::asio::ssl::error::stream_truncated;
    }
    ERR_clear_error();
    return Want::nothing;
  }

  [[nodiscard]] TlsStage stage() const noexcept {
    return {.established = established_, .asked = asked_, .answered = answered_};
  }

  /// OpenSSL calls it when the server wants a client certificate.
  static int certificate_requested(SSL*, void* session) noexcept {
    static_cast<TlsSession*>(session)->asked_ = true;
    return 1;
  }

  static TlsSession& self(BIO* bio) noexcept {
    return *static_cast<TlsSession*>(BIO_get_data(bio));
  }

  static int bio_read(BIO* bio, char* data, int size) noexcept {
    auto& me = self(bio);
    BIO_clear_retry_flags(bio);
    if (size <= 0) [[unlikely]]
      return 0;
    if (me.received_) [[unlikely]] {
      me.has_more_ = true;
      BIO_set_retry_read(bio);
      return -1;
    }
    const auto count = me.receive_some(data, static_cast<std::size_t>(size));
    if (count > 0) [[likely]] {
      me.received_ = true;
      me.bytes_ += static_cast<std::size_t>(count);
      me.trace_.feed(data, static_cast<std::size_t>(count));
      return static_cast<int>(count);
    }
    return me.not_received(bio, count);
  }
  ::ssize_t receive_some(char* data, std::size_t size) noexcept {
    std::optional<ForkHold::Break> waits;
    if (may_block_ && !answered_) [[unlikely]]
      waits.emplace();
    return receive(descriptor_, data, size, may_block_);
  }
  /// \param count what came of it: 0 at the end, or negative.
  [[gnu::cold]] int not_received(BIO* bio, ::ssize_t count) noexcept {
    if (count == 0) {
      end_of_input_ = true;
      return 0;
    }
    if (would_block(errno)) {
      BIO_set_retry_read(bio);
    } else {
      system_error_ = errno;
    }
    return -1;
  }

  static int bio_write(BIO* bio, const char* data, int size) noexcept {
    auto& me = self(bio);
    BIO_clear_retry_flags(bio);
    if (size <= 0) [[unlikely]]
      return 0;
    const auto count = transmit(me.descriptor_, data, static_cast<std::size_t>(size));
    if (count >= 0) [[likely]]
      return static_cast<int>(count);
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

  /// Null: there is no memory for it.
  static const BIO_METHOD* method() noexcept {
    const BIO_METHOD* const made = made_method.load(std::memory_order_acquire);
    if (made != nullptr) [[likely]]
      return made;
    return make_method();
  }
  [[gnu::cold, gnu::noinline]] static const BIO_METHOD* make_method() noexcept {
    // There are few numbers of types; without one of its own it is a source and sink like others.
    const int type = std::max(BIO_get_new_index(), 0) | BIO_TYPE_SOURCE_SINK;
    BIO_METHOD* const fresh = BIO_meth_new(type, "florin");
    if (fresh == nullptr) return nullptr;
    BIO_meth_set_read(fresh, &bio_read);
    BIO_meth_set_write(fresh, &bio_write);
    BIO_meth_set_ctrl(fresh, &bio_control);
    const BIO_METHOD* made = nullptr;
    if (made_method.compare_exchange_strong(made, fresh, std::memory_order_acq_rel,
                                            std::memory_order_acquire))
      return fresh;
    BIO_meth_free(fresh);
    return made;
  }

  // Kept until the process ends: numbers of types cannot be given back. Not a static of a function:
  // a child would wait for ever for a thread of its parent's that was making it.
  static inline constinit std::atomic<const BIO_METHOD*> made_method{nullptr};

  std::shared_ptr<TlsContext> context_;
  int descriptor_;
  bool may_block_ = false;
  bool received_ = false;      // in this call
  bool has_more_ = false;      // OpenSSL asked for more than that
  bool end_of_input_ = false;  // in this call
  bool established_ = false;
  bool asked_ = false;     // for a client certificate
  bool answered_ = false;  // data have come
  bool broken_ = false;
  int system_error_ = 0;
  const char* detail_ = "";
  RecordTrace trace_;
  std::size_t bytes_ = 0;           // received without data
  std::size_t records_before_ = 0;  // up to the last data
  SessionCache::Owner owner_;
  OpensslPtr<SSL> ssl_;
};

}  // namespace florin::net::detail
