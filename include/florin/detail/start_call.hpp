// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/call_step.hpp>
#include <florin/detail/client_call.hpp>
#include <florin/detail/client_core.hpp>
#include <florin/detail/complete_later.hpp>
#include <florin/error.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/cancellation_type.hpp>

#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>

namespace florin::detail {

/// Cancels a call, as long as it is pending. May be called on any thread.
class CancelCall {
 public:
  CancelCall(std::shared_ptr<CallWatch> watch, std::uint64_t call) noexcept
      : watch_(std::move(watch)), call_(call) {}
  void operator()(boost::asio::cancellation_type type) const noexcept {
    if (type != boost::asio::cancellation_type::none) watch_->cancel(call_);
  }

 private:
  std::shared_ptr<CallWatch> watch_;
  std::uint64_t call_;
};

/// A handler that is told that there was no memory for its call.
template <class Answer, class Handler>
class NoMemory {
 public:
  using executor_type = boost::asio::associated_executor_t<Handler, boost::asio::any_io_executor>;

  NoMemory(Handler&& handler, Error error, const boost::asio::any_io_executor& own)
      : executor_(boost::asio::get_associated_executor(handler, own)),
        handler_(std::move(handler)),
        error_(std::move(error)) {}
  [[nodiscard]] executor_type get_executor() const noexcept { return executor_; }
  void operator()() { std::move(handler_)(Answer{std::move(error_)}); }

 private:
  executor_type executor_;
  Handler handler_;
  Error error_;
};

/// Starts a call with its completion handler.
/// \tparam Taking takes the answer, see `CallEnd`.
template <class Taking>
class StartCall {
 public:
  using executor_type = boost::asio::any_io_executor;

  /// \param executor the client's, which outlives this; null: there is none.
  explicit StartCall(const boost::asio::any_io_executor* executor) noexcept : executor_(executor) {}
  [[nodiscard]] executor_type get_executor() const noexcept { return or_none(executor_); }

  /// \param call null: there was no memory for it.
  template <class Handler>
  void operator()(Handler&& handler, std::shared_ptr<ClientCore> core,
                  std::unique_ptr<ClientCall> call) const {
    using Kept = std::decay_t<Handler>;
    const auto own = or_none(executor_);
    Kept kept{std::forward<Handler>(handler)};
    if (!call) {
      NoMemory<typename Taking::Answer, Kept> step{std::move(kept), core->no_memory(), own};
      return complete_later(step, own, executor_ != nullptr, nullptr);
    }
    const auto which = call->watch()->enter();
    // It stays there when the call is over, and does nothing then: whoever emits need not wait.
    if (auto slot = boost::asio::get_associated_cancellation_slot(kept); slot.is_connected())
      slot.template emplace<CancelCall>(call->watch(), which);
    call->end.template emplace<Taking>(kept, own);
    CallStep step{std::move(call), std::move(core)};
    step.launch(executor_);
  }

 private:
  const boost::asio::any_io_executor* executor_;
};

}  // namespace florin::detail
