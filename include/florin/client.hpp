// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/client_options.hpp>
#include <florin/customer.hpp>
#include <florin/detail/client_core_of.hpp>
#include <florin/detail/core.hpp>
#include <florin/detail/ensuring.hpp>
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

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string_view>
#include <utility>

/// Layer 2: connections, TLS, deadline, retries and idempotency around `encode` and `decode`.
namespace florin {

/// Creates customers at one processor, over a bounded pool of kept-alive TLS connections.
///
/// A failed attempt is repeated where that cannot make a second customer: when no byte of the
/// request was written, or when the processor recognises the idempotency key, which every request
/// to such a processor carries. One deadline spans everything, in blocking and asynchronous calls
/// alike.
///
/// A `Client` is a handle: copies share one pool. Pending asynchronous calls keep what they need
/// alive.
/// \tparam P the connector policy.
/// \tparam Observer is told the duration of each phase and the end of each call; see
/// `CallObserver`.
///
/// Thread safety: all members may be called from any thread. Asynchronous calls run on the
/// executor; their handlers on the handler's associated executor. A call may be cancelled on any
/// thread, also while it ends; the signal itself belongs to one thread at a time, as Asio's do.
///
/// Exceptions: a handler that throws does so out of what runs it, such as `io_context::run`; on the
/// library's own threads that ends the program (`std::terminate`), as on a `std::thread`. Observers
/// must not throw; if one does, its call is given up and the exception leaves `create` or what runs
/// the call.
template <class P, CallObserver Observer = NoObserver>
class Client {
 public:
  using Options = ClientOptions;           ///< how it reaches its processor
  using Credentials = CredentialsOf<P>;    ///< what it shows there
  using CallOptionsType = CallOptions<P>;  ///< what a call may do differently
  using executor_type = boost::asio::any_io_executor;

  /// A client whose asynchronous calls run on threads of the library's own, shared by all such
  /// clients. Options that cannot be used do not throw but make each call fail with
  /// `invalid_options` or `tls_failed`; see `ready`.
  explicit Client(Credentials credentials, Options options = {}, Observer observer = {})
      : core_(make(nullptr, std::move(credentials), std::move(options), std::move(observer))) {}

  /// A client whose asynchronous calls run on `executor`; an empty one stands for the library's own
  /// threads. Its execution context has to outlive pending calls, unless these are destroyed with
  /// it. When it is gone, blocking calls go on and asynchronous ones end with `invalid_options`.
  Client(const executor_type& executor, Credentials credentials, Options options = {},
         Observer observer = {})
      : core_(make(&executor, std::move(credentials), std::move(options), std::move(observer))) {}

  /// Whether the options can be used; the error of every call if not.
  [[nodiscard]] Result<void> ready() const {
    if (auto error = detail::setup_error_of(core_->core())) return *std::move(error);
    return {};
  }

  /// Creates a customer and blocks until it is answered or the deadline passes.
  ///
  /// \param request a `CreateRequest`, a `CreateRequestView` or what `customer(...)` made; it may
  /// be written in place: `client.create({.merchant_customer_id = "..."})`.
  /// \param options of this call alone.
  /// \return the answer, with `origin` saying whether the customer is new; or what went wrong and,
  /// separately, whether the customer exists now.
  template <class Request = CreateRequest>
  [[nodiscard]] Result<CreateResponse> create(const Request& request,
                                              const CallOptions<P>& options = {}) {
    return perform<Create>(request, options);
  }

