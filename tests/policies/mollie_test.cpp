// SPDX-License-Identifier: Apache-2.0
#include <florin/policies/mollie.hpp>
#include <florin/testing/processors/mollie.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

#include "policies/exchange.hpp"
#include "policies/operations.hpp"
#include "trials/conforms.hpp"
#include "trials/faults.hpp"
#include "trials/lives.hpp"
#include "trials/trial.hpp"

BOOST_AUTO_TEST_SUITE(policies_mollie)

using namespace florin_test;
using florin::MolliePolicy;

static_assert(florin::ConnectorPolicy<MolliePolicy>);
static_assert(florin::has_idempotency<MolliePolicy>);
static_assert(florin::required_fields<MolliePolicy> ==
              florin::FieldSet{florin::Field::merchant_customer_id});
static_assert(!florin::offers<MolliePolicy, florin::Find> && florin::merges<MolliePolicy>);

namespace {

constexpr std::string_view id = "cst_FAKEtKt44u";
/// The customer of the sheet.
/// \param metadata as JSON.
std::string customer(std::string_view email, std::string_view metadata) {
  return R"({"resource":"customer","id":"cst_FAKEtKt44u","mode":"test","name":"Ana Example",)"
         R"("email":")" +
         std::string{email} + R"(","locale":null,"metadata":)" + std::string{metadata} +
         R"(,"createdAt":"2026-01-15T10:20:30+00:00","_links":{"self":{"href":)"
         R"("https://api.mollie.com/v2/customers/cst_FAKEtKt44u","type":"application/hal+json"}}})";
}
std::string error(int status, std::string_view title, std::string_view detail,
                  std::string_view field = "") {
  return R"({"status":)" + std::to_string(status) + R"(,"title":")" + std::string{title} +
         R"(","detail":")" + std::string{detail} + "\"" + std::string{field} +
         R"(,"_links":{"documentation":{"href":"https://docs.mollie.com","type":"text/html"}}})";
}
MolliePolicy::Credentials key() {
  return {.api_key = "test_FAKEfakeFAKEfakeFAKEfake0001"};
}
MolliePolicy::Credentials token(const char* testmode) {
  return {.api_key = "access_FAKE0001", .testmode = testmode};
}

}  // namespace

BOOST_AUTO_TEST_CASE(sends_what_the_sheet_shows) {
  const auto sent = send<MolliePolicy>(full_request(), key());
  BOOST_TEST(sent.has_line("POST /v2/customers HTTP/1.1"));
  BOOST_TEST(sent.has_line("Host: api.mollie.com"));
  BOOST_TEST(sent.has_line("Authorization: Bearer test_FAKEfakeFAKEfakeFAKEfake0001"));
  BOOST_TEST(sent.has_line("Accept: application/hal+json, application/json"));
  BOOST_TEST(sent.has_line("Content-Type: application/json"));
  BOOST_TEST(sent.has_line("Idempotency-Key: key-1"));
  BOOST_TEST(sent.body == R"({"name":"Ana Example","email":"ana@example.com",)"
                          R"("metadata":{"tier":"gold","merchant_customer_id":"m-1001"}})");
  BOOST_TEST((sent.dropped == (florin::FieldSet{florin::Field::phone, florin::Field::description} |
                               florin::address_fields)));
}

BOOST_AUTO_TEST_CASE(sends_what_the_official_sdk_sends) {
  BOOST_TEST(send<MolliePolicy>(documented_request(), key()).body ==
             R"({"name":"John Doe","email":"john.doe@example.com",)"
             R"("metadata":{"merchant_customer_id":"cust_user_12345"}})");
  BOOST_TEST(send<MolliePolicy>({.merchant_customer_id = "m"}, key()).body ==
             R"({"metadata":{"merchant_customer_id":"m"}})");
  BOOST_TEST(
      send<MolliePolicy>(
          {.merchant_customer_id = "m", .given_name = "Zo\xC3\xAB", .family_name = "van der Berg"},
          key())
          .body ==
      "{\"name\":\"Zo\xC3\xAB van der Berg\",\"metadata\":"
      "{\"merchant_customer_id\":\"m\"}}");
}

BOOST_AUTO_TEST_CASE(a_domain_beyond_ascii_is_refused) {
  const auto refusal = [](const char* email) {
    return send<MolliePolicy>({.merchant_customer_id = "m", .email = email}, key()).refusal();
  };
  BOOST_TEST(refusal("a@b\xC3\xBC"
                     "cher.example") == "invalid_field:email");
  BOOST_TEST(refusal("a@xn--bcher-kva.example") == "");
  BOOST_TEST(refusal("b\xC3\xBC"
                     "cher@b.example") == "");
}

