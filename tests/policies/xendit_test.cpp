// SPDX-License-Identifier: Apache-2.0
#include <florin/ensure.hpp>
#include <florin/policies/xendit.hpp>
#include <florin/testing/processors/xendit.hpp>

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

BOOST_AUTO_TEST_SUITE(policies_xendit)

using namespace florin_test;
using florin::Field;
using florin::FindByReference;
using florin::XenditPolicy;

static_assert(florin::ConnectorPolicy<XenditPolicy>);
static_assert(florin::has_idempotency<XenditPolicy>);
static_assert(florin::required_fields<XenditPolicy> ==
              florin::FieldSet{Field::merchant_customer_id, Field::name});
static_assert(florin::max_length<XenditPolicy, florin::field::Email> == 50);
static_assert(!florin::offers<XenditPolicy, florin::Delete> &&
              !florin::offers<XenditPolicy, florin::FindByEmail>);
static_assert(florin::repetition<XenditPolicy> == florin::Repetition::refused);
static_assert(florin::ensure_guarantee<XenditPolicy> == florin::EnsureGuarantee::by_uniqueness);

namespace {

constexpr std::string_view xendit_id = "cust-3f2b8c1e-0000-4000-8000-000000000001";

/// The customer of the documents; `rest` stands behind it.
std::string xendit_record(std::string_view addresses, std::string_view rest = "") {
  return R"({"id":"cust-3f2b8c1e-0000-4000-8000-000000000001","reference_id":"mc-0001",)"
         R"("type":"INDIVIDUAL","individual_detail":{"given_names":"Ana","surname":"Example",)"
         R"("nationality":null,"place_of_birth":null,"date_of_birth":null,"gender":null,)"
         R"("employment":null},"business_detail":null,"email":"ana.example@example.com",)"
         R"("mobile_number":"+14155550100","phone_number":null,"hashed_phone_number":null,)"
         R"("addresses":)" +
         std::string{addresses} +
         R"(,"identity_accounts":[],"kyc_documents":[],"description":"Test customer",)"
         R"("metadata":{"tier":"gold"},"created":"2026-01-05T10:00:00.000Z",)"
         R"("updated":"2026-01-05T10:00:00.000Z")" +
         std::string{rest} + "}";
}
constexpr std::string_view xendit_address =
    R"([{"street_line1":"1 Test Street","street_line2":"","city":"Jakarta",)"
    R"("province_state":"DKI Jakarta","postal_code":"12160","country":"ID","category":"HOME",)"
    R"("is_primary":true}])";

std::string xendit_error(std::string_view code, std::string_view message = "Text") {
  return R"({"error_code":")" + std::string{code} + R"(","message":")" + std::string{message} +
         R"("})";
}

}  // namespace

BOOST_AUTO_TEST_CASE(sends_what_the_official_sdk_sends) {
  const auto sent =
      send<XenditPolicy>(documented_request(), {.api_key = "xnd_development_FAKEKEY0001"},
                         {.idempotency_key = "idem-documentation_example"});
  BOOST_TEST(sent.has_line("POST /customers HTTP/1.1"));
  BOOST_TEST(sent.has_line("Host: api.xendit.co"));
  BOOST_TEST(sent.has_line("Authorization: Basic eG5kX2RldmVsb3BtZW50X0ZBS0VLRVkwMDAxOg=="));
  BOOST_TEST(sent.has_line("api-version: 2020-10-31"));
  BOOST_TEST(sent.has_line("idempotency-key: idem-documentation_example"));
  BOOST_TEST(sent.has_line("Content-Type: application/json"));
  BOOST_TEST(sent.head.find("for-user-id") == std::string::npos);
  BOOST_TEST(sent.body ==
             R"({"reference_id":"cust_user_12345","type":"INDIVIDUAL","individual_detail":)"
             R"({"given_names":"John","surname":"Doe"},"email":"john.doe@example.com",)"
             R"("mobile_number":"+15551234567","description":"Premium plan subscriber"})");
  BOOST_TEST(sent.dropped.empty());
}

