// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/client_options.hpp>
#include <florin/credentials.hpp>
#include <florin/customer.hpp>
#include <florin/detail/client_core_of.hpp>
#include <florin/detail/core.hpp>
#include <florin/detail/ensuring.hpp>
#include <florin/detail/pending_series.hpp>
#include <florin/detail/removal.hpp>
#include <florin/detail/series.hpp>
#include <florin/detail/start_call.hpp>
#include <florin/detail/updating.hpp>
#include <florin/diagnosis.hpp>
#include <florin/ensure.hpp>
#include <florin/error.hpp>
#include <florin/finder.hpp>
#include <florin/net/pool_options.hpp>
#include <florin/observer.hpp>
#include <florin/secret.hpp>
#include <florin/text.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

/// Layer 2 for a processor that is chosen at run time, from the policies that you name: without
/// including any. With `florin/any_client.hpp` all of them are there to choose from.
namespace florin {

/// Credentials by their names, as the table of connectors in the README has them: `api_key`, ...
using NamedCredentials = std::map<std::string, Secret, std::less<>>;

/// `CallOptions` of an `AnyClient`.
struct AnyCallOptions {
  std::string_view idempotency_key{};                   ///< see `CallOptions`
  std::string_view payment_token{};                     ///< see `CallOptions`
  std::optional<std::chrono::milliseconds> deadline{};  ///< see `CallOptions`
  std::optional<int> retries{};                         ///< see `CallOptions`
  OnExists on_exists = OnExists::fail;                  ///< see `CallOptions`
  std::chrono::milliseconds delay{0};                   ///< see `CallOptions`
  bool look_first = false;                              ///< see `CallOptions`
  bool look_only = false;                               ///< see `CallOptions`
  void* user_data = nullptr;                            ///< see `CallOptions`
};

namespace detail {

/// A client's core, whatever its policy.
class AnyCore {
 public:
  AnyCore() = default;
  AnyCore(const AnyCore&) = delete;
  AnyCore& operator=(const AnyCore&) = delete;
  virtual ~AnyCore() = default;

  [[nodiscard]] virtual std::string_view connector() const noexcept = 0;
  [[nodiscard]] virtual ClientCore& core() const noexcept = 0;
  [[nodiscard]] virtual Result<void> set_credentials(const NamedCredentials& credentials) = 0;
  [[nodiscard]] virtual Result<void> validate(const CreateRequestView& request) const = 0;
  /// Whether a deleted customer can be read.
  [[nodiscard]] virtual bool shows_deleted() const noexcept = 0;
  /// Whether the customer has to be read before such an update.
  [[nodiscard]] virtual bool reads_first(const UpdateRequestView& request) const = 0;
  /// What `ensure` has to know.
  [[nodiscard]] virtual const EnsureFacts& ensure_facts() const noexcept = 0;

  /// An operation, blocking. Errors: those of a call, and `invalid_options` where the policy does
  /// not offer it.
  /// \param series what it is a part of; null: nothing.
  [[nodiscard]] virtual Result<CreateResponse> perform(const CreateRequestView& request,
                                                       const AnyCallOptions& options,
                                                       const PendingSeries* series) = 0;
  /// \copydoc perform
  [[nodiscard]] virtual Result<Customer> perform(const RetrieveRequest& request,
                                                 const AnyCallOptions& options,
                                                 const PendingSeries* series) = 0;
  /// \copydoc perform
  [[nodiscard]] virtual Result<Customer> perform(const UpdateRequestView& request,
                                                 const AnyCallOptions& options,
                                                 const PendingSeries* series) = 0;
  /// \copydoc perform
  [[nodiscard]] virtual Result<DeleteResponse> perform(const DeleteRequest& request,
                                                       const AnyCallOptions& options,
                                                       const PendingSeries* series) = 0;
  /// \copydoc perform
  [[nodiscard]] virtual Result<CustomerPage> perform(const FindRequest& request,
                                                     const AnyCallOptions& options,
                                                     const PendingSeries* series) = 0;
  /// A call to be launched; null: there was no memory.
  [[nodiscard]] virtual CallPtr try_begin(const CreateRequestView& request,
                                          const AnyCallOptions& options, bool runnable,
                                          const PendingSeries* series) = 0;
  /// \copydoc try_begin
  [[nodiscard]] virtual CallPtr try_begin(const RetrieveRequest& request,
                                          const AnyCallOptions& options, bool runnable,
                                          const PendingSeries* series) = 0;
  /// \copydoc try_begin
  [[nodiscard]] virtual CallPtr try_begin(const UpdateRequestView& request,
                                          const AnyCallOptions& options, bool runnable,
                                          const PendingSeries* series) = 0;
  /// \copydoc try_begin
  [[nodiscard]] virtual CallPtr try_begin(const DeleteRequest& request,
                                          const AnyCallOptions& options, bool runnable,
                                          const PendingSeries* series) = 0;
  /// \copydoc try_begin
  [[nodiscard]] virtual CallPtr try_begin(const FindRequest& request, const AnyCallOptions& options,
                                          bool runnable, const PendingSeries* series) = 0;
};

/// The calls of an `AnyClient`, for a series.
class AnyCalls : public SeriesOptions<AnyCallOptions> {
 public:
  AnyCalls(std::shared_ptr<AnyCore> any, const AnyCallOptions& options)
      : SeriesOptions(options), any_(std::move(any)) {}

