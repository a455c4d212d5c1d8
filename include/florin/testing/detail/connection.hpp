// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/testing/detail/server_state.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/status.hpp>
#include <boost/beast/http/string_body.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace florin::testing::detail {

/// The time now as a Date header shows it, in no locale.
inline std::string http_date() {
  static constexpr const char* days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                           "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::tm parts{};
  gmtime_r(&now, &parts);
  char text[80];
  std::snprintf(text, sizeof text, "%s, %02d %s %d %02d:%02d:%02d GMT", days[parts.tm_wday],
                parts.tm_mday, months[parts.tm_mon], parts.tm_year + 1900, parts.tm_hour,
                parts.tm_min, parts.tm_sec);
  return text;
}

/// One client connection. Everything happens on the socket's strand. A read is always outstanding,
/// so that the peer's departure is noticed whatever else goes on.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(boost::asio::ip::tcp::socket socket, ServerState& state)
      : socket_(std::move(socket)),
        state_(state),
        clock_(socket_.get_executor()),
        pause_(socket_.get_executor()),
        number_(++state.accepted) {
    if (state.tls) tls_.emplace(state.tls.get());
  }

  ~Connection() {
    const std::lock_guard lock(state_.mutex);
    state_.connections.erase(this);
  }

  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// From now on the server knows it. Once it is shared, since others ask for its owners then.
  void enlist() {
    const std::lock_guard lock(state_.mutex);
    state_.connections.insert(this);
  }
  void start() {
    boost::system::error_code ignored;
    socket_.set_option(boost::asio::ip::tcp::no_delay(true), ignored);
    active_ = std::chrono::steady_clock::now();
    watch(patience());
    read();
  }

  /// Ends the connection when nothing goes on in it; `done` is let go of when it has ended, or at
  /// once. On the connection's executor only.
  void close_if_idle(std::shared_ptr<void> done) {
    if (closed_ || ending_ || parser_ || plain_.size() != 0 || (tls_ && !secured_)) return;
    // The client may have its answer before the end of the write is heard of here.
    const bool answered = then_ == Then::next_request;
    if (busy_ && !answered) return;
    done_ = std::move(done);
    if (!answered) return end();
    then_ = Then::finish;
  }

  /// Ends the connection with an RST. On the connection's executor only.
  void reset() {
    boost::system::error_code ignored;
    socket_.set_option(boost::asio::socket_base::linger(true, 0), ignored);
    leave();
  }

  boost::asio::any_io_executor get_executor() { return socket_.get_executor(); }

 private:
  using Clock = std::chrono::steady_clock;
  using Kind = Fault::Kind;
  using Parser = boost::beast::http::request_parser<boost::beast::http::string_body>;

  /// What happens once everything is written.
  enum class Then { nothing, next_request, next_byte, finish, reset };

  static constexpr std::size_t read_ahead = 256 * 1024;
  static constexpr std::chrono::seconds linger{2};

  Clock::duration patience() const {
    if (state_.keep_alive.count() <= 0) return std::chrono::seconds{60};
    return std::min<std::chrono::seconds>(state_.keep_alive, std::chrono::hours{24});
  }

  void watch(Clock::duration wait) {
    clock_.expires_after(wait);
    clock_.async_wait([self = shared_from_this()](boost::system::error_code ec) {
      if (!ec) self->on_watch();
    });
  }

  void on_watch() {
    if (closed_) return;
    if (ending_) return leave();
    const Clock::time_point due = active_ + patience();
    const Clock::time_point now = Clock::now();
    if (busy_)
      watch(patience());
    else if (now < due)
      watch(due - now);
    else
      end();
  }

  void read() {
    if (closed_ || reading_ || (!ending_ && plain_.size() >= read_ahead)) return;
    reading_ = true;
    socket_.async_read_some(
        boost::asio::buffer(raw_),
        [self = shared_from_this()](boost::system::error_code ec, std::size_t size) {
          self->reading_ = false;
          self->on_read(ec, size);
        });
  }

  void on_read(boost::system::error_code ec, std::size_t size) {
    if (closed_) return;
    if (ec) return leave();
    active_ = Clock::now();
    if (!ending_ && !take_in(size)) return;
    if (!ending_) process();
    read();
  }

  /// Moves what came to the plain text. False when the connection is over.
  bool take_in(std::size_t size) {
    if (!tls_) {
      const auto space = plain_.prepare(size);
      boost::asio::buffer_copy(space, boost::asio::buffer(raw_, size));
      plain_.commit(size);
      return true;
    }
    tls_->feed(raw_.data(), size);
    if (!secured_) {
      const TlsChannel::Progress progress = tls_->handshake();
      tls_->take(pending_);
      if (progress == TlsChannel::Progress::failed) {
        // The alert is on its way; then the connection ends without a close_notify.
        then_ = Then::finish;
        ending_ = true;
        watch(linger);
        flush();
        read();
        return false;
      }
      flush();
      if (progress == TlsChannel::Progress::more) return true;
      secured_ = true;
      server_name_ = tls_->server_name();
      ++state_.handshakes;
      if (tls_->resumed()) ++state_.resumptions;
    }
    for (;;) {
      const auto space = plain_.prepare(16 * 1024);
      std::size_t got = 0;
      const auto progress = tls_->read(static_cast<char*>(space.data()), space.size(), got);
      plain_.commit(got);
      if (progress == TlsChannel::Progress::done) {
        // The peer says goodbye: whatever was under way has lost its reader.
        let_go();
        cancel_pause();
        end();
        return false;
      }
      if (progress == TlsChannel::Progress::failed) {
        leave();
        return false;
      }
      if (got == 0) break;
    }
    // Reading may produce records too: answers to key updates, alerts.
    tls_->take(pending_);
    flush();
    return !closed_;
  }

  void process() {
    namespace http = boost::beast::http;
    while (!busy_ && !ending_ && !closed_ && plain_.size() != 0) {
      if (!parser_) {
        fault_ = state_.faults.draw();
        arrived_ = 0;
        parser_.emplace();
        parser_->eager(true);
        parser_->header_limit(16 * 1024);
        parser_->body_limit(state_.max_body);
        continued_ = false;
      }
      if (fault_.kind == Kind::reset_before_read && arrived_ + plain_.size() > fault_.bytes)
        return reset();
      boost::system::error_code ec;
      const std::size_t used = parser_->put(plain_.data(), ec);
      plain_.consume(used);
      arrived_ += used;
      if (ec == http::error::need_more) ec = {};
      if (ec) return refuse(ec);
      if (parser_->is_done()) {
        if (fault_.kind == Kind::reset_before_read) return reset();
        handle();
        continue;
      }
      if (parser_->is_header_done() && !continued_ &&
          boost::beast::iequals(parser_->get()[http::field::expect], "100-continue")) {
        continued_ = true;
        send("HTTP/1.1 100 Continue\r\n\r\n", Then::nothing);
      }
      if (used == 0) return;
    }
  }

  void refuse(boost::system::error_code ec) {
    namespace http = boost::beast::http;
    busy_ = true;
    keep_ = false;
    head_only_ = false;
    Reply reply = state_.engine.refuse(ec == http::error::body_limit ? Case::body_too_large
                                                                     : Case::malformed_body);
    if (ec == http::error::body_limit) reply.status = 413;
    if (ec == http::error::header_limit) reply.status = 431;
    send(message(reply), Then::finish);
  }

  void handle() {
    namespace http = boost::beast::http;
    busy_ = true;
    http::request<http::string_body>& request = parser_->get();
    keep_ = parser_->keep_alive() && state_.keep_alive.count() > 0;
    request_ = {};
    request_.method = std::string(request.method_string());
    request_.target = std::string(request.target());
    for (const auto& field : request)
      request_.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
    request_.body = std::move(request.body());
    request_.server_name = server_name_;
    request_.connection = number_;
    head_only_ = request.method() == http::verb::head;
    const bool hosted = request.version() < 11 || request.count(http::field::host) == 1;
    parser_.reset();
    state_.log(request_);
    if (!hosted) {
      keep_ = false;
      return send(message(state_.engine.refuse(Case::malformed_body)), Then::finish);
    }
    execute();
  }

  /// Executes the request as far as the fault lets it, waits, and goes on to `act`.
  void execute() {
    switch (fault_.kind) {
      case Kind::rate_limited:
        decorate(state_.engine.refuse(Case::rate_limited), fault_.status);
        break;
      case Kind::server_error: {
        decorate(state_.engine.refuse(Case::server_error), fault_.status);
        if (fault_.remember) {
          const Reply outcome = reply_;
          serve({.store = fault_.store, .outcome = &outcome});
        } else if (fault_.store) {
          static_cast<void>(state_.engine.serve(request_));
        }
        break;
      }
      case Kind::reset_after:
      case Kind::truncate:
      case Kind::garbage:
      case Kind::silent:
      case Kind::not_http:
        if (fault_.store)
          serve({});
        else
          reply_ = state_.engine.refuse(Case::server_error);
        break;
      case Kind::delay:
        if (fault_.store) serve({.hold = true});
        break;
      case Kind::late:
        break;
      case Kind::abandon:
        if (fault_.store) serve({.hold = true});
        return abandon();
      default:
        serve({});
    }
    if (fault_.delay.count() <= 0 || fault_.kind == Kind::slow) return act();
    pause_.expires_after(fault_.delay);
    pause_.async_wait([self = shared_from_this()](boost::system::error_code ec) {
      if (ec) return;
      if (!self->closed_ && !self->ending_) return self->act();
      if (self->fault_.kind == Kind::late) self->serve({});
    });
  }

  /// The connection ends, the execution goes on.
  void abandon() {
    auto timer = std::make_shared<boost::asio::steady_timer>(socket_.get_executor(), fault_.delay);
    timer->async_wait([timer, &state = state_, held = std::exchange(held_, {})](auto) {
      if (!held.empty()) state.engine.complete(held);
    });
    reset();
  }

  /// A request that is under way arrives, whatever becomes of who sent it.
  void cancel_pause() {
    if (fault_.kind != Kind::late) pause_.cancel();
  }

  void serve(const Course& course) {
    Engine::Served served = state_.engine.serve(request_, course);
    reply_ = std::move(served.reply);
    held_ = std::move(served.held);
  }

  void decorate(Reply reply, int status) {
    reply_ = std::move(reply);
    if (status != 0) reply_.status = status;
    if (fault_.retry_after) reply_.headers.emplace_back("Retry-After", *fault_.retry_after);
    for (const auto& header : fault_.headers) reply_.headers.push_back(header);
  }

  void act() {
    if (fault_.kind == Kind::late || (fault_.kind == Kind::delay && !fault_.store)) serve({});
    let_go();
    const Then then = keep_ ? Then::next_request : Then::finish;
    switch (fault_.kind) {
      case Kind::silent:
        return;
      case Kind::reset_after:
        return send(message(reply_).substr(0, fault_.bytes), Then::reset);
      case Kind::truncate:
        return send(message(reply_).substr(0, fault_.bytes), Then::finish);
      case Kind::close_after:
        return send(message(reply_), Then::finish);
      case Kind::continue_100:
        return send("HTTP/1.1 100 Continue\r\n\r\n" + message(reply_), then);
      case Kind::chunked:
        return send(message(reply_, fault_.bytes == 0 ? 7 : fault_.bytes), then);
      case Kind::wrong_length: {
        Reply shorter = reply_;
        const auto extra = std::max<std::size_t>(fault_.bytes, 1);
        const std::size_t kept = reply_.body.size() - std::min(reply_.body.size(), extra);
        shorter.body.resize(kept);
        return send(message(shorter) + reply_.body.substr(kept), then);
      }
      case Kind::garbage:
        decorate({200, reply_.content_type, "{\"id\": \"cus_", {}}, fault_.status);
        if (!fault_.body.empty()) reply_.body = fault_.body;
        return send(message(reply_), then);
      case Kind::not_http:
        return send(fault_.body.empty() ? "220 mail.example.test ready\r\n" : fault_.body,
                    Then::finish);
      case Kind::slow:
        slow_ = message(reply_);
        slow_at_ = 0;
        return next_byte();
      default:
        return send(message(reply_), then);
    }
  }

  void next_byte() {
    if (closed_) return;
    const std::string_view byte = std::string_view(slow_).substr(slow_at_++, 1);
    const bool last = slow_at_ == slow_.size();
    send(byte, !last ? Then::next_byte : keep_ ? Then::next_request : Then::finish);
  }

  /// The whole answer as text; `chunk` 0: with a Content-Length.
  std::string message(const Reply& reply, std::size_t chunk = 0) const {
    namespace http = boost::beast::http;
    std::string out;
    out.reserve(512 + reply.body.size());
    out += "HTTP/1.1 " + std::to_string(reply.status) + ' ';
    out += std::string(http::obsolete_reason(static_cast<http::status>(reply.status)));
    out += "\r\nServer: florin-sandbox\r\nDate: " + http_date() + "\r\n";
    if (!reply.content_type.empty()) out += "Content-Type: " + reply.content_type + "\r\n";
    for (const auto& [name, value] : reply.headers) out += name + ": " + value + "\r\n";
    out += keep_ ? "Connection: keep-alive\r\n" : "Connection: close\r\n";
    if (chunk == 0 || head_only_) {
      out += "Content-Length: " + std::to_string(reply.body.size()) + "\r\n\r\n";
      if (!head_only_) out += reply.body;
      return out;
    }
    out += "Transfer-Encoding: chunked\r\n\r\n";
    for (std::size_t at = 0; at < reply.body.size(); at += chunk) {
      const std::string part = reply.body.substr(at, chunk);
      char size[32];
      std::snprintf(size, sizeof size, "%zx\r\n", part.size());
      out += size + part + "\r\n";
    }
    out += "0\r\n\r\n";
    return out;
  }

  void send(std::string_view text, Then then) {
    if (closed_) return;
    then_ = then;
    if (tls_) {
      if (!tls_->write(text)) return leave();
      tls_->take(pending_);
    } else {
      pending_ += text;
    }
    flush();
  }

  void flush() {
    if (closed_ || writing_now_) return;
    if (pending_.empty()) return written();
    writing_now_ = true;
    writing_.swap(pending_);
    boost::asio::async_write(
        socket_, boost::asio::buffer(writing_),
        [self = shared_from_this()](boost::system::error_code ec, std::size_t) {
          self->writing_now_ = false;
          self->writing_.clear();
          if (self->closed_) return;
          if (ec) return self->leave();
          self->flush();
        });
  }

  void written() {
    switch (std::exchange(then_, Then::nothing)) {
      case Then::nothing:
        return;
      case Then::reset:
        return reset();
      case Then::finish:
        return ending_ ? half_close() : end();
      case Then::next_byte:
        if (fault_.delay.count() <= 0) return next_byte();
        pause_.expires_after(fault_.delay);
        pause_.async_wait([self = shared_from_this()](boost::system::error_code ec) {
          if (!ec && !self->ending_) self->next_byte();
        });
        return;
      case Then::next_request:
        busy_ = false;
        active_ = Clock::now();
        process();
        read();
        return;
    }
  }

  /// The orderly end: close_notify, FIN, and waiting a while for the peer to do the same, since
  /// closing at once could turn into a reset that takes the answer away.
  void end() {
    if (closed_ || ending_) return;
    ending_ = true;
    busy_ = true;
    watch(linger);
    if (tls_) {
      tls_->close_notify();
      tls_->take(pending_);
    }
    then_ = Then::finish;
    flush();
    read();
  }

  void half_close() {
    boost::system::error_code gone;
    socket_.shutdown(boost::asio::ip::tcp::socket::shutdown_send, gone);
    done_.reset();
    if (gone) leave();
  }

  void leave() {
    if (closed_) return;
    closed_ = true;
    let_go();
    boost::system::error_code ignored;
    socket_.close(ignored);
    clock_.cancel();
    cancel_pause();
    done_.reset();
  }

  /// The execution is over; its idempotency key is free to be replayed.
  void let_go() {
    if (!held_.empty()) state_.engine.complete(std::exchange(held_, {}));
  }

  boost::asio::ip::tcp::socket socket_;
  ServerState& state_;
  boost::asio::steady_timer clock_;
  boost::asio::steady_timer pause_;
  std::uint64_t number_;
  std::optional<TlsChannel> tls_;
  bool secured_ = false;
  std::string server_name_;

  std::array<char, 16 * 1024> raw_{};
  boost::beast::flat_buffer plain_;
  std::string pending_;
  std::string writing_;
  bool reading_ = false;
  bool writing_now_ = false;
  Then then_ = Then::nothing;

  std::optional<Parser> parser_;
  std::size_t arrived_ = 0;  // bytes of the request
  ReceivedRequest request_;
  Fault fault_;
  Reply reply_;
  std::string held_;
  std::string slow_;
  std::size_t slow_at_ = 0;
  bool continued_ = false;
  bool keep_ = true;
  bool head_only_ = false;
  bool busy_ = false;
  bool ending_ = false;
  bool closed_ = false;
  Clock::time_point active_{};
  std::shared_ptr<void> done_;
};

}  // namespace florin::testing::detail
