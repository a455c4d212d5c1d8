// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/net/deadline.hpp>
#include <florin/net/detail/fork.hpp>
#include <florin/net/detail/janitor.hpp>
#include <florin/net/detail/list.hpp>
#include <florin/net/pool_options.hpp>
#include <florin/net/stream.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <random>
#include <utility>

#include <poll.h>

namespace florin::net {

/// A pooled connection: a slot of the pool, with a stream that is open or still to be opened.
struct Connection : private detail::Link<Connection> {
  /// A connection that is still to be opened, for I/O on `executor`.
  explicit Connection(const boost::asio::any_io_executor& executor) : stream(executor) {}
  Stream stream;  ///< open, or still to be opened

 private:
  friend class Pool;
  friend class detail::List<Connection>;
  TimePoint idle_since_{};
  TimePoint retires_at_ = never;
  std::uint64_t place_ = 0;
};

/// A bounded set of connections to one target, which can change: each place has a number. The
/// newest idle one is used first; who has to wait is served in order.
///
/// What takes a connection throws `std::bad_alloc` when there is no memory for a new one; the pool
/// is as before then. All else cannot fail.
///
/// Fork: a pool is the process's that made it. A child may destroy it and call `leave_to_parent`.
///
/// Thread safety: all members may be called from any thread.
class Pool final : private detail::Janitor::Charge {
 public:
  /// What is asked for.
  enum class Wanted : unsigned char {
    any,    ///< an idle connection if one is alive
    fresh,  ///< one that is still to be opened; for its slot an idle one is closed if need be
  };

  /// Somebody who waits for a connection. `wake` is called under the pool's lock once `granted`.
  class Waiter : private detail::Link<Waiter> {
   public:
    /// A connection is there, or will not come. Must not throw, nor call the pool.
    virtual void wake() noexcept = 0;
    /// Whether it was not even queued, since `max_queued` others are.
    [[nodiscard]] bool refused() const noexcept { return refused_; }

   protected:
    virtual ~Waiter() = default;

   private:
    friend class Pool;
    friend class detail::List<Waiter>;
    std::uint64_t place_ = 0;
    Wanted wanted_ = Wanted::any;
    bool detached_ = false;
    bool refused_ = false;
    std::unique_ptr<Connection> connection_;
  };

  /// \param executor of the connections.
  /// \param options how many, and how long they are kept.
  /// \param place the number of the first place.
  Pool(boost::asio::any_io_executor executor, const PoolOptions& options, std::uint64_t place = 0)
      : executor_(std::move(executor)),
        place_(place),
        max_connections_(std::max<std::size_t>(options.max_connections, 1)),
        max_queued_(options.max_queued),
        idle_timeout_(clipped(options.idle_timeout)),
        max_age_(clipped(options.max_age)),
        sweeps_(options.sweep),
        random_(reinterpret_cast<std::uintptr_t>(this) ^
                static_cast<std::uintptr_t>(Clock::now().time_since_epoch().count())) {}
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;
  ~Pool() {
    detail::Janitor::forget(*this);
    destroy(idle_);
  }

  /// A connection, open if an idle one is alive and any is wanted; null: all are in use, and
  /// `waiter` is refused or queued, until it is woken or `leave` is called.
  /// \param waiter has to outlive its waiting.
  /// \param now the time.
  /// \param wanted whether an idle connection will do.
  /// \param place the place that it has to lead to.
  /// \param detached it is to leave its execution context, which may go at any time; once it is
  /// in use `leave_context` would not find it.
  [[nodiscard]] std::unique_ptr<Connection> acquire(Waiter& waiter, TimePoint now,
                                                    Wanted wanted = Wanted::any,
                                                    std::uint64_t place = 0,
                                                    bool detached = false) {
    waiter.wanted_ = wanted;
    waiter.place_ = place;
    waiter.detached_ = detached;
    return take(&waiter, wanted, place, now);
  }

