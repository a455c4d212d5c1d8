// SPDX-License-Identifier: Apache-2.0
#include <florin/client.hpp>
#include <florin/ensure.hpp>
#include <florin/policies/mercadopago.hpp>
#include <florin/testing/processors/mercadopago.hpp>
#include <florin/testing/sandbox.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

#include "policies/exchange.hpp"
#include "policies/operations.hpp"
#include "trials/conforms.hpp"
#include "trials/faults.hpp"
#include "trials/lives.hpp"
#include "trials/trial.hpp"

BOOST_AUTO_TEST_SUITE(policies_mercadopago)

using namespace florin_test;
using florin::MercadopagoPolicy;

static_assert(florin::ConnectorPolicy<MercadopagoPolicy>);
static_assert(!florin::has_idempotency<MercadopagoPolicy>);
static_assert(florin::required_fields<MercadopagoPolicy> ==
              florin::FieldSet{florin::Field::merchant_customer_id, florin::Field::email});
static_assert(florin::offers<MercadopagoPolicy, florin::FindByEmail> &&
              !florin::offers<MercadopagoPolicy, florin::FindByReference>);
static_assert(florin::repetition<MercadopagoPolicy> == florin::Repetition::refused);
static_assert(florin::ensure_guarantee<MercadopagoPolicy> ==
              florin::EnsureGuarantee::by_uniqueness);

namespace {

constexpr std::string_view id = "000000001-AbCdEfGhIjKl12";
/// The customer of the sheet.
std::string customer(std::string_view email, std::string_view metadata) {
  return R"({"id":"000000001-AbCdEfGhIjKl12","email":")" + std::string{email} +
         R"(","first_name":"Ana","last_name":"Example",)"
         R"("phone":{"area_code":11,"number":987654321},)"
         R"("identification":{"type":null,"number":null},"address":{"id":"1160000001",)"
         R"("zip_code":"05187010","street_name":"Test Street, 12"},)"
         R"("description":"Test customer","date_created":"2026-01-05T06:00:00.000-04:00",)"
         R"("metadata":)" +
         std::string{metadata} +
         R"(,"default_address":"1160000001","cards":[],"addresses":[{"id":"1160000001",)"
         R"("street_name":"Other Street","zip_code":"1","city":{"id":"c","name":"City"}}],)"
         R"("live_mode":false})";
}
std::string refusal(std::string_view code, std::string_view text) {
  return R"({"message":"invalid parameters","error":"bad_request","status":400,)"
         R"("cause":[{"code":)" +
         std::string{code} + R"(,"description":")" + std::string{text} + R"("}]})";
}
constexpr std::string_view missing =
    R"({"message":"customer not found","error":"not_found","status":404,"cause":[[]]})";
MercadopagoPolicy::Credentials token() {
  return {.access_token =
              "TEST-0000000000000000-010100-fakefakefakefakefakefakefakefake-000000000"};
}
constexpr florin::FindRequest payer{.email = "test_payer_0001@testuser.com"};

}  // namespace

BOOST_AUTO_TEST_CASE(sends_what_the_sheet_says) {
  const auto sent = send<MercadopagoPolicy>(full_request(), token());
  BOOST_TEST(sent.has_line("POST /v1/customers HTTP/1.1"));
  BOOST_TEST(sent.has_line("Host: api.mercadopago.com"));
  BOOST_TEST(
      sent.has_line("Authorization: Bearer "
                    "TEST-0000000000000000-010100-fakefakefakefakefakefakefakefake-"
                    "000000000"));
  BOOST_TEST(sent.has_line("Content-Type: application/json"));
  BOOST_TEST(sent.has_line("X-Idempotency-Key: key-1"));
  BOOST_TEST(sent.body ==
             R"({"email":"ana@example.com","first_name":"Ana","last_name":"Example",)"
             R"("phone":{"area_code":"1","number":"5555550100"},)"
             R"("address":{"zip_code":"62701","street_name":"Example Street, Apt 2",)"
             R"("street_number":1,"city":{"name":"Springfield"}},"description":"Example buyer",)"
             R"("metadata":{"tier":"gold","merchant_customer_id":"m-1001"}})");
  BOOST_TEST((sent.dropped ==
              florin::FieldSet{florin::Field::address_state, florin::Field::address_country}));
}

