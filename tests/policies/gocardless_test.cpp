// SPDX-License-Identifier: Apache-2.0
#include <florin/policies/gocardless.hpp>
#include <florin/testing/processors/gocardless.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

#include "policies/exchange.hpp"
#include "policies/operations.hpp"
#include "trials/conforms.hpp"
#include "trials/faults.hpp"
#include "trials/lives.hpp"
#include "trials/trial.hpp"

BOOST_AUTO_TEST_SUITE(policies_gocardless)

using namespace florin_test;
using florin::GocardlessPolicy;

static_assert(florin::ConnectorPolicy<GocardlessPolicy>);
static_assert(florin::has_idempotency<GocardlessPolicy>);
static_assert(!florin::carries<GocardlessPolicy, florin::field::Description>);

BOOST_AUTO_TEST_CASE(sends_what_the_sheet_says) {
  const auto sent =
      send<GocardlessPolicy>(full_request(), {.access_token = "sandbox_FAKEfakeFAKEfake0001"},
                             {.environment = florin::Environment::sandbox, .idempotency_key = "k"});
  BOOST_TEST(sent.has_line("POST /customers HTTP/1.1"));
  BOOST_TEST(sent.has_line("Host: api-sandbox.gocardless.com"));
  BOOST_TEST(sent.has_line("Authorization: Bearer sandbox_FAKEfakeFAKEfake0001"));
  BOOST_TEST(sent.has_line("GoCardless-Version: 2015-07-06"));
  BOOST_TEST(sent.has_line("Idempotency-Key: k"));
  BOOST_TEST(
      sent.body ==
      R"({"customers":{"email":"ana@example.com","given_name":"Ana","family_name":"Example",)"
      R"("phone_number":"+15555550100","address_line1":"1 Example Street","address_line2":"Apt 2",)"
      R"("city":"Springfield","region":"IL","postal_code":"62701","country_code":"US",)"
      R"("metadata":{"tier":"gold","merchant_customer_id":"m-1001"}}})");
}

BOOST_AUTO_TEST_CASE(leaves_two_metadata_entries_to_the_caller) {
  auto request = full_request();
  request.metadata.set("b", "2");
  BOOST_TEST(send<GocardlessPolicy>(request, {.access_token = "t"}).refusal() == "");
  request.metadata.set("c", "3");
  BOOST_TEST(send<GocardlessPolicy>(request, {.access_token = "t"}).refusal() ==
             "invalid_field:metadata");
}

BOOST_AUTO_TEST_CASE(wants_both_parts_of_a_name) {
  auto request = full_request();
  request.name = "Plato";
  BOOST_TEST(send<GocardlessPolicy>(request, {.access_token = "t"}).refusal() ==
             "invalid_field:name");
  request.name = "";
  BOOST_TEST(send<GocardlessPolicy>(request, {.access_token = "t"}).refusal() ==
             "missing_field:name");
}

BOOST_AUTO_TEST_CASE(reads_the_answers_of_the_sheet) {
  BOOST_TEST(summary(receive<GocardlessPolicy>(201, R"({"customers":{"id":"CU0000FAKE0001"}})")) ==
             "success:CU0000FAKE0001");
  const auto invalid = receive<GocardlessPolicy>(
      422, R"({"error":{"message":"Validation failed","type":"validation_failed","code":422,)"
           R"("request_id":"r-1","errors":[{"message":"is invalid","field":"country_code"}]}})");
  BOOST_TEST(summary(invalid) == "invalid_data/no_effect/422");
  BOOST_TEST(invalid.error().param == "country_code");
  BOOST_TEST(invalid.error().connector_code == "validation_failed");
  BOOST_TEST(invalid.error().request_id == "r-1");
  const auto unauthorized = receive<GocardlessPolicy>(
      401, R"({"error":{"message":"Unauthorized","type":"invalid_api_usage","errors":[{"reason":)"
           R"("unauthorized","message":"Unauthorized"}],"code":401,"request_id":"r-3"}})");
  BOOST_TEST(summary(unauthorized) == "unauthorized/no_effect/401");
  BOOST_TEST(unauthorized.error().connector_code == "unauthorized");
  BOOST_TEST(unauthorized.error().connector_type == "invalid_api_usage");
  BOOST_TEST(summary(receive<GocardlessPolicy>(500, R"({"error":{"type":"gocardless"}})")) ==
             "connector_unavailable/unknown/500");
  BOOST_TEST(receive<GocardlessPolicy>(400, R"({"error":"text"})").error().connector_message ==
             "text");
}

