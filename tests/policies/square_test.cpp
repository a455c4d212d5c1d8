// SPDX-License-Identifier: Apache-2.0
#include <florin/ensure.hpp>
#include <florin/policies/square.hpp>
#include <florin/testing/processors/square.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

#include "policies/exchange.hpp"
#include "policies/operations.hpp"
#include "trials/conforms.hpp"
#include "trials/faults.hpp"
#include "trials/lives.hpp"
#include "trials/trial.hpp"

BOOST_AUTO_TEST_SUITE(policies_square)

using namespace florin_test;
using florin::Field;
using florin::FindByEmail;
using florin::FindByReference;
using florin::SquarePolicy;

static_assert(florin::ConnectorPolicy<SquarePolicy>);
static_assert(florin::has_idempotency<SquarePolicy>);
static_assert(!florin::carries<SquarePolicy, florin::field::Metadata>);
static_assert(florin::max_length<SquarePolicy, florin::field::Email> == 254);
static_assert(!florin::merges<SquarePolicy>);
static_assert(florin::ensure_guarantee<SquarePolicy> == florin::EnsureGuarantee::by_key);
static_assert(florin::reply_facts<SquarePolicy, FindByReference>.index.consistency ==
              florin::Consistency::eventual);

namespace {

constexpr std::string_view square_id = "JDKYFAKE1T4D8F1MFH63DBMEN8";

/// The customer of the documents.
const std::string square_record =
    R"({"customer":{"id":"JDKYFAKE1T4D8F1MFH63DBMEN8","created_at":"2026-01-15T10:20:30.123Z",)"
    R"("updated_at":"2026-01-15T10:20:30Z","given_name":"Ana","family_name":"Example",)"
    R"("email_address":"ana.example@example.com","address":{"address_line_1":"500 Electric Ave",)"
    R"("locality":"New York","administrative_district_level_1":"NY","postal_code":"10003",)"
    R"("country":"US"},"phone_number":"+12125550123","reference_id":"mc-0001",)"
    R"("note":"gold customer","preferences":{"email_unsubscribed":false},)"
    R"("creation_source":"THIRD_PARTY","version":0}})";

std::string square_error(std::string_view category, std::string_view code,
                         std::string_view detail = "Text", std::string_view field = "") {
  std::string body = R"({"errors":[{"category":")" + std::string{category} + R"(","code":")" +
                     std::string{code} + R"(","detail":")" + std::string{detail} + '"';
  if (!field.empty()) body += R"(,"field":")" + std::string{field} + '"';
  return body + "}]}";
}

}  // namespace

BOOST_AUTO_TEST_CASE(sends_what_the_official_sdk_sends) {
  const auto sent =
      send<SquarePolicy>(documented_request(), {.access_token = "EAAAEFAKE-TOKEN-0001"},
                         {.idempotency_key = "idem-documentation_example"});
  BOOST_TEST(sent.has_line("POST /v2/customers HTTP/1.1"));
  BOOST_TEST(sent.has_line("Host: connect.squareup.com"));
  BOOST_TEST(sent.has_line("Authorization: Bearer EAAAEFAKE-TOKEN-0001"));
  BOOST_TEST(sent.has_line("Square-Version: 2025-08-20"));
  BOOST_TEST(sent.has_line("Content-Type: application/json"));
  BOOST_TEST(sent.has_line("Accept: application/json"));
  BOOST_TEST(sent.body == R"({"idempotency_key":"idem-documentation_example","given_name":"John",)"
                          R"("family_name":"Doe","email_address":"john.doe@example.com",)"
                          R"("phone_number":"+15551234567","reference_id":"cust_user_12345",)"
                          R"("note":"Premium plan subscriber"})");
  BOOST_TEST(sent.dropped.empty());
}

