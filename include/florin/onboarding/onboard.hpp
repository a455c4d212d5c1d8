// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/core.hpp>
#include <florin/detail/series.hpp>
#include <florin/error.hpp>
#include <florin/net/deadline.hpp>
#include <florin/onboarding/detail/onboarding_call.hpp>
#include <florin/onboarding/detail/onboarding_plan.hpp>
#include <florin/onboarding/directory.hpp>
#include <florin/onboarding/onboarded.hpp>

#include <boost/asio/async_result.hpp>

#include <memory>
#include <new>
#include <utility>

namespace florin::onboarding {

/// Brings about that a customer exists exactly once at a processor, and that both ids are stored:
/// writes a row, has it on the disk, calls `ensure`, writes the answer. To be called again at any
/// time by any process that uses the same database: it returns the same customer.
///
/// A row that a crash or an unknown outcome has left is settled as the processor's guarantee
/// allows, with the request as it was first asked; see `RecoveryOptions`.
///
/// \param client a `Client` or an `AnyClient`.
/// \param directory where the row is.
/// \param request as for `ensure`; checked before anything is written.
/// \param options of this call alone.
/// \return the customer; or what went wrong, and whether the customer exists now. Besides the errors
/// of `ensure`: `directory_failed` (with the outcome `in_effect` and `existing_customer_id`: the
/// customer is there and could not be stored, and the next call finds it), `claimed_elsewhere`, and
/// `in_doubt` (look into the processor's dashboard, and say what is there with
/// `Directory::resolve`).
///
/// Thread safety: as `ensure`.
template <class Client, class Request = CreateRequest>
[[nodiscard]] Result<Onboarded> onboard(Client& client, const Directory& directory,
                                        const Request& request,
                                        const OnboardOptions<Client>& options = {}) {
  const auto client_core = florin::detail::CoreAccess::of(client);
  try {
    if (auto fault = detail::fault_of(client, request, options)) return *std::move(fault);
    detail::DirectoryCore& core = directory.core();
    detail::OnboardingPlan plan{core, client.ensure_facts(), options.account,
                                static_cast<CreateRequestView>(request),
                                net::ends_after(detail::limit_of(*client_core, options.call))};
    auto claimed = detail::wait_told<detail::Claimed>([&](auto done) {
      const auto job = plan.claim(core, options.waits);
      job->done = std::move(done);
      core.claim(job);
    });
    return detail::pursue(client, core, plan, std::move(claimed), options.call);
  } catch (const std::bad_alloc&) {
    return florin::detail::no_memory_for(*client_core, true);
  }
}

/// The asynchronous `onboard`, for any completion token of signature `void(Result<Onboarded>)`.
///
/// What it says of executors, cancellation and handlers `Client::async_create` says; the database
/// is talked to on the directory's own thread. Its execution context has to outlive the call, also
/// one that is destroyed with its pending calls. Cancelled while its answer is stored, it ends when
/// that is done.
template <class Client, class Request = CreateRequest, class Token>
auto async_onboard(Client& client, const Directory& directory, const Request& request,
                   const OnboardOptions<Client>& options, Token&& token) {
  const auto core = florin::detail::CoreAccess::of(client);
  using Call = detail::OnboardingCall<Client>;
  auto fault = detail::fault_of(client, request, options);
  auto call = std::make_shared<Call>(client, directory, static_cast<CreateRequestView>(request),
                                     options, std::move(fault));
  return boost::asio::async_initiate<Token, void(Result<Onboarded>)>(
      florin::detail::StartSeries{florin::detail::executor_of(*core)}, token, std::move(call));
}
/// \copydoc async_onboard
template <class Client, class Request = CreateRequest, class Token>
auto async_onboard(Client& client, const Directory& directory, const Request& request,
                   Token&& token) {
  return async_onboard(client, directory, request, OnboardOptions<Client>{},
                       std::forward<Token>(token));
}

}  // namespace florin::onboarding
