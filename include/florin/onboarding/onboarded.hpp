// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/customer/create.hpp>

#include <string_view>

namespace florin::onboarding {

/// A customer whose both ids are stored.
struct Onboarded : CreateResponse {
  /// Whether the directory knew the customer: the processor was not asked now, and `origin` is
  /// `found`.
  bool known = false;
  /// Whether the customer was first asked for with other data, which are what the processor has:
  /// update it, if yours are the newer ones.
  bool other_request = false;
};

/// What one call of `onboard` does differently. Views and pointers are read before `onboard` or
/// `async_onboard` returns.
/// \tparam Client the client's type.
template <class Client>
struct OnboardOptions {
  /// Of the call of `ensure`; the deadline spans the database as well. Its key is the derived one:
  /// `invalid_options` where one is given. What is said of looking up counts for nothing: the row
  /// decides.
  typename Client::CallOptionsType call{};
  std::string_view account{};  ///< see `CustomerKey`
  /// What to do when another call is at work on this customer, of this process or another one: wait
  /// for it, until the deadline; else `claimed_elsewhere` at once.
  bool waits = true;
};

}  // namespace florin::onboarding