  /// See `OwnCalls`.
  void keep() { keep_texts(); }
  [[nodiscard]] std::shared_ptr<ClientCore> core() const noexcept { return {any_, &any_->core()}; }
  template <class Operation>
  [[nodiscard]] Result<typename Operation::Response> perform(
      const typename Operation::Request& request, const SeriesCall& how,
      std::chrono::milliseconds left, const PendingSeries& series) {
    return any_->perform(request, next<Operation>(how, left), &series);
  }
  /// \copydoc AnyCore::try_begin
  template <class Operation>
  [[nodiscard]] CallPtr try_begin(const typename Operation::Request& request, const SeriesCall& how,
                                  std::chrono::milliseconds left, bool runnable,
                                  const PendingSeries& series) {
    return any_->try_begin(request, next<Operation>(how, left), runnable, &series);
  }

 private:
  std::shared_ptr<AnyCore> any_;
};

/// The credentials of a policy, of which each name has to be one of its own.
template <class P>
[[nodiscard]] Result<CredentialsOf<P>> credentials_from(const NamedCredentials& named) {
  std::size_t known = 0;
  auto credentials =
      credentials_by_name<P>([&](std::string_view name) -> std::optional<std::string_view> {
        const auto found = named.find(name);
        if (found == named.end()) return std::nullopt;
        ++known;
        return found->second.reveal();
      });
  if (credentials && known != named.size())
    return local_error(P::name, {Errc::invalid_credentials, std::nullopt,
                                 "a credential is given that this processor does not have"});
  return credentials;
}

template <class P, class Observer>
class AnyCoreOf final : public AnyCore {
 public:
  AnyCoreOf(const boost::asio::any_io_executor& executor, CredentialsOf<P>&& credentials,
            ClientOptions&& options, Observer&& observer)
      : core_(&executor, std::move(credentials), std::move(options), std::move(observer)) {}

  std::string_view connector() const noexcept override { return P::name; }
  ClientCore& core() const noexcept override { return core_.core(); }
  Result<void> set_credentials(const NamedCredentials& credentials) override {
    auto own = credentials_from<P>(credentials);
    if (!own) return std::move(own).error();
    if constexpr (depends_on_account<P>)
      if (auto home = host_of<P>(*own, options_of(core()).environment); !home)
        return std::move(home).error();
    core_.set_credentials(kept(*std::move(own)));
    return {};
  }
  Result<void> validate(const CreateRequestView& request) const override {
    return florin::validate<P>(request);
  }
  bool shows_deleted() const noexcept override { return florin::shows_deleted<P>; }
  bool reads_first(const UpdateRequestView& request) const override {
    return detail::reads_first<P>(request);
  }
  const EnsureFacts& ensure_facts() const noexcept override { return detail::ensure_facts<P>; }

