// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/completion.hpp>
#include <florin/detail/core.hpp>
#include <florin/detail/held_request.hpp>
#include <florin/detail/judged.hpp>
#include <florin/detail/series.hpp>
#include <florin/error.hpp>
#include <florin/net/deadline.hpp>
#include <florin/onboarding/detail/onboarding_plan.hpp>
#include <florin/onboarding/detail/row_changes.hpp>
#include <florin/onboarding/directory.hpp>
#include <florin/onboarding/onboarded.hpp>
#include <florin/secret.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/execution/blocking.hpp>
#include <boost/asio/prefer.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace florin::onboarding::detail {

/// How long a call may take.
template <class Options>
[[nodiscard]] std::chrono::milliseconds limit_of(const florin::detail::ClientCore& core,
                                                 const Options& options) {
  return options.deadline.value_or(florin::detail::options_of(core).deadline);
}

/// The options of the call of `ensure`.
template <class Options>
[[nodiscard]] Options applied(Options options, const OnboardingPlan& plan) {
  options.deadline = florin::detail::left_until(plan.deadline());
  options.look_first = plan.how().look_first;
  options.look_only = plan.how().look_only;
  return options;
}

/// What is wrong with options.
/// \tparam Options `OnboardOptions` or `SettleOptions`.
template <class Options>
[[nodiscard]] std::optional<Error> fault_of_options(std::string_view connector,
                                                    const Options& options) {
  if (!options.call.idempotency_key.empty())
    return florin::detail::local_error(
        connector,
        {Errc::invalid_options, std::nullopt,
         "the idempotency key of an onboarding is derived, so that all processes have the same"});
  return fault_of_account(connector, options.account);
}

/// What is wrong with a call before anything is written.
template <class Client, class Request>
[[nodiscard]] std::optional<Error> fault_of(const Client& client, const Request& request,
                                            const OnboardOptions<Client>& options) {
  if (auto fault = fault_of_options(client.ensure_facts().connector, options)) return fault;
  if (auto valid = client.validate(request); !valid) return std::move(valid).error();
  return std::nullopt;
}

/// Asks for a row that was claimed and stores the answer, blocking.
/// \param claimed what came of asking for the row.
template <class Client>
[[nodiscard]] Result<Onboarded> pursue(Client& client, DirectoryCore& core, OnboardingPlan& plan,
                                       Result<Claimed> claimed,
                                       const typename Client::CallOptionsType& options) {
  try {
    if (auto answer = plan.took(std::move(claimed))) {
      plan.hand_back(core);
      return *std::move(answer);
    }
  } catch (const std::bad_alloc&) {
    plan.hand_back(core);
    throw;
  }
  const CreateRequestView request = plan.request();
  auto answer = client.ensure(request, applied(options, plan));
  const auto row = wait_told<Row>([&](std::function<void(Result<Row>)> done) {
    const auto job = plan.finish(core, std::move(answer));
    job->done = std::move(done);
    core.finish(job);
  });
  return plan.end(row);
}

/// The options of a call that is begun later: what they only view is copied.
template <class Options>
class KeptOptions {
 public:
  explicit KeptOptions(const Options& options) : options_(options) {
    if (!options.payment_token.empty())
      options_.payment_token = payment_token_.emplace(options.payment_token).reveal();
    if constexpr (requires { options.credentials; }) {
      if (options.credentials != nullptr)
        options_.credentials = &credentials_.emplace(*options.credentials);
    }
  }
  KeptOptions(const KeptOptions&) = delete;
  KeptOptions& operator=(const KeptOptions&) = delete;

  [[nodiscard]] const Options& view() const noexcept { return options_; }

 private:
  template <class O>
  static auto credentials_of() {
    if constexpr (requires(O options) { options.credentials; }) {
      return std::type_identity<std::remove_cvref_t<decltype(*std::declval<O>().credentials)>>{};
    } else {
      return std::type_identity<std::nullptr_t>{};
    }
  }

  Options options_;
  std::optional<Secret> payment_token_{};
  std::optional<typename decltype(credentials_of<Options>())::type> credentials_{};
};

/// Calls a handler on its executor, and not within who calls this; here, where there is no memory
/// for that.
/// \param owner of `end`.
template <class Owner, class Answer>
void complete_later(std::shared_ptr<Owner> owner, florin::detail::Completion<Answer>& end,
                    Answer answer) {
  struct Posted {
    explicit Posted(const Answer& what) : answer(what) {}
    Answer answer;
    std::recursive_mutex handing_over;  // an executor may ignore that it shall not call at once
  };
  struct Step {
    std::shared_ptr<Owner> owner;
    florin::detail::Completion<Answer>* end;
    std::shared_ptr<Posted> posted;
    void operator()() const {
      // The execution context may go with the handler: this thread waits until the other has left
      // it.
      { const std::lock_guard lock{posted->handing_over}; }
      end->complete(std::move(posted->answer));
    }
  };
  try {
    const auto posted = std::make_shared<Posted>(answer);
    Step step{owner, &end, posted};
    const std::lock_guard lock{posted->handing_over};
    boost::asio::prefer(end.executor(), boost::asio::execution::blocking.never)
        .execute(std::move(step));
  } catch (const std::bad_alloc&) {
    end.complete(std::move(answer));
  }
}

/// An asynchronous onboarding. It lives as long as it is under way, or its handler is.
template <class Client>
class OnboardingCall : public std::enable_shared_from_this<OnboardingCall<Client>> {
 public:
  using Answer = Result<Onboarded>;
  using Options = typename Client::CallOptionsType;

