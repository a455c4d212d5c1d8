// SPDX-License-Identifier: Apache-2.0
// Changes through a client against each processor's sandbox, which was written from the same
// documents and not from the policy: what is given is there afterwards, and nothing else is
// touched.
#include <florin/client.hpp>
#include <florin/policies.hpp>
#include <florin/testing/processors/airwallex.hpp>
#include <florin/testing/processors/authorizedotnet.hpp>
#include <florin/testing/processors/braintree.hpp>
#include <florin/testing/processors/dwolla.hpp>
#include <florin/testing/processors/finix.hpp>
#include <florin/testing/processors/gocardless.hpp>
#include <florin/testing/processors/paysafe.hpp>
#include <florin/testing/processors/rapyd.hpp>
#include <florin/testing/processors/shift4.hpp>
#include <florin/testing/processors/stax.hpp>
#include <florin/testing/processors/stripe.hpp>
#include <florin/testing/sandbox.hpp>

#include <boost/test/unit_test.hpp>

#include <map>
#include <string>
#include <utility>

#include "client_faults.hpp"
#include "client_fixture.hpp"
#include "policies/exchange.hpp"

BOOST_AUTO_TEST_SUITE(policies_update_sandbox)

using namespace florin;
using florin::testing::Processor;

namespace {

using Parts = std::map<std::string, std::string>;

/// The parts of a record that are there.
Parts parts_of(const Customer& customer) {
  Parts parts;
  for (const Field field : FieldSet::all())
    if (const auto part = customer.get(field); part && !part->empty())
      parts.emplace(to_string(field), *part);
  for (std::size_t i = 0; i < customer.metadata_size(); ++i)
    parts.emplace("metadata." + std::string{customer.metadata(i).key}, customer.metadata(i).value);
  return parts;
}

/// Creates a customer, changes it, and compares it with what it was.
/// \param expected the parts that change; empty: they go.
template <class P>
void changes(const Processor& processor, const typename P::Credentials& credentials,
             const UpdateRequest& request, const Parts& expected,
             CreateRequest customer = florin_test::full_request()) {
  florin::testing::Sandbox sandbox{processor, {}};
  Client<P> client{credentials, florin_test::options_for(sandbox)};
  const auto made = client.create(customer);
  BOOST_TEST_REQUIRE(made.has_value(), (made ? "" : made.error().what()));
  const auto id = made->connector_customer_id.view();
  const auto before = client.retrieve(id);
  BOOST_TEST_REQUIRE(before.has_value());
  const auto changed = client.update(id, request);
  BOOST_TEST_REQUIRE(changed.has_value(), (changed ? "" : changed.error().what()));
  BOOST_TEST(changed->dropped.empty());
  const auto after = client.retrieve(id);
  BOOST_TEST_REQUIRE(after.has_value());
  Parts wanted = parts_of(*before);
  for (const auto& [name, value] : expected) {
    if (value.empty()) {
      BOOST_TEST(wanted.erase(name) == 1U, name);
    } else {
      wanted[name] = value;
    }
  }
  const Parts found = parts_of(*after);
  for (const auto& [name, value] : wanted) {
    const auto there = found.find(name);
    BOOST_TEST(
        (there == found.end() ? std::string{"absent"} : there->second) == value,
        name << ": " << (there == found.end() ? "absent" : there->second) << ", not " << value);
  }
  for (const auto& [name, value] : found) BOOST_TEST(wanted.contains(name), name << " is there");
}

template <class P>
void changes(const Processor& processor, const UpdateRequest& request, const Parts& expected) {
  changes<P>(processor, florin_test::credentials_of<P>(processor), request, expected);
}

}  // namespace

BOOST_AUTO_TEST_CASE(stripe) {
  changes<StripePolicy>(florin::testing::stripe(),
                        {.email = "new@example.com",
                         .metadata = {{"plan", "b"}},
                         .address = {.city = "Chicago"},
                         .cleared = {Field::phone, Field::address_line2},
                         .metadata_cleared = {"tier"}},
                        {{"email", "new@example.com"},
                         {"address.city", "Chicago"},
                         {"phone", ""},
                         {"address.line2", ""},
                         {"metadata.plan", "b"},
                         {"metadata.tier", ""}});
}

