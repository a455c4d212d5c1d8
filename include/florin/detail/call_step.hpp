// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/client_call.hpp>
#include <florin/detail/client_core.hpp>
#include <florin/detail/complete_elsewhere.hpp>
#include <florin/detail/core.hpp>
#include <florin/detail/establishing.hpp>
#include <florin/net/deadline.hpp>
#include <florin/net/establish.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/system/error_code.hpp>
#include <boost/system/system_error.hpp>

#include <cstddef>
#include <memory>
#include <new>
#include <utility>

namespace florin::detail {

/// The asynchronous driver of a call: the handler of each of its waits. Whoever has it has the
/// call; when it is dropped, so is the call. A template for the reason of FLORIN_ASYNC_DECL.
template <class = void>
class CallStep {
 public:
  using executor_type = boost::asio::any_io_executor;
  using Step = CallMachine::Step;
  using Code = boost::system::error_code;

  /// \param call has its end.
  CallStep(CallPtr call, std::shared_ptr<ClientCore> core) noexcept
      : core_(std::move(core)), call_(std::move(call)) {}

  /// That of the call's handler; empty once moved away.
  [[nodiscard]] executor_type get_executor() const noexcept {
    return call_ ? call_->end.executor() : executor_type{};
  }

  /// Launches the call. Its handler is not called from within, as long as anything else can call
  /// it.
  /// \param executor the client's; null: there is none, and the call has ended.
  void launch(const boost::asio::any_io_executor* executor) {
    if (call_->inherited()) {
      call_->machine.orphan(false);
      return complete_elsewhere(*this, call_->end, core_->executor());
    }
    if (executor == nullptr) {
      // The execution context has gone since the call was prepared.
      if (call_->machine.step() != Step::done) call_->machine.call_off(core_->no_executor());
      return complete_elsewhere(*this, call_->end, nullptr);
    }
    const bool ended = attempt([&] {
      call_->attach(*executor);
      call_->launch(call_->watch()->current_call(), net::Clock::now());
      return proceed();
    });
    if (ended) boost::asio::post(*executor, std::move(*this));
  }

  /// A completion that was posted.
  void operator()() { complete(); }

  /// A timer ended: the queue's, the token's or the backoff's.
  void operator()(Code) {
    go_on([&] {
      const bool cancelled = call_->cancelled();
      const Code aborted = boost::asio::error::operation_aborted;
      const auto now = net::Clock::now();
      auto& machine = call_->machine;
      if (machine.step() == Step::wait) return machine.waited(cancelled ? aborted : Code{}, now);
      const Code late = now >= machine.deadline() ? boost::beast::error::timeout : Code{};
      if (machine.step() == Step::await_token)
        return machine.token_awaited(cancelled ? aborted : late, now);
      if (auto connection = call_->leave(now)) return take(std::move(connection));
      const Code timeout = boost::beast::error::timeout;
      machine.not_acquired(call_->cancelled() ? aborted : timeout, now);
    });
  }

  /// A connection was established, or not.
  void operator()(const net::EstablishResult& result) {
    call_->watch()->end_turn();
    go_on([&] {
      if (result.ok()) call_->pool().count_opened();
      call_->machine.established(result, net::Clock::now());
    });
  }

  /// The stream wrote or read.
  void operator()(Code ec, std::size_t count) {
    go_on([&] {
      if (call_->expired()) {
        ec = boost::beast::error::timeout;
      } else if (call_->cancelled()) {
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
    call_->connection->stream.set_executor(*core_->executor());
    call_->machine.acquired(call_->connection->stream.is_open(), net::Clock::now());
  }

  /// Tells the machine what has happened, and what follows from that.
  template <class Report>
  void go_on(Report report) {
    if (call_->inherited()) {
      call_->machine.orphan(true);
      return complete();
    }
    const bool ended = attempt([&] {
      report();
      return proceed();
    });
    if (ended) complete();
  }

  /// \return whether the call has ended, as `work` says or because there was no memory, or no
  /// descriptor for the executor's context.
  template <class Work>
  [[nodiscard]] bool attempt(Work work) {
    // What went with the operation that could not be begun ends by the exception.
    try {
      return work();
    } catch (const std::bad_alloc&) {
      if (!call_) throw;
    } catch (const boost::system::system_error&) {
      if (!call_) throw;
    }
    call_->exhausted();
    return true;
  }

  /// Performs steps until one has to be waited for.
  /// \return whether the call has ended instead.
  [[nodiscard]] bool proceed() {
    ClientCall& call = *call_;
    auto& machine = call.machine;
    for (;;) {
      switch (machine.step()) {
        case Step::seek_token:
          call.seek_token(net::Clock::now());
          break;
        case Step::await_token:
          call.wait_for_grant(machine.deadline(), std::move(*this));
          return false;
        case Step::acquire:
          if (auto connection = call.acquire(net::Clock::now(), false)) {
            take(std::move(connection));
            break;
          }
          if (call.refused()) {
            machine.refused(net::Clock::now());
            break;
          }
          call.wait_for_grant(machine.deadline(), std::move(*this));
          return false;
        case Step::establish:
          establish();
          return false;
        case Step::probe:
          machine.probed(call.connection->stream.alive(), net::Clock::now());
          break;
        case Step::write: {
          if (!call.guarded()) call.guard();
          const auto unsent = machine.unsent();
          call.connection->stream.async_write_some(
              boost::asio::buffer(unsent.data(), unsent.size()), std::move(*this));
          return false;
        }
        case Step::read:
          call.connection->stream.async_read_some(machine.room(), std::move(*this));
          return false;
        case Step::release:
          call.unguard();
          call.pool().release(std::move(call.connection), machine.reusable(), net::Clock::now());
          machine.released();
          break;
        case Step::wait:
          call.wait_until(machine.wake_time(), std::move(*this));
          return false;
        case Step::done:
          return true;
      }
    }
  }

  void establish() {
    auto& stream = call_->connection->stream;
    const auto deadline = call_->machine.deadline();
    const auto watch = call_->watch();
    const auto target = call_->target();
    establish_in_turn(stream, target, deadline, watch, std::move(*this));
  }

  void complete() {
    auto& end = call_->end;
    call_->watch()->leave();
    end.complete({std::move(core_), std::move(call_)});
  }

  std::shared_ptr<ClientCore> core_;
  CallPtr call_;  // goes before the core that it gives its place back to
};

}  // namespace florin::detail
