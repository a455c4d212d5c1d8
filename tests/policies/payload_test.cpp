// SPDX-License-Identifier: Apache-2.0
#include <florin/ensure.hpp>
#include <florin/policies/payload.hpp>
#include <florin/testing/processors/payload.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <utility>

#include "policies/exchange.hpp"
#include "policies/operations.hpp"
#include "trials/conforms.hpp"
#include "trials/faults.hpp"
#include "trials/lives.hpp"
#include "trials/trial.hpp"

BOOST_AUTO_TEST_SUITE(policies_payload)

using namespace florin_test;
using florin::PayloadPolicy;

static_assert(florin::ConnectorPolicy<PayloadPolicy>);
static_assert(!florin::has_idempotency<PayloadPolicy>);
static_assert(florin::required_fields<PayloadPolicy> ==
              florin::FieldSet{florin::Field::merchant_customer_id});
static_assert(florin::merges<PayloadPolicy>);
static_assert(florin::max_length<PayloadPolicy, florin::field::Email> == 64);
// Its filters may not reach into attributes, so nothing rests on them.
static_assert(florin::offers<PayloadPolicy, florin::FindByReference> &&
              florin::ensure_guarantee<PayloadPolicy> == florin::EnsureGuarantee::only_reported);

namespace {

constexpr std::string_view id = "acct_FAKE0000000000000000000002";
/// A customer of the second version.
/// \param details contact details as JSON.
std::string customer(std::string_view details, std::string_view attributes) {
  return R"({"id":"acct_FAKE0000000000000000000002","object":"account","type":"customer",)"
         R"("name":"Ana Example","created_at":"2026-01-06 09:00:00","contact_details":)" +
         std::string{details} + R"(,"attrs":)" + std::string{attributes} + '}';
}
constexpr std::string_view details =
    R"({"email":"ana@example.com","phone_number":"5555550100","address":{)"
    R"("address_line_1":"1 Example Street","address_line_2":"Apt 2","city":"Springfield",)"
    R"("state_province":"IL","postal_code":"62701","country_code":"US"}})";
std::string error(std::string_view type, std::string_view description,
                  std::string_view fields = "null") {
  return R"({"details":)" + std::string{fields} + R"(,"error_description":")" +
         std::string{description} + R"(","error_type":")" + std::string{type} +
         R"(","object":"error"})";
}
PayloadPolicy::Credentials key() {
  return {.secret_key = "test_secret_key_FAKE0001"};
}
std::string list(std::string_view customers) {
  return R"({"object":"list","values":[)" + std::string{customers} + "]}";
}
std::string ten(const std::string& customer) {
  std::string all = customer;
  for (int i = 1; i < 10; ++i) all += ',' + customer;
  return all;
}
constexpr florin::FindRequest ana{.email = "ana@example.com"};
constexpr florin::FindRequest reference{.merchant_customer_id = "m-1001"};

}  // namespace

BOOST_AUTO_TEST_CASE(sends_what_the_sheet_shows) {
  const auto sent = send<PayloadPolicy>(full_request(), key());
  BOOST_TEST(sent.has_line("POST /accounts HTTP/1.1"));
  BOOST_TEST(sent.has_line("Host: api.payload.com"));
  BOOST_TEST(sent.has_line("X-API-Version: v2.0"));
  BOOST_TEST(sent.has_line("Authorization: Basic dGVzdF9zZWNyZXRfa2V5X0ZBS0UwMDAxOg=="));
  BOOST_TEST(sent.has_line("Content-Type: application/json"));
  BOOST_TEST(sent.body ==
             R"({"type":"customer","name":"Ana Example","contact_details":{)"
             R"("email":"ana@example.com","phone_number":"5555550100","address":{)"
             R"("address_line_1":"1 Example Street","address_line_2":"Apt 2",)"
             R"("city":"Springfield","state_province":"IL","postal_code":"62701",)"
             R"("country_code":"US"}},"attrs":{"tier":"gold","merchant_customer_id":"m-1001"}})");
  BOOST_TEST((sent.dropped == florin::FieldSet{florin::Field::description}));
  BOOST_TEST(send<PayloadPolicy>({.merchant_customer_id = "m"}, key()).body ==
             R"({"type":"customer","attrs":{"merchant_customer_id":"m"}})");
}

