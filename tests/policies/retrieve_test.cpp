// SPDX-License-Identifier: Apache-2.0
// How each processor's record is asked for and read, by the examples of its documents.
#include <florin/policies.hpp>

#include <boost/test/unit_test.hpp>

#include <optional>
#include <string>
#include <string_view>

#include "policies/by_id.hpp"

BOOST_AUTO_TEST_SUITE(policies_retrieve)

using namespace florin;
using namespace florin_test;

namespace {

template <class P>
Sent ask(std::string_view id) {
  return florin_test::ask<P, Retrieve>(id);
}
template <class P>
Result<Customer> read(std::string_view id, int status, std::string_view body) {
  return florin_test::read<P, Retrieve>(id, status, body);
}

std::string refusal(const Result<Customer>& answer) {
  BOOST_TEST_REQUIRE(answer.has_error());
  BOOST_TEST((answer.error().outcome == Outcome::no_effect));
  return std::string{to_string(answer.error().code)};
}

/// The parts of a record that are there, in one line.
std::string shown(const Result<Customer>& answer) {
  if (!answer) return answer.error().what();
  std::string text{to_string(answer->status)};
  for (const Field field : FieldSet::all())
    if (const auto part = answer->get(field))
      text.append("|").append(to_string(field)).append("=").append(*part);
  for (std::size_t i = 0; i < answer->metadata_size(); ++i)
    text.append("|").append(answer->metadata(i).key).append(":").append(answer->metadata(i).value);
  if (answer->created())
    text.append("|created ").append(std::to_string(answer->created()->time_since_epoch().count()));
  return text;
}

}  // namespace

BOOST_AUTO_TEST_CASE(airwallex) {
  BOOST_TEST(ask<AirwallexPolicy>("cus_fake0000000001")
                 .has_line("GET /api/v1/pa/customers/cus_fake0000000001 HTTP/1.1"));
  BOOST_TEST(
      shown(read<AirwallexPolicy>(
          "cus_fake0000000001", 200,
          R"({"id":"cus_fake0000000001","request_id":"00000000-0000-4000-8000-00000000fa4e",)"
          R"("merchant_customer_id":"m-1001","first_name":"Ana","last_name":"Example",)"
          R"("email":"ana@example.com","phone_number":"+15555550100","address":{"country_code":"US",)"
          R"("state":"IL","city":"Springfield","street":"1 Example Street, Apt 2",)"
          R"("postcode":"62701"},"metadata":{"tier":"gold"},)"
          R"("created_at":"2026-01-05T08:00:00+0000","updated_at":"2026-01-05T08:00:00+0000"})")) ==
      "ACTIVE|merchant_customer_id=m-1001|email=ana@example.com|given_name=Ana|"
      "family_name=Example|phone=+15555550100|address.line1=1 Example Street, Apt 2|"
      "address.city=Springfield|address.state=IL|address.zip=62701|address.country=US|tier:gold|"
      "created 1767600000");
  const std::string_view missing =
      R"({"code":"resource_not_found","message":"The resource with ID cus_x cannot be found"})";
  BOOST_TEST(refusal(read<AirwallexPolicy>("cus_x", 404, missing)) == "not_found");
  BOOST_TEST(refusal(read<AirwallexPolicy>("cus_x", 400, missing)) == "not_found");
}

BOOST_AUTO_TEST_CASE(authorizedotnet) {
  const auto sent = ask<AuthorizedotnetPolicy>("900000001");
  BOOST_TEST(sent.has_line("POST /xml/v1/request.api HTTP/1.1"));
  BOOST_TEST(sent.body ==
             R"({"getCustomerProfileRequest":{"merchantAuthentication":{"name":"FAKE",)"
             R"("transactionKey":"FAKE"},"customerProfileId":"900000001"}})");
  const std::string mark = "\xEF\xBB\xBF";
  BOOST_TEST(
      shown(read<AuthorizedotnetPolicy>(
          "900000001", 200,
          mark + R"({"profile":{"paymentProfiles":[{"customerPaymentProfileId":"900000011",)"
                 R"("billTo":{"firstName":"Bo","lastName":"Other"}}],"shipToList":[)"
                 R"({"customerAddressId":"900000002","firstName":"Ana","lastName":"Example",)"
                 R"("address":"1 Example Street, Apt 2","city":"Springfield","state":"IL",)"
                 R"("zip":"62701","country":"US","phoneNumber":"555-555-0100"}],)"
                 R"("profileType":"regular","customerProfileId":"900000001",)"
                 R"("merchantCustomerId":"m-1001","description":"Example buyer",)"
                 R"("email":"ana@example.com"},"subscriptionIds":["900000021"],"messages":)"
                 R"({"resultCode":"Ok","message":[{"code":"I00001","text":"Successful."}]}})")) ==
      "ACTIVE|merchant_customer_id=m-1001|email=ana@example.com|given_name=Ana|"
      "family_name=Example|phone=555-555-0100|description=Example buyer|"
      "address.line1=1 Example Street, Apt 2|address.city=Springfield|address.state=IL|"
      "address.zip=62701|address.country=US");
  BOOST_TEST(refusal(read<AuthorizedotnetPolicy>(
                 "900000001", 200,
                 mark + R"({"messages":{"resultCode":"Error","message":[{"code":"E00040",)"
                        R"("text":"The record cannot be found."}]}})")) == "not_found");
}

