// SPDX-License-Identifier: Apache-2.0
#include <florin/ensure.hpp>
#include <florin/policies/omise.hpp>
#include <florin/testing/processors/omise.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

#include "policies/exchange.hpp"
#include "policies/operations.hpp"
#include "trials/conforms.hpp"
#include "trials/faults.hpp"
#include "trials/lives.hpp"
#include "trials/trial.hpp"

BOOST_AUTO_TEST_SUITE(policies_omise)

using namespace florin_test;
using florin::OmisePolicy;

static_assert(florin::ConnectorPolicy<OmisePolicy>);
static_assert(!florin::has_idempotency<OmisePolicy>);
static_assert(florin::required_fields<OmisePolicy> ==
              florin::FieldSet{florin::Field::merchant_customer_id});
static_assert(florin::merges<OmisePolicy> && florin::shows_deleted<OmisePolicy>);
// Its search may not look at references, so nothing rests on it.
static_assert(florin::offers<OmisePolicy, florin::FindByReference> &&
              florin::ensure_guarantee<OmisePolicy> == florin::EnsureGuarantee::only_reported);

namespace {

constexpr std::string_view id = "cust_test_0abcd1efgh2ijkl3mno";
/// The customer of the sheet.
/// \param more other members, each with a comma behind it.
std::string customer(std::string_view email, std::string_view metadata,
                     std::string_view more = R"("deleted":false,)") {
  return R"({"object":"customer","id":"cust_test_0abcd1efgh2ijkl3mno","livemode":false,)"
         R"("location":"/customers/cust_test_0abcd1efgh2ijkl3mno",)" +
         std::string{more} + R"("metadata":)" + std::string{metadata} +
         R"(,"cards":{"object":"list","data":[{"id":"card_1","email":"c@d.example"}],"limit":20,)"
         R"("offset":0,"total":1,"location":"/customers/cust_test_0abcd1efgh2ijkl3mno/cards",)"
         R"("order":"chronological","from":"1970-01-01T00:00:00Z","to":"2026-01-06T10:00:00Z"},)"
         R"("default_card":null,"description":"Ana Example","email":")" +
         std::string{email} + R"(","created_at":"2026-01-05T10:00:00Z"})";
}
std::string error(std::string_view code, std::string_view message) {
  return R"({"object":"error","location":"https://docs.omise.co/api/errors#x","code":")" +
         std::string{code} + R"(","message":")" + std::string{message} + R"("})";
}
OmisePolicy::Credentials key() {
  return {.secret_key = "skey_test_FAKEKEY0001"};
}
constexpr florin::FindRequest ana{.email = "ana@example.com"};
constexpr florin::FindRequest reference{.merchant_customer_id = "mc-0001"};
/// A page of the search.
std::string hits(std::string_view customers, int page, int pages) {
  return R"({"object":"search","export":null,"data":[)" + std::string{customers} + R"(],"page":)" +
         std::to_string(page) + R"(,"per_page":30,"total":31,"total_pages":)" +
         std::to_string(pages) +
         R"(,"filters":{},"location":"/search","order":"chronological","scope":"customer"})";
}

}  // namespace

BOOST_AUTO_TEST_CASE(sends_what_the_sheet_says) {
  const auto sent = send<OmisePolicy>(full_request(), key());
  BOOST_TEST(sent.has_line("POST /customers HTTP/1.1"));
  BOOST_TEST(sent.has_line("Host: api.omise.co"));
  BOOST_TEST(sent.has_line("Authorization: Basic c2tleV90ZXN0X0ZBS0VLRVkwMDAxOg=="));
  BOOST_TEST(sent.has_line("Omise-Version: 2019-05-29"));
  BOOST_TEST(sent.has_line("Content-Type: application/json"));
  BOOST_TEST(sent.body == R"({"email":"ana@example.com","description":"Example buyer",)"
                          R"("metadata":{"tier":"gold","merchant_customer_id":"m-1001"}})");
  BOOST_TEST((sent.dropped == (florin::FieldSet{florin::Field::name, florin::Field::phone} |
                               florin::address_fields)));
}

