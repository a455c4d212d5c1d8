// SPDX-License-Identifier: Apache-2.0
#include <florin/decode.hpp>
#include <florin/encode.hpp>
#include <florin/policies/stripe.hpp>
#include <florin/static_request.hpp>
#include <florin/testing/processors/stripe.hpp>

#include <boost/test/unit_test.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "policies/operations.hpp"
#include "support/allocations.hpp"
#include "support/form_text.hpp"
#include "trials/faults.hpp"
#include "trials/lives.hpp"
#include "trials/trial.hpp"

namespace florin_test::stripe_cases {

using namespace florin;
using florin::wire::HeaderView;
using florin::wire::ResponseView;
using florin_test::form_members;
using florin_test::Pairs;
using florin_test::request_text;

// What the API documents, asked at compile time.
static_assert(ConnectorPolicy<StripePolicy>);
static_assert(StripePolicy::name == "stripe");
static_assert(StripePolicy::Create::Body::carried == FieldSet::all());
static_assert(required_fields<StripePolicy> == FieldSet{Field::merchant_customer_id});
static_assert(max_length<StripePolicy, field::Email> == 512);
static_assert(max_length<StripePolicy, field::Name> == 256);
static_assert(max_length<StripePolicy, field::Phone> == 20);
static_assert(max_length<StripePolicy, field::Description> == 5000);
static_assert(max_length<StripePolicy, field::MerchantCustomerId> == 500);
static_assert(max_length<StripePolicy, field::AddressLine1> == 5000);
static_assert(max_length<StripePolicy, field::AddressLine2> == 5000);
static_assert(max_length<StripePolicy, field::AddressCity> == 5000);
static_assert(max_length<StripePolicy, field::AddressState> == 5000);
static_assert(max_length<StripePolicy, field::AddressZip> == 5000);
static_assert(StripePolicy::Create::Body::max_entries() == 50);
static_assert(StripePolicy::Create::Body::reserved_entries() == 1);
static_assert(has_idempotency<StripePolicy>);
static_assert(StripePolicy::Idempotency::mechanism == "Idempotency-Key");
static_assert(StripePolicy::Idempotency::max_length == 255);
static_assert(StripePolicy::hosts.live == "api.stripe.com" &&
              StripePolicy::hosts.sandbox == "api.stripe.com");

namespace {

const StripePolicy::Credentials key{.api_key = "sk_test_EXAMPLE"};

CreateRequest full_request() {
  return {.merchant_customer_id = "m-1001",
          .email = "ana@example.com",
          .name = "Ana Example",
          .phone = "+15555550100",
          .description = "Example buyer",
          .metadata = {{"tier", "gold"}, {"since", "2026"}},
          .address = {.line1 = "1 Example Street",
                      .line2 = "Apt 2",
                      .city = "Springfield",
                      .state = "IL",
                      .zip = "62701",
                      .country = "US"}};
}

Pairs members_of(const CreateRequest& request) {
  EncodedRequest out;
  const auto result = encode<StripePolicy>(request, key, out);
  BOOST_REQUIRE_MESSAGE(result.has_value(), result.error().what());
  BOOST_TEST(out.dropped().empty());
  return form_members(request_text(out.bytes()).body);
}

Error refusal_of(const CreateRequest& request) {
  EncodedRequest out;
  const auto result = encode<StripePolicy>(request, key, out);
  BOOST_REQUIRE_MESSAGE(result.has_error(), "the request was accepted");
  BOOST_TEST(out.bytes().empty());
  return result.error();
}

std::string repeated(std::size_t count, std::string_view character) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += character;
  return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(stripe_encode)

BOOST_AUTO_TEST_CASE(every_field_goes_to_its_parameter) {
  const Pairs expected{{"email", "ana@example.com"},
                       {"name", "Ana Example"},
                       {"phone", "+15555550100"},
                       {"description", "Example buyer"},
                       {"address[line1]", "1 Example Street"},
                       {"address[line2]", "Apt 2"},
                       {"address[city]", "Springfield"},
                       {"address[state]", "IL"},
                       {"address[postal_code]", "62701"},
                       {"address[country]", "US"},
                       {"metadata[tier]", "gold"},
                       {"metadata[since]", "2026"},
                       {"metadata[merchant_customer_id]", "m-1001"}};
  BOOST_TEST((members_of(full_request()) == expected));
}

BOOST_AUTO_TEST_CASE(absent_fields_are_left_out) {
  const Pairs expected{{"metadata[merchant_customer_id]", "m-1001"}};
  BOOST_TEST((members_of({.merchant_customer_id = "m-1001"}) == expected));
}

// What the official SDK sends for the documentation's example, in meaning.
BOOST_AUTO_TEST_CASE(the_documentations_example) {
  const CreateRequest request{.merchant_customer_id = "cust_user_12345",
                              .email = "john.doe@example.com",
                              .name = "John Doe",
                              .phone = "+1-555-123-4567",
                              .description = "Premium plan subscriber"};
  EncodedRequest out;
  BOOST_REQUIRE(encode<StripePolicy>(request, {.api_key = "sk_test_fake_secret_for_captures"},
                                     {.idempotency_key = "idem-documentation_example"}, out));
  const auto sent = request_text(out.bytes());
  BOOST_TEST(sent.line == "POST /v1/customers HTTP/1.1");
  BOOST_TEST(sent.header("Host") == "api.stripe.com");
  BOOST_TEST(sent.header("Accept") == "application/json");
  BOOST_TEST(sent.header("Content-Type") == "application/x-www-form-urlencoded");
  BOOST_TEST(sent.header("Idempotency-Key") == "idem-documentation_example");
  BOOST_TEST(sent.header("Authorization") == "Bearer sk_test_fake_secret_for_captures");
  const Pairs expected{{"email", "john.doe@example.com"},
                       {"name", "John Doe"},
                       {"phone", "+1-555-123-4567"},
                       {"description", "Premium plan subscriber"},
                       {"metadata[merchant_customer_id]", "cust_user_12345"}};
  BOOST_TEST((form_members(sent.body) == expected));
  BOOST_TEST(sent.body ==
             "email=john.doe%40example.com&name=John%20Doe&phone=%2B1-555-123-4567&"
             "description=Premium%20plan%20subscriber&"
             "metadata[merchant_customer_id]=cust_user_12345");
}

BOOST_AUTO_TEST_CASE(the_headers_are_the_documented_ones) {
  EncodedRequest out;
  BOOST_REQUIRE(encode<StripePolicy>(full_request(), key, out));
  auto sent = request_text(out.bytes());
  BOOST_TEST(sent.header("Stripe-Version") == "2026-06-24.dahlia");
  BOOST_TEST(sent.header("Authorization") == "Bearer sk_test_EXAMPLE");
  BOOST_TEST(!sent.has("Stripe-Account"));
  BOOST_TEST(!sent.has("Idempotency-Key"));
  BOOST_REQUIRE(encode<StripePolicy>(full_request(),
                                     {.api_key = "rk_test_EXAMPLE", .account = "acct_1"}, out));
  sent = request_text(out.bytes());
  BOOST_TEST(sent.header("Authorization") == "Bearer rk_test_EXAMPLE");
  BOOST_TEST(sent.header("Stripe-Account") == "acct_1");
}

BOOST_AUTO_TEST_CASE(hostile_text_arrives_as_it_was_given) {
  const std::string hostile =
      "&email=evil@example.com&=+%20%5B[]{}\"'<>\\/\n\r\t;?#\x01\x7F "
      "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\xE2\x80\xAE";
  CreateRequest request{.merchant_customer_id = hostile,
                        .email = "a&b=c+d%40@example.com",
                        .name = hostile,
                        .phone = "&=+%[]\n\"\xF0\x9F\x98\x80",
                        .description = hostile,
                        .address = {.line1 = hostile,
                                    .line2 = hostile,
                                    .city = hostile,
                                    .state = hostile,
                                    .zip = hostile,
                                    .country = "US"}};
  request.metadata.set("a&b=c+d%5D\n\"\xF0\x9F\x98\x80", hostile);
  const Pairs expected{{"email", "a&b=c+d%40@example.com"},
                       {"name", hostile},
                       {"phone", "&=+%[]\n\"\xF0\x9F\x98\x80"},
                       {"description", hostile},
                       {"address[line1]", hostile},
                       {"address[line2]", hostile},
                       {"address[city]", hostile},
                       {"address[state]", hostile},
                       {"address[postal_code]", hostile},
                       {"address[country]", "US"},
                       {"metadata[a&b=c+d%5D\n\"\xF0\x9F\x98\x80]", hostile},
                       {"metadata[merchant_customer_id]", hostile}};
  BOOST_TEST((members_of(request) == expected));
}

BOOST_AUTO_TEST_CASE(lengths_are_counted_in_characters) {
  struct Case {
    Field field;
    std::size_t limit;
    std::function<void(CreateRequest&, std::string)> set;
  };
  using R = CreateRequest;
  const std::vector<Case> cases{
      {Field::merchant_customer_id, 500,
       [](R& r, std::string t) { r.merchant_customer_id = std::move(t); }},
      {Field::name, 256, [](R& r, std::string t) { r.name = std::move(t); }},
      {Field::phone, 20, [](R& r, std::string t) { r.phone = std::move(t); }},
      {Field::description, 5000, [](R& r, std::string t) { r.description = std::move(t); }},
      {Field::address_line1, 5000, [](R& r, std::string t) { r.address.line1 = std::move(t); }},
      {Field::address_line2, 5000, [](R& r, std::string t) { r.address.line2 = std::move(t); }},
      {Field::address_city, 5000, [](R& r, std::string t) { r.address.city = std::move(t); }},
      {Field::address_state, 5000, [](R& r, std::string t) { r.address.state = std::move(t); }},
      {Field::address_zip, 5000, [](R& r, std::string t) { r.address.zip = std::move(t); }},
      {Field::metadata, 40, [](R& r, std::string t) { r.metadata.set(std::move(t), "v"); }},
      {Field::metadata, 500, [](R& r, std::string t) { r.metadata.set("k", std::move(t)); }},
  };
  for (const auto& [field, limit, set] : cases) {
    for (const std::string_view character : {"a", "\xC3\xA9", "\xF0\x9F\x98\x80"}) {
      CreateRequest request{.merchant_customer_id = "m"};
      set(request, repeated(limit, character));
      members_of(request);
      CreateRequest longer{.merchant_customer_id = "m"};
      set(longer, repeated(limit + 1, character));
      const Error error = refusal_of(longer);
      BOOST_TEST((error.code == Errc::invalid_field), to_string(field));
      BOOST_TEST((error.field == field), to_string(field));
      BOOST_TEST(error.reason.find(std::to_string(limit)) != std::string_view::npos, error.reason);
    }
  }
  CreateRequest request{.merchant_customer_id = "m"};
  request.email = repeated(500, "\xC3\xA9") + "@example.com";
  members_of(request);
  request.email = repeated(501, "\xC3\xA9") + "@example.com";
  BOOST_TEST((refusal_of(request).field == Field::email));
}

BOOST_AUTO_TEST_CASE(what_the_api_would_refuse_is_refused_here) {
  const auto refused = [](const std::function<void(CreateRequest&)>& change) {
    CreateRequest request = full_request();
    change(request);
    const Error error = refusal_of(request);
    BOOST_TEST((error.outcome == Outcome::no_effect));
    BOOST_TEST(error.status_code == 422);
    return std::string{to_string(error.code)} + " " +
           std::string{error.field ? to_string(*error.field) : "-"} + " " +
           std::string{error.reason};
  };
  BOOST_TEST(refused([](auto& r) { r.merchant_customer_id = ""; }) ==
             "missing_field merchant_customer_id is required");
  BOOST_TEST(refused([](auto& r) { r.email = "not-an-email"; }) ==
             "invalid_field email is not an email address");
  BOOST_TEST(refused([](auto& r) { r.email = " ana@example.com"; }) ==
             "invalid_field email is not an email address");
  BOOST_TEST(refused([](auto& r) { r.email = "ana@example.com "; }) ==
             "invalid_field email is not an email address");
  BOOST_TEST(refused([](auto& r) { r.address.country = "USA"; }) ==
             "invalid_field address.country is not an ISO 3166-1 alpha-2 code");
  BOOST_TEST(refused([](auto& r) { r.metadata.set("empty", ""); }) ==
             "invalid_field metadata has an empty value");
  BOOST_TEST(refused([](auto& r) { r.metadata.set("", "v"); }) ==
             "invalid_field metadata has an empty key");
  BOOST_TEST(refused([](auto& r) { r.metadata.set("a[b", "v"); }) ==
             "invalid_field metadata has a key with one of []");
  BOOST_TEST(refused([](auto& r) { r.metadata.set("a]b", "v"); }) ==
             "invalid_field metadata has a key with one of []");
  BOOST_TEST(refused([](auto& r) { r.metadata.set("merchant_customer_id", "other"); }) ==
             "invalid_field metadata has the reserved key merchant_customer_id");
  BOOST_TEST(refused([](auto& r) {
               for (int i = 0; i < 19; ++i) r.metadata.set("k" + std::to_string(i), "v");
             }) == "invalid_field metadata has more than 20 entries");
  const std::string nul{"a\0b", 3};
  for (const std::string& bad : {std::string{"\xFF"}, std::string{"\xC3"}, nul}) {
    BOOST_TEST(refused([&](auto& r) { r.name = bad; }) ==
               "invalid_field name is not UTF-8 text without NUL");
    BOOST_TEST(refused([&](auto& r) { r.email = bad + "@example.com"; }) ==
               "invalid_field email is not UTF-8 text without NUL");
    BOOST_TEST(refused([&](auto& r) { r.metadata.set(bad, "v"); }) ==
               "invalid_field metadata is not UTF-8 text without NUL");
    BOOST_TEST(refused([&](auto& r) { r.metadata.set("k", bad); }) ==
               "invalid_field metadata is not UTF-8 text without NUL");
  }
}

BOOST_AUTO_TEST_CASE(twenty_entries_go_out_with_the_reference_last) {
  CreateRequest request{.merchant_customer_id = "m"};
  Pairs expected;
  for (int i = 0; i < 20; ++i) {
    request.metadata.set("k" + std::to_string(i), std::to_string(i));
    expected.emplace_back("metadata[k" + std::to_string(i) + "]", std::to_string(i));
  }
  expected.emplace_back("metadata[merchant_customer_id]", "m");
  BOOST_TEST((members_of(request) == expected));
}

BOOST_AUTO_TEST_CASE(keys_have_up_to_255_characters) {
  EncodedRequest out;
  const std::string longest(255, 'k');
  BOOST_REQUIRE(encode<StripePolicy>(full_request(), key, {.idempotency_key = longest}, out));
  BOOST_TEST(request_text(out.bytes()).header("Idempotency-Key") == longest);
  const std::string longer(256, 'k');
  const auto refused = encode<StripePolicy>(full_request(), key, {.idempotency_key = longer}, out);
  BOOST_REQUIRE(refused.has_error());
  BOOST_TEST((refused.error().code == Errc::invalid_idempotency_key));
}

BOOST_AUTO_TEST_CASE(a_compile_time_request_gives_the_same_bytes) {
  using namespace florin::fields;
  EncodedRequest fixed;
  EncodedRequest owned;
  BOOST_REQUIRE(encode<StripePolicy>(
      customer(merchant_customer_id = "m-1001", email = "ana@example.com", name = "Ana Example",
               phone = "+15555550100", description = "Example buyer",
               metadata = {{"tier", "gold"}, {"since", "2026"}}, address_line1 = "1 Example Street",
               address_line2 = "Apt 2", address_city = "Springfield", address_state = "IL",
               address_zip = "62701", address_country = "US"),
      key, fixed));
  BOOST_REQUIRE(encode<StripePolicy>(full_request(), key, owned));
  BOOST_TEST(fixed.bytes() == owned.bytes());
}

BOOST_AUTO_TEST_CASE(nothing_is_allocated_once_the_buffer_has_grown) {
  const CreateRequest request = full_request();
  EncodedRequest out;
  BOOST_REQUIRE(encode<StripePolicy>(request, key, {.idempotency_key = "k"}, out));
  const florin_test::AllocationCount count;
  const auto result = encode<StripePolicy>(request, key, {.idempotency_key = "k"}, out);
  const std::size_t allocations = count.value();
  BOOST_TEST(allocations == 0U);
  BOOST_TEST(result.has_value());
}

BOOST_AUTO_TEST_SUITE_END()

namespace {

constexpr std::string_view success = R"({
  "id": "cus_FaKe0Example01",
  "object": "customer",
  "address": {
    "city": "Springfield",
    "country": "US",
    "line1": "1 Example Street",
    "line2": "Apt 2",
    "postal_code": "62701",
    "state": "IL"
  },
  "balance": 0,
  "created": 1767600000,
  "currency": null,
  "default_source": null,
  "delinquent": false,
  "description": "Example buyer",
  "email": "ana@example.com",
  "invoice_prefix": "0FAKE123",
  "invoice_settings": {
    "custom_fields": null,
    "default_payment_method": null,
    "footer": null,
    "rendering_options": null
  },
  "livemode": false,
  "metadata": { "merchant_customer_id": "m-1001", "tier": "gold" },
  "name": "Ana Example",
  "next_invoice_sequence": 1,
  "phone": "+15555550100",
  "preferred_locales": [],
  "shipping": null,
  "tax_exempt": "none",
  "test_clock": null
})";

using Headers = std::vector<HeaderView>;

Result<CreateResponse> decoded(int status, std::string_view body, const Headers& headers = {}) {
  return decode<StripePolicy>(ResponseView<Headers>{status, headers, body}, full_request());
}

Error error_of(int status, std::string_view body, const Headers& headers = {}) {
  const auto result = decoded(status, body, headers);
  BOOST_REQUIRE_MESSAGE(result.has_error(), "status " << status << " was taken for a success");
  BOOST_TEST(result.error().connector == "stripe");
  BOOST_TEST(result.error().http_status == status);
  return result.error();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(stripe_decode)

BOOST_AUTO_TEST_CASE(the_documented_success) {
  const auto result = decoded(200, success, {{"Request-Id", "req_FAKE0001"}});
  BOOST_REQUIRE(result.has_value());
  BOOST_TEST(result->connector_customer_id == "cus_FaKe0Example01");
  BOOST_TEST(result->merchant_customer_id == "m-1001");
  BOOST_TEST((result->status == CustomerStatus::active));
  BOOST_TEST((result->origin == Origin::created));
  BOOST_TEST(result->status_code == 200);
  BOOST_TEST(result->http_status == 200);
  BOOST_TEST(result->request_id == "req_FAKE0001");
}

BOOST_AUTO_TEST_CASE(a_replay_is_told_by_its_header) {
  const auto origin = [](const Headers& headers) {
    return decoded(200, success, headers).value().origin;
  };
  BOOST_TEST((origin({{"idempotent-replayed", "true"}}) == Origin::replayed));
  BOOST_TEST((origin({{"Idempotent-Replayed", "false"}}) == Origin::created));
  // The echoed key alone is no sign.
  BOOST_TEST((origin({{"Idempotency-Key", "k"}}) == Origin::created));
}

BOOST_AUTO_TEST_CASE(the_success_reads_the_same_in_every_chunking) {
  Decoder<StripePolicy> decoder;
  const CreateRequest request = full_request();
  const auto kept = Create::keep(request);
  const std::string with_mark = "\xEF\xBB\xBF" + std::string{success};
  for (const std::string_view body : {success, std::string_view{with_mark}}) {
    for (std::size_t split = 0; split <= body.size(); ++split) {
      decoder.reset();
      decoder.status(200);
      decoder.body(body.substr(0, split));
      decoder.body(body.substr(split));
      decoder.finish();
      const auto result = decoder.take(kept);
      if (!result || result->connector_customer_id != "cus_FaKe0Example01")
        BOOST_ERROR("split at " << split << " is not read");
    }
    decoder.reset();
    decoder.status(200);
    for (const char& c : body) decoder.body({&c, 1});
    decoder.finish();
    BOOST_TEST(decoder.take(kept).has_value(), "one byte at a time is not read");
  }
}

BOOST_AUTO_TEST_CASE(a_truncated_success_is_of_unknown_outcome) {
  std::size_t read_as_unknown = 0;
  for (std::size_t size = 0; size < success.size(); ++size) {
    const auto result = decoded(200, success.substr(0, size));
    if (result.has_error() && result.error().code == Errc::unreadable_reply &&
        result.error().outcome == Outcome::unknown && result.error().transient)
      ++read_as_unknown;
  }
  BOOST_TEST(read_as_unknown == success.size());
}

BOOST_AUTO_TEST_CASE(what_is_no_customer_id_is_not_taken_for_one) {
  for (const std::string_view body :
       {R"({"id":"acct_1"})", R"({"id":"Cus_1"})", R"({"id":" cus_1"})", R"({"id":"cus_1 "})",
        R"({"id":"cus_\n"})", R"({"id":"xcus_1"})", R"({"id":1})", R"({"id":null})", R"({"id":""})",
        R"({"object":"customer"})", R"({"customer":{"id":"cus_1"}})", R"([{"id":"cus_1"}])", "[]",
        "\"cus_1\"", "null"}) {
    const Error error = error_of(200, body);
    BOOST_TEST((error.code == Errc::unreadable_reply), body);
    BOOST_TEST((error.outcome == Outcome::unknown));
    BOOST_TEST(error.status_code == 502);
  }
}

BOOST_AUTO_TEST_CASE(bodies_beyond_the_limits_are_unreadable) {
  const std::string deep =
      R"({"id":"cus_1","x":)" + std::string(40, '[') + std::string(40, ']') + "}";
  BOOST_TEST((error_of(200, deep).code == Errc::unreadable_reply));
  const std::string large =
      R"({"id":"cus_1","x":")" + std::string(std::size_t{1} << 20U, 'x') + "\"}";
  BOOST_TEST((error_of(200, large).code == Errc::unreadable_reply));
  // An error stays what its status says.
  BOOST_TEST((error_of(429, large).code == Errc::rate_limited));
  BOOST_TEST((error_of(401, deep).code == Errc::unauthorized));
}

// The error bodies of the API's documentation.
BOOST_AUTO_TEST_CASE(documented_errors) {
  Error error = error_of(
      400,
      R"({"error":{"code":"email_invalid","doc_url":"https://stripe.com/docs/error-codes/email-invalid","message":"Invalid email address: not-an-email","param":"email","request_log_url":"https://dashboard.stripe.com/test/logs/req_FAKE0001","type":"invalid_request_error"}})",
      {{"Request-Id", "req_FAKE0001"}});
  BOOST_TEST((error.code == Errc::invalid_data));
  BOOST_TEST((error.outcome == Outcome::no_effect));
  BOOST_TEST(error.status_code == 422);
  BOOST_TEST(error.connector_code == "email_invalid");
  BOOST_TEST(error.connector_type == "invalid_request_error");
  BOOST_TEST(error.connector_message == "Invalid email address: not-an-email");
  BOOST_TEST(error.param == "email");
  BOOST_TEST(error.request_id == "req_FAKE0001");
  BOOST_TEST(!error.transient);
  BOOST_TEST(error.what().find("not-an-email") == std::string::npos);

  error = error_of(
      401,
      R"({"error":{"message":"Invalid API Key provided: sk_test_*****MPLE","type":"invalid_request_error"}})");
  BOOST_TEST((error.code == Errc::unauthorized));
  BOOST_TEST(error.status_code == 401);
  BOOST_TEST(error.connector_code.empty());
  BOOST_TEST(error.what().find("sk_test") == std::string::npos);

  error = error_of(
      404,
      R"({"error":{"code":"resource_missing","doc_url":"https://stripe.com/docs/error-codes/resource-missing","message":"No such customer: 'cus_FAKE'","param":"id","type":"invalid_request_error"}})");
  BOOST_TEST((error.code == Errc::not_found));
  BOOST_TEST(error.connector_code == "resource_missing");
  BOOST_TEST(error.param == "id");

  error = error_of(
      400,
      R"({"error":{"message":"Keys for idempotent requests can only be used with the same parameters they were first used with.","type":"idempotency_error"}})");
  BOOST_TEST((error.code == Errc::idempotency_conflict));
  BOOST_TEST(error.status_code == 409);
  BOOST_TEST(!error.transient);

  error = error_of(
      429,
      R"({"error":{"code":"rate_limit","message":"Request rate limit exceeded.","type":"invalid_request_error"}})");
  BOOST_TEST((error.code == Errc::rate_limited));
  BOOST_TEST((error.outcome == Outcome::no_effect));
  BOOST_TEST(error.connector_code == "rate_limit");
  BOOST_TEST(!error.retry_after.has_value());
  BOOST_TEST(error.transient);

  error = error_of(
      403,
      R"({"error":{"message":"The provided key 'rk_test_*****MPLE' does not have the required permissions for this endpoint. Having the 'rak_customer_write' permission would allow this request to continue.","type":"invalid_request_error"}})");
  BOOST_TEST((error.code == Errc::forbidden));
  BOOST_TEST(error.status_code == 403);
  BOOST_TEST(error.connector_message.find("rak_customer_write") != std::string::npos);
  BOOST_TEST(error.what().find("rk_test") == std::string::npos);
}

// One row of the documented table each.
BOOST_AUTO_TEST_CASE(the_table_of_errors) {
  struct Row {
    int status;
    std::string_view type;
    std::string_view code;
    Errc means;
    int unified;
    Outcome outcome;
    bool transient;
  };
  const std::vector<Row> rows{
      {400, "invalid_request_error", "parameter_unknown", Errc::invalid_data, 422,
       Outcome::no_effect, false},
      {400, "invalid_request_error", "parameter_invalid_empty", Errc::invalid_data, 422,
       Outcome::no_effect, false},
      {400, "invalid_request_error", "parameter_missing", Errc::invalid_data, 422,
       Outcome::no_effect, false},
      {401, "invalid_request_error", "", Errc::unauthorized, 401, Outcome::no_effect, false},
      {403, "invalid_request_error", "", Errc::forbidden, 403, Outcome::no_effect, false},
      {402, "card_error", "card_declined", Errc::rejected, 402, Outcome::no_effect, false},
      {404, "invalid_request_error", "resource_missing", Errc::not_found, 404, Outcome::no_effect,
       false},
      {400, "idempotency_error", "", Errc::idempotency_conflict, 409, Outcome::unknown, false},
      {409, "idempotency_error", "idempotency_key_in_use", Errc::idempotency_conflict, 409,
       Outcome::unknown, true},
      {409, "invalid_request_error", "idempotency_key_in_use", Errc::idempotency_conflict, 409,
       Outcome::unknown, true},
      {409, "invalid_request_error", "", Errc::idempotency_conflict, 409, Outcome::unknown, true},
      {424, "api_error", "", Errc::connector_unavailable, 503, Outcome::unknown, true},
      {429, "invalid_request_error", "rate_limit", Errc::rate_limited, 429, Outcome::no_effect,
       true},
      {429, "invalid_request_error", "lock_timeout", Errc::rate_limited, 429, Outcome::no_effect,
       true},
      {500, "api_error", "", Errc::connector_unavailable, 500, Outcome::unknown, true},
      {502, "api_error", "", Errc::connector_unavailable, 502, Outcome::unknown, true},
      {503, "api_error", "", Errc::connector_unavailable, 503, Outcome::unknown, true},
      {504, "api_error", "", Errc::connector_unavailable, 504, Outcome::unknown, true},
  };
  for (const auto& row : rows) {
    std::string body = R"({"error":{"type":")" + std::string{row.type} + "\"";
    if (!row.code.empty()) body += R"(,"code":")" + std::string{row.code} + "\"";
    body += R"(,"message":"m"}})";
    const Error error = error_of(row.status, body);
    BOOST_TEST_CONTEXT("status " << row.status << ", " << row.type << ", " << row.code) {
      BOOST_TEST((error.code == row.means), to_string(error.code));
      BOOST_TEST(error.status_code == row.unified);
      BOOST_TEST((error.outcome == row.outcome), to_string(error.outcome));
      BOOST_TEST(error.transient == row.transient);
      BOOST_TEST(error.connector_type == row.type);
      BOOST_TEST(error.connector_code == row.code);
    }
  }
}

