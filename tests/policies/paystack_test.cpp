// SPDX-License-Identifier: Apache-2.0
#include <florin/ensure.hpp>
#include <florin/policies/paystack.hpp>
#include <florin/testing/processors/paystack.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

#include "policies/exchange.hpp"
#include "policies/operations.hpp"
#include "trials/conforms.hpp"
#include "trials/faults.hpp"
#include "trials/lives.hpp"
#include "trials/trial.hpp"

BOOST_AUTO_TEST_SUITE(policies_paystack)

using namespace florin_test;
using florin::PaystackPolicy;

static_assert(florin::ConnectorPolicy<PaystackPolicy>);
static_assert(!florin::has_idempotency<PaystackPolicy>);
static_assert(florin::required_fields<PaystackPolicy> ==
              florin::FieldSet{florin::Field::merchant_customer_id, florin::Field::email});
static_assert(!florin::offers<PaystackPolicy, florin::Find> &&
              !florin::offers<PaystackPolicy, florin::Delete>);

namespace {

constexpr std::string_view id = "CUS_a1b2c3d4e5f6g7h";
/// The answer with the customer of the sheet.
std::string customer(std::string_view message, std::string_view email, std::string_view phone,
                     std::string_view metadata) {
  return R"({"status":true,"message":")" + std::string{message} +
         R"(","data":{"transactions":[],"subscriptions":[],"authorizations":[],)"
         R"("first_name":"Ana","last_name":"Example","email":")" +
         std::string{email} + R"(","phone":)" + std::string{phone} + R"(,"metadata":)" +
         std::string{metadata} +
         R"(,"domain":"test","customer_code":"CUS_a1b2c3d4e5f6g7h","risk_action":"default",)"
         R"("id":90000001,"integration":100001,"createdAt":"2026-01-05T10:00:00.000Z",)"
         R"("updatedAt":"2026-01-05T10:00:00.000Z","identified":false,"identifications":null}})";
}
std::string made(std::string_view reference) {
  return customer("Customer created", "john.doe@example.com", R"("+15551234567")",
                  R"({"merchant_customer_id":")" + std::string{reference} + R"("})");
}
PaystackPolicy::Credentials key() {
  return {.secret_key = "sk_test_FAKEKEY0001"};
}

}  // namespace

BOOST_AUTO_TEST_CASE(sends_what_the_sheet_says) {
  const auto sent = send<PaystackPolicy>(full_request(), key());
  BOOST_TEST(sent.has_line("POST /customer HTTP/1.1"));
  BOOST_TEST(sent.has_line("Host: api.paystack.co"));
  BOOST_TEST(sent.has_line("Authorization: Bearer sk_test_FAKEKEY0001"));
  BOOST_TEST(sent.has_line("Content-Type: application/json"));
  BOOST_TEST(sent.head.find("Idempotency") == std::string::npos);
  BOOST_TEST(sent.body == R"({"email":"ana@example.com","first_name":"Ana","last_name":"Example",)"
                          R"("phone":"+15555550100",)"
                          R"("metadata":{"tier":"gold","merchant_customer_id":"m-1001"}})");
  BOOST_TEST(
      (sent.dropped == (florin::FieldSet{florin::Field::description} | florin::address_fields)));
}

BOOST_AUTO_TEST_CASE(sends_what_the_official_sdk_sends) {
  // But for the metadata, which Paystack takes as an object alone.
  BOOST_TEST(send<PaystackPolicy>(documented_request(), key()).body ==
             R"({"email":"john.doe@example.com","first_name":"John","last_name":"Doe",)"
             R"("phone":"+1-555-123-4567","metadata":{"merchant_customer_id":"cust_user_12345"}})");
  const auto named = [](const char* name) {
    return send<PaystackPolicy>({.merchant_customer_id = "m", .email = "a@b.example", .name = name},
                                key())
        .body;
  };
  const std::string rest = R"("metadata":{"merchant_customer_id":"m"}})";
  BOOST_TEST(named(" Plato ") == R"({"email":"a@b.example","first_name":"Plato",)" + rest);
  BOOST_TEST(named("Ana  de la Cruz") ==
             R"({"email":"a@b.example","first_name":"Ana","last_name":"de la Cruz",)" + rest);
}

