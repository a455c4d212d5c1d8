// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/call_watch.hpp>
#include <florin/detail/client_core.hpp>
#include <florin/detail/complete_elsewhere.hpp>
#include <florin/detail/core.hpp>
#include <florin/detail/establishing.hpp>
#include <florin/detail/warm_up.hpp>
#include <florin/error.hpp>
#include <florin/net/deadline.hpp>
#include <florin/net/establish.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/post.hpp>

#include <cstddef>
#include <memory>
#include <new>
#include <utility>

namespace florin::detail {

/// An asynchronous warm-up: everything of it.
class WarmUpJob {
 public:
  WarmUpJob(std::shared_ptr<ClientCore> whose, std::size_t count)
      : core(std::move(whose)),
        machine(core->warming_up(count)),
        watch(std::make_shared<CallWatch>()) {}
  WarmUpJob(const WarmUpJob&) = delete;
  WarmUpJob& operator=(const WarmUpJob&) = delete;
  ~WarmUpJob() {
    if (!machine.inherited()) watch->leave();
  }

  std::shared_ptr<ClientCore> core;
  WarmUp machine;
  std::shared_ptr<CallWatch> watch;
  Completion<Result<void>> end;
};

#if !defined(FLORIN_SEPARATE_COMPILATION)
inline void CoreDelete::operator()(WarmUpJob* job) const noexcept {
  delete job;
}
#endif

/// The asynchronous driver of a warm-up: the handler of each of its waits. A template for the
/// reason of FLORIN_ASYNC_DECL.
template <class = void>
class WarmUpStep {
 public:
  using executor_type = boost::asio::any_io_executor;

  explicit WarmUpStep(WarmUpPtr job) noexcept : job_(std::move(job)) {}
  /// That of the warm-up's handler; empty once moved away.
  [[nodiscard]] executor_type get_executor() const noexcept {
    return job_ ? job_->end.executor() : executor_type{};
  }

  /// \param executor the client's; null: there is none.
  void launch(const boost::asio::any_io_executor* executor) {
    auto& job = *job_;
    if (job.machine.inherited()) {
      job.machine.orphan();
      return complete_elsewhere(*this, job.end, job.core->executor());
    }
    if (executor == nullptr) {
      job.machine.refuse(job.core->no_executor());
      return complete_elsewhere(*this, job.end, nullptr);
    }
    job.machine.launch(net::Clock::now());
    if (!goes_on()) boost::asio::post(*executor, std::move(*this));
  }

  /// The end.
  void operator()() {
    auto result = job_->machine.result();
    job_->watch->leave();
    const auto job = std::move(job_);
    job->end.complete(std::move(result));
  }
  /// A connection was established, or not.
  void operator()(const net::EstablishResult& result) {
    job_->watch->end_turn();
    if (job_->machine.inherited()) {
      job_->machine.orphan();
      return (*this)();
    }
    job_->machine.established(result);
    if (!goes_on()) (*this)();
  }

 private:
  /// \return whether a connection is being established; if not the warm-up is over.
  bool goes_on() {
    try {
      return proceed();
    } catch (const std::bad_alloc&) {
      if (!job_) throw;
      job_->machine.refuse(job_->core->no_memory());
      return false;
    }
  }
  /// \return whether a connection is being established.
  bool proceed() {
    auto* const connection = job_->machine.next();
    if (connection == nullptr) return false;
    connection->stream.set_executor(*job_->core->executor());
    const auto target = job_->machine.target();
    const auto deadline = job_->machine.deadline();
    const auto watch = job_->watch;
    establish_in_turn(connection->stream, target, deadline, watch, std::move(*this));
    return true;
  }

  WarmUpPtr job_;
};

}  // namespace florin::detail
