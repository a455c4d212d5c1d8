// SPDX-License-Identifier: Apache-2.0
#include <florin/policies/glomopay.hpp>
#include <florin/testing/processors/glomopay.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

#include "policies/exchange.hpp"
#include "policies/operations.hpp"
#include "trials/conforms.hpp"
#include "trials/faults.hpp"
#include "trials/lives.hpp"
#include "trials/trial.hpp"

BOOST_AUTO_TEST_SUITE(policies_glomopay)

using namespace florin_test;
using florin::Field;
using florin::GlomopayPolicy;

static_assert(florin::ConnectorPolicy<GlomopayPolicy>);
static_assert(!florin::carries<GlomopayPolicy, florin::field::MerchantCustomerId>);
static_assert(florin::required_fields<GlomopayPolicy> ==
              florin::FieldSet{Field::merchant_customer_id, Field::email, Field::name,
                               Field::address_line1, Field::address_city, Field::address_state,
                               Field::address_country});

BOOST_AUTO_TEST_CASE(sends_what_the_sheet_says) {
  const auto sent = send<GlomopayPolicy>(full_request(), {.api_key = "fake.jwt.0001"});
  BOOST_TEST(sent.has_line("POST /api/v1/customer HTTP/1.1"));
  BOOST_TEST(sent.has_line("Authorization: Bearer fake.jwt.0001"));
  BOOST_TEST(sent.body ==
             R"({"name":"Ana Example","customer_type":"individual","email":"ana@example.com",)"
             R"("phone":"+15555550100","address":"1 Example Street, Apt 2","city":"Springfield",)"
             R"("state":"IL","country":"USA","pincode":"62701"})");
  BOOST_TEST((sent.dropped ==
              florin::FieldSet{Field::merchant_customer_id, Field::description, Field::metadata}));
}

BOOST_AUTO_TEST_CASE(refuses_what_would_be_refused) {
  auto request = full_request();
  request.name = "Ana Müller";
  BOOST_TEST(send<GlomopayPolicy>(request, {.api_key = "k"}).refusal() == "invalid_field:name");
  request.name = "A. O'Neil-Smith, Jr & Co";
  BOOST_TEST(send<GlomopayPolicy>(request, {.api_key = "k"}).refusal() == "");
  request.address.line1 = "";
  BOOST_TEST(send<GlomopayPolicy>(request, {.api_key = "k"}).refusal() ==
             "missing_field:address.line1");
}

BOOST_AUTO_TEST_CASE(reads_the_answers_of_the_sheet) {
  BOOST_TEST(summary(receive<GlomopayPolicy>(201, R"({"id":"cust_0aBcDeFgHiJk"})")) ==
             "success:cust_0aBcDeFgHiJk");
  const auto duplicate = receive<GlomopayPolicy>(
      400,
      R"({"error":"Bad Request","message":"Validation failed: Email has already been taken"})");
  BOOST_TEST(summary(duplicate) == "customer_exists/in_effect/409");
  BOOST_TEST(duplicate.error().existing_customer_id.empty());
  const auto invalid = receive<GlomopayPolicy>(
      400, R"({"error":"Bad Request","message":"Validation failed: Name is invalid"})");
  BOOST_TEST(summary(invalid) == "invalid_data/no_effect/422");
  BOOST_TEST(invalid.error().param == "Name");
  BOOST_TEST(summary(receive<GlomopayPolicy>(401, R"({"message":"Unauthorized"})")) ==
             "unauthorized/no_effect/401");
  BOOST_TEST(receive<GlomopayPolicy>(422, R"({"error":{"message":"m","code":"c"}})")
                 .error()
                 .connector_code == "c");
}

static_assert(!florin::offers<GlomopayPolicy, florin::Update> &&
              !florin::offers<GlomopayPolicy, florin::Delete>);

BOOST_AUTO_TEST_CASE(is_read_back) {
  using namespace florin;
  BOOST_TEST((ask<GlomopayPolicy, Retrieve>("cust_0aBcDeFgHiJk")
                  .has_line("GET /api/v1/customer/cust_0aBcDeFgHiJk HTTP/1.1")));
  const std::string record =
      R"({"id":"cust_0aBcDeFgHiJk","name":"Ana Example","customer_type":"individual",)"
      R"("email":"ana.example@example.com","phone":"+91-9000000001","address":"1 Test Street",)"
      R"("city":"Bengaluru","state":"Karnataka","country":"IND","pincode":"560048",)"
      R"("metadata":{"pan":"FAKE"},"created_at":"2026-01-05T10:00:00.325Z","deleted_at":)";
  BOOST_TEST(shown(read<GlomopayPolicy, Retrieve>("cust_0aBcDeFgHiJk", 200, record + "null}")) ==
             "ACTIVE|email=ana.example@example.com|name=Ana Example|phone=+91-9000000001|"
             "address.line1=1 Test Street|address.city=Bengaluru|address.state=Karnataka|"
             "address.zip=560048|address.country=IN|created 1767607200");
  BOOST_TEST(shown(read<GlomopayPolicy, Retrieve>("cust_0aBcDeFgHiJk", 200,
                                                  record + R"("2026-01-06T10:00:00.325Z"})"))
                 .starts_with("DELETED"));
  BOOST_TEST(short_verdict(read<GlomopayPolicy, Retrieve>(
                 "cust_1", 404, R"({"error":"Not Found","message":"Customer not found"})")) ==
             "not_found/no_effect");
}

BOOST_AUTO_TEST_CASE(is_found) {
  using namespace florin;
  constexpr FindRequest ana{.email = "ana@example.com"};
  BOOST_TEST(by_email<GlomopayPolicy>("ana.example@example.com")
                 .has_line("GET /api/v1/customer?email_address=ana.example%40example.com&page=1&"
                           "per_page=100 HTTP/1.1"));
  BOOST_TEST(by_email<GlomopayPolicy>("ana+x@example.com", "2")
                 .has_line("GET /api/v1/customer?email_address=ana%2Bx%40example.com&page=2&"
                           "per_page=100 HTTP/1.1"));
  const std::string page =
      R"({"data":[{"id":"cust_0aBcDeFgHiJk","name":"Ana Example","email":"ana.example@example.com",)"
      R"("country":"IND","deleted_at":null},{"id":"cust_1aBcDeFgHiJk",)"
      R"("email":"ana.example@example.com","deleted_at":"2026-01-05T10:00:00.325Z"}],)"
      R"("page_meta":{"current":1,"previous":null,"next":2,"per_page":100,"pages":2,"count":102}})";
  BOOST_TEST(found<GlomopayPolicy>({.email = "ana.example@example.com"}, 200, page) ==
             "cust_0aBcDeFgHiJk>2");
  BOOST_TEST(found<GlomopayPolicy>({.email = "Ana.Example@example.com"}, 200, page) ==
             "cust_0aBcDeFgHiJk>2");
  BOOST_TEST(found<GlomopayPolicy>(ana, 200,
                                   R"({"data":[],"page_meta":{"current":1,"next":null}})") == "");
}

namespace {

/// It requires an address.
florin_test::Trial trial() {
  auto trial = florin_test::trial_of<florin::GlomopayPolicy>(florin::testing::glomopay());
  trial.customer = florin_test::numbered_resident;
  return trial;
}

}  // namespace

BOOST_AUTO_TEST_CASE(conforms) {
  florin_test::conforms<florin::GlomopayPolicy>(florin::testing::glomopay());
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