BOOST_AUTO_TEST_CASE(sends_what_the_official_sdk_sends) {
  BOOST_TEST(send<MercadopagoPolicy>(documented_request(), token()).body ==
             R"({"email":"john.doe@example.com","first_name":"John","last_name":"Doe",)"
             R"("phone":{"area_code":"1","number":"5551234567"},)"
             R"("description":"Premium plan subscriber",)"
             R"("metadata":{"merchant_customer_id":"cust_user_12345"}})");
  const auto phone = [](const char* given) {
    const auto sent = send<MercadopagoPolicy>(
        {.merchant_customer_id = "m", .email = "a@b.example", .phone = given}, token());
    if (!sent.result) return sent.refusal();
    const auto at = sent.body.find(R"("phone":)");
    return at == std::string::npos ? "none" : sent.body.substr(at, sent.body.find('}') + 1 - at);
  };
  BOOST_TEST(phone("+55 11 98765-4321") == R"("phone":{"area_code":"55","number":"11987654321"})");
  BOOST_TEST(phone("+598 2 123 4567") == R"("phone":{"area_code":"598","number":"21234567"})");
  BOOST_TEST(phone("11 98765-4321") == "invalid_field:phone");
  BOOST_TEST(phone("") == "none");
  BOOST_TEST(send<MercadopagoPolicy>({.merchant_customer_id = "m",
                                      .email = "a@b.example",
                                      .name = "Jos\xC3\xA9",
                                      .address = {.line1 = "25 de Mayo 1234"}},
                                     token())
                 .body ==
             "{\"email\":\"a@b.example\",\"first_name\":\"Jos\xC3\xA9\","
             "\"address\":{\"street_name\":\"25 de Mayo 1234\"},"
             "\"metadata\":{\"merchant_customer_id\":\"m\"}}");
  BOOST_TEST(send<MercadopagoPolicy>({.merchant_customer_id = "m",
                                      .email = "a@b.example",
                                      .address = {.line1 = "123 Main St", .zip = "94105"}},
                                     token())
                 .body ==
             R"({"email":"a@b.example","address":{"zip_code":"94105","street_name":"Main St",)"
             R"("street_number":123},"metadata":{"merchant_customer_id":"m"}})");
}

BOOST_AUTO_TEST_CASE(leaves_the_form_of_test_emails_to_the_processor) {
  BOOST_TEST(send<MercadopagoPolicy>({.merchant_customer_id = "m"}, token()).refusal() ==
             "missing_field:email");
  BOOST_TEST(
      send<MercadopagoPolicy>({.merchant_customer_id = "m", .email = "a+b_c@d.example"}, token())
          .refusal() == "");
  BOOST_TEST(summary(receive<MercadopagoPolicy>(
                 400, refusal(R"("128")", "the email is not one for tests"))) ==
             "invalid_data/no_effect/422");
}

