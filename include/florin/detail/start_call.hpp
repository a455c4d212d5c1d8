// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/core.hpp>
#include <florin/error.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/execution/blocking.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/prefer.hpp>

#include <concepts>
#include <memory>
#include <type_traits>
#include <utility>

namespace florin::detail {

/// Keeps a handler for the end of what `pending` is, and has its cancellation slot cancel that. The
/// slot keeps what it was given when all is over, which does nothing then: whoever emits need not
/// wait.
template <class Taking, class Pending, class Handler>
void listen(Pending& pending, Handler& handler, const boost::asio::any_io_executor& own) {
  struct Cancel {
    Cancellable pending;
    void operator()(boost::asio::cancellation_type type) const noexcept {
      if (type != boost::asio::cancellation_type::none) pending.cancel();
    }
  };
  const Cancellable cancellable{pending};
  if (auto slot = boost::asio::get_associated_cancellation_slot(handler); slot.is_connected())
    slot.template emplace<Cancel>(cancellable);
  completion_of(pending).template emplace<Taking>(handler, own);
}

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

/// Starts an asynchronous operation of a client with its completion handler.
class Start {
 public:
  using executor_type = boost::asio::any_io_executor;

  /// \param executor the client's, which outlives this; null: there is none.
  explicit Start(const boost::asio::any_io_executor* executor) noexcept : executor_(executor) {}
  [[nodiscard]] executor_type get_executor() const noexcept { return or_none(executor()); }

 protected:
  /// The client's; null: there is none, or its execution context has gone since.
  [[nodiscard]] const boost::asio::any_io_executor* executor() const noexcept {
    return executor_ != nullptr && *executor_ ? executor_ : nullptr;
  }

 private:
  const boost::asio::any_io_executor* executor_;
};

/// Starts a call.
/// \tparam Taking takes the answer from an `OverCall`.
template <class Taking>
class StartCall : public Start {
 public:
  using Start::Start;

  /// \param call null: there was no memory for it.
  template <class Handler>
  void operator()(Handler&& handler, std::shared_ptr<ClientCore> core, CallPtr call) const {
    using Kept = std::decay_t<Handler>;
    const auto own = or_none(executor());
    Kept kept{std::forward<Handler>(handler)};
    if (!call) {
      return call_later(
          NoMemory<typename Taking::Answer, Kept>{std::move(kept), no_memory(*core), own}, own);
    }
    listen<Taking>(*call, kept, own);
    launch_call(std::move(call), std::move(core), executor());
  }

 private:
  /// Has a step called by its executor, not within the initiating function; at once where the step
  /// has none but what stands for the client's.
  template <class Step>
  void call_later(Step step, const boost::asio::any_io_executor& own) const {
    using boost::asio::execution::outstanding_work;
    const auto executor = step.get_executor();
    if constexpr (std::same_as<decltype(executor), const boost::asio::any_io_executor>) {
      // An operation holds its executor with its work counted, which counts as another one.
      if (this->executor() == nullptr &&
          (executor == own || executor == boost::asio::prefer(own, outstanding_work.tracked)))
        return step();
    }
    boost::asio::prefer(executor, boost::asio::execution::blocking.never).execute(std::move(step));
  }
};

/// Tells a handler the outcome as it is.
struct TakeAsItIs {
  template <class Outcome>
  Outcome operator()(Outcome outcome) const {
    return outcome;
  }
};

/// Starts a warm-up or a drain.
class StartJob : public Start {
 public:
  using Start::Start;

  template <class Handler, class JobPtr>
  void operator()(Handler&& handler, JobPtr job) const {
    std::decay_t<Handler> kept{std::forward<Handler>(handler)};
    listen<TakeAsItIs>(*job, kept, or_none(executor()));
    launch_job(std::move(job), executor());
  }
};

}  // namespace florin::detail

#if !defined(FLORIN_SEPARATE_COMPILATION)
#include <florin/impl/core.ipp>
#endif
