// SPDX-License-Identifier: Apache-2.0
#include <florin/idempotency.hpp>
#include <florin/policies/flutterwave.hpp>
#include <florin/testing/processors/flutterwave.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "policies/exchange.hpp"
#include "policies/operations.hpp"
#include "policies/token_exchange.hpp"
#include "trials/conforms.hpp"
#include "trials/faults.hpp"
#include "trials/lives.hpp"
#include "trials/trial.hpp"

BOOST_AUTO_TEST_SUITE(policies_flutterwave)

using namespace florin_test;
using florin::Field;
using florin::FieldSet;
using florin::FlutterwavePolicy;

static_assert(florin::ConnectorPolicy<FlutterwavePolicy>);
static_assert(florin::has_idempotency<FlutterwavePolicy>);
static_assert(florin::HasTokenHosts<FlutterwavePolicy>);
static_assert(florin::required_fields<FlutterwavePolicy> ==
              FieldSet{Field::merchant_customer_id, Field::email});
static_assert(!florin::carries<FlutterwavePolicy, florin::field::Description>);
static_assert(!florin::offers<FlutterwavePolicy, florin::Delete> &&
              !florin::offers<FlutterwavePolicy, florin::FindByReference>);

namespace {

const FlutterwavePolicy::Credentials credentials{.client_id = "fake-client-0001",
                                                 .client_secret = "fake-secret-0001"};
constexpr std::string_view key = "00000000000040008000000000000001";

Sent create(const florin::CreateRequest& request, std::string_view with_key = key) {
  return send<FlutterwavePolicy>(request, credentials,
                                 {.idempotency_key = with_key, .access_token = "fake-token-0001"});
}
std::string failed(std::string_view type, std::string_view code) {
  return R"({"status":"failed","error":{"type":")" + std::string{type} + R"(","code":")" +
         std::string{code} + R"(","message":"Text"}})";
}
/// `code/outcome/status_code` of an answer to a create.
std::string meaning(int status, std::string_view body) {
  return summary(receive<FlutterwavePolicy>(status, body));
}
constexpr std::string_view customer =
    R"({"status":"success","message":"Customer fetched","data":{"id":"cus_Ab12Cd34Ef","address":)"
    R"({"city":"Lagos","country":"NG","line1":"1 Test Street","postal_code":"100001","state":)"
    R"("Lagos","line2":""},"email":"ana.example@example.com","name":{"first":"Ana","middle":null,)"
    R"("last":"Example"},"phone":{"country_code":"234","number":"8000000001"},"meta":)"
    R"({"merchant_customer_id":"mc-0001"},"created_datetime":"2026-01-05T10:00:00.637002170Z"}})";

florin::Result<florin::Customer> retrieved(int status, std::string_view body) {
  return read<FlutterwavePolicy, florin::Retrieve>("cus_Ab12Cd34Ef", status, body);
}
template <class Operation, class Request>
auto answered(const Request& request, int status, std::string_view body) {
  const std::vector<florin::wire::HeaderView> headers;
  return florin::decode<FlutterwavePolicy, Operation>(
      florin::wire::ResponseView<std::vector<florin::wire::HeaderView>>{status, headers, body},
      request);
}

}  // namespace

BOOST_AUTO_TEST_CASE(fetches_a_token_at_its_host) {
  for (const auto world : {florin::Environment::live, florin::Environment::sandbox}) {
    const auto sent = ask_for_token<FlutterwavePolicy>(credentials, {.environment = world});
    BOOST_TEST_REQUIRE(sent.refusal() == "");
    BOOST_TEST(sent.has_line("POST /realms/flutterwave/protocol/openid-connect/token HTTP/1.1"));
    BOOST_TEST(sent.has_line("Host: idp.flutterwave.com"));
    BOOST_TEST(sent.has_line("Content-Type: application/x-www-form-urlencoded"));
    BOOST_TEST(sent.head.find("Authorization") == std::string::npos);
    BOOST_TEST(sent.body ==
               "client_id=fake-client-0001&client_secret=fake-secret-0001&grant_type=client_"
               "credentials");
  }
  const auto token = receive_token<FlutterwavePolicy>(
      200, R"({"access_token":"fake-token-0001","expires_in":600,"token_type":"Bearer"})");
  BOOST_TEST(summary(token) == "success:fake-token-0001");
  BOOST_TEST((token->lifetime == std::chrono::seconds{600}));
  const std::string_view refused =
      R"({"error":"invalid_client","error_description":"Invalid client credentials"})";
  for (const int status : {400, 401})
    BOOST_TEST(summary(receive_token<FlutterwavePolicy>(status, refused))
                   .starts_with("unauthorized/no_effect/"));
}

