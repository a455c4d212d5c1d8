// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/net/deadline.hpp>
#include <florin/net/detail/posix.hpp>
#include <florin/net/detail/stream_buffers.hpp>
#include <florin/net/detail/tls_session.hpp>
#include <florin/net/tls.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/compose.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/system/error_code.hpp>
#include <boost/system/system_error.hpp>
#include <boost/throw_exception.hpp>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

namespace florin::net {

/// One TCP connection, plain or under TLS, for blocking and asynchronous use. Models Beast's
/// SyncStream and AsyncStream, so that `boost::beast::http::read` and friends run over it.
///
/// OpenSSL works directly on the descriptor: no memory BIO, no copy, and no heap allocation of this
/// class per read or write. A write of one contiguous buffer of up to 16 KiB is one TLS record;
/// several small buffers are gathered into one.
///
/// Ends: an orderly TLS close_notify, or the end of a plain connection, is `asio::error::eof`. The
/// end of a TLS connection without close_notify is `asio::ssl::error::stream_truncated`: what was
/// received may be incomplete. Other errors: `TlsError`, and the system's own.
///
/// Deadlines: `expires_at` bounds the blocking operations, which then fail with
/// `boost::beast::error::timeout`. Asynchronous operations know no deadline: use their cancellation
/// slots (all three cancellation types; error `asio::error::operation_aborted`).
/// After a failed, timed out or cancelled write or handshake the connection can only be closed.
///
/// Thread safety: none. At most one read and one write may be pending, and if the executor runs on
/// several threads it must be a strand, as for any Asio stream; cancellation must be emitted there
/// too. A stream with pending operations must not be moved or destroyed.
class Stream {
 public:
  using executor_type = boost::asio::any_io_executor;
  using protocol_type = boost::asio::ip::tcp;
  using error_code = boost::system::error_code;
  using native_handle_type = boost::asio::ip::tcp::socket::native_handle_type;

  /// A stream without a connection.
  explicit Stream(const executor_type& executor) : socket_(executor) {}
  Stream(Stream&&) = default;
  Stream& operator=(Stream&& other) noexcept {
    if (this != &other) {
      close();
      socket_ = std::move(other.socket_);
      tls_ = std::move(other.tls_);
      deadline_ = other.deadline_;
      awaits_answer_ = other.awaits_answer_;
    }
    return *this;
  }
  ~Stream() { close(); }

  /// The executor of the asynchronous operations.
  [[nodiscard]] executor_type get_executor() noexcept { return socket_.get_executor(); }

  /// The connection itself, e.g. for socket options. Not for reading, writing or closing.
  [[nodiscard]] boost::asio::ip::tcp::socket& socket() noexcept { return socket_; }

  /// The descriptor, or -1 while closed.
  [[nodiscard]] native_handle_type native_handle() noexcept {
    return socket_.is_open() ? socket_.native_handle() : -1;
  }

  /// Whether there is a connection; it may have died unnoticed, see `alive`.
  [[nodiscard]] bool is_open() const noexcept { return socket_.is_open(); }

  /// Closes what is open and takes over the connected descriptor `handle`, plain at first.
  /// Sets TCP_NODELAY. On failure the descriptor stays the caller's.
  void assign(const protocol_type& protocol, native_handle_type handle, error_code& ec) {
    close();
    socket_.assign(protocol, handle, ec);
    if (ec) return;
    adopt(ec);
    if (ec) {
      error_code ignored;
      socket_.release(ignored);
    }
  }

  /// Closes what is open and takes over a connected socket of the same executor.
  void assign(boost::asio::ip::tcp::socket&& socket, error_code& ec) {
    close();
    socket_ = std::move(socket);
    adopt(ec);
    if (ec) close();
  }

  /// The time at which blocking operations give up; those begun later fail at once.
  void expires_at(TimePoint deadline) noexcept { deadline_ = deadline; }

  /// Blocking operations wait without limit.
  void expires_never() noexcept { deadline_ = never; }

  /// The deadline of blocking operations.
  [[nodiscard]] TimePoint expiry() const noexcept { return deadline_; }