BOOST_AUTO_TEST_CASE(sends_what_the_official_sdk_sends) {
  BOOST_TEST(send<OmisePolicy>(documented_request(), key()).body ==
             R"({"email":"john.doe@example.com","description":"Premium plan subscriber",)"
             R"("metadata":{"merchant_customer_id":"cust_user_12345"}})");
  BOOST_TEST(send<OmisePolicy>({.merchant_customer_id = "\xE9\xA1\xA7 1"}, key()).body ==
             "{\"metadata\":{\"merchant_customer_id\":\"\xE9\xA1\xA7 1\"}}");
  BOOST_TEST(
      send<OmisePolicy>({.merchant_customer_id = "m", .metadata = {{"a.b[c]", ""}}}, key()).body ==
      R"({"metadata":{"a.b[c]":"","merchant_customer_id":"m"}})");
}

BOOST_AUTO_TEST_CASE(reads_the_answers_of_the_sheet) {
  BOOST_TEST(summary(receive<OmisePolicy>(
                 200, customer("john.doe@example.com",
                               R"({"merchant_customer_id":"cust_user_12345"})"))) ==
             "success:cust_test_0abcd1efgh2ijkl3mno");
  BOOST_TEST(summary(receive<OmisePolicy>(201, R"({"object":"customer","id":"cust_1a"})")) ==
             "success:cust_1a");
  const auto key_error =
      receive<OmisePolicy>(401, error("authentication_failure", "authentication failed"));
  BOOST_TEST(summary(key_error) == "unauthorized/no_effect/401");
  BOOST_TEST(key_error.error().connector_code == "authentication_failure");
  BOOST_TEST(key_error.error().connector_message == "authentication failed");
  BOOST_TEST(summary(receive<OmisePolicy>(400, error("bad_request", "email is invalid"))) ==
             "invalid_data/no_effect/422");
  BOOST_TEST(summary(receive<OmisePolicy>(
                 404, error("not_found", "customer cust_test_missing was not found"))) ==
             "not_found/no_effect/404");
  BOOST_TEST(summary(receive<OmisePolicy>(400, error("invalid_card", "No."))) ==
             "invalid_data/no_effect/422");
  BOOST_TEST(summary(receive<OmisePolicy>(429, "")) == "rate_limited/no_effect/429");
  BOOST_TEST(summary(receive<OmisePolicy>(500, error("internal_error", "No."))) ==
             "connector_unavailable/unknown/500");
}

BOOST_AUTO_TEST_CASE(knows_an_error_by_its_object) {
  BOOST_TEST(summary(receive<OmisePolicy>(
                 200, error("authentication_failure", "authentication failed"))) ==
             "unauthorized/no_effect/401");
  BOOST_TEST(short_verdict(read<OmisePolicy, florin::Retrieve>(
                 id, 200, error("not_found", "customer was not found"))) == "not_found/no_effect");
  BOOST_TEST((found_ids<OmisePolicy, florin::FindByEmail>(ana, 200, error("bad_request", "No."))) ==
             "invalid_data/no_effect");
}

BOOST_AUTO_TEST_CASE(reads_a_customer_back) {
  const auto sent = by_id<OmisePolicy, florin::Retrieve>(id, key());
  BOOST_TEST(sent.has_line("GET /customers/cust_test_0abcd1efgh2ijkl3mno HTTP/1.1"));
  BOOST_TEST(sent.has_line("Omise-Version: 2019-05-29"));
  const auto read_back = customer_of<OmisePolicy>(
      id, customer("ana@example.com", R"({"merchant_customer_id":"mc-0001","a":""})"));
  BOOST_TEST(read_back.merchant_customer_id().value_or("-") == "mc-0001");
  BOOST_TEST(read_back.email().value_or("-") == "ana@example.com");
  BOOST_TEST(read_back.description().value_or("-") == "Ana Example");
  BOOST_TEST(read_back.metadata("a").value_or("-") == "");
  BOOST_TEST(read_back.created().has_value());
  BOOST_TEST((read_back.status == florin::CustomerStatus::active));
  BOOST_TEST((customer_of<OmisePolicy>(id, customer("", "{}", R"("deleted":true,)")).status ==
              florin::CustomerStatus::deleted));
  BOOST_TEST(customer_of<OmisePolicy>(
                 id, R"({"id":"cust_test_0abcd1efgh2ijkl3mno","created":"2015-01-05T10:00:00Z"})")
                 .created()
                 .has_value());
  BOOST_TEST(short_verdict(read<OmisePolicy, florin::Retrieve>(
                 "cust_test_missing", 404,
                 error("not_found", "customer cust_test_missing was not found"))) ==
             "not_found/no_effect");
}