BOOST_AUTO_TEST_CASE(sends_all_that_it_can_carry) {
  auto request = full_request();
  const auto sent = send<XenditPolicy>(request, {.api_key = "k", .for_user_id = "sub-1"});
  BOOST_TEST(sent.has_line("for-user-id: sub-1"));
  BOOST_TEST(
      sent.body ==
      R"({"reference_id":"m-1001","type":"INDIVIDUAL","individual_detail":{"given_names":"Ana",)"
      R"("surname":"Example"},"email":"ana@example.com","mobile_number":"+15555550100",)"
      R"("description":"Example buyer","addresses":[{"street_line1":"1 Example Street",)"
      R"("street_line2":"Apt 2","city":"Springfield","province_state":"IL","postal_code":"62701",)"
      R"("country":"US"}],"metadata":{"tier":"gold"}})");
  request.address.country.clear();
  BOOST_TEST((send<XenditPolicy>(request, {.api_key = "k"}).dropped ==
              florin::address_fields - florin::FieldSet{Field::address_country}));
  BOOST_TEST(send<XenditPolicy>({.merchant_customer_id = "m", .name = "Cher"}, {"k"}).body ==
             R"({"reference_id":"m","type":"INDIVIDUAL","individual_detail":)"
             R"({"given_names":"Cher"}})");
}

BOOST_AUTO_TEST_CASE(refuses_what_xendit_would_refuse) {
  const auto refusal = [](florin::CreateRequest request) {
    if (request.merchant_customer_id.empty()) request.merchant_customer_id = "m";
    return send<XenditPolicy>(request, {"k"}).refusal();
  };
  BOOST_TEST(refusal({.email = "a@b.example"}) == "missing_field:name");
  BOOST_TEST(refusal({.merchant_customer_id = std::string(256, 'm'), .name = "A"}) ==
             "invalid_field:merchant_customer_id");
  BOOST_TEST(refusal({.email = std::string(45, 'a') + "@b.com", .name = "A"}) ==
             "invalid_field:email");
  BOOST_TEST(refusal({.name = "A " + std::string(51, 'b')}) == "invalid_field:name");
  BOOST_TEST(refusal({.name = "A", .phone = "+1 (55) 5123-4567-890"}) == "");
  BOOST_TEST(refusal({.name = "A", .phone = "+123456789012345"}) == "invalid_field:phone");
  BOOST_TEST(refusal({.name = "A", .phone = "12-34-56"}) == "invalid_field:phone");
  BOOST_TEST(refusal({.name = "A", .description = "d"}) == "invalid_field:description");
  BOOST_TEST(refusal({.name = "A", .metadata = {{std::string(41, 'k'), "v"}}}) ==
             "invalid_field:metadata");
  BOOST_TEST(refusal({.name = "A", .metadata = {{"k", std::string(501, 'v')}}}) ==
             "invalid_field:metadata");
  BOOST_TEST(
      send<XenditPolicy>(documented_request(), {"k"}, {.idempotency_key = std::string(101, 'k')})
          .refusal() == "invalid_idempotency_key:");
}