  /// The asynchronous `create`, for any completion token of signature
  /// `void(Result<CreateResponse>)`.
  ///
  /// The request is read before this returns; what it returns with a token such as
  /// `boost::asio::deferred` can be launched once, and the deadline counts from there. The handler
  /// is never called from within this function, unless there is nothing else to call it: no thread
  /// of the library's own could be started, or the execution context is gone, and the handler has
  /// no executor of its own. `std::bad_alloc` is thrown, before anything was begun, where there is
  /// no memory for the operation itself. Cancellation (any type) ends the call with
  /// `Errc::cancelled`; its outcome tells whether the request may have been sent.
  template <class Request = CreateRequest, class Token>
  auto async_create(const Request& request, const CallOptions<P>& options, Token&& token) {
    return async_perform<Create>(request, options, std::forward<Token>(token));
  }
  /// \copydoc async_create
  template <class Request = CreateRequest, class Token>
  auto async_create(const Request& request, Token&& token) {
    return async_perform<Create>(request, CallOptions<P>{}, std::forward<Token>(token));
  }

  /// What `ensure` knows of the processor.
  [[nodiscard]] static constexpr const EnsureFacts& ensure_facts() noexcept {
    return detail::ensure_facts<P>;
  }
  /// Whether this processor could be sent such a request. See `florin::validate`.
  template <class Request = CreateRequest>
  [[nodiscard]] static Result<void> validate(const Request& request) {
    return florin::validate<P>(request);
  }
  /// Brings about that a customer exists exactly once, and says which it is: creates it with the
  /// derived key, takes the existing one, or finds it; an answer that is lost is settled as
  /// `ensure_guarantee<P>` says, within the deadline. Blocking. To be called again and again, also
  /// by other processes, with the same `merchant_customer_id`.
  ///
  /// \param request see `create`; it is copied.
  /// \param options `on_exists` and `retries` count for nothing here; see `look_first`.
  /// \return the customer, with `origin` saying how it came about. Where that cannot be known, the
  /// failure of the create, with `Outcome::unknown`. `customer_exists`: the processor has a
  /// customer that stands in the way and is another one (its `merchant_customer_id` differs), or
  /// has several with this reference.
  template <class Request = CreateRequest>
  [[nodiscard]] Result<CreateResponse> ensure(const Request& request,
                                              const CallOptions<P>& options = {}) {
    if constexpr (diagnose_call<P, Create, Request>()) {
      return detail::perform_series<detail::Ensuring>(
          calls(options), static_cast<CreateRequestView>(request), detail::ensure_facts<P>,
          options.look_first, options.look_only);
    } else {
      return Error{};
    }
  }
  /// The asynchronous `ensure`, for any completion token of signature
  /// `void(Result<CreateResponse>)`. See `async_create`.
  template <class Request = CreateRequest, class Token>
  auto async_ensure(const Request& request, const CallOptions<P>& options, Token&& token) {
    if constexpr (diagnose_call<P, Create, Request>()) {
      return detail::async_series(
          detail::Ensuring{static_cast<CreateRequestView>(request), detail::ensure_facts<P>,
                           options.look_first, options.look_only},
          calls(options), std::forward<Token>(token));
    }
  }
  /// \copydoc async_ensure
  template <class Request = CreateRequest, class Token>
  auto async_ensure(const Request& request, Token&& token) {
    return async_ensure(request, CallOptions<P>{}, std::forward<Token>(token));
  }

  /// Reads a customer back, blocking. See `Retrieve` for what its outcomes mean.
  /// \param connector_customer_id the processor's id, at most 255 bytes; one that could change the
  /// path of a request is refused as `invalid_field`.
  /// \param options of this call alone.
  [[nodiscard]] Result<Customer> retrieve(std::string_view connector_customer_id,
                                          const CallOptions<P>& options = {}) {
    return perform<Retrieve>(RetrieveRequest{connector_customer_id}, options);
  }

  /// The asynchronous `retrieve`, for any completion token of signature `void(Result<Customer>)`.
  /// See `async_create`.
  template <class Token>
  auto async_retrieve(std::string_view connector_customer_id, const CallOptions<P>& options,
                      Token&& token) {
    return async_perform<Retrieve>(RetrieveRequest{connector_customer_id}, options,
                                   std::forward<Token>(token));
  }
  /// \copydoc async_retrieve
  template <class Token>
  auto async_retrieve(std::string_view connector_customer_id, Token&& token) {
    return async_retrieve(connector_customer_id, CallOptions<P>{}, std::forward<Token>(token));
  }