BOOST_AUTO_TEST_CASE(sends_all_metadata_again) {
  const auto sent = send_change<OmisePolicy>(id, {.email = "ana.new@example.com"}, key());
  BOOST_TEST(sent.has_line("PATCH /customers/cust_test_0abcd1efgh2ijkl3mno HTTP/1.1"));
  BOOST_TEST(sent.body == R"({"email":"ana.new@example.com"})");
  const auto current = customer_of<OmisePolicy>(
      id, customer("ana@example.com", R"({"merchant_customer_id":"mc-0001","a":"1"})"));
  BOOST_TEST(send_change<OmisePolicy>(id, {.metadata = {{"tier", "gold"}}}, key(), &current).body ==
             R"({"metadata":{"a":"1","tier":"gold","merchant_customer_id":"mc-0001"}})");
  BOOST_TEST(send_change<OmisePolicy>(id, {.metadata = {{"tier", "gold"}}}, key()).refusal() ==
             "invalid_options:");
  BOOST_TEST(send_change<OmisePolicy>(id, {.metadata_cleared = {"a"}}, key(), &current).refusal() ==
             "invalid_field:metadata");
  BOOST_TEST(
      send_change<OmisePolicy>(id, {.cleared = {florin::Field::description}}, key()).refusal() ==
      "invalid_field:description");
  BOOST_TEST(send_change<OmisePolicy>(id, {.name = "Ana"}, key()).refusal() ==
             "invalid_field:name");
  const auto answer = read_change<OmisePolicy>(
      id, 200, customer("ana.new@example.com", R"({"merchant_customer_id":"mc-0001"})"));
  BOOST_TEST_REQUIRE(answer.has_value());
  BOOST_TEST(answer->email().value_or("-") == "ana.new@example.com");
}

BOOST_AUTO_TEST_CASE(relies_on_deleted) {
  const auto sent = by_id<OmisePolicy, florin::Delete>(id, key());
  BOOST_TEST(sent.has_line("DELETE /customers/cust_test_0abcd1efgh2ijkl3mno HTTP/1.1"));
  BOOST_TEST(sent.body.empty());
  BOOST_TEST(
      removed<OmisePolicy>(id, 200, customer("ana.new@example.com", "{}", R"("deleted":true,)")) ==
      "deleted");
  BOOST_TEST(removed<OmisePolicy>(
                 id, 200,
                 R"({"object":"customer","id":"cust_test_0abcd1efgh2ijkl3mno","livemode":false,)"
                 R"("deleted":true})") == "deleted");
  BOOST_TEST(removed<OmisePolicy>(id, 200, customer("ana.new@example.com", "{}")) ==
             "unreadable_reply/unknown");
  BOOST_TEST(removed<OmisePolicy>(id, 404, error("not_found", "customer was not found")) ==
             "not_found/no_effect");
}

BOOST_AUTO_TEST_CASE(searches_by_text_and_takes_exact_matches) {
  const auto by_email = search<OmisePolicy, florin::FindByEmail>(ana, key());
  BOOST_TEST(
      by_email.has_line("GET /search?scope=customer&query=ana%40example.com&"
                        "order=chronological&page=1 HTTP/1.1"));
  const auto by_reference = search<OmisePolicy, florin::FindByReference>(
      {.merchant_customer_id = "a b&c", .page = "3"}, key());
  BOOST_TEST(by_reference.has_line(
      "GET /search?scope=customer&query=a%20b%26c&order=chronological&page=3 HTTP/1.1"));
  const std::string one = customer("ana@example.com", R"({"merchant_customer_id":"mc-0001"})");
  const std::string like = customer("banana@example.com", R"({"merchant_customer_id":"mc-00011"})");
  const std::string gone =
      customer("ana@example.com", R"({"merchant_customer_id":"mc-0001"})", R"("deleted":true,)");
  const std::string all = like + ',' + gone + ',' + one;
  BOOST_TEST((found_ids<OmisePolicy, florin::FindByEmail>(ana, 200, hits(all, 1, 1))) == id);
  BOOST_TEST((found_ids<OmisePolicy, florin::FindByReference>(reference, 200, hits(all, 1, 1))) ==
             id);
  BOOST_TEST((found_ids<OmisePolicy, florin::FindByEmail>(ana, 200, hits(like, 1, 2))) == ">2");
  BOOST_TEST((found_ids<OmisePolicy, florin::FindByEmail>({.email = "ana@example.com", .page = "2"},
                                                          200, hits(like, 2, 2))) == "");
  BOOST_TEST((found_ids<OmisePolicy, florin::FindByEmail>(
                 {.email = "nobody@example.com"}, 200,
                 R"({"object":"search","export":null,"data":[],"page":1,"per_page":30,"total":0,)"
                 R"("total_pages":0,"filters":{},"location":"/search",)"
                 R"("order":"reverse_chronological","query":"nobody@example.com",)"
                 R"("scope":"customer","aggregate_level":null})")) == "");
}

