// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/client.hpp>
#include <florin/detail/of_thread.hpp>
#include <florin/environment.hpp>

#include <atomic>
#include <cstddef>
#include <memory>
#include <string_view>

/// Layer 3: the shortest program. For tools and first steps; services own a `Client`.
namespace florin {

/// The calling thread's client of a policy, made from the environment at its first use. What asks
/// at the end of a thread, when its client is gone, gets one that all such share.
template <class P>
[[nodiscard]] Client<P>& default_client() {
  const auto make = [] {
    return Client<P>{credentials_from_environment<P>(), options_from_environment<P>()};
  };
  if (auto* const own = detail::of_thread(make)) return *own;
  // No static with a guard, for which a forked child could wait in vain.
  static constinit std::atomic<Client<P>*> shared{nullptr};
  if (auto* const before = shared.load(std::memory_order_acquire)) return *before;
  auto own = std::make_unique<Client<P>>(make());
  Client<P>* first = nullptr;
  if (!shared.compare_exchange_strong(first, own.get(), std::memory_order_acq_rel)) return *first;
  return *own.release();
}

/// Creates a customer with the credentials of the environment (`STRIPE_API_KEY`, ...), over the
/// calling thread's own client, and blocks until it is answered or 30 seconds have passed.
///
/// \tparam P the connector policy.
/// \param request a `CreateRequest`, a `CreateRequestView` or what `customer(...)` made; it may be
/// written in place: `create<P>({.merchant_customer_id = "..."})`.
///
/// \return see `Client::create`.
///
/// Thread safety: reentrant.
template <class P, class Request = CreateRequest>
[[nodiscard]] Result<CreateResponse> create(const Request& request) {
  if constexpr (diagnose_call<P, Create, Request>()) {
    return default_client<P>().create(request);
  } else {
    return Error{};
  }
}

/// Brings about that a customer exists exactly once, with the credentials of the environment; see
/// `create` and `Client::ensure`.
template <class P, class Request = CreateRequest>
[[nodiscard]] Result<CreateResponse> ensure(const Request& request) {
  if constexpr (diagnose_call<P, Create, Request>()) {
    return default_client<P>().ensure(request);
  } else {
    return Error{};
  }
}

/// Reads a customer back with the credentials of the environment; see `create`.
/// \param connector_customer_id the processor's id.
/// \return see `Client::retrieve`.
template <class P>
[[nodiscard]] Result<Customer> retrieve(std::string_view connector_customer_id) {
  if constexpr (diagnose<P, Retrieve>()) {
    return default_client<P>().retrieve(connector_customer_id);
  } else {
    return Error{};
  }
}

/// Changes a customer with the credentials of the environment; see `create`.
/// \param request see `Client::update`; it may be written in place.
/// \return see `Client::update`.
template <class P, class Request = UpdateRequest>
[[nodiscard]] Result<Customer> update(const Request& request) {
  if constexpr (diagnose_call<P, Update, Request>()) {
    return default_client<P>().update(request);
  } else {
    return Error{};
  }
}

/// Deletes a customer with the credentials of the environment; see `create`.
/// \param connector_customer_id the processor's id.
/// \return see `Client::remove`.
template <class P>
[[nodiscard]] Result<DeleteResponse> remove(std::string_view connector_customer_id) {
  if constexpr (diagnose<P, Delete>()) {
    return default_client<P>().remove(connector_customer_id);
  } else {
    return Error{};
  }
}

/// Finds customers with the credentials of the environment; see `create`.
/// \param filter what `by_email` or `by_reference` made; its text is copied.
/// \param limit most customers that come back.
/// \return see `Client::find`; the calling thread's client is used.
template <class P, class Filter>
[[nodiscard]] auto find(const Filter& filter, std::size_t limit = all_customers) {
  if constexpr (diagnose<P, typename Filter::Operation>()) {
    return default_client<P>().find(filter, {}, limit);
  }
}

}  // namespace florin