  /// Prepares TLS with `host`: a DNS name (sent as SNI) or an IP literal without brackets (not
  /// sent); the peer's certificate must be for it. `port` only tells peers' sessions apart. A
  /// cached session is offered. Errors: `TlsError::bad_parameter`, `no_memory`.
  void start_tls(std::shared_ptr<TlsContext> context, std::string_view host, std::uint16_t port,
                 error_code& ec) {
    if (!socket_.is_open() || tls_) {
      ec = socket_.is_open() ? boost::asio::error::already_connected
                             : boost::asio::error::not_connected;
      return;
    }
    ec.clear();
    auto fresh = std::make_unique<detail::TlsSession>(std::move(context), socket_.native_handle(),
                                                      host, port, ec);
    if (!ec) tls_ = std::move(fresh);
  }

  /// Performs the TLS handshake prepared by `start_tls`. Errors: `TlsError`, or as for reads.
  void handshake(error_code& ec) {
    block(
        [&](bool may_block, std::size_t&) {
          if (tls_) return tls_->handshake(may_block, ec);
          ec = boost::asio::error::not_connected;
          return detail::Want::nothing;
        },
        ec);
  }

  /// `handshake` for any completion token of signature `void(error_code)`.
  template <class Token>
  auto async_handshake(Token&& token) {
    return boost::asio::async_compose<Token, void(error_code)>(HandshakeOperation{this}, token,
                                                               socket_);
  }

  /// Whether the connection is under TLS (`start_tls` has succeeded).
  [[nodiscard]] bool is_tls() const noexcept { return tls_ != nullptr; }

  /// Whether the handshake resumed an earlier session.
  [[nodiscard]] bool session_resumed() const noexcept {
    return tls_ && SSL_session_reused(tls_->ssl()) == 1;
  }

  /// The negotiated version, e.g. `"TLSv1.3"`; empty for a plain connection.
  [[nodiscard]] std::string_view tls_version() const noexcept {
    return tls_ ? std::string_view{SSL_get_version(tls_->ssl())} : std::string_view{};
  }

  /// OpenSSL's words on the last TLS failure, e.g. `"certificate has expired"`; empty when there
  /// was none. Static text: free of secrets, valid as long as OpenSSL is loaded.
  [[nodiscard]] std::string_view tls_detail() const noexcept {
    const char* text = tls_ ? tls_->detail() : nullptr;
    return text != nullptr ? std::string_view{text} : std::string_view{};
  }

  /// Reads at least one byte into the first non-empty buffer of `buffers`.
  template <class MutableBufferSequence>
  std::size_t read_some(const MutableBufferSequence& buffers, error_code& ec) {
    const auto buffer = detail::first_buffer<boost::asio::mutable_buffer>(buffers);
    return block(
        [&](bool may_block, std::size_t& count) { return read_once(buffer, may_block, count, ec); },
        ec);
  }

  /// The same, throwing `boost::system::system_error`.
  template <class MutableBufferSequence>
  std::size_t read_some(const MutableBufferSequence& buffers) {
    error_code ec;
    const auto count = read_some(buffers, ec);
    if (ec) boost::throw_exception(boost::system::system_error{ec, "read_some"});
    return count;
  }

  /// Writes at least one byte of `buffers`.
  template <class ConstBufferSequence>
  std::size_t write_some(const ConstBufferSequence& buffers, error_code& ec) {
    return block([&](bool, std::size_t& count) { return write_once(buffers, count, ec); }, ec);
  }

  /// The same, throwing `boost::system::system_error`.
  template <class ConstBufferSequence>
  std::size_t write_some(const ConstBufferSequence& buffers) {
    error_code ec;
    const auto count = write_some(buffers, ec);
    if (ec) boost::throw_exception(boost::system::system_error{ec, "write_some"});
    return count;
  }

