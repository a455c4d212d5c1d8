// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/attempt.hpp>
#include <florin/detail/call_machine.hpp>
#include <florin/detail/call_watch.hpp>
#include <florin/detail/core.hpp>
#include <florin/detail/pending_calls.hpp>
#include <florin/detail/place.hpp>
#include <florin/detail/token_cache.hpp>
#include <florin/net/deadline.hpp>
#include <florin/net/pool.hpp>
#include <florin/net/stream.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/system/error_code.hpp>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include <sys/socket.h>

namespace florin::detail {

/// Everything of one call: what it sends, its machine, its connection, and for asynchronous
/// calls its timer. Recycled by the client, so that a warm call allocates nothing here.
class ClientCall final : public net::Pool::Waiter,
                         public TokenCache::Waiter,
                         public PendingCalls::Member {
 public:
  /// \param token_pool connections to where tokens are fetched, if not there; null: none.
  ClientCall(std::unique_ptr<Attempt> what, net::Pool& pool, net::Pool* token_pool,
             TokenCache& tokens, PendingCalls& pending)
      : attempt(std::move(what)),
        machine(*attempt, tokens),
        api_pool_(&pool),
        token_pool_(token_pool),
        pool_(&pool),
        pending_(&pending) {}
  ClientCall(const ClientCall&) = delete;
  ClientCall& operator=(const ClientCall&) = delete;
  /// A call that is dropped before its end, e.g. with its execution context, gives its place back.
  ~ClientCall() {
    if (inherited()) {
      watch()->forget();
      return;
    }
    watch()->leave();
    unguard();
    machine.abandon();
    give_back();
    pending_->leave(*this);
  }

  std::unique_ptr<Attempt> attempt;  ///< what is sent
  CallMachine machine;
  Completion<OverCall> end;  ///< asynchronous calls: what they end in
  std::unique_ptr<net::Connection> connection;
  std::shared_ptr<const Place> place;     ///< where it goes; kept for the next call
  net::Clock::duration limit{};           ///< for the whole call, from its launch
  net::Clock::duration delay{};           ///< before anything is sent
  const PendingSeries* series = nullptr;  ///< what it is a part of; null: nothing

  /// Whether the call is the parent's, who goes on with it: in this child it can only end, without
  /// touching what it shares with others.
  [[nodiscard]] bool inherited() const noexcept { return watch()->inherited(); }
  /// That of the connection.
  [[nodiscard]] net::Pool& pool() noexcept { return *pool_; }
  /// Where the connection leads.
  [[nodiscard]] std::shared_ptr<const net::Target> target() const noexcept {
    return Place::target_of(place, pool_ == token_pool_);
  }

  /// Has the timers of asynchronous waits run on `executor`, always the same one.
  void attach(const boost::asio::any_io_executor& executor) {
    const std::scoped_lock lock{watch()->mutex};
    if (!timer_) timer_.emplace(executor);
    watch()->timer = &*timer_;
  }
  /// Leaves the execution context of earlier waits.
  void detach() noexcept {
    const std::scoped_lock lock{watch()->mutex};
    watch()->timer = nullptr;
    timer_.reset();
  }
  /// Ends the call because memory could not be had; its place is given back.
  [[gnu::cold]] void exhausted() {
    unguard();
    machine.exhausted();
    give_back();
    if (machine.step() == CallMachine::Step::release) machine.released();
  }
  /// The call's time begins to run, unless the client was shut down.
  /// \param which its number, see `CallWatch::enter`.
  void launch(std::uint64_t which, net::TimePoint now) {
    machine.launch(net::saturated(now, limit), now, delay);
    if (machine.step() == CallMachine::Step::done) return;
    const auto entry = pending_->enter(*this, which, series);
    if (entry != PendingCalls::Entry::begun) [[unlikely]]
      call_off(entry);
  }
  /// The call is over.
  void land() noexcept { pending_->leave(*this); }

  /// What is waited for is there: a connection, or another call's token. Called by who has it.
  void wake() noexcept override {
    const std::scoped_lock lock{watch()->mutex};
    watch()->granted = true;
    if (timer_) timer_->cancel();
    watch()->woken.notify_one();
  }
  /// Finds a token, or queues for one.
  void seek_token(net::TimePoint now) {
    rearm();
    machine.seek_token(*this, now);
  }
  /// Takes a connection, or queues for one.
  /// \param detached see `net::Pool::acquire`.
  [[nodiscard]] std::unique_ptr<net::Connection> acquire(net::TimePoint now, bool detached) {
    rearm();
    pool_ = machine.fetches_apart() ? token_pool_ : api_pool_;
    auto found = pool_->acquire(*this, now, machine.wanted(), place->number, detached);
    queued_ = !found && !refused();
    return found;
  }
  /// Ends queueing.
  /// \return what the pool had granted, or null; a cancelled call gives it back.
  [[nodiscard]] std::unique_ptr<net::Connection> leave(net::TimePoint now) {
    queued_ = false;
    auto granted = pool_->leave(*this, now);
    if (!granted || !cancelled()) return granted;
    const bool open = granted->stream.is_open();
    pool_->release(std::move(granted), open, now);
    return nullptr;
  }
  /// Blocks until woken.
  /// \return `timeout` when `deadline` passes first, `operation_aborted` when the call is
  /// cancelled.
  [[nodiscard]] boost::system::error_code wait_for_grant(net::TimePoint deadline) {
    std::unique_lock lock{watch()->mutex};
    const bool over = block(lock, deadline, [this] { return watch()->granted.load(); });
    if (watch()->cancelled) return boost::asio::error::operation_aborted;
    if (!over) return boost::beast::error::timeout;
    return {};
  }
  /// Blocks until `time`.
  /// \return `operation_aborted` when the call is cancelled.
  [[nodiscard]] boost::system::error_code wait_until(net::TimePoint time) {
    std::unique_lock lock{watch()->mutex};
    block(lock, time, [] { return false; });
    if (watch()->cancelled) return boost::asio::error::operation_aborted;
    return {};
  }
  /// Continues `handler` when woken or when `deadline` has passed.
  template <class Handler>
  void wait_for_grant(net::TimePoint deadline, Handler&& handler) {
    const auto kept = watch();  // the handler may have ended the call when this unlocks
    const std::scoped_lock lock{kept->mutex};
    const bool over = kept->granted || kept->cancelled;
    timer_->expires_at(over ? net::TimePoint::min() : deadline);
    timer_->async_wait(std::forward<Handler>(handler));
  }
  /// Continues `handler` at `time`.
  template <class Handler>
  void wait_until(net::TimePoint time, Handler&& handler) {
    const auto kept = watch();
    const std::scoped_lock lock{kept->mutex};
    timer_->expires_at(kept->cancelled ? net::TimePoint::min() : time);
    timer_->async_wait(std::forward<Handler>(handler));
  }

  /// From now on the deadline breaks the connection, which ends whatever the stream is doing. A
  /// shutdown cannot come too early or too late for an operation, as a cancellation could.
  void guard() {
    const std::scoped_lock lock{watch()->mutex};
    watch()->expired = false;
    watch()->guarded = &connection->stream;
    if (watch()->cancelled) [[unlikely]]
      break_off();
    if (machine.deadline() == net::never) return;
    timer_->expires_at(machine.deadline());
    timer_->async_wait([watch = watch(), turn = watch()->turn](boost::system::error_code ec) {
      if (!ec) watch->expire(turn);
    });
  }
  /// From now on whoever cancels the call breaks the connection; its stream keeps the deadline.
  void expose() {
    const std::scoped_lock lock{watch()->mutex};
    watch()->guarded = &connection->stream;
    if (watch()->cancelled) [[unlikely]]
      break_off();
  }
  /// Ends `guard` and `expose`; afterwards the connection may be given away.
  void unguard() {
    const std::scoped_lock lock{watch()->mutex};
    if (std::exchange(watch()->guarded, nullptr) == nullptr) return;
    ++watch()->turn;
    if (timer_) timer_->cancel();
  }
  [[nodiscard]] bool guarded() const noexcept { return watch()->guarded != nullptr; }
  [[nodiscard]] bool expired() {
    const std::scoped_lock lock{watch()->mutex};
    return watch()->expired;
  }
  [[nodiscard]] bool cancelled() {
    const std::scoped_lock lock{watch()->mutex};
    return watch()->cancelled;
  }

 private:
  [[gnu::cold]] void call_off(PendingCalls::Entry entry) {
    switch (entry) {
      case PendingCalls::Entry::begun:
        return;
      case PendingCalls::Entry::shut_out:
        return machine.shut_out();
      case PendingCalls::Entry::cancelled:
        return machine.call_off();
      case PendingCalls::Entry::inherited:
        return machine.orphan(false);
    }
  }
  [[gnu::cold]] void break_off() noexcept {
    ::shutdown(connection->stream.native_handle(), SHUT_RDWR);
  }
  /// Leaves the pool, wherever the call is.
  void give_back() noexcept {
    const auto now = net::Clock::now();
    if (std::exchange(queued_, false)) connection = pool_->leave(*this, now);
    if (connection) pool_->release(std::move(connection), false, now);
  }
  /// Blocks until `ready` holds, `time` comes or the call is cancelled.
  /// \return whether not because of the time.
  template <class Ready>
  bool block(std::unique_lock<std::mutex>& lock, net::TimePoint time, Ready ready) {
    const auto over = [&] { return watch()->cancelled || ready(); };
    if (time != net::never) return watch()->woken.wait_until(lock, time, over);
    watch()->woken.wait(lock, over);
    return true;
  }
  /// Before the call queues: nobody wakes it yet.
  void rearm() noexcept { watch()->granted.store(false, std::memory_order_relaxed); }

  net::Pool* api_pool_;
  net::Pool* token_pool_;
  net::Pool* pool_;  // one of them: where the connection is from, or waited for
  PendingCalls* pending_;
  bool queued_ = false;
  std::optional<boost::asio::steady_timer> timer_;  // guarded by the watch's mutex
};

#if !defined(FLORIN_SEPARATE_COMPILATION)
inline void CoreDelete::operator()(ClientCall* call) const noexcept {
  delete call;
}
#endif

}  // namespace florin::detail
