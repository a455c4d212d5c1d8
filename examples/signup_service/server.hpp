// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <chrono>
#include <csignal>
#include <cstddef>
#include <exception>
#include <list>
#include <stdexcept>
#include <utility>

#include "connection.hpp"
#include "log.hpp"
#include "metrics.hpp"
#include "service.hpp"
#include "settings.hpp"

namespace signup {

/// Accepts connections, until SIGTERM, SIGINT, SIGHUP or `stop`, and then sees to an orderly end,
/// which a further SIGTERM or SIGINT cuts short. SIGHUP is left alone where it is ignored already.
class Server {
 public:
  /// All has to outlive the server. Listens at once.
  /// \throws std::runtime_error: it cannot.
  Server(asio::io_context& context, const Client& client, Service& service, Metrics& metrics,
         const Settings& settings)
      : context_(context),
        client_(client),
        service_(service),
        metrics_(metrics),
        settings_(settings),
        acceptor_(listening(context, settings)),
        signals_(context, SIGTERM, SIGINT),
        change_(context, asio::steady_timer::time_point::max()) {
    if (!ignored(SIGHUP)) signals_.add(SIGHUP);
    signals_.async_wait([this](boost::system::error_code error, int signal) {
      if (error) return;
      log("signal", {{"number", signal}});
      stop();
    });
    asio::co_spawn(context_, accept(), rethrow);
    asio::co_spawn(context_, service_.settle_now_and_then(), rethrow);
    log("listening", {{"address", settings_.address.to_string()}, {"port", port()}});
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  [[nodiscard]] unsigned port() const { return acceptor_.local_endpoint().port(); }
  /// Ends it; `io_context::run` returns when all calls have their answers. On the context's thread.
  void stop() {
    if (std::exchange(stopping_, true)) return;
    signals_.cancel();
    // A second one has its usual effect. Not so SIGHUP: a terminal that goes may send several.
    signals_.remove(SIGTERM);
    signals_.remove(SIGINT);
    acceptor_.close();
    change_.cancel();
    service_.stop();
    for (Connection& connection : connections_) connection.stop();
    asio::co_spawn(context_, end(), rethrow);
  }
  /// Whether all that was asked for was answered.
  [[nodiscard]] bool answered_all() const { return connections_.empty() && pending_ == 0; }

 private:
  /// For calls that were cancelled: what is known of them is still stored.
  static constexpr std::chrono::milliseconds cancelled_limit{5'000};
  static constexpr std::chrono::milliseconds none{0};

  static asio::ip::tcp::acceptor listening(asio::io_context& context, const Settings& settings) {
    try {
      return {context, {settings.address, settings.port}};
    } catch (const boost::system::system_error& problem) {
      throw std::runtime_error{"SIGNUP_ADDRESS and SIGNUP_PORT cannot be used: " +
                               problem.code().message()};
    }
  }

  /// As nohup has it.
  static bool ignored(int signal) {
    struct sigaction present {};
    return ::sigaction(signal, nullptr, &present) == 0 && present.sa_handler == SIG_IGN;
  }

  static void rethrow(std::exception_ptr problem) {
    if (problem) std::rethrow_exception(problem);
  }

  asio::awaitable<void> accept() {
    boost::system::error_code error;
    while (!stopping_) {
      // Who is not accepted waits in the system's queue, which is short, and whoever is slow is
      // gone when his time is over.
      if (connections_.size() >= settings_.max_connections) {
        co_await changed();
        continue;
      }
      auto socket =
          co_await acceptor_.async_accept(asio::redirect_error(asio::use_awaitable, error));
      if (stopping_) break;
      if (error) {
        // Such as that there are no more descriptors.
        log_reason("accept_failed", error.message());
        asio::steady_timer pause{context_, std::chrono::milliseconds{100}};
        co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, error));
        continue;
      }
      socket.set_option(asio::ip::tcp::no_delay{true}, error);
      connections_.emplace_front(std::move(socket), service_, metrics_, settings_);
      metrics_.connections(connections_.size());
      const auto connection = connections_.begin();
      asio::co_spawn(context_, connection->run(), [this, connection](std::exception_ptr problem) {
        connections_.erase(connection);
        metrics_.connections(connections_.size());
        change_.cancel();
        try {
          rethrow(problem);
        } catch (const std::exception& failure) {
          log_reason("connection_failed", failure.what());
        }
      });
    }
  }

  /// Waits until a connection has ended.
  asio::awaitable<void> changed() {
    boost::system::error_code ignored;
    co_await change_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }

  asio::awaitable<bool> all_ended(std::chrono::milliseconds limit) {
    const auto until = std::chrono::steady_clock::now() + limit;
    change_.expires_at(until);
    while (!connections_.empty() && std::chrono::steady_clock::now() < until) co_await changed();
    co_return connections_.empty();
  }

  asio::awaitable<void> end() {
    const bool calm = co_await all_ended(settings_.stop_limit);
    if (!calm) {
      log("cancelling");
      // What a cancelled call would still ask for is not begun any more.
      static_cast<void>(co_await client_.async_drain(none, asio::use_awaitable));
      client_.cancel_all();
      service_.cancel();
      static_cast<void>(co_await all_ended(cancelled_limit));
    }
    pending_ = co_await client_.async_drain(cancelled_limit, asio::use_awaitable);
    if (!answered_all()) context_.stop();  // the next start settles what is left
    log(answered_all() ? "stopped" : "stopped_with_calls");
  }

  asio::io_context& context_;
  Client client_;
  Service& service_;
  Metrics& metrics_;
  const Settings& settings_;
  asio::ip::tcp::acceptor acceptor_;
  asio::signal_set signals_;
  asio::steady_timer change_;
  std::list<Connection> connections_{};
  std::size_t pending_ = 0;
  bool stopping_ = false;
};

}  // namespace signup
