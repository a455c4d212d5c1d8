// SPDX-License-Identifier: Apache-2.0
#include <florin/policies/rapyd.hpp>
#include <florin/testing/processors/rapyd.hpp>

#include <boost/beast/core/detail/base64.hpp>
#include <boost/test/unit_test.hpp>

#include <array>
#include <functional>
#include <string>
#include <string_view>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "policies/exchange.hpp"
#include "policies/operations.hpp"
#include "support/form_text.hpp"
#include "trials/conforms.hpp"
#include "trials/faults.hpp"
#include "trials/lives.hpp"
#include "trials/trial.hpp"

BOOST_AUTO_TEST_SUITE(policies_rapyd)

using namespace florin_test;
using florin::Field;
using florin::FieldSet;
using florin::RapydPolicy;
using namespace florin::wire;

static_assert(florin::ConnectorPolicy<RapydPolicy>);
static_assert(!florin::has_idempotency<RapydPolicy>);
static_assert(florin::carries<RapydPolicy, florin::field::Metadata>);
static_assert(florin::carries<RapydPolicy, florin::field::AddressLine2>);
static_assert(RapydPolicy::Create::Body::carried == FieldSet::all());
static_assert(florin::required_fields<RapydPolicy> ==
              FieldSet{Field::merchant_customer_id, Field::name});
static_assert(florin::max_length<RapydPolicy, florin::field::Email> == 512);
static_assert(florin::max_length<RapydPolicy, florin::field::Name> == unlimited);

namespace {

constexpr std::string_view secret = "fakesecretkey000000000000000000000000";

RapydPolicy::Credentials credentials() {
  return {.access_key = "FAKEACCESSKEY0000000", .secret_key = secret};
}

florin::EncodeOptions signing() {
  return {.environment = florin::Environment::sandbox,
          .salt = "a1B2c3D4e5F6",
          .timestamp = 1'700'000'000};
}

/// What the sheet says of the signature, computed in another way.
std::string signature_of(const std::string& text) {
  std::array<unsigned char, 32> digest;
  BOOST_TEST_REQUIRE(HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
                          reinterpret_cast<const unsigned char*>(text.data()), text.size(),
                          digest.data(), nullptr) != nullptr);
  std::string hex;
  for (const unsigned char byte : digest) {
    hex += "0123456789abcdef"[byte / 16];
    hex += "0123456789abcdef"[byte % 16];
  }
  std::string base64(boost::beast::detail::base64::encoded_size(hex.size()), '\0');
  base64.resize(boost::beast::detail::base64::encode(base64.data(), hex.data(), hex.size()));
  return base64;
}

/// What a changed full request is refused with.
std::string refusal(const std::function<void(florin::CreateRequest&)>& change) {
  auto request = full_request();
  change(request);
  return send<RapydPolicy>(request, credentials(), signing()).refusal();
}

std::string failure(std::string_view code) {
  return R"({"status":{"error_code":")" + std::string{code} +
         R"(","status":"ERROR","message":"Text","response_code":")" + std::string{code} +
         R"(","operation_id":"11111111-2222-4333-8444-555555555555"}})";
}

/// Signed as Rapyd wants it, but with nothing in the body that the second vector lacks.
struct NameAndEmailPolicy : RapydPolicy {
  struct Create : RapydPolicy::Create {
    using Body = json::Object<Put<"name", florin::field::Name>, Put<"email", florin::field::Email>>;
    using NotCarried =
        florin::Fields<florin::field::MerchantCustomerId, florin::field::Phone,
                       florin::field::Description, florin::field::Metadata, florin::field::Address>;
  };
};

}  // namespace

