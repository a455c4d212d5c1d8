// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/net/deadline.hpp>
#include <florin/net/detail/fork.hpp>
#include <florin/net/detail/leakable.hpp>
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
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <string_view>
#include <utility>

#include <unistd.h>

namespace florin::net {

/// One TCP connection, plain or under TLS, for blocking and asynchronous use. Models Beast's
/// SyncStream and AsyncStream, so that `boost::beast::http::read` and friends run over it.
///
/// OpenSSL works directly on the descriptor: no memory BIO, no copy, and no heap allocation of this
/// class per read or write. A write of one contiguous buffer is as few TLS records as
/// their size, 4 KiB, allows; several small buffers are gathered into one.
///
/// Ends: an orderly TLS close_notify, or the end of a plain connection, is `asio::error::eof`. The
/// end of a TLS connection without close_notify is `asio::ssl::error::stream_truncated`: what was
/// received may be incomplete. Other errors: `TlsError`, and the system's own.
///
/// Deadlines: `expires_at` bounds the blocking operations, which then fail with
/// `boost::beast::error::timeout`. Asynchronous operations know no deadline: use their cancellation
/// slots (all three cancellation types; error `asio::error::operation_aborted`).
/// After a failed, timed out or cancelled write or handshake the connection can only be closed.
/// An operation for which there is no memory fails with `boost::asio::error::no_memory` or
/// `TlsError::no_memory`.
///
/// Blocking operations touch no execution context: the descriptor is registered with one when an
/// asynchronous operation first has to wait.
///
/// Fork: a connection belongs to the process that took it over. In a child it is not alive, every
/// operation on it fails with `boost::asio::error::connection_aborted`, and closing it gives the
/// descriptor back without a word on the wire; the parent goes on using it.
///
/// Thread safety: none. At most one read and one write may be pending, and if the executor runs on
/// several threads it must be a strand, as for any Asio stream; cancellation must be emitted there
/// too. A stream with pending operations must not be moved or destroyed.
class Stream {
 public:
  using executor_type = boost::asio::any_io_executor;
  using protocol_type = boost::asio::ip::tcp;    ///< as Asio asks for it
  using error_code = boost::system::error_code;  ///< as Asio asks for it
  using native_handle_type = boost::asio::ip::tcp::socket::native_handle_type;  ///< the descriptor

  /// A stream without a connection, for blocking use until `set_executor`.
  Stream() noexcept = default;
  /// A stream without a connection.
  explicit Stream(executor_type executor) noexcept : executor_(std::move(executor)) {}
  Stream(Stream&& other) noexcept { take(other); }
  Stream& operator=(Stream&& other) noexcept {
    if (this != &other) {
      close();
      take(other);
    }
    return *this;
  }
  ~Stream() {
    if (is_open()) close();
  }

  /// The executor of the asynchronous operations; empty when none was given.
  [[nodiscard]] executor_type get_executor() const noexcept { return executor_; }

  /// The executor of asynchronous operations from now on; none may be pending. An open connection
  /// stays open and leaves the execution context that it was registered with. An empty executor:
  /// that context may go, and asynchronous operations must not be begun.
  void set_executor(const executor_type& executor) {
    if (executor_ == executor) return;
    leave_context();
    executor_ = executor;
  }

  /// The descriptor, e.g. for socket options, or -1 while closed. Not for reading, writing or
  /// closing.
  [[nodiscard]] native_handle_type native_handle() const noexcept { return descriptor_; }

  /// Whether there is a connection; it may have died unnoticed, see `alive`.
  [[nodiscard]] bool is_open() const noexcept { return descriptor_ >= 0; }

  /// Closes what is open and takes over the connected descriptor `handle`, plain at first.
  /// Sets close-on-exec and, if it can be set, TCP_NODELAY. On failure the descriptor stays the
  /// caller's.
  void assign(const protocol_type& protocol, native_handle_type handle, error_code& ec) {
    close();
    detail::prepare_descriptor(handle, ec);
    if (!ec) adopt(protocol, handle);
  }

