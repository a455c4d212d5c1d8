// SPDX-License-Identifier: Apache-2.0
// Every processor under faults, with `ensure`. Stripe is among them.
#include <florin/policies.hpp>
#include <florin/testing/processors/airwallex.hpp>
#include <florin/testing/processors/authorizedotnet.hpp>
#include <florin/testing/processors/braintree.hpp>
#include <florin/testing/processors/dwolla.hpp>
#include <florin/testing/processors/finix.hpp>
#include <florin/testing/processors/glomopay.hpp>
#include <florin/testing/processors/gocardless.hpp>
#include <florin/testing/processors/paysafe.hpp>
#include <florin/testing/processors/rapyd.hpp>
#include <florin/testing/processors/shift4.hpp>
#include <florin/testing/processors/stax.hpp>
#include <florin/testing/processors/stripe.hpp>

#include <boost/test/unit_test.hpp>

#include <utility>

#include "client_faults.hpp"

BOOST_AUTO_TEST_SUITE(ensure_faults)

using florin_test::numbered_resident;
using florin_test::survives_faults;

namespace {

/// Runs the trial with `ensure` in place of `create`.
template <class P>
void ensures(florin_test::FaultTrial<P> trial) {
  trial.ensures = true;
  survives_faults<P>(std::move(trial));
}

}  // namespace

BOOST_AUTO_TEST_CASE(stripe_is_ensured_once) {
  ensures<florin::StripePolicy>({.processor = florin::testing::stripe()});
}

BOOST_AUTO_TEST_CASE(shift4_is_ensured_once) {
  ensures<florin::Shift4Policy>({.processor = florin::testing::shift4()});
}

BOOST_AUTO_TEST_CASE(stax_is_ensured_once) {
  ensures<florin::StaxPolicy>({.processor = florin::testing::stax()});
}

BOOST_AUTO_TEST_CASE(finix_is_ensured_once) {
  ensures<florin::FinixPolicy>({.processor = florin::testing::finix()});
}

BOOST_AUTO_TEST_CASE(paysafe_is_ensured_once) {
  ensures<florin::PaysafePolicy>({.processor = florin::testing::paysafe()});
}

BOOST_AUTO_TEST_CASE(glomopay_is_ensured_once) {
  ensures<florin::GlomopayPolicy>(
      {.processor = florin::testing::glomopay(), .customer = numbered_resident});
}

BOOST_AUTO_TEST_CASE(gocardless_is_ensured_once) {
  ensures<florin::GocardlessPolicy>({.processor = florin::testing::gocardless()});
}

BOOST_AUTO_TEST_CASE(authorizedotnet_is_ensured_once) {
  ensures<florin::AuthorizedotnetPolicy>({.processor = florin::testing::authorizedotnet()});
}

BOOST_AUTO_TEST_CASE(braintree_is_ensured_once) {
  auto processor = florin::testing::braintree({"merchant_customer_id"});
  auto credentials = florin_test::credentials_of<florin::BraintreePolicy>(processor);
  credentials.merchant_customer_id_field = "merchant_customer_id";
  ensures<florin::BraintreePolicy>(
      {.processor = std::move(processor), .credentials = std::move(credentials)});
}

BOOST_AUTO_TEST_CASE(airwallex_is_ensured_once) {
  ensures<florin::AirwallexPolicy>({.processor = florin::testing::airwallex()});
}

BOOST_AUTO_TEST_CASE(dwolla_is_ensured_once) {
  ensures<florin::DwollaPolicy>({.processor = florin::testing::dwolla()});
}

BOOST_AUTO_TEST_CASE(rapyd_is_ensured_once) {
  ensures<florin::RapydPolicy>({.processor = florin::testing::rapyd()});
}

BOOST_AUTO_TEST_SUITE_END()