BOOST_AUTO_TEST_CASE(signs_the_first_vector_of_the_sheet) {
  const auto sent = send<RapydPolicy>({.merchant_customer_id = "cust-0001",
                                       .email = "ana@example.com",
                                       .name = "Ana Example",
                                       .phone = "+14155550100"},
                                      credentials(), signing());
  BOOST_TEST_REQUIRE(sent.refusal() == "");
  BOOST_TEST(sent.body ==
             R"({"name":"Ana Example","email":"ana@example.com","phone_number":"+14155550100",)"
             R"("metadata":{"merchant_customer_id":"cust-0001"}})");
  BOOST_TEST(sent.body.size() == 126U);
  const auto request = request_text(sent.head + sent.body);
  BOOST_TEST(request.line == "POST /v1/customers HTTP/1.1");
  const Pairs headers{{"Host", "sandboxapi.rapyd.net"},
                      {"Content-Length", "126"},
                      {"Content-Type", "application/json"},
                      {"Accept", "application/json"},
                      {"User-Agent", "florin/" + std::string{florin::version}},
                      {"access_key", "FAKEACCESSKEY0000000"},
                      {"salt", "a1B2c3D4e5F6"},
                      {"timestamp", "1700000000"},
                      {"signature",
                       "Zjg1MTRkYmU4MmM4MDY2NzI3N2QyZWU5NWY3ZDQ3YWE2MTNjNGFlY2Y5NTA0Yjc4YzhiZjNl"
                       "YTdlZDUyOGY5ZA=="}};
  BOOST_TEST((request.headers == headers));
}