BOOST_AUTO_TEST_CASE(airwallex) {
  changes<AirwallexPolicy>(
      florin::testing::airwallex(),
      {.email = "new@example.com", .metadata = {{"plan", "b"}}, .address = {.city = "Chicago"}},
      {{"email", "new@example.com"}, {"address.city", "Chicago"}, {"metadata.plan", "b"}});
}

BOOST_AUTO_TEST_CASE(authorizedotnet) {
  changes<AuthorizedotnetPolicy>(florin::testing::authorizedotnet(),
                                 {.email = "new@example.com", .cleared = {Field::description}},
                                 {{"email", "new@example.com"}, {"description", ""}});
}

BOOST_AUTO_TEST_CASE(braintree) {
  const auto processor = florin::testing::braintree({"merchant_customer_id", "tier", "plan"});
  auto credentials = florin_test::credentials_of<BraintreePolicy>(processor);
  credentials.merchant_customer_id_field = "merchant_customer_id";
  credentials.custom_fields = "tier,plan";
  changes<BraintreePolicy>(processor, credentials,
                           {.name = "Cher",
                            .metadata = {{"plan", "b"}},
                            .cleared = {Field::phone},
                            .metadata_cleared = {"tier"}},
                           {{"given_name", "Cher"},
                            {"family_name", ""},
                            {"phone", ""},
                            {"metadata.plan", "b"},
                            {"metadata.tier", ""}});
}

BOOST_AUTO_TEST_CASE(dwolla) {
  changes<DwollaPolicy>(
      florin::testing::dwolla(), {.email = "new@example.com", .name = "Bo Sample"},
      {{"email", "new@example.com"}, {"given_name", "Bo"}, {"family_name", "Sample"}});
}

BOOST_AUTO_TEST_CASE(finix) {
  changes<FinixPolicy>(
      florin::testing::finix(),
      {.phone = "5555550199", .metadata = {{"plan", "b"}}, .address = {.city = "Chicago"}},
      {{"phone", "5555550199"}, {"address.city", "Chicago"}, {"metadata.plan", "b"}});
}

BOOST_AUTO_TEST_CASE(gocardless) {
  changes<GocardlessPolicy>(
      florin::testing::gocardless(),
      {.email = "new@example.com", .metadata = {{"plan", "b"}}, .metadata_cleared = {"tier"}},
      {{"email", "new@example.com"}, {"metadata.plan", "b"}, {"metadata.tier", ""}});
}

BOOST_AUTO_TEST_CASE(paysafe) {
  changes<PaysafePolicy>(florin::testing::paysafe(),
                         {.email = "new@example.com", .cleared = {Field::phone}},
                         {{"email", "new@example.com"}, {"phone", ""}});
}

BOOST_AUTO_TEST_CASE(rapyd) {
  changes<RapydPolicy>(
      florin::testing::rapyd(),
      {.email = "new@example.com",
       .metadata = {{"plan", "b"}},
       .cleared = {Field::phone, Field::description}},
      {{"email", "new@example.com"}, {"metadata.plan", "b"}, {"phone", ""}, {"description", ""}});
}

BOOST_AUTO_TEST_CASE(shift4) {
  changes<Shift4Policy>(florin::testing::shift4(),
                        {.name = "Bo Sample",
                         .description = "Renamed",
                         .metadata = {{"plan", "b"}},
                         .metadata_cleared = {"tier"}},
                        {{"name", "Bo Sample"},
                         {"description", "Renamed"},
                         {"metadata.plan", "b"},
                         {"metadata.tier", ""}});
}

BOOST_AUTO_TEST_CASE(stax) {
  changes<StaxPolicy>(florin::testing::stax(),
                      {.description = "Renamed", .address = {.city = "Chicago"}},
                      {{"description", "Renamed"}, {"address.city", "Chicago"}});
}

BOOST_AUTO_TEST_SUITE_END()
