// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/client_options.hpp>
#include <florin/detail/client_core_of.hpp>
#include <florin/detail/completion.hpp>
#include <florin/detail/config.hpp>
#include <florin/detail/core.hpp>
#include <florin/detail/pending_series.hpp>
#include <florin/detail/start_call.hpp>
#include <florin/error.hpp>
#include <florin/net/deadline.hpp>
#include <florin/secret.hpp>
#include <florin/text.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/execution/blocking.hpp>
#include <boost/asio/prefer.hpp>

#include <chrono>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <type_traits>
#include <utility>

/// Calls that are made of others, one after the other and within one deadline. A plan decides which
/// comes next; the blocking and the asynchronous driver run the same plan.
///
/// A plan has `Answer`, a `Result`; `next(call)`, which calls
/// `call.operator()<Operation>(request, SeriesCall{...})` as the last thing that it does;
/// `took(result)` for what each operation may answer; `done()`; and `take()`, the answer.
namespace florin::detail {

/// What is left until `deadline`, rounded up.
[[nodiscard]] FLORIN_DECL std::chrono::milliseconds left_until(net::TimePoint deadline) noexcept;

/// What a call of a series does otherwise than the options say.
struct SeriesCall {
  std::optional<OnExists> on_exists{};
  std::optional<int> retries{};
  std::chrono::milliseconds delay{0};  ///< before it is begun, within the deadline

  /// The options of the call.
  /// \param left until the deadline.
  template <class Options>
  [[nodiscard]] Options apply(Options options, std::chrono::milliseconds left) const noexcept {
    options.deadline = left;
    if (on_exists) options.on_exists = *on_exists;
    if (retries) options.retries = *retries;
    if (options.delay < delay) options.delay = delay;
    return options;
  }
};

/// The options of a series.
/// \tparam Options `CallOptions` or `AnyCallOptions`.
template <class Options>
class SeriesOptions {
 public:
  [[nodiscard]] std::chrono::milliseconds limit_at(const ClientCore& core) const noexcept {
    return options_.deadline.value_or(options_of(core).deadline);
  }

 protected:
  explicit SeriesOptions(const Options& options) : options_(options) {}

  /// Copies the texts that the options only view. Errors: `std::bad_alloc`.
  void keep_texts() {
    options_.idempotency_key = key_.emplace(options_.idempotency_key).view();
    if (!options_.payment_token.empty())
      options_.payment_token = payment_token_.emplace(options_.payment_token).reveal();
  }
  /// Those of the next call.
  template <class Operation>
  [[nodiscard]] Options next(const SeriesCall& how, std::chrono::milliseconds left) noexcept {
    Options options = how.apply(options_, left);
    if (!Operation::changes) options.payment_token = {};  // it is for what makes a customer
    options_.delay = std::chrono::milliseconds{0};        // the first call has waited
    return options;
  }

  Options options_;

 private:
  std::optional<Text> key_;
  std::optional<Secret> payment_token_;
};

/// The calls of a client, with the options of one call.
template <class P, class Observer>
class OwnCalls : public SeriesOptions<CallOptions<P>> {
 public:
  using Core = ClientCoreOf<P, Observer>;

  /// \param core a `Core`.
  OwnCalls(std::shared_ptr<ClientRoot> core, const CallOptions<P>& options)
      : SeriesOptions<CallOptions<P>>(options), core_(std::move(core)) {}

  /// Copies what the options only view. Errors: `std::bad_alloc`.
  void keep() {
    if (this->options_.credentials != nullptr)
      this->options_.credentials = &credentials_.emplace(*this->options_.credentials);
    this->keep_texts();
  }
  [[nodiscard]] std::shared_ptr<ClientCore> core() const noexcept {
    return ClientRoot::shared_core(core_);
  }
  template <class Operation>
  [[nodiscard]] Result<typename Operation::Response> perform(
      const typename Operation::Request& request, const SeriesCall& how,
      std::chrono::milliseconds left, const PendingSeries& series) {
    return own_core().template perform<Operation>(
        request, this->template next<Operation>(how, left), &series);
  }
  /// A call to be launched; null: there was no memory.
  template <class Operation>
  [[nodiscard]] CallPtr try_begin(const typename Operation::Request& request, const SeriesCall& how,
                                  std::chrono::milliseconds left, bool runnable,
                                  const PendingSeries& series) {
    return own_core().template try_begin<Operation>(
        request, this->template next<Operation>(how, left), runnable, &series);
  }

 private:
  [[nodiscard]] Core& own_core() const noexcept { return static_cast<Core&>(*core_); }

  std::shared_ptr<ClientRoot> core_;
  std::optional<CredentialsOf<P>> credentials_;
};

/// The error of a series for which there is no memory.
/// \param begun whether a call that changes something was begun.
[[nodiscard]] FLORIN_DECL Error no_memory_for(const ClientCore& core, bool begun);

/// Makes a plan of `parts` and runs it, blocking.
template <class Plan, class Calls, class... Parts>
[[nodiscard]] typename Plan::Answer perform_series(Calls calls, const Parts&... parts) {
  bool begun = false;
  try {
    Plan plan{parts...};
    PendingSeries pending;
    pending.enter(*calls.core());
    const auto deadline = net::ends_after(calls.limit_at(*calls.core()));
    do {
      plan.next([&]<class Operation>(const typename Operation::Request& request,
                                     const SeriesCall& how) {
        begun = begun || Operation::changes;
        plan.took(calls.template perform<Operation>(request, how, left_until(deadline), pending));
      });
    } while (!plan.done());
    return plan.take();
  } catch (const std::bad_alloc&) {
    return no_memory_for(*calls.core(), begun);
  }
}

/// Runs a plan, asynchronous. It lives as long as a call of it is pending, or its handler is.
template <class Plan, class Calls>
class Series : public std::enable_shared_from_this<Series<Plan, Calls>> {
 public:
  using Answer = typename Plan::Answer;

