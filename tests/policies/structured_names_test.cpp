// SPDX-License-Identifier: Apache-2.0
#include <florin/policies.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

#include "policies/exchange.hpp"

BOOST_AUTO_TEST_SUITE(policies_structured_names)

using namespace florin;
using namespace florin_test;

namespace {

template <class P>
Sent sent_by(const CreateRequest& request) {
  typename P::Credentials credentials{};
  P::CredentialNames::describe([&]<class Part>() { credentials.*Part::member = "FAKE"; });
  return send<P>(request, credentials,
                 {.idempotency_key = "key-1",
                  .access_token = "FAKEtoken0001",
                  .salt = "abcdefgh",
                  .timestamp = 1767600000});
}

/// The customer of the fact sheets with a name in its parts, neither of which is one word.
CreateRequest request_in_parts() {
  CreateRequest request = full_request();
  request.name.clear();
  request.given_name = "Ana Maria";
  request.family_name = "Garcia Lopez";
  return request;
}

/// \param parts what stands in the body for a name in its parts.
/// \param both the same where the name is given in full, too.
template <class P>
void check(std::string_view parts, std::string_view both) {
  CreateRequest request = request_in_parts();
  auto sent = sent_by<P>(request);
  BOOST_TEST_REQUIRE(sent.refusal() == "", P::name);
  BOOST_TEST(sent.body.find(parts) != std::string::npos, P::name << " sends " << sent.body);
  BOOST_TEST((sent.dropped & name_fields).empty(), P::name);

  request.name = "Somebody Else";
  sent = sent_by<P>(request);
  BOOST_TEST_REQUIRE(sent.refusal() == "", P::name);
  BOOST_TEST(sent.body.find(both) != std::string::npos, P::name << " sends " << sent.body);
  BOOST_TEST((sent.dropped & name_fields).empty(), P::name);

  request.given_name.clear();
  BOOST_TEST(sent_by<P>(request).refusal() == "missing_field:given_name", P::name);
  request.given_name = "Ana Maria";
  request.family_name.clear();
  BOOST_TEST(sent_by<P>(request).refusal() == "missing_field:family_name", P::name);
}

}  // namespace

static_assert(carries<StripePolicy, field::GivenName> && carries<FinixPolicy, field::FamilyName>);
static_assert(max_length<FinixPolicy, field::GivenName> == 20);
static_assert(max_length<StripePolicy, field::GivenName> == wire::unlimited);

BOOST_AUTO_TEST_CASE(two_places_get_the_parts) {
  const auto split = []<class P>(std::string_view given, std::string_view family) {
    const std::string members = '"' + std::string{given} + R"(":"Ana Maria",")" +
                                std::string{family} + R"(":"Garcia Lopez")";
    check<P>(members, members);
  };
  split.operator()<AirwallexPolicy>("first_name", "last_name");
  split.operator()<AuthorizedotnetPolicy>("firstName", "lastName");
  split.operator()<BraintreePolicy>("firstName", "lastName");
  split.operator()<DwollaPolicy>("firstName", "lastName");
  split.operator()<FinixPolicy>("first_name", "last_name");
  split.operator()<GocardlessPolicy>("given_name", "family_name");
  split.operator()<PaysafePolicy>("firstName", "lastName");
  split.operator()<StaxPolicy>("firstname", "lastname");
}

BOOST_AUTO_TEST_CASE(one_place_gets_them_joined_unless_the_full_name_is_given) {
  const std::string_view joined = R"("name":"Ana Maria Garcia Lopez")";
  const std::string_view full = R"("name":"Somebody Else")";
  check<GlomopayPolicy>(joined, full);
  check<RapydPolicy>(joined, full);
  check<Shift4Policy>(joined, full);
  check<StripePolicy>("name=Ana%20Maria%20Garcia%20Lopez&", "name=Somebody%20Else&");
}

BOOST_AUTO_TEST_CASE(a_limit_names_the_part_that_breaks_it) {
  CreateRequest request = request_in_parts();
  request.family_name = std::string(21, 'b');
  BOOST_TEST(sent_by<FinixPolicy>(request).refusal() == "invalid_field:family_name");
  request.family_name = "Garcia";
  request.given_name = std::string(21, 'a');
  BOOST_TEST(sent_by<FinixPolicy>(request).refusal() == "invalid_field:given_name");
  request.given_name = std::string(256, 'a');
  BOOST_TEST(sent_by<StripePolicy>(request).refusal() == "invalid_field:name");
}

BOOST_AUTO_TEST_CASE(a_required_name_may_be_given_in_parts) {
  CreateRequest request = request_in_parts();
  for (const auto& refusal :
       {sent_by<DwollaPolicy>(request).refusal(), sent_by<GocardlessPolicy>(request).refusal(),
        sent_by<RapydPolicy>(request).refusal()})
    BOOST_TEST(refusal == "");
  request.given_name.clear();
  request.family_name.clear();
  for (const auto& refusal :
       {sent_by<DwollaPolicy>(request).refusal(), sent_by<GocardlessPolicy>(request).refusal(),
        sent_by<RapydPolicy>(request).refusal()})
    BOOST_TEST(refusal == "missing_field:name");
}

BOOST_AUTO_TEST_SUITE_END()