BOOST_AUTO_TEST_CASE(signs_the_third_vector_of_the_sheet) {
  const auto sent = send<NameAndEmailPolicy>(
      {.merchant_customer_id = "m", .email = "a@example.com", .name = "\xC3\x81na"}, credentials(),
      {.salt = "saltsalt", .timestamp = 1'700'000'001});
  BOOST_TEST_REQUIRE(sent.refusal() == "");
  BOOST_TEST(sent.body == "{\"name\":\"\xC3\x81na\",\"email\":\"a@example.com\"}");
  BOOST_TEST(sent.body.size() == 39U);
  BOOST_TEST(sent.has_line(
      "signature: MmViMGJiNDRhZjYzODQ4MjViMmRiOWM5ZDFjN2NiMzdjZjZjM2VkOWQ4Y2RjYjAyYzEyYTQ5ZGZmMmFj"
      "YzY1ZQ=="));
}

BOOST_AUTO_TEST_CASE(sends_what_the_sheet_says) {
  const auto sent = send<RapydPolicy>(full_request(), credentials(), signing());
  BOOST_TEST_REQUIRE(sent.refusal() == "");
  BOOST_TEST(sent.body ==
             R"({"name":"Ana Example","email":"ana@example.com","phone_number":"+15555550100",)"
             R"("description":"Example buyer","addresses":[{"name":"Ana Example",)"
             R"("line_1":"1 Example Street","line_2":"Apt 2","city":"Springfield","state":"IL",)"
             R"("zip":"62701","country":"US"}],"metadata":{"tier":"gold",)"
             R"("merchant_customer_id":"m-1001"}})");
  BOOST_TEST(sent.dropped.empty());
  BOOST_TEST(sent.has_line("signature: " + signature_of("post/v1/customersa1B2c3D4e5F61700000000"
                                                        "FAKEACCESSKEY0000000" +
                                                        std::string{secret} + sent.body)));
  BOOST_TEST((sent.head + sent.body).find(secret) == std::string::npos);
}

BOOST_AUTO_TEST_CASE(sends_the_least_that_is_needed) {
  const auto sent = send<RapydPolicy>({.merchant_customer_id = "m", .name = "Plato"}, credentials(),
                                      {.salt = "saltsalt", .timestamp = 1'700'000'001});
  BOOST_TEST(sent.has_line("Host: api.rapyd.net"));
  BOOST_TEST(sent.body == R"({"name":"Plato","metadata":{"merchant_customer_id":"m"}})");
  BOOST_TEST(sent.head.find("idempotency") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(sends_a_key_that_is_given) {
  BOOST_TEST(send<RapydPolicy>({.merchant_customer_id = "m", .name = "Plato"}, credentials(),
                               {.idempotency_key = "key-1", .salt = "saltsalt", .timestamp = 1})
                 .has_line("idempotency: key-1"));
}

BOOST_AUTO_TEST_CASE(what_is_signed_is_what_is_sent) {
  // Only what JSON demands is escaped: the processor writes the body anew and compares.
  const auto sent = send<RapydPolicy>({.merchant_customer_id = "m\",\"x\":\"y",
                                       .name = "\xC3\x81na <b> & \"c\" / \\ \x01\n",
                                       .description = "\xF0\x9F\x98\x80\x7F",
                                       .metadata = {{"k\"", "'"}},
                                       .address = {.line1 = "1/2 <St>"}},
                                      credentials(), signing());
  BOOST_TEST_REQUIRE(sent.refusal() == "");
  BOOST_TEST(sent.body ==
             "{\"name\":\"\xC3\x81na <b> & \\\"c\\\" / \\\\ \\u0001\\n\","
             "\"description\":\"\xF0\x9F\x98\x80\x7F\",\"addresses\":[{"
             "\"name\":\"\xC3\x81na <b> & \\\"c\\\" / \\\\ \\u0001\\n\",\"line_1\":\"1/2 <St>\"}],"
             R"("metadata":{"k\"":"'","merchant_customer_id":"m\",\"x\":\"y"}})");
  BOOST_TEST(sent.has_line("signature: " + signature_of("post/v1/customersa1B2c3D4e5F61700000000"
                                                        "FAKEACCESSKEY0000000" +
                                                        std::string{secret} + sent.body)));
}

BOOST_AUTO_TEST_CASE(everything_that_is_signed_changes_the_signature) {
  const auto signature = [](const florin::CreateRequest& request,
                            const RapydPolicy::Credentials& keys,
                            const florin::EncodeOptions& options) {
    const auto sent = send<RapydPolicy>(request, keys, options);
    return request_text(sent.head + sent.body).header("signature");
  };
  const std::string first = signature(full_request(), credentials(), signing());
  BOOST_TEST(signature(full_request(), credentials(), signing()) == first);
  auto request = full_request();
  request.description += '.';
  BOOST_TEST(signature(request, credentials(), signing()) != first);
  auto options = signing();
  options.salt = "a1B2c3D4e5F7";
  BOOST_TEST(signature(full_request(), credentials(), options) != first);
  options = signing();
  options.timestamp += 1;
  BOOST_TEST(signature(full_request(), credentials(), options) != first);
  auto keys = credentials();
  keys.access_key = "FAKEACCESSKEY0000001";
  BOOST_TEST(signature(full_request(), keys, signing()) != first);
  keys = credentials();
  keys.secret_key = "fakesecretkey000000000000000000000001";
  BOOST_TEST(signature(full_request(), keys, signing()) != first);
  // The host is not part of it.
  options = signing();
  options.environment = florin::Environment::live;
  BOOST_TEST(signature(full_request(), credentials(), options) == first);
}

BOOST_AUTO_TEST_CASE(an_address_needs_its_first_line) {
  auto request = full_request();
  request.address.line1 = "";
  const auto sent = send<RapydPolicy>(request, credentials(), signing());
  BOOST_TEST(sent.body ==
             R"({"name":"Ana Example","email":"ana@example.com","phone_number":"+15555550100",)"
             R"("description":"Example buyer","metadata":{"tier":"gold",)"
             R"("merchant_customer_id":"m-1001"}})");
  BOOST_TEST(
      (sent.dropped == FieldSet{Field::address_line2, Field::address_city, Field::address_state,
                                Field::address_zip, Field::address_country}));
}

BOOST_AUTO_TEST_CASE(a_phone_goes_out_in_its_international_form) {
  const auto sent = send<RapydPolicy>(documented_request(), credentials(), signing());
  BOOST_TEST(sent.body.find(R"("phone_number":"+15551234567")") != std::string::npos, sent.body);
  BOOST_TEST(refusal([](auto& r) { r.phone = "+123456789012345"; }) == "");
  BOOST_TEST(refusal([](auto& r) { r.phone = "+1234567890123456"; }) == "invalid_field:phone");
  BOOST_TEST(refusal([](auto& r) { r.phone = "call me"; }) == "invalid_field:phone");
}

BOOST_AUTO_TEST_CASE(refuses_what_cannot_be_sent) {
  BOOST_TEST(refusal([](auto& r) { r.name = ""; }) == "missing_field:name");
  BOOST_TEST(refusal([](auto& r) { r.merchant_customer_id = ""; }) ==
             "missing_field:merchant_customer_id");
  BOOST_TEST(refusal([](auto& r) { r.email = std::string(500, 'a') + "@example.com"; }) == "");
  BOOST_TEST(refusal([](auto& r) { r.email = std::string(501, 'a') + "@example.com"; }) ==
             "invalid_field:email");
  BOOST_TEST(refusal([](auto& r) { r.email = "no address"; }) == "invalid_field:email");
  BOOST_TEST(refusal([](auto& r) { r.metadata.set("merchant_customer_id", "x"); }) ==
             "invalid_field:metadata");
  BOOST_TEST(send<RapydPolicy>(full_request(), {.secret_key = secret}, signing()).refusal() ==
             "invalid_credentials:");
  BOOST_TEST(send<RapydPolicy>(full_request(), {.access_key = "k"}, signing()).refusal() ==
             "invalid_credentials:");
  BOOST_TEST(
      send<RapydPolicy>(full_request(), {.access_key = "k\nX: y", .secret_key = secret}, signing())
          .refusal() == "invalid_credentials:");
}

BOOST_AUTO_TEST_CASE(refuses_to_sign_without_salt_and_time) {
  const auto with_salt = [](std::string_view salt) {
    return send<RapydPolicy>(full_request(), credentials(),
                             {.salt = salt, .timestamp = 1'700'000'000});
  };
  BOOST_TEST(with_salt("12345678").refusal() == "");
  BOOST_TEST(with_salt("1234567890abcdeF").refusal() == "");
  for (const std::string_view salt : {"", "1234567", "1234567890abcdef0", "1234-678", "1234 678",
                                      "1234567\n", "123456\xC3\xA9"}) {
    const auto sent = with_salt(salt);
    BOOST_TEST(sent.refusal() == "invalid_options:", salt);
    BOOST_TEST(sent.result.error().reason == "the salt is not 8 to 16 letters and digits");
    BOOST_TEST((sent.result.error().outcome == florin::Outcome::no_effect));
  }
  for (const std::int64_t timestamp : {std::int64_t{0}, std::int64_t{-1}}) {
    const auto sent = send<RapydPolicy>(full_request(), credentials(),
                                        {.salt = "saltsalt", .timestamp = timestamp});
    BOOST_TEST(sent.refusal() == "invalid_options:");
    BOOST_TEST(sent.result.error().reason == "no timestamp is given to sign with");
  }
}

BOOST_AUTO_TEST_CASE(reads_the_success_of_the_sheet) {
  const auto created = receive<RapydPolicy>(
      200,
      R"({"status":{"error_code":"","status":"SUCCESS","message":"","response_code":"",)"
      R"("operation_id":"11111111-2222-4333-8444-555555555555"},"data":{)"
      R"("id":"cus_0123456789abcdef0123456789abcdef","delinquent":false,"discount":null,)"
      R"("name":"Ana Example","default_payment_method":"","description":"Test customer",)"
      R"("email":"john.doe@example.com","phone_number":"+14155550100","invoice_prefix":"",)"
      R"("addresses":[{"id":"address_0123456789abcdef0123456789abcdef","name":"Ana Example",)"
      R"("line_1":"1 Test Street","line_2":"","line_3":"","city":"London","state":"",)"
      R"("country":"GB","zip":"N1 1AA","phone_number":"","canton":"","district":"",)"
      R"("metadata":{},"created_at":1760000000}],"payment_methods":{"data":[],"has_more":false,)"
      R"("total_count":0,"url":"/v1/customers/cus_0123456789abcdef0123456789abcdef/)"
      R"(payment_methods"},"subscriptions":null,"created_at":1760000000,)"
      R"("metadata":{"merchant_customer_id":"cust_user_12345"},"business_vat_id":"","ewallet":""}})");
  BOOST_TEST_REQUIRE(summary(created) == "success:cus_0123456789abcdef0123456789abcdef");
  BOOST_TEST(created->merchant_customer_id == "cust_user_12345");
  BOOST_TEST(created->request_id == "11111111-2222-4333-8444-555555555555");
  BOOST_TEST((created->origin == florin::Origin::created));
}

BOOST_AUTO_TEST_CASE(the_verdict_counts_not_the_status_alone) {
  const auto read = [](std::string_view body) { return receive<RapydPolicy>(200, body); };
  const auto refused = read(failure("ERROR_CREATE_CUSTOMER"));
  BOOST_TEST(summary(refused) == "rejected/unknown/502");
  BOOST_TEST(refused.error().connector_code == "ERROR_CREATE_CUSTOMER");
  BOOST_TEST(refused.error().request_id == "11111111-2222-4333-8444-555555555555");
  BOOST_TEST(
      summary(read(R"({"status":{"status":"ERROR","error_code":"E"},"data":{"id":"cus_1"}})")) ==
      "rejected/unknown/502");
  BOOST_TEST(summary(read(R"({"data":{"id":"cus_1"}})")) == "unreadable_reply/unknown/502");
  BOOST_TEST(summary(read(R"({"status":"SUCCESS","data":{"id":"cus_1"}})")) ==
             "unreadable_reply/unknown/502");
  BOOST_TEST(summary(read(R"({"status":{"status":"SUCCESS"},"data":{"id":"address_1"}})")) ==
             "unreadable_reply/unknown/502");
  BOOST_TEST(summary(read(R"({"status":{"status":"SUCCESS"},"data":{}})")) ==
             "unreadable_reply/unknown/502");
  BOOST_TEST(summary(read(R"({"status":{"status":"SUCCESS"},"data":{"id":"cus_1")")) ==
             "unreadable_reply/unknown/502");
}

BOOST_AUTO_TEST_CASE(reads_the_errors_of_the_sheet) {
  const auto mismatch = receive<RapydPolicy>(
      401,
      R"({"status":{"error_code":"UNAUTHENTICATED_API_CALL","status":"ERROR",)"
      R"("message":"<signature mismatch text, tells to strip whitespace and trailing zeroes>",)"
      R"("response_code":"UNAUTHENTICATED_API_CALL",)"
      R"("operation_id":"11111111-2222-4333-8444-555555555555"}})");
  BOOST_TEST(summary(mismatch) == "unauthorized/no_effect/401");
  BOOST_TEST(mismatch.error().connector_code == "UNAUTHENTICATED_API_CALL");
  BOOST_TEST(mismatch.error().connector_message ==
             "<signature mismatch text, tells to strip whitespace and trailing zeroes>");
  BOOST_TEST(mismatch.error().request_id == "11111111-2222-4333-8444-555555555555");
  BOOST_TEST(mismatch.error().param == "");
  // The same status, but not the keys' fault.
  const auto elsewhere = receive<RapydPolicy>(
      401, R"({"status":{"error_code":"UNAUTHORIZED_API_CALL","status":"ERROR","message":"",)"
           R"("response_code":"UNAUTHORIZED_API_CALL",)"
           R"("operation_id":"11111111-2222-4333-8444-555555555556"}})");
  BOOST_TEST(summary(elsewhere) == "forbidden/no_effect/403");
  BOOST_TEST(elsewhere.error().http_status == 401);
  BOOST_TEST(elsewhere.error().connector_message == "");
  BOOST_TEST(elsewhere.error().request_id == "11111111-2222-4333-8444-555555555556");

  const auto refused = [](int status, std::string_view code) {
    return summary(receive<RapydPolicy>(status, failure(code)));
  };
  BOOST_TEST(refused(400, "MISSING_AUTHENTICATION_HEADERS") == "unauthorized/no_effect/401");
  BOOST_TEST(refused(400, "ERROR_CUSTOMER_DATA_MISSING") == "invalid_data/no_effect/422");
  BOOST_TEST(refused(400, "ERROR_CUSTOMER_DATA_MISSING - [name]") == "invalid_data/no_effect/422");
  BOOST_TEST(refused(400, "ERROR_CREATE_CUSTOMER") == "invalid_data/no_effect/422");
  BOOST_TEST(refused(404, "ERROR_GET_CUSTOMER") == "not_found/no_effect/404");
  BOOST_TEST(refused(429, "TOO_MANY_REQUESTS") == "rate_limited/no_effect/429");
  BOOST_TEST(refused(500, "INTERNAL") == "connector_unavailable/unknown/500");
  for (const char* const code : {"ERROR_CUSTOMER_DATA_MISSING", "INVALID_CUSTOMER_NAME",
                                 "INVALID_CUSTOMER_EMAIL", "INVALID_CUSTOMER_PHONE_NUMBER"})
    for (const int status : {200, 400})
      BOOST_TEST(refused(status, code) == "invalid_data/no_effect/422", code);
  const auto only = receive<RapydPolicy>(
      401, R"({"status":{"status":"ERROR","response_code":"UNAUTHORIZED_API_CALL"}})");
  BOOST_TEST(summary(only) == "forbidden/no_effect/403");
  BOOST_TEST(summary(receive<RapydPolicy>(503, "<html>")) == "connector_unavailable/unknown/503");
  BOOST_TEST(summary(receive<RapydPolicy>(401, "")) == "unauthorized/no_effect/401");
}

BOOST_AUTO_TEST_CASE(an_empty_code_gives_way_to_the_other) {
  const auto answer = receive<RapydPolicy>(
      401,
      R"({"status":{"error_code":"","status":"ERROR","response_code":"UNAUTHORIZED_API_CALL"}})");
  BOOST_TEST(summary(answer) == "forbidden/no_effect/403");
}

BOOST_AUTO_TEST_CASE(a_phone_number_has_at_most_15_digits) {
  auto request = full_request();
  for (const char* right : {"+123456789012345", "123456789012345"}) {
    request.phone = right;
    BOOST_TEST(send<RapydPolicy>(request, credentials(), signing()).refusal() == "", right);
  }
  for (const char* wrong : {"+1234567890123456", "1234567890123456"}) {
    request.phone = wrong;
    BOOST_TEST(
        send<RapydPolicy>(request, credentials(), signing()).refusal() == "invalid_field:phone",
        wrong);
  }
}

static_assert(!florin::shows_deleted<RapydPolicy> && !florin::offers<RapydPolicy, florin::Find>);

BOOST_AUTO_TEST_CASE(is_read_back) {
  using namespace florin;
  const std::string_view id = "cus_0123456789abcdef0123456789abcdef";
  BOOST_TEST((ask<RapydPolicy, Retrieve>(id).has_line("GET /v1/customers/" + std::string{id} +
                                                      " HTTP/1.1")));
  BOOST_TEST(
      shown(read<RapydPolicy, Retrieve>(
          id, 200,
          R"({"status":{"error_code":"","status":"SUCCESS","message":"","response_code":"",)"
          R"("operation_id":"11111111-2222-4333-8444-555555555501"},"data":{)"
          R"("id":"cus_0123456789abcdef0123456789abcdef","delinquent":false,"discount":null,)"
          R"("name":"Ana Example","default_payment_method":"","description":"",)"
          R"("email":"ana@example.com","phone_number":"","addresses":[],"created_at":1760000000,)"
          R"("metadata":{"merchant_customer_id":"cust-0001","empty":""},"ewallet":""}})")) ==
      "ACTIVE|merchant_customer_id=cust-0001|email=ana@example.com|name=Ana Example|"
      "empty:|created 1760000000");
  const auto failed = [](std::string_view code) {
    return R"({"status":{"error_code":")" + std::string{code} +
           R"(","status":"ERROR","message":"Text","response_code":"","operation_id":"x"}})";
  };
  BOOST_TEST(short_verdict(read<RapydPolicy, Retrieve>(id, 400, failed("ERROR_GET_CUSTOMER"))) ==
             "not_found/no_effect");
  BOOST_TEST(short_verdict(read<RapydPolicy, Retrieve>(id, 401, failed("UNAUTHORIZED_API_CALL"))) ==
             "forbidden/no_effect");
  BOOST_TEST(short_verdict(read<RapydPolicy, Retrieve>(
                 id, 401, failed("UNAUTHENTICATED_API_CALL"))) == "unauthorized/no_effect");
}