BOOST_AUTO_TEST_CASE(reads_the_answers_of_the_documents) {
  const auto made = [](std::string_view id, std::string_view reference) {
    return summary(receive<XenditPolicy>(200, R"({"id":")" + std::string{id} +
                                                  R"(","reference_id":")" + std::string{reference} +
                                                  R"("})"));
  };
  BOOST_TEST(made(xendit_id, "cust_user_12345") == "success:" + std::string{xendit_id});
  BOOST_TEST(made(xendit_id, "mc-0001") == "unreadable_reply/unknown/502");
  BOOST_TEST(made("3f2b8c1e-0000-4000-8000-000000000001", "cust_user_12345") ==
             "unreadable_reply/unknown/502");

  const auto said = [](int status, std::string_view code) {
    return summary(receive<XenditPolicy>(status, xendit_error(code)));
  };
  for (const int status : {400, 409})
    BOOST_TEST(said(status, "DUPLICATE_END_CUSTOMER_ERROR") == "customer_exists/in_effect/409");
  for (const std::string_view code : {"IDEMPOTENCY_ERROR", "DUPLICATE_ERROR"})
    for (const int status : {400, 409})
      BOOST_TEST(said(status, code) == "idempotency_conflict/unknown/409", code);
  BOOST_TEST(said(401, "INVALID_API_KEY") == "unauthorized/no_effect/401");
  BOOST_TEST(said(403, "REQUEST_FORBIDDEN_ERROR") == "forbidden/no_effect/403");
  BOOST_TEST(said(429, "RATE_LIMIT_EXCEEDED") == "rate_limited/no_effect/429");
  const auto limited = receive<XenditPolicy>(429, xendit_error("RATE_LIMIT_EXCEEDED"),
                                             {{"Rate-Limit-Reset", "12.5"}});
  BOOST_TEST(summary(limited) == "rate_limited/no_effect/429");
  BOOST_TEST((limited.error().retry_after == std::chrono::milliseconds{12'500}));
  BOOST_TEST(said(500, "SERVER_ERROR") == "connector_unavailable/unknown/500");
  const auto invalid = receive<XenditPolicy>(
      400, R"({"error_code":"API_VALIDATION_ERROR","message":"There was an error with the format )"
           R"(submitted to the server.","errors":["reference_id is required"]})");
  BOOST_TEST(summary(invalid) == "invalid_data/no_effect/422");
  BOOST_TEST(invalid.error().connector_code == "API_VALIDATION_ERROR");
  BOOST_TEST(invalid.error().connector_message ==
             "There was an error with the format submitted to the server.");
  // The message need not be a text.
  BOOST_TEST(summary(receive<XenditPolicy>(
                 400, R"({"error_code":"DUPLICATE_END_CUSTOMER_ERROR","message":{"a":["b"]}})")) ==
             "customer_exists/in_effect/409");
}

BOOST_AUTO_TEST_CASE(reads_a_customer) {
  BOOST_TEST((ask<XenditPolicy, florin::Retrieve>(xendit_id).has_line(
      "GET /customers/cust-3f2b8c1e-0000-4000-8000-000000000001 HTTP/1.1")));
  const auto customer =
      read<XenditPolicy, florin::Retrieve>(xendit_id, 200, xendit_record(xendit_address));
  BOOST_TEST_REQUIRE(customer.has_value());
  BOOST_TEST((customer->status == florin::CustomerStatus::active));
  BOOST_TEST(customer->merchant_customer_id().value_or("-") == "mc-0001");
  BOOST_TEST(customer->email().value_or("-") == "ana.example@example.com");
  BOOST_TEST(customer->get(Field::given_name).value_or("-") == "Ana");
  BOOST_TEST(customer->get(Field::family_name).value_or("-") == "Example");
  BOOST_TEST(customer->get(Field::phone).value_or("-") == "+14155550100");
  BOOST_TEST(customer->get(Field::description).value_or("-") == "Test customer");
  BOOST_TEST(customer->metadata("tier").value_or("-") == "gold");
  BOOST_TEST(customer->get(Field::address_line1).value_or("-") == "1 Test Street");
  BOOST_TEST(!customer->get(Field::address_line2));
  BOOST_TEST(customer->get(Field::address_country).value_or("-") == "ID");
  const auto gone = read<XenditPolicy, florin::Retrieve>(
      xendit_id, 200, xendit_record("null", R"(,"status":"DELETED")"));
  BOOST_TEST_REQUIRE(gone.has_value());
  BOOST_TEST((gone->status == florin::CustomerStatus::deleted));
  for (const std::string_view code : {"DATA_NOT_FOUND", "ENTITY_NOT_FOUND_ERROR",
                                      "CLIENT_NOT_FOUND_ERROR", "END_CUSTOMER_NOT_FOUND_ERROR"})
    for (const int status : {400, 404})
      BOOST_TEST(verdict(read<XenditPolicy, florin::Retrieve>(
                     xendit_id, status, xendit_error(code))) == "not_found/no_effect/404",
                 code);
}