  Result<CreateResponse> perform(const CreateRequestView& request, const AnyCallOptions& options,
                                 const PendingSeries* series) override {
    return core_.template perform<Create>(request, own(options), series);
  }
  Result<Customer> perform(const RetrieveRequest& request, const AnyCallOptions& options,
                           const PendingSeries* series) override {
    return core_.template perform<Retrieve>(request, own(options), series);
  }
  Result<Customer> perform(const UpdateRequestView& request, const AnyCallOptions& options,
                           const PendingSeries* series) override {
    return core_.template perform<Update>(request, own(options), series);
  }
  Result<DeleteResponse> perform(const DeleteRequest& request, const AnyCallOptions& options,
                                 const PendingSeries* series) override {
    return core_.template perform<Delete>(request, own(options), series);
  }
  CallPtr try_begin(const CreateRequestView& request, const AnyCallOptions& options, bool runnable,
                    const PendingSeries* series) override {
    return core_.template try_begin<Create>(request, own(options), runnable, series);
  }
  CallPtr try_begin(const RetrieveRequest& request, const AnyCallOptions& options, bool runnable,
                    const PendingSeries* series) override {
    return core_.template try_begin<Retrieve>(request, own(options), runnable, series);
  }
  CallPtr try_begin(const UpdateRequestView& request, const AnyCallOptions& options, bool runnable,
                    const PendingSeries* series) override {
    return core_.template try_begin<Update>(request, own(options), runnable, series);
  }
  CallPtr try_begin(const DeleteRequest& request, const AnyCallOptions& options, bool runnable,
                    const PendingSeries* series) override {
    return core_.template try_begin<Delete>(request, own(options), runnable, series);
  }
  Result<CustomerPage> perform(const FindRequest& request, const AnyCallOptions& options,
                               const PendingSeries* series) override {
    return request.merchant_customer_id.empty()
               ? core_.template perform<FindByEmail>(request, own(options), series)
               : core_.template perform<FindByReference>(request, own(options), series);
  }
  CallPtr try_begin(const FindRequest& request, const AnyCallOptions& options, bool runnable,
                    const PendingSeries* series) override {
    return request.merchant_customer_id.empty()
               ? core_.template try_begin<FindByEmail>(request, own(options), runnable, series)
               : core_.template try_begin<FindByReference>(request, own(options), runnable, series);
  }

 private:
  static CallOptions<P> own(const AnyCallOptions& options) noexcept {
    return {.credentials = nullptr,
            .idempotency_key = options.idempotency_key,
            .payment_token = options.payment_token,
            .deadline = options.deadline,
            .retries = options.retries,
            .on_exists = options.on_exists,
            .delay = options.delay,
            .user_data = options.user_data};
  }

  ClientCoreOf<P, Observer> core_;
};

/// The policies to choose from. Where none are given `florin/any_client.hpp` says which.
template <class Policies>
struct PoliciesToChoose {
  using type = Policies;
};
template <>
struct PoliciesToChoose<void>;

}  // namespace detail

/// Creates customers at a processor that is chosen at run time, by its name: one type for all of
/// them. Calls, guarantees, thread safety and exceptions are those of `Client`; what that checks at
/// compile time is checked when the client is made and before each call.
class AnyClient {
 public:
  using CallOptionsType = AnyCallOptions;  ///< what a call may do differently
  using executor_type = boost::asio::any_io_executor;