BOOST_AUTO_TEST_CASE(takes_a_kilobyte_of_metadata) {
  // {"k":"...","merchant_customer_id":"m"} is 35 bytes and the value.
  florin::CreateRequest request{.merchant_customer_id = "m"};
  request.metadata.set("k", std::string(965, 'x'));
  BOOST_TEST(send<MolliePolicy>(request, key()).refusal() == "");
  request.metadata.set("k", std::string(964, 'x') + "\"");
  BOOST_TEST(send<MolliePolicy>(request, key()).refusal() == "invalid_field:metadata");
  // Bytes count, not characters.
  std::string wide;
  for (int i = 0; i < 482; ++i) wide += "\xC3\xA9";
  request.metadata.set("k", wide);
  BOOST_TEST(send<MolliePolicy>(request, key()).refusal() == "");
  request.metadata.set("k", wide + "\xC3\xA9");
  BOOST_TEST(send<MolliePolicy>(request, key()).refusal() == "invalid_field:metadata");
}

BOOST_AUTO_TEST_CASE(says_testmode_with_access_tokens_alone) {
  BOOST_TEST(send<MolliePolicy>({.merchant_customer_id = "m"}, token("true")).body ==
             R"({"metadata":{"merchant_customer_id":"m"},"testmode":true})");
  BOOST_TEST(send<MolliePolicy>({.merchant_customer_id = "m"}, token("yes")).refusal() ==
             "invalid_credentials:");
  BOOST_TEST(send_change<MolliePolicy>(id, {.name = "Ana Sample"}, token("false")).body ==
             R"({"name":"Ana Sample","testmode":false})");
  const auto read = by_id<MolliePolicy, florin::Retrieve>(id, token("true"));
  BOOST_TEST(read.has_line("GET /v2/customers/cst_FAKEtKt44u?testmode=true HTTP/1.1"));
  const auto gone = by_id<MolliePolicy, florin::Delete>(id, token("true"));
  BOOST_TEST(gone.has_line("DELETE /v2/customers/cst_FAKEtKt44u HTTP/1.1"));
  BOOST_TEST(gone.body == R"({"testmode":true})");
}

BOOST_AUTO_TEST_CASE(reads_the_answers_of_the_sheet) {
  const auto made = receive<MolliePolicy>(
      201, R"({"resource":"customer","id":"cst_FAKEtKt44u85MM","mode":"test","name":"John Doe",)"
           R"("email":"john.doe@example.com","locale":null,"metadata":{"merchant_customer_id":)"
           R"("cust_user_12345","tier":"gold"},"createdAt":"2026-01-15T10:20:30+00:00"})");
  BOOST_TEST(summary(made) == "success:cst_FAKEtKt44u85MM");
  const auto again =
      receive<MolliePolicy>(201, R"({"id":"cst_FAKE"})", {{"Idempotent-Replayed", "true"}});
  BOOST_TEST_REQUIRE(again.has_value());
  BOOST_TEST((again->origin == florin::Origin::replayed));
  BOOST_TEST(summary(receive<MolliePolicy>(201, R"({"id":"tr_FAKE"})")) ==
             "unreadable_reply/unknown/502");

  const auto invalid = receive<MolliePolicy>(
      422, error(422, "Unprocessable Entity", "The email address 'ana@' is invalid",
                 R"(,"field":"email")"));
  BOOST_TEST(summary(invalid) == "invalid_data/no_effect/422");
  BOOST_TEST(invalid.error().param == "email");
  BOOST_TEST(invalid.error().connector_code == "Unprocessable Entity");
  BOOST_TEST(invalid.error().connector_message == "The email address 'ana@' is invalid");
  BOOST_TEST(summary(receive<MolliePolicy>(
                 401, error(401, "Unauthorized Request",
                            "Missing authentication, or failed to authenticate"))) ==
             "unauthorized/no_effect/401");
  BOOST_TEST(summary(receive<MolliePolicy>(403, error(403, "Forbidden", "No."))) ==
             "forbidden/no_effect/403");
  BOOST_TEST(summary(receive<MolliePolicy>(
                 404, error(404, "Not Found", "No entity exists with token 'cst_FAKE'"))) ==
             "not_found/no_effect/404");
  const auto limited = receive<MolliePolicy>(
      429, error(429, "Too Many Requests",
                 "You have exceeded the rate limit. Please slow down your requests."));
  BOOST_TEST(summary(limited) == "rate_limited/no_effect/429");
  BOOST_TEST(summary(receive<MolliePolicy>(415, error(415, "Unsupported Media Type", "No."))) ==
             "rejected/no_effect/415");
  BOOST_TEST(summary(receive<MolliePolicy>(503, error(503, "Service Unavailable", "No."))) ==
             "connector_unavailable/unknown/503");
  BOOST_TEST(summary(receive<MolliePolicy>(502, "<html>")) == "connector_unavailable/unknown/502");
}