  Series(Plan plan, Calls calls) : plan_(std::move(plan)), calls_(std::move(calls)) {
    calls_.keep();
  }
  Series(const Series&) = delete;
  Series& operator=(const Series&) = delete;

  [[nodiscard]] Completion<Answer>& end() noexcept { return end_; }
  /// Begins; the end has its handler. Errors: `std::bad_alloc`, and nothing has begun.
  void begin() {
    pending_.enter(*calls_.core());
    deadline_ = net::ends_after(calls_.limit_at(*calls_.core()));
    if (auto answer = proceed()) end_later(*std::move(answer));
  }
  /// Ends it with `Errc::cancelled`.
  ///
  /// Thread safety: on any thread.
  void cancel() noexcept {
    const std::lock_guard lock{mutex_};
    cancelled_ = true;
    if (current_) current_->cancel();
  }

 private:
  /// What follows when a call of the series is over.
  template <class Operation>
  struct Step {
    using executor_type = boost::asio::any_io_executor;
    std::shared_ptr<Series> series;

    [[nodiscard]] executor_type get_executor() const noexcept { return series->end_.executor(); }
    void operator()(Result<typename Operation::Response> result) const {
      if (auto answer = series->take(std::move(result))) series->finish(*std::move(answer));
    }
  };

  /// Goes on with what came of a call.
  /// \return the answer, at the end.
  template <class Outcome>
  std::optional<Answer> take(Outcome result) {
    try {
      plan_.took(std::move(result));
      return proceed();
    } catch (const std::bad_alloc&) {
      return no_memory_for(*calls_.core(), begun_);
    }
  }
  /// Launches the next call; what it comes to may be there before this returns.
  /// \return the answer, at the end.
  std::optional<Answer> proceed() {
    bool launched = false;
    while (!plan_.done()) {
      plan_.next(
          [&]<class Operation>(const typename Operation::Request& request, const SeriesCall& how) {
            launched = this->template launch<Operation>(request, how);
          });
      if (launched) return std::nullopt;
    }
    return plan_.take();
  }
  /// \return whether the call is under way: nothing of this is to be touched then. If not, the plan
  /// has taken why.
  template <class Operation>
  bool launch(const typename Operation::Request& request, const SeriesCall& how) {
    auto core = calls_.core();
    const auto* const executor = executor_of(*core);
    CallPtr call = calls_.template try_begin<Operation>(request, how, left_until(deadline_),
                                                        executor != nullptr, pending_);
    if (!call) {
      plan_.took(Result<typename Operation::Response>{no_memory(*core)});
      return false;
    }
    Step<Operation> step{this->shared_from_this()};
    follow(*call);
    completion_of(*call).template emplace<Taking<Operation>>(step, or_none(executor));
    begun_ = begun_ || Operation::changes;
    launch_call(std::move(call), std::move(core), executor);
    return true;
  }
  /// Whoever cancels the series cancels this call, before it is launched if he has done so already.
  void follow(ClientCall& call) {
    const std::lock_guard lock{mutex_};
    current_.emplace(call);
    if (cancelled_) current_->cancel();
  }
  /// Ends a series of which no call could be begun, not within the initiating function.
  void end_later(Answer answer) {
    boost::asio::prefer(end_.executor(), boost::asio::execution::blocking.never)
        .execute([series = this->shared_from_this(), answer = std::move(answer)]() mutable {
          series->finish(std::move(answer));
        });
  }
  void finish(Answer answer) {
    pending_.leave();
    end_.complete(std::move(answer));
  }

  Plan plan_;
  Calls calls_;
  PendingSeries pending_;
  Completion<Answer> end_;
  net::TimePoint deadline_{};
  bool begun_ = false;  // a call that changes something
  std::mutex mutex_;
  std::optional<Cancellable> current_;
  bool cancelled_ = false;
};

/// Starts a series with its completion handler.
class StartSeries : public Start {
 public:
  using Start::Start;

  template <class Handler, class SeriesOf>
  void operator()(Handler&& handler, std::shared_ptr<SeriesOf> series) const {
    struct Cancel {
      std::weak_ptr<SeriesOf> series;
      void operator()(boost::asio::cancellation_type type) const noexcept {
        if (type == boost::asio::cancellation_type::none) return;
        if (const auto pending = series.lock()) pending->cancel();
      }
    };
    std::decay_t<Handler> kept{std::forward<Handler>(handler)};
    if (auto slot = boost::asio::get_associated_cancellation_slot(kept); slot.is_connected())
      slot.template emplace<Cancel>(series);
    series->end().template emplace<TakeAsItIs>(kept, or_none(executor()));
    series->begin();
  }
};

/// Runs a plan, asynchronous, for any completion token of signature `void(Plan::Answer)`.
template <class Plan, class Calls, class Token>
auto async_series(Plan plan, Calls calls, Token&& token) {
  const auto* const executor = executor_of(*calls.core());
  return boost::asio::async_initiate<Token, void(typename Plan::Answer)>(
      StartSeries{executor}, token,
      std::make_shared<Series<Plan, Calls>>(std::move(plan), std::move(calls)));
}

}  // namespace florin::detail

#if !defined(FLORIN_SEPARATE_COMPILATION)
#include <florin/impl/series.ipp>
#endif