  /// A connection, open if an idle one is alive; null: all are in use.
  [[nodiscard]] std::unique_ptr<Connection> try_acquire(TimePoint now, std::uint64_t place = 0) {
    return take(nullptr, Wanted::any, place, now);
  }

  /// The slot of a connection that is still to be opened, whatever idle ones there are; null: there
  /// is no room for another one, or connections lead elsewhere, or nowhere, by now.
  [[nodiscard]] std::unique_ptr<Connection> try_acquire_fresh(std::uint64_t place = 0) {
    std::unique_ptr<Connection> connection;
    {
      const std::scoped_lock lock{mutex_};
      if (total_ >= max_connections_ || closed_ || place != place_) return nullptr;
      connection = added();
    }
    return prepared(std::move(connection), Wanted::fresh, place, Clock::now());
  }

  /// The waiter stops waiting.
  /// \return the connection that it had been granted, or null.
  [[nodiscard]] std::unique_ptr<Connection> leave(Waiter& waiter, TimePoint now) noexcept {
    std::unique_ptr<Connection> connection;
    {
      const std::scoped_lock lock{mutex_};
      if (!waiter.connection_) {
        waiters_.remove(waiter);
        return nullptr;
      }
      connection = std::move(waiter.connection_);
    }
    return prepared(std::move(connection), waiter.wanted_, waiter.place_, now);
  }

  /// Gives a connection back.
  /// \param connection what `acquire` gave.
  /// \param now the time.
  /// \param reusable whether its stream can carry another exchange.
  void release(std::unique_ptr<Connection> connection, bool reusable, TimePoint now) noexcept {
    reusable = reusable && now < connection->retires_at_ && connection->place_ == place_;
    if (!reusable) [[unlikely]]
      connection->stream.close();
    connection->idle_since_ = now;
    bool late = false;
    bool unwatched = false;
    {
      const std::scoped_lock lock{mutex_};
      if (!waiters_.empty()) [[unlikely]]
        return serve(std::move(connection));
      late = !idle_.empty() && is_over(*idle_.first(), now);
      if (reusable && !closed_) [[likely]] {
        idle_.push_back(*connection.release());
        unwatched = sweeps_ && !std::exchange(watched_, sweeps_);
      } else {
        --total_;
      }
    }
    if (late) [[unlikely]]
      sweep(now);
    if (unwatched) [[unlikely]]
      begin_watch(now);
  }

  /// A connection of this pool was established.
  void count_opened() noexcept {
    const std::scoped_lock lock{mutex_};
    ++opened_;
  }

  /// Closes the idle connections that are dead or whose time is over.
  [[gnu::cold]] void sweep(TimePoint now) noexcept {
    const std::scoped_lock closing{closing_};
    detail::List<Connection> dead;  // closed outside the lock that calls need
    {
      const std::scoped_lock lock{mutex_};
      for (Connection* next = idle_.first(); next != nullptr;) {
        Connection& connection = *next;
        next = idle_.after(connection);
        if (is_over(connection, now)) discard(connection, dead);
      }
      find_dead(dead);
      swept_ += dead.size();
    }
    destroy(dead);
  }

  /// Closes the idle connections.
  void drop_idle() noexcept {
    const std::scoped_lock closing{closing_};
    detail::List<Connection> idle;
    {
      const std::scoped_lock lock{mutex_};
      while (!idle_.empty()) discard(*idle_.first(), idle);
    }
    destroy(idle);
  }

  /// The number of the place that connections lead to.
  [[nodiscard]] std::uint64_t place() const noexcept { return place_; }
  /// Connections lead to another place from now on: closes those that do not, the busy ones as they
  /// are given back.
  void move_to(std::uint64_t place) noexcept {
    place_ = place;
    drop_idle();
  }

  /// Closes the idle connections, and the others as they are given back.
  void close() noexcept {
    {
      const std::scoped_lock lock{mutex_};
      closed_ = true;
    }
    drop_idle();
  }

