// SPDX-License-Identifier: Apache-2.0
#include <florin/policies/shift4.hpp>
#include <florin/testing/processors/shift4.hpp>

#include <boost/test/unit_test.hpp>

#include "policies/exchange.hpp"
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