BOOST_AUTO_TEST_CASE(is_changed) {
  using namespace florin;
  const std::string_view id = "cus_0123456789abcdef0123456789abcdef";
  const RapydPolicy::Credentials keys{.access_key = "FAKEACCESSKEY0000000",
                                      .secret_key = "fakesecretkey000000000000000000000000"};
  const UpdateRequest changes{.email = "ana.new@example.com", .cleared = {Field::phone}};
  const auto sent = request_of<RapydPolicy, Update>(change_of(id, changes), keys);
  BOOST_TEST(sent.has_line("POST /v1/customers/" + std::string{id} + " HTTP/1.1"));
  BOOST_TEST(sent.has_line(
      "signature: ZDhkNTQwZGYzMjU0ZDdiMTE5ZTZlODlmODUxMDIwMjQ0YWExNTU1NTdkYmQxZjYxNjJiODdkODVlZD"
      "NiZjcwZA=="));
  BOOST_TEST(sent.body == R"({"email":"ana.new@example.com","phone_number":""})");
  const std::string answered =
      R"({"status":{"error_code":"","status":"SUCCESS","message":"","response_code":"",)"
      R"("operation_id":"11111111-2222-4333-8444-555555555502"},"data":{)"
      R"("id":"cus_0123456789abcdef0123456789abcdef","name":"Ana Example",)"
      R"("description":"Test customer","email":"ana.new@example.com","phone_number":"",)"
      R"("addresses":[],"created_at":1760000000,"metadata":{"merchant_customer_id":"cust-0001",)"
      R"("tier":"gold"}}})";
  const auto answer = answer_to<RapydPolicy, Update>(change_of(id, changes), 200, answered);
  BOOST_TEST_REQUIRE(answer.has_value());
  BOOST_TEST(answer->email().value_or("-") == "ana.new@example.com");
  BOOST_TEST(!answer->phone());

  const auto current = customer_of<RapydPolicy>(id, answered);
  BOOST_TEST(changed_body<RapydPolicy>(current, {.metadata = {{"plan", "b"}}}) ==
             R"({"metadata":{"tier":"gold","plan":"b","merchant_customer_id":"cust-0001"}})");
  BOOST_TEST(changed_body<RapydPolicy>(id, {.metadata = {{"plan", "b"}}}) == "invalid_options:");
  BOOST_TEST(changed_body<RapydPolicy>(id, {.cleared = {Field::name}}) == "invalid_field:name");
  BOOST_TEST(changed_body<RapydPolicy>(id, {.address = {.city = "C"}}) ==
             "invalid_field:address.city");
  BOOST_TEST(changed_body<RapydPolicy>(id, {.phone = "+1 (415) 555-0100"}) ==
             R"({"phone_number":"+14155550100"})");
}