  /// Changes a customer, blocking; only what is given changes. See `Update` for what its outcomes
  /// mean: `Outcome::unknown` is that it may have been changed. Where the processor replaces what
  /// is not sent again, the customer is read first, within the same deadline, unless
  /// `UpdateRequestView::current` has it.
  /// \param request an `UpdateRequest`, an `UpdateRequestView` or what `customer_changes(...)`
  /// made; it may be written in place.
  /// \param options of this call alone.
  /// \return the customer as it is now, as far as the processor tells it.
  template <class Request = UpdateRequest>
  [[nodiscard]] Result<Customer> update(const Request& request,
                                        const CallOptions<P>& options = {}) {
    if constexpr (diagnose_call<P, Update, Request>()) {
      return perform_update(request, options);
    } else {
      return Error{};
    }
  }
  /// `update` of the customer `connector_customer_id`, whatever the request says.
  template <class Request = UpdateRequest>
  [[nodiscard]] Result<Customer> update(std::string_view connector_customer_id,
                                        const Request& request,
                                        const CallOptions<P>& options = {}) {
    if constexpr (diagnose_call<P, Update, Request>()) {
      UpdateRequestView view = request;
      view.connector_customer_id = connector_customer_id;
      return perform_update(view, options);
    } else {
      return Error{};
    }
  }

  /// The asynchronous `update`, for any completion token of signature `void(Result<Customer>)`. The
  /// request is copied. See `async_create`.
  template <class Request = UpdateRequest, class Token>
  auto async_update(const Request& request, const CallOptions<P>& options, Token&& token) {
    if constexpr (diagnose_call<P, Update, Request>())
      return async_perform_update(request, options, std::forward<Token>(token));
  }
  /// \copydoc async_update
  template <class Request = UpdateRequest, class Token>
  auto async_update(const Request& request, Token&& token) {
    return async_update(request, CallOptions<P>{}, std::forward<Token>(token));
  }
  /// \copydoc async_update
  template <class Request = UpdateRequest, class Token>
  auto async_update(std::string_view connector_customer_id, const Request& request,
                    const CallOptions<P>& options, Token&& token) {
    if constexpr (diagnose_call<P, Update, Request>()) {
      UpdateRequestView view = request;
      view.connector_customer_id = connector_customer_id;
      return async_perform_update(view, options, std::forward<Token>(token));
    }
  }
  /// \copydoc async_update
  template <class Request = UpdateRequest, class Token>
  auto async_update(std::string_view connector_customer_id, const Request& request, Token&& token) {
    return async_update(connector_customer_id, request, CallOptions<P>{},
                        std::forward<Token>(token));
  }

  /// Deletes a customer, blocking. See `Delete` for what its outcomes mean: `Outcome::unknown` is
  /// that the customer may be there still. Where the processor shows deleted customers, an unknown
  /// one is looked up, so that one that is already gone is told from one that never was.
  /// \param connector_customer_id see `retrieve`.
  /// \param options of this call alone.
  [[nodiscard]] Result<DeleteResponse> remove(std::string_view connector_customer_id,
                                              const CallOptions<P>& options = {}) {
    if constexpr (diagnose<P, Delete>()) {
      if constexpr (!shows_deleted<P>) {
        return perform<Delete>(DeleteRequest{connector_customer_id}, options);
      } else {
        return detail::perform_series<detail::Removal>(calls(options), connector_customer_id, true);
      }
    } else {
      return Error{};
    }
  }

