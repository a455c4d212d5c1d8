// SPDX-License-Identifier: Apache-2.0
// How each processor is asked to delete a customer, and what its answers mean, by the examples of
// its documents.
#include <florin/policies.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

#include "policies/by_id.hpp"

BOOST_AUTO_TEST_SUITE(policies_remove)

using namespace florin;
using namespace florin_test;

namespace {

template <class P>
Sent ask(std::string_view id) {
  return florin_test::ask<P, Delete>(id);
}

/// `deleted`, `already gone`, or the error and what is open.
template <class P>
std::string told(std::string_view id, int status, std::string_view body) {
  const auto answer = florin_test::read<P, Delete>(id, status, body);
  if (!answer) {
    const Error error = answer.error();
    std::string text{to_string(error.code)};
    if (error.outcome != Outcome::no_effect) text.append(", ").append(to_string(error.outcome));
    return text;
  }
  BOOST_TEST(answer->connector_customer_id == id);
  BOOST_TEST((answer->status == CustomerStatus::deleted));
  return answer->already_gone ? "already gone" : "deleted";
}

constexpr std::string_view page = "<!DOCTYPE html><html><body>Please wait</body></html>";

}  // namespace

static_assert(offers<StripePolicy, Delete> && offers<DwollaPolicy, Delete>);
static_assert(!offers<AirwallexPolicy, Delete> && !offers<FinixPolicy, Delete> &&
              !offers<GlomopayPolicy, Delete>);
static_assert(shows_deleted<StripePolicy> && shows_deleted<Shift4Policy> &&
              shows_deleted<StaxPolicy> && !shows_deleted<RapydPolicy> &&
              !shows_deleted<AirwallexPolicy>);

BOOST_AUTO_TEST_CASE(authorizedotnet) {
  BOOST_TEST(ask<AuthorizedotnetPolicy>("900000001").body ==
             R"({"deleteCustomerProfileRequest":{"merchantAuthentication":{"name":"FAKE",)"
             R"("transactionKey":"FAKE"},"customerProfileId":"900000001"}})");
  const auto answered = [](std::string_view result, std::string_view code, std::string_view text) {
    return told<AuthorizedotnetPolicy>("900000001", 200,
                                       "\xEF\xBB\xBF{\"messages\":{\"resultCode\":\"" +
                                           std::string{result} + R"(","message":[{"code":")" +
                                           std::string{code} + R"(","text":")" + std::string{text} +
                                           "\"}]}}");
  };
  BOOST_TEST(answered("Ok", "I00001", "Successful.") == "deleted");
  BOOST_TEST(answered("Ok", "I00003", "The record has already been deleted.") == "already gone");
  BOOST_TEST(answered("Error", "E00040", "The record cannot be found.") == "not_found");
  // Whatever that means here, the customer is not gone.
  BOOST_TEST(answered("Error", "E00039", "A duplicate record already exists.") ==
             "customer_exists");
  BOOST_TEST(answered("Error", "E00106", "Profile in use by a subscription.") ==
             "rejected, unknown");
  BOOST_TEST(told<AuthorizedotnetPolicy>("900000001", 200, page) == "unreadable_reply, unknown");
}

BOOST_AUTO_TEST_CASE(braintree) {
  const auto sent = ask<BraintreePolicy>("Y3VzdG9tZXJfRkFLRTAwMDE=");
  BOOST_TEST(sent.body == R"({"query":"mutation DeleteCustomer($input: DeleteCustomerInput!) )"
                          R"({ deleteCustomer(input: $input) { clientMutationId } }",)"
                          R"("variables":{"input":{"customerId":"Y3VzdG9tZXJfRkFLRTAwMDE="}}})");
  const auto answered = [](std::string_view body) {
    return told<BraintreePolicy>("Y3Vz", 200, body);
  };
  BOOST_TEST(answered(R"({"data":{"deleteCustomer":{"clientMutationId":"req-0003"}},)"
                      R"("extensions":{"requestId":"00000000-0000-4000-8000-00000000fa03"}})") ==
             "deleted");
  BOOST_TEST(answered(R"({"data":{"deleteCustomer":{"clientMutationId":null}}})") == "deleted");
  BOOST_TEST(answered(R"({"errors":[{"message":"An object with this ID was not found.",)"
                      R"("path":["deleteCustomer"],"extensions":{"errorClass":"NOT_FOUND",)"
                      R"("errorType":"user_error","inputPath":["input","customerId"]}}],)"
                      R"("data":{"deleteCustomer":null},"extensions":{"requestId":"r"}})") ==
             "not_found");
  BOOST_TEST(answered(R"({"data":{"deleteCustomer":null}})") == "unreadable_reply, unknown");
  BOOST_TEST(answered("{}") == "unreadable_reply, unknown");
}