BOOST_AUTO_TEST_CASE(takes_a_phone_of_ten_digits) {
  const auto phone = [](const char* given) {
    const auto sent = send<PayloadPolicy>({.merchant_customer_id = "m", .phone = given}, key());
    if (!sent.result) return sent.refusal();
    const std::string before = R"("phone_number":")";
    const auto at = sent.body.find(before);
    if (at == std::string::npos) return std::string{"none"};
    return sent.body.substr(at + before.size(),
                            sent.body.find('"', at + before.size()) - at - before.size());
  };
  BOOST_TEST(phone("+1-555-123-4567") == "5551234567");
  BOOST_TEST(phone("(555) 123-4567") == "5551234567");
  BOOST_TEST(phone("1 555 123 4567") == "5551234567");
  BOOST_TEST(phone("(+1) 555.123.4567") == "5551234567");
  BOOST_TEST(phone("1551234567") == "1551234567");
  BOOST_TEST(phone("") == "none");
  for (const auto* const other :
       {"+1-555-123-456", "555-123-456", "+44 20 7946 0958", "+49 12345678", "+33 612345678",
        "2 555 123 4567", "+1 1 555 123 4567", "555-CALL-NOW"})
    BOOST_TEST(phone(other) == "invalid_field:phone", other);
}

BOOST_AUTO_TEST_CASE(keeps_the_lengths_of_the_sheet) {
  const auto refused = [](const florin::CreateRequest& request) {
    return send<PayloadPolicy>(request, key()).refusal();
  };
  BOOST_TEST(refused({.merchant_customer_id = "m", .email = std::string(62, 'a') + "@b"}) == "");
  BOOST_TEST(refused({.merchant_customer_id = "m", .email = std::string(63, 'a') + "@b"}) ==
             "invalid_field:email");
  const auto with = [&](florin::Address address) {
    return refused({.merchant_customer_id = "m", .address = std::move(address)});
  };
  BOOST_TEST(with({.line1 = std::string(128, 'x'),
                   .line2 = std::string(56, 'x'),
                   .city = std::string(56, 'x'),
                   .state = "IL",
                   .zip = "1234567"}) == "");
  BOOST_TEST(with({.line1 = std::string(129, 'x')}) == "invalid_field:address.line1");
  BOOST_TEST(with({.line2 = std::string(57, 'x')}) == "invalid_field:address.line2");
  BOOST_TEST(with({.city = std::string(57, 'x')}) == "invalid_field:address.city");
  BOOST_TEST(with({.state = "Ill"}) == "invalid_field:address.state");
  BOOST_TEST(with({.zip = "62701-1234"}) == "invalid_field:address.zip");
  // {"k":"...","merchant_customer_id":"m"} is 35 characters and the value.
  std::string wide;
  for (int i = 0; i < 220; ++i) wide += "\xC3\xA9";
  BOOST_TEST(refused({.merchant_customer_id = "m", .metadata = {{"k", wide}}}) == "");
  BOOST_TEST(refused({.merchant_customer_id = "m", .metadata = {{"k", wide + 'x'}}}) ==
             "invalid_field:metadata");
}