  /// A client of the connector `name`.
  /// \tparam Policies the policies to choose from: a `std::tuple` of them, to which you may add
  /// yours; `void`: `AllPolicies`.
  /// \param name the connector's, as `P::name`.
  /// \param credentials those of the connector, all but the optional ones.
  /// \param options as of a `Client`.
  /// \param observer is told of phases and calls.
  /// \return the client, whose `ready` tells whether the options can be used; `invalid_options`: no
  /// policy has the name; `invalid_credentials`: one is missing, see `param`, or is none of this
  /// processor's.
  template <class Policies = void, CallObserver Observer = NoObserver>
  [[nodiscard]] static Result<AnyClient> make(std::string_view name,
                                              const NamedCredentials& credentials,
                                              ClientOptions options = {}, Observer observer = {}) {
    return make<Policies>(executor_type{}, name, credentials, std::move(options),
                          std::move(observer));
  }
  /// The same, with asynchronous calls on `executor`.
  template <class Policies = void, CallObserver Observer = NoObserver>
  [[nodiscard]] static Result<AnyClient> make(const executor_type& executor, std::string_view name,
                                              const NamedCredentials& credentials,
                                              ClientOptions options = {}, Observer observer = {}) {
    static_assert(
        requires { typename detail::PoliciesToChoose<Policies>::type; },
        "florin: the policies are missing: include <florin/any_client.hpp>, or name them: "
        "AnyClient::make<std::tuple<...>>(...)");
    Result<AnyClient> made = detail::local_error(
        {}, {Errc::invalid_options, std::nullopt, "there is no connector of this name"});
    [&]<class... P>(std::type_identity<std::tuple<P...>>) {
      (try_make<P>(made, executor, name, credentials, options, observer) || ...);
    }(std::type_identity<typename detail::PoliciesToChoose<Policies>::type>{});
    return made;
  }

  /// The connector's name.
  [[nodiscard]] std::string_view connector() const noexcept { return any_->connector(); }
  /// See `Client::ready`.
  [[nodiscard]] Result<void> ready() const {
    if (auto error = detail::setup_error_of(any_->core())) return *std::move(error);
    return {};
  }
  /// Whether this processor could be sent such a request. See `florin::validate`.
  [[nodiscard]] Result<void> validate(const CreateRequestView& request) const {
    return any_->validate(request);
  }

  /// Creates a customer, blocking. See `Client::create`.
  template <class Request = CreateRequest>
  [[nodiscard]] Result<CreateResponse> create(const Request& request,
                                              const AnyCallOptions& options = {}) {
    return any_->perform(static_cast<CreateRequestView>(request), options, nullptr);
  }
  /// Creates a customer, for any completion token of signature `void(Result<CreateResponse>)`. See
  /// `Client::async_create`.
  template <class Request = CreateRequest, class Token>
  auto async_create(const Request& request, const AnyCallOptions& options, Token&& token) {
    return async_perform<Create>(static_cast<CreateRequestView>(request), options,
                                 std::forward<Token>(token));
  }
  /// \copydoc async_create
  template <class Request = CreateRequest, class Token>
  auto async_create(const Request& request, Token&& token) {
    return async_create(request, AnyCallOptions{}, std::forward<Token>(token));
  }

  /// How `ensure` settles doubts at this processor.
  [[nodiscard]] EnsureGuarantee guarantee() const noexcept { return ensure_facts().guarantee; }
  /// See `Client::ensure_facts`.
  [[nodiscard]] const EnsureFacts& ensure_facts() const noexcept { return any_->ensure_facts(); }
  /// Brings about that a customer exists exactly once, blocking. See `Client::ensure`.
  template <class Request = CreateRequest>
  [[nodiscard]] Result<CreateResponse> ensure(const Request& request,
                                              const AnyCallOptions& options = {}) {
    return detail::perform_series<detail::Ensuring>(
        calls(options), static_cast<CreateRequestView>(request), any_->ensure_facts(),
        options.look_first, options.look_only);
  }
  /// The asynchronous `ensure`, for any completion token of signature
  /// `void(Result<CreateResponse>)`.
  template <class Request = CreateRequest, class Token>
  auto async_ensure(const Request& request, const AnyCallOptions& options, Token&& token) {
    return detail::async_series(
        detail::Ensuring{static_cast<CreateRequestView>(request), any_->ensure_facts(),
                         options.look_first, options.look_only},
        calls(options), std::forward<Token>(token));
  }
  /// \copydoc async_ensure
  template <class Request = CreateRequest, class Token>
  auto async_ensure(const Request& request, Token&& token) {
    return async_ensure(request, AnyCallOptions{}, std::forward<Token>(token));
  }