BOOST_AUTO_TEST_CASE(is_deleted) {
  using namespace florin;
  const std::string_view id = "cus_0123456789abcdef0123456789abcdef";
  const auto sent = ask<RapydPolicy, Delete>(id);
  BOOST_TEST(sent.has_line("DELETE /v1/customers/" + std::string{id} + " HTTP/1.1"));
  BOOST_TEST(sent.body.empty());
  const auto answered = [&](int status, std::string_view state, std::string_view code,
                            std::string_view data) {
    return removed<RapydPolicy>(id, status,
                                R"({"status":{"error_code":")" + std::string{code} +
                                    R"(","status":")" + std::string{state} +
                                    R"(","message":"","response_code":")" + std::string{code} +
                                    R"(","operation_id":"x"})" + std::string{data} + "}");
  };
  BOOST_TEST(answered(200, "SUCCESS", "",
                      R"(,"data":{"deleted":true,"id":"cus_0123456789abcdef0123456789abcdef"})") ==
             "deleted");
  BOOST_TEST(answered(200, "SUCCESS", "", R"(,"data":{"deleted":true,"id":"cus_other"})") ==
             "unreadable_reply/unknown");
  BOOST_TEST(answered(200, "SUCCESS", "", "") == "unreadable_reply/unknown");
  BOOST_TEST(answered(400, "ERROR", "ERROR_DELETE_CUSTOMER", "") == "already gone");
  BOOST_TEST(answered(400, "ERROR", "ERROR_GET_CUSTOMER", "") == "not_found/no_effect");
  BOOST_TEST(answered(401, "ERROR", "UNAUTHORIZED_API_CALL", "") == "forbidden/no_effect");
}