BOOST_AUTO_TEST_CASE(braintree) {
  const auto sent = ask<BraintreePolicy>("Y3VzdG9tZXJfRkFLRTAwMDE=");
  BOOST_TEST(sent.has_line("POST /graphql HTTP/1.1"));
  BOOST_TEST(sent.body.ends_with(R"("variables":{"id":"Y3VzdG9tZXJfRkFLRTAwMDE="}})"));
  BOOST_TEST(sent.body.find("query GetCustomer($id: ID!) { node(id: $id) {") != std::string::npos);
  BOOST_TEST(
      shown(read<BraintreePolicy>(
          "Y3VzdG9tZXJfRkFLRTAwMDE=", 200,
          R"({"data":{"node":{"__typename":"Customer","id":"Y3VzdG9tZXJfRkFLRTAwMDE=",)"
          R"("legacyId":"FAKE0001","firstName":"Ana","lastName":"Example","company":null,)"
          R"("email":"ana.example@example.com","phoneNumber":"+14155550100",)"
          R"("createdAt":"2026-01-15T10:20:30.000000Z","customFields":[)"
          R"({"name":"merchant_customer_id","value":"mc-0001"},{"name":"none","value":null},)"
          R"({"name":"tier","value":"gold"}]}},"extensions":)"
          R"({"requestId":"00000000-0000-4000-8000-00000000fa01"}})")) ==
      "ACTIVE|email=ana.example@example.com|given_name=Ana|family_name=Example|"
      "phone=+14155550100|merchant_customer_id:mc-0001|tier:gold|created 1768472430");
  BOOST_TEST(
      refusal(read<BraintreePolicy>(
          "Y3Vz", 200,
          R"({"errors":[{"message":"An object with this ID was not found.","path":["node"],)"
          R"("extensions":{"errorClass":"NOT_FOUND","errorType":"user_error",)"
          R"("inputPath":["id"]}}],"data":{"node":null},"extensions":{"requestId":"r"}})")) ==
      "not_found");
  BOOST_TEST(refusal(read<BraintreePolicy>("Y3Vz", 200, R"({"data":{"node":null}})")) ==
             "not_found");
  // The id of something else than a customer.
  BOOST_TEST(refusal(read<BraintreePolicy>(
                 "Y3Vz", 200, R"({"data":{"node":{"__typename":"Transaction"}}})")) == "not_found");
}

BOOST_AUTO_TEST_CASE(dwolla) {
  const std::string_view id = "0fa4e000-0000-4000-8000-00000000c001";
  const auto sent = ask<DwollaPolicy>(id);
  BOOST_TEST(sent.has_line("GET /customers/0fa4e000-0000-4000-8000-00000000c001 HTTP/1.1"));
  BOOST_TEST(sent.has_line("Accept: application/vnd.dwolla.v1.hal+json"));
  BOOST_TEST(sent.has_line("Authorization: Bearer FAKEtoken0001"));
  const std::string record =
      R"({"_links":{"self":{"href":"https://api-sandbox.dwolla.com/customers/0fa4e000"}},)"
      R"("id":"0FA4E000-0000-4000-8000-00000000C001","firstName":"Ana","lastName":"Example",)"
      R"("email":"ana.example@example.com","type":"unverified","created":)"
      R"("2026-01-15T10:20:30.123Z","correlationId":"mc-0001","status":")";
  BOOST_TEST(shown(read<DwollaPolicy>(id, 200, record + "unverified\"}")) ==
             "ACTIVE|merchant_customer_id=mc-0001|email=ana.example@example.com|given_name=Ana|"
             "family_name=Example|created 1768472430");
  BOOST_TEST(shown(read<DwollaPolicy>(id, 200, record + "deactivated\"}")).starts_with("DELETED"));
  BOOST_TEST(refusal(read<DwollaPolicy>(
                 id, 404, R"({"code":"NotFound","message":"Customer not found."})")) ==
             "not_found");
  BOOST_TEST(refusal(read<DwollaPolicy>(id, 403, R"({"code":"Forbidden","message":"No."})")) ==
             "forbidden");
}