BOOST_AUTO_TEST_CASE(sends_all_that_it_can_carry) {
  const auto sent = send<SquarePolicy>(full_request(), {.access_token = "t"});
  BOOST_TEST(sent.body ==
             R"({"idempotency_key":"key-1","given_name":"Ana","family_name":"Example",)"
             R"("email_address":"ana@example.com","address":{"address_line_1":"1 Example Street",)"
             R"("address_line_2":"Apt 2","locality":"Springfield",)"
             R"("administrative_district_level_1":"IL","postal_code":"62701","country":"US"},)"
             R"("phone_number":"+15555550100","reference_id":"m-1001","note":"Example buyer"})");
  BOOST_TEST((sent.dropped == florin::FieldSet{Field::metadata}));
  BOOST_TEST(send<SquarePolicy>({.merchant_customer_id = "m", .name = " Cher "}, {"t"}, {}).body ==
             R"({"given_name":"Cher","reference_id":"m"})");
}

BOOST_AUTO_TEST_CASE(refuses_what_square_would_refuse) {
  const auto refusal = [](const florin::CreateRequest& request, std::string_view key = "key-1") {
    return send<SquarePolicy>(request, {"t"}, {.idempotency_key = key}).refusal();
  };
  BOOST_TEST(refusal({.merchant_customer_id = "m", .description = "d"}) == "missing_field:name");
  BOOST_TEST(refusal({.merchant_customer_id = "m", .phone = "12345678"}) == "invalid_field:phone");
  BOOST_TEST(refusal({.merchant_customer_id = "m", .phone = "+1234567"}) == "invalid_field:phone");
  BOOST_TEST(refusal({.merchant_customer_id = "m", .phone = "123-456-789"}) == "");
  BOOST_TEST(refusal({.merchant_customer_id = "m", .phone = "+12345678901234567"}) ==
             "invalid_field:phone");
  BOOST_TEST(refusal({.merchant_customer_id = "m", .phone = "none"}) == "invalid_field:phone");
  BOOST_TEST(refusal({.merchant_customer_id = std::string(101, 'm'), .name = "A"}) ==
             "invalid_field:merchant_customer_id");
  BOOST_TEST(refusal({.merchant_customer_id = "m", .name = std::string(301, 'A')}) ==
             "invalid_field:name");
  BOOST_TEST(refusal({.merchant_customer_id = "m", .name = "A"}, std::string(45, 'k')) == "");
  BOOST_TEST(refusal({.merchant_customer_id = "m", .name = "A"}, std::string(46, 'k')) ==
             "invalid_idempotency_key:");
}

