// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/call_facts.hpp>
#include <florin/detail/client_call.hpp>
#include <florin/detail/config.hpp>
#include <florin/detail/core.hpp>
#include <florin/detail/default_executor.hpp>
#include <florin/detail/pending_calls.hpp>
#include <florin/detail/token_cache.hpp>
#include <florin/net/pool.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/system/error_code.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <utility>

namespace florin::detail {

/// What a client has in one process: all of it that has locks, connections or threads. A forked
/// child gets one of its own.
///
/// Thread safety: all members may be called from any thread.
class ClientState {
 public:
  /// \param place the number of the place that the calls go to.
  /// \param has_token_host whether tokens may be fetched at another host.
  ClientState(const net::PoolOptions& options, std::uint64_t place, bool has_token_host)
      : pool({}, options, place) {
    if (has_token_host) token_pool.emplace(boost::asio::any_io_executor{}, options, place);
  }

  net::Pool pool;
  std::optional<net::Pool> token_pool;  ///< connections to the host that gives tokens, if any
  TokenCache tokens;
  PendingCalls pending;
  std::mutex moving;  ///< held by who changes the place

  /// A call to an operation that was kept for reuse; null: there is none.
  /// \param seed gets a random number.
  /// \param detached whether it must not belong to an execution context, which may go while the
  /// call is under way.
  [[nodiscard]] CallPtr spare(const CallFacts& facts, std::uint32_t& seed, bool detached) {
    const std::scoped_lock lock{mutex_};
    seed = static_cast<std::uint32_t>(random_());
    for (std::size_t i = spares_.count; i-- != 0;) {
      if (&spares_.calls[i]->attempt->facts() != &facts) [[unlikely]]
        continue;
      auto call = std::move(spares_.calls[i]);
      std::swap(spares_.calls[i], spares_.calls[--spares_.count]);
      if (detached) call->detach();
      return call;
    }
    return nullptr;
  }
  /// Keeps a call that is over for the next one.
  void recycle(CallPtr call) noexcept {
    const std::scoped_lock lock{mutex_};
    if (spares_.count < spares_.calls.size()) [[likely]]
      spares_.calls[spares_.count++] = std::move(call);
  }

  /// The executor of the library's own threads. Null: none could be started.
  FLORIN_ASYNC_DECL [[nodiscard]] const boost::asio::any_io_executor* own_executor() {
    if (const auto* const ready = ready_executor_.load(std::memory_order_acquire)) [[likely]]
      return ready;
    return make_executor();
  }

  /// The execution context of asynchronous calls goes: nothing that is kept belongs to it
  /// afterwards.
  void leave_context() noexcept {
    Spares calls;  // destroyed outside the lock
    {
      const std::scoped_lock lock{mutex_};
      std::swap(calls, spares_);
    }
    pool.leave_context();
    if (token_pool) token_pool->leave_context();
  }
  /// This state was inherited by a child: gives its idle connections back to the parent, as far as
  /// nobody was busy with them when the process was forked.
  void leave_to_parent() noexcept {
    pool.leave_to_parent();
    if (token_pool) token_pool->leave_to_parent();
  }
  /// Connections lead to another place from now on.
  void move_to(std::uint64_t place) noexcept {
    pool.move_to(place);
    if (token_pool) token_pool->move_to(place);
  }
  /// Closes idle connections, and busy ones as they are given back.
  void close() noexcept {
    pool.close();
    if (token_pool) token_pool->close();
  }
  /// What the pools hold and did.
  [[nodiscard]] net::PoolStats stats() const {
    net::PoolStats sum = pool.stats();
    if (!token_pool) return sum;
    const net::PoolStats tokens_too = token_pool->stats();
    sum.idle += tokens_too.idle;
    sum.busy += tokens_too.busy;
    sum.queued += tokens_too.queued;
    sum.refused += tokens_too.refused;
    sum.opened += tokens_too.opened;
    sum.reused += tokens_too.reused;
    sum.stale += tokens_too.stale;
    sum.swept += tokens_too.swept;
    return sum;
  }

 private:
  /// Calls kept for reuse, each with about 40 KiB of buffers; beyond these they are freed. Under a
  /// steady load few are idle at a time, however many are in flight.
  static constexpr std::size_t most_spares = 16;

  struct Spares {
    std::array<CallPtr, most_spares> calls;
    std::size_t count = 0;
  };

  FLORIN_ASYNC_DECL [[gnu::cold]] const boost::asio::any_io_executor* make_executor() {
    const std::scoped_lock lock{mutex_};
    boost::system::error_code ec;
    if (!executor_) {
      auto executor = default_executor(ec);
      if (ec) return nullptr;
      executor_ = std::move(executor);
    }
    ready_executor_.store(&*executor_, std::memory_order_release);
    return &*executor_;
  }
  /// For jitter. Where the system has no randomness left the time does.
  static std::uint32_t seed_of_process() noexcept {
    try {
      return std::random_device{}();
    } catch (const std::exception&) {
      return static_cast<std::uint32_t>(net::Clock::now().time_since_epoch().count());
    }
  }

  std::atomic<const boost::asio::any_io_executor*> ready_executor_{nullptr};
  std::mutex mutex_;  // for all below
  std::optional<boost::asio::any_io_executor> executor_;
  std::minstd_rand random_{seed_of_process()};
  Spares spares_;
};

}  // namespace florin::detail