BOOST_AUTO_TEST_CASE(reads_another_phone_where_there_is_no_mobile_one) {
  const auto phone = [](std::string_view numbers) {
    return std::string{
        customer_of<XenditPolicy>(xendit_id, R"({"id":"cust-3f2b8c1e-0000-4000-8000-000000000001",)"
                                             R"("reference_id":"mc-0001",)" +
                                                 std::string{numbers} +
                                                 R"("email":"ana.example@example.com"})")
            .phone()
            .value_or("-")};
  };
  BOOST_TEST(phone(R"("mobile_number":null,"phone_number":"+14155550100",)") == "+14155550100");
  BOOST_TEST(phone(R"("mobile_number":"+14155550100","phone_number":"+14155550199",)") ==
             "+14155550100");
  BOOST_TEST(phone(R"("mobile_number":null,"phone_number":null,)") == "-");
}

BOOST_AUTO_TEST_CASE(an_address_is_not_changed_without_a_country) {
  const auto unplaced = customer_of<XenditPolicy>(
      xendit_id, xendit_record(R"([{"street_line1":"1 Test Street","country":null}])"));
  const auto placed = customer_of<XenditPolicy>(xendit_id, xendit_record(xendit_address));
  const auto none = customer_of<XenditPolicy>(xendit_id, xendit_record("null"));
  BOOST_TEST(changed_body<XenditPolicy>(unplaced, {.address = {.city = "Bandung"}}) ==
             "invalid_field:address.country");
  BOOST_TEST(changed_body<XenditPolicy>(none, {.address = {.city = "Bandung"}}) ==
             "invalid_field:address.country");
  BOOST_TEST(changed_body<XenditPolicy>(placed, {.cleared = {Field::address_country}}) ==
             "invalid_field:address.country");
  BOOST_TEST(changed_body<XenditPolicy>(none, {.address = {.city = "Bandung", .country = "ID"}}) ==
             R"({"addresses":[{"city":"Bandung","country":"ID"}]})");
  // What leaves the address alone needs no country, nor does its end.
  BOOST_TEST(changed_body<XenditPolicy>(unplaced, {.email = "a@b.example"}) ==
             R"({"email":"a@b.example"})");
  BOOST_TEST(changed_body<XenditPolicy>(unplaced, {.cleared = florin::address_fields}) ==
             R"({"addresses":null})");
}

BOOST_AUTO_TEST_CASE(changes_a_customer) {
  const auto current =
      read<XenditPolicy, florin::Retrieve>(xendit_id, 200, xendit_record(xendit_address)).value();
  const auto body = [&](const florin::UpdateRequest& request) {
    return changed_body<XenditPolicy>(xendit_id, request, &current);
  };
  const florin::UpdateRequest changes{.email = "ana.new@example.com",
                                      .metadata = {{"tier", "silver"}},
                                      .cleared = {Field::description}};
  const auto sent =
      request_of<XenditPolicy, florin::Update>(change_of(xendit_id, changes, &current));
  BOOST_TEST(sent.has_line("PATCH /customers/cust-3f2b8c1e-0000-4000-8000-000000000001 HTTP/1.1"));
  BOOST_TEST(sent.head.find("idempotency-key") == std::string::npos);
  BOOST_TEST(sent.body ==
             R"({"email":"ana.new@example.com","description":null,"metadata":{"tier":"silver"}})");
  BOOST_TEST(body({.metadata = {{"plan", "b"}}}) == R"({"metadata":{"tier":"gold","plan":"b"}})");
  BOOST_TEST(body({.metadata_cleared = {"tier"}}) == R"({"metadata":{}})");
  BOOST_TEST(body({.name = "Cher"}) == R"({"individual_detail":{"given_names":"Cher"}})");
  BOOST_TEST(body({.cleared = {Field::name}}) == "invalid_field:name");
  BOOST_TEST(body({.cleared = {Field::phone}}) == R"({"mobile_number":null})");
  BOOST_TEST(body({.cleared = florin::address_fields}) == R"({"addresses":null})");
  BOOST_TEST(body({.address = {.city = "Bandung"}, .cleared = {Field::address_zip}}) ==
             R"({"addresses":[{"street_line1":"1 Test Street","city":"Bandung",)"
             R"("province_state":"DKI Jakarta","country":"ID"}]})");
  BOOST_TEST(body({.merchant_customer_id = "mc-2"}) == "invalid_field:merchant_customer_id");
  // Without the record nothing is replaced that was not read.
  BOOST_TEST(changed_body<XenditPolicy>(xendit_id, {.metadata = {{"plan", "b"}}}) ==
             "invalid_options:");
  BOOST_TEST(changed_body<XenditPolicy>(xendit_id, {.address = {.city = "Bandung"}}) ==
             "invalid_options:");
  BOOST_TEST(changed_body<XenditPolicy>(xendit_id, {.email = "a@b.example"}) ==
             R"({"email":"a@b.example"})");

  const auto answer = [&](int status, std::string_view text) {
    return verdict(
        answer_to<XenditPolicy, florin::Update>(change_of(xendit_id, changes), status, text));
  };
  const std::string answered =
      R"({"id":"cust-3f2b8c1e-0000-4000-8000-000000000001","email":"ana.new@example.com",)"
      R"("description":)";
  BOOST_TEST(answer(200, answered + R"(null,"metadata":{"tier":"silver"}})") == "success");
  BOOST_TEST(answer(200, answered + R"("Test customer"})") == "rejected/in_effect/502");
  BOOST_TEST(answer(400, xendit_error("END_CUSTOMER_NOT_FOUND_ERROR")) ==
             "not_found/no_effect/404");
  BOOST_TEST(answer(400, xendit_error("DUPLICATE_END_CUSTOMER_ERROR")) ==
             "customer_exists/no_effect/409");
}