  /// The execution context of asynchronous operations goes: idle connections leave it.
  void leave_context() noexcept {
    const std::scoped_lock lock{closing_, mutex_};
    for (Connection* each = idle_.first(); each != nullptr; each = idle_.after(*each))
      each->stream.set_executor({});
  }

  /// In a child, for the pool of its parent, which must not be used any more: closes the idle
  /// connections, unless a thread that is not in the child was busy with them at the fork.
  void leave_to_parent() noexcept {
    const std::unique_lock lock{mutex_, std::try_to_lock};
    if (!lock) return;
    for (Connection* each = idle_.first(); each != nullptr; each = idle_.after(*each))
      each->stream.close();
  }

  /// The most connections that there are at any time.
  [[nodiscard]] std::size_t max_connections() const noexcept { return max_connections_; }
  /// Whether it was closed.
  [[nodiscard]] bool closed() const noexcept {
    const std::scoped_lock lock{mutex_};
    return closed_;
  }
  /// What there is now, and what was opened so far.
  [[nodiscard]] PoolStats stats() const {
    const std::scoped_lock lock{mutex_};
    return {.idle = idle_.size(),
            .busy = total_ - idle_.size(),
            .queued = waiters_.size(),
            .refused = refused_,
            .opened = opened_,
            .reused = reused_,
            .stale = stale_,
            .swept = swept_};
  }

 private:
  std::unique_ptr<Connection> take(Waiter* waiter, Wanted wanted, std::uint64_t place,
                                   TimePoint now) {
    std::unique_ptr<Connection> connection;
    {
      const std::scoped_lock lock{mutex_};
      if (wanted == Wanted::any && !idle_.empty()) [[likely]] {
        connection = taken(*idle_.last());
      } else {
        connection = slot(waiter);
        if (!connection) return nullptr;
      }
      if (waiter != nullptr && waiter->detached_) [[unlikely]]
        connection->stream.set_executor({});
    }
    return prepared(std::move(connection), wanted, place, now);
  }
  /// The slot of a connection that is to be opened; null: there is none, and `waiter` is refused or
  /// queued. Under the lock.
  [[gnu::cold]] std::unique_ptr<Connection> slot(Waiter* waiter) {
    if (total_ < max_connections_) return added();
    if (!idle_.empty()) return taken(*idle_.first());
    if (waiter == nullptr) return nullptr;
    waiter->refused_ = waiters_.size() >= max_queued_;
    if (waiter->refused_) {
      ++refused_;
    } else {
      waiters_.push_back(*waiter);
    }
    return nullptr;
  }
  /// Gives a connection to the first who waits. Under the lock.
  [[gnu::cold]] void serve(std::unique_ptr<Connection> connection) noexcept {
    Waiter* const waiter = waiters_.pop_front();
    if (waiter->detached_) connection->stream.set_executor({});
    waiter->connection_ = std::move(connection);
    waiter->wake();
  }
  /// Has idle connections looked after from now on.
  [[gnu::cold]] void begin_watch(TimePoint now) noexcept {
    detail::Janitor::watch(*this, saturated(now, period()));
  }

  /// The slot of a new connection. Under the lock.
  std::unique_ptr<Connection> added() {
    auto connection = std::make_unique<Connection>(executor_);
    ++total_;
    return connection;
  }
  /// An idle connection. Under the lock.
  std::unique_ptr<Connection> taken(Connection& connection) noexcept {
    idle_.remove(connection);
    return std::unique_ptr<Connection>{&connection};
  }
  /// Moves an idle connection to `others`. Under the lock.
  void discard(Connection& connection, detail::List<Connection>& others) noexcept {
    idle_.remove(connection);
    others.push_back(connection);
    --total_;
  }
  static void destroy(detail::List<Connection>& connections) noexcept {
    while (Connection* const connection = connections.pop_front()) delete connection;
  }