BOOST_AUTO_TEST_CASE(sends_what_the_sheet_shows) {
  const auto sent = create(full_request());
  BOOST_TEST_REQUIRE(sent.refusal() == "");
  BOOST_TEST(sent.has_line("POST /customers HTTP/1.1"));
  BOOST_TEST(sent.has_line("Host: f4bexperience.flutterwave.com"));
  BOOST_TEST(sent.has_line("Authorization: Bearer fake-token-0001"));
  BOOST_TEST(sent.has_line("Content-Type: application/json"));
  BOOST_TEST(sent.has_line("Accept: application/json"));
  BOOST_TEST(sent.has_line("X-Idempotency-Key: " + std::string{key}));
  BOOST_TEST(sent.head.find("fake-secret") == std::string::npos);
  BOOST_TEST(sent.body ==
             R"({"email":"ana@example.com","name":{"first":"Ana","last":"Example"},)"
             R"("phone":{"country_code":"1","number":"5555550100"},)"
             R"("address":{"line1":"1 Example Street","line2":"Apt 2","city":"Springfield",)"
             R"("state":"IL","postal_code":"62701","country":"US"},)"
             R"("meta":{"tier":"gold","merchant_customer_id":"m-1001"}})");
  BOOST_TEST((sent.dropped == FieldSet{Field::description}));
  const auto least = create({.merchant_customer_id = "m", .email = "a@b.example"});
  BOOST_TEST(least.body == R"({"email":"a@b.example","meta":{"merchant_customer_id":"m"}})");
  const auto sandbox =
      send<FlutterwavePolicy>(full_request(), credentials,
                              {.environment = florin::Environment::sandbox, .access_token = "t"});
  BOOST_TEST(sandbox.has_line("Host: developersandbox-api.flutterwave.com"));
}

BOOST_AUTO_TEST_CASE(refuses_what_the_sheet_refuses) {
  BOOST_TEST(create({.merchant_customer_id = "m"}).refusal() == "missing_field:email");
  for (const char* const bad :
       {"a=b@c.example", "o'hara@c.example", "\xC3\xA9@c.example", "a.c", "a@b", "a..b@c.example",
        ".a@c.example", "a.@c.example", "a@b_c.com", "a@b&c.com", "a@c.e", "a@c.e0", "a@c..com",
        "a@.com", "@c.example", "a@b@c.example", "a.b@c", "a@c.com.", "a@"})
    BOOST_TEST(create({.merchant_customer_id = "m", .email = bad}).refusal() ==
               "invalid_field:email");
  BOOST_TEST(
      create({.merchant_customer_id = "m", .email = "a_b+c&d*e-f.g@h-i.example"}).refusal() == "");
  BOOST_TEST(create({.merchant_customer_id = "m", .email = "1@-.Ab"}).refusal() == "");
  auto request = full_request();
  request.phone = "5555550100";  // no calling code to be told
  BOOST_TEST(create(request).refusal() == "invalid_field:phone");
  for (const std::string_view bad : {"elevenchars", "00000000-0000-4000-8000-000000000001"})
    BOOST_TEST(create(full_request(), bad).refusal() == "invalid_idempotency_key:");
  BOOST_TEST(create(full_request(), std::string(255, 'a')).refusal() == "");
  BOOST_TEST(create(full_request(), std::string(256, 'a')).refusal() == "invalid_idempotency_key:");
  const auto own = florin::derive_idempotency_key<FlutterwavePolicy>("m-1001");
  BOOST_TEST(own.view().size() == 32u);
  BOOST_TEST(own.view().find('-') == std::string_view::npos);
}

