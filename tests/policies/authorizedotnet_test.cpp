// SPDX-License-Identifier: Apache-2.0
#include <florin/policies/authorizedotnet.hpp>
#include <florin/testing/processors/authorizedotnet.hpp>

#include <boost/test/unit_test.hpp>

#include "policies/exchange.hpp"
#include "trials/conforms.hpp"
#include "trials/faults.hpp"
#include "trials/lives.hpp"
#include "trials/trial.hpp"

BOOST_AUTO_TEST_SUITE(policies_authorizedotnet)

using namespace florin_test;
using florin::AuthorizedotnetPolicy;
using florin::Field;

static_assert(florin::ConnectorPolicy<AuthorizedotnetPolicy>);
static_assert(!florin::has_idempotency<AuthorizedotnetPolicy>);
static_assert(!florin::carries<AuthorizedotnetPolicy, florin::field::Metadata>);
static_assert(florin::max_length<AuthorizedotnetPolicy, florin::field::MerchantCustomerId> == 20);

namespace {

florin::AuthorizedotnetPolicy::Credentials credentials() {
  return {.name = "FAKE_LOGIN", .transaction_key = "FAKE_TXN_KEY"};
}

std::string failure(std::string_view code, std::string_view text) {
  return "\xEF\xBB\xBF{\"messages\":{\"resultCode\":\"Error\",\"message\":[{\"code\":\"" +
         std::string{code} + "\",\"text\":\"" + std::string{text} + "\"}]}}";
}

}  // namespace

BOOST_AUTO_TEST_CASE(keeps_the_order_of_the_schema) {
  auto request = full_request();
  request.phone = "555-555-0100";
  const auto sent = send<AuthorizedotnetPolicy>(request, credentials(),
                                                {.environment = florin::Environment::sandbox});
  BOOST_TEST(sent.has_line("POST /xml/v1/request.api HTTP/1.1"));
  BOOST_TEST(sent.has_line("Host: apitest.authorize.net"));
  BOOST_TEST(sent.head.find("FAKE") == std::string::npos);
  BOOST_TEST(sent.body ==
             R"({"createCustomerProfileRequest":{"merchantAuthentication":{"name":"FAKE_LOGIN",)"
             R"("transactionKey":"FAKE_TXN_KEY"},"profile":{"merchantCustomerId":"m-1001",)"
             R"("description":"Example buyer","email":"ana@example.com","shipToList":[{)"
             R"("firstName":"Ana","lastName":"Example","address":"1 Example Street, Apt 2",)"
             R"("city":"Springfield","state":"IL","zip":"62701","country":"US",)"
             R"("phoneNumber":"555-555-0100"}]}}})");
  BOOST_TEST((sent.dropped == florin::FieldSet{Field::metadata}));
}

BOOST_AUTO_TEST_CASE(name_and_phone_need_an_address) {
  const auto sent = send<AuthorizedotnetPolicy>(documented_request(), credentials());
  BOOST_TEST(sent.body ==
             R"({"createCustomerProfileRequest":{"merchantAuthentication":{"name":"FAKE_LOGIN",)"
             R"("transactionKey":"FAKE_TXN_KEY"},"profile":{"merchantCustomerId":)"
             R"("cust_user_12345","description":"Premium plan subscriber",)"
             R"("email":"john.doe@example.com"}}})");
  BOOST_TEST((sent.dropped == florin::FieldSet{Field::name, Field::phone}));
}

BOOST_AUTO_TEST_CASE(refuses_a_long_reference) {
  auto request = documented_request();
  request.merchant_customer_id = "123456789012345678901";
  BOOST_TEST(send<AuthorizedotnetPolicy>(request, credentials()).refusal() ==
             "invalid_field:merchant_customer_id");
}

BOOST_AUTO_TEST_CASE(reads_answers_behind_a_byte_order_mark) {
  BOOST_TEST(summary(receive<AuthorizedotnetPolicy>(
                 200,
                 "\xEF\xBB\xBF{\"customerProfileId\":\"900000001\",\"messages\":{"
                 "\"resultCode\":\"Ok\",\"message\":[{\"code\":\"I00001\",\"text\":"
                 "\"Successful.\"}]}}")) == "success:900000001");
  const auto refused = [](std::string_view code, std::string_view text) {
    return summary(receive<AuthorizedotnetPolicy>(200, failure(code, text)));
  };
  BOOST_TEST(refused("E00003", "too long") == "invalid_data/no_effect/422");
  BOOST_TEST(
      refused("E00007", "User authentication failed due to invalid authentication values.") ==
      "unauthorized/no_effect/401");
  BOOST_TEST(refused("E00011", "Access denied.") == "forbidden/no_effect/403");
  BOOST_TEST(refused("E00041", "One or more fields in the profile must contain a value.") ==
             "invalid_data/no_effect/422");
  BOOST_TEST(refused("E00040", "The record cannot be found.") == "not_found/no_effect/404");
  BOOST_TEST(refused("E00001", "An error occurred during processing. Please try again.") ==
             "connector_unavailable/unknown/503");
  BOOST_TEST(refused("E99999", "new") == "rejected/unknown/502");
}

BOOST_AUTO_TEST_CASE(finds_the_existing_id_in_the_text) {
  const auto named = receive<AuthorizedotnetPolicy>(
      200, failure("E00039", "A duplicate record with ID 900000001 already exists."));
  BOOST_TEST(summary(named) == "customer_exists/in_effect/409");
  BOOST_TEST(named.error().existing_customer_id == "900000001");
  const auto unnamed =
      receive<AuthorizedotnetPolicy>(200, failure("E00039", "A duplicate record already exists."));
  BOOST_TEST(summary(unnamed) == "customer_exists/in_effect/409");
  BOOST_TEST(unnamed.error().existing_customer_id.empty());
}

namespace {

florin_test::Trial trial() {
  return florin_test::trial_of<florin::AuthorizedotnetPolicy>(florin::testing::authorizedotnet());
}

}  // namespace

BOOST_AUTO_TEST_CASE(conforms) {
  florin_test::conforms<florin::AuthorizedotnetPolicy>(
      florin::testing::authorizedotnet(), florin::FieldSet{florin::Field::address_line1});
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