BOOST_AUTO_TEST_CASE(reads_the_answers_of_the_documents) {
  const auto made = [](std::string_view reference) {
    return receive<SquarePolicy>(
        200, R"({"customer":{"id":"JDKYFAKE1T4D8F1MFH63DBMEN8","reference_id":")" +
                 std::string{reference} + R"(","email_address":"John.Doe@example.com"}})");
  };
  BOOST_TEST(summary(made("cust_user_12345")) == "success:JDKYFAKE1T4D8F1MFH63DBMEN8");
  BOOST_TEST(summary(made("mc-0001")) == "unreadable_reply/unknown/502");
  BOOST_TEST(summary(receive<SquarePolicy>(200, "{}")) == "unreadable_reply/unknown/502");

  const auto said = [](int status, std::string_view category, std::string_view code) {
    return summary(receive<SquarePolicy>(status, square_error(category, code)));
  };
  constexpr std::string_view request = "INVALID_REQUEST_ERROR";
  for (const std::string_view code :
       {"INVALID_EMAIL_ADDRESS", "INVALID_PHONE_NUMBER", "INVALID_TIME", "VALUE_TOO_LONG",
        "INVALID_VALUE", "INCORRECT_TYPE", "VALUE_EMPTY", "MISSING_REQUIRED_PARAMETER",
        "NO_FIELDS_SET", "EXPECTED_JSON_BODY", "INVALID_SQUARE_VERSION_FORMAT",
        "API_VERSION_INCOMPATIBLE"})
    BOOST_TEST(said(400, request, code) == "invalid_data/no_effect/422", code);
  BOOST_TEST(said(403, request, "INVALID_EMAIL_ADDRESS") == "invalid_data/no_effect/422");
  for (const std::string_view code :
       {"UNAUTHORIZED", "ACCESS_TOKEN_EXPIRED", "ACCESS_TOKEN_REVOKED", "CLIENT_DISABLED"})
    BOOST_TEST(said(401, "AUTHENTICATION_ERROR", code) == "unauthorized/no_effect/401", code);
  for (const std::string_view code : {"FORBIDDEN", "INSUFFICIENT_SCOPES", "APPLICATION_DISABLED"})
    BOOST_TEST(said(403, "AUTHENTICATION_ERROR", code) == "forbidden/no_effect/403", code);
  BOOST_TEST(said(404, request, "NOT_FOUND") == "not_found/no_effect/404");
  BOOST_TEST(said(400, request, "CUSTOMER_NOT_FOUND") == "not_found/no_effect/404");
  for (const int status : {400, 409})
    BOOST_TEST(said(status, request, "IDEMPOTENCY_KEY_REUSED") ==
               "idempotency_conflict/unknown/409");
  BOOST_TEST(said(409, request, "CONFLICT") == "rejected/unknown/409");
  BOOST_TEST(said(429, "RATE_LIMIT_ERROR", "RATE_LIMITED") == "rate_limited/no_effect/429");
  const auto limited = [](std::vector<florin::wire::HeaderView> headers) {
    return receive<SquarePolicy>(
               429,
               R"({"errors":[{"category":"RATE_LIMIT_ERROR","code":"RATE_LIMITED",)"
               R"("detail":"Too many requests"}]})",
               headers)
        .error();
  };
  const florin::wire::HeaderView date{"Date", "Tue, 06 Jan 2026 09:00:00 GMT"};
  const florin::wire::HeaderView reset{"X-RateLimit-Reset", "1767690030"};
  BOOST_TEST((limited({date, reset}).retry_after == std::chrono::seconds{30}));
  BOOST_TEST((limited({date, reset, {"Retry-After", "5"}}).retry_after == std::chrono::seconds{5}));
  BOOST_TEST(said(408, request, "REQUEST_TIMEOUT") == "connector_unavailable/unknown/503");
  BOOST_TEST(said(500, "API_ERROR", "INTERNAL_SERVER_ERROR") ==
             "connector_unavailable/unknown/500");
  BOOST_TEST(said(503, "API_ERROR", "SERVICE_UNAVAILABLE") == "connector_unavailable/unknown/503");
  BOOST_TEST(said(504, "API_ERROR", "GATEWAY_TIMEOUT") == "connector_unavailable/unknown/504");

  const auto error =
      receive<SquarePolicy>(
          400, square_error(request, "INVALID_EMAIL_ADDRESS",
                            "Expected email_address to be a valid email address", "email_address"))
          .error();
  BOOST_TEST(error.connector_code == "INVALID_EMAIL_ADDRESS");
  BOOST_TEST(error.connector_type == "INVALID_REQUEST_ERROR");
  BOOST_TEST(error.connector_message == "Expected email_address to be a valid email address");
  BOOST_TEST(error.param == "email_address");
}