BOOST_AUTO_TEST_CASE(stripe_should_retry_is_the_last_word) {
  const auto transient = [](int status, const Headers& headers) {
    return error_of(status, R"({"error":{"type":"api_error"}})", headers).transient;
  };
  BOOST_TEST(!transient(500, {{"Stripe-Should-Retry", "false"}}));
  BOOST_TEST(transient(400, {{"stripe-should-retry", "true"}}));
  BOOST_TEST(!transient(409, {{"Stripe-Should-Retry", "false"}}));
  BOOST_TEST(!transient(500, {{"Idempotent-Replayed", "true"}}));
  BOOST_TEST(transient(500, {{"Idempotent-Replayed", "true"}, {"Stripe-Should-Retry", "true"}}));
}

BOOST_AUTO_TEST_CASE(a_proxys_page_is_an_unavailable_connector) {
  const Error error = error_of(502, "<html><body>502 Bad Gateway</body></html>",
                               {{"Content-Type", "text/html"}, {"Retry-After", "3"}});
  BOOST_TEST((error.code == Errc::connector_unavailable));
  BOOST_TEST((error.outcome == Outcome::unknown));
  BOOST_TEST(error.status_code == 502);
  BOOST_TEST(error.connector_message.empty());
  BOOST_TEST((error.retry_after == std::chrono::seconds{3}));
}

