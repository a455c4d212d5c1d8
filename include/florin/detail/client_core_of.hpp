// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/client_options.hpp>
#include <florin/detail/client_attempt.hpp>
#include <florin/detail/core.hpp>
#include <florin/detail/observer_ref.hpp>
#include <florin/error.hpp>
#include <florin/exchange_options.hpp>
#include <florin/observer.hpp>
#include <florin/policy.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <memory>
#include <new>
#include <string_view>
#include <utility>

namespace florin::detail {

/// What of a client knows the policy and the observer, with its core.
template <class P, class Observer>
class ClientCoreOf {
 public:
  ClientCoreOf(const boost::asio::any_io_executor& executor, CredentialsOf<P> credentials,
               ClientOptions options, Observer observer)
      : credentials_(std::move(credentials)),
        observer_(std::move(observer)),
        core_(make_core(P::name, P::hosts, executor, std::move(options))) {}

  [[nodiscard]] ClientCore& core() const noexcept { return *core_; }

  /// A call with its request encoded, to be launched.
  /// \param blocks whether it is for the blocking driver.
  /// \param runnable whether there is what it needs to run.
  template <class Operation, class Request>
  [[nodiscard]] CallPtr begin(const Request& request, const CallOptions<P>& given, bool blocks,
                              bool runnable) {
    const ObserverRef observer{observer_};
    auto prepared = prepare_call(*core_, call_facts<P, Operation>, &make_attempt<Operation>,
                                 &credentials_, observer, blocks, runnable);
    if (!prepared.usable) return std::move(prepared.call);
    const ClientOptions& options = options_of(*core_);
    auto& attempt = attempt_in<Operation>(*prepared.call);
    auto encode = [&](std::string_view access_token) {
      return attempt.encode(request, given.credentials ? *given.credentials : credentials_,
                            {.environment = options.environment,
                             .host = authority_of(*core_),
                             .idempotency_key = given.idempotency_key,
                             .on_exists = given.on_exists,
                             .access_token = access_token});
    };
    RetryOptions retry = options.retry;
    if (given.retries) retry.retries = *given.retries;
    begin_call(prepared, EncodeRef{encode}, given.deadline.value_or(options.deadline), retry,
               observer);
    return std::move(prepared.call);
  }
  /// The same for an asynchronous call; null: there was no memory.
  template <class Operation, class Request>
  [[nodiscard]] CallPtr try_begin(const Request& request, const CallOptions<P>& given,
                                  bool runnable) {
    try {
      return begin<Operation>(request, given, false, runnable);
    } catch (const std::bad_alloc&) {
      return nullptr;
    }
  }

  /// Takes what came of a call that is over, and keeps the call for the next one.
  template <class Operation>
  struct Taking {
    using Answer = Result<typename Operation::Response>;
    Answer operator()(OverCall over) const {
      return taken<Operation>(std::move(over.call), *over.core);
    }
  };

  /// The whole call, blocking.
  template <class Operation, class Request>
  [[nodiscard]] Result<typename Operation::Response> perform(const Request& request,
                                                             const CallOptions<P>& given) {
    CallPtr call;
    try {
      call = begin<Operation>(request, given, true, true);
    } catch (const std::bad_alloc&) {
      return no_memory(*core_);
    }
    perform_call(*core_, *call);
    return taken<Operation>(std::move(call), *core_);
  }

 private:
  template <class Operation>
  static std::unique_ptr<Attempt> make_attempt(const void* credentials) {
    return std::make_unique<ClientAttempt<P, Operation>>(
        *static_cast<const CredentialsOf<P>*>(credentials));
  }
  template <class Operation>
  static ClientAttempt<P, Operation>& attempt_in(ClientCall& call) noexcept {
    return static_cast<ClientAttempt<P, Operation>&>(attempt_of(call));
  }
  template <class Operation>
  static Result<typename Operation::Response> taken(CallPtr call, ClientCore& core) {
    auto failure = take_failure(*call);
    Result<typename Operation::Response> answer =
        failure ? Result<typename Operation::Response>{*std::move(failure)}
                : attempt_in<Operation>(*call).take();
    recycle(core, std::move(call));
    return answer;
  }

  CredentialsOf<P> credentials_;
  Observer observer_;
  CorePtr core_;
};

}  // namespace florin::detail
