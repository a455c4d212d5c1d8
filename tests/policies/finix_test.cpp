// SPDX-License-Identifier: Apache-2.0
#include <florin/policies/finix.hpp>
#include <florin/testing/processors/finix.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

#include "policies/exchange.hpp"
#include "policies/operations.hpp"
#include "trials/conforms.hpp"
#include "trials/faults.hpp"
#include "trials/lives.hpp"
#include "trials/trial.hpp"

BOOST_AUTO_TEST_SUITE(policies_finix)

using namespace florin_test;
using florin::FinixPolicy;

static_assert(florin::ConnectorPolicy<FinixPolicy>);
static_assert(!florin::has_idempotency<FinixPolicy>);
static_assert(!florin::carries<FinixPolicy, florin::field::Description>);
static_assert(florin::max_length<FinixPolicy, florin::field::Email> == 100);

BOOST_AUTO_TEST_CASE(sends_what_the_sheet_shows) {
  auto request = full_request();
  request.phone = "5555550100";
  const auto sent =
      send<FinixPolicy>(request, {.username = "USfakeusername", .password = "fake-password-0000"},
                        {.environment = florin::Environment::sandbox});
  BOOST_TEST(sent.has_line("POST /identities HTTP/1.1"));
  BOOST_TEST(sent.has_line("Host: finix.sandbox-payments-api.com"));
  BOOST_TEST(sent.has_line("Finix-Version: 2022-02-01"));
  BOOST_TEST(sent.has_line("Accept: application/hal+json"));
  BOOST_TEST(sent.has_line("Authorization: Basic VVNmYWtldXNlcm5hbWU6ZmFrZS1wYXNzd29yZC0wMDAw"));
  BOOST_TEST(
      sent.body ==
      R"({"identity_roles":["BUYER"],"type":"PERSONAL","entity":{"first_name":"Ana",)"
      R"("last_name":"Example","email":"ana@example.com","phone":"5555550100",)"
      R"("personal_address":{"line1":"1 Example Street","line2":"Apt 2","city":"Springfield",)"
      R"("region":"IL","postal_code":"62701","country":"USA"}},)"
      R"("tags":{"tier":"gold","merchant_customer_id":"m-1001"}})");
  BOOST_TEST((sent.dropped == florin::FieldSet{florin::Field::description}));
}

BOOST_AUTO_TEST_CASE(checks_each_part_of_a_name) {
  auto request = documented_request();
  request.name = std::string(20, 'a') + ' ' + std::string(20, 'b');
  BOOST_TEST(send<FinixPolicy>(request, {.username = "u", .password = "p"}).refusal() == "");
  request.name += 'b';
  BOOST_TEST(send<FinixPolicy>(request, {.username = "u", .password = "p"}).refusal() ==
             "invalid_field:name");
}

BOOST_AUTO_TEST_CASE(reads_the_answers_of_the_sheet) {
  BOOST_TEST(summary(receive<FinixPolicy>(201, R"({"id":"IDfAkEfAkEfAkEfAkEfAkE01"})",
                                          {{"x-request-id", "r-1"}})) ==
             "success:IDfAkEfAkEfAkEfAkEfAkE01");
  const auto error = [](std::string_view code, std::string_view more = "") {
    return R"({"total":1,"_embedded":{"errors":[{"logref":"fake","message":"Text","code":")" +
           std::string{code} + '"' + std::string{more} + R"(,"_links":{}}]}})";
  };
  const auto invalid =
      receive<FinixPolicy>(422, error("INVALID_FIELD", R"(,"field":"entity.email")"));
  BOOST_TEST(summary(invalid) == "invalid_data/no_effect/422");
  BOOST_TEST(invalid.error().param == "entity.email");
  BOOST_TEST(summary(receive<FinixPolicy>(400, error("INVALID_FIELD"))) ==
             "invalid_data/no_effect/422");
  BOOST_TEST(summary(receive<FinixPolicy>(401, error("UNKNOWN"))) == "unauthorized/no_effect/401");
  BOOST_TEST(summary(receive<FinixPolicy>(403, error("FORBIDDEN"))) == "forbidden/no_effect/403");
  BOOST_TEST(summary(receive<FinixPolicy>(404, error("NOT_FOUND"))) == "not_found/no_effect/404");
  BOOST_TEST(summary(receive<FinixPolicy>(406, error("NOT_ACCEPTABLE"))) ==
             "rejected/no_effect/406");
  BOOST_TEST(summary(receive<FinixPolicy>(409, error("CONFLICT"))) == "rejected/unknown/409");
  BOOST_TEST(summary(receive<FinixPolicy>(429, error("TOO_MANY_REQUESTS"))) ==
             "rate_limited/no_effect/429");
  BOOST_TEST(summary(receive<FinixPolicy>(500, error("SERVER_ERROR"))) ==
             "connector_unavailable/unknown/500");
}