BOOST_AUTO_TEST_CASE(errors_never_show_what_the_processor_says) {
  const std::string body =
      R"({"error":{"code":"MARK 1","type":"MARK2","message":"MARK3 \n","param":"MARK4"},"id":"MARK5"})";
  for (const int status : {200, 302, 400, 401, 402, 403, 404, 409, 422, 424, 429, 500, 503}) {
    const Error error = error_of(status, body, {{"Request-Id", "MARK6"}, {"Retry-After", "MARK7"}});
    BOOST_TEST(error.what().find("MARK") == std::string::npos, error.what());
    BOOST_TEST(error.what().find("ana@example.com") == std::string::npos);
  }
  // Only a code that is one is shown.
  const Error coded = error_of(400, R"({"error":{"code":"email_invalid","message":"MARK"}})");
  BOOST_TEST(coded.what() == "stripe: invalid_data (email_invalid), HTTP 400; outcome no_effect");
}

BOOST_AUTO_TEST_CASE(nothing_is_allocated_for_a_success) {
  Decoder<StripePolicy> decoder;
  const CreateRequest request = full_request();
  const auto kept = Create::keep(request);
  const auto read = [&] {
    decoder.reset();
    decoder.status(200);
    decoder.header("Request-Id", "req_FAKE0001");
    decoder.body(success.substr(0, 400));
    decoder.body(success.substr(400));
    decoder.finish();
    return decoder.take(kept);
  };
  BOOST_TEST(read().has_value());
  const florin_test::AllocationCount count;
  const auto result = read();
  const std::size_t allocations = count.value();
  BOOST_TEST(allocations == 0U);
  BOOST_TEST(result.value().connector_customer_id == "cus_FaKe0Example01");
}

