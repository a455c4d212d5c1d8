// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/net/deadline.hpp>
#include <florin/net/stream.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace florin::net {

/// How many connections a client keeps, and for how long.
struct PoolOptions {
  /// Most connections at the same time; further calls queue. At least 1.
  std::size_t max_connections = 64;
  /// An idle connection older than this is not used again. Keep it below the peer's own limit.
  std::chrono::milliseconds idle_timeout{55'000};
};

/// What a pool holds now and did so far.
struct PoolStats {
  std::size_t idle = 0;      ///< connections ready for use
  std::size_t busy = 0;      ///< connections in use
  std::size_t queued = 0;    ///< calls waiting for one
  std::uint64_t opened = 0;  ///< connections established
  std::uint64_t reused = 0;  ///< times an idle one was used again
  std::uint64_t stale = 0;   ///< idle ones found dead or expired when they were to be used
};

/// A pooled connection: a slot of the pool, with a stream that is open or still to be opened.
struct Connection {
  explicit Connection(const boost::asio::any_io_executor& executor) : stream(executor) {}
  Stream stream;
  TimePoint idle_since{};
};

/// A bounded set of connections to one target. The newest idle one is used first; who has to wait
/// is served in order.
/// Thread safety: all members may be called from any thread.
class Pool {
 public:
  /// Somebody who waits for a connection. `wake` is called under the pool's lock once `granted`.
  class Waiter {
   public:
    virtual void wake() noexcept = 0;

   protected:
    ~Waiter() = default;

   private:
    friend class Pool;
    std::unique_ptr<Connection> connection_;
  };

  Pool(boost::asio::any_io_executor executor, const PoolOptions& options)
      : executor_(std::move(executor)),
        max_connections_(std::max<std::size_t>(options.max_connections, 1)),
        idle_timeout_(clipped(options.idle_timeout)) {}

  /// A connection, open if an idle one is alive; null: all are in use, and `waiter` is queued until
  /// it is woken or `leave` is called.
  [[nodiscard]] std::unique_ptr<Connection> acquire(Waiter& waiter, TimePoint now) {
    return take(&waiter, now);
  }

  /// A connection, open if an idle one is alive; null: all are in use.
  [[nodiscard]] std::unique_ptr<Connection> try_acquire(TimePoint now) {
    return take(nullptr, now);
  }

  /// The slot of a connection that is still to be opened, whatever idle ones there are; null: there
  /// is no room for another one.
  [[nodiscard]] std::unique_ptr<Connection> try_acquire_fresh() {
    {
      const std::scoped_lock lock{mutex_};
      if (total_ >= max_connections_) return nullptr;
      ++total_;
    }
    return prepared(nullptr, {});
  }

  /// The waiter stops waiting. \return the connection that it had been granted, or null.
  [[nodiscard]] std::unique_ptr<Connection> leave(Waiter& waiter, TimePoint now) {
    std::unique_ptr<Connection> connection;
    {
      const std::scoped_lock lock{mutex_};
      if (!waiter.connection_) {
        std::erase(waiters_, &waiter);
        return nullptr;
      }
      connection = std::move(waiter.connection_);
    }
    return prepared(std::move(connection), now);
  }

  /// Waits for a connection until `deadline`; null when it passes.
  [[nodiscard]] std::unique_ptr<Connection> acquire_until(TimePoint deadline, TimePoint now) {
    struct Blocked final : Waiter {
      std::condition_variable ready;
      bool woken = false;
      void wake() noexcept override {
        woken = true;
        ready.notify_one();
      }
    } waiter;
    if (auto connection = acquire(waiter, now)) return connection;
    {
      std::unique_lock lock{mutex_};
      const auto woken = [&waiter] { return waiter.woken; };
      if (deadline == never) {
        waiter.ready.wait(lock, woken);
      } else {
        waiter.ready.wait_until(lock, deadline, woken);
      }
    }
    return leave(waiter, Clock::now());
  }

  /// Gives a connection back. \param reusable whether its stream can carry another exchange.
  void release(std::unique_ptr<Connection> connection, bool reusable, TimePoint now) {
    if (!reusable) connection->stream.close();
    connection->idle_since = now;
    std::vector<std::unique_ptr<Connection>> expired;  // closed outside the lock
    const std::scoped_lock lock{mutex_};
    if (!waiters_.empty()) {
      Waiter& waiter = *waiters_.front();
      waiters_.pop_front();
      waiter.connection_ = std::move(connection);
      waiter.wake();
      return;
    }
    auto fresh = idle_.begin();
    while (fresh != idle_.end() && now - (*fresh)->idle_since > idle_timeout_) {
      expired.push_back(std::move(*fresh++));
      --total_;
    }
    idle_.erase(idle_.begin(), fresh);
    if (reusable && !closed_) {
      idle_.push_back(std::move(connection));
    } else {
      --total_;
    }
  }

  /// A connection of this pool was established.
  void count_opened() {
    const std::scoped_lock lock{mutex_};
    ++opened_;
  }

  /// Closes the idle connections, and the others as they are given back.
  void close() {
    std::vector<std::unique_ptr<Connection>> idle;
    const std::scoped_lock lock{mutex_};
    closed_ = true;
    total_ -= idle_.size();
    idle.swap(idle_);
  }

  [[nodiscard]] PoolStats stats() const {
    const std::scoped_lock lock{mutex_};
    return {.idle = idle_.size(),
            .busy = total_ - idle_.size(),
            .queued = waiters_.size(),
            .opened = opened_,
            .reused = reused_,
            .stale = stale_};
  }

 private:
  std::unique_ptr<Connection> take(Waiter* waiter, TimePoint now) {
    std::unique_ptr<Connection> connection;
    {
      const std::scoped_lock lock{mutex_};
      if (!idle_.empty()) {
        connection = std::move(idle_.back());
        idle_.pop_back();
      } else if (total_ < max_connections_) {
        ++total_;
      } else {
        if (waiter != nullptr) waiters_.push_back(waiter);
        return nullptr;
      }
    }
    return prepared(std::move(connection), now);
  }

  /// Probes an idle connection, or makes the slot of a new one.
  std::unique_ptr<Connection> prepared(std::unique_ptr<Connection> connection, TimePoint now) {
    if (!connection) return std::make_unique<Connection>(executor_);
    if (!connection->stream.is_open()) return connection;
    const bool usable = now - connection->idle_since <= idle_timeout_ && connection->stream.alive();
    if (!usable) connection->stream.close();
    const std::scoped_lock lock{mutex_};
    ++(usable ? reused_ : stale_);
    return connection;
  }

  boost::asio::any_io_executor executor_;
  std::size_t max_connections_;
  Clock::duration idle_timeout_;
  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<Connection>> idle_;  // oldest first
  std::deque<Waiter*> waiters_;
  std::size_t total_ = 0;
  bool closed_ = false;
  std::uint64_t opened_ = 0;
  std::uint64_t reused_ = 0;
  std::uint64_t stale_ = 0;
};

}  // namespace florin::net