  /// Probes a connection, or makes ready for opening it.
  std::unique_ptr<Connection> prepared(std::unique_ptr<Connection> connection, Wanted wanted,
                                       std::uint64_t place, TimePoint now) noexcept {
    const bool usable = connection->stream.is_open() && wanted == Wanted::any &&
                        connection->place_ == place && !is_over(*connection, now) &&
                        connection->stream.alive();
    if (usable) [[likely]] {
      reused_.fetch_add(1, std::memory_order_relaxed);
    } else {
      renew(*connection, wanted, place, now);
    }
    return connection;
  }
  /// Makes a slot ready for opening a connection.
  [[gnu::cold]] void renew(Connection& connection, Wanted wanted, std::uint64_t place,
                           TimePoint now) noexcept {
    const bool open = connection.stream.is_open();
    if (open) connection.stream.close();
    connection.place_ = place;
    const std::scoped_lock lock{mutex_};
    if (open && wanted == Wanted::any) ++stale_;
    connection.retires_at_ = retirement(now);
  }

  [[nodiscard]] bool is_over(const Connection& connection, TimePoint now) const noexcept {
    return now - connection.idle_since_ > idle_timeout_ || now >= connection.retires_at_;
  }
  /// When a connection that is opened now is not used any more. Under the lock.
  [[nodiscard]] TimePoint retirement(TimePoint now) noexcept {
    if (max_age_ <= Clock::duration::zero()) return never;
    const double share = static_cast<double>(random_()) / 2147483648.0;
    const auto less = std::chrono::duration_cast<Clock::duration>(max_age_ / 4 * share);
    return saturated(now, max_age_ - less);
  }

  /// Moves the idle connections that are dead to `dead`. Under the lock: one system call for many
  /// connections, and one for each at which something has happened.
  void find_dead(detail::List<Connection>& dead) noexcept {
    std::array<::pollfd, 64> asked;
    std::array<Connection*, asked.size()> whom;
    for (Connection* next = idle_.first(); next != nullptr;) {
      ::nfds_t count = 0;
      for (; next != nullptr && count != asked.size(); next = idle_.after(*next)) {
        asked[count] = {next->stream.native_handle(), POLLIN, 0};
        whom[count++] = next;
      }
      if (::poll(asked.data(), count, 0) <= 0) continue;
      for (::nfds_t i = 0; i != count; ++i)
        if (asked[i].revents != 0 && !whom[i]->stream.alive()) discard(*whom[i], dead);
    }
  }

  /// How often idle connections are looked after.
  [[nodiscard]] Clock::duration period() const noexcept {
    using std::chrono::milliseconds;
    return std::clamp<Clock::duration>(idle_timeout_ / 2, milliseconds{20}, milliseconds{1000});
  }
  TimePoint tidy(TimePoint now) noexcept override {
    sweep(now);
    const std::scoped_lock lock{mutex_};
    if (total_ != 0) return saturated(now, period());
    watched_ = false;
    return never;
  }

  boost::asio::any_io_executor executor_;
  std::atomic<std::uint64_t> place_;
  std::size_t max_connections_;
  std::size_t max_queued_;
  Clock::duration idle_timeout_;
  Clock::duration max_age_;
  bool sweeps_;
  std::atomic<std::uint64_t> reused_{0};
  std::mutex closing_;        // held while idle connections are closed; locked before the other
  mutable std::mutex mutex_;  // for all below
  detail::List<Connection> idle_;  // oldest first; all owned
  detail::List<Waiter> waiters_;   // only while none is idle
  std::minstd_rand random_;
  std::size_t total_ = 0;
  bool closed_ = false;
  bool watched_ = false;
  std::uint64_t refused_ = 0;
  std::uint64_t opened_ = 0;
  std::uint64_t stale_ = 0;
  std::uint64_t swept_ = 0;
};

}  // namespace florin::net