namespace {

florin_test::Trial trial() {
  return florin_test::trial_of<florin::StripePolicy>(florin::testing::stripe());
}

}  // namespace

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

BOOST_AUTO_TEST_SUITE(policies_stripe)

static_assert(merges<StripePolicy> && shows_deleted<StripePolicy> && offers<StripePolicy, Delete> &&
              offers<StripePolicy, Find>);
static_assert(reply_facts<StripePolicy, FindByEmail>.index.consistency == Consistency::immediate);
static_assert(reply_facts<StripePolicy, FindByReference>.index.consistency ==
              Consistency::eventual);

BOOST_AUTO_TEST_CASE(is_read_back) {
  const auto sent = ask<StripePolicy, Retrieve>("cus_FaKe0Example01");
  BOOST_TEST(sent.has_line("GET /v1/customers/cus_FaKe0Example01 HTTP/1.1"));
  BOOST_TEST(sent.has_line("Stripe-Version: 2026-06-24.dahlia"));
  BOOST_TEST(sent.body.empty());
  BOOST_TEST(sent.head.find("Content-") == std::string::npos);
  BOOST_TEST(sent.head.find("Idempotency") == std::string::npos);
  BOOST_TEST(short_verdict(read<StripePolicy, Retrieve>(
                 "cus_FaKeMissing01", 404,
                 R"({"error":{"code":"resource_missing","message":"No such customer: )"
                 R"('cus_FaKeMissing01'","param":"id","type":"invalid_request_error"}})")) ==
             "not_found/no_effect");
}

