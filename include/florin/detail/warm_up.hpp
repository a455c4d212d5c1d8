// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/customer.hpp>
#include <florin/detail/call_machine.hpp>
#include <florin/detail/complete_later.hpp>
#include <florin/detail/transport_error.hpp>
#include <florin/error.hpp>
#include <florin/net/deadline.hpp>
#include <florin/net/detail/fork.hpp>
#include <florin/net/establish.hpp>
#include <florin/net/pool.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/error.hpp>

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
      : core_(&core), pool_(&core.state().pool), missing_(count), failed_(core.setup_error()) {}
  WarmUp(const WarmUp&) = delete;
  WarmUp& operator=(const WarmUp&) = delete;
  ~WarmUp() {
    if (!inherited()) give_back(false);
  }

  /// Whether it is the parent's.
  [[nodiscard]] bool inherited() const noexcept {
    return process_ != net::detail::process_number();
  }
  /// The time begins to run.
  void launch(net::TimePoint now) {
    deadline_ = net::saturated(now, net::clipped(core_->deadline()));
    if (!failed_) count_idle(now);
  }
  /// The connection to establish now; null: enough, none to be had, or one has failed.
  [[nodiscard]] net::Connection* next() {
    if (missing_ == 0 || failed_) return nullptr;
    if (!opening_) opening_ = pool_->try_acquire_fresh();
    return opening_.get();
  }
  void established(const net::EstablishResult& result) {
    give_back(result.ok());
    if (result.ok()) {
      --missing_;
      return pool_->count_opened();
    }
    failed_ = CallMachine<typename Core::Policy, Create, typename Core::Observer>::establish_error(
        result, net::Clock::now(), deadline_);
  }
  /// Ends it with `error`.
  void refuse(Error error) { failed_ = std::move(error); }
  /// Ends one that this process has inherited: its parent goes on with it.
  void orphan() {
    opening_.reset();
    failed_ = transport_error(Core::Policy::name, Errc::connect_failed, false,
                              boost::asio::error::connection_aborted, Phase::queue);
  }
  [[nodiscard]] net::TimePoint deadline() const noexcept { return deadline_; }
  /// \return the first failure, if any.
  [[nodiscard]] Result<void> result() {
    if (!inherited()) give_back(false);
    if (failed_) return *std::move(failed_);
    return {};
  }

 private:
  /// Connections that are open already need not be opened. They are looked at all at once, as the
  /// pool hands out the same one again.
  void count_idle(net::TimePoint now) {
    std::vector<std::unique_ptr<net::Connection>> idle;
    while (idle.size() < missing_ && (opening_ = pool_->try_acquire(now)) &&
           opening_->stream.is_open())
      idle.push_back(std::move(opening_));
    missing_ -= idle.size();
    for (auto& connection : idle) pool_->release(std::move(connection), true, now);
  }
  void give_back(bool open) {
    if (opening_) pool_->release(std::move(opening_), open, net::Clock::now());
  }

  const unsigned process_ = net::detail::process_number();
  Core* core_;
  net::Pool* pool_;
  std::size_t missing_;
  net::TimePoint deadline_{};
  std::unique_ptr<net::Connection> opening_;
  std::optional<Error> failed_;
};

/// The asynchronous driver of a `WarmUp`.
template <class Core>
class WarmUpOperation {
 public:
  /// \param executor the client's; null: there is none.
  WarmUpOperation(std::shared_ptr<Core> core, std::size_t count,
                  const boost::asio::any_io_executor* executor)
      : core_(std::move(core)),
        machine_(std::make_unique<WarmUp<Core>>(*core_, count)),
        executor_(executor),
        given_(or_none(executor)) {}

  template <class Self>
  void operator()(Self& self) {
    if (begun_) return complete(self);
    begun_ = true;
    self.reset_cancellation_state(boost::asio::enable_total_cancellation());
    if (machine_->inherited()) {
      machine_->orphan();
      return complete_later(self, given_, false, core_->executor());
    }
    if (executor_ == nullptr) {
      machine_->refuse(core_->no_executor());
    } else {
      machine_->launch(net::Clock::now());
      if (proceed(self)) return;
    }
    complete_later(self, given_, executor_ != nullptr, nullptr);
  }
  template <class Self>
  void operator()(Self& self, const net::EstablishResult& result) {
    if (machine_->inherited()) {
      machine_->orphan();
      return complete(self);
    }
    machine_->established(result);
    if (!proceed(self)) complete(self);
  }

 private:
  template <class Self>
  bool proceed(Self& self) {
    auto* const connection = machine_->next();
    if (connection == nullptr) return false;
    connection->stream.set_executor(*executor_);
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
  const boost::asio::any_io_executor* executor_;
  boost::asio::any_io_executor given_;
  bool begun_ = false;
};

}  // namespace florin::detail