  /// The asynchronous `remove`, for any completion token of signature
  /// `void(Result<DeleteResponse>)`. See `async_create`.
  template <class Token>
  auto async_remove(std::string_view connector_customer_id, const CallOptions<P>& options,
                    Token&& token) {
    if constexpr (diagnose<P, Delete>()) {
      if constexpr (!shows_deleted<P>) {
        return async_perform<Delete>(DeleteRequest{connector_customer_id}, options,
                                     std::forward<Token>(token));
      } else {
        return detail::async_series(detail::Removal{connector_customer_id, true}, calls(options),
                                    std::forward<Token>(token));
      }
    }
  }
  /// \copydoc async_remove
  template <class Token>
  auto async_remove(std::string_view connector_customer_id, Token&& token) {
    return async_remove(connector_customer_id, CallOptions<P>{}, std::forward<Token>(token));
  }

  /// Finds customers: exact matches of the filter that are not deleted, in pages as they are asked
  /// for. Blocking: `for (auto& customer : client.find(by_email("ana@example.com")))`; see
  /// `Finder`, also for `async_next`.
  /// \param filter what `by_email` or `by_reference` made; its text is copied.
  /// \param options of each call for a page; what they view has to outlive the finder.
  /// \param limit most customers that come back.
  template <class Filter>
  [[nodiscard]] auto find(const Filter& filter, const CallOptions<P>& options = {},
                          std::size_t limit = all_customers) {
    if constexpr (diagnose<P, typename Filter::Operation>()) {
      return Finder<Client, typename Filter::Operation>{*this, filter.request(), options, limit};
    }
  }

  /// Any operation of the policy, blocking. See `create`.
  template <class Operation, class Request>
  [[nodiscard]] Result<typename Operation::Response> perform(const Request& request,
                                                             const CallOptions<P>& options = {}) {
    if constexpr (diagnose_call<P, Operation, Request>()) {
      return own_core().template perform<Operation>(request, options);
    } else {
      return Error{};
    }
  }

  /// Any operation of the policy, asynchronous. See `async_create`.
  template <class Operation, class Request, class Token>
  auto async_perform(const Request& request, const CallOptions<P>& options, Token&& token) {
    if constexpr (diagnose_call<P, Operation, Request>()) {
      using Start = detail::StartCall<detail::Taking<Operation>>;
      const auto* const executor = detail::executor_of(core_->core());
      auto call = own_core().template try_begin<Operation>(request, options, executor != nullptr);
      return boost::asio::async_initiate<Token, void(Result<typename Operation::Response>)>(
          Start{executor}, token, shared_core(), std::move(call));
    }
  }

  /// Opens connections until `count` are ready, so that a first call needs one round trip. A token,
  /// where one is needed, is fetched by the first call.
  /// \param count at most the pool's `max_connections`. Blocks until the deadline of the options.
  /// \return nothing, or the first failure.
  [[nodiscard]] Result<void> warm_up(std::size_t count) {
    return detail::warm_up(core_->core(), count);
  }

  /// The asynchronous `warm_up`, for any completion token of signature `void(Result<void>)`.
  /// Cancellation (any type): `Errc::cancelled`.
  template <class Token>
  auto async_warm_up(std::size_t count, Token&& token) {
    return boost::asio::async_initiate<Token, void(Result<void>)>(
        detail::StartJob{detail::executor_of(core_->core())}, token,
        detail::make_warm_up(shared_core(), count));
  }

  /// Has calls that begin from now on use other credentials, in this client and its copies, e.g.
  /// after a rotation. Calls that are pending go on with theirs; an access token is fetched anew
  /// where it depends on them. Where they are a part of the host, calls go to the host of the new
  /// ones from then on, unless there is a base URL; what is no part of a host name is told by
  /// `ready` and by each call, as `invalid_credentials`.
  void set_credentials(Credentials credentials) {
    core_->set_credentials(detail::kept(std::move(credentials)));
  }
  /// Has calls that begin from now on go to another server, in this client and its copies. Pending
  /// ones go on with theirs; idle connections are closed.
  /// \param url as `ClientOptions::base_url`; empty: the policy's host.
  /// \return `invalid_options` or `tls_failed`, and all is as before.
  [[nodiscard]] Result<void> set_base_url(std::string_view url) {
    return detail::set_base_url(core_->core(), url);
  }