BOOST_AUTO_TEST_CASE(requires_an_email) {
  BOOST_TEST(send<PaystackPolicy>({.merchant_customer_id = "m"}, key()).refusal() ==
             "missing_field:email");
}

BOOST_AUTO_TEST_CASE(takes_for_a_success_what_says_so) {
  BOOST_TEST(summary(receive<PaystackPolicy>(200, made("cust_user_12345"))) ==
             "success:CUS_a1b2c3d4e5f6g7h");
  BOOST_TEST(summary(receive<PaystackPolicy>(
                 201, R"({"status":true,"data":{"customer_code":"CUS_1","id":9,)"
                      R"("metadata":null}})")) == "success:CUS_1");
  BOOST_TEST(summary(receive<PaystackPolicy>(200, R"({"data":{"customer_code":"CUS_1"}})")) ==
             "unreadable_reply/unknown/502");
  BOOST_TEST(summary(receive<PaystackPolicy>(
                 200, R"({"status":false,"message":"No.","data":{"customer_code":"CUS_1"}})")) ==
             "rejected/unknown/502");
  BOOST_TEST(summary(receive<PaystackPolicy>(
                 200, R"({"status":true,"data":{"customer_code":90000001}})")) ==
             "unreadable_reply/unknown/502");
}

BOOST_AUTO_TEST_CASE(knows_an_existing_customer_by_its_reference) {
  const auto other = receive<PaystackPolicy>(200, made("cust_user_1"));
  BOOST_TEST(summary(other) == "customer_exists/in_effect/409");
  BOOST_TEST(other.error().existing_customer_id == id);
  // Nor is it taken for the one that was asked for.
  BOOST_TEST(summary(receive<PaystackPolicy>(200, made("cust_user_1"), {},
                                             florin::OnExists::use_existing)) ==
             "customer_exists/in_effect/409");
  // Without metadata there is nothing to compare.
  BOOST_TEST(summary(receive<PaystackPolicy>(
                 200, customer("Customer created", "john.doe@example.com", "null", "null"))) ==
             "success:CUS_a1b2c3d4e5f6g7h");
}

BOOST_AUTO_TEST_CASE(reads_the_errors_of_the_sheet) {
  const auto wrong_key =
      receive<PaystackPolicy>(401, R"({"status":false,"message":"Invalid key"})");
  BOOST_TEST(summary(wrong_key) == "unauthorized/no_effect/401");
  BOOST_TEST(wrong_key.error().connector_message == "Invalid key");
  BOOST_TEST(wrong_key.error().from_processor);
  const auto no_key = receive<PaystackPolicy>(
      401, R"({"status":false,"message":"No Authorization Header was found"})");
  BOOST_TEST(summary(no_key) == "unauthorized/no_effect/401");
  BOOST_TEST(no_key.error().from_processor);
  BOOST_TEST(summary(receive<PaystackPolicy>(
                 400, R"({"status":false,"message":"\"metadata\" must be of type object"})")) ==
             "invalid_data/no_effect/422");
  const auto invalid = receive<PaystackPolicy>(
      400, R"({"status":false,"message":"Customer email is invalid",)"
           R"("meta":{"nextStep":"Provide a valid email"},"type":"validation_error",)"
           R"("code":"invalid_params"})");
  BOOST_TEST(summary(invalid) == "invalid_data/no_effect/422");
  BOOST_TEST(invalid.error().connector_code == "invalid_params");
  BOOST_TEST(invalid.error().connector_type == "validation_error");
  BOOST_TEST(invalid.error().param.empty());
  const auto uncoded =
      receive<PaystackPolicy>(400, R"({"status":false,"message":"No.","type":"validation_error"})");
  BOOST_TEST(uncoded.error().connector_code == "validation_error");
  BOOST_TEST(summary(receive<PaystackPolicy>(
                 500, R"({"status":false,"message":"No.","type":"api_error"})")) ==
             "connector_unavailable/unknown/500");
  BOOST_TEST(summary(receive<PaystackPolicy>(
                 400, R"({"status":false,"message":"No.","type":"processor_error"})")) ==
             "invalid_data/no_effect/422");
  BOOST_TEST(summary(receive<PaystackPolicy>(429, "")) == "rate_limited/no_effect/429");
  BOOST_TEST(summary(receive<PaystackPolicy>(503, "<html>")) ==
             "connector_unavailable/unknown/503");
}