BOOST_AUTO_TEST_CASE(reads_the_answers_of_the_sheet) {
  for (const int status : {200, 201})
    BOOST_TEST(summary(receive<MercadopagoPolicy>(
                   status, customer("john.doe@example.com",
                                    R"({"merchant_customer_id":"cust_user_12345"})"))) ==
               "success:000000001-AbCdEfGhIjKl12");
  const auto exists = receive<MercadopagoPolicy>(
      400, R"({"message":"the customer already exist.","error":"bad_request","status":400,)"
           R"("cause":[{"code":"101","description":"the customer already exist."}]})");
  BOOST_TEST(summary(exists) == "customer_exists/in_effect/409");
  BOOST_TEST(exists.error().connector_code == "101");
  BOOST_TEST(exists.error().existing_customer_id == "");
  BOOST_TEST(summary(receive<MercadopagoPolicy>(400, refusal("101", "exists"))) ==
             "customer_exists/in_effect/409");
  const auto invalid =
      receive<MercadopagoPolicy>(400, refusal(R"("106")", "the email format is invalid."));
  BOOST_TEST(summary(invalid) == "invalid_data/no_effect/422");
  BOOST_TEST(invalid.error().connector_code == "106");
  BOOST_TEST(invalid.error().connector_type == "bad_request");
  BOOST_TEST(invalid.error().connector_message == "the email format is invalid.");
  for (const auto* const code : {R"("104")", R"("107")", R"("117")", R"("125")", R"("130")"})
    BOOST_TEST(summary(receive<MercadopagoPolicy>(400, refusal(code, "No."))) ==
               "invalid_data/no_effect/422");
  BOOST_TEST(summary(receive<MercadopagoPolicy>(400, refusal(R"("100")", "No."))) ==
             "unauthorized/no_effect/401");
  const auto unauthorized = receive<MercadopagoPolicy>(
      401, R"({"message":"invalid token","error":"unauthorized","status":401,"cause":[]})");
  BOOST_TEST(summary(unauthorized) == "unauthorized/no_effect/401");
  BOOST_TEST(unauthorized.error().connector_code == "unauthorized");
  BOOST_TEST(unauthorized.error().connector_message == "invalid token");
  BOOST_TEST(summary(receive<MercadopagoPolicy>(403, "")) == "forbidden/no_effect/403");
  const auto not_there = receive<MercadopagoPolicy>(404, missing);
  BOOST_TEST(summary(not_there) == "not_found/no_effect/404");
  BOOST_TEST(not_there.error().connector_code == "not_found");
  BOOST_TEST(not_there.error().connector_message == "customer not found");
  const auto limited = receive<MercadopagoPolicy>(429, "", {{"Retry-After", "3"}});
  BOOST_TEST(summary(limited) == "rate_limited/no_effect/429");
  BOOST_TEST((limited.error().retry_after == std::chrono::seconds{3}));
  // Documented of payments alone.
  for (const int status : {409, 423})
    BOOST_TEST(summary(receive<MercadopagoPolicy>(
                   status, R"({"message":"m","error":"conflict","status":409,"cause":[]})")) ==
               "idempotency_conflict/unknown/409");
  BOOST_TEST(summary(receive<MercadopagoPolicy>(
                 500, R"({"message":"m","error":"internal_server_error","status":500})")) ==
             "connector_unavailable/unknown/500");
}

BOOST_AUTO_TEST_CASE(sends_the_key_that_the_caller_gives_and_makes_none) {
  const florin::testing::Sandbox sandbox{florin::testing::mercadopago()};
  florin::ClientOptions options;
  options.base_url = sandbox.base_url();
  options.tls.ca_pem = sandbox.ca_pem();
  florin::Client<MercadopagoPolicy> client{{.access_token = sandbox.credential()}, options};
  const auto key_of = [&](std::string_view key, int number) {
    const std::string id = "m-" + std::to_string(number);
    const std::string email = "test_payer_" + std::to_string(number) + "@testuser.com";
    const auto made =
        client.create(florin::CreateRequest{.merchant_customer_id = id, .email = email},
                      {.idempotency_key = key});
    BOOST_TEST_REQUIRE(made.has_value());
    BOOST_TEST(made->idempotency_key == key);
    return std::string{sandbox.requests().back().header("X-Idempotency-Key").value_or("-")};
  };
  BOOST_TEST(key_of("", 1) == "-");
  BOOST_TEST(key_of("given-1", 2) == "given-1");
  BOOST_TEST(key_of(std::string(255, 'k'), 3) == std::string(255, 'k'));
  const auto refused =
      client.create(florin::CreateRequest{.merchant_customer_id = "m-4", .email = "a@b.example"},
                    {.idempotency_key = "a\nb"});
  BOOST_TEST_REQUIRE(refused.has_error());
  BOOST_TEST((refused.error().code == florin::Errc::invalid_idempotency_key));
}