BOOST_AUTO_TEST_CASE(finds_customers) {
  const florin::FindRequest reference{.merchant_customer_id = "mc-0001"};
  BOOST_TEST((request_of<XenditPolicy, FindByReference>(reference).has_line(
      "GET /customers?reference_id=mc-0001 HTTP/1.1")));
  BOOST_TEST((request_of<XenditPolicy, FindByReference>({.merchant_customer_id = "mc 1&2"})
                  .has_line("GET /customers?reference_id=mc%201%262 HTTP/1.1")));
  const auto answer = [&](int status, std::string_view body) {
    return found<XenditPolicy, FindByReference>(reference, status, body);
  };
  const auto list = [](const std::string& items) {
    return R"({"data":[)" + items + R"(],"has_more":false})";
  };
  BOOST_TEST(answer(200, list(xendit_record("[]"))) == xendit_id);
  BOOST_TEST(answer(200, list(xendit_record("[]", R"(,"status":"DELETED")"))) == "");
  BOOST_TEST(answer(200, list("")) == "");
  for (const std::string_view code :
       {"ENTITY_NOT_FOUND_ERROR", "CLIENT_NOT_FOUND_ERROR", "END_CUSTOMER_NOT_FOUND_ERROR"})
    BOOST_TEST(answer(400, xendit_error(code)) == "", code);
  BOOST_TEST(answer(404, xendit_error("DATA_NOT_FOUND")) == "");
  BOOST_TEST(answer(404, "<html>") == "not_found");
  BOOST_TEST(answer(400, xendit_error("API_VALIDATION_ERROR")) == "invalid_data");
  BOOST_TEST(answer(200, "{}") == "unreadable_reply");
}