BOOST_AUTO_TEST_CASE(reads_each_example_of_the_sheet) {
  reads_as<OmisePolicy, florin::Create>(
      {.merchant_customer_id = "mc-0001", .email = "ana.example@example.com"}, 200,
      R"({"object":"customer","id":"cust_test_0abcd1efgh2ijkl3mno","livemode":false,)"
      R"("location":"/customers/cust_test_0abcd1efgh2ijkl3mno","deleted":false,)"
      R"("default_card":null,"email":"ana.example@example.com","description":"Ana Example",)"
      R"("metadata":{"merchant_customer_id":"mc-0001"},"created_at":"2026-01-05T10:00:00Z",)"
      R"("cards":{"object":"list","data":[],"limit":20,"offset":0,"total":0,)"
      R"("order":"chronological","from":"1970-01-01T00:00:00Z","to":"2026-01-05T10:00:00Z",)"
      R"("location":"/customers/cust_test_0abcd1efgh2ijkl3mno/cards"}})",
      "success:cust_test_0abcd1efgh2ijkl3mno");
  reads_as<OmisePolicy, florin::Create>(
      {.merchant_customer_id = "mc-0001", .email = "ana.example@example.com"}, 401,
      R"({"object":"error","location":"https://docs.omise.co/api/errors#authentication-failure")"
      R"(,"code":"authentication_failure","message":"authentication failed"})",
      "unauthorized/no_effect/401|authentication_failure|authentication failed");
  reads_as<OmisePolicy, florin::Create>(
      {.merchant_customer_id = "mc-0001", .email = "ana.example@example.com"}, 404,
      R"({"object":"error","location":"https://docs.omise.co/api/errors#not-found",)"
      R"("code":"not_found","message":"customer cust_test_missing was not found"})",
      "not_found/no_effect/404|not_found|customer cust_test_missing was not found");
  reads_as<OmisePolicy, florin::Update>(
      {.connector_customer_id = "cust_test_0abcd1efgh2ijkl3mno"}, 200,
      R"({"object":"customer","id":"cust_test_0abcd1efgh2ijkl3mno","livemode":false,)"
      R"("location":"/customers/cust_test_0abcd1efgh2ijkl3mno","deleted":false,)"
      R"("metadata":{"merchant_customer_id":"mc-0001"},"cards":{"object":"list","data":[],)"
      R"("limit":20,"offset":0,"total":0,"location":"/customers/cust_test_0abcd1efgh2ijkl3mno/c)"
      R"(ards","order":"chronological","from":"1970-01-01T00:00:00Z",)"
      R"("to":"2026-01-06T10:00:00Z"},"default_card":null,"description":"Ana Example",)"
      R"("email":"ana.new@example.com","created_at":"2026-01-05T10:00:00Z"})",
      "ACTIVE|merchant_customer_id=mc-0001|email=ana.new@example.com|"
      "description=Ana Example|created 1767607200");
  reads_as<OmisePolicy, florin::Delete>(
      {"cust_test_0abcd1efgh2ijkl3mno"}, 200,
      R"({"object":"customer","id":"cust_test_0abcd1efgh2ijkl3mno","livemode":false,)"
      R"("location":"/customers/cust_test_0abcd1efgh2ijkl3mno","deleted":true,"metadata":{},)"
      R"("cards":{"object":"list","data":[],"limit":20,"offset":0,"total":0,)"
      R"("location":"/customers/cust_test_0abcd1efgh2ijkl3mno/cards","order":"chronological",)"
      R"("from":"1970-01-01T00:00:00Z","to":"2026-01-06T10:00:00Z"},"default_card":null,)"
      R"("description":"Ana Example","email":"ana.new@example.com",)"
      R"("created_at":"2026-01-05T10:00:00Z"})",
      "success");
}

namespace {

florin_test::Trial trial() {
  return florin_test::trial_of<florin::OmisePolicy>(florin::testing::omise());
}

}  // namespace

BOOST_AUTO_TEST_CASE(conforms) {
  florin_test::conforms<florin::OmisePolicy>(florin::testing::omise());
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