  /// `read_some` for any completion token of signature `void(error_code, std::size_t)`.
  template <class MutableBufferSequence, class Token>
  auto async_read_some(const MutableBufferSequence& buffers, Token&& token) {
    return boost::asio::async_compose<Token, void(error_code, std::size_t)>(
        ReadOperation{{}, this, detail::first_buffer<boost::asio::mutable_buffer>(buffers)}, token,
        socket_);
  }

  /// `write_some` for any completion token of signature `void(error_code, std::size_t)`.
  template <class ConstBufferSequence, class Token>
  auto async_write_some(const ConstBufferSequence& buffers, Token&& token) {
    return boost::asio::async_compose<Token, void(error_code, std::size_t)>(
        WriteOperation<ConstBufferSequence>{{}, this, buffers}, token, socket_);
  }

  /// Whether an idle connection can carry another exchange: false after an end, an error, or
  /// anything received that nobody asked for. Never waits; digests pending TLS tickets. Usually one
  /// system call.
  [[nodiscard]] bool alive() noexcept {
    if (!socket_.is_open()) return false;
    if (tls_ && !tls_->usable()) return false;
    if (tls_ && tls_->has_pending()) return tls_->quiet();
    char byte = 0;
    for (;;) {
      const auto count = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
      if (count == 0) return false;
      if (count > 0) return tls_ && tls_->quiet();
      if (errno != EINTR) return detail::would_block(errno);
    }
  }

  /// Closes the connection, saying close_notify first if that needs no waiting.
  void close() noexcept {
    if (tls_) tls_->say_goodbye();
    tls_.reset();
    awaits_answer_ = false;
    error_code ignored;  // the descriptor is gone whatever close() says
    if (socket_.is_open()) socket_.close(ignored);
  }

 private:
  enum class Stage : unsigned char { begin, waiting, posted };

  struct Operation {
    Stage stage = Stage::begin;
    error_code result{};
    std::size_t count = 0;
  };

  struct ReadOperation : Operation {
    Stream* stream;
    boost::asio::mutable_buffer buffer;
    ReadOperation(Operation base, Stream* owner, boost::asio::mutable_buffer target)
        : Operation(base), stream(owner), buffer(target) {}

    template <class Self>
    void operator()(Self& self, error_code ec = {}) {
      // After a write the answer is hardly there: asking the reactor first saves a system call.
      const bool hopeless = stage == Stage::begin && buffer.size() != 0 && stream->must_wait();
      stream->step(
          self, *this, ec,
          [this, hopeless] {
            return hopeless ? detail::Want::read : stream->read_once(buffer, false, count, result);
          },
          [this](Self& me) { me.complete(result, count); });
    }
  };

  template <class ConstBufferSequence>
  struct WriteOperation : Operation {
    Stream* stream;
    ConstBufferSequence buffers;
    WriteOperation(Operation base, Stream* owner, const ConstBufferSequence& source)
        : Operation(base), stream(owner), buffers(source) {}

    template <class Self>
    void operator()(Self& self, error_code ec = {}) {
      stream->step(
          self, *this, ec, [this] { return stream->write_once(buffers, count, result); },
          [this](Self& me) { me.complete(result, count); });
    }
  };

  struct HandshakeOperation : Operation {
    Stream* stream;
    explicit HandshakeOperation(Stream* owner) : stream(owner) {}

    template <class Self>
    void operator()(Self& self, error_code ec = {}) {
      stream->step(
          self, *this, ec,
          [this] {
            if (stream->tls_) return stream->tls_->handshake(false, result);
            result = boost::asio::error::not_connected;
            return detail::Want::nothing;
          },
          [this](Self& me) { me.complete(result); });
    }
  };

  /// One turn of an asynchronous operation: try, then wait, post or complete.
  template <class Self, class Try, class Complete>
  void step(Self& self, Operation& operation, error_code ec, Try attempt, Complete complete) {
    if (operation.stage == Stage::posted) return complete(self);
    if (operation.stage == Stage::begin) {
      self.reset_cancellation_state(boost::asio::enable_total_cancellation());
    } else if (ec || self.cancelled() != boost::asio::cancellation_type::none) {
      operation.result = ec ? ec : error_code{boost::asio::error::operation_aborted};
      operation.count = 0;
      return complete(self);
    }
    const auto want = attempt();
    if (want != detail::Want::nothing) {
      operation.stage = Stage::waiting;
      return socket_.async_wait(want == detail::Want::read ? socket_.wait_read : socket_.wait_write,
                                std::move(self));
    }
    if (operation.stage == Stage::waiting) return complete(self);
    operation.stage = Stage::posted;
    boost::asio::post(socket_.get_executor(), std::move(self));
  }