static_assert(!florin::offers<FinixPolicy, florin::Delete>);

BOOST_AUTO_TEST_CASE(is_read_back) {
  using namespace florin;
  const auto sent = ask<FinixPolicy, Retrieve>("IDfAkEfAkEfAkEfAkEfAkE01");
  BOOST_TEST(sent.has_line("GET /identities/IDfAkEfAkEfAkEfAkEfAkE01 HTTP/1.1"));
  BOOST_TEST(sent.has_line("Finix-Version: 2022-02-01"));
  BOOST_TEST(shown(read<FinixPolicy, Retrieve>(
                 "IDfAkEfAkEfAkEfAkEfAkE01", 200,
                 R"({"id":"IDfAkEfAkEfAkEfAkEfAkE01","created_at":"2026-01-05T08:00:00.12Z",)"
                 R"("entity":{"email":"ana@example.com","first_name":"Ana","last_name":"Sample",)"
                 R"("personal_address":{"line1":"1 Example Street","line2":null,)"
                 R"("city":"Springfield","region":"IL","postal_code":"62701","country":"USA"},)"
                 R"("phone":"5555550100"},"identity_roles":["BUYER"],"type":"PERSONAL",)"
                 R"("tags":{"merchant_customer_id":"m-1001","tier":"silver"}})")) ==
             "ACTIVE|merchant_customer_id=m-1001|email=ana@example.com|given_name=Ana|"
             "family_name=Sample|phone=5555550100|address.line1=1 Example Street|"
             "address.city=Springfield|address.state=IL|address.zip=62701|address.country=US|"
             "tier:silver|created 1767600000");
  BOOST_TEST(shown(read<FinixPolicy, Retrieve>(
                 "ID1", 200, R"({"id":"ID1","entity":{},"tags":null})")) == "ACTIVE");
  BOOST_TEST(short_verdict(read<FinixPolicy, Retrieve>(
                 "ID1", 404,
                 R"({"total":1,"_embedded":{"errors":[{"logref":"fake0123456789abcdef",)"
                 R"("message":"The identity does not exist","code":"NOT_FOUND"}]}})")) ==
             "not_found/no_effect");
}

BOOST_AUTO_TEST_CASE(is_changed) {
  using namespace florin;
  const std::string_view id = "IDfAkEfAkEfAkEfAkEfAkE01";
  const auto current = customer_of<FinixPolicy>(
      id, R"({"id":"IDfAkEfAkEfAkEfAkEfAkE01","created_at":"2026-01-05T08:00:00.12Z",)"
          R"("entity":{"email":"ana@example.com","first_name":"Ana","last_name":"Example",)"
          R"("personal_address":null,"phone":"5555550100"},"type":"PERSONAL",)"
          R"("tags":{"merchant_customer_id":"m-1001","tier":"gold"}})");
  const UpdateRequest changes{.name = "Ana Sample", .metadata = {{"tier", "silver"}}};
  const auto sent = request_of<FinixPolicy, Update>(change_of(current, changes));
  BOOST_TEST(sent.has_line("PUT /identities/IDfAkEfAkEfAkEfAkEfAkE01 HTTP/1.1"));
  BOOST_TEST(sent.has_line("Finix-Version: 2022-02-01"));
  BOOST_TEST(sent.body ==
             R"({"entity":{"first_name":"Ana","last_name":"Sample","email":"ana@example.com",)"
             R"("phone":"5555550100"},"tags":{"tier":"silver","merchant_customer_id":"m-1001"}})");
  BOOST_TEST(changed_body<FinixPolicy>(current, {.phone = "1", .metadata_cleared = {"tier"}}) ==
             R"({"entity":{"first_name":"Ana","last_name":"Example","email":"ana@example.com",)"
             R"("phone":"1"},"tags":{"merchant_customer_id":"m-1001"}})");
  BOOST_TEST(changed_body<FinixPolicy>(id, {.phone = "1"}) == "invalid_options:");
  BOOST_TEST(changed_body<FinixPolicy>(current, {.cleared = {Field::phone}}) ==
             "invalid_field:phone");
  BOOST_TEST(changed_body<FinixPolicy>(current, {.name = "Cher"}) == "invalid_field:name");

  const auto housed = customer_of<FinixPolicy>(
      id, R"({"id":"IDfAkEfAkEfAkEfAkEfAkE01","entity":{"email":"ana@example.com",)"
          R"("first_name":"Ana","last_name":null,"personal_address":{"line1":"1 Example Street",)"
          R"("line2":null,"city":"Springfield","region":"IL","postal_code":"62701",)"
          R"("country":"USA"}},"tags":{}})");
  BOOST_TEST(changed_body<FinixPolicy>(housed, {.address = {.city = "Chicago"}}) ==
             R"({"entity":{"first_name":"Ana","email":"ana@example.com","personal_address":{)"
             R"("line1":"1 Example Street","city":"Chicago","region":"IL","postal_code":"62701",)"
             R"("country":"USA"}}})");
  const auto answer = answer_to<FinixPolicy, Update>(
      change_of(current, changes), 200,
      R"({"id":"IDfAkEfAkEfAkEfAkEfAkE01","created_at":"2026-01-05T08:00:00.12Z",)"
      R"("updated_at":"2026-01-05T09:00:00.12Z","application":"APfAkEfAkEfAkEfAkEfAkE01",)"
      R"("entity":{"email":"ana@example.com","first_name":"Ana","last_name":"Sample",)"
      R"("personal_address":null,"phone":"5555550100"},"identity_roles":["BUYER"],)"
      R"("type":"PERSONAL","tags":{"merchant_customer_id":"m-1001","tier":"silver"}})");
  BOOST_TEST_REQUIRE(answer.has_value());
  BOOST_TEST(answer->metadata("tier").value_or("-") == "silver");
}

