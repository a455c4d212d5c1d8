// SPDX-License-Identifier: Apache-2.0
#include <florin/policies/shift4.hpp>
#include <florin/testing/processors/shift4.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

#include "policies/exchange.hpp"
#include "policies/operations.hpp"
#include "trials/conforms.hpp"
#include "trials/faults.hpp"
#include "trials/lives.hpp"
#include "trials/trial.hpp"

BOOST_AUTO_TEST_SUITE(policies_shift4)

using namespace florin_test;
using florin::Shift4Policy;

static_assert(florin::ConnectorPolicy<Shift4Policy>);
static_assert(florin::has_idempotency<Shift4Policy>);
static_assert(florin::required_fields<Shift4Policy> ==
              florin::FieldSet{florin::Field::merchant_customer_id, florin::Field::email});
static_assert(florin::carries<Shift4Policy, florin::field::Metadata>);

BOOST_AUTO_TEST_CASE(sends_what_the_sheet_shows) {
  const auto sent = send<Shift4Policy>(full_request(), {.api_key = "sk_test_EXAMPLE"});
  BOOST_TEST(sent.has_line("POST /customers HTTP/1.1"));
  BOOST_TEST(sent.has_line("Host: api.shift4.com"));
  BOOST_TEST(sent.has_line("Authorization: Basic c2tfdGVzdF9FWEFNUExFOg=="));
  BOOST_TEST(sent.has_line("Idempotency-Key: key-1"));
  BOOST_TEST(
      sent.body ==
      R"({"email":"ana@example.com","phoneNumber":"+15555550100","description":"Example buyer",)"
      R"("billing":{"name":"Ana Example","address":{"line1":"1 Example Street","line2":"Apt 2",)"
      R"("zip":"62701","city":"Springfield","state":"IL","country":"US"}},)"
      R"("metadata":{"tier":"gold","merchant_customer_id":"m-1001"}})");
  BOOST_TEST(sent.dropped.empty());
}

BOOST_AUTO_TEST_CASE(leaves_out_what_is_absent) {
  const auto sent = send<Shift4Policy>({.merchant_customer_id = "m", .email = "a@b.example"},
                                       {.api_key = "k", .merchant = "mer_1"});
  BOOST_TEST(sent.body == R"({"email":"a@b.example","metadata":{"merchant_customer_id":"m"}})");
  BOOST_TEST(sent.has_line("Shift4-Merchant: mer_1"));
}

BOOST_AUTO_TEST_CASE(requires_an_email) {
  BOOST_TEST(send<Shift4Policy>({.merchant_customer_id = "m"}, {.api_key = "k"}).refusal() ==
             "missing_field:email");
}

BOOST_AUTO_TEST_CASE(reads_the_answers_of_the_sheet) {
  BOOST_TEST(summary(receive<Shift4Policy>(200, R"({"id":"cust_FaKe00000000000000000001"})")) ==
             "success:cust_FaKe00000000000000000001");
  const auto missing = receive<Shift4Policy>(
      400, R"({"error":{"type":"invalid_request","message":"email: Must not be empty."}})");
  BOOST_TEST(summary(missing) == "invalid_data/no_effect/422");
  BOOST_TEST(missing.error().param == "email");
  const auto unknown = receive<Shift4Policy>(
      404,
      R"({"error":{"type":"invalid_request","message":"Customer 'cust_fake' does not exist"}})");
  BOOST_TEST(summary(unknown) == "not_found/no_effect/404");
  BOOST_TEST(unknown.error().param.empty());
  BOOST_TEST(summary(receive<Shift4Policy>(
                 400, R"({"error":{"type":"invalid_request","message":"Idempotent key used for )"
                      R"(request with different parameters."}})")) ==
             "idempotency_conflict/unknown/409");
  BOOST_TEST(summary(receive<Shift4Policy>(
                 429, R"({"error":{"type":"rate_limit_error","message":"Too many requests."}})")) ==
             "rate_limited/no_effect/429");
  BOOST_TEST(summary(receive<Shift4Policy>(401, "")) == "unauthorized/no_effect/401");
  BOOST_TEST(summary(receive<Shift4Policy>(
                 402, R"({"error":{"type":"card_error","code":"card_declined","message":"."}})")) ==
             "rejected/no_effect/402");
  BOOST_TEST(summary(receive<Shift4Policy>(502, "<html>")) == "connector_unavailable/unknown/502");
}

static_assert(florin::shows_deleted<Shift4Policy>);

