// SPDX-License-Identifier: Apache-2.0
#include <florin/ensure.hpp>
#include <florin/policies/pinpayments.hpp>
#include <florin/testing/processors/pinpayments.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>
#include <string_view>

#include "policies/exchange.hpp"
#include "policies/operations.hpp"
#include "trials/conforms.hpp"
#include "trials/faults.hpp"
#include "trials/lives.hpp"
#include "trials/trial.hpp"

BOOST_AUTO_TEST_SUITE(policies_pinpayments)

using namespace florin_test;
using florin::Field;
using florin::FieldSet;
using florin::PinpaymentsPolicy;

static_assert(florin::ConnectorPolicy<PinpaymentsPolicy>);
static_assert(!florin::has_idempotency<PinpaymentsPolicy>);
static_assert(florin::needs_payment_token<PinpaymentsPolicy>);
static_assert(!florin::takes_payment_token<PinpaymentsPolicy, florin::Update>);
static_assert(florin::required_fields<PinpaymentsPolicy> ==
              FieldSet{Field::merchant_customer_id, Field::email});
static_assert(!florin::carries<PinpaymentsPolicy, florin::field::MerchantCustomerId>);
static_assert(!florin::offers<PinpaymentsPolicy, florin::Find>);
static_assert(!florin::merges<PinpaymentsPolicy>);
static_assert(florin::ensure_guarantee<PinpaymentsPolicy> ==
              florin::EnsureGuarantee::only_reported);

namespace {

constexpr std::string_view id = "cus_AbCdEfGhIjKlMnOpQrStUv";
constexpr std::string_view card = "card_AbCdEfGhIjKlMnOpQrStUv";

/// The customer of the documents.
constexpr std::string_view record =
    R"({"response":{"token":"cus_AbCdEfGhIjKlMnOpQrStUv","email":"ana.example@example.com",)"
    R"("first_name":"Ana","last_name":"Example","phone_number":"1300 000 000","company":null,)"
    R"("notes":"mc-0001","created_at":"2026-01-05T10:00:00Z",)"
    R"("card":{"token":"card_AbCdEfGhIjKlMnOpQrStUv","scheme":"master",)"
    R"("display_number":"XXXX-XXXX-XXXX-0000","issuing_country":"AU","expiry_month":5,)"
    R"("expiry_year":2030,"name":"Ana Card","address_line1":"1 Test Street","address_line2":"",)"
    R"("address_city":"Perth","address_postcode":"6000","address_state":"WA",)"
    R"("address_country":"Australia","customer_token":"cus_AbCdEfGhIjKlMnOpQrStUv",)"
    R"("primary":true}}})";

constexpr std::string_view not_found =
    R"({"error":"not_found","error_description":"The requested resource could not be found."})";
constexpr std::string_view blank_email =
    R"({"error":"invalid_resource","error_description":"One or more parameters were missing or )"
    R"(invalid.","messages":[{"param":"email","code":"email_invalid",)"
    R"("message":"Email can't be blank"}]})";

Sent made(const florin::CreateRequest& request, std::string_view token = card) {
  return send<PinpaymentsPolicy>(request, {.api_key = "FakePinSecretKey0001"},
                                 {.payment_token = token});
}

}  // namespace

BOOST_AUTO_TEST_CASE(sends_what_the_sheet_shows) {
  const auto sent = made({.merchant_customer_id = "mc-0001",
                          .email = "ana.example@example.com",
                          .name = "Ana Example",
                          .phone = "1300 000 000",
                          .description = "mc-0001"});
  BOOST_TEST(sent.has_line("POST /1/customers HTTP/1.1"));
  BOOST_TEST(sent.has_line("Host: api.pinpayments.com"));
  BOOST_TEST(sent.has_line("Authorization: Basic RmFrZVBpblNlY3JldEtleTAwMDE6"));
  BOOST_TEST(sent.has_line("Content-Type: application/json"));
  BOOST_TEST(sent.has_line("Accept: application/json"));
  BOOST_TEST(sent.head.find("X-Partner-Key") == std::string::npos);
  BOOST_TEST(sent.body == R"({"email":"ana.example@example.com","first_name":"Ana",)"
                          R"("last_name":"Example","phone_number":"1300 000 000",)"
                          R"("notes":"mc-0001","card_token":"card_AbCdEfGhIjKlMnOpQrStUv"})");
  BOOST_TEST((sent.dropped == FieldSet{Field::merchant_customer_id}));
}

