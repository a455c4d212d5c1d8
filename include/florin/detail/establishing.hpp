// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/call_watch.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/query.hpp>

#include <memory>
#include <mutex>
#include <utility>

namespace florin::detail {

/// A turn in a call's establishment: while it lasts, nobody cancels it.
class EstablishingTurn {
 public:
  explicit EstablishingTurn(CallWatch& watch) : watch_(&watch), lock_(watch.establishing) {
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

}  // namespace florin::detail