BOOST_AUTO_TEST_CASE(dwolla) {
  const std::string_view id = "0fa4e000-0000-4000-8000-00000000c001";
  const auto sent = ask<DwollaPolicy>(id);
  BOOST_TEST(sent.has_line("POST /customers/0fa4e000-0000-4000-8000-00000000c001 HTTP/1.1"));
  BOOST_TEST(sent.has_line("Content-Type: application/vnd.dwolla.v1.hal+json"));
  BOOST_TEST(sent.has_line("Content-Length: 24"));
  BOOST_TEST(sent.body == R"({"status":"deactivated"})");
  const std::string record =
      R"({"id":"0fa4e000-0000-4000-8000-00000000c001","firstName":"Ana","status":")";
  BOOST_TEST(told<DwollaPolicy>(id, 200, record + R"(deactivated"})") == "deleted");
  BOOST_TEST(told<DwollaPolicy>(id, 200, record + R"(unverified"})") ==
             "unreadable_reply, unknown");
  BOOST_TEST(told<DwollaPolicy>("0fa4e000-0000-4000-8000-00000000c002", 200,
                                record + R"(deactivated"})") == "unreadable_reply, unknown");
  BOOST_TEST(told<DwollaPolicy>(
                 id, 404, R"({"code":"NotFound","message":"Customer not found."})") == "not_found");
  BOOST_TEST(told<DwollaPolicy>(id, 403, R"({"code":"InvalidResourceState","message":"No."})") ==
             "forbidden");
}

BOOST_AUTO_TEST_CASE(gocardless) {
  const auto sent = ask<GocardlessPolicy>("CU0000FAKE0001");
  BOOST_TEST(sent.has_line("DELETE /customers/CU0000FAKE0001 HTTP/1.1"));
  BOOST_TEST(sent.has_line("GoCardless-Version: 2015-07-06"));
  BOOST_TEST(sent.head.find("Idempotency-Key") == std::string::npos);
  BOOST_TEST(sent.body.empty());
  const std::string_view id = "CU0000FAKE0001";
  BOOST_TEST(told<GocardlessPolicy>(id, 204, "") == "deleted");
  BOOST_TEST(told<GocardlessPolicy>(id, 200, R"({"customers":{"id":"CU0000FAKE0001"}})") ==
             "deleted");
  BOOST_TEST(told<GocardlessPolicy>(id, 200, R"({"customers":{"id":"CU0000FAKE0002"}})") ==
             "unreadable_reply, unknown");
  BOOST_TEST(told<GocardlessPolicy>(id, 200, page) == "unreadable_reply, unknown");
  const std::string_view missing =
      R"({"error":{"message":"Resource not found","type":"invalid_api_usage","code":404,)"
      R"("errors":[{"reason":"resource_not_found","message":"Resource not found"}]}})";
  BOOST_TEST(told<GocardlessPolicy>(id, 404, missing) == "not_found");
  BOOST_TEST(told<GocardlessPolicy>(id, 410, missing) == "already gone");
  BOOST_TEST(told<GocardlessPolicy>(id, 410, "") == "already gone");
}

BOOST_AUTO_TEST_CASE(paysafe) {
  const std::string_view id = "0fa4e000-0000-4000-8000-00000000c001";
  BOOST_TEST(ask<PaysafePolicy>(id).has_line("DELETE /customervault/v1/profiles/" +
                                             std::string{id} + " HTTP/1.1"));
  BOOST_TEST(told<PaysafePolicy>(id, 200, "") == "deleted");
  BOOST_TEST(told<PaysafePolicy>(id, 200, "[]") == "deleted");
  BOOST_TEST(told<PaysafePolicy>(id, 200, page) == "unreadable_reply, unknown");
  BOOST_TEST(
      told<PaysafePolicy>(
          id, 404,
          R"({"error":{"code":"5269","message":"The id in the URL is not known: unknown"}})") ==
      "not_found");
}

BOOST_AUTO_TEST_CASE(rapyd) {
  const std::string_view id = "cus_0123456789abcdef0123456789abcdef";
  const auto sent = ask<RapydPolicy>(id);
  BOOST_TEST(sent.has_line("DELETE /v1/customers/" + std::string{id} + " HTTP/1.1"));
  BOOST_TEST(sent.body.empty());
  const auto answered = [&](int status, std::string_view state, std::string_view code,
                            std::string_view data) {
    return told<RapydPolicy>(id, status,
                             R"({"status":{"error_code":")" + std::string{code} +
                                 R"(","status":")" + std::string{state} +
                                 R"(","message":"","response_code":")" + std::string{code} +
                                 R"(","operation_id":"x"})" + std::string{data} + "}");
  };
  BOOST_TEST(answered(200, "SUCCESS", "",
                      R"(,"data":{"deleted":true,"id":"cus_0123456789abcdef0123456789abcdef"})") ==
             "deleted");
  BOOST_TEST(answered(200, "SUCCESS", "", R"(,"data":{"deleted":true,"id":"cus_other"})") ==
             "unreadable_reply, unknown");
  BOOST_TEST(answered(200, "SUCCESS", "", "") == "unreadable_reply, unknown");
  BOOST_TEST(answered(400, "ERROR", "ERROR_DELETE_CUSTOMER", "") == "already gone");
  BOOST_TEST(answered(400, "ERROR", "ERROR_GET_CUSTOMER", "") == "not_found");
  BOOST_TEST(answered(401, "ERROR", "UNAUTHORIZED_API_CALL", "") == "forbidden");
}

