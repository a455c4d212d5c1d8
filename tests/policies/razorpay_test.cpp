// SPDX-License-Identifier: Apache-2.0
#include <florin/ensure.hpp>
#include <florin/policies/razorpay.hpp>
#include <florin/testing/processors/razorpay.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

#include "policies/exchange.hpp"
#include "policies/operations.hpp"
#include "trials/conforms.hpp"
#include "trials/faults.hpp"
#include "trials/lives.hpp"
#include "trials/trial.hpp"

BOOST_AUTO_TEST_SUITE(policies_razorpay)

using namespace florin_test;
using florin::Field;
using florin::RazorpayPolicy;

static_assert(florin::ConnectorPolicy<RazorpayPolicy>);
static_assert(!florin::has_idempotency<RazorpayPolicy>);
static_assert(florin::required_fields<RazorpayPolicy> ==
              florin::FieldSet{Field::merchant_customer_id});
static_assert(!florin::carries<RazorpayPolicy, florin::field::Description> &&
              !florin::carries<RazorpayPolicy, florin::field::Address>);
static_assert(!florin::offers<RazorpayPolicy, florin::Delete> &&
              !florin::offers<RazorpayPolicy, florin::Find>);
static_assert(florin::repetition<RazorpayPolicy> == florin::Repetition::refused);
static_assert(florin::ensure_guarantee<RazorpayPolicy> == florin::EnsureGuarantee::only_reported);

namespace {

constexpr std::string_view razorpay_id = "cust_Ab12Cd34Ef56Gh";

/// The customer of the documents.
std::string razorpay_record(std::string_view notes, std::string_view email) {
  return R"({"id":"cust_Ab12Cd34Ef56Gh","entity":"customer","name":"Ana Example","email":")" +
         std::string{email} + R"(","contact":"+14155550100","gstin":null,"notes":)" +
         std::string{notes} + R"(,"created_at":1760000000})";
}

std::string razorpay_error(std::string_view description, std::string_view rest = "") {
  return R"({"error":{"code":"BAD_REQUEST_ERROR","description":")" + std::string{description} +
         R"(","source":"NA","step":"NA","reason":"NA","metadata":{})" + std::string{rest} + "}}";
}
const std::string razorpay_missing = razorpay_error("The id provided does not exist");

}  // namespace

BOOST_AUTO_TEST_CASE(sends_what_the_official_sdk_sends) {
  const auto sent = send<RazorpayPolicy>(
      documented_request(), {.key_id = "rzp_test_FAKEKEYID0001", .key_secret = "fakesecret0001"});
  BOOST_TEST(sent.has_line("POST /v1/customers HTTP/1.1"));
  BOOST_TEST(sent.has_line("Host: api.razorpay.com"));
  BOOST_TEST(
      sent.has_line("Authorization: Basic cnpwX3Rlc3RfRkFLRUtFWUlEMDAwMTpmYWtlc2VjcmV0MDAwMQ=="));
  BOOST_TEST(sent.has_line("Content-Type: application/json"));
  // What the SDK leaves to the default is said: a duplicate is an error.
  BOOST_TEST(sent.body == R"({"name":"John Doe","email":"john.doe@example.com",)"
                          R"("contact":"+15551234567","fail_existing":"1",)"
                          R"("notes":{"merchant_customer_id":"cust_user_12345"}})");
  BOOST_TEST((sent.dropped == florin::FieldSet{Field::description}));
}

BOOST_AUTO_TEST_CASE(sends_all_that_it_can_carry) {
  const auto sent = send<RazorpayPolicy>(full_request(), {"id", "secret"});
  BOOST_TEST(sent.body == R"({"name":"Ana Example","email":"ana@example.com",)"
                          R"("contact":"+15555550100","fail_existing":"1",)"
                          R"("notes":{"tier":"gold","merchant_customer_id":"m-1001"}})");
  BOOST_TEST((sent.dropped == (florin::address_fields | florin::FieldSet{Field::description})));
  BOOST_TEST(send<RazorpayPolicy>({.merchant_customer_id = "m"}, {"id", "secret"}).body ==
             R"({"fail_existing":"1","notes":{"merchant_customer_id":"m"}})");
}