BOOST_AUTO_TEST_CASE(reads_the_answers_of_the_sheet) {
  BOOST_TEST(summary(receive<PayloadPolicy>(
                 200, customer(R"({"email":"john.doe@example.com"})",
                               R"({"merchant_customer_id":"cust_user_12345"})"))) ==
             "success:acct_FAKE0000000000000000000002");
  const auto missing =
      receive<PayloadPolicy>(400, error("InvalidAttributes", "email", R"({"email":"Required"})"));
  BOOST_TEST(summary(missing) == "invalid_data/no_effect/422");
  BOOST_TEST(missing.error().connector_code == "InvalidAttributes");
  BOOST_TEST(missing.error().param == "email");
  BOOST_TEST(missing.error().connector_message == "Required");
  const auto nested =
      receive<PayloadPolicy>(400, error("InvalidAttributes", "contact_details[phone_number]",
                                        R"({"contact_details":{"phone_number":"Invalid"}})"));
  BOOST_TEST(summary(nested) == "invalid_data/no_effect/422");
  BOOST_TEST(nested.error().param == "phone_number");
  BOOST_TEST(nested.error().connector_message == "Invalid");
  const auto deeper =
      receive<PayloadPolicy>(400, error("InvalidAttributes", "contact_details[address][city]",
                                        R"({"contact_details":{"address":{"city":"Too long"}}})"));
  BOOST_TEST(deeper.error().param == "city");
  BOOST_TEST(deeper.error().connector_message == "contact_details[address][city]");
  const auto wrong_key = receive<PayloadPolicy>(401, error("Unauthorized", "Invalid API key"));
  BOOST_TEST(summary(wrong_key) == "unauthorized/no_effect/401");
  BOOST_TEST(wrong_key.error().connector_message == "Invalid API key");
  BOOST_TEST(wrong_key.error().param.empty());
  for (const auto* const type : {"NotPermitted", "Forbidden"})
    BOOST_TEST(summary(receive<PayloadPolicy>(403, error(type, "No."))) ==
               "forbidden/no_effect/403");
  BOOST_TEST(summary(receive<PayloadPolicy>(400, error("BadRequest", "No."))) ==
             "invalid_data/no_effect/422");
  BOOST_TEST(summary(receive<PayloadPolicy>(500, error("InternalServerError", "No."))) ==
             "connector_unavailable/unknown/500");
  BOOST_TEST(summary(receive<PayloadPolicy>(404, error("NotFound", "Not found"))) ==
             "not_found/no_effect/404");
  BOOST_TEST(summary(receive<PayloadPolicy>(429, error("TooManyRequests", "Slow down."))) ==
             "rate_limited/no_effect/429");
  BOOST_TEST(summary(receive<PayloadPolicy>(500, "<html>")) == "connector_unavailable/unknown/500");
  BOOST_TEST(summary(receive<PayloadPolicy>(503, error("ServiceUnavailable", "No."))) ==
             "connector_unavailable/unknown/503");
}

BOOST_AUTO_TEST_CASE(reads_a_customer_back) {
  const auto sent = by_id<PayloadPolicy, florin::Retrieve>(id, key());
  BOOST_TEST(sent.has_line("GET /accounts/acct_FAKE0000000000000000000002 HTTP/1.1"));
  BOOST_TEST(sent.has_line("X-API-Version: v2.0"));
  const auto read_back = customer_of<PayloadPolicy>(
      id, customer(details, R"({"tier":"gold","merchant_customer_id":"m-1001"})"));
  BOOST_TEST(read_back.merchant_customer_id().value_or("-") == "m-1001");
  BOOST_TEST(read_back.email().value_or("-") == "ana@example.com");
  BOOST_TEST(read_back.name().value_or("-") == "Ana Example");
  BOOST_TEST(read_back.phone().value_or("-") == "5555550100");
  BOOST_TEST(read_back.metadata("tier").value_or("-") == "gold");
  BOOST_TEST(read_back.get(florin::Field::address_line1).value_or("-") == "1 Example Street");
  BOOST_TEST(read_back.get(florin::Field::address_line2).value_or("-") == "Apt 2");
  BOOST_TEST(read_back.get(florin::Field::address_city).value_or("-") == "Springfield");
  BOOST_TEST(read_back.get(florin::Field::address_state).value_or("-") == "IL");
  BOOST_TEST(read_back.get(florin::Field::address_zip).value_or("-") == "62701");
  BOOST_TEST(read_back.get(florin::Field::address_country).value_or("-") == "US");
  BOOST_TEST(short_verdict(read<PayloadPolicy, florin::Retrieve>(
                 id, 404, error("NotFound", "Not found"))) == "not_found/no_effect");
}

