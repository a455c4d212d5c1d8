// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/net/connect_options.hpp>
#include <florin/net/connect_race.hpp>
#include <florin/net/deadline.hpp>
#include <florin/net/detail/connect_blocking.hpp>
#include <florin/net/detail/fork.hpp>
#include <florin/net/detail/open_socket.hpp>
#include <florin/net/detail/park.hpp>
#include <florin/net/resolve.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/compose.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/system/error_code.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include <unistd.h>

namespace florin::net {

namespace detail {

/// What the attempts and their operation share. Attempts report under the mutex and wake the timer,
/// so that an executor with several threads needs no strand.
struct Attempts : std::enable_shared_from_this<Attempts> {
  using Socket = boost::asio::ip::tcp::socket;
  using Code = boost::system::error_code;

  boost::asio::any_io_executor executor;
  Endpoints endpoints;
  bool keep_alive;
  unsigned process = process_number();
  std::mutex mutex;
  ConnectRace race;
  std::vector<std::optional<Socket>> sockets;  // of the endpoints
  boost::asio::steady_timer timer;
  bool over = false;

  Attempts(const boost::asio::any_io_executor& where, Endpoints targets,
           const ConnectOptions& options)
      : executor(where),
        endpoints(std::move(targets)),
        keep_alive(options.keep_alive),
        race(endpoints.size(), options.attempt_delay),
        sockets(endpoints.size()),
        timer(where) {}

  /// Begins an attempt; the caller holds the mutex.
  void start(std::size_t index) {
    Code ec;
    try {
      auto& socket = sockets[index].emplace(executor);
      open(socket, endpoints[index].protocol(), ec);
      if (!ec) {
        return socket.async_connect(
            endpoints[index],
            [self = shared_from_this(), index](Code result) { self->report(index, result); });
      }
    } catch (...) {
      ec = caught_error();
    }
    race.failed(ec);
    close(index);
  }

  void open(Socket& socket, const boost::asio::ip::tcp& protocol, Code& ec) {
    const int handle = open_socket(protocol, keep_alive, ec);
    if (handle < 0) return;
    try {
      socket.assign(protocol, handle, ec);
    } catch (...) {
      ec = caught_error();
    }
    if (ec) ::close(handle);
  }

  /// Whether it is the parent's: a thread that is not here may hold the mutex.
  [[nodiscard]] bool inherited() const noexcept { return process != process_number(); }

  void report(std::size_t index, Code ec) {
    std::unique_lock lock{mutex, std::try_to_lock};
    if (inherited()) {
      if (lock) timer.cancel();
      return;
    }
    if (!lock) lock.lock();
    if (over) return;
    if (ec) {
      race.failed(ec);
      close(index);
    } else {
      race.succeeded(index);
    }
    timer.cancel();
  }

  void close(std::size_t index) {
    Code ignored;  // a socket that never was connected
    if (sockets[index]) sockets[index]->close(ignored);
  }

  /// Ends all attempts that are still running; the caller holds the mutex.
  void stop() {
    over = true;
    for (std::size_t i = 0; i < sockets.size(); ++i) close(i);
  }
};

/// Ends the attempts with their operation, also when that is dropped unfinished.
class AttemptsHandle {
 public:
  AttemptsHandle() noexcept = default;
  explicit AttemptsHandle(std::shared_ptr<Attempts> attempts) noexcept
      : attempts_(std::move(attempts)) {}
  AttemptsHandle(AttemptsHandle&&) noexcept = default;
  AttemptsHandle& operator=(AttemptsHandle&& other) noexcept {
    std::swap(attempts_, other.attempts_);
    return *this;
  }
  ~AttemptsHandle() {
    if (!attempts_ || attempts_->inherited()) return;
    const std::scoped_lock lock{attempts_->mutex};
    attempts_->stop();
  }
  [[nodiscard]] const std::shared_ptr<Attempts>& get() const noexcept { return attempts_; }

 private:
  std::shared_ptr<Attempts> attempts_;
};

class ConnectOperation {
 public:
  using Socket = boost::asio::ip::tcp::socket;
  using Code = boost::system::error_code;

  ConnectOperation(const boost::asio::any_io_executor& executor, Endpoints endpoints,
                   TimePoint deadline, const ConnectOptions& options)
      : endpoints_(std::move(endpoints)),
        options_(options),
        deadline_(deadline),
        socket_(executor) {}