BOOST_AUTO_TEST_CASE(reads_a_customer_back) {
  const auto sent = by_id<MercadopagoPolicy, florin::Retrieve>(id, token());
  BOOST_TEST(sent.has_line("GET /v1/customers/000000001-AbCdEfGhIjKl12 HTTP/1.1"));
  const auto ana = customer_of<MercadopagoPolicy>(
      id, customer("test_payer_0001@testuser.com", R"({"merchant_customer_id":"mc-0001"})"));
  BOOST_TEST(ana.merchant_customer_id().value_or("-") == "mc-0001");
  BOOST_TEST(ana.email().value_or("-") == "test_payer_0001@testuser.com");
  BOOST_TEST(ana.given_name().value_or("-") == "Ana");
  BOOST_TEST(ana.family_name().value_or("-") == "Example");
  BOOST_TEST(ana.description().value_or("-") == "Test customer");
  BOOST_TEST(ana.get(florin::Field::address_line1).value_or("-") == "Test Street, 12");
  BOOST_TEST(ana.get(florin::Field::address_zip).value_or("-") == "05187010");
  BOOST_TEST(ana.created().has_value());
  BOOST_TEST(ana.phone().value_or("-") == "+11987654321");  // of numbers, as Mercado Pago may write
  BOOST_TEST(customer_of<MercadopagoPolicy>(id, R"({"id":"000000001-AbCdEfGhIjKl12",)"
                                                R"("phone":{"area_code":null,"number":"5"}})")
                 .phone()
                 .value_or("-") == "5");
  BOOST_TEST(ana.get(florin::Field::address_city).value_or("-") == "City");
  // As one of the documents' samples prints it.
  BOOST_TEST(customer_of<MercadopagoPolicy>(
                 id, R"({"id":"000000001-AbCdEfGhIjKl12","addresses":{"city":{"name":"City"}}})")
                 .get(florin::Field::address_city)
                 .value_or("-") == "City");
  BOOST_TEST(short_verdict(read<MercadopagoPolicy, florin::Retrieve>(
                 "000000001-ZzZzZzZzZzZz99", 404, missing)) == "not_found/no_effect");
  BOOST_TEST(short_verdict(read<MercadopagoPolicy, florin::Retrieve>(
                 "x", 400, refusal(R"("105")", "invalid id"))) == "invalid_data/no_effect");
}

BOOST_AUTO_TEST_CASE(sends_all_metadata_again_and_never_the_email) {
  const auto sent = send_change<MercadopagoPolicy>(
      id, {.name = "Anna Example", .phone = "+1 1987654322"}, token());
  BOOST_TEST(sent.has_line("PUT /v1/customers/000000001-AbCdEfGhIjKl12 HTTP/1.1"));
  BOOST_TEST(sent.has_line("X-Idempotency-Key: key-1"));
  BOOST_TEST(sent.body == R"({"first_name":"Anna","last_name":"Example",)"
                          R"("phone":{"area_code":"1","number":"1987654322"}})");
  const auto current = customer_of<MercadopagoPolicy>(
      id,
      customer("test_payer_0001@testuser.com", R"({"merchant_customer_id":"mc-0001","a":"1"})"));
  BOOST_TEST(send_change<MercadopagoPolicy>(id, {.metadata = {{"tier", "gold"}}}, token(), &current)
                 .body ==
             R"({"metadata":{"a":"1","tier":"gold","merchant_customer_id":"mc-0001"}})");
  const auto refused = [&](const florin::UpdateRequest& changes) {
    return send_change<MercadopagoPolicy>(id, changes, token()).refusal();
  };
  BOOST_TEST(refused({.metadata = {{"tier", "gold"}}}) == "invalid_options:");
  BOOST_TEST(refused({.email = "test_payer_0002@testuser.com"}) == "invalid_field:email");
  BOOST_TEST(refused({.address = {.line1 = "1 Example Street"}}) == "invalid_field:address.line1");
  BOOST_TEST(refused({.cleared = {florin::Field::phone}}) == "invalid_field:phone");
  BOOST_TEST(refused({.name = "Plato"}) == "invalid_field:name");
  const auto answer = read_change<MercadopagoPolicy>(
      id, 200,
      R"({"id":"000000001-AbCdEfGhIjKl12","email":"test_payer_0001@testuser.com",)"
      R"("first_name":"Anna","last_name":"Example","phone":{"area_code":11,"number":987654322},)"
      R"("description":"Test customer","date_created":"2026-01-05T06:00:00.000-04:00",)"
      R"("metadata":{"merchant_customer_id":"mc-0001"},"cards":[],"addresses":[],)"
      R"("live_mode":false})");
  BOOST_TEST_REQUIRE(answer.has_value());
  BOOST_TEST(answer->given_name().value_or("-") == "Anna");
  BOOST_TEST(short_verdict(read_change<MercadopagoPolicy>(
                 id, 400, refusal(R"("126")", "the email of a customer is fixed."))) ==
             "invalid_data/no_effect");
}

