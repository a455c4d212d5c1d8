// SPDX-License-Identifier: Apache-2.0
// Every processor under faults. Stripe has its own in tests/client_faults_test.cpp.
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

#include <boost/test/unit_test.hpp>

#include <utility>

#include "client_faults.hpp"

BOOST_AUTO_TEST_SUITE(policies_faults)

using florin_test::numbered_resident;
using florin_test::survives_faults;

BOOST_AUTO_TEST_CASE(shift4_survives_faults) {
  survives_faults<florin::Shift4Policy>({.processor = florin::testing::shift4()});
}

BOOST_AUTO_TEST_CASE(stax_survives_faults) {
  survives_faults<florin::StaxPolicy>({.processor = florin::testing::stax()});
}

BOOST_AUTO_TEST_CASE(finix_survives_faults) {
  survives_faults<florin::FinixPolicy>({.processor = florin::testing::finix()});
}

BOOST_AUTO_TEST_CASE(paysafe_survives_faults) {
  survives_faults<florin::PaysafePolicy>({.processor = florin::testing::paysafe()});
}

BOOST_AUTO_TEST_CASE(glomopay_survives_faults) {
  survives_faults<florin::GlomopayPolicy>(
      {.processor = florin::testing::glomopay(), .customer = numbered_resident});
}

BOOST_AUTO_TEST_CASE(gocardless_survives_faults) {
  survives_faults<florin::GocardlessPolicy>({.processor = florin::testing::gocardless()});
}

BOOST_AUTO_TEST_CASE(authorizedotnet_survives_faults) {
  survives_faults<florin::AuthorizedotnetPolicy>({.processor = florin::testing::authorizedotnet()});
}

BOOST_AUTO_TEST_CASE(braintree_survives_faults) {
  auto processor = florin::testing::braintree({"merchant_customer_id"});
  auto credentials = florin_test::credentials_of<florin::BraintreePolicy>(processor);
  credentials.merchant_customer_id_field = "merchant_customer_id";
  survives_faults<florin::BraintreePolicy>(
      {.processor = std::move(processor), .credentials = std::move(credentials)});
}

BOOST_AUTO_TEST_CASE(airwallex_survives_faults) {
  survives_faults<florin::AirwallexPolicy>({.processor = florin::testing::airwallex()});
}

BOOST_AUTO_TEST_CASE(dwolla_survives_faults) {
  survives_faults<florin::DwollaPolicy>({.processor = florin::testing::dwolla()});
}

BOOST_AUTO_TEST_CASE(rapyd_survives_faults) {
  survives_faults<florin::RapydPolicy>({.processor = florin::testing::rapyd()});
}

BOOST_AUTO_TEST_SUITE_END()
