// SPDX-License-Identifier: Apache-2.0
#include <florin/policies/authorizedotnet.hpp>
#include <florin/testing/processors/authorizedotnet.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

#include "policies/exchange.hpp"
#include "policies/operations.hpp"
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

BOOST_AUTO_TEST_CASE(takes_what_xml_can_hold) {
  auto request = documented_request();
  request.description = "Gold\tcustomer\r\nsince 2020";
  BOOST_TEST(send<AuthorizedotnetPolicy>(request, credentials())
                 .body.find(R"("description":"Gold\tcustomer\r\nsince 2020")") !=
             std::string::npos);
  for (const char* const bad : {"a\x01", "a\x1F", "a\x0B", "a\xEF\xBF\xBE"}) {
    request.description = bad;
    BOOST_TEST(send<AuthorizedotnetPolicy>(request, credentials()).refusal() ==
               "invalid_field:description");
  }
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

BOOST_AUTO_TEST_CASE(is_read_back) {
  using namespace florin;
  const auto sent = ask<AuthorizedotnetPolicy, Retrieve>("900000001");
  BOOST_TEST(sent.has_line("POST /xml/v1/request.api HTTP/1.1"));
  BOOST_TEST(sent.body ==
             R"({"getCustomerProfileRequest":{"merchantAuthentication":{"name":"FAKE",)"
             R"("transactionKey":"FAKE"},"customerProfileId":"900000001"}})");
  const std::string mark = "\xEF\xBB\xBF";
  BOOST_TEST(
      shown(read<AuthorizedotnetPolicy, Retrieve>(
          "900000001", 200,
          mark + R"({"profile":{"paymentProfiles":[{"customerPaymentProfileId":"900000011",)"
                 R"("billTo":{"firstName":"Bo","lastName":"Other"}}],"shipToList":[)"
                 R"({"customerAddressId":"900000002","firstName":"Ana","lastName":"Example",)"
                 R"("address":"1 Example Street, Apt 2","city":"Springfield","state":"IL",)"
                 R"("zip":"62701","country":"US","phoneNumber":"555-555-0100"}],)"
                 R"("profileType":"regular","customerProfileId":"900000001",)"
                 R"("merchantCustomerId":"m-1001","description":"Example buyer",)"
                 R"("email":"ana@example.com"},"subscriptionIds":["900000021"],"messages":)"
                 R"({"resultCode":"Ok","message":[{"code":"I00001","text":"Successful."}]}})")) ==
      "ACTIVE|merchant_customer_id=m-1001|email=ana@example.com|given_name=Ana|"
      "family_name=Example|phone=555-555-0100|description=Example buyer|"
      "address.line1=1 Example Street, Apt 2|address.city=Springfield|address.state=IL|"
      "address.zip=62701|address.country=US");
  BOOST_TEST(short_verdict(read<AuthorizedotnetPolicy, Retrieve>(
                 "900000001", 200,
                 mark + R"({"messages":{"resultCode":"Error","message":[{"code":"E00040",)"
                        R"("text":"The record cannot be found."}]}})")) == "not_found/no_effect");
}

BOOST_AUTO_TEST_CASE(is_changed) {
  using namespace florin;
  const std::string_view id = "900000001";
  const auto current = customer_of<AuthorizedotnetPolicy>(
      id,
      R"({"profile":{"shipToList":[{"customerAddressId":"900000002","firstName":"Ana",)"
      R"("phoneNumber":"555-555-0100"}],"customerProfileId":"900000001",)"
      R"("merchantCustomerId":"m-1001","description":"Example buyer","email":"ana@example.com"},)"
      R"("messages":{"resultCode":"Ok","message":[{"code":"I00001","text":"Successful."}]}})");
  const UpdateRequest changes{.email = "ana.new@example.com", .description = "Renamed buyer"};
  const auto sent = request_of<AuthorizedotnetPolicy, Update>(change_of(current, changes));
  BOOST_TEST(sent.has_line("POST /xml/v1/request.api HTTP/1.1"));
  const std::string begin =
      R"({"updateCustomerProfileRequest":{"merchantAuthentication":{"name":"FAKE",)"
      R"("transactionKey":"FAKE"},"profile":{"merchantCustomerId":"m-1001",)";
  BOOST_TEST(sent.body == begin + R"("description":"Renamed buyer","email":"ana.new@example.com",)"
                                  R"("customerProfileId":"900000001"}}})");
  // All three given: nothing else has to be known.
  BOOST_TEST(changed_body<AuthorizedotnetPolicy>(id, {.merchant_customer_id = "m-1001",
                                                      .email = "ana.new@example.com",
                                                      .description = "Renamed buyer"}) ==
             sent.body);
  BOOST_TEST(changed_body<AuthorizedotnetPolicy>(id, changes) == "invalid_options:");
  BOOST_TEST(changed_body<AuthorizedotnetPolicy>(current, {.cleared = {Field::description}}) ==
             begin + R"("email":"ana@example.com","customerProfileId":"900000001"}}})");
  BOOST_TEST(changed_body<AuthorizedotnetPolicy>(current, {.phone = "1"}) == "invalid_field:phone");
  const UpdateRequest more{.email = "a@b.example", .phone = "1"};
  BOOST_TEST((request_of<AuthorizedotnetPolicy, Update>(change_of(current, more)).dropped ==
              FieldSet{Field::phone}));

  const std::string mark = "\xEF\xBB\xBF";
  const auto answer = answer_to<AuthorizedotnetPolicy, Update>(
      change_of(current, changes), 200,
      mark + R"({"messages":{"resultCode":"Ok","message":[{"code":"I00001",)"
             R"("text":"Successful."}]}})");
  BOOST_TEST_REQUIRE(answer.has_value());
  BOOST_TEST(answer->connector_customer_id() == id);
  BOOST_TEST(!answer->email());
  const auto failed = [&](std::string_view code) {
    return short_verdict(answer_to<AuthorizedotnetPolicy, Update>(
        change_of(current, changes), 200,
        mark + R"({"messages":{"resultCode":"Error","message":[{"code":")" + std::string{code} +
            R"(","text":"Text"}]}})"));
  };
  BOOST_TEST(failed("E00040") == "not_found/no_effect");
  BOOST_TEST(failed("E00041") == "invalid_data/no_effect");
  BOOST_TEST(failed("E00039") == "customer_exists/no_effect");
}

