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

/// Opens connections until enough of them are ready, one after the other, holding those that it has
/// so that the pool does not hand out the same one again. Both drivers run it.
template <class Core>
class WarmUp {
 public:
  WarmUp(Core& core, std::size_t count)
      : core_(&core),
        missing_(count),
        deadline_(net::saturated(net::Clock::now(), net::clipped(core.deadline()))),
        failed_(core.setup_error()) {}
  WarmUp(const WarmUp&) = delete;
  WarmUp& operator=(const WarmUp&) = delete;
  ~WarmUp() { release(); }

  /// The connection to establish now; null: enough, none to be had, or one has failed.
  [[nodiscard]] net::Connection* next() {
    while (missing_ != 0 && !failed_) {
      auto connection = core_->pool().try_acquire(net::Clock::now());
      if (!connection) break;
      --missing_;
      held_.push_back(std::move(connection));
      if (!held_.back()->stream.is_open()) return held_.back().get();
    }
    return nullptr;
  }
  void established(const net::EstablishResult& result) {
    if (result.ok()) return core_->pool().count_opened();
    failed_ = CallMachine<typename Core::Policy, Create, typename Core::Observer>::establish_error(
        result, net::Clock::now(), deadline_);
  }
  [[nodiscard]] net::TimePoint deadline() const noexcept { return deadline_; }
  /// Gives the connections to the pool. \return the first failure, if any.
  [[nodiscard]] Result<void> result() {
    release();
    if (failed_) return *std::move(failed_);
    return {};
  }

 private:
  void release() {
    for (auto& connection : held_) {
      const bool open = connection->stream.is_open();
      core_->pool().release(std::move(connection), open, net::Clock::now());
    }
    held_.clear();
  }

  Core* core_;
  std::size_t missing_;
  net::TimePoint deadline_;
  std::vector<std::unique_ptr<net::Connection>> held_;
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