BOOST_AUTO_TEST_CASE(a_signature_is_over_nothing_where_there_is_no_body) {
  EncodedRequest out;
  const auto encoded = encode<RapydPolicy, Delete>(
      DeleteRequest{"cus_0123456789abcdef0123456789abcdef"},
      {.access_key = "FAKEACCESSKEY0000000", .secret_key = "fakesecretkey000000000000000000000000"},
      {.salt = "a1B2c3D4e5F6", .timestamp = 1700000000}, out);
  BOOST_TEST_REQUIRE(encoded.has_value());
  BOOST_TEST(
      out.head().find(
          "\r\nsignature: "
          "YzEyMjc2YTZkY2YxOGQ4ZDk3OTVhMDMzNTgxYWQ1MDYyNDczNmJmOWMxZGNmMjgzYTdmYzYyNmUwOTM4M2Mz"
          "Yg==\r\n") != std::string_view::npos);
}

BOOST_AUTO_TEST_CASE(shift4) {
  const std::string_view id = "cust_FaKe00000000000000000001";
  BOOST_TEST(ask<Shift4Policy>(id).has_line("DELETE /customers/" + std::string{id} + " HTTP/1.1"));
  BOOST_TEST(told<Shift4Policy>(id, 200, R"({"id":"cust_FaKe00000000000000000001"})") == "deleted");
  BOOST_TEST(told<Shift4Policy>(id, 200, "{}") == "unreadable_reply, unknown");
  BOOST_TEST(
      told<Shift4Policy>(
          id, 404,
          R"({"error":{"type":"invalid_request","message":"Customer 'x' does not exist"}})") ==
      "not_found");
}

BOOST_AUTO_TEST_CASE(stax) {
  const std::string_view id = "0a1b2c3d-0000-4000-8000-00000000fa4e";
  BOOST_TEST(ask<StaxPolicy>(id).has_line("DELETE /customer/" + std::string{id} + " HTTP/1.1"));
  const std::string record =
      R"({"id":"0a1b2c3d-0000-4000-8000-00000000fa4e","firstname":"Ana","reference":"m-1001",)"
      R"("created_at":"2026-01-05 08:00:00","deleted_at":)";
  BOOST_TEST(told<StaxPolicy>(id, 200, record + R"("2026-01-06 08:00:00"})") == "deleted");
  BOOST_TEST(told<StaxPolicy>(id, 200, record + "null}") == "rejected, unknown");
  BOOST_TEST(told<StaxPolicy>(id, 422, R"({"id":"customer not found"})") == "not_found");
  BOOST_TEST(told<StaxPolicy>(id, 404, R"({"id":"customer not found"})") == "not_found");
}

BOOST_AUTO_TEST_CASE(stripe) {
  const auto sent = ask<StripePolicy>("cus_FaKe0Example01");
  BOOST_TEST(sent.has_line("DELETE /v1/customers/cus_FaKe0Example01 HTTP/1.1"));
  BOOST_TEST(sent.head.find("Content-") == std::string::npos);
  BOOST_TEST(sent.head.find("Idempotency") == std::string::npos);
  const std::string_view id = "cus_FaKe0Example01";
  BOOST_TEST(told<StripePolicy>(
                 id, 200, R"({"id":"cus_FaKe0Example01","object":"customer","deleted":true})") ==
             "deleted");
  BOOST_TEST(told<StripePolicy>(id, 200, R"({"id":"cus_FaKe0Example01","object":"customer"})") ==
             "unreadable_reply, unknown");
  BOOST_TEST(told<StripePolicy>(id, 204, "") == "unreadable_reply, unknown");
  BOOST_TEST(
      told<StripePolicy>(id, 404,
                         R"({"error":{"code":"resource_missing","message":"No such customer: 'x'",)"
                         R"("param":"id","type":"invalid_request_error"}})") == "not_found");
  BOOST_TEST(told<StripePolicy>(id, 500, "") == "connector_unavailable, unknown");
}

BOOST_AUTO_TEST_SUITE_END()