BOOST_AUTO_TEST_CASE(sends_what_it_can_carry) {
  const auto sent = send<PinpaymentsPolicy>(
      full_request(), {.api_key = "k", .partner_key = florin::Secret{"partner-1"}},
      {.environment = florin::Environment::sandbox, .payment_token = card});
  BOOST_TEST(sent.has_line("Host: test-api.pinpayments.com"));
  BOOST_TEST(sent.has_line("X-Partner-Key: partner-1"));
  BOOST_TEST(sent.body == R"({"email":"ana@example.com","first_name":"Ana","last_name":"Example",)"
                          R"("phone_number":"+15555550100","notes":"Example buyer",)"
                          R"("card_token":"card_AbCdEfGhIjKlMnOpQrStUv"})");
  BOOST_TEST((sent.dropped == (FieldSet{Field::merchant_customer_id, Field::metadata} |
                               florin::field::Address::carried)));
  BOOST_TEST(made({.merchant_customer_id = "m",
                   .email = "a@b.example",
                   .given_name = "Jos\xC3\xA9 Luis",
                   .family_name = "de la Cruz"})
                 .body ==
             "{\"email\":\"a@b.example\",\"first_name\":\"Jos\xC3\xA9 Luis\","
             "\"last_name\":\"de la Cruz\",\"card_token\":\"card_AbCdEfGhIjKlMnOpQrStUv\"}");
  // A name of one word has no family name, which is not required.
  BOOST_TEST(made({.merchant_customer_id = "m", .email = "a@b.example", .name = "Cher"}).body ==
             R"({"email":"a@b.example","first_name":"Cher",)"
             R"("card_token":"card_AbCdEfGhIjKlMnOpQrStUv"})");
}

BOOST_AUTO_TEST_CASE(no_customer_without_a_card) {
  const auto sent = made({.merchant_customer_id = "m", .email = "a@b.example"}, "");
  BOOST_TEST(sent.refusal() == "invalid_options:");
  BOOST_TEST(sent.result.error().param == "payment_token");
  BOOST_TEST(made({.merchant_customer_id = "m"}).refusal() == "missing_field:email");
  BOOST_TEST(made({.merchant_customer_id = "m", .email = "ana"}).refusal() ==
             "invalid_field:email");
}

BOOST_AUTO_TEST_CASE(reads_the_answers_of_the_sheet) {
  const auto success = [](int status, std::string_view email) {
    return summary(receive<PinpaymentsPolicy>(
        status, R"({"response":{"token":"cus_Ab-dEfGhIjKlMnOpQrSt_v","email":")" +
                    std::string{email} + R"("}})"));
  };
  BOOST_TEST(success(201, "john.doe@example.com") == "success:cus_Ab-dEfGhIjKlMnOpQrSt_v");
  BOOST_TEST(success(200, "john.doe@example.com") == "success:cus_Ab-dEfGhIjKlMnOpQrSt_v");
  BOOST_TEST(success(201, "ana@example.com") == "unreadable_reply/unknown/502");
  BOOST_TEST(summary(receive<PinpaymentsPolicy>(201, R"({"response":{"token":"card_1"}})")) ==
             "unreadable_reply/unknown/502");

  const auto invalid = receive<PinpaymentsPolicy>(
      422, R"({"error":"invalid_resource","error_description":"The current resource was deemed )"
           R"(invalid.","messages":[{"param":"card.number","code":"card_number_invalid",)"
           R"("message":"Card number is not valid"}]})");
  BOOST_TEST(summary(invalid) == "invalid_data/no_effect/422");
  BOOST_TEST(invalid.error().connector_code == "invalid_resource");
  BOOST_TEST(invalid.error().connector_message == "The current resource was deemed invalid.");
  BOOST_TEST(invalid.error().param == "card.number");
  BOOST_TEST(invalid.error().from_processor);
  const auto bad_key = receive<PinpaymentsPolicy>(
      401, R"({"error":"unauthenticated","error_description":"Not authorised. (Check API Key)."})");
  BOOST_TEST(summary(bad_key) == "unauthorized/no_effect/401");
  BOOST_TEST(bad_key.error().connector_message == "Not authorised. (Check API Key).");
  for (const int status : {400, 422})
    BOOST_TEST(summary(receive<PinpaymentsPolicy>(
                   status, R"({"error":"token_already_used","error_description":"Used."})")) ==
               "invalid_data/no_effect/422");
  BOOST_TEST(summary(receive<PinpaymentsPolicy>(404, not_found)) == "not_found/no_effect/404");
  BOOST_TEST(summary(receive<PinpaymentsPolicy>(429, "")) == "rate_limited/no_effect/429");
  BOOST_TEST(summary(receive<PinpaymentsPolicy>(503, "<html>")) ==
             "connector_unavailable/unknown/503");
}

