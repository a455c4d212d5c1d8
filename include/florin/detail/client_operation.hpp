// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/client_core.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/system/error_code.hpp>

#include <cstddef>
#include <memory>
#include <utility>

namespace florin::detail {

/// The asynchronous driver of a call.
template <class Core, class Operation>
class ClientOperation {
 public:
  using Call = typename Core::template Call<Operation>;
  using Machine = CallMachine<typename Core::Policy, Operation, typename Core::Observer>;
  using Step = typename Machine::Step;
  using Code = boost::system::error_code;

  ClientOperation(std::shared_ptr<Core> core, std::unique_ptr<Call> call)
      : core_(std::move(core)), call_(std::move(call)) {}

  /// The start, and the end of a posted completion.
  template <class Self>
  void operator()(Self& self) {
    if (begun_) return complete(self);
    begun_ = true;
    self.reset_cancellation_state(boost::asio::enable_total_cancellation());
    call_->launch(net::Clock::now());
    // The handler is not called from within the initiating function, however soon the call ends.
    if (proceed(self)) boost::asio::post(core_->executor(), std::move(self));
  }

  /// A timer ended: the queue's, the token's or the backoff's.
  template <class Self>
  void operator()(Self& self, Code) {
    const bool cancelled = self.cancelled() != boost::asio::cancellation_type::none;
    const Code aborted = boost::asio::error::operation_aborted;
    const auto now = net::Clock::now();
    auto& machine = call_->machine;
    if (machine.step() == Step::wait) {
      machine.waited(cancelled ? aborted : Code{}, now);
      return go_on(self);
    }
    if (machine.step() == Step::await_token) {
      const bool late = now >= machine.deadline();
      machine.token_awaited(cancelled ? aborted
                            : late    ? Code{boost::beast::error::timeout}
                                      : Code{},
                            now);
      return go_on(self);
    }
    auto connection = call_->leave(now);
    if (connection && !cancelled) {
      take(std::move(connection));
    } else {
      if (connection) {
        const bool open = connection->stream.is_open();
        core_->pool().release(std::move(connection), open, now);
      }
      machine.not_acquired(cancelled ? aborted : Code{boost::beast::error::timeout}, now);
    }
    go_on(self);
  }

  /// A connection was established, or not.
  template <class Self>
  void operator()(Self& self, const net::EstablishResult& result) {
    if (result.ok()) core_->pool().count_opened();
    call_->machine.established(result, net::Clock::now());
    go_on(self);
  }

  /// The stream wrote or read.
  template <class Self>
  void operator()(Self& self, Code ec, std::size_t count) {
    if (call_->expired()) {
      ec = boost::beast::error::timeout;
    } else if (self.cancelled() != boost::asio::cancellation_type::none) {
      ec = boost::asio::error::operation_aborted;
    }
    auto& machine = call_->machine;
    if (machine.step() == Step::write) {
      machine.written(ec, count, net::Clock::now());
    } else {
      machine.received(ec, count, net::Clock::now());
    }
    go_on(self);
  }

 private:
  void take(std::unique_ptr<net::Connection> connection) {
    call_->connection = std::move(connection);
    call_->machine.acquired(call_->connection->stream.is_open(), net::Clock::now());
  }

  template <class Self>
  void go_on(Self& self) {
    if (proceed(self)) complete(self);
  }

  /// Performs steps until one has to be waited for. \return whether the call has ended instead.
  template <class Self>
  [[nodiscard]] bool proceed(Self& self) {
    Call& call = *call_;
    auto& machine = call.machine;
    for (;;) {
      switch (machine.step()) {
        case Step::seek_token:
          call.seek_token(net::Clock::now());
          break;
        case Step::await_token:
          call.wait_for_grant(machine.deadline(), std::move(self));
          return false;
        case Step::acquire:
          if (auto connection = call.acquire(net::Clock::now())) {
            take(std::move(connection));
            break;
          }
          call.wait_for_grant(machine.deadline(), std::move(self));
          return false;
        case Step::establish:
          net::async_establish(call.connection->stream, core_->target(), machine.deadline(),
                               std::move(self));
          return false;
        case Step::probe:
          machine.probed(call.connection->stream.alive(), net::Clock::now());
          break;
        case Step::write: {
          if (!call.guarded()) call.guard();
          const auto unsent = machine.unsent();
          call.connection->stream.async_write_some(
              boost::asio::buffer(unsent.data(), unsent.size()), std::move(self));
          return false;
        }
        case Step::read:
          call.connection->stream.async_read_some(machine.room(), std::move(self));
          return false;
        case Step::release:
          call.unguard();
          core_->pool().release(std::move(call.connection), machine.reusable(), net::Clock::now());
          machine.released();
          break;
        case Step::wait:
          call.wait_until(machine.wake_time(), std::move(self));
          return false;
        case Step::done:
          return true;
      }
    }
  }

  template <class Self>
  void complete(Self& self) {
    auto answer = call_->machine.answer();
    core_->template recycle<Operation>(std::move(call_));
    const auto core = std::move(core_);
    self.complete(std::move(answer));
  }

  std::shared_ptr<Core> core_;
  std::unique_ptr<Call> call_;
  bool begun_ = false;
};

}  // namespace florin::detail