BOOST_AUTO_TEST_CASE(is_deleted) {
  using namespace florin;
  BOOST_TEST((ask<AuthorizedotnetPolicy, Delete>("900000001").body ==
              R"({"deleteCustomerProfileRequest":{"merchantAuthentication":{"name":"FAKE",)"
              R"("transactionKey":"FAKE"},"customerProfileId":"900000001"}})"));
  const auto answered = [](std::string_view result, std::string_view code, std::string_view text) {
    return removed<AuthorizedotnetPolicy>("900000001", 200,
                                          "\xEF\xBB\xBF{\"messages\":{\"resultCode\":\"" +
                                              std::string{result} + R"(","message":[{"code":")" +
                                              std::string{code} + R"(","text":")" +
                                              std::string{text} + "\"}]}}");
  };
  BOOST_TEST(answered("Ok", "I00001", "Successful.") == "deleted");
  BOOST_TEST(answered("Ok", "I00003", "The record has already been deleted.") == "already gone");
  BOOST_TEST(answered("Error", "E00040", "The record cannot be found.") == "not_found/no_effect");
  // Whatever that means here, the customer is not gone.
  BOOST_TEST(answered("Error", "E00039", "A duplicate record already exists.") ==
             "customer_exists/no_effect");
  BOOST_TEST(answered("Error", "E00106", "Profile in use by a subscription.") ==
             "rejected/no_effect");
  BOOST_TEST(removed<AuthorizedotnetPolicy>(
                 "900000001", 200, "<!DOCTYPE html><html><body>Please wait</body></html>") ==
             "unreadable_reply/unknown");
}

BOOST_AUTO_TEST_CASE(is_found) {
  using namespace florin;
  constexpr FindRequest ana{.email = "ana@example.com"};
  constexpr FindRequest reference{.merchant_customer_id = "m-1001"};
  BOOST_TEST(by_reference<AuthorizedotnetPolicy>("m-none").body ==
             R"({"getCustomerProfileRequest":{"merchantAuthentication":{"name":"FAKE",)"
             R"("transactionKey":"FAKE"},"merchantCustomerId":"m-none"}})");
  BOOST_TEST(by_email<AuthorizedotnetPolicy>("ana@example.com").body ==
             R"({"getCustomerProfileRequest":{"merchantAuthentication":{"name":"FAKE",)"
             R"("transactionKey":"FAKE"},"email":"ana@example.com"}})");
  const auto sent = by_reference<AuthorizedotnetPolicy>("a reference of 21 bytes");
  BOOST_TEST((sent.result.error().code == Errc::invalid_field));
  BOOST_TEST(
      found<AuthorizedotnetPolicy>(
          {.merchant_customer_id = "m-none"}, 200,
          "\xEF\xBB\xBF"
          R"({"messages":{"resultCode":"Error","message":[{"code":"E00040","text":"None."}]}})") ==
      "");
  const std::string profile =
      R"({"profile":{"shipToList":[{"customerAddressId":"900000002","firstName":"Ana"}],)"
      R"("customerProfileId":"900000001","merchantCustomerId":"m-1001","email":"ana@example.com"},)"
      R"("messages":{"resultCode":"Ok","message":[{"code":"I00001","text":"Successful."}]}})";
  BOOST_TEST(found<AuthorizedotnetPolicy>(reference, 200, profile) == "900000001");
  BOOST_TEST(found<AuthorizedotnetPolicy>(ana, 200, profile) == "900000001");
  BOOST_TEST(found<AuthorizedotnetPolicy>({.email = "Ana@example.com"}, 200, profile) == "");
  BOOST_TEST(found<AuthorizedotnetPolicy>(
                 ana, 200,
                 R"({"messages":{"resultCode":"Ok","message":[{"code":"I00001","text":"x"}]}})") !=
             "");
}

BOOST_AUTO_TEST_CASE(refusals_with_200_have_done_nothing) {
  for (const std::string_view code : {"E00002", "E00004", "E00009", "E00042", "E00045"}) {
    const auto refused = receive<AuthorizedotnetPolicy>(200, failure(code, "Text."));
    BOOST_TEST(summary(refused).starts_with("rejected/no_effect"), code);
    BOOST_TEST(refused.error().connector_code == code);
    BOOST_TEST(!refused.error().transient);
  }
  for (const std::string_view code : {"E00105", "E00106", "E00107"}) {
    BOOST_TEST(removed<AuthorizedotnetPolicy>(
                   "900000001", 200,
                   failure(code, "Profile in use by a subscription (wording made up).")) ==
               "rejected/no_effect");
    BOOST_TEST(summary(receive<AuthorizedotnetPolicy>(200, failure(code, "Text."))) ==
               "rejected/unknown/502");
  }
  for (const std::string_view code : {"E00001", "E00049", "E00053", "E00104"})
    BOOST_TEST(summary(receive<AuthorizedotnetPolicy>(200, failure(code, "Text."))) ==
               "connector_unavailable/unknown/503");
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