BOOST_AUTO_TEST_CASE(reads_a_customer) {
  BOOST_TEST((ask<SquarePolicy, florin::Retrieve>(square_id).has_line(
      "GET /v2/customers/JDKYFAKE1T4D8F1MFH63DBMEN8 HTTP/1.1")));
  const auto customer = read<SquarePolicy, florin::Retrieve>(square_id, 200, square_record);
  BOOST_TEST_REQUIRE(customer.has_value());
  BOOST_TEST(customer->connector_customer_id() == square_id);
  BOOST_TEST(customer->merchant_customer_id().value_or("-") == "mc-0001");
  BOOST_TEST(customer->email().value_or("-") == "ana.example@example.com");
  BOOST_TEST(customer->get(Field::given_name).value_or("-") == "Ana");
  BOOST_TEST(customer->get(Field::family_name).value_or("-") == "Example");
  BOOST_TEST(customer->get(Field::phone).value_or("-") == "+12125550123");
  BOOST_TEST(customer->get(Field::description).value_or("-") == "gold customer");
  BOOST_TEST(customer->get(Field::address_line1).value_or("-") == "500 Electric Ave");
  BOOST_TEST(!customer->get(Field::address_line2));
  BOOST_TEST(customer->get(Field::address_state).value_or("-") == "NY");
  BOOST_TEST(customer->get(Field::address_country).value_or("-") == "US");
  const std::string missing =
      square_error("INVALID_REQUEST_ERROR", "NOT_FOUND", "Customer with ID `X` not found.");
  BOOST_TEST(verdict(read<SquarePolicy, florin::Retrieve>("X", 404, missing)) ==
             "not_found/no_effect/404");
}

BOOST_AUTO_TEST_CASE(changes_what_is_given_alone) {
  const florin::UpdateRequest changes{.email = "ana.new@example.com", .cleared = {Field::phone}};
  const auto sent = request_of<SquarePolicy, florin::Update>(change_of(square_id, changes));
  BOOST_TEST(sent.has_line("PUT /v2/customers/JDKYFAKE1T4D8F1MFH63DBMEN8 HTTP/1.1"));
  BOOST_TEST(sent.body == R"({"email_address":"ana.new@example.com","phone_number":null})");
  const auto body = [](const florin::UpdateRequest& request) {
    return changed_body<SquarePolicy>(square_id, request);
  };
  BOOST_TEST(body({.phone = "+1 (212) 555-0199"}) == R"({"phone_number":"+12125550199"})");
  BOOST_TEST(body({.merchant_customer_id = "mc-2"}) == R"({"reference_id":"mc-2"})");
  BOOST_TEST(body({.name = "Cher"}) == R"({"given_name":"Cher","family_name":null})");
  BOOST_TEST(body({.address = {.city = "Boston"}}) == R"({"address":{"locality":"Boston"}})");
  BOOST_TEST(body({.cleared = florin::address_fields}) == R"({"address":null})");
  BOOST_TEST(body({.address = {.line1 = "1 New Street"}, .cleared = {Field::address_line2}}) ==
             R"({"address":{"address_line_1":"1 New Street","address_line_2":null}})");
  BOOST_TEST(body({.cleared = {Field::name, Field::description}}) ==
             R"({"given_name":null,"family_name":null,"note":null})");
  BOOST_TEST(body({.metadata = {{"tier", "gold"}}}) == "invalid_field:metadata");

  const auto answer = [&](std::string_view phone) {
    return verdict(answer_to<SquarePolicy, florin::Update>(
        change_of(square_id, changes), 200,
        R"({"customer":{"id":"JDKYFAKE1T4D8F1MFH63DBMEN8","email_address":)"
        R"("ana.new@example.com",)" +
            std::string{phone} + R"("version":1}})"));
  };
  BOOST_TEST(answer("") == "success");
  BOOST_TEST(answer(R"("phone_number":"+12125550123",)") == "rejected/in_effect/502");
  BOOST_TEST(verdict(answer_to<SquarePolicy, florin::Update>(
                 change_of(square_id, changes), 409,
                 square_error("INVALID_REQUEST_ERROR", "CONFLICT"))) == "rejected/unknown/409");
}

BOOST_AUTO_TEST_CASE(deletes_a_customer) {
  BOOST_TEST((ask<SquarePolicy, florin::Delete>(square_id).has_line(
      "DELETE /v2/customers/JDKYFAKE1T4D8F1MFH63DBMEN8 HTTP/1.1")));
  BOOST_TEST(verdict(read<SquarePolicy, florin::Delete>(square_id, 200, "{}")) == "success");
  BOOST_TEST(verdict(read<SquarePolicy, florin::Delete>(
                 square_id, 404, square_error("INVALID_REQUEST_ERROR", "NOT_FOUND"))) ==
             "not_found/no_effect/404");
}

