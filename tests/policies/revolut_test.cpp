// SPDX-License-Identifier: Apache-2.0
#include <florin/ensure.hpp>
#include <florin/policies/revolut.hpp>
#include <florin/testing/processors/revolut.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

#include "policies/exchange.hpp"
#include "policies/operations.hpp"
#include "trials/conforms.hpp"
#include "trials/faults.hpp"
#include "trials/lives.hpp"
#include "trials/trial.hpp"

BOOST_AUTO_TEST_SUITE(policies_revolut)

using namespace florin_test;
using florin::RevolutPolicy;

static_assert(florin::ConnectorPolicy<RevolutPolicy>);
static_assert(!florin::has_idempotency<RevolutPolicy>);
static_assert(florin::required_fields<RevolutPolicy> ==
              florin::FieldSet{florin::Field::merchant_customer_id, florin::Field::email});
static_assert(!florin::carries<RevolutPolicy, florin::field::MerchantCustomerId>);
static_assert(!florin::offers<RevolutPolicy, florin::Find> && !florin::merges<RevolutPolicy>);
static_assert(florin::ensure_guarantee<RevolutPolicy> == florin::EnsureGuarantee::only_reported);

namespace {

constexpr std::string_view id = "0fa4e000-0000-4000-8000-00000000c001";
constexpr std::string_view ana =
    R"({"id":"0fa4e000-0000-4000-8000-00000000c001","full_name":"Ana Example",)"
    R"("email":"ana.example@example.com","phone":"+441234567890",)"
    R"("created_at":"2026-01-15T10:20:30.123456Z","updated_at":"2026-01-15T10:20:30.123456Z",)"
    R"("payment_methods":[]})";
RevolutPolicy::Credentials key() {
  return {.secret_key = "sk_FAKEfakeFAKEfakeFAKEfake0001"};
}

}  // namespace

BOOST_AUTO_TEST_CASE(sends_what_the_sheet_says) {
  const auto sent =
      send<RevolutPolicy>(full_request(), key(), {.environment = florin::Environment::sandbox});
  BOOST_TEST(sent.has_line("POST /api/customers HTTP/1.1"));
  BOOST_TEST(sent.has_line("Host: sandbox-merchant.revolut.com"));
  BOOST_TEST(sent.has_line("Authorization: Bearer sk_FAKEfakeFAKEfakeFAKEfake0001"));
  BOOST_TEST(sent.has_line("Revolut-Api-Version: 2026-04-20"));
  BOOST_TEST(sent.has_line("Content-Type: application/json"));
  BOOST_TEST(sent.has_line("Accept: application/json"));
  BOOST_TEST(sent.head.find("Idempotency") == std::string::npos);
  BOOST_TEST(sent.body == R"({"full_name":"Ana Example","email":"ana@example.com",)"
                          R"("phone":"+15555550100"})");
  BOOST_TEST(
      (sent.dropped == (florin::FieldSet{florin::Field::merchant_customer_id,
                                         florin::Field::description, florin::Field::metadata} |
                        florin::address_fields)));
  BOOST_TEST(
      send<RevolutPolicy>(documented_request(), key()).has_line("Host: merchant.revolut.com"));
}

BOOST_AUTO_TEST_CASE(writes_a_phone_in_the_form_of_e164) {
  const auto phone = [](const char* given) {
    const auto sent = send<RevolutPolicy>(
        {.merchant_customer_id = "m", .email = "a@b.example", .phone = given}, key());
    return sent.result ? sent.body : sent.refusal();
  };
  BOOST_TEST(phone("+1-555-123-4567") == R"({"email":"a@b.example","phone":"+15551234567"})");
  BOOST_TEST(phone("+44 (0) 1234/567.890") ==
             R"({"email":"a@b.example","phone":"+4401234567890"})");
  BOOST_TEST(phone("call me") == "invalid_field:phone");
  BOOST_TEST(phone("+123456789012345") == R"({"email":"a@b.example","phone":"+123456789012345"})");
  BOOST_TEST(phone("+1234567890123456") == "invalid_field:phone");
  BOOST_TEST(phone("  ") == R"({"email":"a@b.example"})");
}