BOOST_AUTO_TEST_CASE(a_key_used_again_names_the_first_customer) {
  const auto replay = receive<GocardlessPolicy>(
      409,
      R"({"error":{"code":409,"errors":[{"message":"m","links":{"conflicting_resource_id":)"
      R"("CU0000FAKE0001"},"reason":"idempotent_creation_conflict"}],"type":"invalid_state"}})");
  BOOST_TEST(summary(replay) == "customer_exists/in_effect/409");
  BOOST_TEST(replay.error().existing_customer_id == "CU0000FAKE0001");
  const auto other = receive<GocardlessPolicy>(
      409,
      R"({"error":{"errors":[{"reason":"bank_account_exists","links":{"creditor_bank_account":)"
      R"("BA1"}}],"type":"validation_failed"}})");
  BOOST_TEST(summary(other) == "rejected/unknown/409");
}

BOOST_AUTO_TEST_CASE(an_error_may_come_without_its_wrapper) {
  const auto replay = receive<GocardlessPolicy>(
      409,
      R"({"code":409,"documentation_url":"https://developer.gocardless.com/api-reference)"
      R"(#idempotent_creation_conflict","errors":[{"message":"A resource has already been )"
      R"(created with this idempotency key","links":{"conflicting_resource_id":)"
      R"("CU0000FAKE0001"},"reason":"idempotent_creation_conflict"}],"message":"A resource has )"
      R"(already been created with this idempotency key","request_id":)"
      R"("0fa4e000-0000-4000-8000-000000000005","type":"invalid_state"})");
  BOOST_TEST(summary(replay) == "customer_exists/in_effect/409");
  BOOST_TEST(replay.error().existing_customer_id == "CU0000FAKE0001");
  BOOST_TEST(replay.error().connector_code == "idempotent_creation_conflict");
  BOOST_TEST(replay.error().request_id == "0fa4e000-0000-4000-8000-000000000005");
  const auto invalid = receive<GocardlessPolicy>(
      422, R"({"documentation_url":"https://developer.gocardless.com/api-reference)"
           R"(#validation_failed","message":"Validation failed","type":"validation_failed",)"
           R"("code":422,"request_id":"0fa4e000-0000-4000-8000-000000000001","errors":[{"message":)"
           R"("is invalid","field":"country_code","request_pointer":"/customers/country_code"}]})");
  BOOST_TEST(summary(invalid) == "invalid_data/no_effect/422");
  BOOST_TEST(invalid.error().param == "country_code");
  BOOST_TEST(invalid.error().connector_type == "validation_failed");
  BOOST_TEST(invalid.error().connector_message == "Validation failed");
  BOOST_TEST(invalid.error().from_processor);
}

static_assert(!florin::offers<GocardlessPolicy, florin::Find>);

BOOST_AUTO_TEST_CASE(an_empty_text_is_absent) {
  BOOST_TEST(shown(customer_of<GocardlessPolicy>(
                 "CU0000FAKE0001",
                 R"({"customers":{"id":"CU0000FAKE0001","email":"ana.example@example.com",)"
                 R"("given_name":"Ana","family_name":"Example","address_line1":"",)"
                 R"("address_line2":"","city":"London","region":"","postal_code":"",)"
                 R"("country_code":"GB","phone_number":"","metadata":{}}})")) ==
             "ACTIVE|email=ana.example@example.com|given_name=Ana|family_name=Example|"
             "address.city=London|address.country=GB");
}