namespace {

/// Of an operation on one customer, with the values of the sheet's vectors.
template <class Operation>
florin::EncodedRequest signed_request() {
  florin::EncodedRequest out;
  florin::encode<florin::RapydPolicy, Operation>(
      typename Operation::Request{"cus_0123456789abcdef0123456789abcdef"},
      {.access_key = "FAKEACCESSKEY0000000", .secret_key = "fakesecretkey000000000000000000000000"},
      {.salt = "a1B2c3D4e5F6", .timestamp = 1700000000}, out)
      .value();
  return out;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_signature_is_over_the_target_without_a_body) {
  const auto out = signed_request<florin::Retrieve>();
  BOOST_TEST(out.target() == "/v1/customers/cus_0123456789abcdef0123456789abcdef");
  BOOST_TEST(out.body().empty());
  BOOST_TEST(
      out.head().find(
          "\r\nsignature: "
          "MzI0ZjI3N2Y3NzRkOWU0YmUwNjQ3OWFkYTQ3YjdkMGE4MzY5ZGI0NjRkOGNkMjBiZmRmM2FkMmEwM2U3Yj"
          "IzMw==\r\n") != std::string_view::npos);
  BOOST_TEST(out.head().find("\r\nContent-Type: application/json\r\n") != std::string_view::npos);
}

BOOST_AUTO_TEST_CASE(a_signature_is_over_nothing_where_there_is_no_body) {
  const auto out = signed_request<florin::Delete>();
  BOOST_TEST(
      out.head().find(
          "\r\nsignature: "
          "YzEyMjc2YTZkY2YxOGQ4ZDk3OTVhMDMzNTgxYWQ1MDYyNDczNmJmOWMxZGNmMjgzYTdmYzYyNmUwOTM4M2Mz"
          "Yg==\r\n") != std::string_view::npos);
}

namespace {

florin_test::Trial trial() {
  return florin_test::trial_of<florin::RapydPolicy>(florin::testing::rapyd());
}

}  // namespace

BOOST_AUTO_TEST_CASE(conforms) {
  florin_test::conforms<florin::RapydPolicy>(florin::testing::rapyd(),
                                             florin::FieldSet{florin::Field::address_line1});
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
