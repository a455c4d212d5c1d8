// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/call_watch.hpp>
#include <florin/detail/client_core.hpp>
#include <florin/detail/complete_elsewhere.hpp>
#include <florin/detail/core.hpp>
#include <florin/detail/pending_calls.hpp>
#include <florin/net/deadline.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/error_code.hpp>
#include <boost/system/system_error.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

namespace florin::detail {

/// An asynchronous wait for the end of a client's calls: everything of it.
class DrainJob final : private PendingCalls::Waiter {
 public:
  DrainJob(std::shared_ptr<ClientCore> whose, std::chrono::milliseconds limit)
      : core(std::move(whose)), watch(std::make_shared<CallWatch>()), limit_(limit) {}
  DrainJob(const DrainJob&) = delete;
  DrainJob& operator=(const DrainJob&) = delete;
  ~DrainJob() {
    if (!inherited()) stop();
  }

  std::shared_ptr<ClientCore> core;
  std::shared_ptr<CallWatch> watch;
  Completion<std::size_t> end;

  /// Whether it is the parent's.
  [[nodiscard]] bool inherited() const noexcept { return watch->inherited(); }
  /// Shuts the client down. Errors: `std::bad_alloc`, and nothing has happened.
  /// \return whether there is something to wait for, and a timer to do so.
  [[nodiscard]] bool begin(const boost::asio::any_io_executor& executor) {
    try {
      const std::scoped_lock lock{watch->mutex};
      timer_.emplace(executor, net::ends_after(limit_));
      watch->timer = &*timer_;
    } catch (const boost::system::system_error&) {
      // The executor's context can have no descriptor.
    }
    core->shut_down();
    pending_ = &core->state().pending;
    return timer_ && pending_->wait(*this);
  }
  /// Continues `handler` when no call is left, the time is over or this is cancelled.
  template <class Handler>
  void wait(Handler&& handler) {
    const auto kept = watch;  // the handler may have ended this when it unlocks
    const std::scoped_lock lock{kept->mutex};
    if (kept->granted || kept->cancelled) timer_->expires_at(net::TimePoint::min());
    timer_->async_wait(std::forward<Handler>(handler));
  }
  /// Ends the waiting.
  /// \return how many calls are left.
  std::size_t stop() noexcept {
    watch->leave();
    if (pending_ == nullptr) return 0;
    pending_->leave(*this);
    return pending_->size();
  }

 private:
  void wake() noexcept override {
    const std::scoped_lock lock{watch->mutex};
    watch->granted = true;
    timer_->cancel();
  }

  std::chrono::milliseconds limit_;
  PendingCalls* pending_ = nullptr;
  std::optional<boost::asio::steady_timer> timer_;  // guarded by the watch's mutex
};

#if !defined(FLORIN_SEPARATE_COMPILATION)
inline void CoreDelete::operator()(DrainJob* job) const noexcept {
  delete job;
}
#endif

/// The asynchronous driver of a drain: the handler of its wait. A template for the reason of
/// FLORIN_ASYNC_DECL.
template <class = void>
class DrainStep {
 public:
  using executor_type = boost::asio::any_io_executor;

  explicit DrainStep(DrainPtr job) noexcept : job_(std::move(job)) {}
  /// That of the drain's handler; empty once moved away.
  [[nodiscard]] executor_type get_executor() const noexcept {
    return job_ ? job_->end.executor() : executor_type{};
  }

  /// \param executor the client's; null: there is none, and nothing is waited for.
  void launch(const boost::asio::any_io_executor* executor) {
    auto& job = *job_;
    if (job.inherited()) return complete_elsewhere(*this, job.end, job.core->executor());
    if (executor == nullptr) {
      job.core->shut_down();
      return complete_elsewhere(*this, job.end, nullptr);
    }
    if (!job.begin(*executor)) return boost::asio::post(*executor, std::move(*this));
    job.wait(std::move(*this));
  }
  /// The end of the wait.
  void operator()(boost::system::error_code) { (*this)(); }
  /// The end.
  void operator()() {
    const auto left = job_->inherited() ? 0 : job_->stop();
    const auto job = std::move(job_);
    job->end.complete(left);
  }

 private:
  DrainPtr job_;
};

}  // namespace florin::detail