BOOST_AUTO_TEST_CASE(deletes) {
  const auto sent = by_id<MercadopagoPolicy, florin::Delete>(id, token());
  BOOST_TEST(sent.has_line("DELETE /v1/customers/000000001-AbCdEfGhIjKl12 HTTP/1.1"));
  BOOST_TEST(sent.body.empty());
  BOOST_TEST(removed<MercadopagoPolicy>(id, 200, customer("a@b.example", "{}")) == "deleted");
  BOOST_TEST(removed<MercadopagoPolicy>(id, 200, "{}") == "unreadable_reply/unknown");
  BOOST_TEST(removed<MercadopagoPolicy>(id, 404, missing) == "not_found/no_effect");
}

BOOST_AUTO_TEST_CASE(finds_by_email) {
  const auto sent = search<MercadopagoPolicy, florin::FindByEmail>(payer, token());
  BOOST_TEST(
      sent.has_line("GET /v1/customers/search?email=test_payer_0001%40testuser.com&"
                    "limit=10&offset=0 HTTP/1.1"));
  const auto answered = [](std::string_view results, std::string_view total,
                           std::string_view page = "") {
    return found_ids<MercadopagoPolicy, florin::FindByEmail>(
        {.email = payer.email, .page = page}, 200,
        R"({"paging":{"limit":10,"offset":0,"total":)" + std::string{total} + R"(},"results":[)" +
            std::string{results} + "]}");
  };
  const std::string one = customer("test_payer_0001@testuser.com", "{}");
  const std::string other = customer("test_payer_00010@testuser.com", "{}");
  BOOST_TEST(answered("", "0") == "");
  BOOST_TEST(answered(one, "1") == id);
  BOOST_TEST(answered(other + ',' + one, "2") == id);
  BOOST_TEST(answered(one, "11") == std::string{id} + ">10");
  BOOST_TEST(answered(other, "11", "10") == "");
  BOOST_TEST((found_ids<MercadopagoPolicy, florin::FindByEmail>(
                 payer, 400, refusal(R"("200")", "invalid search"))) == "invalid_data/no_effect");
}

BOOST_AUTO_TEST_CASE(reads_number_and_street_as_one_line) {
  for (const std::string_view number : {"742", R"("742")"}) {
    const auto ana = customer_of<MercadopagoPolicy>(
        id, R"({"id":"000000001-AbCdEfGhIjKl12","address":{"street_name":"Evergreen Terrace",)"
            R"("street_number":)" +
                std::string{number} + "}}");
    BOOST_TEST(ana.get(florin::Field::address_line1).value_or("-") == "742 Evergreen Terrace");
  }
}