  /// Cancels all pending calls of this client and its copies, blocking ones too: each ends with
  /// `Errc::cancelled` and what is known about its customer. A blocking call that opens a
  /// connection goes on until that is open or has failed.
  void cancel_all() { detail::cancel_all(core_->core()); }

  /// Shuts the client and its copies down: further calls end at once with `Errc::cancelled`, and
  /// this waits until the pending ones have ended; one that needs several requests (`ensure`, an
  /// update that reads first, a removal that looks) makes them all. Not for threads that pending calls need to go
  /// on, such as the only one that runs the execution context; see `async_drain`.
  /// \param limit for the waiting.
  /// \return how many calls are pending still: repeat it, or `cancel_all`. 0: all have their
  /// answers; the last one's handler may be running, and a blocking one about to return, so that
  /// its thread is joined before the client goes.
  [[nodiscard]] std::size_t drain(std::chrono::milliseconds limit) {
    return detail::drain(core_->core(), limit);
  }
  /// The asynchronous `drain`, for any completion token of signature `void(std::size_t)`.
  /// Cancellation (any type) ends the waiting.
  template <class Token>
  auto async_drain(std::chrono::milliseconds limit, Token&& token) {
    return boost::asio::async_initiate<Token, void(std::size_t)>(
        detail::StartJob{detail::executor_of(core_->core())}, token,
        detail::make_drain(shared_core(), limit));
  }

  /// What the pool holds and did; connections to a host that only gives tokens count, too.
  [[nodiscard]] net::PoolStats pool() const { return detail::pool_stats(core_->core()); }

  /// Closes idle connections, and busy ones as their calls end. Calls stay possible, each over a
  /// connection of its own.
  void close() { detail::close_pool(core_->core()); }

 private:
  friend struct detail::CoreAccess;
  using Core = detail::ClientCoreOf<P, Observer>;

  [[nodiscard]] Result<Customer> perform_update(const UpdateRequestView& request,
                                                const CallOptions<P>& options) {
    if (!detail::reads_first<P>(request)) return perform<Update>(request, options);
    return detail::perform_series<detail::Updating>(calls(options), P::name, request, true);
  }
  template <class Token>
  auto async_perform_update(const UpdateRequestView& request, const CallOptions<P>& options,
                            Token&& token) {
    if constexpr (!merges<P>) {
      return async_perform<Update>(request, options, std::forward<Token>(token));
    } else {
      detail::Updating plan{P::name, request, detail::reads_first<P>(request)};
      plan.keep();
      return detail::async_series(std::move(plan), calls(options), std::forward<Token>(token));
    }
  }

  /// The calls of a series.
  [[nodiscard]] detail::OwnCalls<P, Observer> calls(const CallOptions<P>& options) const {
    return {core_, options};
  }

  [[nodiscard]] static std::shared_ptr<detail::ClientRoot> make(const executor_type* executor,
                                                                Credentials&& credentials,
                                                                Options&& options,
                                                                Observer&& observer) {
    if constexpr (diagnose<P, Create>()) {
      return detail::shared(
          new Core{executor, std::move(credentials), std::move(options), std::move(observer)});
    } else {
      return nullptr;
    }
  }
  /// The core, kept alive together with what knows the policy.
  [[nodiscard]] std::shared_ptr<detail::ClientCore> shared_core() const noexcept {
    return detail::ClientRoot::shared_core(core_);
  }
  [[nodiscard]] Core& own_core() const noexcept { return static_cast<Core&>(*core_); }

  std::shared_ptr<detail::ClientRoot> core_;
};

}  // namespace florin

#if !defined(FLORIN_SEPARATE_COMPILATION)
#include <florin/impl/core.ipp>
#endif