  /// Closes what is open and takes over a connected socket of the stream's executor; without one,
  /// the socket's becomes the stream's. Sets close-on-exec and, if it can be set, TCP_NODELAY.
  void assign(boost::asio::ip::tcp::socket&& socket, error_code& ec) {
    close();
    const auto handle = socket.native_handle();
    detail::prepare_descriptor(handle, ec);
    if (ec) return;
    if (!executor_) executor_ = socket.get_executor();
    socket_.emplace(std::move(socket));
    adopt(protocol_, handle);
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
    if (!connected(ec)) return;
    if (tls_) {
      ec = boost::asio::error::already_connected;
      return;
    }
    try {
      auto fresh =
          std::make_unique<detail::TlsSession>(std::move(context), descriptor_, host, port, ec);
      if (!ec) tls_ = std::move(fresh);
    } catch (const std::bad_alloc&) {
      ec = TlsError::no_memory;
    }
  }

  /// Performs the TLS handshake prepared by `start_tls`. Errors: `TlsError`, or as for reads.
  void handshake(error_code& ec) {
    block([&](bool may_block, std::size_t&) { return shake_once(may_block, ec); }, ec);
  }

  /// `handshake` for any completion token of signature `void(error_code)`.
  template <class Token>
  auto async_handshake(Token&& token) {
    return boost::asio::async_compose<Token, void(error_code)>(HandshakeOperation{this}, token,
                                                               executor_);
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
        ReadOperation{this, detail::first_buffer<boost::asio::mutable_buffer>(buffers)}, token,
        executor_);
  }

  /// `write_some` for any completion token of signature `void(error_code, std::size_t)`.
  template <class ConstBufferSequence, class Token>
  auto async_write_some(const ConstBufferSequence& buffers, Token&& token) {
    return boost::asio::async_compose<Token, void(error_code, std::size_t)>(
        WriteOperation<ConstBufferSequence>{this, buffers}, token, executor_);
  }

  /// Ends pending asynchronous operations with `boost::asio::error::operation_aborted`.
  void cancel() noexcept {
    error_code ignored;  // what is not cancelled ends by itself
    if (socket_) socket_->cancel(ignored);
  }