  /// Reads a customer back, blocking. See `Client::retrieve`.
  /// \return also `invalid_options` where the connector does not offer it.
  [[nodiscard]] Result<Customer> retrieve(std::string_view connector_customer_id,
                                          const AnyCallOptions& options = {}) {
    return any_->perform(RetrieveRequest{connector_customer_id}, options, nullptr);
  }
  /// The asynchronous `retrieve`, for any completion token of signature `void(Result<Customer>)`.
  template <class Token>
  auto async_retrieve(std::string_view connector_customer_id, const AnyCallOptions& options,
                      Token&& token) {
    return async_perform<Retrieve>(RetrieveRequest{connector_customer_id}, options,
                                   std::forward<Token>(token));
  }
  /// \copydoc async_retrieve
  template <class Token>
  auto async_retrieve(std::string_view connector_customer_id, Token&& token) {
    return async_retrieve(connector_customer_id, AnyCallOptions{}, std::forward<Token>(token));
  }

  /// Changes a customer, blocking. See `Client::update`.
  /// \return also `invalid_options` where the connector does not offer it.
  template <class Request = UpdateRequest>
  [[nodiscard]] Result<Customer> update(const Request& request,
                                        const AnyCallOptions& options = {}) {
    const UpdateRequestView view = request;
    return detail::perform_series<detail::Updating>(calls(options), connector(), view,
                                                    any_->reads_first(view));
  }
  /// `update` of the customer `connector_customer_id`, whatever the request says.
  template <class Request = UpdateRequest>
  [[nodiscard]] Result<Customer> update(std::string_view connector_customer_id,
                                        const Request& request,
                                        const AnyCallOptions& options = {}) {
    UpdateRequestView view = request;
    view.connector_customer_id = connector_customer_id;
    return update(view, options);
  }
  /// The asynchronous `update`, for any completion token of signature `void(Result<Customer>)`.
  template <class Request = UpdateRequest, class Token>
  auto async_update(const Request& request, const AnyCallOptions& options, Token&& token) {
    const UpdateRequestView view = request;
    detail::Updating plan{connector(), view, any_->reads_first(view)};
    plan.keep();
    return detail::async_series(std::move(plan), calls(options), std::forward<Token>(token));
  }
  /// \copydoc async_update
  template <class Request = UpdateRequest, class Token>
  auto async_update(const Request& request, Token&& token) {
    return async_update(request, AnyCallOptions{}, std::forward<Token>(token));
  }
  /// \copydoc async_update
  template <class Request = UpdateRequest, class Token>
  auto async_update(std::string_view connector_customer_id, const Request& request,
                    const AnyCallOptions& options, Token&& token) {
    UpdateRequestView view = request;
    view.connector_customer_id = connector_customer_id;
    return async_update(view, options, std::forward<Token>(token));
  }
  /// \copydoc async_update
  template <class Request = UpdateRequest, class Token>
  auto async_update(std::string_view connector_customer_id, const Request& request, Token&& token) {
    return async_update(connector_customer_id, request, AnyCallOptions{},
                        std::forward<Token>(token));
  }

  /// Deletes a customer, blocking. See `Client::remove`.
  /// \return also `invalid_options` where the connector does not offer it.
  [[nodiscard]] Result<DeleteResponse> remove(std::string_view connector_customer_id,
                                              const AnyCallOptions& options = {}) {
    return detail::perform_series<detail::Removal>(calls(options), connector_customer_id,
                                                   any_->shows_deleted());
  }
  /// The asynchronous `remove`, for any completion token of signature
  /// `void(Result<DeleteResponse>)`.
  template <class Token>
  auto async_remove(std::string_view connector_customer_id, const AnyCallOptions& options,
                    Token&& token) {
    return detail::async_series(detail::Removal{connector_customer_id, any_->shows_deleted()},
                                calls(options), std::forward<Token>(token));
  }
  /// \copydoc async_remove
  template <class Token>
  auto async_remove(std::string_view connector_customer_id, Token&& token) {
    return async_remove(connector_customer_id, AnyCallOptions{}, std::forward<Token>(token));
  }

  /// Finds customers. See `Client::find`; its calls end with `invalid_options` where the connector
  /// does not offer the filter.
  template <class Filter>
  [[nodiscard]] auto find(const Filter& filter, const AnyCallOptions& options = {},
                          std::size_t limit = all_customers) {
    return Finder<AnyClient, typename Filter::Operation>{*this, filter.request(), options, limit};
  }

