// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/client_core.hpp>
#include <florin/detail/complete_later.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/error.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/system/error_code.hpp>

#include <cstddef>
#include <memory>
#include <new>
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

  /// \param call null: there was no memory for it.
  /// \param executor the client's; null: there is none.
  ClientOperation(std::shared_ptr<Core> core, std::unique_ptr<Call> call,
                  const boost::asio::any_io_executor* executor)
      : core_(std::move(core)),
        call_(std::move(call)),
        executor_(executor),
        given_(or_none(executor)) {}

  /// The start, and the end of a posted completion.
  template <class Self>
  void operator()(Self& self) {
    if (begun_) return complete(self);
    begun_ = true;
    self.reset_cancellation_state(boost::asio::enable_total_cancellation());
    if (call_ && call_->inherited()) {
      call_->machine.orphan(false);
      return complete_later(self, given_, false, core_->executor());
    }
    if (call_ && executor_ != nullptr) {
      const bool ended = attempt([&] {
        call_->attach(*executor_);
        call_->launch(net::Clock::now());
        return proceed(self);
      });
      if (!ended) return;
    }
    // The handler is not called from within the initiating function, however soon the call ends.
    complete_later(self, given_, executor_ != nullptr, nullptr);
  }

  /// A timer ended: the queue's, the token's or the backoff's.
  template <class Self>
  void operator()(Self& self, Code) {
    go_on(self, [&] {
      const bool cancelled = self.cancelled() != boost::asio::cancellation_type::none;
      const Code aborted = boost::asio::error::operation_aborted;
      const auto now = net::Clock::now();
      auto& machine = call_->machine;
      if (machine.step() == Step::wait) return machine.waited(cancelled ? aborted : Code{}, now);
      const Code late = now >= machine.deadline() ? boost::beast::error::timeout : Code{};
      if (machine.step() == Step::await_token)
        return machine.token_awaited(cancelled ? aborted : late, now);
      auto connection = call_->leave(now);
      if (connection && !cancelled) return take(std::move(connection));
      if (connection) {
        const bool open = connection->stream.is_open();
        call_->pool().release(std::move(connection), open, now);
      }
      machine.not_acquired(cancelled ? aborted : Code{boost::beast::error::timeout}, now);
    });
  }

  /// A connection was established, or not.
  template <class Self>
  void operator()(Self& self, const net::EstablishResult& result) {
    go_on(self, [&] {
      if (result.ok()) call_->pool().count_opened();
      call_->machine.established(result, net::Clock::now());
    });
  }

  /// The stream wrote or read.
  template <class Self>
  void operator()(Self& self, Code ec, std::size_t count) {
    go_on(self, [&] {
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
    });
  }

 private:
  void take(std::unique_ptr<net::Connection> connection) {
    call_->connection = std::move(connection);
    call_->connection->stream.set_executor(*executor_);
    call_->machine.acquired(call_->connection->stream.is_open(), net::Clock::now());
  }

  /// Tells the machine what has happened, and what follows from that.
  template <class Self, class Report>
  void go_on(Self& self, Report report) {
    if (call_->inherited()) {
      call_->machine.orphan(true);
      return complete(self);
    }
    const bool ended = attempt([&] {
      report();
      return proceed(self);
    });
    if (ended) complete(self);
  }

  /// \return whether the call has ended, as `work` says or because there was no memory.
  template <class Work>
  [[nodiscard]] bool attempt(Work work) {
    try {
      return work();
    } catch (const std::bad_alloc&) {
      if (!call_) throw;  // the call went with the operation that could not be begun
      call_->exhausted();
      return true;
    }
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
          call_->pool().release(std::move(call.connection), machine.reusable(), net::Clock::now());
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
    const auto core = std::move(core_);
    if (!call_) return self.complete(Core::no_memory());
    auto answer = call_->machine.answer();
    core->template recycle<Operation>(std::move(call_));
    self.complete(std::move(answer));
  }

  std::shared_ptr<Core> core_;
  std::unique_ptr<Call> call_;
  const boost::asio::any_io_executor* executor_;
  boost::asio::any_io_executor given_;
  bool begun_ = false;
};

}  // namespace florin::detail