BOOST_AUTO_TEST_CASE(reads_the_answers_of_the_sheet) {
  const std::string created =
      R"({"status":"success","message":"Customer created","data":{"id":"cus_Ab12Cd34Ef","address":)"
      R"(null,"email":"john.doe@example.com","name":null,"phone":null,"meta":{},)"
      R"("created_datetime":"2026-01-05T10:00:00.637002170Z"}})";
  for (const int status : {200, 201})
    BOOST_TEST(meaning(status, created) == "success:cus_Ab12Cd34Ef");
  const auto replayed =
      receive<FlutterwavePolicy>(201, created, {{"X-Idempotency-Cache-Hit", "true"}});
  BOOST_TEST((replayed.value().origin == florin::Origin::replayed));
  // Another body under the key gets the first answer: that is another customer's.
  auto stranger = created;
  stranger.replace(stranger.find("john.doe"), 8, "ana.else");
  BOOST_TEST(meaning(201, stranger) == "unreadable_reply/unknown/502");
  BOOST_TEST(
      meaning(200, R"({"status":"failed","message":"x","data":{"id":"cus_1"}})").find("success") ==
      std::string::npos);
}

BOOST_AUTO_TEST_CASE(reads_the_errors_of_the_sheet) {
  const auto missing = receive<FlutterwavePolicy>(
      400, R"({"status":"failed","error":{"type":"REQUEST_NOT_VALID","code":"10400","message":)"
           R"("Request is not valid","validation_errors":[{"field_name":"email","message":)"
           R"("must not be null"}]}})");
  BOOST_TEST(summary(missing) == "invalid_data/no_effect/422");
  BOOST_TEST(missing.error().connector_code == "10400");
  BOOST_TEST(missing.error().connector_type == "REQUEST_NOT_VALID");
  BOOST_TEST(missing.error().connector_message == "Request is not valid");
  BOOST_TEST(missing.error().param == "email");
  BOOST_TEST(meaning(422, failed("UNPROCESSABLE", "10422")) == "invalid_data/no_effect/422");
  BOOST_TEST(meaning(401, failed("UNAUTHORIZED", "10401")) == "unauthorized/no_effect/401");
  BOOST_TEST(meaning(403, failed("FORBIDDEN", "10403")) == "forbidden/no_effect/403");
  BOOST_TEST(meaning(409, failed("RESOURCE_CONFLICT", "10409")) == "customer_exists/in_effect/409");
  BOOST_TEST(meaning(409, failed("CUSTOMER_ALREADY_EXISTS", "10409")) ==
             "customer_exists/in_effect/409");
  // A code of one product alone: the status tells.
  BOOST_TEST(meaning(409, failed("X", "1100409")) == "customer_exists/in_effect/409");
  BOOST_TEST(meaning(404, failed("X", "1100404")) == "not_found/no_effect/404");
  BOOST_TEST(meaning(429, "") == "rate_limited/no_effect/429");
  BOOST_TEST(meaning(500, failed("INTERNAL_SERVER_ERROR", "10500")) ==
             "connector_unavailable/unknown/500");
  for (const int status : {502, 503, 504})
    BOOST_TEST(meaning(status, "<html>").starts_with("connector_unavailable/unknown/"));
  // As v3 says it.
  const auto old = receive<FlutterwavePolicy>(
      400, R"({"status":"error","message":"email is required","data":null})");
  BOOST_TEST(summary(old) == "invalid_data/no_effect/422");
  BOOST_TEST(old.error().connector_message == "email is required");
}

BOOST_AUTO_TEST_CASE(reads_a_customer_back) {
  const auto sent = ask<FlutterwavePolicy, florin::Retrieve>("cus_Ab12Cd34Ef");
  BOOST_TEST(sent.has_line("GET /customers/cus_Ab12Cd34Ef HTTP/1.1"));
  const auto read_back = retrieved(200, customer);
  BOOST_TEST_REQUIRE(read_back.has_value());
  BOOST_TEST(read_back->connector_customer_id() == "cus_Ab12Cd34Ef");
  BOOST_TEST(read_back->merchant_customer_id().value_or("") == "mc-0001");
  BOOST_TEST(read_back->email().value_or("") == "ana.example@example.com");
  BOOST_TEST(read_back->given_name().value_or("") == "Ana");
  BOOST_TEST(read_back->family_name().value_or("") == "Example");
  BOOST_TEST(read_back->phone().value_or("") == "+2348000000001");
  const auto missing = retrieved(404, failed("RESOURCE_NOT_FOUND", "10404"));
  BOOST_TEST((missing.error().code == florin::Errc::not_found));
}

