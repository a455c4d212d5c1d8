// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/call_watch.hpp>
#include <florin/detail/pending_series.hpp>
#include <florin/net/deadline.hpp>
#include <florin/net/detail/list.hpp>

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>

namespace florin::detail {

/// The calls of a client that are under way in this process: those who shut it down wait for them
/// or cancel them. A series of calls counts as one, from its beginning to its end.
///
/// Thread safety: all members may be called from any thread.
class PendingCalls {
 public:
  /// A call. Whoever has it takes it out before it goes.
  class Member : private net::detail::Link<Member> {
   public:
    [[nodiscard]] const std::shared_ptr<CallWatch>& watch() const noexcept { return watch_; }

   protected:
    Member() : watch_(std::make_shared<CallWatch>()) {}
    ~Member() = default;

   private:
    friend class PendingCalls;
    friend class net::detail::List<Member>;
    std::shared_ptr<CallWatch> watch_;
    std::uint64_t which_ = 0;
    bool counts_ = false;  // it is no part of a series
  };
  /// Somebody who waits until none is left. `wake` is called under the lock of this object.
  class Waiter : private net::detail::Link<Waiter> {
   public:
    virtual void wake() noexcept = 0;

   protected:
    virtual ~Waiter() = default;

   private:
    friend class PendingCalls;
    friend class net::detail::List<Waiter>;
  };

  /// What comes of beginning a call.
  enum class Entry {
    begun,
    shut_out,   ///< none may begin any more
    cancelled,  ///< all were cancelled since its series has begun
    inherited,  ///< its series is the parent's
  };
  /// A call begins.
  /// \param which its number, see `CallWatch::enter`.
  /// \param series what it is a part of; null: nothing.
  [[nodiscard]] Entry enter(Member& call, std::uint64_t which,
                            const PendingSeries* series) noexcept {
    const std::scoped_lock lock{mutex_};
    call.counts_ = series == nullptr || series->pending_ == nullptr;
    if (call.counts_) {
      if (closed_) [[unlikely]]
        return Entry::shut_out;
    } else if (series->pending_ != this) [[unlikely]] {
      return Entry::inherited;
    } else if (series->cancellations_ != cancellations_) [[unlikely]] {
      return Entry::cancelled;
    }
    call.which_ = which;
    calls_.push_back(call);
    if (call.counts_) ++count_;
    return Entry::begun;
  }
  /// A call is over, if it has begun.
  void leave(Member& call) noexcept {
    const std::scoped_lock lock{mutex_};
    if (!calls_.contains(call)) return;
    calls_.remove(call);
    if (call.counts_) count_one_less();
  }
  /// A series of calls begins, unless none may any more.
  void enter(PendingSeries& series) noexcept {
    const std::scoped_lock lock{mutex_};
    if (closed_) return;
    series.pending_ = this;
    series.cancellations_ = cancellations_;
    ++count_;
  }
  /// A series that has begun is over.
  void leave(PendingSeries& series) noexcept {
    const std::scoped_lock lock{mutex_};
    series.pending_ = nullptr;
    count_one_less();
  }

  /// No call begins from now on, but for those of a series that has begun.
  void close() noexcept {
    const std::scoped_lock lock{mutex_};
    closed_ = true;
  }
  /// Cancels all that are there now.
  void cancel_all() noexcept {
    {
      const std::scoped_lock lock{mutex_};
      ++cancellations_;
    }
    // None goes on with what another one leaves.
    each([](CallWatch& watch, std::uint64_t which) { watch.warn(which); });
    each([](CallWatch& watch, std::uint64_t which) { watch.cancel(which); });
  }
  [[nodiscard]] std::size_t size() const noexcept {
    const std::scoped_lock lock{mutex_};
    return count_;
  }

  /// Blocks until none is left, or `deadline` passes; after `close`.
  /// \return how many are left.
  [[nodiscard]] std::size_t wait_until(net::TimePoint deadline) {
    std::unique_lock lock{mutex_};
    const auto none = [this] { return count_ == 0; };
    if (deadline == net::never) {
      none_left_.wait(lock, none);
    } else {
      none_left_.wait_until(lock, deadline, none);
    }
    return count_;
  }
  /// Has `waiter` woken when none is left; after `close`.
  /// \return false: none is left already.
  [[nodiscard]] bool wait(Waiter& waiter) noexcept {
    const std::scoped_lock lock{mutex_};
    if (count_ == 0) return false;
    waiters_.push_back(waiter);
    return true;
  }
  /// The waiter waits no more.
  void leave(Waiter& waiter) noexcept {
    const std::scoped_lock lock{mutex_};
    waiters_.remove(waiter);
  }

 private:
  /// Under the lock.
  void count_one_less() noexcept {
    --count_;
    if (closed_ && count_ == 0) [[unlikely]]
      tell_waiters();
  }
  /// None is left. Under the lock.
  [[gnu::cold]] void tell_waiters() noexcept {
    none_left_.notify_all();
    while (Waiter* const waiter = waiters_.pop_front()) waiter->wake();
  }
  /// Calls `visit` for each that is there now, without the lock, which what it does may take.
  template <class Visit>
  void each(Visit visit) noexcept {
    for (std::size_t left = calls_now(); left != 0; --left) {
      const auto [watch, which] = next_in_turn();
      if (!watch) return;
      visit(*watch, which);
    }
  }
  [[nodiscard]] std::size_t calls_now() const noexcept {
    const std::scoped_lock lock{mutex_};
    return calls_.size();
  }
  /// The call that was not asked for longest, and its number; null: there is none.
  [[nodiscard]] std::pair<std::shared_ptr<CallWatch>, std::uint64_t> next_in_turn() noexcept {
    const std::scoped_lock lock{mutex_};
    Member* const call = calls_.pop_front();
    if (call == nullptr) return {};
    calls_.push_back(*call);
    return {call->watch_, call->which_};
  }

  mutable std::mutex mutex_;  // for all below
  std::condition_variable none_left_;
  net::detail::List<Member> calls_;
  net::detail::List<Waiter> waiters_;
  std::size_t count_ = 0;            // calls that are no part of a series, and series
  std::uint64_t cancellations_ = 0;  // of all
  bool closed_ = false;
};

}  // namespace florin::detail
