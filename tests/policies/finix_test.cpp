// SPDX-License-Identifier: Apache-2.0
#include <florin/policies/finix.hpp>
#include <florin/testing/processors/finix.hpp>

#include <boost/test/unit_test.hpp>

#include "policies/exchange.hpp"
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