BOOST_AUTO_TEST_CASE(is_read_back) {
  using namespace florin;
  const auto sent = ask<GocardlessPolicy, Retrieve>("CU0000FAKE0001");
  BOOST_TEST(sent.has_line("GET /customers/CU0000FAKE0001 HTTP/1.1"));
  BOOST_TEST(sent.has_line("GoCardless-Version: 2015-07-06"));
  BOOST_TEST(shown(read<GocardlessPolicy, Retrieve>(
                 "CU0000FAKE0001", 200,
                 R"({"customers":{"id":"CU0000FAKE0001","created_at":"2026-01-15T10:20:30.000Z",)"
                 R"("email":"ana.example@example.com","given_name":"Ana","family_name":"Example",)"
                 R"("company_name":null,"address_line1":"1 Example Street","address_line2":null,)"
                 R"("city":"London","region":null,"postal_code":"EC1V 7LQ","country_code":"GB",)"
                 R"("language":"en","phone_number":"+442079460000",)"
                 R"("metadata":{"merchant_customer_id":"mc-0001"}}})")) ==
             "ACTIVE|merchant_customer_id=mc-0001|email=ana.example@example.com|given_name=Ana|"
             "family_name=Example|phone=+442079460000|address.line1=1 Example Street|"
             "address.city=London|address.zip=EC1V 7LQ|address.country=GB|created 1768472430");
  const std::string_view missing =
      R"({"error":{"message":"Resource not found","type":"invalid_api_usage","code":404,)"
      R"("errors":[{"reason":"resource_not_found","message":"Resource not found"}]}})";
  BOOST_TEST(short_verdict(read<GocardlessPolicy, Retrieve>("CU1", 404, missing)) ==
             "not_found/no_effect");
  BOOST_TEST(short_verdict(read<GocardlessPolicy, Retrieve>("CU1", 410, missing)) ==
             "not_found/no_effect");
}

BOOST_AUTO_TEST_CASE(is_changed) {
  using namespace florin;
  const std::string_view id = "CU0000FAKE0001";
  const std::string before =
      R"({"customers":{"id":"CU0000FAKE0001","created_at":"2026-01-15T10:20:30.000Z",)"
      R"("email":"ana.example@example.com","given_name":"Ana","family_name":"Example",)"
      R"("company_name":null,"address_line1":"1 Example Street","address_line2":null,)"
      R"("city":"London","region":null,"postal_code":"EC1V 7LQ","country_code":"GB",)"
      R"("phone_number":"+44207946)";
  const auto current = customer_of<GocardlessPolicy>(
      id, before + R"(0000","metadata":{"merchant_customer_id":"mc-0001"}}})");
  const UpdateRequest changes{.phone = "+442079460999", .metadata = {{"tier", "gold"}}};
  const auto sent = request_of<GocardlessPolicy, Update>(change_of(current, changes));
  BOOST_TEST(sent.has_line("PUT /customers/CU0000FAKE0001 HTTP/1.1"));
  BOOST_TEST(sent.has_line("GoCardless-Version: 2015-07-06"));
  BOOST_TEST(sent.head.find("Idempotency") == std::string::npos);
  BOOST_TEST(sent.body ==
             R"({"customers":{"phone_number":"+442079460999","metadata":{"tier":"gold",)"
             R"("merchant_customer_id":"mc-0001"}}})");
  // What does not touch the metadata leaves them alone.
  BOOST_TEST(changed_body<GocardlessPolicy>(id, {.address = {.city = "Leeds"}}) ==
             R"({"customers":{"city":"Leeds"}})");
  BOOST_TEST(changed_body<GocardlessPolicy>(id, changes) == "invalid_options:");
  BOOST_TEST(changed_body<GocardlessPolicy>(id, {.merchant_customer_id = "m-2"}) ==
             "invalid_options:");
  BOOST_TEST(changed_body<GocardlessPolicy>(current, {.merchant_customer_id = "m-2"}) ==
             R"({"customers":{"metadata":{"merchant_customer_id":"m-2"}}})");
  const auto full = customer_of<GocardlessPolicy>(
      id, before + R"(0000","metadata":{"a":"1","b":"2","merchant_customer_id":"mc-0001"}}})");
  BOOST_TEST(changed_body<GocardlessPolicy>(full, {.metadata = {{"c", "3"}}}) ==
             "invalid_field:metadata");
  BOOST_TEST(
      changed_body<GocardlessPolicy>(full, {.metadata = {{"c", "3"}}, .metadata_cleared = {"a"}}) ==
      R"({"customers":{"metadata":{"b":"2","c":"3","merchant_customer_id":"mc-0001"}}})");
  BOOST_TEST(changed_body<GocardlessPolicy>(full, {.cleared = {Field::metadata}}) ==
             R"({"customers":{"metadata":{"merchant_customer_id":"mc-0001"}}})");
  const auto bare = customer_of<GocardlessPolicy>(id, before + R"(0000","metadata":{"a":"1"}}})");
  BOOST_TEST(changed_body<GocardlessPolicy>(bare, {.metadata_cleared = {"a"}}) ==
             R"({"customers":{"metadata":{}}})");
  BOOST_TEST(changed_body<GocardlessPolicy>(current, {.cleared = {Field::phone}}) ==
             "invalid_field:phone");
  BOOST_TEST(changed_body<GocardlessPolicy>(current, {.name = "Cher"}) == "invalid_field:name");
  const auto answer = answer_to<GocardlessPolicy, Update>(
      change_of(current, changes), 200,
      before + R"(0999","metadata":{"merchant_customer_id":"mc-0001","tier":"gold"}}})");
  BOOST_TEST_REQUIRE(answer.has_value());
  BOOST_TEST(answer->phone().value_or("-") == "+442079460999");
}