BOOST_AUTO_TEST_CASE(is_found) {
  using namespace florin;
  constexpr FindRequest ana{.email = "ana@example.com"};
  constexpr FindRequest reference{.merchant_customer_id = "m-1001"};
  BOOST_TEST(by_reference<FinixPolicy>("m-1001").has_line(
      "GET /identities?tags.key=merchant_customer_id&tags.value=m-1001&limit=10 HTTP/1.1"));
  BOOST_TEST(by_email<FinixPolicy>("ana@example.com", "IDfAkEfAkEfAkEfAkEfAkE02")
                 .has_line("GET /identities?email=ana%40example.com&limit=10&"
                           "after_cursor=IDfAkEfAkEfAkEfAkEfAkE02 HTTP/1.1"));
  BOOST_TEST(
      found<FinixPolicy>(
          reference, 200,
          R"({"_embedded":{"identities":[{"id":"IDfAkEfAkEfAkEfAkEfAkE01","entity":{"email":)"
          R"("ana@example.com","first_name":"Ana"},"tags":{"merchant_customer_id":"m-1001"}},)"
          R"({"id":"IDfAkEfAkEfAkEfAkEfAkE09","entity":{},"tags":{"other":"m-1001"}}]},)"
          R"("page":{"limit":10,"next_cursor":null}})") == "IDfAkEfAkEfAkEfAkEfAkE01");
  BOOST_TEST(
      found<FinixPolicy>(
          ana, 200,
          R"({"_embedded":{"identities":[{"id":"IDfAkEfAkEfAkEfAkEfAkE02","entity":{"email":)"
          R"("ana@example.com"},"tags":{}},{"id":"IDfAkEfAkEfAkEfAkEfAkE03","entity":{"email":)"
          R"("bo@example.com"},"tags":{}}]},"page":{"limit":1,"next_cursor":)"
          R"("IDfAkEfAkEfAkEfAkEfAkE02"}})") ==
      "IDfAkEfAkEfAkEfAkEfAkE02>IDfAkEfAkEfAkEfAkEfAkE02");
  BOOST_TEST(
      found<FinixPolicy>({.email = "ana@example.com", .page = "IDx"}, 200,
                         R"({"_embedded":{"identities":[]},"page":{"next_cursor":"IDx"}})") ==
      "unreadable_reply");  // it would never end
  BOOST_TEST(found<FinixPolicy>(ana, 200, R"({"page":{"limit":1,"next_cursor":null}})") == "");
  BOOST_TEST(found<FinixPolicy>(ana, 404,
                                R"({"total":1,"_embedded":{"errors":[{"message":"None",)"
                                R"("code":"NOT_FOUND"}]}})") == "");
  BOOST_TEST(found<FinixPolicy>(ana, 404, "<html>") == "not_found");
}

namespace {

florin_test::Trial trial() {
  return florin_test::trial_of<florin::FinixPolicy>(florin::testing::finix());
}

}  // namespace

BOOST_AUTO_TEST_CASE(conforms) {
  florin_test::conforms<florin::FinixPolicy>(
      florin::testing::finix(),
      florin::FieldSet{florin::Field::address_line1, florin::Field::address_city,
                       florin::Field::address_state, florin::Field::address_zip,
                       florin::Field::address_country});
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