BOOST_AUTO_TEST_CASE(tells_conflicts_of_keys_by_status) {
  BOOST_TEST(summary(receive<MolliePolicy>(400, error(400, "Bad Request", "The key was used."))) ==
             "idempotency_conflict/unknown/409");
  BOOST_TEST(summary(receive<MolliePolicy>(
                 400, error(400, "Bad Request", "No.", R"(,"field":"metadata")"))) ==
             "invalid_data/no_effect/422");
  const auto running = receive<MolliePolicy>(409, error(409, "Conflict", "It still runs."));
  BOOST_TEST(summary(running) == "idempotency_conflict/unknown/409");
  BOOST_TEST(running.error().transient);
  // A proxy's answer is none of Mollie's, and an update has no key.
  BOOST_TEST(summary(receive<MolliePolicy>(400, "<html>")) == "invalid_data/no_effect/422");
  BOOST_TEST(short_verdict(read_change<MolliePolicy>(id, 400, error(400, "Bad Request", "No."))) ==
             "invalid_data/no_effect");
}

BOOST_AUTO_TEST_CASE(reads_a_customer_back) {
  const auto sent = by_id<MolliePolicy, florin::Retrieve>(id, key());
  BOOST_TEST(sent.has_line("GET /v2/customers/cst_FAKEtKt44u HTTP/1.1"));
  BOOST_TEST(sent.has_line("Accept: application/hal+json, application/json"));
  BOOST_TEST(sent.body.empty());
  const auto ana = customer_of<MolliePolicy>(
      id, customer("ana.example@example.com", R"({"merchant_customer_id":"mc-0001","n":7})"));
  BOOST_TEST(ana.connector_customer_id() == id);
  BOOST_TEST(ana.merchant_customer_id().value_or("-") == "mc-0001");
  BOOST_TEST(ana.email().value_or("-") == "ana.example@example.com");
  BOOST_TEST(ana.name().value_or("-") == "Ana Example");
  BOOST_TEST(ana.metadata("n").value_or("-") == "7");
  BOOST_TEST(ana.created().has_value());
  BOOST_TEST(!ana.phone());
  // Whatever somebody has stored there.
  for (const auto* const other : {"null", R"("text")", "7", "true"}) {
    const auto read = customer_of<MolliePolicy>(id, customer("a@b.example", other));
    BOOST_TEST(read.metadata_size() == 0U, other);
    BOOST_TEST(!read.merchant_customer_id());
  }
  const auto missing = [](int status, std::string_view title) {
    return short_verdict(read<MolliePolicy, florin::Retrieve>(
        id, status, error(status, title, "No customer exists with token cst_FAKEtKt44u.")));
  };
  BOOST_TEST(missing(404, "Not Found") == "not_found/no_effect");
  BOOST_TEST(missing(410, "Gone") == "not_found/no_effect");
}