  /// Whether an idle connection can carry another exchange: false after an end, an error, or
  /// anything received that nobody asked for. Never waits; digests pending TLS tickets. Usually one
  /// system call.
  [[nodiscard]] bool alive() noexcept {
    if (!is_open() || inherited() || (tls_ && !tls_->usable())) [[unlikely]]
      return false;
    if (tls_ && tls_->has_pending()) [[unlikely]]
      return tls_->quiet();
    char byte = 0;
    ::ssize_t count = 0;
    do {
      count = ::recv(descriptor_, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    } while (count < 0 && errno == EINTR);
    if (count >= 0) [[unlikely]]
      return count > 0 && tls_ && tls_->quiet();
    return detail::would_block(errno);
  }

  /// Closes the connection, saying close_notify first if that needs no waiting.
  [[gnu::cold]] void close() noexcept {
    if (!is_open()) return;
    if (inherited()) {
      // Threads that are not here may hold locks of both.
      static_cast<void>(tls_.release());
      socket_.leak();
      ::close(descriptor_);
    } else {
      if (tls_) tls_->say_goodbye();
      tls_.reset();
      if (socket_) {
        error_code ignored;  // the descriptor is gone whatever close() says
        socket_->close(ignored);
        socket_.reset();
      } else {
        ::close(descriptor_);
      }
    }
    descriptor_ = -1;
    awaits_answer_ = false;
  }

 private:
  using Socket = boost::asio::ip::tcp::socket;

  enum class Stage : unsigned char { begin, waiting, posted };

  struct Operation {
    explicit Operation(Stream* owner) noexcept : stream(owner) {}
    Operation(Operation&& other) noexcept
        : stream(std::exchange(other.stream, nullptr)),
          stage(other.stage),
          result(other.result),
          count(other.count) {}
    Operation& operator=(Operation&&) = delete;
    ~Operation() = default;

    Stream* stream;  // null once moved away
    Stage stage = Stage::begin;
    error_code result{};
    std::size_t count = 0;
  };

  struct ReadOperation : Operation {
    boost::asio::mutable_buffer buffer;
    ReadOperation(Stream* owner, boost::asio::mutable_buffer target) noexcept
        : Operation(owner), buffer(target) {}

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
    ConstBufferSequence buffers;
    WriteOperation(Stream* owner, const ConstBufferSequence& source)
        : Operation(owner), buffers(source) {}

    template <class Self>
    void operator()(Self& self, error_code ec = {}) {
      stream->step(
          self, *this, ec, [this] { return stream->write_once(buffers, count, result); },
          [this](Self& me) { me.complete(result, count); });
    }
  };

  struct HandshakeOperation : Operation {
    using Operation::Operation;

    template <class Self>
    void operator()(Self& self, error_code ec = {}) {
      stream->step(
          self, *this, ec, [this] { return stream->shake_once(false, result); },
          [this](Self& me) { me.complete(result); });
    }
  };

  /// One turn of an asynchronous operation: try, then wait, post or complete.
  template <class Self, class Try, class Complete>
  void step(Self& self, Operation& operation, error_code ec, Try attempt, Complete complete) {
    if (operation.stage == Stage::posted) return complete(self);
    const bool first = operation.stage == Stage::begin;
    if (!first && (ec || self.cancelled() != boost::asio::cancellation_type::none)) {
      operation.result = ec ? ec : error_code{boost::asio::error::operation_aborted};
      operation.count = 0;
      return complete(self);
    }
    const auto begun = [&] {
      if (first) self.reset_cancellation_state(boost::asio::enable_total_cancellation());
      auto want = attempt();
      while (want == detail::Want::again) want = attempt();  // bounded by what TLS allows
      if (want == detail::Want::nothing || !enter_context(operation.result)) return false;
      operation.stage = Stage::waiting;
      socket_->async_wait(want == detail::Want::read ? Socket::wait_read : Socket::wait_write,
                          std::move(self));
      return true;
    };
    if (tried(operation, begun)) return;
    if (!first) return complete(self);
    const auto posted = [&] {
      operation.stage = Stage::posted;
      boost::asio::post(executor_, std::move(self));
      return true;
    };
    // Rather within the initiating function than never.
    if (!tried(operation, posted)) complete(self);
  }

  /// What `work` says, or false when there was no memory for it. The exception goes on when the
  /// operation went with it.
  template <class Work>
  static bool tried(Operation& operation, Work work) {
    try {
      return work();
    } catch (const std::bad_alloc&) {
      if (operation.stream == nullptr) throw;
      operation.result = boost::asio::error::no_memory;
      operation.count = 0;
      return false;
    }
  }

  /// Repeats `attempt(may_block, count)` until it is done or the deadline passes.
  template <class Try>
  std::size_t block(Try attempt, error_code& ec) {
    bool may_block = false;
    auto want = detail::Want::again;
    for (;;) {
      if (want != detail::Want::again) [[unlikely]] {
        if (!await(want, ec)) return 0;
        may_block = false;
      } else if (deadline_ != never) [[likely]] {
        const auto now = Clock::now();
        if (now >= deadline_) [[unlikely]] {
          ec = boost::beast::error::timeout;
          return 0;
        }
        may_block = deadline_ - now > detail::receive_slice;
      } else {
        may_block = true;
      }
      std::size_t count = 0;
      want = attempt(may_block, count);
      if (want == detail::Want::nothing) [[likely]]
        return count;
    }
  }
  /// Waits until the descriptor is ready; `ec` says why it is not.
  [[gnu::cold]] bool await(detail::Want what, error_code& ec) const noexcept {
    detail::await_ready(descriptor_,
                        static_cast<short>(what == detail::Want::read ? POLLIN : POLLOUT),
                        deadline_, ec);
    return !ec;
  }

  [[nodiscard]] bool must_wait() noexcept {
    return std::exchange(awaits_answer_, false) && is_open() && !inherited() &&
           !(tls_ && tls_->has_pending());
  }

  detail::Want shake_once(bool may_block, error_code& ec) noexcept {
    if (!connected(ec)) return detail::Want::nothing;
    if (tls_) return tls_->handshake(may_block && blocks(), ec);
    ec = boost::asio::error::not_connected;
    return detail::Want::nothing;
  }

  detail::Want read_once(boost::asio::mutable_buffer buffer, bool may_block, std::size_t& count,
                         error_code& ec) noexcept {
    count = 0;
    if (!connected(ec) || buffer.size() == 0) [[unlikely]]
      return detail::Want::nothing;
    awaits_answer_ = false;
    may_block = may_block && blocks();
    if (tls_) [[likely]]
      return tls_->read(buffer.data(), buffer.size(), may_block, count, ec);
    return read_plain(buffer, may_block, count, ec);
  }
  [[gnu::cold]] detail::Want read_plain(boost::asio::mutable_buffer buffer, bool may_block,
                                        std::size_t& count, error_code& ec) noexcept {
    const auto result = detail::receive(descriptor_, buffer.data(), buffer.size(), may_block);
    if (result == 0) {
      ec = boost::asio::error::eof;
      return detail::Want::nothing;
    }
    return finish(result, detail::Want::read, count, ec);
  }

  template <class ConstBufferSequence>
  detail::Want write_once(const ConstBufferSequence& buffers, std::size_t& count, error_code& ec) {
    count = 0;
    if (!connected(ec)) [[unlikely]]
      return detail::Want::nothing;
    awaits_answer_ = true;
    if (!tls_) [[unlikely]]
      return write_plain(detail::Pieces{buffers}, count, ec);
    if constexpr (std::convertible_to<const ConstBufferSequence&, boost::asio::const_buffer>) {
      return write_tls(buffers, count, ec);  // without the room for a copy on the stack
    } else {
      const detail::Contiguous data{buffers};
      return write_tls({data.data(), data.size()}, count, ec);
    }
  }
  detail::Want write_tls(boost::asio::const_buffer data, std::size_t& count,
                         error_code& ec) noexcept {
    if (data.size() == 0) [[unlikely]]
      return detail::Want::nothing;
    return tls_->write(data.data(), data.size(), count, ec);
  }
  [[gnu::cold]] detail::Want write_plain(detail::Pieces pieces, std::size_t& count,
                                         error_code& ec) noexcept {
    if (pieces.count() == 0) return detail::Want::nothing;
    const auto result =
        pieces.count() == 1
            ? detail::transmit(descriptor_, pieces.data()->iov_base, pieces.data()->iov_len)
            : detail::transmit(descriptor_, pieces.data(), pieces.count());
    return finish(result, detail::Want::write, count, ec);
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

  /// Whether the connection is the parent's, not this process's.
  [[nodiscard]] bool inherited() const noexcept { return process_ != detail::process_number(); }

  /// Whether there is a connection to work with; `ec` says why not.
  [[nodiscard]] bool connected(error_code& ec) const noexcept {
    ec.clear();
    const bool usable = is_open() && !inherited();
    if (!usable) [[unlikely]]
      ec = why_not();
    return usable;
  }
  [[nodiscard, gnu::cold]] error_code why_not() const noexcept {
    return is_open() ? boost::asio::error::connection_aborted : boost::asio::error::not_connected;
  }

  void adopt(const protocol_type& protocol, native_handle_type handle) noexcept {
    protocol_ = protocol;
    descriptor_ = handle;
    process_ = detail::process_number();
    blocks_ = false;
  }

  /// Whether a receive may wait in the kernel; sees to it.
  [[nodiscard]] bool blocks() noexcept {
    if (!blocks_) [[unlikely]]
      blocks_ = detail::make_blocking(descriptor_);
    return blocks_;
  }

  /// Registers the descriptor with the executor's context unless it is already.
  [[nodiscard]] bool enter_context(error_code& ec) {
    if (socket_) return true;
    blocks_ = false;  // the first wait makes the descriptor non-blocking
    try {
      socket_.emplace(executor_, protocol_, descriptor_);
      return true;
    } catch (const boost::system::system_error& error) {
      ec = error.code();
    } catch (const std::bad_alloc&) {
      ec = boost::asio::error::no_memory;
    }
    return false;
  }

  void leave_context() noexcept {
    if (!socket_) return;
    if (inherited()) return socket_.leak();
    error_code ec;
    const auto local = socket_->local_endpoint(ec);
    if (!ec) protocol_ = local.protocol();
    socket_->release(ec);  // fails for what was never registered only
    socket_.reset();
  }

  void take(Stream& other) noexcept {
    executor_ = other.executor_;
    protocol_ = other.protocol_;
    socket_ = std::move(other.socket_);
    tls_ = std::move(other.tls_);
    deadline_ = other.deadline_;
    descriptor_ = std::exchange(other.descriptor_, -1);
    process_ = other.process_;
    blocks_ = other.blocks_;
    awaits_answer_ = other.awaits_answer_;
  }

  executor_type executor_;
  protocol_type protocol_ = protocol_type::v4();
  detail::Leakable<Socket> socket_;  // the descriptor's registration, once there is one
  std::unique_ptr<detail::TlsSession> tls_;
  TimePoint deadline_ = never;
  native_handle_type descriptor_ = -1;
  unsigned process_ = 0;
  bool blocks_ = false;
  bool awaits_answer_ = false;
};

}  // namespace florin::net