BOOST_AUTO_TEST_CASE(is_deleted) {
  using namespace florin;
  const auto sent = ask<GocardlessPolicy, Delete>("CU0000FAKE0001");
  BOOST_TEST(sent.has_line("DELETE /customers/CU0000FAKE0001 HTTP/1.1"));
  BOOST_TEST(sent.has_line("GoCardless-Version: 2015-07-06"));
  BOOST_TEST(sent.head.find("Idempotency-Key") == std::string::npos);
  BOOST_TEST(sent.body.empty());
  const std::string_view id = "CU0000FAKE0001";
  BOOST_TEST(removed<GocardlessPolicy>(id, 204, "") == "deleted");
  BOOST_TEST(removed<GocardlessPolicy>(id, 200, R"({"customers":{"id":"CU0000FAKE0001"}})") ==
             "deleted");
  BOOST_TEST(removed<GocardlessPolicy>(id, 200, R"({"customers":{"id":"CU0000FAKE0002"}})") ==
             "unreadable_reply/unknown");
  BOOST_TEST(
      removed<GocardlessPolicy>(id, 200, "<!DOCTYPE html><html><body>Please wait</body></html>") ==
      "unreadable_reply/unknown");
  const std::string_view missing =
      R"({"error":{"message":"Resource not found","type":"invalid_api_usage","code":404,)"
      R"("errors":[{"reason":"resource_not_found","message":"Resource not found"}]}})";
  BOOST_TEST(removed<GocardlessPolicy>(id, 404, missing) == "not_found/no_effect");
  BOOST_TEST(removed<GocardlessPolicy>(id, 410, missing) == "already gone");
  BOOST_TEST(removed<GocardlessPolicy>(id, 410, "") == "already gone");
}

namespace {

florin_test::Trial trial() {
  return florin_test::trial_of<florin::GocardlessPolicy>(florin::testing::gocardless());
}

}  // namespace

BOOST_AUTO_TEST_CASE(conforms) {
  florin_test::conforms<florin::GocardlessPolicy>(florin::testing::gocardless(),
                                                  florin::FieldSet{florin::Field::address_state});
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