  /// \param fault why it ends at once. Errors: `std::bad_alloc`, as of the next.
  OnboardingCall(const Client& client, const Directory& directory, const CreateRequestView& request,
                 const OnboardOptions<Client>& options, std::optional<Error> fault)
      : client_(client),
        directory_(directory),
        options_(options.call),
        waits_(options.waits),
        account_(options.account),
        fault_(std::move(fault)) {
    request_.hold(request);
  }
  /// One whose row was claimed.
  /// \param options of the call of `ensure`.
  OnboardingCall(const Client& client, const Directory& directory, Worker worker, Claimed claimed,
                 net::TimePoint deadline, const Options& options)
      : client_(client), directory_(directory), options_(options) {
    plan_.emplace(std::move(worker), claimed.row, deadline);
    claimed_.emplace(std::move(claimed));
  }
  OnboardingCall(const OnboardingCall&) = delete;
  OnboardingCall& operator=(const OnboardingCall&) = delete;

  [[nodiscard]] florin::detail::Completion<Answer>& end() noexcept { return end_; }

  /// Begins; the end has its handler. Errors: `std::bad_alloc`, and nothing has begun.
  void begin() {
    if (fault_) return complete(*std::move(fault_));
    if (claimed_) return claimed(*std::move(claimed_));
    const auto core = florin::detail::CoreAccess::of(client_);
    plan_.emplace(directory_.core(), client_.ensure_facts(), account_, request_.view(),
                  net::ends_after(limit_of(*core, options_.view())));
    auto job = plan_->claim(directory_.core(), waits_);
    job->done = [self = this->shared_from_this()](Result<Claimed> claimed) {
      self->claimed(std::move(claimed));
    };
    {
      const std::lock_guard lock{mutex_};
      claim_ = job;
    }
    try {
      directory_.core().claim(job);
    } catch (const std::bad_alloc&) {
      job->done = {};  // it keeps this
      throw;
    }
  }
  /// Whether it was cancelled.
  ///
  /// Thread safety: on any thread.
  [[nodiscard]] bool cancelled() noexcept {
    const std::lock_guard lock{mutex_};
    return cancelled_;
  }
  /// Ends it with `Errc::cancelled`, unless the answer is being stored.
  ///
  /// Thread safety: on any thread.
  void cancel() noexcept {
    std::shared_ptr<ClaimJob> claim;
    bool asking = false;
    {
      const std::lock_guard lock{mutex_};
      cancelled_ = true;
      claim = claim_;
      asking = asking_;  // a signal may not be emitted while it is being connected
    }
    if (claim) directory_.core().cancel(claim);
    if (asking) signal_.emit(boost::asio::cancellation_type::terminal);
  }

 private:
  /// What follows when the processor has answered.
  struct Asked {
    using executor_type = boost::asio::any_io_executor;
    using cancellation_slot_type = boost::asio::cancellation_slot;
    std::shared_ptr<OnboardingCall> call;

    [[nodiscard]] executor_type get_executor() const noexcept { return call->end_.executor(); }
    [[nodiscard]] cancellation_slot_type get_cancellation_slot() const noexcept {
      return call->signal_.slot();
    }
    void operator()(Result<CreateResponse> answer) const { call->asked(std::move(answer)); }
  };

  /// On the directory's thread, or within `begin`.
  void claimed(Result<Claimed> claimed) noexcept {
    {
      const std::lock_guard lock{mutex_};
      claim_.reset();
    }
    try {
      if (auto answer = plan_->took(std::move(claimed))) {
        plan_->hand_back(directory_.core());
        return complete(*std::move(answer));
      }
      client_.async_ensure(plan_->request(), applied(options_.view(), *plan_),
                           Asked{this->shared_from_this()});
    } catch (const std::bad_alloc&) {
      plan_->hand_back(directory_.core());
      return complete(no_memory(false));
    }
    bool cancelled = false;
    {
      const std::lock_guard lock{mutex_};
      asking_ = true;
      cancelled = cancelled_;
    }
    if (cancelled) signal_.emit(boost::asio::cancellation_type::terminal);
  }
  void asked(Result<CreateResponse> answer) noexcept {
    try {
      auto job = plan_->finish(directory_.core(), std::move(answer));
      job->done = [self = this->shared_from_this()](const Result<Row>& row) { self->stored(row); };
      directory_.core().finish(job);
    } catch (const std::bad_alloc&) {
      complete(no_memory(true));
    }
  }
  void stored(const Result<Row>& row) noexcept {
    try {
      complete(plan_->end(row));
    } catch (const std::bad_alloc&) {
      complete(no_memory(true));
    }
  }
  [[nodiscard]] Answer no_memory(bool asked) const {
    return florin::detail::no_memory_for(*florin::detail::CoreAccess::of(client_), asked);
  }
  /// Calls the handler on its executor, and not within who calls this.
  void complete(Answer answer) {
    complete_later(this->shared_from_this(), end_, std::move(answer));
  }

  Client client_;
  Directory directory_;
  KeptOptions<Options> options_;
  bool waits_ = true;
  std::string account_{};
  std::optional<Error> fault_{};
  florin::detail::HeldRequest<CreateRequestView> request_{};
  std::optional<OnboardingPlan> plan_{};
  std::optional<Claimed> claimed_{};  // until it begins, where that was done before
  florin::detail::Completion<Answer> end_{};
  std::mutex mutex_{};
  std::shared_ptr<ClaimJob> claim_{};  // while it waits for its row
  boost::asio::cancellation_signal signal_{};
  bool asking_ = false;
  bool cancelled_ = false;
};

}  // namespace florin::onboarding::detail
