// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/policies/airwallex.hpp>
#include <florin/policies/authorizedotnet.hpp>
#include <florin/policies/braintree.hpp>
#include <florin/policies/dwolla.hpp>
#include <florin/policies/finix.hpp>
#include <florin/policies/glomopay.hpp>
#include <florin/policies/gocardless.hpp>
#include <florin/policies/paysafe.hpp>
#include <florin/policies/rapyd.hpp>
#include <florin/policies/shift4.hpp>
#include <florin/policies/stax.hpp>
#include <florin/policies/stripe.hpp>

#include <tuple>

namespace florin {

/// Every policy of the library. A new one is added here and nowhere else.
using AllPolicies =
    std::tuple<StripePolicy, AirwallexPolicy, AuthorizedotnetPolicy, BraintreePolicy, DwollaPolicy,
               FinixPolicy, GlomopayPolicy, GocardlessPolicy, PaysafePolicy, RapydPolicy,
               Shift4Policy, StaxPolicy>;

}  // namespace florin
