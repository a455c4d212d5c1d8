// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/net/connect_race.hpp>
#include <florin/net/deadline.hpp>
#include <florin/net/detail/connect_blocking.hpp>
#include <florin/net/resolve.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/compose.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/socket_base.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/system/error_code.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace florin::net {

/// How connections are made.
struct ConnectOptions {
  /// Head start of an address before the next one is tried beside it (RFC 8305: 250 ms).
  std::chrono::milliseconds attempt_delay{250};
  /// Sets SO_KEEPALIVE: the system probes idle connections, at its own intervals.
  bool keep_alive = false;
};

namespace detail {

/// What the attempts and their operation share. Attempts report under the mutex and wake the timer,
/// so that an executor with several threads needs no strand.
struct Attempts : std::enable_shared_from_this<Attempts> {
  using Socket = boost::asio::ip::tcp::socket;

  boost::asio::any_io_executor executor;
  Endpoints endpoints;
  ConnectOptions options;
  std::mutex mutex;
  ConnectRace race;
  std::vector<Socket> sockets;
  boost::asio::steady_timer timer;
  bool over = false;

  Attempts(const boost::asio::any_io_executor& where, Endpoints targets,
           const ConnectOptions& settings)
      : executor(where),
        endpoints(std::move(targets)),
        options(settings),
        race(endpoints.size(), settings.attempt_delay),
        timer(where) {
    sockets.reserve(endpoints.size());
  }

  /// Begins an attempt; the caller holds the mutex.
  void start(std::size_t index) {
    auto& socket = sockets.emplace_back(executor);
    boost::system::error_code ec;
    socket.open(endpoints[index].protocol(), ec);
    if (!ec) socket.set_option(boost::asio::ip::tcp::no_delay{true}, ec);
    if (!ec && options.keep_alive) {
      socket.set_option(boost::asio::socket_base::keep_alive{true}, ec);
    }
    if (ec) return race.failed(ec);
    socket.async_connect(endpoints[index],
                         [self = shared_from_this(), index](boost::system::error_code result) {
                           self->report(index, result);
                         });
  }

  void report(std::size_t index, boost::system::error_code ec) {
    const std::scoped_lock lock{mutex};
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
    boost::system::error_code ignored;  // a socket that never was connected
    sockets[index].close(ignored);
  }

  /// Ends all attempts that are still running; the caller holds the mutex.
  void stop() {
    over = true;
    for (std::size_t i = 0; i < sockets.size(); ++i) close(i);
  }
};

class ConnectOperation {
 public:
  using Socket = boost::asio::ip::tcp::socket;
  using Code = boost::system::error_code;

  ConnectOperation(const boost::asio::any_io_executor& executor, Endpoints endpoints,
                   TimePoint deadline, const ConnectOptions& options)
      : attempts_(std::make_shared<Attempts>(executor, std::move(endpoints), options)),
        deadline_(deadline),
        socket_(executor) {}

  template <class Self>
  void operator()(Self& self, Code = {}) {
    if (finished_) return self.complete(result_, std::move(socket_));
    const bool first = !std::exchange(begun_, true);
    if (first) self.reset_cancellation_state(boost::asio::enable_total_cancellation());
    auto attempts = attempts_;  // outlives self, which is moved into the next wait
    std::unique_lock lock{attempts->mutex};
    if (!advance(self.cancelled() != boost::asio::cancellation_type::none)) {
      attempts->timer.expires_at(wake_up_);
      return attempts->timer.async_wait(std::move(self));
    }
    attempts->stop();
    lock.unlock();
    attempts_.reset();
    if (first) {
      finished_ = true;
      const auto executor = attempts->executor;
      return boost::asio::post(executor, std::move(self));
    }
    attempts.reset();  // nothing may be held when the handler is called
    self.complete(result_, std::move(socket_));
  }

 private:
  /// Runs the race as far as it goes now; false: until `wake_up_` or a report.
  bool advance(bool cancelled) {
    if (cancelled) {
      result_ = boost::asio::error::operation_aborted;
      return true;
    }
    for (;;) {
      const auto now = Clock::now();
      const auto action = attempts_->race.next(now);
      if (action.step == ConnectRace::Step::connected) {
        socket_ = std::move(attempts_->sockets[action.index]);
        result_ = {};
        return true;
      }
      if (action.step == ConnectRace::Step::failed) {
        result_ = attempts_->race.error();
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
      attempts_->start(action.index);
    }
  }

  std::shared_ptr<Attempts> attempts_;
  TimePoint deadline_;
  TimePoint wake_up_{};
  Socket socket_;
  Code result_;
  bool begun_ = false;
  bool finished_ = false;
};

}  // namespace detail

/// Connects to whichever of `endpoints` answers first, tried in their order in the manner of
/// RFC 8305, and delivers a socket with TCP_NODELAY. For any completion token of signature
/// `void(boost::system::error_code, boost::asio::ip::tcp::socket)`.
/// Errors: `boost::beast::error::timeout` at `deadline`, `boost::asio::error::operation_aborted` on
/// cancellation (any type), else that of the last attempt. No strand is needed.
template <class Token>
auto async_connect(const boost::asio::any_io_executor& executor, Endpoints endpoints,
                   TimePoint deadline, const ConnectOptions& options, Token&& token) {
  return boost::asio::async_compose<Token,
                                    void(boost::system::error_code, boost::asio::ip::tcp::socket)>(
      detail::ConnectOperation{executor, std::move(endpoints), deadline, options}, token, executor);
}

/// A connected descriptor that belongs to nobody yet.
struct ConnectedDescriptor {
  boost::asio::ip::tcp protocol = boost::asio::ip::tcp::v4();
  boost::asio::ip::tcp::socket::native_handle_type handle = -1;  ///< -1: none
};

/// The blocking `async_connect`, without an event loop. The caller owns the descriptor, which does
/// not block. Thread safety: may be called from any thread.
inline ConnectedDescriptor connect(const Endpoints& endpoints, TimePoint deadline,
                                   const ConnectOptions& options, boost::system::error_code& ec) {
  ConnectRace race{endpoints.size(), options.attempt_delay};
  detail::PolledAttempts attempts{endpoints.size()};
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