  template <class Self>
  void operator()(Self& self, Code = {}) {
    if (finished_) return self.complete(result_, std::move(socket_));
    const bool first = !std::exchange(begun_, true);
    if (first) {
      try {
        self.reset_cancellation_state(boost::asio::enable_total_cancellation());
        handle_ = AttemptsHandle{
            std::make_shared<Attempts>(socket_.get_executor(), std::move(endpoints_), options_)};
      } catch (...) {
        result_ = caught_error();
        return post(self);
      }
    }
    auto attempts = handle_.get();  // outlives self, which is moved into the next wait
    if (attempts->inherited()) {
      result_ = boost::asio::error::connection_aborted;
      handle_ = {};
      attempts.reset();
      return self.complete(result_, std::move(socket_));
    }
    std::unique_lock lock{attempts->mutex};
    if (!advance(self.cancelled() != boost::asio::cancellation_type::none)) {
      const auto until = wake_up_;
      return park(
          self,
          [&](auto handler) {
            attempts->timer.expires_at(until);
            attempts->timer.async_wait(std::move(handler));
          },
          [&](Self& me, Code ec) {
            attempts->stop();
            lock.unlock();
            Socket none{attempts->executor};
            attempts.reset();
            me.complete(ec, std::move(none));
          });
    }
    attempts->stop();
    lock.unlock();
    handle_ = {};
    if (first) return post(self);
    attempts.reset();  // nothing may be held when the handler is called
    self.complete(result_, std::move(socket_));
  }

 private:
  /// Completes, but not within the initiating function.
  template <class Self>
  void post(Self& self) {
    finished_ = true;
    const auto executor = socket_.get_executor();
    park(
        self, [&](auto handler) { boost::asio::post(executor, std::move(handler)); },
        [&](Self& me, Code ec) { me.complete(ec, Socket{executor}); });
  }

  /// Runs the race as far as it goes now; false: until `wake_up_` or a report.
  bool advance(bool cancelled) {
    if (cancelled) {
      result_ = boost::asio::error::operation_aborted;
      return true;
    }
    auto& attempts = *handle_.get();
    for (;;) {
      const auto now = Clock::now();
      const auto action = attempts.race.next(now);
      if (action.step == ConnectRace::Step::connected) {
        socket_ = *std::move(attempts.sockets[action.index]);
        result_ = {};
        return true;
      }
      if (action.step == ConnectRace::Step::failed) {
        result_ = attempts.race.error();
        return true;
      }
      if (now >= deadline_) {
        result_ = boost::beast::error::timeout;
        return true;
      }
      if (action.step == ConnectRace::Step::wait) {
        wake_up_ = std::min(action.until, deadline_);
        return false;
      }
      attempts.start(action.index);
    }
  }

  Endpoints endpoints_;
  ConnectOptions options_;
  AttemptsHandle handle_;
  TimePoint deadline_;
  TimePoint wake_up_{};
  Socket socket_;
  Code result_;
  bool begun_ = false;
  bool finished_ = false;
};

}  // namespace detail

/// Connects to whichever of `endpoints` answers first, tried in their order in the manner of
/// RFC 8305, and delivers a socket with TCP_NODELAY, where that can be set. For any completion
/// token of signature `void(boost::system::error_code, boost::asio::ip::tcp::socket)`.
/// Errors: `boost::beast::error::timeout` at `deadline`, `boost::asio::error::operation_aborted` on
/// cancellation (any type), else that of the last attempt; see also `is_out_of_resources`. Throws
/// when the executor's context cannot have sockets. No strand is needed.
template <class Token>
auto async_connect(const boost::asio::any_io_executor& executor, Endpoints endpoints,
                   TimePoint deadline, const ConnectOptions& options, Token&& token) {
  return boost::asio::async_compose<Token,
                                    void(boost::system::error_code, boost::asio::ip::tcp::socket)>(
      detail::ConnectOperation{executor, std::move(endpoints), deadline, options}, token, executor);
}

/// A connected descriptor that belongs to nobody yet.
struct ConnectedDescriptor {
  boost::asio::ip::tcp protocol = boost::asio::ip::tcp::v4();    ///< IPv4 or IPv6
  boost::asio::ip::tcp::socket::native_handle_type handle = -1;  ///< -1: none
};

/// The blocking `async_connect`, without an event loop. The caller owns the descriptor, which does
/// not block and is closed by `exec`.
///
/// Thread safety: may be called from any thread.
inline ConnectedDescriptor connect(const Endpoints& endpoints, TimePoint deadline,
                                   const ConnectOptions& options, boost::system::error_code& ec) {
  ConnectRace race{endpoints.size(), options.attempt_delay};
  detail::PolledAttempts attempts;
  if (!attempts.reserve(endpoints.size())) {
    ec = boost::asio::error::no_memory;
    return {};
  }
  for (;;) {
    const auto now = Clock::now();
    const auto action = race.next(now);
    switch (action.step) {
      case ConnectRace::Step::connected:
        ec.clear();
        return {endpoints[action.index].protocol(), attempts.take(action.index)};
      case ConnectRace::Step::failed:
        ec = race.error();
        return {};
      case ConnectRace::Step::start:
      case ConnectRace::Step::wait:
        break;
    }
    if (now >= deadline) {
      ec = boost::beast::error::timeout;
      return {};
    }
    if (action.step == ConnectRace::Step::start) {
      attempts.start(endpoints[action.index], options.keep_alive, race);
    } else {
      attempts.wait(std::min(action.until, deadline), race, ec);
      if (ec) return {};
    }
  }
}

}  // namespace florin::net
