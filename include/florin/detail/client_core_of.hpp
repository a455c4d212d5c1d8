// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/client_options.hpp>
#include <florin/detail/client_call_of.hpp>
#include <florin/detail/client_core.hpp>
#include <florin/detail/observer_ref.hpp>
#include <florin/error.hpp>
#include <florin/exchange_options.hpp>
#include <florin/net/deadline.hpp>
#include <florin/observer.hpp>
#include <florin/policy.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <cstdint>
#include <memory>
#include <new>
#include <string_view>
#include <utility>

namespace florin::detail {

/// The part of a `ClientCore` that knows the policy and the observer.
template <class P, class Observer>
class ClientCoreOf final : public ClientCore {
 public:
  ClientCoreOf(const boost::asio::any_io_executor& executor, CredentialsOf<P> credentials,
               ClientOptions options, Observer observer)
      : ClientCore(P::name, P::hosts, executor, std::move(options)),
        credentials_(std::move(credentials)),
        observer_(std::move(observer)) {}

  /// A call with its request encoded, to be launched.
  /// \param blocks whether it is for the blocking driver.
  /// \param runnable whether there is what it needs to run.
  template <class Operation, class Request>
  [[nodiscard]] std::unique_ptr<ClientCall> begin(const Request& request,
                                                  const CallOptions<P>& given, bool blocks,
                                                  bool runnable) {
    auto prepared = prepare(call_facts<P, Operation>, &ClientCallOf<P, Operation>::make,
                            &credentials_, ObserverRef{observer_}, blocks, runnable);
    if (!prepared.usable) return std::move(prepared.call);
    auto& call = static_cast<ClientCallOf<P, Operation>&>(*prepared.call);
    call.limit = net::clipped(given.deadline.value_or(options().deadline));
    RetryOptions retry = options().retry;
    if (given.retries) retry.retries = *given.retries;
    call.machine.begin(
        [&](std::string_view access_token) {
          return call.attempt.encode(request, given.credentials ? *given.credentials : credentials_,
                                     {.environment = options().environment,
                                      .host = authority(),
                                      .idempotency_key = given.idempotency_key,
                                      .on_exists = given.on_exists,
                                      .access_token = access_token});
        },
        retry, prepared.seed, ObserverRef{observer_});
    return std::move(prepared.call);
  }
  /// The same for an asynchronous call; null: there was no memory.
  template <class Operation, class Request>
  [[nodiscard]] std::unique_ptr<ClientCall> try_begin(const Request& request,
                                                      const CallOptions<P>& given, bool runnable) {
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
    Answer operator()(std::unique_ptr<ClientCall> call, ClientCore& core) const {
      auto answer = static_cast<ClientCallOf<P, Operation>&>(*call).take();
      core.recycle(std::move(call));
      return answer;
    }
  };

  /// The whole call, blocking.
  template <class Operation, class Request>
  [[nodiscard]] Result<typename Operation::Response> perform(const Request& request,
                                                             const CallOptions<P>& given) {
    std::unique_ptr<ClientCall> call;
    try {
      call = begin<Operation>(request, given, true, true);
    } catch (const std::bad_alloc&) {
      return no_memory();
    }
    ClientCore::perform(*call);
    return Taking<Operation>{}(std::move(call), *this);
  }

 private:
  CredentialsOf<P> credentials_;
  Observer observer_;
};

}  // namespace florin::detail
