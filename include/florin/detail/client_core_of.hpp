// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/client_options.hpp>
#include <florin/detail/client_attempt.hpp>
#include <florin/detail/client_root.hpp>
#include <florin/detail/core.hpp>
#include <florin/detail/observer_ref.hpp>
#include <florin/error.hpp>
#include <florin/exchange_options.hpp>
#include <florin/observer.hpp>
#include <florin/policy.hpp>
#include <florin/wire/element.hpp>
#include <florin/wire/endpoint.hpp>
#include <florin/wire/host.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <memory>
#include <optional>
#include <string_view>
#include <utility>

namespace florin::detail {

/// What came of an asynchronous call.
template <class Operation>
struct Taking {
  using Answer = Result<typename Operation::Response>;
  Answer operator()(OverCall over) const {
    return taken<Operation>(std::move(over.call), *over.core);
  }
};

template <class P, class Operation>
wire::Fault find_host_of(Environment environment, const void* credentials, wire::HostText& room,
                         std::string_view& host) {
  return find_host<P, Operation>(environment, *static_cast<const CredentialsOf<P>*>(credentials),
                                 room, host);
}
template <class P>
consteval FindHost find_token_host() noexcept {
  if constexpr (HasTokenHosts<P>) return &find_host_of<P, FetchToken>;
  return nullptr;
}
template <class P>
inline constexpr HomeFacts home_facts{.connector = P::name,
                                      .host = &find_host_of<P, Create>,
                                      .token_host = find_token_host<P>(),
                                      .depends_on_account = depends_on_account<P>};

/// What of a client knows the policy and the observer, with its core.
template <class P, class Observer>
class ClientCoreOf final : public ClientRoot {
 public:
  /// \param executor of asynchronous operations; null or empty: the library's own threads.
  ClientCoreOf(const boost::asio::any_io_executor* executor, CredentialsOf<P>&& credentials,
               ClientOptions&& options, Observer&& observer)
      : ClientRoot(home_facts<P>, kept(std::move(credentials)), executor, std::move(options)),
        observer_(std::move(observer)) {}

  /// The whole call, blocking.
  /// \param series what it is a part of; null: nothing.
  template <class Operation>
  [[nodiscard]] Result<typename Operation::Response> perform(
      const typename Operation::Request& request, const CallOptions<P>& given,
      const PendingSeries* series = nullptr) {
    return with_order<Operation>(request, given, series, [this](const CallOrder& order) {
      return perform_as<Operation>(core(), order);
    });
  }
  /// A call with its request encoded, to be launched; null: there was no memory.
  /// \param runnable whether there is what it needs to run.
  /// \param series see `perform`.
  template <class Operation>
  [[nodiscard]] CallPtr try_begin(const typename Operation::Request& request,
                                  const CallOptions<P>& given, bool runnable,
                                  const PendingSeries* series = nullptr) {
    return with_order<Operation>(request, given, series, [this, runnable](const CallOrder& order) {
      return try_begin_call(core(), order, runnable);
    });
  }

 private:
  /// Orders a call; one to an operation that the policy does not offer ends with `invalid_options`.
  template <class Operation, class Begin>
  [[nodiscard]] auto with_order([[maybe_unused]] const typename Operation::Request& request,
                                const CallOptions<P>& given, const PendingSeries* series,
                                Begin begin) {
    if constexpr (offers<P, Operation>) {
      const auto encode = [&](const PreparedCall& prepared, std::string_view access_token) {
        return encode_for<Operation>(prepared, request, given, access_token);
      };
      return begin(order(call_facts<P, Operation>, &make_attempt<Operation>, EncodeRef{encode},
                         given, series));
    } else {
      const auto encode = [](const PreparedCall&, std::string_view) -> wire::Fault {
        return {Errc::invalid_options, std::nullopt, "this connector does not offer the operation"};
      };
      return begin(
          order(call_facts<P, Create>, &make_attempt<Create>, EncodeRef{encode}, given, series));
    }
  }
  [[nodiscard]] CallOrder order(const CallFacts& facts, MakeAttempt make, EncodeRef encode,
                                const CallOptions<P>& given, const PendingSeries* series) noexcept {
    return {.facts = facts,
            .make = make,
            .encode = encode,
            .observer = ObserverRef{observer_, given.user_data},
            .deadline = given.deadline,
            .retries = given.retries,
            .delay = given.delay,
            .series = series};
  }
  /// Encodes the request of a call.
  template <class Operation>
  [[nodiscard]] wire::Fault encode_for(const PreparedCall& prepared,
                                       const typename Operation::Request& request,
                                       const CallOptions<P>& given,
                                       std::string_view access_token) const {
    auto& attempt = static_cast<ClientAttempt<P, Operation>&>(attempt_of(*prepared.call));
    if constexpr (UsesToken<P, Operation>) attempt.fetch_at(token_authority_of(*prepared.call));
    const CredentialsOf<P>* credentials = given.credentials;
    std::shared_ptr<const void> lasting;
    if (credentials == nullptr) {
      lasting = credentials_for(prepared);
      credentials = static_cast<const CredentialsOf<P>*>(lasting.get());
    } else if (const auto stray = check_home(prepared, credentials)) {
      return stray;
    }
    return attempt.encode_for(request, *credentials, lasting,
                              {.environment = options_of(core()).environment,
                               .host = prepared.authority,
                               .idempotency_key = given.idempotency_key,
                               .payment_token = given.payment_token,
                               .on_exists = given.on_exists,
                               .access_token = access_token});
  }
  template <class Operation>
  static std::unique_ptr<Attempt> make_attempt() {
    return std::unique_ptr<Attempt>{new ClientAttempt<P, Operation>};
  }

  Observer observer_;
};

}  // namespace florin::detail
