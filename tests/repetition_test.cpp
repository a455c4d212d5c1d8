// SPDX-License-Identifier: Apache-2.0
#include <florin/policies.hpp>
#include <florin/repetition.hpp>

#include <boost/test/unit_test.hpp>

#include <array>
#include <sstream>

BOOST_AUTO_TEST_SUITE(repetitions)
namespace {

using namespace florin;

// What the guide's recipe for storing both ids is built on, by the fact sheets.
static_assert(florin::repetition<StripePolicy> == Repetition::replayed);
static_assert(florin::repetition<DwollaPolicy> == Repetition::same_answer);
static_assert(florin::repetition<Shift4Policy> == Repetition::replayed);
static_assert(florin::repetition<AuthorizedotnetPolicy> == Repetition::names_customer);
static_assert(florin::repetition<GocardlessPolicy> == Repetition::names_customer);
static_assert(florin::repetition<PaysafePolicy> == Repetition::names_customer);
static_assert(florin::repetition<AirwallexPolicy> == Repetition::refused);
static_assert(florin::repetition<GlomopayPolicy> == Repetition::refused);
static_assert(florin::repetition<BraintreePolicy> == Repetition::second_customer);
static_assert(florin::repetition<FinixPolicy> == Repetition::second_customer);
static_assert(florin::repetition<RapydPolicy> == Repetition::second_customer);
static_assert(florin::repetition<StaxPolicy> == Repetition::second_customer);

BOOST_AUTO_TEST_CASE(each_has_a_name) {
  std::ostringstream text;
  for (const auto each : {Repetition::replayed, Repetition::same_answer, Repetition::names_customer,
                          Repetition::refused, Repetition::second_customer})
    text << each << ' ';
  BOOST_TEST(text.str() == "replayed same_answer names_customer refused second_customer ");
}

}  // namespace
BOOST_AUTO_TEST_SUITE_END()