BOOST_AUTO_TEST_CASE(changes_a_customer_with_all_that_is_there) {
  const auto current = retrieved(200, customer).value();
  const florin::UpdateRequest changes{
      .name = "Anna Example", .phone = "+2348000000002", .metadata = {{"tier", "gold"}}};
  florin::UpdateRequestView view = changes;
  view.connector_customer_id = current.connector_customer_id();
  view.current = &current;
  florin::EncodedRequest out;
  BOOST_TEST_REQUIRE((florin::encode<FlutterwavePolicy, florin::Update>(
                          view, credentials, {.access_token = "fake-token-0001"}, out)
                          .has_value()));
  BOOST_TEST(out.head().starts_with("PUT /customers/cus_Ab12Cd34Ef HTTP/1.1\r\n"));
  BOOST_TEST(out.head().find("X-Idempotency-Key") == std::string_view::npos);
  BOOST_TEST(out.body() == R"({"name":{"first":"Anna","last":"Example"},)"
                           R"("phone":{"country_code":"234","number":"8000000002"},)"
                           R"("address":{"line1":"1 Test Street","city":"Lagos","state":"Lagos",)"
                           R"("postal_code":"100001","country":"NG"},)"
                           R"("meta":{"tier":"gold","merchant_customer_id":"mc-0001"}})");
  const auto answer = answered<florin::Update>(
      view, 200,
      R"({"status":"success","message":"Customer updated","data":{"id":"cus_Ab12Cd34Ef","address":)"
      R"(null,"email":"ana.example@example.com","name":{"first":"Anna","middle":null,"last":)"
      R"("Example"},"phone":{"country_code":"234","number":"8000000002"},"meta":)"
      R"({"merchant_customer_id":"mc-0001","tier":"gold"},"created_datetime":)"
      R"("2026-01-05T10:00:00.637002170Z"}})");
  BOOST_TEST_REQUIRE(answer.has_value());
  BOOST_TEST(answer->phone().value_or("") == "+2348000000002");
  BOOST_TEST(
      (answered<florin::Update>(view, 409, failed("RESOURCE_CONFLICT", "10409")).error().code ==
       florin::Errc::rejected));
}

BOOST_AUTO_TEST_CASE(finds_by_email) {
  const florin::FindRequest request{.email = "ana.example@example.com"};
  florin::EncodedRequest out;
  BOOST_TEST_REQUIRE((florin::encode<FlutterwavePolicy, florin::FindByEmail>(
                          request, credentials, {.access_token = "fake-token-0001"}, out)
                          .has_value()));
  BOOST_TEST(out.head().starts_with("POST /customers/search HTTP/1.1\r\n"));
  // With a key an older answer may be replayed.
  BOOST_TEST(out.head().find("X-Idempotency-Key") == std::string_view::npos);
  BOOST_TEST(out.body() == R"({"email":"ana.example@example.com"})");
  const auto found = [&](int status, std::string_view body) {
    const auto page = answered<florin::FindByEmail>(request, status, body);
    if (!page) return std::string{to_string(page.error().code)};
    std::string ids = std::to_string(page->next().size());
    for (const auto& each : *page) ids.append(" ").append(each.connector_customer_id());
    return ids;
  };
  BOOST_TEST(found(200,
                   R"({"status":"success","message":"Customers fetched","meta":{"page_info":)"
                   R"({"total":1,"current_page":1,"total_pages":1}},"data":[{"id":)"
                   R"("cus_Ab12Cd34Ef","address":null,"email":"ana.example@example.com","name":)"
                   R"({"first":"Ana","middle":null,"last":"Example"},"phone":null,"meta":{},)"
                   R"("created_datetime":"2026-01-05T10:00:00Z"}]})") == "0 cus_Ab12Cd34Ef");
  const std::string none = R"({"status":"success","message":"x","meta":{"page_info":{"total":0,)"
                           R"("current_page":1,"total_pages":0}},"data":)";
  BOOST_TEST(found(200, none + "[]}") == "0");
  BOOST_TEST(found(200, none + "null}") == "0");
  BOOST_TEST(found(404, failed("RESOURCE_NOT_FOUND", "10404")) == "0");
}