BOOST_AUTO_TEST_CASE(sends_contact_details_and_attributes_whole) {
  const auto current = customer_of<PayloadPolicy>(
      id, customer(details, R"({"a":"1","merchant_customer_id":"m-1001"})"));
  const auto sent =
      send_change<PayloadPolicy>(id, {.email = "ana.new@example.com"}, key(), &current);
  BOOST_TEST(sent.has_line("PUT /accounts/acct_FAKE0000000000000000000002 HTTP/1.1"));
  BOOST_TEST(sent.body ==
             R"({"contact_details":{"email":"ana.new@example.com","phone_number":"5555550100",)"
             R"("address":{"address_line_1":"1 Example Street","address_line_2":"Apt 2",)"
             R"("city":"Springfield","state_province":"IL","postal_code":"62701",)"
             R"("country_code":"US"}}})");
  BOOST_TEST(send_change<PayloadPolicy>(id, {.name = "Ana Sample"}, key()).body ==
             R"({"name":"Ana Sample"})");
  BOOST_TEST(
      send_change<PayloadPolicy>(id, {.metadata = {{"tier", "gold"}}}, key(), &current).body ==
      R"({"attrs":{"a":"1","tier":"gold","merchant_customer_id":"m-1001"}})");
  BOOST_TEST(send_change<PayloadPolicy>(id, {.email = "a@b.example"}, key()).refusal() ==
             "invalid_options:");
  BOOST_TEST(send_change<PayloadPolicy>(id, {.metadata = {{"a", "b"}}}, key()).refusal() ==
             "invalid_options:");
  BOOST_TEST(
      send_change<PayloadPolicy>(id, {.phone = "+44 20 7946 0958"}, key(), &current).refusal() ==
      "invalid_field:phone");
  BOOST_TEST(send_change<PayloadPolicy>(id, {.cleared = {florin::Field::phone}}, key(), &current)
                 .refusal() == "invalid_field:phone");
  // A phone that is there is not judged when something else changes.
  const auto foreign = customer_of<PayloadPolicy>(
      id, customer(R"({"email":"a@b.example","phone_number":"+442079460958"})", "{}"));
  BOOST_TEST(send_change<PayloadPolicy>(id, {.email = "c@d.example"}, key(), &foreign).body ==
             R"({"contact_details":{"email":"c@d.example","phone_number":"+442079460958"}})");
  const auto answer =
      read_change<PayloadPolicy>(id, 200, customer(R"({"email":"ana.new@example.com"})", "{}"));
  BOOST_TEST_REQUIRE(answer.has_value());
  BOOST_TEST(answer->email().value_or("-") == "ana.new@example.com");
  BOOST_TEST(short_verdict(read_change<PayloadPolicy>(id, 404, error("NotFound", "Not found"))) ==
             "not_found/no_effect");
}

BOOST_AUTO_TEST_CASE(deletes_one_by_its_id) {
  const auto sent = by_id<PayloadPolicy, florin::Delete>(id, key());
  BOOST_TEST(sent.has_line("DELETE /accounts/acct_FAKE0000000000000000000002 HTTP/1.1"));
  BOOST_TEST(sent.body.empty());
  BOOST_TEST(removed<PayloadPolicy>(
                 id, 200, R"({"id":"acct_FAKE0000000000000000000002","object":"account"})") ==
             "deleted");
  BOOST_TEST(removed<PayloadPolicy>(id, 200, R"({"object":"account"})") ==
             "unreadable_reply/unknown");
  BOOST_TEST(removed<PayloadPolicy>(id, 404, error("NotFound", "Not found")) ==
             "not_found/no_effect");
}

BOOST_AUTO_TEST_CASE(finds_by_filters) {
  const auto by_email = search<PayloadPolicy, florin::FindByEmail>(ana, key());
  BOOST_TEST(
      by_email.has_line("GET /accounts?type=customer&contact_details%5Bemail%5D="
                        "ana%40example.com&order_by=created_at&limit=10&offset=0 HTTP/1.1"));
  const auto by_reference = search<PayloadPolicy, florin::FindByReference>(
      {.merchant_customer_id = "m=1&2", .page = "20"}, key());
  BOOST_TEST(
      by_reference.has_line("GET /accounts?type=customer&attrs%5Bmerchant_customer_id%5D="
                            "m%3D1%262&order_by=created_at&limit=10&offset=20 HTTP/1.1"));
  const std::string one = customer(details, R"({"merchant_customer_id":"m-1001"})");
  const std::string other =
      customer(R"({"email":"ANA@example.com"})", R"({"merchant_customer_id":"m-10011"})");
  BOOST_TEST((found_ids<PayloadPolicy, florin::FindByEmail>(ana, 200, list(other + ',' + one))) ==
             id);
  BOOST_TEST((found_ids<PayloadPolicy, florin::FindByReference>(reference, 200,
                                                                list(other + ',' + one))) == id);
  BOOST_TEST((found_ids<PayloadPolicy, florin::FindByEmail>(ana, 200, list(""))) == "");
  BOOST_TEST((found_ids<PayloadPolicy, florin::FindByEmail>(ana, 200, list(ten(other)))) == ">10");
  BOOST_TEST((found_ids<PayloadPolicy, florin::FindByReference>(
                 {.merchant_customer_id = "m-1001", .page = "10"}, 200, list(ten(other)))) ==
             ">20");
}