BOOST_AUTO_TEST_CASE(finix) {
  const auto sent = ask<FinixPolicy>("IDfAkEfAkEfAkEfAkEfAkE01");
  BOOST_TEST(sent.has_line("GET /identities/IDfAkEfAkEfAkEfAkEfAkE01 HTTP/1.1"));
  BOOST_TEST(sent.has_line("Finix-Version: 2022-02-01"));
  BOOST_TEST(shown(read<FinixPolicy>(
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
  BOOST_TEST(shown(read<FinixPolicy>("ID1", 200, R"({"id":"ID1","entity":{},"tags":null})")) ==
             "ACTIVE");
  BOOST_TEST(refusal(read<FinixPolicy>(
                 "ID1", 404,
                 R"({"total":1,"_embedded":{"errors":[{"logref":"fake0123456789abcdef",)"
                 R"("message":"The identity does not exist","code":"NOT_FOUND"}]}})")) ==
             "not_found");
}

BOOST_AUTO_TEST_CASE(glomopay) {
  BOOST_TEST(ask<GlomopayPolicy>("cust_0aBcDeFgHiJk")
                 .has_line("GET /api/v1/customer/cust_0aBcDeFgHiJk HTTP/1.1"));
  const std::string record =
      R"({"id":"cust_0aBcDeFgHiJk","name":"Ana Example","customer_type":"individual",)"
      R"("email":"ana.example@example.com","phone":"+91-9000000001","address":"1 Test Street",)"
      R"("city":"Bengaluru","state":"Karnataka","country":"IND","pincode":"560048",)"
      R"("metadata":{"pan":"FAKE"},"created_at":"2026-01-05T10:00:00.325Z","deleted_at":)";
  BOOST_TEST(shown(read<GlomopayPolicy>("cust_0aBcDeFgHiJk", 200, record + "null}")) ==
             "ACTIVE|email=ana.example@example.com|name=Ana Example|phone=+91-9000000001|"
             "address.line1=1 Test Street|address.city=Bengaluru|address.state=Karnataka|"
             "address.zip=560048|address.country=IN|created 1767607200");
  BOOST_TEST(shown(read<GlomopayPolicy>("cust_0aBcDeFgHiJk", 200,
                                        record + R"("2026-01-06T10:00:00.325Z"})"))
                 .starts_with("DELETED"));
  BOOST_TEST(refusal(read<GlomopayPolicy>(
                 "cust_1", 404, R"({"error":"Not Found","message":"Customer not found"})")) ==
             "not_found");
}

BOOST_AUTO_TEST_CASE(gocardless) {
  const auto sent = ask<GocardlessPolicy>("CU0000FAKE0001");
  BOOST_TEST(sent.has_line("GET /customers/CU0000FAKE0001 HTTP/1.1"));
  BOOST_TEST(sent.has_line("GoCardless-Version: 2015-07-06"));
  BOOST_TEST(shown(read<GocardlessPolicy>(
                 "CU0000FAKE0001", 200,
                 R"({"customers":{"id":"CU0000FAKE0001","created_at":"2026-01-15T10:20:30.000Z",)"
                 R"("email":"ana.example@example.com","given_name":"Ana","family_name":"Example",)"
                 R"("company_name":null,"address_line1":"1 Example Street","address_line2":null,)"
                 R"("city":"London","region":null,"postal_code":"EC1V 7LQ","country_code":"GB",)"
                 R"("language":"en","phone_number":"+442079460000",)"
                 R"("metadata":{"merchant_customer_id":"mc-0001"}}})")) ==
             "ACTIVE|merchant_customer_id=mc-0001|email=ana.example@example.com|given_name=Ana|"
             "family_name=Example|phone=+442079460000|address.line1=1 Example Street|"
             "address.city=London|address.zip=EC1V 7LQ|address.country=GB|created 1768472430");
  const std::string_view missing =
      R"({"error":{"message":"Resource not found","type":"invalid_api_usage","code":404,)"
      R"("errors":[{"reason":"resource_not_found","message":"Resource not found"}]}})";
  BOOST_TEST(refusal(read<GocardlessPolicy>("CU1", 404, missing)) == "not_found");
  BOOST_TEST(refusal(read<GocardlessPolicy>("CU1", 410, missing)) == "not_found");
}

BOOST_AUTO_TEST_CASE(paysafe) {
  BOOST_TEST(ask<PaysafePolicy>("0fa4e000-0000-4000-8000-00000000c001")
                 .has_line("GET /customervault/v1/profiles/0fa4e000-0000-4000-8000-00000000c001 "
                           "HTTP/1.1"));
  BOOST_TEST(shown(read<PaysafePolicy>(
                 "0fa4e000-0000-4000-8000-00000000c001", 200,
                 R"({"id":"0fa4e000-0000-4000-8000-00000000c001","status":"ACTIVE",)"
                 R"("merchantCustomerId":"mc-0001","locale":"en_US","firstName":"Ana",)"
                 R"("lastName":"Example","email":"ana.example@example.com",)"
                 R"("phone":"+14155550100","paymentToken":"PFAKEtoken0001"})")) ==
             "ACTIVE|merchant_customer_id=mc-0001|email=ana.example@example.com|given_name=Ana|"
             "family_name=Example|phone=+14155550100");
  BOOST_TEST(refusal(read<PaysafePolicy>(
                 "unknown", 404,
                 R"({"error":{"code":"5269","message":"The id in the URL is not known: x"}})")) ==
             "not_found");
}

BOOST_AUTO_TEST_CASE(rapyd) {
  const std::string_view id = "cus_0123456789abcdef0123456789abcdef";
  BOOST_TEST(ask<RapydPolicy>(id).has_line("GET /v1/customers/" + std::string{id} + " HTTP/1.1"));
  BOOST_TEST(
      shown(read<RapydPolicy>(
          id, 200,
          R"({"status":{"error_code":"","status":"SUCCESS","message":"","response_code":"",)"
          R"("operation_id":"11111111-2222-4333-8444-555555555501"},"data":{)"
          R"("id":"cus_0123456789abcdef0123456789abcdef","delinquent":false,"discount":null,)"
          R"("name":"Ana Example","default_payment_method":"","description":"",)"
          R"("email":"ana@example.com","phone_number":"","addresses":[],"created_at":1760000000,)"
          R"("metadata":{"merchant_customer_id":"cust-0001","empty":""},"ewallet":""}})")) ==
      "ACTIVE|merchant_customer_id=cust-0001|email=ana@example.com|name=Ana Example|"
      "created 1760000000");
  const auto failed = [](std::string_view code) {
    return R"({"status":{"error_code":")" + std::string{code} +
           R"(","status":"ERROR","message":"Text","response_code":"","operation_id":"x"}})";
  };
  BOOST_TEST(refusal(read<RapydPolicy>(id, 400, failed("ERROR_GET_CUSTOMER"))) == "not_found");
  BOOST_TEST(refusal(read<RapydPolicy>(id, 401, failed("UNAUTHORIZED_API_CALL"))) == "forbidden");
  BOOST_TEST(refusal(read<RapydPolicy>(id, 401, failed("UNAUTHENTICATED_API_CALL"))) ==
             "unauthorized");
}