BOOST_AUTO_TEST_CASE(requires_an_email) {
  BOOST_TEST(send<RevolutPolicy>({.merchant_customer_id = "m", .name = "Ana"}, key()).refusal() ==
             "missing_field:email");
  BOOST_TEST(send<RevolutPolicy>({.merchant_customer_id = "m", .email = "ana@"}, key()).refusal() ==
             "invalid_field:email");
}

BOOST_AUTO_TEST_CASE(reads_the_answers_of_the_sheet) {
  const auto made = receive<RevolutPolicy>(
      201, R"({"id":"0fa4e000-0000-4000-8000-00000000c001","email":"john.doe@example.com",)"
           R"("created_at":"2026-01-15T10:20:30.123456Z"})");
  BOOST_TEST(summary(made) == "success:0fa4e000-0000-4000-8000-00000000c001");
  BOOST_TEST(made->merchant_customer_id.str() == "cust_user_12345");
  BOOST_TEST(summary(receive<RevolutPolicy>(201, ana)) == "unreadable_reply/unknown/502");

  const auto invalid = [](int status) {
    return receive<RevolutPolicy>(
        status, R"({"code":"validation","message":"email must be a well-formed email address",)"
                R"("timestamp":1768472430000})");
  };
  for (const int status : {400, 422}) {
    BOOST_TEST(summary(invalid(status)) == "invalid_data/no_effect/422");
    BOOST_TEST(invalid(status).error().connector_code == "validation");
    BOOST_TEST(invalid(status).error().connector_message ==
               "email must be a well-formed email address");
    BOOST_TEST(invalid(status).error().param.empty());
  }
  const auto numbered = receive<RevolutPolicy>(400, R"({"code":1005,"timestamp":1768472430000})");
  BOOST_TEST(summary(numbered) == "invalid_data/no_effect/422");
  BOOST_TEST(numbered.error().connector_code == "1005");
  BOOST_TEST(numbered.error().connector_message.empty());
  BOOST_TEST(numbered.error().from_processor);
  BOOST_TEST(summary(receive<RevolutPolicy>(
                 400, R"({"code":"bad_request","message":"Invalid request",)"
                      R"("timestamp":1721050063886})")) == "invalid_data/no_effect/422");
  const auto forbidden = receive<RevolutPolicy>(
      403, R"({"code":"forbidden","message":"The requested operation is forbidden",)"
           R"("timestamp":1721050063886})");
  BOOST_TEST(summary(forbidden) == "forbidden/no_effect/403");
  BOOST_TEST(forbidden.error().connector_message == "The requested operation is forbidden");
  BOOST_TEST(summary(receive<RevolutPolicy>(401, R"({"code":"x","timestamp":1})")) ==
             "unauthorized/no_effect/401");
  BOOST_TEST(summary(receive<RevolutPolicy>(404, R"({"code":"x","timestamp":1})")) ==
             "not_found/no_effect/404");
  BOOST_TEST(summary(receive<RevolutPolicy>(406, "")) == "rejected/no_effect/406");
  BOOST_TEST(summary(receive<RevolutPolicy>(429, R"({"code":"x","timestamp":1})")) ==
             "rate_limited/no_effect/429");
  BOOST_TEST(summary(receive<RevolutPolicy>(503, "")) == "connector_unavailable/unknown/503");
}

BOOST_AUTO_TEST_CASE(reads_a_customer_back) {
  const auto sent = by_id<RevolutPolicy, florin::Retrieve>(id, key());
  BOOST_TEST(sent.has_line("GET /api/customers/0fa4e000-0000-4000-8000-00000000c001 HTTP/1.1"));
  BOOST_TEST(sent.has_line("Revolut-Api-Version: 2026-04-20"));
  const auto read_back = customer_of<RevolutPolicy>(id, ana);
  BOOST_TEST(read_back.email().value_or("-") == "ana.example@example.com");
  BOOST_TEST(read_back.name().value_or("-") == "Ana Example");
  BOOST_TEST(read_back.phone().value_or("-") == "+441234567890");
  BOOST_TEST(read_back.created().has_value());
  BOOST_TEST(!read_back.merchant_customer_id());
  // A payment method's address is not the customer's.
  const auto saved = customer_of<RevolutPolicy>(
      id, R"({"id":"0fa4e000-0000-4000-8000-00000000c001","email":"a@b.example",)"
          R"("payment_methods":[{"id":"p","email":"c@d.example","phone":"1",)"
          R"("billing_address":{"city":"London"}}]})");
  BOOST_TEST(saved.email().value_or("-") == "a@b.example");
  BOOST_TEST(!saved.phone());
  BOOST_TEST(!saved.name());
  BOOST_TEST(!saved.get(florin::Field::address_city));
  BOOST_TEST(short_verdict(read<RevolutPolicy, florin::Retrieve>(
                 id, 404,
                 R"({"code":"not_found","message":"Customer not found",)"
                 R"("timestamp":1768551600000})")) == "not_found/no_effect");
}

