// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/client_options.hpp>
#include <florin/detail/client_attempt.hpp>
#include <florin/detail/code_line.hpp>
#include <florin/detail/core.hpp>
#include <florin/detail/observer_ref.hpp>
#include <florin/detail/published.hpp>
#include <florin/error.hpp>
#include <florin/exchange_options.hpp>
#include <florin/observer.hpp>
#include <florin/policy.hpp>
#include <florin/wire/endpoint.hpp>
#include <florin/wire/host.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <memory>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace florin::detail {

/// Takes what came of a call that is over, and keeps the call for the next one.
template <class Operation>
[[nodiscard, gnu::aligned(code_line)]] Result<typename Operation::Response> taken(
    CallPtr call, ClientCore& core) {
  using Answer = Result<typename Operation::Response>;
  auto failure = take_failure(*call);
  Answer answer = failure ? Answer{*std::move(failure)}
                          : static_cast<AttemptAt<Operation>&>(attempt_of(*call)).take();
  recycle(core, std::move(call));
  return answer;
}

/// The same for an asynchronous call.
template <class Operation>
struct Taking {
  using Answer = Result<typename Operation::Response>;
  Answer operator()(OverCall over) const {
    return taken<Operation>(std::move(over.call), *over.core);
  }
};

/// What of a client knows the policy and the observer, with its core.
template <class P, class Observer>
class ClientCoreOf {
 public:
  /// \param executor of asynchronous operations; null or empty: the library's own threads.
  ClientCoreOf(const boost::asio::any_io_executor* executor, CredentialsOf<P>&& credentials,
               ClientOptions&& options, Observer&& observer)
      : credentials_(std::make_shared<const CredentialsOf<P>>(std::move(credentials))),
        observer_(std::move(observer)),
        core_(make_core(P::name, home_of(credentials_.get(), options.environment), executor,
                        std::move(options))) {
    if constexpr (depends_on_account<P>) credentials_.set(nullptr);
  }

  [[nodiscard]] ClientCore& core() const noexcept { return *core_; }
  /// Calls that begin from now on use these.
  void set_credentials(CredentialsOf<P> credentials) {
    auto next = std::make_shared<const CredentialsOf<P>>(std::move(credentials));
    if constexpr (depends_on_account<P>) {
      set_home(*core_, home_of(std::move(next), options_of(*core_).environment));
    } else {
      credentials_.set(std::move(next));
    }
  }

  /// A call with its request encoded, to be launched.
  /// \param blocks whether it is for the blocking driver.
  /// \param runnable whether there is what it needs to run.
  template <class Operation, class Request>
  [[nodiscard, gnu::aligned(code_line)]] CallPtr begin(const Request& request,
                                                       const CallOptions<P>& given, bool blocks,
                                                       bool runnable) {
    const ObserverRef observer{observer_, given.user_data};
    auto prepared = prepare_call(*core_, call_facts<P, Operation>, &make_attempt<Operation>,
                                 observer, blocks, runnable);
    if (!prepared.usable) return std::move(prepared.call);
    const ClientOptions& options = options_of(*core_);
    auto& attempt = static_cast<ClientAttempt<P, Operation>&>(attempt_of(*prepared.call));
    const auto lasting = given.credentials == nullptr ? credentials_for(prepared) : nullptr;
    if constexpr (UsesToken<P, Operation>) attempt.fetch_at(token_authority_of(*prepared.call));
    auto encode = [&](std::string_view access_token) -> Result<void> {
      if (given.credentials != nullptr)
        if (auto stray = check_home(prepared, *given.credentials, options.environment))
          return *stray;
      return attempt.encode_for(request, lasting ? *lasting : *given.credentials, lasting,
                                {.environment = options.environment,
                                 .host = prepared.authority,
                                 .idempotency_key = given.idempotency_key,
                                 .payment_token = given.payment_token,
                                 .on_exists = given.on_exists,
                                 .access_token = access_token});
    };
    RetryOptions retry = options.retry;
    if (given.retries) retry.retries = *given.retries;
    begin_call(prepared, EncodeRef{encode},
               {given.deadline.value_or(options.deadline), given.delay}, retry, observer);
    return std::move(prepared.call);
  }
  /// The same for an asynchronous call; null: there was no memory. One to an operation that the
  /// policy does not offer ends with `invalid_options`.
  template <class Operation, class Request>
  [[nodiscard]] CallPtr try_begin([[maybe_unused]] const Request& request,
                                  const CallOptions<P>& given, bool runnable) {
    if constexpr (!offers<P, Operation>) {
      return try_refuse(not_offered(), given, runnable);
    } else {
      try {
        return begin<Operation>(request, given, false, runnable);
      } catch (const std::bad_alloc&) {
        return nullptr;
      }
    }
  }