BOOST_AUTO_TEST_CASE(sends_all_metadata_again) {
  const auto current = customer_of<MolliePolicy>(
      id, customer("ana.example@example.com", R"({"merchant_customer_id":"mc-0001","a":"1"})"));
  const auto sent = send_change<MolliePolicy>(
      id, {.email = "ana.new@example.com", .metadata = {{"tier", "gold"}}}, key(), &current);
  BOOST_TEST(sent.has_line("PATCH /v2/customers/cst_FAKEtKt44u HTTP/1.1"));
  BOOST_TEST(sent.head.find("Idempotency-Key") == std::string::npos);
  BOOST_TEST(sent.body ==
             R"({"email":"ana.new@example.com",)"
             R"("metadata":{"a":"1","tier":"gold","merchant_customer_id":"mc-0001"}})");
  BOOST_TEST(send_change<MolliePolicy>(id, {.metadata_cleared = {"a"}}, key(), &current).body ==
             R"({"metadata":{"merchant_customer_id":"mc-0001"}})");
  BOOST_TEST(send_change<MolliePolicy>(id, {.metadata = {{"b", "2"}}}, key()).refusal() ==
             "invalid_options:");
  BOOST_TEST(send_change<MolliePolicy>(id, {.email = "a@b.example"}, key()).body ==
             R"({"email":"a@b.example"})");
  BOOST_TEST(send_change<MolliePolicy>(id, {.cleared = {florin::Field::email}}, key()).refusal() ==
             "invalid_field:email");
  BOOST_TEST(send_change<MolliePolicy>(id, {.phone = "1"}, key()).refusal() ==
             "invalid_field:phone");
  // With what is there it would be too much.
  const auto full = customer_of<MolliePolicy>(
      id, customer("a@b.example", R"({"a":")" + std::string(900, 'x') + R"("})"));
  BOOST_TEST(
      send_change<MolliePolicy>(id, {.metadata = {{"b", std::string(100, 'x')}}}, key(), &full)
          .refusal() == "invalid_field:metadata");

  const auto answer = read_change<MolliePolicy>(
      id, 200, customer("ana.new@example.com", R"({"merchant_customer_id":"mc-0001"})"));
  BOOST_TEST_REQUIRE(answer.has_value());
  BOOST_TEST(answer->email().value_or("-") == "ana.new@example.com");
  BOOST_TEST(short_verdict(read_change<MolliePolicy>("cst_other", 200, customer("a@b", "null"))) ==
             "unreadable_reply/unknown");
  BOOST_TEST(short_verdict(read_change<MolliePolicy>(id, 404, error(404, "Not Found", "No."))) ==
             "not_found/no_effect");
}

BOOST_AUTO_TEST_CASE(takes_404_and_410_for_a_customer_that_is_not_there) {
  const auto sent = by_id<MolliePolicy, florin::Delete>(id, key());
  BOOST_TEST(sent.has_line("DELETE /v2/customers/cst_FAKEtKt44u HTTP/1.1"));
  BOOST_TEST(sent.body == "{}");
  BOOST_TEST(removed<MolliePolicy>(id, 204, "") == "deleted");
  BOOST_TEST(removed<MolliePolicy>(id, 410, error(410, "Gone", "It was deleted.")) ==
             "already gone");
  BOOST_TEST(removed<MolliePolicy>(id, 404, error(404, "Not Found", "No customer exists.")) ==
             "not_found/no_effect");
  BOOST_TEST(removed<MolliePolicy>(id, 403, error(403, "Forbidden", "No.")) ==
             "forbidden/no_effect");
  BOOST_TEST(removed<MolliePolicy>(id, 200, "<html>") == "unreadable_reply/unknown");
}