BOOST_AUTO_TEST_CASE(a_search_goes_on_to_its_last_page) {
  const auto sent = [](std::string_view page) {
    return request_of<FlutterwavePolicy, florin::FindByEmail>(
        {.email = "ana.example@example.com", .page = page});
  };
  BOOST_TEST(sent("").has_line("POST /customers/search HTTP/1.1"));
  BOOST_TEST(sent("2").has_line("POST /customers/search?page=2 HTTP/1.1"));
  BOOST_TEST(sent("2").body == R"({"email":"ana.example@example.com"})");
  const auto read = [](std::string_view page, std::string_view meta) {
    return found<FlutterwavePolicy, florin::FindByEmail>(
        {.email = "ana.example@example.com", .page = page}, 200,
        R"({"status":"success","message":"Customers fetched",)" + std::string{meta} +
            R"("data":[{"id":"cus_Ab12Cd34Ef","address":null,"email":"ana.example@example.com",)"
            R"("name":{"first":"Ana","middle":null,"last":"Example"},"phone":null,"meta":{},)"
            R"("created_datetime":"2026-01-05T10:00:00Z"}]})");
  };
  const auto numbers = [](std::string_view current) {
    return R"("meta":{"page_info":{"total":21,"current_page":)" + std::string{current} +
           R"(,"total_pages":3}},)";
  };
  BOOST_TEST(read("", numbers("1")) == "cus_Ab12Cd34Ef>2");
  BOOST_TEST(read("2", numbers("2")) == "cus_Ab12Cd34Ef>3");
  BOOST_TEST(read("3", numbers("3")) == "cus_Ab12Cd34Ef");
  BOOST_TEST(read("", "") == "cus_Ab12Cd34Ef");
}

BOOST_AUTO_TEST_CASE(an_empty_text_is_absent) {
  BOOST_TEST(shown(retrieved(200, customer)) ==
             "ACTIVE|merchant_customer_id=mc-0001|email=ana.example@example.com|given_name=Ana|"
             "family_name=Example|phone=+2348000000001|address.line1=1 Test Street|"
             "address.city=Lagos|address.state=Lagos|address.zip=100001|address.country=NG|"
             "created 1767607200");
}

BOOST_AUTO_TEST_CASE(reads_each_example_of_the_sheet) {
  reads_as<FlutterwavePolicy, florin::Create>(
      {.merchant_customer_id = "mc-0001", .email = "ana.example@example.com"}, 201,
      R"({"status":"success","message":"Customer created","data":{"id":"cus_Ab12Cd34Ef",)"
      R"("address":{"line1":"1 Test Street","line2":"","city":"Lagos","state":"Lagos",)"
      R"("postal_code":"100001","country":"NG"},"email":"ana.example@example.com",)"
      R"("name":{"first":"Ana","middle":null,"last":"Example"},"phone":{"country_code":"234",)"
      R"("number":"8000000001"},"meta":{},"created_datetime":"2026-01-05T10:00:00.637002170Z"}})",
      "success:cus_Ab12Cd34Ef");
  reads_as<FlutterwavePolicy, florin::Create>(
      {.merchant_customer_id = "mc-0001", .email = "ana.example@example.com"}, 401,
      R"({"status":"failed","error":{"type":"UNAUTHORIZED","code":"10401",)"
      R"("message":"Unauthorized"}})",
      "unauthorized/no_effect/401|10401|Unauthorized");
  reads_as<FlutterwavePolicy, florin::Retrieve>(
      {"cus_Ab12Cd34Ef"}, 404,
      R"({"status":"failed","error":{"type":"RESOURCE_NOT_FOUND","code":"10404",)"
      R"("message":"Customer not found","validation_errors":[]}})",
      "not_found/no_effect/404|10404|Customer not found");
  reads_as<FlutterwavePolicy, florin::FindByEmail>(
      {.email = "ana.example@example.com"}, 200,
      R"({"status":"success","message":"Customers fetched","meta":{"page_info":{"total":0,)"
      R"("current_page":1,"total_pages":0}},"data":[]})",
      "");
}

namespace {

florin_test::Trial trial() {
  return florin_test::trial_of<florin::FlutterwavePolicy>(florin::testing::flutterwave());
}

}  // namespace

BOOST_AUTO_TEST_CASE(conforms) {
  florin_test::conforms<florin::FlutterwavePolicy>(florin::testing::flutterwave());
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
