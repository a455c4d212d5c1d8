// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/system/error_code.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace florin_bench {

/// A distant server: relays TCP connections to a near one, holding everything for a while in each
/// direction, and counts what a client waits for.
///
/// The kernel answers a connection attempt at once, so the round trip of TCP's own handshake is
/// made up for by holding the first bytes of a client that much longer.
class DelayRelay {
 public:
  using Clock = std::chrono::steady_clock;
  using Tcp = boost::asio::ip::tcp;

  /// What happened on some connections.
  struct Counts {
    /// One for each connection, and one whenever a client speaks after the server has, or first.
    std::uint64_t round_trips = 0;
    std::uint64_t from_server = 0;  ///< bytes

    [[nodiscard]] Counts operator-(const Counts& before) const noexcept {
      return {round_trips - before.round_trips, from_server - before.from_server};
    }
  };

  /// Listens on a free port of 127.0.0.1.
  /// \param delay in each direction.
  DelayRelay(const std::string& host, std::uint16_t port, std::chrono::milliseconds delay)
      : delay_(delay),
        acceptor_(context_, Tcp::endpoint{boost::asio::ip::address_v4::loopback(), 0}) {
    for (const auto& found : Tcp::resolver{context_}.resolve(host, std::to_string(port)))
      upstream_.push_back(found.endpoint());
    accept();
    thread_ = std::thread{[this] { context_.run(); }};
  }
  DelayRelay(const DelayRelay&) = delete;
  DelayRelay& operator=(const DelayRelay&) = delete;
  ~DelayRelay() {
    context_.stop();
    thread_.join();
  }

  [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  /// How many connections were accepted.
  [[nodiscard]] std::size_t connections() const {
    const std::scoped_lock lock{mutex_};
    return counts_.size();
  }
  /// What happened so far on the connections from the one with the number `first` on. Older ones
  /// may still be saying goodbye.
  [[nodiscard]] Counts counts(std::size_t first) const {
    const std::scoped_lock lock{mutex_};
    Counts sum;
    for (std::size_t i = first; i < counts_.size(); ++i) {
      sum.round_trips += counts_[i].round_trips;
      sum.from_server += counts_[i].from_server;
    }
    return sum;
  }

 private:
  using Code = boost::system::error_code;

  struct Pair;

  /// One direction of a connection.
  struct Lane {
    Lane(boost::asio::io_context& context, Tcp::socket& source, Tcp::socket& target)
        : from(&source), to(&target), timer(context) {}
    Tcp::socket* from;
    Tcp::socket* to;
    boost::asio::steady_timer timer;
    std::array<char, 16384> buffer{};
    /// When which bytes go on; none: the end.
    std::deque<std::pair<Clock::time_point, std::string>> held;
    bool sending = false;
  };

  struct Pair {
    Pair(boost::asio::io_context& context, Tcp::socket accepted, std::size_t ordinal)
        : number(ordinal),
          client(std::move(accepted)),
          server(context),
          up(context, client, server),
          down(context, server, client) {}
    std::size_t number;
    Tcp::socket client;
    Tcp::socket server;
    Lane up;
    Lane down;
    Clock::time_point open_from{};
    bool server_spoke = true;
  };

  void accept() {
    acceptor_.async_accept([this](Code ec, Tcp::socket socket) {
      if (ec) return;
      std::size_t number = 0;
      {
        const std::scoped_lock lock{mutex_};
        number = counts_.size();
        counts_.push_back({1, 0});
      }
      const auto pair = std::make_shared<Pair>(context_, std::move(socket), number);
      pair->open_from = Clock::now() + 2 * delay_;
      boost::asio::connect(pair->server, upstream_, ec);
      if (!ec) {
        for (auto* const side : {&pair->client, &pair->server})
          side->set_option(Tcp::no_delay{true});
        receive(pair, pair->up);
        receive(pair, pair->down);
      }
      accept();
    });
  }

  void count(Pair& pair, bool from_server, std::size_t size) {
    const std::scoped_lock lock{mutex_};
    Counts& counts = counts_[pair.number];
    if (from_server) {
      counts.from_server += size;
    } else if (pair.server_spoke) {
      ++counts.round_trips;
    }
    pair.server_spoke = from_server;
  }

  void receive(const std::shared_ptr<Pair>& pair, Lane& lane) {
    lane.from->async_read_some(
        boost::asio::buffer(lane.buffer), [this, pair, &lane](Code ec, std::size_t size) {
          if (!ec) count(*pair, &lane == &pair->down, size);
          lane.held.emplace_back(std::max(Clock::now(), pair->open_from) + delay_,
                                 std::string{lane.buffer.data(), ec ? 0 : size});
          if (!lane.sending) send(pair, lane);
          if (!ec) receive(pair, lane);
        });
  }

  void send(const std::shared_ptr<Pair>& pair, Lane& lane) {
    lane.sending = !lane.held.empty();
    if (!lane.sending) return;
    lane.timer.expires_at(lane.held.front().first);
    lane.timer.async_wait([this, pair, &lane](Code) {
      const auto text = std::make_shared<std::string>(std::move(lane.held.front().second));
      lane.held.pop_front();
      if (text->empty()) {
        Code ignored;  // the other side may be gone already
        lane.to->shutdown(Tcp::socket::shutdown_send, ignored);
        return;
      }
      boost::asio::async_write(*lane.to, boost::asio::buffer(*text),
                               [this, pair, &lane, text](Code ec, std::size_t) {
                                 if (!ec) send(pair, lane);
                               });
    });
  }

  std::chrono::milliseconds delay_;
  mutable std::mutex mutex_;    // for the counts
  std::vector<Counts> counts_;  // of each connection
  boost::asio::io_context context_{1};
  Tcp::acceptor acceptor_;
  std::vector<Tcp::endpoint> upstream_;
  std::thread thread_;
};

}  // namespace florin_bench