BOOST_AUTO_TEST_CASE(refuses_what_razorpay_would_refuse) {
  const auto refusal = [](florin::CreateRequest request) {
    if (request.merchant_customer_id.empty()) request.merchant_customer_id = "m";
    return send<RazorpayPolicy>(request, {"id", "secret"}).refusal();
  };
  for (const auto name : {"Ana", "O'Neil-Smith Jr.", "a_b@c/d (x)", ".net", "Jos\xC3\xA9 P",
                          "\xC3\x89mile", "A\xC3\xA9z"})
    BOOST_TEST(refusal({.name = name}) == "", name);
  for (const auto name : {"Al", "Doe, John", "-Ana", "Ana-", "(Ana)x ", " Ana", "A&B", "Ana\n",
                          "'An", "Ana_", "@Ana", "(Ana", "An+a"})
    BOOST_TEST(refusal({.name = name}) == "invalid_field:name", name);
  BOOST_TEST(refusal({.given_name = "Ana", .family_name = "Ex/"}) == "invalid_field:name");
  BOOST_TEST(refusal({.given_name = "/A", .family_name = "Ex"}) == "invalid_field:name");
  BOOST_TEST(refusal({.given_name = "Ana", .family_name = "Ex"}) == "");
  BOOST_TEST(refusal({.name = std::string(51, 'a')}) == "invalid_field:name");
  BOOST_TEST(refusal({.email = std::string(59, 'a') + "@b.com"}) == "invalid_field:email");
  BOOST_TEST(refusal({.phone = "9123456780"}) == "");
  BOOST_TEST(refusal({.phone = "+123-45-67"}) == "invalid_field:phone");
  BOOST_TEST(refusal({.phone = "+123456789012345"}) == "invalid_field:phone");
  BOOST_TEST(refusal({.metadata = {{"k", std::string(257, 'v')}}}) == "invalid_field:metadata");
  BOOST_TEST(refusal({.merchant_customer_id = std::string(257, 'm')}) ==
             "invalid_field:merchant_customer_id");
  florin::CreateRequest many{.merchant_customer_id = "m"};
  for (char key = 'a'; key < 'a' + 14; ++key) many.metadata.set(std::string(1, key), "v");
  BOOST_TEST(refusal(many) == "");
  many.metadata.set("z", "v");
  BOOST_TEST(refusal(many) == "invalid_field:metadata");
}

BOOST_AUTO_TEST_CASE(reads_the_answers_of_the_documents) {
  const auto made = [](std::string_view notes) {
    return summary(receive<RazorpayPolicy>(200, razorpay_record(notes, "john.doe@example.com")));
  };
  BOOST_TEST(made(R"({"merchant_customer_id":"cust_user_12345"})") ==
             "success:" + std::string{razorpay_id});
  BOOST_TEST(made("[]") == "success:" + std::string{razorpay_id});
  BOOST_TEST(made(R"({"merchant_customer_id":"mc-0001"})") == "unreadable_reply/unknown/502");

  const auto said = [](int status, std::string_view description) {
    return summary(receive<RazorpayPolicy>(status, razorpay_error(description)));
  };
  const std::string_view exists = "Customer already exists for the merchant";
  const auto duplicate = receive<RazorpayPolicy>(400, razorpay_error(exists));
  BOOST_TEST(summary(duplicate) == "customer_exists/in_effect/409");
  BOOST_TEST(duplicate.error().existing_customer_id.view() == "");
  // Another sentence with these words is no duplicate.
  BOOST_TEST(said(400, "No: " + std::string{exists}) == "invalid_data/no_effect/422");
  for (const std::string_view wrong :
       {"The email must be a valid email address.", "The name format is invalid.",
        "Notes should not have more than 15 keys.",
        "Notes value cannot be greater than 512 characters.",
        "foo is/are not required and should not be sent"})
    BOOST_TEST(said(400, wrong) == "invalid_data/no_effect/422", wrong);
  for (const int status : {400, 401})
    BOOST_TEST(said(status, "The api key provided is invalid") == "unauthorized/no_effect/401");
  for (const int status : {400, 403})
    BOOST_TEST(said(status, "Access Denied") == "forbidden/no_effect/403");
  BOOST_TEST(said(400, "The requested URL was not found on the server.") ==
             "rejected/no_effect/400");
  BOOST_TEST(said(429, "Too many requests") == "rate_limited/no_effect/429");
  for (const int status : {500, 502, 503, 504})
    BOOST_TEST(summary(receive<RazorpayPolicy>(status, "")) ==
               "connector_unavailable/unknown/" + std::to_string(status));
  const auto error =
      receive<RazorpayPolicy>(
          400, R"({"error":{"code":"BAD_REQUEST_ERROR","description":"Contact number )"
               R"(should be at least 8 digits, including country code",)"
               R"("source":"business","step":"NA","reason":)"
               R"("invalid_contact_number","metadata":{},"field":"contact"}})")
          .error();
  BOOST_TEST((error.code == florin::Errc::invalid_data));
  BOOST_TEST(error.connector_code == "BAD_REQUEST_ERROR");
  BOOST_TEST(error.connector_type == "invalid_contact_number");
  BOOST_TEST(error.param == "contact");
}