BOOST_AUTO_TEST_CASE(is_read_back) {
  using namespace florin;
  BOOST_TEST((ask<Shift4Policy, Retrieve>("cust_FaKe00000000000000000001")
                  .has_line("GET /customers/cust_FaKe00000000000000000001 HTTP/1.1")));
  const std::string record =
      R"({"id":"cust_FaKe1","created":1767600000,"objectType":"customer",)"
      R"("email":"ana@example.com","description":"Renamed buyer","billing":{"name":"Ana Example",)"
      R"("address":{"line1":"1 Example Street","zip":"62701","country":"US"}},)"
      R"("metadata":{"merchant_customer_id":"m-1001","tier":"silver"})";
  BOOST_TEST(shown(read<Shift4Policy, Retrieve>("cust_FaKe1", 200, record + "}")) ==
             "ACTIVE|merchant_customer_id=m-1001|email=ana@example.com|name=Ana Example|"
             "description=Renamed buyer|address.line1=1 Example Street|address.zip=62701|"
             "address.country=US|tier:silver|created 1767600000");
  BOOST_TEST(shown(read<Shift4Policy, Retrieve>("cust_FaKe1", 200, record + R"(,"deleted":true})"))
                 .starts_with("DELETED"));
  BOOST_TEST(shown(read<Shift4Policy, Retrieve>("cust_FaKe1", 200, record + R"(,"deleted":false})"))
                 .starts_with("ACTIVE"));
  BOOST_TEST(
      short_verdict(read<Shift4Policy, Retrieve>(
          "cust_FaKe1", 404,
          R"({"error":{"type":"invalid_request","message":"Customer 'x' does not exist"}})")) ==
      "not_found/no_effect");
}

BOOST_AUTO_TEST_CASE(is_changed) {
  using namespace florin;
  const std::string_view id = "cust_FaKe00000000000000000001";
  const auto current = customer_of<Shift4Policy>(
      id,
      R"({"id":"cust_FaKe00000000000000000001","created":1767600000,"objectType":"customer",)"
      R"("email":"ana@example.com","phoneNumber":"+15555550100","billing":{"name":"Ana Example",)"
      R"("address":{"line1":"1 Example Street","zip":"62701","city":"Springfield","state":"IL",)"
      R"("country":"US"}},"metadata":{"merchant_customer_id":"m-1001","tier":"gold"}})");
  const UpdateRequest changes{.description = "Renamed buyer", .metadata = {{"tier", "silver"}}};
  const auto sent = request_of<Shift4Policy, Update>(change_of(current, changes));
  BOOST_TEST(sent.has_line("POST /customers/cust_FaKe00000000000000000001 HTTP/1.1"));
  BOOST_TEST(sent.has_line("Idempotency-Key: key-1"));
  BOOST_TEST(sent.body == R"({"description":"Renamed buyer","metadata":{"tier":"silver",)"
                          R"("merchant_customer_id":"m-1001"}})");
  BOOST_TEST(changed_body<Shift4Policy>(current, {.name = "Ana Sample"}) ==
             R"({"billing":{"name":"Ana Sample","address":{"line1":"1 Example Street",)"
             R"("zip":"62701","city":"Springfield","state":"IL","country":"US"}}})");
  BOOST_TEST(changed_body<Shift4Policy>(id, {.description = "D"}) == R"({"description":"D"})");
  BOOST_TEST(changed_body<Shift4Policy>(id, {.name = "Ana Sample"}) == "invalid_options:");
  BOOST_TEST(changed_body<Shift4Policy>(id, changes) == "invalid_options:");
  BOOST_TEST(changed_body<Shift4Policy>(current, {.cleared = {Field::metadata}}) ==
             R"({"metadata":{"merchant_customer_id":"m-1001"}})");
  BOOST_TEST(changed_body<Shift4Policy>(current, {.phone = "1"}) == "invalid_field:phone");
  BOOST_TEST(changed_body<Shift4Policy>(current, {.cleared = {Field::email}}) ==
             "invalid_field:email");
  const auto answer = answer_to<Shift4Policy, Update>(
      change_of(id, changes), 200,
      R"({"id":"cust_FaKe00000000000000000001","created":1767600000,"objectType":"customer",)"
      R"("email":"ana@example.com","description":"Renamed buyer","metadata":{)"
      R"("merchant_customer_id":"m-1001","tier":"silver"}})");
  BOOST_TEST_REQUIRE(answer.has_value());
  BOOST_TEST(answer->description().value_or("-") == "Renamed buyer");
  BOOST_TEST(short_verdict(answer_to<Shift4Policy, Update>(
                 change_of(id, changes), 404,
                 R"({"error":{"type":"invalid_request",)"
                 R"("message":"Customer 'cust_x' does not exist"}})")) == "not_found/no_effect");
}