BOOST_AUTO_TEST_CASE(shift4) {
  BOOST_TEST(ask<Shift4Policy>("cust_FaKe00000000000000000001")
                 .has_line("GET /customers/cust_FaKe00000000000000000001 HTTP/1.1"));
  const std::string record =
      R"({"id":"cust_FaKe1","created":1767600000,"objectType":"customer",)"
      R"("email":"ana@example.com","description":"Renamed buyer","billing":{"name":"Ana Example",)"
      R"("address":{"line1":"1 Example Street","zip":"62701","country":"US"}},)"
      R"("metadata":{"merchant_customer_id":"m-1001","tier":"silver"})";
  BOOST_TEST(shown(read<Shift4Policy>("cust_FaKe1", 200, record + "}")) ==
             "ACTIVE|merchant_customer_id=m-1001|email=ana@example.com|name=Ana Example|"
             "description=Renamed buyer|address.line1=1 Example Street|address.zip=62701|"
             "address.country=US|tier:silver|created 1767600000");
  BOOST_TEST(shown(read<Shift4Policy>("cust_FaKe1", 200, record + R"(,"deleted":true})"))
                 .starts_with("DELETED"));
  BOOST_TEST(shown(read<Shift4Policy>("cust_FaKe1", 200, record + R"(,"deleted":false})"))
                 .starts_with("ACTIVE"));
  BOOST_TEST(
      refusal(read<Shift4Policy>(
          "cust_FaKe1", 404,
          R"({"error":{"type":"invalid_request","message":"Customer 'x' does not exist"}})")) ==
      "not_found");
}