  /// An asynchronous call that ends with an error; null: there was no memory.
  [[nodiscard]] CallPtr try_refuse(const Error& error, const CallOptions<P>& given, bool runnable) {
    try {
      const ObserverRef observer{observer_, given.user_data};
      auto prepared = prepare_call(*core_, call_facts<P, Create>, &make_attempt<Create>, observer,
                                   false, runnable);
      if (!prepared.usable) return std::move(prepared.call);
      auto refuse = [&error](std::string_view) -> Result<void> { return error; };
      const ClientOptions& options = options_of(*core_);
      begin_call(prepared, EncodeRef{refuse},
                 {given.deadline.value_or(options.deadline), given.delay}, options.retry, observer);
      return std::move(prepared.call);
    } catch (const std::bad_alloc&) {
      return nullptr;
    }
  }

  /// The whole call, blocking.
  template <class Operation, class Request>
  [[nodiscard]] Result<typename Operation::Response> perform(
      [[maybe_unused]] const Request& request, [[maybe_unused]] const CallOptions<P>& given) {
    if constexpr (!offers<P, Operation>) {
      return not_offered();
    } else {
      CallPtr call;
      try {
        call = begin<Operation>(request, given, true, true);
      } catch (const std::bad_alloc&) {
        return no_memory(*core_);
      }
      perform_call(*core_, *call);
      return taken<Operation>(std::move(call), *core_);
    }
  }

 private:
  /// Where the calls with these credentials go.
  static std::shared_ptr<const Home> home_of(std::shared_ptr<const CredentialsOf<P>> credentials,
                                             Environment environment) {
    Home home;
    home.has_token_host = HasTokenHosts<P>;
    const auto found = [&]<class Operation>(std::string& to) {
      wire::HostText room;
      std::string_view host;
      const auto fault = find_host<P, Operation>(environment, *credentials, room, host);
      if (fault && !home.error) home.error = local_error(P::name, fault);
      to = host;
    };
    found.template operator()<Create>(home.host);
    if constexpr (HasTokenHosts<P>) found.template operator()<FetchToken>(home.token_host);
    if constexpr (depends_on_account<P>) home.account = std::move(credentials);
    return std::make_shared<const Home>(std::move(home));
  }
  /// The client's credentials: where hosts depend on them, those whose hosts the call goes to.
  [[nodiscard]] std::shared_ptr<const CredentialsOf<P>> credentials_for(
      [[maybe_unused]] const PreparedCall& prepared) const {
    if constexpr (depends_on_account<P>) {
      return std::static_pointer_cast<const CredentialsOf<P>>(account_of(*prepared.call));
    } else {
      return credentials_.get();
    }
  }
  /// Credentials go to no other host than their own.
  /// \return that a call would bring them there.
  static std::optional<Error> check_home([[maybe_unused]] const PreparedCall& prepared,
                                         [[maybe_unused]] const CredentialsOf<P>& credentials,
                                         [[maybe_unused]] Environment environment) {
    if constexpr (depends_on_account<P>) {
      const Home* const home = goal_of(*prepared.call);
      if (home == nullptr) return std::nullopt;
      const auto strays = [&]<class Operation>(std::string_view to) {
        wire::HostText room;
        std::string_view host;
        // That there is none is found when the request is encoded.
        return !find_host<P, Operation>(environment, credentials, room, host) && host != to;
      };
      bool stray = strays.template operator()<Create>(home->host);
      if constexpr (HasTokenHosts<P>)
        stray |= strays.template operator()<FetchToken>(home->token_host);
      if (stray)
        return local_error(
            P::name, {Errc::invalid_options, std::nullopt,
                      "the credentials of the call belong to another host than the client's"});
    }
    return std::nullopt;
  }

  static Error not_offered() {
    return local_error(P::name, {Errc::invalid_options, std::nullopt,
                                 "this connector does not offer the operation"});
  }
  template <class Operation>
  static std::unique_ptr<Attempt> make_attempt() {
    return std::make_unique<ClientAttempt<P, Operation>>();
  }

  Published<CredentialsOf<P>> credentials_;  // null where the hosts depend on them: the core's then
  Observer observer_;
  CorePtr core_;
};

}  // namespace florin::detail