BOOST_AUTO_TEST_CASE(is_deleted) {
  using namespace florin;
  const std::string_view id = "cust_FaKe00000000000000000001";
  BOOST_TEST((ask<Shift4Policy, Delete>(id).has_line("DELETE /customers/" + std::string{id} +
                                                     " HTTP/1.1")));
  BOOST_TEST(removed<Shift4Policy>(id, 200, R"({"id":"cust_FaKe00000000000000000001"})") ==
             "deleted");
  BOOST_TEST(removed<Shift4Policy>(id, 200, "{}") == "unreadable_reply/unknown");
  BOOST_TEST(
      removed<Shift4Policy>(
          id, 404,
          R"({"error":{"type":"invalid_request","message":"Customer 'x' does not exist"}})") ==
      "not_found/no_effect");
}

BOOST_AUTO_TEST_CASE(is_found) {
  using namespace florin;
  constexpr FindRequest ana{.email = "ana@example.com"};
  constexpr FindRequest reference{.merchant_customer_id = "m-1001"};
  BOOST_TEST(by_email<Shift4Policy>("ana@example.com")
                 .has_line("GET /customers?email=ana%40example.com&limit=100 HTTP/1.1"));
  BOOST_TEST(by_reference<Shift4Policy>("m-1001", "cust_9")
                 .has_line("GET /customers?metadataKey=merchant_customer_id&metadataValue=m-1001&"
                           "limit=100&startingAfterId=cust_9 HTTP/1.1"));
  const auto page = [](std::string_view more) {
    return R"({"list":[{"id":"cust_FaKe00000000000000000002","created":1767600100,)"
           R"("objectType":"customer","email":"ana@example.com"},)"
           R"({"id":"cust_FaKe00000000000000000001","email":"bo@example.com","metadata":)"
           R"({"merchant_customer_id":"m-1001"}}],"hasMore":)" +
           std::string{more} + "}";
  };
  BOOST_TEST(found<Shift4Policy>(ana, 200, page("false")) == "cust_FaKe00000000000000000002");
  BOOST_TEST(found<Shift4Policy>(reference, 200, page("true")) ==
             "cust_FaKe00000000000000000001>cust_FaKe00000000000000000001");
}

BOOST_AUTO_TEST_CASE(knows_an_unknown_customer_and_a_wrong_key_by_their_texts) {
  using namespace florin;
  constexpr std::string_view id = "cust_FaKeMissing";
  constexpr std::string_view missing =
      R"({"error":{"type":"invalid_request",)"
      R"("message":"Customer 'cust_FaKeMissing' does not exist"}})";
  const UpdateRequest changes{.description = "D"};
  for (const int status : {400, 404}) {
    BOOST_TEST(short_verdict(read<Shift4Policy, Retrieve>(id, status, missing)) ==
               "not_found/no_effect");
    BOOST_TEST(short_verdict(answer_to<Shift4Policy, Update>(change_of(id, changes), status,
                                                             missing)) == "not_found/no_effect");
    BOOST_TEST(removed<Shift4Policy>(id, status, missing) == "not_found/no_effect");
  }
  BOOST_TEST(summary(receive<Shift4Policy>(400, missing)) == "invalid_data/no_effect/422");
  for (const int status : {400, 401}) {
    const auto wrong_key = receive<Shift4Policy>(
        status, R"({"error":{"type":"invalid_request","message":"Provided API key is invalid"}})");
    BOOST_TEST(summary(wrong_key) == "unauthorized/no_effect/401");
    BOOST_TEST(wrong_key.error().connector_type == "invalid_request");
  }
}

BOOST_AUTO_TEST_CASE(reads_the_phone_of_the_billing_data) {
  using namespace florin;
  BOOST_TEST(shown(read<Shift4Policy, Retrieve>(
                 "cust_FaKe1", 200, R"({"id":"cust_FaKe1","billing":{"phone":"+15555550199"}})")) ==
             "ACTIVE|phone=+15555550199");
  BOOST_TEST(shown(read<Shift4Policy, Retrieve>(
                 "cust_FaKe1", 200,
                 R"({"id":"cust_FaKe1","phoneNumber":"+15555550100",)"
                 R"("billing":{"phone":"+15555550199"}})")) == "ACTIVE|phone=+15555550100");
}

BOOST_AUTO_TEST_CASE(finds_emails_in_any_letter_case) {
  BOOST_TEST(found<Shift4Policy>(
                 {.email = "Ana@Example.com"}, 200,
                 R"({"list":[{"id":"cust_FaKe00000000000000000001","created":1767600000,)"
                 R"("objectType":"customer","email":"ana@example.com"},{"id":"cust_FaKe2",)"
                 R"("email":"anna@example.com"}],"hasMore":false})") ==
             "cust_FaKe00000000000000000001");
}

namespace {

florin_test::Trial trial() {
  return florin_test::trial_of<florin::Shift4Policy>(florin::testing::shift4());
}

}  // namespace

BOOST_AUTO_TEST_CASE(conforms) {
  florin_test::conforms<florin::Shift4Policy>(florin::testing::shift4());
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
