// SPDX-License-Identifier: Apache-2.0
// Stripe under faults. The other processors are in tests/policies/faults_test.cpp.
#include "client_faults.hpp"

#include <florin/policies/stripe.hpp>
#include <florin/testing/processors/stripe.hpp>

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(client_faults)

BOOST_AUTO_TEST_CASE(no_customer_is_made_twice_and_no_outcome_is_wrong) {
  florin_test::survives_faults<florin::StripePolicy>({.processor = florin::testing::stripe()});
}

BOOST_AUTO_TEST_SUITE_END()