BOOST_AUTO_TEST_CASE(reads_each_example_of_the_sheet) {
  const std::string customer = xendit_record(xendit_address);
  reads_as<XenditPolicy, florin::Create>(
      {.merchant_customer_id = "mc-0001", .email = "ana.example@example.com"}, 200, customer,
      "success:cust-3f2b8c1e-0000-4000-8000-000000000001");
  reads_as<XenditPolicy, florin::Create>(
      {.merchant_customer_id = "mc-0001", .email = "ana.example@example.com"}, 400,
      R"({"error_code":"DUPLICATE_END_CUSTOMER_ERROR",)"
      R"("message":"Customer with this reference_id already exists"})",
      "customer_exists/in_effect/409|DUPLICATE_END_CUSTOMER_ERROR|"
      "Customer with this reference_id already exists");
  reads_as<XenditPolicy, florin::Retrieve>(
      {"cust-3f2b8c1e-0000-4000-8000-000000000001"}, 200, customer,
      "ACTIVE|merchant_customer_id=mc-0001|email=ana.example@example.com|given_name=Ana|"
      "family_name=Example|phone=+14155550100|description=Test customer|"
      "address.line1=1 Test Street|address.city=Jakarta|address.state=DKI Jakarta|"
      "address.zip=12160|address.country=ID|tier:gold|created 1767607200");
  reads_as<XenditPolicy, florin::Retrieve>(
      {"cust-3f2b8c1e-0000-4000-8000-000000000001"}, 404,
      R"({"error_code":"DATA_NOT_FOUND","message":"Customer was not found"})",
      "not_found/no_effect/404|DATA_NOT_FOUND|Customer was not found");
  reads_as<XenditPolicy, florin::Update>(
      {.connector_customer_id = "cust-3f2b8c1e-0000-4000-8000-000000000001"}, 200,
      R"({"id":"cust-3f2b8c1e-0000-4000-8000-000000000001","reference_id":"mc-0001",)"
      R"("type":"INDIVIDUAL","individual_detail":{"given_names":"Ana","surname":"Example"},)"
      R"("business_detail":null,"email":"ana.new@example.com","mobile_number":"+14155550100",)"
      R"("phone_number":null,"addresses":[],"identity_accounts":[],"kyc_documents":[],)"
      R"("description":null,"metadata":{"tier":"silver"},"created":"2026-01-05T10:00:00.000Z",)"
      R"("updated":"2026-01-06T10:00:00.000Z"})",
      "ACTIVE|merchant_customer_id=mc-0001|email=ana.new@example.com|given_name=Ana|"
      "family_name=Example|phone=+14155550100|tier:silver|created 1767607200");
  reads_as<XenditPolicy, florin::FindByReference>(
      {.merchant_customer_id = "mc-0001"}, 200,
      R"({"data":[{"id":"cust-3f2b8c1e-0000-4000-8000-000000000001","reference_id":"mc-0001",)"
      R"("type":"INDIVIDUAL","individual_detail":{"given_names":"Ana","surname":"Example"},)"
      R"("business_detail":null,"email":"ana.example@example.com",)"
      R"("mobile_number":"+14155550100","phone_number":null,"addresses":[],)"
      R"("identity_accounts":[],"kyc_documents":[],"description":null,"metadata":{},)"
      R"("created":"2026-01-05T10:00:00.000Z","updated":"2026-01-05T10:00:00.000Z"}],)"
      R"("has_more":false})",
      "cust-3f2b8c1e-0000-4000-8000-000000000001");
}

namespace {

/// What a repeated key gives is not documented, nor with what nobody is missing: each is tried.
florin::testing::Processor xendit_refusing() {
  return florin::testing::xendit(false);
}
florin::testing::Processor xendit_replaying() {
  return florin::testing::xendit(true, true);
}

florin_test::Trial trial(florin::testing::Processor processor) {
  return florin_test::trial_of<florin::XenditPolicy>(std::move(processor));
}

}  // namespace

BOOST_AUTO_TEST_CASE(conforms) {
  constexpr florin::FieldSet always{florin::Field::address_country};
  florin_test::conforms<florin::XenditPolicy>(xendit_refusing(), always);
  // A repetition that is answered like the first time is better than what the policy says.
  florin::testing::ConformanceOptions<florin::XenditPolicy> options;
  options.always = always;
  florin_test::conforms<florin::XenditPolicy>(xendit_replaying(), options, {"repetition"});
}

BOOST_AUTO_TEST_CASE(survives_faults) {
  florin_test::survives_faults(trial(xendit_refusing()));
  florin_test::survives_faults(trial(xendit_replaying()));
}

BOOST_AUTO_TEST_CASE(is_ensured_once) {
  florin_test::is_ensured_once(trial(xendit_refusing()));
  florin_test::is_ensured_once(trial(xendit_replaying()));
}

BOOST_AUTO_TEST_CASE(lives_under_faults) {
  florin_test::lives_under_faults(trial(xendit_replaying()));
}

BOOST_AUTO_TEST_SUITE_END()
