// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/net/pool.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include <poll.h>

namespace florin_test {

namespace asio = boost::asio;
namespace net = florin::net;
using namespace std::chrono_literals;
using asio::ip::tcp;
using net::Connection;
using net::Pool;
using Held = std::unique_ptr<Connection>;

/// A pool with a listener to connect to. Times are the test's own.
struct Bench {
  asio::io_context context;
  tcp::acceptor acceptor{context, {asio::ip::address_v4::loopback(), 0}};
  std::vector<tcp::socket> peers;
  Pool pool;
  net::TimePoint now{1000s};

  explicit Bench(const net::PoolOptions& options = {})
      : pool(context.get_executor(), unswept(options)) {}
  /// Without a thread that has times of its own.
  static net::PoolOptions unswept(net::PoolOptions options) {
    options.sweep = false;
    return options;
  }

  /// Opens the stream of a connection; its other end is `peers.back()`.
  void open(Connection& connection) {
    tcp::socket socket{context};
    socket.connect(acceptor.local_endpoint());
    peers.push_back(acceptor.accept());
    boost::system::error_code ec;
    connection.stream.assign(std::move(socket), ec);
    BOOST_TEST_REQUIRE(!ec);
  }
  Held take() {
    auto held = pool.try_acquire(now);
    BOOST_TEST_REQUIRE((held != nullptr));
    return held;
  }
  Held take_open() {
    auto held = take();
    if (!held->stream.is_open()) open(*held);
    return held;
  }
  void give(Held held, bool reusable = true) { pool.release(std::move(held), reusable, now); }

  void check(std::size_t idle, std::size_t busy, std::size_t queued) const {
    const auto stats = pool.stats();
    BOOST_TEST(stats.idle == idle);
    BOOST_TEST(stats.busy == busy);
    BOOST_TEST(stats.queued == queued);
  }
};

/// Waits for a connection until `deadline`; null when it passes.
inline Held acquire_until(Pool& pool, net::TimePoint deadline, net::TimePoint now,
                          Pool::Wanted wanted = Pool::Wanted::any) {
  struct Blocked final : Pool::Waiter {
    std::mutex mutex;
    std::condition_variable ready;
    bool woken = false;
    void wake() noexcept override {
      const std::scoped_lock lock{mutex};
      woken = true;
      ready.notify_one();
    }
  } waiter;
  if (auto connection = pool.acquire(waiter, now, wanted)) return connection;
  {
    std::unique_lock lock{waiter.mutex};
    const auto woken = [&waiter] { return waiter.woken; };
    if (deadline == net::never) {
      waiter.ready.wait(lock, woken);
    } else {
      waiter.ready.wait_until(lock, deadline, woken);
    }
  }
  return pool.leave(waiter, net::Clock::now());
}

/// Waits until the end of `socket` is seen.
inline bool ended(tcp::socket& socket) {
  ::pollfd wanted{socket.native_handle(), POLLIN, 0};
  if (::poll(&wanted, 1, 20'000) != 1) return false;
  char byte = 0;
  boost::system::error_code ec;
  socket.read_some(asio::buffer(&byte, 1), ec);
  return ec == asio::error::eof || ec == asio::error::connection_reset;
}

struct Waiter final : Pool::Waiter {
  int woken = 0;
  void wake() noexcept override { ++woken; }
};

/// A pool with a janitor, so that times are real.
struct Kept : Bench {
  std::optional<Pool> watched;

  explicit Kept(net::PoolOptions options) {
    watched.emplace(context.get_executor(), options);
    now = net::Clock::now();
  }
  void keep_one() {
    auto held = watched->try_acquire(net::Clock::now());
    BOOST_TEST_REQUIRE((held != nullptr));
    open(*held);
    watched->release(std::move(held), true, net::Clock::now());
  }
};

}  // namespace florin_test
