// SPDX-License-Identifier: Apache-2.0
#include <florin/policies/braintree.hpp>
#include <florin/testing/processors/braintree.hpp>

#include <boost/test/unit_test.hpp>

#include "policies/exchange.hpp"
#include "trials/conforms.hpp"
#include "trials/faults.hpp"
#include "trials/lives.hpp"
#include "trials/trial.hpp"

BOOST_AUTO_TEST_SUITE(policies_braintree)

using namespace florin_test;
using florin::BraintreePolicy;
using florin::Field;

static_assert(florin::ConnectorPolicy<BraintreePolicy>);
static_assert(!florin::has_idempotency<BraintreePolicy>);
static_assert(!florin::carries<BraintreePolicy, florin::field::Description>);

namespace {

constexpr std::string_view query =
    R"({"query":"mutation CreateCustomer($input: CreateCustomerInput!) { createCustomer(input: )"
    R"($input) { customer { id legacyId email } } }","variables":{"input":)";

std::string failure(std::string_view extensions) {
  return R"({"errors":[{"message":"Text","path":["createCustomer"])" + std::string{extensions} +
         R"(}],"data":{"createCustomer":null},"extensions":{"requestId":"r-1"}})";
}

}  // namespace

BOOST_AUTO_TEST_CASE(sends_custom_fields_only_for_declared_names) {
  auto request = full_request();
  const auto plain = send<BraintreePolicy>(
      request, {.public_key = "pubFAKEKEY0001", .private_key = "privFAKEKEY0001"});
  BOOST_TEST(plain.has_line("POST /graphql HTTP/1.1"));
  BOOST_TEST(plain.has_line("Braintree-Version: 2018-09-10"));
  BOOST_TEST(plain.has_line("Authorization: Basic cHViRkFLRUtFWTAwMDE6cHJpdkZBS0VLRVkwMDAx"));
  BOOST_TEST(plain.body == std::string{query} +
                               R"({"customer":{"firstName":"Ana","lastName":"Example",)"
                               R"("email":"ana@example.com","phoneNumber":"+15555550100"}}}})");
  BOOST_TEST(plain.dropped.contains(Field::merchant_customer_id));
  BOOST_TEST(plain.dropped.contains(Field::metadata));

  const auto declared = send<BraintreePolicy>(request, {.public_key = "p",
                                                        .private_key = "q",
                                                        .merchant_customer_id_field = "ref",
                                                        .custom_fields = "plan, tier"});
  BOOST_TEST(declared.body.ends_with(
      R"("customFields":[{"name":"tier","value":"gold"},{"name":"ref","value":"m-1001"}]}}}})"));
  BOOST_TEST(!declared.dropped.contains(Field::merchant_customer_id));
  BOOST_TEST(!declared.dropped.contains(Field::metadata));
}

BOOST_AUTO_TEST_CASE(no_metadata_key_is_taken_for_the_references) {
  const BraintreePolicy::Credentials credentials{.public_key = "p",
                                                 .private_key = "q",
                                                 .merchant_customer_id_field = "ref",
                                                 .custom_fields = "ref,tier"};
  const auto refused = send<BraintreePolicy>(
      {.merchant_customer_id = "m-1", .metadata = {{"ref", "m-2"}}}, credentials);
  BOOST_TEST(refused.refusal() == "invalid_field:metadata");
  florin::UpdateRequest change{.connector_customer_id = "c-1", .metadata_cleared = {"ref"}};
  florin::EncodedRequest out;
  const auto encoded = florin::encode<BraintreePolicy, florin::Update>(change, credentials, out);
  BOOST_TEST_REQUIRE(!encoded);
  BOOST_TEST((encoded.error().code == florin::Errc::invalid_field));
}

BOOST_AUTO_TEST_CASE(an_empty_input_is_still_sent) {
  const auto sent =
      send<BraintreePolicy>({.merchant_customer_id = "m"}, {.public_key = "p", .private_key = "q"});
  BOOST_TEST(sent.body == std::string{query} + "{}}}");
}

BOOST_AUTO_TEST_CASE(reads_graphql_answers) {
  const auto created = receive<BraintreePolicy>(
      200, R"({"data":{"createCustomer":{"customer":{"id":"Y3VzdG9tZXJfRkFLRTAwMDE="}}},)"
           R"("extensions":{"requestId":"r-0"}})");
  BOOST_TEST(summary(created) == "success:Y3VzdG9tZXJfRkFLRTAwMDE=");
  BOOST_TEST(created->request_id == "r-0");

  const auto invalid = receive<BraintreePolicy>(
      200, failure(R"(,"extensions":{"errorClass":"VALIDATION","inputPath":["input","customer",)"
                   R"("email"],"legacyCode":"81604"})"));
  BOOST_TEST(summary(invalid) == "invalid_data/no_effect/422");
  BOOST_TEST(invalid.error().connector_code == "81604");
  BOOST_TEST(invalid.error().connector_type == "VALIDATION");
  BOOST_TEST(invalid.error().param == "email");
  BOOST_TEST(invalid.error().request_id == "r-1");

  const auto of_class = [](std::string_view name) {
    return summary(receive<BraintreePolicy>(
        200, failure(R"(,"extensions":{"errorClass":")" + std::string{name} + R"("})")));
  };
  BOOST_TEST(of_class("AUTHENTICATION") == "unauthorized/no_effect/401");
  BOOST_TEST(of_class("AUTHORIZATION") == "forbidden/no_effect/403");
  BOOST_TEST(of_class("RESOURCE_LIMIT") == "rate_limited/no_effect/429");
  BOOST_TEST(of_class("NOT_FOUND") == "not_found/no_effect/404");
  BOOST_TEST(of_class("INTERNAL") == "connector_unavailable/unknown/503");
  // What no class explains is not known to be a refusal.
  BOOST_TEST(summary(receive<BraintreePolicy>(200, failure(""))) == "rejected/unknown/502");
  BOOST_TEST(summary(receive<BraintreePolicy>(
                 200, failure(R"(,"extensions":{"errorClass":"UNHEARD_OF"})"))) ==
             "rejected/unknown/502");
  BOOST_TEST(summary(receive<BraintreePolicy>(200, R"({"data":{"createCustomer":null}})")) ==
             "unreadable_reply/unknown/502");
  BOOST_TEST(summary(receive<BraintreePolicy>(401, "")) == "unauthorized/no_effect/401");
}

namespace {

/// Its reference is a custom field.
florin_test::Trial trial() {
  auto trial = florin_test::trial_of<florin::BraintreePolicy>(
      florin::testing::braintree({"merchant_customer_id"}));
  trial.credentials["merchant_customer_id_field"] = "merchant_customer_id";
  return trial;
}

}  // namespace

BOOST_AUTO_TEST_CASE(conforms) {
  florin::testing::ConformanceOptions<florin::BraintreePolicy> options;
  const auto processor = florin::testing::braintree({"merchant_customer_id", "tier", "source"});
  options.credentials = florin_test::credentials_of<florin::BraintreePolicy>(processor);
  options.credentials->merchant_customer_id_field = "merchant_customer_id";
  options.credentials->custom_fields = "tier,source";
  // Metadata arrives under declared names only; other keys are reported as dropped.
  florin_test::conforms<florin::BraintreePolicy>(processor, options,
                                                 {"hostile_text", "length_limits"});
}

BOOST_AUTO_TEST_CASE(survives_faults) {
  florin_test::survives_faults(trial());
}

BOOST_AUTO_TEST_CASE(is_ensured_once) {
  florin_test::is_ensured_once(trial());
}

BOOST_AUTO_TEST_CASE(lives_under_faults) {
  florin_test::lives_under_faults(trial());
}

BOOST_AUTO_TEST_SUITE_END()