BOOST_AUTO_TEST_CASE(reads_a_customer_back) {
  const auto asked = request_of<PinpaymentsPolicy, florin::Retrieve>({id});
  BOOST_TEST(asked.has_line("GET /1/customers/cus_AbCdEfGhIjKlMnOpQrStUv HTTP/1.1"));
  const auto customer = read<PinpaymentsPolicy, florin::Retrieve>(id, 200, record);
  BOOST_TEST_REQUIRE(customer.has_value());
  BOOST_TEST(customer->connector_customer_id() == id);
  BOOST_TEST(!customer->merchant_customer_id());
  BOOST_TEST((customer->email() == "ana.example@example.com"));
  BOOST_TEST((customer->given_name() == "Ana"));
  BOOST_TEST((customer->family_name() == "Example"));
  BOOST_TEST(!customer->name());
  BOOST_TEST((customer->phone() == "1300 000 000"));
  BOOST_TEST((customer->description() == "mc-0001"));
  BOOST_TEST((customer->address_line1() == "1 Test Street"));
  BOOST_TEST(!customer->address_line2());
  BOOST_TEST((customer->address_city() == "Perth"));
  BOOST_TEST((customer->address_state() == "WA"));
  BOOST_TEST((customer->address_zip() == "6000"));
  BOOST_TEST(!customer->address_country());
  BOOST_TEST((customer->created() ==
              std::chrono::sys_seconds{std::chrono::sys_days{std::chrono::year{2026} / 1 / 5} +
                                       std::chrono::hours{10}}));
  // As it was recorded years ago.
  const auto old = read<PinpaymentsPolicy, florin::Retrieve>(
      id, 200,
      R"({"response":{"token":"cus_AbCdEfGhIjKlMnOpQrStUv","email":"ana.example@example.com",)"
      R"("created_at":"2026-01-05T10:00:00Z","card":null}})");
  BOOST_TEST_REQUIRE(old.has_value());
  BOOST_TEST((old->email() == "ana.example@example.com"));
  BOOST_TEST(!old->given_name());
  BOOST_TEST(!old->address_city());

  const auto missing = read<PinpaymentsPolicy, florin::Retrieve>(id, 404, not_found);
  BOOST_TEST(verdict(missing) == "not_found/no_effect/404");
  BOOST_TEST(missing.error().from_processor);
  BOOST_TEST(verdict(read<PinpaymentsPolicy, florin::Retrieve>("cus_other", 200, record)) ==
             "unreadable_reply/no_effect/502");
}

BOOST_AUTO_TEST_CASE(changes_what_is_given) {
  const auto sent = request_of<PinpaymentsPolicy, florin::Update>(
      change_of(id, {.email = "ana.new@example.com", .description = "mc-0001"}));
  BOOST_TEST(sent.has_line("PUT /1/customers/cus_AbCdEfGhIjKlMnOpQrStUv HTTP/1.1"));
  BOOST_TEST(sent.has_line("Content-Type: application/json"));
  BOOST_TEST(sent.body == R"({"email":"ana.new@example.com","notes":"mc-0001"})");
  const auto body = [](const florin::UpdateRequest& changes) {
    return changed_body<PinpaymentsPolicy>(id, changes);
  };
  BOOST_TEST(body({.name = "Anna Example", .phone = "1300 000 001"}) ==
             R"({"first_name":"Anna","last_name":"Example","phone_number":"1300 000 001"})");
  // The old family name would stay behind.
  BOOST_TEST(body({.name = "Cher"}) == "invalid_field:name");
  for (const Field field : {Field::email, Field::name, Field::phone, Field::description})
    BOOST_TEST(body({.cleared = {field}}) ==
               "invalid_field:" + std::string{florin::to_string(field)});
  BOOST_TEST(body({.address = {.city = "Perth"}}) == "invalid_field:address.city");

  const auto told = [](int status, std::string_view text) {
    florin::UpdateRequestView view;
    view.connector_customer_id = id;
    return answer_to<PinpaymentsPolicy, florin::Update>(view, status, text);
  };
  BOOST_TEST_REQUIRE(told(200, record).has_value());
  BOOST_TEST((told(200, record)->email() == "ana.example@example.com"));
  const auto refused = told(422, blank_email);
  BOOST_TEST(verdict(refused) == "invalid_data/no_effect/422");
  BOOST_TEST(refused.error().param == "email");
  BOOST_TEST(verdict(told(404, not_found)) == "not_found/no_effect/404");
}

