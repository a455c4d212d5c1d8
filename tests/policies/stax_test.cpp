// SPDX-License-Identifier: Apache-2.0
#include <florin/policies/stax.hpp>
#include <florin/testing/processors/stax.hpp>

#include <boost/test/unit_test.hpp>

#include "policies/exchange.hpp"
#include "trials/conforms.hpp"
#include "trials/faults.hpp"
#include "trials/lives.hpp"
#include "trials/trial.hpp"

BOOST_AUTO_TEST_SUITE(policies_stax)

using namespace florin_test;
using florin::StaxPolicy;

static_assert(florin::ConnectorPolicy<StaxPolicy>);
static_assert(!florin::has_idempotency<StaxPolicy>);
static_assert(!florin::carries<StaxPolicy, florin::field::Metadata>);
static_assert(florin::max_length<StaxPolicy, florin::field::Description> == 21844);

BOOST_AUTO_TEST_CASE(sends_what_the_sheet_shows) {
  const auto sent = send<StaxPolicy>(full_request(), {.api_key = "eyFAKE.eyFAKE.FAKESIG"});
  BOOST_TEST(sent.has_line("POST /customer HTTP/1.1"));
  BOOST_TEST(sent.has_line("Authorization: Bearer eyFAKE.eyFAKE.FAKESIG"));
  BOOST_TEST(sent.head.find("Idempotency") == std::string::npos);
  BOOST_TEST(
      sent.body ==
      R"({"firstname":"Ana","lastname":"Example","email":"ana@example.com","phone":"15555550100",)"
      R"("address_1":"1 Example Street","address_2":"Apt 2","address_city":"Springfield",)"
      R"("address_state":"IL","address_zip":"62701","address_country":"USA",)"
      R"("notes":"Example buyer","reference":"m-1001"})");
  BOOST_TEST((sent.dropped == florin::FieldSet{florin::Field::metadata}));
}

BOOST_AUTO_TEST_CASE(refuses_what_would_be_refused) {
  const auto refusal = [](auto change) {
    auto request = full_request();
    change(request);
    return send<StaxPolicy>(request, {.api_key = "k"}).refusal();
  };
  BOOST_TEST(refusal([](auto& r) { r.name = r.email = ""; }) == "missing_field:name");
  BOOST_TEST(refusal([](auto& r) { r.name = ""; }) == "");
  BOOST_TEST(refusal([](auto& r) { r.phone = "(555) 555-010"; }) == "invalid_field:phone");
  BOOST_TEST(refusal([](auto& r) { r.phone = "(555) 555-0100"; }) == "");
  BOOST_TEST(refusal([](auto& r) { r.phone = "5555550100 ext. 7"; }) == "invalid_field:phone");
  BOOST_TEST(refusal([](auto& r) { r.address.state = "Illinois"; }) ==
             "invalid_field:address.state");
  BOOST_TEST(refusal([](auto& r) { r.address.country = "ZZ"; }) == "invalid_field:address.country");
  BOOST_TEST(refusal([](auto& r) { r.address.zip = "12345678901234567"; }) ==
             "invalid_field:address.zip");
}

BOOST_AUTO_TEST_CASE(reads_answers_without_an_envelope) {
  BOOST_TEST(summary(receive<StaxPolicy>(
                 200, R"({"id":"0a1b2c3d-0000-4000-8000-00000000fa4e","firstname":"Ana"})")) ==
             "success:0a1b2c3d-0000-4000-8000-00000000fa4e");
  const auto invalid =
      receive<StaxPolicy>(422, R"({"email":["The email must be a valid email address."]})");
  BOOST_TEST(summary(invalid) == "invalid_data/no_effect/422");
  BOOST_TEST(invalid.error().param == "email");
  BOOST_TEST(invalid.error().connector_message == "The email must be a valid email address.");
  const auto several = receive<StaxPolicy>(422, R"({"firstname":["first"],"lastname":["last"]})");
  BOOST_TEST(several.error().param == "firstname");
  BOOST_TEST(several.error().connector_message == "first");
  const auto role = receive<StaxPolicy>(401, R"(["not team admin"])");
  BOOST_TEST(summary(role) == "unauthorized/no_effect/401");
  BOOST_TEST(role.error().connector_message == "not team admin");
  BOOST_TEST(summary(receive<StaxPolicy>(404, R"({"id":"customer not found"})")) ==
             "not_found/no_effect/404");
  BOOST_TEST(summary(receive<StaxPolicy>(422, "plain text")) == "invalid_data/no_effect/422");
  const auto limited = receive<StaxPolicy>(429, "", {{"Retry-After", "60"}});
  BOOST_TEST(summary(limited) == "rate_limited/no_effect/429");
  BOOST_TEST((limited.error().retry_after == std::chrono::seconds{60}));
}

namespace {

florin_test::Trial trial() {
  return florin_test::trial_of<florin::StaxPolicy>(florin::testing::stax());
}

}  // namespace

BOOST_AUTO_TEST_CASE(conforms) {
  florin_test::conforms<florin::StaxPolicy>(florin::testing::stax(),
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
