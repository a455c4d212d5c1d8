// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/customer.hpp>
#include <florin/detail/call_machine.hpp>
#include <florin/error.hpp>
#include <florin/net/deadline.hpp>
#include <florin/net/establish.hpp>
#include <florin/net/pool.hpp>

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/post.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace florin::detail {

/// Opens connections, one after the other, until enough of them are ready. Each is the pool's as
/// soon as it is open, so that nobody waits for the others. Both drivers run it.
template <class Core>
class WarmUp {
 public:
  WarmUp(Core& core, std::size_t count)
      : core_(&core), missing_(count), failed_(core.setup_error()) {}
  WarmUp(const WarmUp&) = delete;
  WarmUp& operator=(const WarmUp&) = delete;
  ~WarmUp() { give_back(false); }

  /// The time begins to run.
  void launch(net::TimePoint now) {
    deadline_ = net::saturated(now, net::clipped(core_->deadline()));
    if (!failed_) count_idle(now);
  }
  /// The connection to establish now; null: enough, none to be had, or one has failed.
  [[nodiscard]] net::Connection* next() {
    if (missing_ == 0 || failed_) return nullptr;
    if (!opening_) opening_ = core_->pool().try_acquire_fresh();
    return opening_.get();
  }
  void established(const net::EstablishResult& result) {
    give_back(result.ok());
    if (result.ok()) {
      --missing_;
      return core_->pool().count_opened();
    }
    failed_ = CallMachine<typename Core::Policy, Create, typename Core::Observer>::establish_error(
        result, net::Clock::now(), deadline_);
  }
  [[nodiscard]] net::TimePoint deadline() const noexcept { return deadline_; }
  /// \return the first failure, if any.
  [[nodiscard]] Result<void> result() {
    give_back(false);
    if (failed_) return *std::move(failed_);
    return {};
  }

 private:
  /// Connections that are open already need not be opened. They are looked at all at once, as the
  /// pool hands out the same one again.
  void count_idle(net::TimePoint now) {
    std::vector<std::unique_ptr<net::Connection>> idle;
    while (idle.size() < missing_ && (opening_ = core_->pool().try_acquire(now)) &&
           opening_->stream.is_open())
      idle.push_back(std::move(opening_));
    missing_ -= idle.size();
    for (auto& connection : idle) core_->pool().release(std::move(connection), true, now);
  }
  void give_back(bool open) {
    if (opening_) core_->pool().release(std::move(opening_), open, net::Clock::now());
  }

  Core* core_;
  std::size_t missing_;
  net::TimePoint deadline_{};
  std::unique_ptr<net::Connection> opening_;
  std::optional<Error> failed_;
};

/// The asynchronous driver of a `WarmUp`.
template <class Core>
class WarmUpOperation {
 public:
  WarmUpOperation(std::shared_ptr<Core> core, std::size_t count)
      : core_(std::move(core)), machine_(std::make_unique<WarmUp<Core>>(*core_, count)) {}

  template <class Self>
  void operator()(Self& self) {
    if (begun_) return complete(self);
    begun_ = true;
    self.reset_cancellation_state(boost::asio::enable_total_cancellation());
    machine_->launch(net::Clock::now());
    if (!proceed(self)) boost::asio::post(core_->executor(), std::move(self));
  }
  template <class Self>
  void operator()(Self& self, const net::EstablishResult& result) {
    machine_->established(result);
    if (!proceed(self)) complete(self);
  }

 private:
  template <class Self>
  bool proceed(Self& self) {
    auto* const connection = machine_->next();
    if (connection == nullptr) return false;
    net::async_establish(connection->stream, core_->target(), machine_->deadline(),
                         std::move(self));
    return true;
  }
  template <class Self>
  void complete(Self& self) {
    auto result = machine_->result();
    machine_.reset();
    const auto core = std::move(core_);
    self.complete(std::move(result));
  }

  std::shared_ptr<Core> core_;
  std::unique_ptr<WarmUp<Core>> machine_;
  bool begun_ = false;
};

}  // namespace florin::detail