BOOST_AUTO_TEST_CASE(stax) {
  const std::string_view id = "0a1b2c3d-0000-4000-8000-00000000fa4e";
  BOOST_TEST(ask<StaxPolicy>(id).has_line("GET /customer/" + std::string{id} + " HTTP/1.1"));
  const std::string record =
      R"({"id":"0a1b2c3d-0000-4000-8000-00000000fa4e","firstname":"Ana","lastname":"Sample",)"
      R"("company":null,"email":"ana@example.com","phone":"15555550100","notes":"Example buyer",)"
      R"("reference":"m-1001","address_1":"1 Example Street","address_country":"USA",)"
      R"("options":null,"created_at":"2026-01-05 08:00:00","deleted_at":)";
  BOOST_TEST(shown(read<StaxPolicy>(id, 200, record + "null}"))
                 .starts_with("ACTIVE|merchant_customer_id=m-1001|email=ana@example.com|"
                              "given_name=Ana|family_name=Sample|phone=15555550100|"
                              "description=Example buyer|address.line1=1 Example Street|"
                              "address.country=US"));
  BOOST_TEST(shown(read<StaxPolicy>(id, 200, record + R"("2026-01-06 08:00:00"})"))
                 .starts_with("DELETED"));
  BOOST_TEST(refusal(read<StaxPolicy>(id, 404, R"({"id":"customer not found"})")) == "not_found");
}

BOOST_AUTO_TEST_CASE(stripe) {
  const auto sent = ask<StripePolicy>("cus_FaKe0Example01");
  BOOST_TEST(sent.has_line("GET /v1/customers/cus_FaKe0Example01 HTTP/1.1"));
  BOOST_TEST(sent.has_line("Stripe-Version: 2026-06-24.dahlia"));
  BOOST_TEST(sent.body.empty());
  BOOST_TEST(sent.head.find("Content-") == std::string::npos);
  BOOST_TEST(sent.head.find("Idempotency") == std::string::npos);
  BOOST_TEST(refusal(read<StripePolicy>(
                 "cus_FaKeMissing01", 404,
                 R"({"error":{"code":"resource_missing","message":"No such customer: )"
                 R"('cus_FaKeMissing01'","param":"id","type":"invalid_request_error"}})")) ==
             "not_found");
}

BOOST_AUTO_TEST_CASE(a_signature_is_over_the_target_without_a_body) {
  EncodedRequest out;
  const auto encoded = encode<RapydPolicy, Retrieve>(
      RetrieveRequest{"cus_0123456789abcdef0123456789abcdef"},
      {.access_key = "FAKEACCESSKEY0000000", .secret_key = "fakesecretkey000000000000000000000000"},
      {.salt = "a1B2c3D4e5F6", .timestamp = 1700000000}, out);
  BOOST_TEST_REQUIRE(encoded.has_value());
  BOOST_TEST(out.target() == "/v1/customers/cus_0123456789abcdef0123456789abcdef");
  BOOST_TEST(out.body().empty());
  BOOST_TEST(
      out.head().find(
          "\r\nsignature: "
          "MzI0ZjI3N2Y3NzRkOWU0YmUwNjQ3OWFkYTQ3YjdkMGE4MzY5ZGI0NjRkOGNkMjBiZmRmM2FkMmEwM2U3Yj"
          "IzMw==\r\n") != std::string_view::npos);
  BOOST_TEST(out.head().find("\r\nContent-Type: application/json\r\n") != std::string_view::npos);
}

BOOST_AUTO_TEST_SUITE_END()