BOOST_AUTO_TEST_CASE(reads_a_customer_back) {
  const auto sent = by_id<PaystackPolicy, florin::Retrieve>(id, key());
  BOOST_TEST(sent.has_line("GET /customer/CUS_a1b2c3d4e5f6g7h HTTP/1.1"));
  const auto ana = customer_of<PaystackPolicy>(
      id, customer("Customer retrieved", "ana.example@example.com", R"("+14155550100")",
                   R"({"merchant_customer_id":"mc-0001","calling_code":"+1","note":""})"));
  BOOST_TEST(ana.connector_customer_id() == id);
  BOOST_TEST(ana.merchant_customer_id().value_or("-") == "mc-0001");
  BOOST_TEST(ana.email().value_or("-") == "ana.example@example.com");
  BOOST_TEST(ana.given_name().value_or("-") == "Ana");
  BOOST_TEST(ana.family_name().value_or("-") == "Example");
  BOOST_TEST(ana.phone().value_or("-") == "+14155550100");
  BOOST_TEST(ana.metadata("calling_code").value_or("-") == "+1");
  BOOST_TEST(ana.metadata("note").value_or("-") == "");
  BOOST_TEST(ana.created().has_value());
  const auto bare = customer_of<PaystackPolicy>(
      id, customer("Customer retrieved", "ana.example@example.com", R"("")", "null"));
  BOOST_TEST(bare.phone().value_or("-") == "-");
  BOOST_TEST(bare.metadata_size() == 0U);
  for (const auto* const missing :
       {R"({"status":false,"message":"Entity not found"})",
        R"({"status":false,"message":"Customer code/email specified is invalid",)"
        R"("meta":{"nextStep":"Check the value."},"type":"validation_error",)"
        R"("code":"invalid_params"})"})
    BOOST_TEST(short_verdict(read<PaystackPolicy, florin::Retrieve>(id, 404, missing)) ==
               "not_found/no_effect");
}

BOOST_AUTO_TEST_CASE(sends_all_again) {
  const auto current = customer_of<PaystackPolicy>(
      id, customer("Customer retrieved", "ana.example@example.com", R"("+14155550100")",
                   R"({"merchant_customer_id":"mc-0001","note":""})"));
  const auto sent = send_change<PaystackPolicy>(
      id, {.phone = "+14155550101", .metadata = {{"tier", "gold"}}}, key(), &current);
  BOOST_TEST(sent.has_line("PUT /customer/CUS_a1b2c3d4e5f6g7h HTTP/1.1"));
  BOOST_TEST(sent.body ==
             R"({"first_name":"Ana","last_name":"Example","phone":"+14155550101",)"
             R"("metadata":{"note":"","tier":"gold","merchant_customer_id":"mc-0001"}})");
  BOOST_TEST(send_change<PaystackPolicy>(id, {.phone = "1"}, key()).refusal() ==
             "invalid_options:");
  BOOST_TEST(send_change<PaystackPolicy>(id, {.email = "a@b.example"}, key(), &current).refusal() ==
             "invalid_field:email");
  BOOST_TEST(send_change<PaystackPolicy>(id, {.cleared = {florin::Field::phone}}, key(), &current)
                 .refusal() == "invalid_field:phone");
  // A single word would leave the old family name.
  BOOST_TEST(send_change<PaystackPolicy>(id, {.name = "Plato"}, key(), &current).refusal() ==
             "invalid_field:name");
  const auto answer = read_change<PaystackPolicy>(
      id, 200,
      R"({"status":true,"message":"Customer updated","data":{"first_name":"Ana",)"
      R"("last_name":"Example","email":"ana.example@example.com","phone":"+14155550101",)"
      R"("metadata":{"merchant_customer_id":"mc-0001","tier":"gold"},"domain":"test",)"
      R"("customer_code":"CUS_a1b2c3d4e5f6g7h","risk_action":"default","id":90000001,)"
      R"("integration":100001,"createdAt":"2026-01-05T10:00:00.000Z",)"
      R"("updatedAt":"2026-01-06T10:00:00.000Z","identified":false,"identifications":null}})");
  BOOST_TEST_REQUIRE(answer.has_value());
  BOOST_TEST(answer->phone().value_or("-") == "+14155550101");
  BOOST_TEST(short_verdict(read_change<PaystackPolicy>(
                 id, 200, R"({"status":false,"message":"No."})")) == "rejected/unknown");
  BOOST_TEST(short_verdict(read_change<PaystackPolicy>(
                 id, 404, R"({"status":false,"message":"Entity not found"})")) ==
             "not_found/no_effect");
}