BOOST_AUTO_TEST_CASE(finds_customers) {
  const florin::FindRequest reference{.merchant_customer_id = "mc-0001"};
  const florin::FindRequest ana{.email = "ana.example@example.com"};
  const auto sent = request_of<SquarePolicy, FindByReference>(reference);
  BOOST_TEST(sent.has_line("POST /v2/customers/search HTTP/1.1"));
  BOOST_TEST(sent.body == R"({"query":{"filter":{"reference_id":{"exact":"mc-0001"}},"sort":)"
                          R"({"field":"CREATED_AT","order":"ASC"}},"limit":100})");
  const florin::FindRequest second{.email = ana.email, .page = "FAKECURSOR"};
  BOOST_TEST((request_of<SquarePolicy, FindByEmail>(second).body ==
              R"({"query":{"filter":{"email_address":{"exact":"ana.example@example.com"}},"sort":)"
              R"({"field":"CREATED_AT","order":"ASC"}},"limit":100,"cursor":"FAKECURSOR"})"));

  const auto list = [](std::string_view rest) {
    return R"({"customers":[{"id":"JDKYFAKE1T4D8F1MFH63DBMEN8","email_address":)"
           R"("Ana.Example@example.com","reference_id":"mc-0001","version":0},)"
           R"({"id":"JDKYFAKE2","reference_id":"MC-0001"}])" +
           std::string{rest} + "}";
  };
  const std::string none = "{}";
  BOOST_TEST((found<SquarePolicy, FindByReference>(reference, 200, list("")) == square_id));
  BOOST_TEST((found<SquarePolicy, FindByReference>(reference, 200, list(R"(,"cursor":"c")")) ==
              std::string{square_id} + ">c"));
  BOOST_TEST((found<SquarePolicy, FindByEmail>(ana, 200, list("")) == square_id));
  BOOST_TEST((found<SquarePolicy, FindByReference>(reference, 200, none) == ""));
  BOOST_TEST((found<SquarePolicy, FindByEmail>(second, 200, R"({"cursor":"next"})") == ">next"));
  for (const std::string_view other : {R"({"status":"ok"})", "[]", "", "{", "\"{}\""})
    BOOST_TEST((found<SquarePolicy, FindByEmail>(ana, 200, other) == "unreadable_reply"), other);
  BOOST_TEST(
      (found<SquarePolicy, FindByEmail>(
           ana, 400, square_error("INVALID_REQUEST_ERROR", "VALUE_TOO_LOW")) == "invalid_data"));
}

