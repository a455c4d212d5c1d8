// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/call_watch.hpp>
#include <florin/net/deadline.hpp>
#include <florin/net/establish.hpp>
#include <florin/net/stream.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/query.hpp>

#include <memory>
#include <mutex>
#include <utility>

namespace florin::detail {

/// A turn in a call's establishment: while it lasts, nobody cancels it. In a child nobody does so
/// anyway, and a thread that is not there may have the turn for ever.
class EstablishingTurn {
 public:
  explicit EstablishingTurn(CallWatch& watch)
      : watch_(&watch), lock_(watch.establishing, std::defer_lock) {
    if (watch.inherited()) return;
    lock_.lock();
    watch.current = this;
  }
  EstablishingTurn(const EstablishingTurn&) = delete;
  EstablishingTurn& operator=(const EstablishingTurn&) = delete;
  ~EstablishingTurn() { end(); }
  /// Whether it has not ended early.
  [[nodiscard]] bool held() const noexcept { return lock_.owns_lock(); }
  /// Ends it early.
  void end() noexcept {
    if (!lock_) return;
    watch_->current = nullptr;
    lock_.unlock();
  }

 private:
  CallWatch* watch_;
  std::unique_lock<std::mutex> lock_;
};

/// Continues an establishment on another executor, in turn with those who cancel it: Asio's
/// cancellation signals are not for several threads.
class EstablishingExecutor {
 public:
  EstablishingExecutor(std::shared_ptr<CallWatch> watch, boost::asio::any_io_executor executor)
      : watch_(std::move(watch)), executor_(std::move(executor)) {}

  [[nodiscard]] boost::asio::execution_context& query(
      boost::asio::execution::context_t property) const noexcept {
    return boost::asio::query(executor_, property);
  }
  template <class Function>
  void execute(Function function) const {
    executor_.execute([watch = watch_, function = std::move(function)]() mutable {
      const EstablishingTurn turn{*watch};
      function();
    });
  }
  bool operator==(const EstablishingExecutor&) const noexcept = default;

 private:
  std::shared_ptr<CallWatch> watch_;
  boost::asio::any_io_executor executor_;
};

/// Begins an asynchronous establishment that may be cancelled on any thread.
/// \param step what continues it: has an executor and is called with the `EstablishResult`, within
/// a turn that it has to end (`CallWatch::end_turn`), as nothing may be held when a handler is
/// called.
template <class Step>
void establish_in_turn(net::Stream& stream, std::shared_ptr<const net::Target> target,
                       net::TimePoint deadline, std::shared_ptr<CallWatch> watch, Step step) {
  EstablishingExecutor executor{watch, step.get_executor()};
  EstablishingTurn turn{*watch};
  net::async_establish(stream, std::move(target), deadline,
                       boost::asio::bind_executor(
                           std::move(executor), boost::asio::bind_cancellation_slot(
                                                    watch->establishment.slot(), std::move(step))));
  if (!turn.held()) return;
  const std::scoped_lock lock{watch->mutex};
  if (watch->cancelled) watch->establishment.emit(boost::asio::cancellation_type::terminal);
}

inline void CallWatch::end_turn() noexcept {
  if (inherited()) return;
  if (current != nullptr) current->end();
}

}  // namespace florin::detail