BOOST_AUTO_TEST_CASE(is_changed) {
  const std::string_view removed[]{"tier"};
  const MetadataEntry set[]{{"plan", "b"}};
  const UpdateRequestView request{.connector_customer_id = "cus_FaKe0Example01",
                                  .name = "Ana Sample",
                                  .metadata = std::span<const MetadataEntry>{set},
                                  .cleared = address_fields,
                                  .metadata_cleared = std::span<const std::string_view>{removed}};
  const auto sent = request_of<StripePolicy, Update>(request);
  BOOST_TEST_REQUIRE(sent.refusal() == "");
  BOOST_TEST(sent.has_line("POST /v1/customers/cus_FaKe0Example01 HTTP/1.1"));
  BOOST_TEST(sent.has_line("Idempotency-Key: key-1"));
  BOOST_TEST(sent.has_line("Content-Type: application/x-www-form-urlencoded"));
  BOOST_TEST(sent.body == "name=Ana%20Sample&address=&metadata[tier]=&metadata[plan]=b");
  BOOST_TEST(sent.dropped.empty());
  const auto answer = answer_to<StripePolicy, Update>(
      request, 200,
      R"({"id":"cus_FaKe0Example01","object":"customer","address":null,"created":1767600000,)"
      R"("description":"Example buyer","email":"ana@example.com","livemode":false,)"
      R"("metadata":{"merchant_customer_id":"m-1001","plan":"b"},"name":"Ana Sample",)"
      R"("phone":"+15555550100","shipping":null})");
  BOOST_TEST_REQUIRE(answer.has_value());
  BOOST_TEST(answer->name().value_or("-") == "Ana Sample");
  BOOST_TEST(answer->metadata("plan").value_or("-") == "b");
}