  /// Repeats `attempt(may_block, count)` until it is done or the deadline passes.
  template <class Try>
  std::size_t block(Try attempt, error_code& ec) {
    bool may_block = true;
    if (deadline_ != never) {
      const auto now = Clock::now();
      if (now >= deadline_) {
        ec = boost::beast::error::timeout;
        return 0;
      }
      may_block = deadline_ - now > detail::receive_slice;
    }
    for (;;) {
      std::size_t count = 0;
      const auto want = attempt(may_block, count);
      if (want == detail::Want::nothing) return count;
      detail::await_ready(socket_.native_handle(),
                          static_cast<short>(want == detail::Want::read ? POLLIN : POLLOUT),
                          deadline_, ec);
      if (ec) return 0;
      may_block = false;
    }
  }

  [[nodiscard]] bool must_wait() noexcept {
    return std::exchange(awaits_answer_, false) && socket_.is_open() &&
           !(tls_ && tls_->has_pending());
  }

  detail::Want read_once(boost::asio::mutable_buffer buffer, bool may_block, std::size_t& count,
                         error_code& ec) noexcept {
    count = 0;
    if (!socket_.is_open()) {
      ec = boost::asio::error::not_connected;
      return detail::Want::nothing;
    }
    if (buffer.size() == 0) {
      ec.clear();
      return detail::Want::nothing;
    }
    awaits_answer_ = false;
    if (tls_) return tls_->read(buffer.data(), buffer.size(), may_block, count, ec);
    const auto result =
        detail::receive(socket_.native_handle(), buffer.data(), buffer.size(), may_block);
    if (result == 0) {
      ec = boost::asio::error::eof;
      return detail::Want::nothing;
    }
    return finish(result, detail::Want::read, count, ec);
  }

  template <class ConstBufferSequence>
  detail::Want write_once(const ConstBufferSequence& buffers, std::size_t& count, error_code& ec) {
    count = 0;
    if (!socket_.is_open()) {
      ec = boost::asio::error::not_connected;
      return detail::Want::nothing;
    }
    awaits_answer_ = true;
    if (tls_) {
      const detail::Contiguous data{buffers};
      if (data.size() != 0) return tls_->write(data.data(), data.size(), count, ec);
    } else {
      detail::Pieces pieces{buffers};
      if (pieces.count() != 0) {
        const auto result =
            pieces.count() == 1
                ? detail::transmit(socket_.native_handle(), pieces.data()->iov_base,
                                   pieces.data()->iov_len)
                : detail::transmit(socket_.native_handle(), pieces.data(), pieces.count());
        return finish(result, detail::Want::write, count, ec);
      }
    }
    ec.clear();
    return detail::Want::nothing;
  }

  /// Reads a system call's result.
  static detail::Want finish(::ssize_t result, detail::Want otherwise, std::size_t& count,
                             error_code& ec) noexcept {
    if (result >= 0) {
      count = static_cast<std::size_t>(result);
      ec.clear();
      return detail::Want::nothing;
    }
    if (detail::would_block(errno)) {
      ec.clear();
      return otherwise;
    }
    ec.assign(errno, boost::system::system_category());
    return detail::Want::nothing;
  }

  void adopt(error_code& ec) {
    detail::prepare_descriptor(socket_.native_handle(), ec);
    if (!ec) socket_.set_option(boost::asio::ip::tcp::no_delay{true}, ec);
  }

  boost::asio::ip::tcp::socket socket_;
  std::unique_ptr<detail::TlsSession> tls_;
  TimePoint deadline_ = never;
  bool awaits_answer_ = false;
};

}  // namespace florin::net
