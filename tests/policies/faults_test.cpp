// SPDX-License-Identifier: Apache-2.0
// Every processor under faults: no customer is made twice, and no outcome is wrong.
#include <boost/test/unit_test.hpp>

#include "policies/fault_trials.hpp"

BOOST_AUTO_TEST_SUITE(policies_faults)

BOOST_AUTO_TEST_CASE_TEMPLATE(survives_faults, P, florin::AllPolicies) {
  florin_test::survives_faults<P>(florin_test::fault_trial<P>());
}

BOOST_AUTO_TEST_SUITE_END()