BOOST_AUTO_TEST_CASE(reads_a_customer) {
  BOOST_TEST((ask<RazorpayPolicy, florin::Retrieve>(razorpay_id)
                  .has_line("GET /v1/customers/cust_Ab12Cd34Ef56Gh HTTP/1.1")));
  const auto got = [](std::string_view notes) {
    return read<RazorpayPolicy, florin::Retrieve>(
        razorpay_id, 200, razorpay_record(notes, "ana.example@example.com"));
  };
  const auto customer = got(R"({"merchant_customer_id":"mc-0001","tier":"gold"})");
  BOOST_TEST_REQUIRE(customer.has_value());
  BOOST_TEST(customer->merchant_customer_id().value_or("-") == "mc-0001");
  BOOST_TEST(customer->email().value_or("-") == "ana.example@example.com");
  BOOST_TEST(customer->name().value_or("-") == "Ana Example");
  BOOST_TEST(customer->get(Field::phone).value_or("-") == "+14155550100");
  BOOST_TEST(customer->metadata_size() == 1U);
  BOOST_TEST(customer->metadata("tier").value_or("-") == "gold");
  const auto without = got("[]");
  BOOST_TEST_REQUIRE(without.has_value());
  BOOST_TEST(!without->merchant_customer_id());
  BOOST_TEST(without->metadata_size() == 0U);
  const auto missing = [](std::string_view description) {
    return verdict(read<RazorpayPolicy, florin::Retrieve>("cust_Zz99Zz99Zz99Zz", 400,
                                                          razorpay_error(description)));
  };
  BOOST_TEST(missing("The id provided does not exist") == "not_found/no_effect/404");
  BOOST_TEST(missing("Ab12 is not a valid id") == "not_found/no_effect/404");
  BOOST_TEST(missing("Something else") == "invalid_data/no_effect/422");
}

