// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/client_core.hpp>
#include <florin/detail/complete_later.hpp>
#include <florin/detail/warm_up.hpp>
#include <florin/error.hpp>
#include <florin/net/deadline.hpp>
#include <florin/net/establish.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/cancellation_state.hpp>

#include <cstddef>
#include <memory>
#include <utility>

namespace florin::detail {

/// The asynchronous driver of a `WarmUp`.
class WarmUpOperation {
 public:
  /// \param executor the client's; null: there is none.
  WarmUpOperation(std::shared_ptr<ClientCore> core, std::size_t count,
                  const boost::asio::any_io_executor* executor)
      : core_(std::move(core)),
        machine_(new WarmUp(core_->warming_up(count))),
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

  std::shared_ptr<ClientCore> core_;
  std::unique_ptr<WarmUp> machine_;
  const boost::asio::any_io_executor* executor_;
  boost::asio::any_io_executor given_;
  bool begun_ = false;
};

}  // namespace florin::detail