BOOST_AUTO_TEST_CASE(is_deleted) {
  const auto sent = ask<StripePolicy, Delete>("cus_FaKe0Example01");
  BOOST_TEST(sent.has_line("DELETE /v1/customers/cus_FaKe0Example01 HTTP/1.1"));
  BOOST_TEST(sent.head.find("Content-") == std::string::npos);
  BOOST_TEST(sent.head.find("Idempotency") == std::string::npos);
  const std::string_view id = "cus_FaKe0Example01";
  BOOST_TEST(removed<StripePolicy>(
                 id, 200, R"({"id":"cus_FaKe0Example01","object":"customer","deleted":true})") ==
             "deleted");
  BOOST_TEST(removed<StripePolicy>(id, 200, R"({"id":"cus_FaKe0Example01","object":"customer"})") ==
             "unreadable_reply/unknown");
  BOOST_TEST(removed<StripePolicy>(id, 204, "") == "unreadable_reply/unknown");
  BOOST_TEST(removed<StripePolicy>(
                 id, 404,
                 R"({"error":{"code":"resource_missing","message":"No such customer: 'x'",)"
                 R"("param":"id","type":"invalid_request_error"}})") == "not_found/no_effect");
  BOOST_TEST(removed<StripePolicy>(id, 500, "") == "connector_unavailable/unknown");
}