BOOST_AUTO_TEST_CASE(changes_name_email_and_phone) {
  const auto current = read<RazorpayPolicy, florin::Retrieve>(
                           razorpay_id, 200, razorpay_record("[]", "ana.example@example.com"))
                           .value();
  const florin::UpdateRequest changes{.email = "ana.new@example.com", .phone = "+1 415 555 0101"};
  const auto sent = request_of<RazorpayPolicy, florin::Update>(change_of(razorpay_id, changes));
  BOOST_TEST(sent.has_line("PUT /v1/customers/cust_Ab12Cd34Ef56Gh HTTP/1.1"));
  BOOST_TEST(sent.body == R"({"email":"ana.new@example.com","contact":"+14155550101"})");
  // With the record everything is sent, since what is left out might be lost.
  const auto body = [&](const florin::UpdateRequest& request) {
    return changed_body<RazorpayPolicy>(razorpay_id, request, &current);
  };
  BOOST_TEST(body(changes) == R"({"name":"Ana Example","email":"ana.new@example.com",)"
                              R"("contact":"+14155550101"})");
  BOOST_TEST(body({.name = "Ana New"}) ==
             R"({"name":"Ana New","email":"ana.example@example.com","contact":"+14155550100"})");
  BOOST_TEST(body({.metadata = {{"tier", "gold"}}}) == "invalid_field:metadata");
  BOOST_TEST(body({.merchant_customer_id = "m"}) == "invalid_field:merchant_customer_id");
  BOOST_TEST(body({.cleared = {Field::phone}}) == "invalid_field:phone");

  const auto answer = [&](int status, std::string_view text) {
    return verdict(
        answer_to<RazorpayPolicy, florin::Update>(change_of(razorpay_id, changes), status, text));
  };
  BOOST_TEST(answer(200, razorpay_record("[]", "ana.new@example.com")) == "success");
  BOOST_TEST(answer(400, razorpay_missing) == "not_found/no_effect/404");
  BOOST_TEST(answer(400, razorpay_error("Customer already exists for the merchant")) ==
             "customer_exists/no_effect/409");
}

BOOST_AUTO_TEST_CASE(reads_each_example_of_the_sheet) {
  reads_as<RazorpayPolicy, florin::Create>(
      {.merchant_customer_id = "mc-0001", .email = "ana.example@example.com"}, 200,
      R"({"id":"cust_Ab12Cd34Ef56Gh","entity":"customer","name":"Ana Example",)"
      R"("email":"ana.example@example.com","contact":"+14155550100","gstin":null,)"
      R"("notes":{"merchant_customer_id":"mc-0001","tier":"gold"},"created_at":1760000000})",
      "success:cust_Ab12Cd34Ef56Gh");
  reads_as<RazorpayPolicy, florin::Create>(
      {.merchant_customer_id = "mc-0001", .email = "ana.example@example.com"}, 400,
      R"({"error":{"code":"BAD_REQUEST_ERROR","description":"Customer already exists for the )"
      R"(merchant","source":"NA","step":"NA","reason":"NA","metadata":{}}})",
      "customer_exists/in_effect/409|BAD_REQUEST_ERROR|"
      "Customer already exists for the merchant");
  reads_as<RazorpayPolicy, florin::Retrieve>(
      {"cust_Ab12Cd34Ef56Gh"}, 200,
      R"({"id":"cust_Ab12Cd34Ef56Gh","entity":"customer","name":"Ana Example",)"
      R"("email":"ana.example@example.com","contact":"+14155550100","gstin":null,)"
      R"("notes":{"merchant_customer_id":"mc-0001"},"created_at":1760000000})",
      "ACTIVE|merchant_customer_id=mc-0001|email=ana.example@example.com|name=Ana Example|"
      "phone=+14155550100|created 1760000000");
  reads_as<RazorpayPolicy, florin::Retrieve>(
      {"cust_Ab12Cd34Ef56Gh"}, 400,
      R"({"error":{"code":"BAD_REQUEST_ERROR","description":"The id provided does not exist",)"
      R"("source":"business","step":"NA","reason":"input_validation_failed","metadata":{}}})",
      "not_found/no_effect/404|BAD_REQUEST_ERROR|The id provided does not exist");
  reads_as<RazorpayPolicy, florin::Update>(
      {.connector_customer_id = "cust_Ab12Cd34Ef56Gh"}, 200,
      R"({"id":"cust_Ab12Cd34Ef56Gh","entity":"customer","name":"Ana Example",)"
      R"("email":"ana.new@example.com","contact":"+14155550101","gstin":null,"notes":[],)"
      R"("created_at":1760000000})",
      "ACTIVE|email=ana.new@example.com|name=Ana Example|phone=+14155550101|"
      "created 1760000000");
}

namespace {

florin_test::Trial trial() {
  return florin_test::trial_of<florin::RazorpayPolicy>(florin::testing::razorpay());
}

}  // namespace

BOOST_AUTO_TEST_CASE(conforms) {
  for (const bool either : {false, true})
    florin_test::conforms<florin::RazorpayPolicy>(florin::testing::razorpay(either));
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