BOOST_AUTO_TEST_CASE(reads_each_example_of_the_sheet) {
  reads_as<PaystackPolicy, florin::Create>(
      {.merchant_customer_id = "mc-0001", .email = "ana.example@example.com"}, 200,
      R"({"status":true,"message":"Customer created","data":{"transactions":[],)"
      R"("subscriptions":[],"authorizations":[],"email":"ana.example@example.com",)"
      R"("first_name":"Ana","last_name":"Example","phone":"+14155550100","integration":100001,)"
      R"("domain":"test","metadata":{"merchant_customer_id":"mc-0001"},)"
      R"("customer_code":"CUS_a1b2c3d4e5f6g7h","risk_action":"default","id":90000001,)"
      R"("createdAt":"2026-01-05T10:00:00.000Z","updatedAt":"2026-01-05T10:00:00.000Z",)"
      R"("identified":false,"identifications":null}})",
      "success:CUS_a1b2c3d4e5f6g7h");
  reads_as<PaystackPolicy, florin::Retrieve>(
      {"CUS_a1b2c3d4e5f6g7h"}, 200,
      R"({"status":true,"message":"Customer retrieved","data":{"transactions":[],)"
      R"("subscriptions":[],"authorizations":[],"first_name":"Ana","last_name":"Example",)"
      R"("email":"ana.example@example.com","phone":"+14155550100",)"
      R"("metadata":{"merchant_customer_id":"mc-0001"},"domain":"test",)"
      R"("customer_code":"CUS_a1b2c3d4e5f6g7h","risk_action":"default","id":90000001,)"
      R"("integration":100001,"createdAt":"2026-01-05T10:00:00.000Z",)"
      R"("updatedAt":"2026-01-05T10:00:00.000Z","created_at":"2026-01-05T10:00:00.000Z",)"
      R"("updated_at":"2026-01-05T10:00:00.000Z","total_transactions":0,)"
      R"("total_transaction_value":[],"dedicated_account":null,"dedicated_accounts":[],)"
      R"("identified":false,"identifications":null}})",
      "ACTIVE|merchant_customer_id=mc-0001|email=ana.example@example.com|given_name=Ana|"
      "family_name=Example|phone=+14155550100|created 1767607200");
}

namespace {

/// \param upserts whether a known email is answered with the existing customer, which is not known
/// for certain.
florin_test::Trial trial(bool upserts) {
  return florin_test::trial_of<florin::PaystackPolicy>(florin::testing::paystack(upserts));
}

}  // namespace

BOOST_AUTO_TEST_CASE(conforms) {
  florin_test::conforms<florin::PaystackPolicy>(florin::testing::paystack(false));
  florin_test::conforms<florin::PaystackPolicy>(florin::testing::paystack(true));
}

BOOST_AUTO_TEST_CASE(survives_faults) {
  florin_test::survives_faults(trial(false));
  florin_test::survives_faults(trial(true));
}

BOOST_AUTO_TEST_CASE(is_ensured_once) {
  florin_test::is_ensured_once(trial(false));
  florin_test::is_ensured_once(trial(true));
}

BOOST_AUTO_TEST_CASE(lives_under_faults) {
  florin_test::lives_under_faults(trial(false));
  florin_test::lives_under_faults(trial(true));
}

BOOST_AUTO_TEST_SUITE_END()