  /// Any operation, blocking.
  /// \return also `invalid_options` where the connector does not offer it.
  template <class Operation>
  [[nodiscard]] Result<typename Operation::Response> perform(
      const typename Operation::Request& request, const AnyCallOptions& options = {}) {
    return any_->perform(request, options, nullptr);
  }
  /// Any operation, for any completion token of signature `void(Result<Response>)`.
  template <class Operation, class Token>
  auto async_perform(const typename Operation::Request& request, const AnyCallOptions& options,
                     Token&& token) {
    const auto* const executor = detail::executor_of(any_->core());
    auto call = any_->try_begin(request, options, executor != nullptr, nullptr);
    return boost::asio::async_initiate<Token, void(Result<typename Operation::Response>)>(
        detail::StartCall<detail::Taking<Operation>>{executor}, token, shared_core(),
        std::move(call));
  }

  /// See `Client::set_credentials`.
  /// \return `invalid_credentials` as `make`, and all is as before.
  [[nodiscard]] Result<void> set_credentials(const NamedCredentials& credentials) {
    return any_->set_credentials(credentials);
  }
  /// See `Client::set_base_url`.
  [[nodiscard]] Result<void> set_base_url(std::string_view url) {
    return detail::set_base_url(any_->core(), url);
  }
  /// See `Client::warm_up`.
  [[nodiscard]] Result<void> warm_up(std::size_t count) {
    return detail::warm_up(any_->core(), count);
  }
  /// See `Client::async_warm_up`.
  template <class Token>
  auto async_warm_up(std::size_t count, Token&& token) {
    return boost::asio::async_initiate<Token, void(Result<void>)>(
        detail::StartJob{detail::executor_of(any_->core())}, token,
        detail::make_warm_up(shared_core(), count));
  }
  /// See `Client::cancel_all`.
  void cancel_all() { detail::cancel_all(any_->core()); }
  /// See `Client::drain`.
  [[nodiscard]] std::size_t drain(std::chrono::milliseconds limit) {
    return detail::drain(any_->core(), limit);
  }
  /// See `Client::async_drain`.
  template <class Token>
  auto async_drain(std::chrono::milliseconds limit, Token&& token) {
    return boost::asio::async_initiate<Token, void(std::size_t)>(
        detail::StartJob{detail::executor_of(any_->core())}, token,
        detail::make_drain(shared_core(), limit));
  }
  /// See `Client::pool`.
  [[nodiscard]] net::PoolStats pool() const { return detail::pool_stats(any_->core()); }
  /// See `Client::close`.
  void close() { detail::close_pool(any_->core()); }

 private:
  friend struct detail::CoreAccess;
  explicit AnyClient(std::shared_ptr<detail::AnyCore> any) noexcept : any_(std::move(any)) {}

  /// \return whether it is this policy that was asked for.
  template <class P, class Observer>
  static bool try_make(Result<AnyClient>& made, const executor_type& executor,
                       std::string_view name, const NamedCredentials& credentials,
                       ClientOptions& options, Observer& observer) {
    if constexpr (diagnose<P, Create>()) {
      if (name != P::name) return false;
      auto own = detail::credentials_from<P>(credentials);
      if (!own) {
        made = std::move(own).error();
      } else {
        made = AnyClient{std::make_shared<detail::AnyCoreOf<P, Observer>>(
            executor, *std::move(own), std::move(options), std::move(observer))};
      }
    }
    return true;
  }
  /// The calls of a series.
  [[nodiscard]] detail::AnyCalls calls(const AnyCallOptions& options) const {
    return {any_, options};
  }
  /// The core, kept alive together with what knows the policy.
  [[nodiscard]] std::shared_ptr<detail::ClientCore> shared_core() const noexcept {
    return {any_, &any_->core()};
  }

  std::shared_ptr<detail::AnyCore> any_;
};

}  // namespace florin

#if !defined(FLORIN_SEPARATE_COMPILATION)
#include <florin/impl/core.ipp>
#endif