BOOST_AUTO_TEST_CASE(reads_each_example_of_the_sheet) {
  reads_as<SquarePolicy, florin::Create>(
      {.merchant_customer_id = "mc-0001", .email = "ana.example@example.com"}, 200,
      R"({"customer":{"id":"JDKYFAKE1T4D8F1MFH63DBMEN8",)"
      R"("created_at":"2026-01-15T10:20:30.123Z","updated_at":"2026-01-15T10:20:30Z",)"
      R"("given_name":"Ana","family_name":"Example","email_address":"ana.example@example.com",)"
      R"("address":{"address_line_1":"500 Electric Ave","address_line_2":"Suite 600",)"
      R"("locality":"New York","administrative_district_level_1":"NY","postal_code":"10003",)"
      R"("country":"US"},"phone_number":"+12125550123","reference_id":"mc-0001",)"
      R"("note":"gold customer","preferences":{"email_unsubscribed":false},)"
      R"("creation_source":"THIRD_PARTY","version":0}})",
      "success:JDKYFAKE1T4D8F1MFH63DBMEN8");
  reads_as<SquarePolicy, florin::Create>(
      {.merchant_customer_id = "mc-0001", .email = "ana.example@example.com"}, 400,
      R"({"errors":[{"category":"INVALID_REQUEST_ERROR","code":"INVALID_EMAIL_ADDRESS",)"
      R"("detail":"Expected email_address to be a valid email address",)"
      R"("field":"email_address"}]})",
      "invalid_data/no_effect/422|INVALID_EMAIL_ADDRESS|"
      "Expected email_address to be a valid email address");
  reads_as<SquarePolicy, florin::Create>(
      {.merchant_customer_id = "mc-0001", .email = "ana.example@example.com"}, 401,
      R"({"errors":[{"category":"AUTHENTICATION_ERROR","code":"UNAUTHORIZED",)"
      R"("detail":"This request could not be authorized."}]})",
      "unauthorized/no_effect/401|UNAUTHORIZED|This request could not be authorized.");
  reads_as<SquarePolicy, florin::Create>(
      {.merchant_customer_id = "mc-0001", .email = "ana.example@example.com"}, 404,
      R"({"errors":[{"code":"NOT_FOUND","detail":"Could not find payment with id: FAKEID",)"
      R"("category":"INVALID_REQUEST_ERROR"}]})",
      "not_found/no_effect/404|NOT_FOUND|Could not find payment with id: FAKEID");
  reads_as<SquarePolicy, florin::Create>(
      {.merchant_customer_id = "mc-0001", .email = "ana.example@example.com"}, 429,
      R"({"errors":[{"category":"RATE_LIMIT_ERROR","code":"RATE_LIMITED",)"
      R"("detail":"Too many requests"}]})",
      "rate_limited/no_effect/429|RATE_LIMITED|Too many requests");
  reads_as<SquarePolicy, florin::Update>(
      {.connector_customer_id = "JDKYFAKE1T4D8F1MFH63DBMEN8"}, 200,
      R"({"customer":{"id":"JDKYFAKE1T4D8F1MFH63DBMEN8",)"
      R"("created_at":"2026-01-15T10:20:30.123Z","updated_at":"2026-01-16T08:00:00Z",)"
      R"("given_name":"Ana","family_name":"Example","email_address":"ana.new@example.com",)"
      R"("reference_id":"mc-0001","note":"gold customer",)"
      R"("preferences":{"email_unsubscribed":false},"creation_source":"THIRD_PARTY",)"
      R"("version":1}})",
      "ACTIVE|merchant_customer_id=mc-0001|email=ana.new@example.com|given_name=Ana|"
      "family_name=Example|description=gold customer|created 1768472430");
  reads_as<SquarePolicy, florin::Delete>(
      {"JDKYFAKE1T4D8F1MFH63DBMEN8"}, 404,
      R"({"errors":[{"category":"INVALID_REQUEST_ERROR","code":"NOT_FOUND",)"
      R"("detail":"Customer with ID `JDKYFAKE1T4D8F1MFH63DBMEN8` not found."}]})",
      "not_found/no_effect/404|NOT_FOUND|"
      "Customer with ID `JDKYFAKE1T4D8F1MFH63DBMEN8` not found.");
  reads_as<SquarePolicy, florin::FindByReference>(
      {.merchant_customer_id = "mc-0001"}, 200,
      R"({"customers":[{"id":"JDKYFAKE1T4D8F1MFH63DBMEN8",)"
      R"("created_at":"2026-01-15T10:20:30.123Z","updated_at":"2026-01-15T10:20:30Z",)"
      R"("given_name":"Ana","family_name":"Example","email_address":"ana.example@example.com",)"
      R"("reference_id":"mc-0001","preferences":{"email_unsubscribed":false},)"
      R"("creation_source":"THIRD_PARTY","version":0}]})",
      "JDKYFAKE1T4D8F1MFH63DBMEN8");
}

namespace {

florin_test::Trial trial() {
  return florin_test::trial_of<florin::SquarePolicy>(florin::testing::square());
}

}  // namespace

BOOST_AUTO_TEST_CASE(conforms) {
  for (const bool customer_not_found : {false, true})
    florin_test::conforms<florin::SquarePolicy>(florin::testing::square(customer_not_found),
                                                florin::FieldSet{florin::Field::email});
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