BOOST_AUTO_TEST_CASE(is_found) {
  constexpr FindRequest ana{.email = "ana@example.com"};
  constexpr FindRequest reference{.merchant_customer_id = "m-1001"};
  BOOST_TEST(by_email<StripePolicy>("ana@example.com")
                 .has_line("GET /v1/customers?email=ana%40example.com&limit=100 HTTP/1.1"));
  BOOST_TEST(
      by_email<StripePolicy>("ana@example.com", "cus_9")
          .has_line(
              "GET /v1/customers?email=ana%40example.com&limit=100&starting_after=cus_9 HTTP/1.1"));
  BOOST_TEST(by_reference<StripePolicy>("m-1001").has_line(
      "GET /v1/customers/search?query=metadata%5B%27merchant_customer_id%27%5D%3A%27m-1001%27&"
      "limit=100 HTTP/1.1"));
  BOOST_TEST(
      by_reference<StripePolicy>("o'b\\\xC3\xA9", "tok")
          .has_line("GET /v1/customers/search?query=metadata%5B%27merchant_customer_id%27%5D%"
                    "3A%27o%5C%27b%5C%5C%C3%A9%27&limit=100&page=tok HTTP/1.1"));
  const auto page = [](std::string_view rest) {
    return R"({"object":"search_result","url":"/v1/customers/search",)" + std::string{rest} +
           R"(,"data":[{"id":"cus_FaKe0Example01","object":"customer","email":"ana@example.com",)"
           R"("name":"Ana Example","metadata":{"merchant_customer_id":"m-1001"}},)"
           R"({"id":"cus_FaKe0Example02","object":"customer","email":"ANA@example.com",)"
           R"("metadata":{"merchant_customer_id":"M-1001"}}]})";
  };
  BOOST_TEST(found<StripePolicy>(reference, 200, page(R"("has_more":false,"next_page":null)")) ==
             "cus_FaKe0Example01");
  BOOST_TEST(found<StripePolicy>(reference, 200, page(R"("has_more":true,"next_page":"tok")")) ==
             "cus_FaKe0Example01>tok");
  BOOST_TEST(found<StripePolicy>(ana, 200, page(R"("has_more":true)")) ==
             "cus_FaKe0Example01>cus_FaKe0Example02");
  BOOST_TEST(found<StripePolicy>(
                 ana, 200, R"({"object":"list","data":[],"has_more":false,"url":"/v1"})") == "");
  for (const std::string_view broken :
       {R"({"data":[{"object":"customer","email":"ana@example.com"}],"has_more":false})",
        R"({"data":[{"id":"ch_1","email":"ana@example.com"}],"has_more":false})",
        R"({"data":[{"id":7}],"has_more":false})", "<html>", "", "{}", "[]",
        R"({"data":[{"id":"cus_1","email":"ana@exam)"})
    BOOST_TEST(found<StripePolicy>(ana, 200, broken) == "unreadable_reply", broken);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace florin_test::stripe_cases
