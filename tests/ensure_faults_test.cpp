// SPDX-License-Identifier: Apache-2.0
// Every processor under faults, with `ensure`.
#include <boost/test/unit_test.hpp>

#include "policies/fault_trials.hpp"

BOOST_AUTO_TEST_SUITE(ensure_faults)

BOOST_AUTO_TEST_CASE_TEMPLATE(is_ensured_once, P, florin::AllPolicies) {
  auto trial = florin_test::fault_trial<P>();
  trial.ensures = true;
  florin_test::survives_faults<P>(trial);
}

BOOST_AUTO_TEST_SUITE_END()