BOOST_AUTO_TEST_CASE(reads_each_example_of_the_sheet) {
  reads_as<MolliePolicy, florin::Create>(
      {.merchant_customer_id = "mc-0001", .email = "ana.example@example.com"}, 201,
      R"({"resource":"customer","id":"cst_FAKEtKt44u85MM","mode":"test","name":"Ana Example",)"
      R"("email":"ana.example@example.com","locale":null,)"
      R"("metadata":{"merchant_customer_id":"mc-0001","tier":"gold"},)"
      R"("createdAt":"2026-01-15T10:20:30+00:00","_links":{"self":{"href":"https://api.mollie.c)"
      R"(om/v2/customers/cst_FAKEtKt44u85MM","type":"application/hal+json"},)"
      R"("dashboard":{"href":"https://www.mollie.com/dashboard/org_00000001/customers/cst_FAKEt)"
      R"(Kt44u85MM","type":"text/html"},"documentation":{"href":"https://docs.mollie.com/refere)"
      R"(nce/create-customer","type":"text/html"}}})",
      "success:cst_FAKEtKt44u85MM");
  reads_as<MolliePolicy, florin::Create>(
      {.merchant_customer_id = "mc-0001", .email = "ana.example@example.com"}, 422,
      R"({"status":422,"title":"Unprocessable Entity",)"
      R"("detail":"The email address 'ana@' is invalid","field":"email",)"
      R"("_links":{"documentation":{"href":"https://docs.mollie.com/reference/handling-errors",)"
      R"("type":"text/html"}}})",
      "invalid_data/no_effect/422|Unprocessable Entity|The email address 'ana@' is invalid");
  reads_as<MolliePolicy, florin::Create>(
      {.merchant_customer_id = "mc-0001", .email = "ana.example@example.com"}, 401,
      R"({"status":401,"title":"Unauthorized Request","detail":"Missing authentication,)"
      R"( or failed to authenticate","_links":{"documentation":{"href":"https://docs.mollie.com)"
      R"(/reference/authentication","type":"text/html"}}})",
      "unauthorized/no_effect/401|Unauthorized Request|"
      "Missing authentication, or failed to authenticate");
  reads_as<MolliePolicy, florin::Create>(
      {.merchant_customer_id = "mc-0001", .email = "ana.example@example.com"}, 404,
      R"({"status":404,"title":"Not Found","detail":"No entity exists with token 'cst_FAKE'",)"
      R"("_links":{"documentation":{"href":"https://docs.mollie.com/reference/handling-errors",)"
      R"("type":"text/html"}}})",
      "not_found/no_effect/404|Not Found|No entity exists with token 'cst_FAKE'");
  reads_as<MolliePolicy, florin::Create>(
      {.merchant_customer_id = "mc-0001", .email = "ana.example@example.com"}, 429,
      R"({"status":429,"title":"Too Many Requests",)"
      R"("detail":"You have exceeded the rate limit. Please slow down your requests.",)"
      R"("_links":{"documentation":{"href":"https://docs.mollie.com/reference/rate-limiting",)"
      R"("type":"text/html"}}})",
      "rate_limited/no_effect/429|Too Many Requests|"
      "You have exceeded the rate limit. Please slow down your requests.");
  reads_as<MolliePolicy, florin::Retrieve>(
      {"cst_FAKEtKt44u"}, 200,
      R"({"resource":"customer","id":"cst_FAKEtKt44u","mode":"test","name":"Ana Example",)"
      R"("email":"ana.example@example.com","locale":null,)"
      R"("metadata":{"merchant_customer_id":"mc-0001"},"createdAt":"2026-01-15T10:20:30+00:00",)"
      R"("_links":{"self":{"href":"https://api.mollie.com/v2/customers/cst_FAKEtKt44u",)"
      R"("type":"application/hal+json"},"dashboard":{"href":"https://www.mollie.com/dashboard/o)"
      R"(rg_00000001/customers/cst_FAKEtKt44u","type":"text/html"},)"
      R"("documentation":{"href":"https://docs.mollie.com/reference/get-customer",)"
      R"("type":"text/html"}}})",
      "ACTIVE|merchant_customer_id=mc-0001|email=ana.example@example.com|name=Ana Example|"
      "created 1768472430");
  reads_as<MolliePolicy, florin::Update>(
      {.connector_customer_id = "cst_FAKEtKt44u"}, 200,
      R"({"resource":"customer","id":"cst_FAKEtKt44u","mode":"test","name":"Ana Example",)"
      R"("email":"ana.new@example.com","locale":null,)"
      R"("metadata":{"merchant_customer_id":"mc-0001","tier":"gold"},)"
      R"("createdAt":"2026-01-15T10:20:30+00:00","_links":{"self":{"href":"https://api.mollie.c)"
      R"(om/v2/customers/cst_FAKEtKt44u","type":"application/hal+json"},)"
      R"("dashboard":{"href":"https://www.mollie.com/dashboard/org_00000001/customers/cst_FAKEt)"
      R"(Kt44u","type":"text/html"},"documentation":{"href":"https://docs.mollie.com/reference/)"
      R"(update-customer","type":"text/html"}}})",
      "ACTIVE|merchant_customer_id=mc-0001|email=ana.new@example.com|name=Ana Example|"
      "tier:gold|created 1768472430");
  reads_as<MolliePolicy, florin::Retrieve>(
      {"cst_FAKEtKt44u"}, 404,
      R"({"status":404,"title":"Not Found","detail":"No customer exists with token )"
      R"(cst_FAKEtKt44u.","_links":{"documentation":{"href":"https://docs.mollie.com/guides/han)"
      R"(dling-errors","type":"text/html"}}})",
      "not_found/no_effect/404|Not Found|No customer exists with token cst_FAKEtKt44u.");
}

namespace {

florin_test::Trial trial() {
  return florin_test::trial_of<florin::MolliePolicy>(florin::testing::mollie());
}

}  // namespace

BOOST_AUTO_TEST_CASE(conforms) {
  florin_test::conforms<florin::MolliePolicy>(florin::testing::mollie());
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