BOOST_AUTO_TEST_CASE(changes_what_is_given_alone) {
  const auto sent = send_change<RevolutPolicy>(id, {.email = "ana.new@example.com"}, key());
  BOOST_TEST(sent.has_line("PATCH /api/customers/0fa4e000-0000-4000-8000-00000000c001 HTTP/1.1"));
  BOOST_TEST(sent.has_line("Content-Type: application/json"));
  BOOST_TEST(sent.body == R"({"email":"ana.new@example.com"})");
  BOOST_TEST(send_change<RevolutPolicy>(id, {.cleared = {florin::Field::phone}}, key()).refusal() ==
             "invalid_field:phone");
  BOOST_TEST(send_change<RevolutPolicy>(id, {.metadata = {{"a", "b"}}}, key()).refusal() ==
             "invalid_field:metadata");
  const auto answer = read_change<RevolutPolicy>(
      id, 200,
      R"({"id":"0fa4e000-0000-4000-8000-00000000c001","full_name":"Ana Example",)"
      R"("email":"ana.new@example.com","phone":"+441234567890",)"
      R"("created_at":"2026-01-15T10:20:30.123456Z",)"
      R"("updated_at":"2026-01-16T08:00:00.000001Z","payment_methods":[]})");
  BOOST_TEST_REQUIRE(answer.has_value());
  BOOST_TEST(answer->email().value_or("-") == "ana.new@example.com");
  BOOST_TEST(short_verdict(read_change<RevolutPolicy>(id, 422, R"({"code":"validation"})")) ==
             "invalid_data/no_effect");
}

BOOST_AUTO_TEST_CASE(deletes) {
  const auto sent = by_id<RevolutPolicy, florin::Delete>(id, key());
  BOOST_TEST(sent.has_line("DELETE /api/customers/0fa4e000-0000-4000-8000-00000000c001 HTTP/1.1"));
  BOOST_TEST(sent.body.empty());
  BOOST_TEST(sent.head.find("Content-") == std::string::npos);
  BOOST_TEST(removed<RevolutPolicy>(id, 204, "") == "deleted");
  BOOST_TEST(removed<RevolutPolicy>(id, 404, R"({"code":"not_found","timestamp":1})") ==
             "not_found/no_effect");
  BOOST_TEST(removed<RevolutPolicy>(id, 400, R"({"code":"bad_request","timestamp":1})") ==
             "invalid_data/no_effect");
  BOOST_TEST(removed<RevolutPolicy>(id, 200, "<html>") == "unreadable_reply/unknown");
}

BOOST_AUTO_TEST_CASE(reads_each_example_of_the_sheet) {
  reads_as<RevolutPolicy, florin::Create>(
      {.merchant_customer_id = "mc-0001", .email = "ana.example@example.com"}, 201,
      R"({"id":"0fa4e000-0000-4000-8000-00000000c001","full_name":"Ana Example",)"
      R"("email":"ana.example@example.com","phone":"+441234567890",)"
      R"("created_at":"2026-01-15T10:20:30.123456Z","updated_at":"2026-01-15T10:20:30.123456Z"})",
      "success:0fa4e000-0000-4000-8000-00000000c001");
}

namespace {

florin_test::Trial trial() {
  return florin_test::trial_of<florin::RevolutPolicy>(florin::testing::revolut());
}

}  // namespace

BOOST_AUTO_TEST_CASE(conforms) {
  florin_test::conforms<florin::RevolutPolicy>(florin::testing::revolut());
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
