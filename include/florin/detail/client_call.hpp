// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/attempt.hpp>
#include <florin/detail/call_machine.hpp>
#include <florin/detail/call_watch.hpp>
#include <florin/detail/core.hpp>
#include <florin/detail/token_cache.hpp>
#include <florin/net/deadline.hpp>
#include <florin/net/detail/fork.hpp>
#include <florin/net/pool.hpp>
#include <florin/net/stream.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/system/error_code.hpp>

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
class ClientCall final : public net::Pool::Waiter, public TokenCache::Waiter {
 public:
  ClientCall(std::unique_ptr<Attempt> what, net::Pool& pool, TokenCache& tokens)
      : attempt(std::move(what)),
        machine(*attempt, tokens),
        pool_(&pool),
        watch_(std::make_shared<CallWatch>()) {}
  ClientCall(const ClientCall&) = delete;
  ClientCall& operator=(const ClientCall&) = delete;
  /// A call that is dropped before its end, e.g. with its execution context, gives its place back.
  ~ClientCall() {
    if (inherited()) {
      watch_->forget();
      return;
    }
    watch_->leave();
    unguard();
    machine.abandon();
    give_back();
  }

  std::unique_ptr<Attempt> attempt;  ///< what is sent
  CallMachine machine;
  Completion<OverCall> end;  ///< asynchronous calls: what they end in
  std::unique_ptr<net::Connection> connection;
  net::Clock::duration limit{};  ///< for the whole call, from its launch

  /// Whether the call is the parent's, who goes on with it: in this child it can only end, without
  /// touching what it shares with others.
  [[nodiscard]] bool inherited() const noexcept {
    return watch_->process != net::detail::process_number();
  }
  [[nodiscard]] net::Pool& pool() noexcept { return *pool_; }

  /// Has the timers of asynchronous waits run on `executor`, always the same one.
  void attach(const boost::asio::any_io_executor& executor) {
    const std::scoped_lock lock{watch_->mutex};
    if (!timer_) timer_.emplace(executor);
    watch_->timer = &*timer_;
  }
  /// Leaves the execution context of earlier waits.
  void detach() noexcept {
    const std::scoped_lock lock{watch_->mutex};
    watch_->timer = nullptr;
    timer_.reset();
  }
  [[nodiscard]] const std::shared_ptr<CallWatch>& watch() const noexcept { return watch_; }
  /// Ends the call because memory could not be had; its place is given back.
  void exhausted() {
    unguard();
    machine.exhausted();
    give_back();
    if (machine.step() == CallMachine::Step::release) machine.released();
  }
  /// The call's time begins to run.
  void launch(net::TimePoint now) noexcept { machine.launch(net::saturated(now, limit), now); }

  /// What is waited for is there: a connection, or another call's token. Called by who has it.
  void wake() noexcept override {
    const std::scoped_lock lock{watch_->mutex};
    watch_->granted = true;
    if (timer_) timer_->cancel();
    watch_->woken.notify_one();
  }
  /// Finds a token, or queues for one.
  void seek_token(net::TimePoint now) {
    rearm();
    machine.seek_token(*this, now);
  }
  /// Takes a connection, or queues for one.
  [[nodiscard]] std::unique_ptr<net::Connection> acquire(net::TimePoint now) {
    rearm();
    auto found = pool_->acquire(*this, now, machine.wanted());
    queued_ = !found;
    return found;
  }
  /// Ends queueing. \return what the pool had granted, or null.
  [[nodiscard]] std::unique_ptr<net::Connection> leave(net::TimePoint now) {
    queued_ = false;
    return pool_->leave(*this, now);
  }
  /// Blocks until woken. \return `timeout` when `deadline` passes first.
  [[nodiscard]] boost::system::error_code wait_for_grant(net::TimePoint deadline) {
    std::unique_lock lock{watch_->mutex};
    const auto granted = [this] { return watch_->granted; };
    if (deadline == net::never) {
      watch_->woken.wait(lock, granted);
    } else if (!watch_->woken.wait_until(lock, deadline, granted)) {
      return boost::beast::error::timeout;
    }
    return {};
  }
  /// Continues `handler` when woken or when `deadline` has passed.
  template <class Handler>
  void wait_for_grant(net::TimePoint deadline, Handler&& handler) {
    const auto watch = watch_;  // the handler may have ended the call when this unlocks
    const std::scoped_lock lock{watch->mutex};
    const bool over = watch->granted || watch->cancelled;
    timer_->expires_at(over ? net::TimePoint::min() : deadline);
    timer_->async_wait(std::forward<Handler>(handler));
  }
  /// Continues `handler` at `time`.
  template <class Handler>
  void wait_until(net::TimePoint time, Handler&& handler) {
    const auto watch = watch_;
    const std::scoped_lock lock{watch->mutex};
    timer_->expires_at(watch->cancelled ? net::TimePoint::min() : time);
    timer_->async_wait(std::forward<Handler>(handler));
  }

  /// From now on the deadline breaks the connection, which ends whatever the stream is doing. A
  /// shutdown cannot come too early or too late for an operation, as a cancellation could.
  void guard() {
    const std::scoped_lock lock{watch_->mutex};
    watch_->expired = false;
    watch_->guarded = &connection->stream;
    if (watch_->cancelled) ::shutdown(connection->stream.native_handle(), SHUT_RDWR);
    if (machine.deadline() == net::never) return;
    timer_->expires_at(machine.deadline());
    timer_->async_wait([watch = watch_, turn = watch_->turn](boost::system::error_code ec) {
      if (!ec) watch->expire(turn);
    });
  }
  /// Ends `guard`; afterwards the connection may be given away.
  void unguard() {
    const std::scoped_lock lock{watch_->mutex};
    if (std::exchange(watch_->guarded, nullptr) == nullptr) return;
    ++watch_->turn;
    if (timer_) timer_->cancel();
  }
  [[nodiscard]] bool guarded() const noexcept { return watch_->guarded != nullptr; }
  [[nodiscard]] bool expired() {
    const std::scoped_lock lock{watch_->mutex};
    return watch_->expired;
  }
  [[nodiscard]] bool cancelled() {
    const std::scoped_lock lock{watch_->mutex};
    return watch_->cancelled;
  }

 private:
  /// Leaves the pool, wherever the call is.
  void give_back() noexcept {
    const auto now = net::Clock::now();
    if (std::exchange(queued_, false)) connection = pool_->leave(*this, now);
    if (connection) pool_->release(std::move(connection), false, now);
  }
  void rearm() {
    const std::scoped_lock lock{watch_->mutex};
    watch_->granted = false;
  }

  net::Pool* pool_;
  bool queued_ = false;
  std::shared_ptr<CallWatch> watch_;
  std::optional<boost::asio::steady_timer> timer_;  // guarded by the watch's mutex
};

#if !defined(FLORIN_SEPARATE_COMPILATION)
inline void CoreDelete::operator()(ClientCall* call) const noexcept {
  delete call;
}
#endif

}  // namespace florin::detail