BOOST_AUTO_TEST_CASE(refuses_filters_that_are_operators) {
  const auto refused = [](std::string_view text) {
    return search<PayloadPolicy, florin::FindByReference>({.merchant_customer_id = text}, key())
        .refusal();
  };
  for (const auto* const text : {"!m", "<m", "<=m", ">m", ">=m", "?*m", "m|n"})
    BOOST_TEST(refused(text) == "invalid_field:merchant_customer_id", text);
  for (const auto* const text : {"m!", "m<>", "m?*", "=m"}) BOOST_TEST(refused(text) == "", text);
  const auto by_email =
      search<PayloadPolicy, florin::FindByEmail>({.email = "!a@b.example"}, key());
  BOOST_TEST(by_email.refusal() == "invalid_field:email");
  // They can be stored.
  BOOST_TEST(send<PayloadPolicy>({.merchant_customer_id = "!m|n"}, key()).body ==
             R"({"type":"customer","attrs":{"merchant_customer_id":"!m|n"}})");
}

BOOST_AUTO_TEST_CASE(reads_each_example_of_the_sheet) {
  reads_as<PayloadPolicy, florin::Create>(
      {.merchant_customer_id = "mc-0001", .email = "ana.example@example.com"}, 400,
      R"({"details":{"email":"Required"},"error_description":"email",)"
      R"("error_type":"InvalidAttributes","object":"error"})",
      "invalid_data/no_effect/422|InvalidAttributes|Required");
  reads_as<PayloadPolicy, florin::Create>(
      {.merchant_customer_id = "mc-0001", .email = "ana.example@example.com"}, 400,
      R"({"details":{"contact_details":{"phone_number":"Invalid"}},)"
      R"("error_description":"contact_details[phone_number]","error_type":"InvalidAttributes",)"
      R"("object":"error"})",
      "invalid_data/no_effect/422|InvalidAttributes|Invalid");
  reads_as<PayloadPolicy, florin::Create>(
      {.merchant_customer_id = "mc-0001", .email = "ana.example@example.com"}, 401,
      R"({"details":null,"error_description":"Invalid API key","error_type":"Unauthorized",)"
      R"("object":"error"})",
      "unauthorized/no_effect/401|Unauthorized|Invalid API key");
  reads_as<PayloadPolicy, florin::Retrieve>(
      {"acct_FAKE0000000000000000000002"}, 404,
      R"({"details":null,"error_description":"Not found","error_type":"NotFound",)"
      R"("object":"error"})",
      "not_found/no_effect/404|NotFound|Not found");
  reads_as<PayloadPolicy, florin::FindByEmail>(
      {.email = "ana@example.com"}, 200,
      R"({"object":"list","values":[{"id":"acct_FAKE0000000000000000000002","object":"account",)"
      R"("type":"customer","name":"Ana Example","contact_details":{"email":"ana@example.com"},)"
      R"("attrs":{"merchant_customer_id":"m-1001"}}]})",
      "acct_FAKE0000000000000000000002");
}

namespace {

florin_test::Trial trial() {
  return florin_test::trial_of<florin::PayloadPolicy>(florin::testing::payload());
}

}  // namespace

BOOST_AUTO_TEST_CASE(conforms) {
  florin_test::conforms<florin::PayloadPolicy>(florin::testing::payload());
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