BOOST_AUTO_TEST_CASE(reads_each_example_of_the_sheet) {
  reads_as<MercadopagoPolicy, florin::Create>(
      {.merchant_customer_id = "mc-0001", .email = "test_payer_0001@testuser.com"}, 201,
      R"({"id":"000000001-AbCdEfGhIjKl12","email":"test_payer_0001@testuser.com",)"
      R"("first_name":"Ana","last_name":"Example","phone":{"area_code":"11",)"
      R"("number":"987654321"},"identification":{"type":null,"number":null},)"
      R"("address":{"id":null,"zip_code":"05187010","street_name":"Test Street",)"
      R"("street_number":null},"date_registered":null,"description":"Test customer",)"
      R"("date_created":"2026-01-05T06:00:00.000-04:00","date_last_updated":null,)"
      R"("metadata":{"merchant_customer_id":"mc-0001"},"default_card":null,)"
      R"("default_address":null,"cards":[],"addresses":[],"live_mode":false})",
      "success:000000001-AbCdEfGhIjKl12");
  reads_as<MercadopagoPolicy, florin::Create>(
      {.merchant_customer_id = "mc-0001", .email = "ana.example@example.com"}, 400,
      R"({"message":"invalid parameters","error":"bad_request","status":400,)"
      R"("cause":[{"code":"106","description":"the email format is invalid."}]})",
      "invalid_data/no_effect/422|106|the email format is invalid.");
  reads_as<MercadopagoPolicy, florin::Retrieve>(
      {"000000001-AbCdEfGhIjKl12"}, 200,
      R"({"id":"000000001-AbCdEfGhIjKl12","email":"test_payer_0001@testuser.com",)"
      R"("first_name":"Ana","last_name":"Example","phone":{"area_code":"11",)"
      R"("number":"987654321"},"identification":{"type":null,"number":null},)"
      R"("address":{"id":"1160000001","zip_code":"05187010","street_name":"Test Street, 12"},)"
      R"("description":"Test customer","date_created":"2026-01-05T06:00:00.000-04:00",)"
      R"("metadata":{"merchant_customer_id":"mc-0001"},"default_address":"1160000001",)"
      R"("cards":[],"addresses":[{"id":"1160000001","street_name":"Test Street, 12",)"
      R"("zip_code":"05187010"}],"live_mode":false})",
      "ACTIVE|merchant_customer_id=mc-0001|email=test_payer_0001@testuser.com|"
      "given_name=Ana|family_name=Example|phone=+11987654321|description=Test customer|"
      "address.line1=Test Street, 12|address.zip=05187010|created 1767607200");
  reads_as<MercadopagoPolicy, florin::Update>(
      {.connector_customer_id = "000000001-AbCdEfGhIjKl12"}, 400,
      R"({"message":"invalid parameters","error":"bad_request","status":400,)"
      R"("cause":[{"code":"126","description":"the email of a customer is fixed."}]})",
      "invalid_data/no_effect/422|126|the email of a customer is fixed.");
  reads_as<MercadopagoPolicy, florin::FindByEmail>(
      {.email = "test_payer_0009@testuser.com"}, 200,
      R"({"paging":{"limit":10,"offset":0,"total":0},"results":[]})", "");
  reads_as<MercadopagoPolicy, florin::FindByEmail>(
      {.email = "test_payer_0001@testuser.com"}, 200,
      R"({"paging":{"limit":10,"offset":0,"total":1},)"
      R"("results":[{"id":"000000001-AbCdEfGhIjKl12","email":"test_payer_0001@testuser.com",)"
      R"("first_name":"Ana","last_name":"Example","phone":{"area_code":"11",)"
      R"("number":"987654321"},"metadata":{},"cards":[],"addresses":[],"live_mode":false}]})",
      "000000001-AbCdEfGhIjKl12");
}

namespace {

florin_test::Trial trial() {
  return florin_test::trial_of<florin::MercadopagoPolicy>(florin::testing::mercadopago());
}

}  // namespace

BOOST_AUTO_TEST_CASE(conforms) {
  florin_test::conforms<florin::MercadopagoPolicy>(florin::testing::mercadopago());
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