BOOST_AUTO_TEST_CASE(a_deleted_customer_is_gone) {
  const auto asked = request_of<PinpaymentsPolicy, florin::Delete>({id});
  BOOST_TEST(asked.has_line("DELETE /1/customers/cus_AbCdEfGhIjKlMnOpQrStUv HTTP/1.1"));
  BOOST_TEST(asked.body.empty());
  const auto told = [](int status, std::string_view body) {
    return verdict(read<PinpaymentsPolicy, florin::Delete>(id, status, body));
  };
  BOOST_TEST(told(204, "") == "success");
  BOOST_TEST(told(200, R"({"response":{}})") == "success");
  BOOST_TEST(told(404, not_found) == "not_found/no_effect/404");
  BOOST_TEST(told(404, R"({"error":"resource_not_found","error_description":"None."})") ==
             "not_found/no_effect/404");
}

BOOST_AUTO_TEST_CASE(reads_each_example_of_the_sheet) {
  reads_as<PinpaymentsPolicy, florin::Create>(
      {.merchant_customer_id = "mc-0001", .email = "ana.example@example.com"}, 201,
      R"({"response":{"token":"cus_AbCdEfGhIjKlMnOpQrStUv","email":"ana.example@example.com",)"
      R"("first_name":"Ana","last_name":"Example","phone_number":"1300 000 000","company":null,)"
      R"("notes":"mc-0001","created_at":"2026-01-05T10:00:00Z",)"
      R"("card":{"token":"card_AbCdEfGhIjKlMnOpQrStUv","scheme":"master",)"
      R"("display_number":"XXXX-XXXX-XXXX-0000","issuing_country":"AU","expiry_month":5,)"
      R"("expiry_year":2030,"name":"Ana Example","address_line1":"1 Test Street",)"
      R"("address_line2":"","address_city":"Perth","address_postcode":"6000",)"
      R"("address_state":"WA","address_country":"Australia",)"
      R"("customer_token":"cus_AbCdEfGhIjKlMnOpQrStUv","primary":true}}})",
      "success:cus_AbCdEfGhIjKlMnOpQrStUv");
  reads_as<PinpaymentsPolicy, florin::Retrieve>(
      {"cus_AbCdEfGhIjKlMnOpQrStUv"}, 200,
      R"({"response":{"token":"cus_AbCdEfGhIjKlMnOpQrStUv","email":"ana.example@example.com",)"
      R"("first_name":"Ana","last_name":"Example","phone_number":"1300 000 000","company":null,)"
      R"("notes":"mc-0001","created_at":"2026-01-05T10:00:00Z",)"
      R"("card":{"token":"card_AbCdEfGhIjKlMnOpQrStUv","scheme":"master",)"
      R"("display_number":"XXXX-XXXX-XXXX-0000","expiry_month":5,"expiry_year":2030,)"
      R"("name":"Ana Example","address_line1":"1 Test Street","address_line2":"",)"
      R"("address_city":"Perth","address_postcode":"6000","address_state":"WA",)"
      R"("address_country":"Australia","customer_token":"cus_AbCdEfGhIjKlMnOpQrStUv",)"
      R"("primary":true}}})",
      "ACTIVE|email=ana.example@example.com|given_name=Ana|family_name=Example|"
      "phone=1300 000 000|description=mc-0001|address.line1=1 Test Street|"
      "address.city=Perth|address.state=WA|address.zip=6000|created 1767607200");
}

namespace {

florin_test::Trial trial() {
  return florin_test::trial_of<florin::PinpaymentsPolicy>(florin::testing::pinpayments());
}

}  // namespace

BOOST_AUTO_TEST_CASE(conforms) {
  florin_test::conforms<florin::PinpaymentsPolicy>(florin::testing::pinpayments());
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
