// SPDX-License-Identifier: Apache-2.0
// Every policy against its processor's sandbox, which was written from the same documents and not
// from the policy. Stripe has its own in tests/testing/conformance_test.cpp.
#include <florin/policies.hpp>
#include <florin/testing/conformance.hpp>
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

#include <set>
#include <string>

BOOST_AUTO_TEST_SUITE(policies_conformance)

using florin::Field;
using florin::FieldSet;
using florin::testing::check_conformance;
using florin::testing::ConformanceOptions;
using florin::testing::Processor;
using florin::testing::Verdict;

namespace {

/// The phone is stored as its digits, with or without a plus, where the processor takes nothing
/// else.
bool same_phone(Field field, std::string_view given, std::string_view stored) {
  if (given == stored) return true;
  std::string digits;
  for (char c : given)
    if (c >= '0' && c <= '9') digits += c;
  return field == Field::phone && (digits == stored || '+' + digits == stored);
}

/// Runs the check; the names in `expected` may fail, everything else must not.
template <class P>
void conforms(const Processor& processor, ConformanceOptions<P> options = {},
              const std::set<std::string>& expected = {}) {
  options.same_value = same_phone;
  const auto report = check_conformance<P>(processor, options);
  BOOST_TEST(report.count(Verdict::passed) >= 15U);
  for (const auto& check : report.checks)
    if (check.verdict == Verdict::failed)
      BOOST_TEST(expected.contains(check.name), check.name << ": " << check.detail);
}

template <class P>
ConformanceOptions<P> always(FieldSet fields) {
  ConformanceOptions<P> options;
  options.always = fields;
  return options;
}

}  // namespace

BOOST_AUTO_TEST_CASE(shift4_conforms) {
  conforms<florin::Shift4Policy>(florin::testing::shift4());
}

BOOST_AUTO_TEST_CASE(stax_conforms) {
  conforms<florin::StaxPolicy>(florin::testing::stax(), always<florin::StaxPolicy>({Field::email}));
}

BOOST_AUTO_TEST_CASE(finix_conforms) {
  conforms<florin::FinixPolicy>(
      florin::testing::finix(),
      always<florin::FinixPolicy>({Field::address_line1, Field::address_city, Field::address_state,
                                   Field::address_zip, Field::address_country}));
}

BOOST_AUTO_TEST_CASE(paysafe_conforms) {
  conforms<florin::PaysafePolicy>(florin::testing::paysafe());
}

BOOST_AUTO_TEST_CASE(glomopay_conforms) {
  conforms<florin::GlomopayPolicy>(florin::testing::glomopay());
}

BOOST_AUTO_TEST_CASE(gocardless_conforms) {
  conforms<florin::GocardlessPolicy>(florin::testing::gocardless(),
                                     always<florin::GocardlessPolicy>({Field::address_state}));
}

BOOST_AUTO_TEST_CASE(authorizedotnet_conforms) {
  conforms<florin::AuthorizedotnetPolicy>(
      florin::testing::authorizedotnet(),
      always<florin::AuthorizedotnetPolicy>({Field::address_line1}));
}

BOOST_AUTO_TEST_CASE(airwallex_conforms) {
  conforms<florin::AirwallexPolicy>(florin::testing::airwallex(),
                                    always<florin::AirwallexPolicy>({Field::address_country}));
}

BOOST_AUTO_TEST_CASE(dwolla_conforms) {
  conforms<florin::DwollaPolicy>(florin::testing::dwolla());
}

BOOST_AUTO_TEST_CASE(rapyd_conforms) {
  conforms<florin::RapydPolicy>(florin::testing::rapyd(),
                                always<florin::RapydPolicy>({Field::address_line1}));
}

BOOST_AUTO_TEST_CASE(braintree_conforms) {
  ConformanceOptions<florin::BraintreePolicy> options;
  const auto processor = florin::testing::braintree({"merchant_customer_id", "tier", "source"});
  const auto key = processor.credentials.front().text;
  const auto colon = key.find(':');
  options.credentials.emplace();
  options.credentials->public_key = key.substr(0, colon);
  options.credentials->private_key = key.substr(colon + 1);
  options.credentials->merchant_customer_id_field = "merchant_customer_id";
  options.credentials->custom_fields = "tier,source";
  // Metadata arrives under declared names only; other keys are reported as dropped.
  conforms<florin::BraintreePolicy>(processor, options, {"hostile_text", "length_limits"});
}

BOOST_AUTO_TEST_SUITE_END()
