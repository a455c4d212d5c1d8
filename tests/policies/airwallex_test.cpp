// SPDX-License-Identifier: Apache-2.0
#include <florin/policies/airwallex.hpp>
#include <florin/testing/processors/airwallex.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

#include "policies/exchange.hpp"
#include "policies/operations.hpp"
#include "policies/token_exchange.hpp"
#include "support/form_text.hpp"
#include "trials/conforms.hpp"
#include "trials/faults.hpp"
#include "trials/lives.hpp"
#include "trials/trial.hpp"

BOOST_AUTO_TEST_SUITE(policies_airwallex)

using namespace florin_test;
using florin::AirwallexPolicy;
using florin::Field;
using namespace std::chrono_literals;

static_assert(florin::ConnectorPolicy<AirwallexPolicy>);
static_assert(florin::ConnectorPolicy<AirwallexPolicy, florin::FetchToken>);
static_assert(florin::has_idempotency<AirwallexPolicy>);
static_assert(AirwallexPolicy::Idempotency::names_first);
static_assert(florin::carries<AirwallexPolicy, florin::field::Metadata>);
static_assert(florin::carries<AirwallexPolicy, florin::field::AddressLine2>);
static_assert(!florin::carries<AirwallexPolicy, florin::field::Description>);
static_assert(florin::required_fields<AirwallexPolicy> ==
              florin::FieldSet{Field::merchant_customer_id});
static_assert(florin::max_length<AirwallexPolicy, florin::field::MerchantCustomerId> == 64);
static_assert(florin::max_length<AirwallexPolicy, florin::field::Email> == 256);
static_assert(florin::max_length<AirwallexPolicy, florin::field::AddressZip> == 10);
static_assert(florin::max_length<AirwallexPolicy, florin::field::AddressCity> == 100);
static_assert(florin::max_length<AirwallexPolicy, florin::field::AddressState> == 100);
static_assert(florin::max_length<AirwallexPolicy, florin::field::Phone> == florin::wire::unlimited);

namespace {

constexpr std::string_view key = "00000000-0000-4000-8000-00000000fa4e";
constexpr std::string_view token_body =
    R"({"token":"eyFAKE.eyFAKE.FAKESIG","expires_at":"2026-01-05T08:30:00+0000"})";

AirwallexPolicy::Credentials credentials() {
  return {.client_id = "FAKE_CLIENT_ID", .api_key = "FAKE_API_KEY"};
}

florin::EncodeOptions with_token() {
  return {.environment = florin::Environment::sandbox,
          .idempotency_key = key,
          .access_token = "eyFAKE.eyFAKE.FAKESIG"};
}

/// What a changed full request is refused with.
std::string refusal(const std::function<void(florin::CreateRequest&)>& change) {
  auto request = full_request();
  change(request);
  return send<AirwallexPolicy>(request, credentials(), with_token()).refusal();
}

std::string failure(std::string_view code) {
  return R"({"code":")" + std::string{code} + R"(","message":"Text"})";
}

}  // namespace

BOOST_AUTO_TEST_CASE(sends_what_the_sheet_says) {
  const auto sent = send<AirwallexPolicy>(full_request(), credentials(), with_token());
  BOOST_TEST_REQUIRE(sent.refusal() == "");
  const auto request = request_text(sent.head + sent.body);
  BOOST_TEST(request.line == "POST /api/v1/pa/customers/create HTTP/1.1");
  const Pairs headers{{"Host", "api-demo.airwallex.com"},
                      {"Content-Length", std::to_string(sent.body.size())},
                      {"Content-Type", "application/json"},
                      {"Accept", "application/json"},
                      {"User-Agent", "florin/" + std::string{florin::version}},
                      {"Authorization", "Bearer eyFAKE.eyFAKE.FAKESIG"},
                      {"x-api-version", "2025-06-30"}};
  BOOST_TEST((request.headers == headers));
  BOOST_TEST(
      sent.body ==
      R"({"request_id":"00000000-0000-4000-8000-00000000fa4e","merchant_customer_id":"m-1001",)"
      R"("first_name":"Ana","last_name":"Example","email":"ana@example.com",)"
      R"("phone_number":"+15555550100","address":{"country_code":"US","state":"IL",)"
      R"("city":"Springfield","street":"1 Example Street, Apt 2","postcode":"62701"},)"
      R"("metadata":{"tier":"gold"}})");
  BOOST_TEST((sent.dropped == florin::FieldSet{Field::description}));
}

BOOST_AUTO_TEST_CASE(sends_the_least_that_is_needed) {
  const auto sent = send<AirwallexPolicy>({.merchant_customer_id = "m"}, credentials(),
                                          {.idempotency_key = "k", .access_token = "t"});
  BOOST_TEST(sent.has_line("Host: api.airwallex.com"));
  BOOST_TEST(sent.body == R"({"request_id":"k","merchant_customer_id":"m"})");
  BOOST_TEST(sent.dropped.empty());
}

BOOST_AUTO_TEST_CASE(a_single_word_is_the_first_name) {
  const auto sent =
      send<AirwallexPolicy>({.merchant_customer_id = "m", .name = " Plato "}, credentials(),
                            {.idempotency_key = "k", .access_token = "t"});
  BOOST_TEST(sent.body == R"({"request_id":"k","merchant_customer_id":"m","first_name":"Plato"})");
}

BOOST_AUTO_TEST_CASE(hostile_text_stays_inside_its_member) {
  const auto sent = send<AirwallexPolicy>(
      {.merchant_customer_id = R"(m","id":"cus_evil)",
       .email = "\"ana\\b\"@example.com",
       .name = "\xC3\x81na\tde la \"Cruz\"\\",
       .phone = "+1\r\nX-Evil: 1",
       .metadata = {{R"(a":"b)", "\x01\x1F\x7F</script>"}},
       .address = {.line1 = "1 \n Street", .line2 = "{}", .country = "ES"}},
      credentials(), {.idempotency_key = R"(k","x":"y)", .access_token = "t"});
  BOOST_TEST_REQUIRE(sent.refusal() == "");
  BOOST_TEST(sent.body ==
             R"({"request_id":"k\",\"x\":\"y","merchant_customer_id":"m\",\"id\":\"cus_evil",)"
             "\"first_name\":\"\xC3\x81na\","
             R"("last_name":"de la \"Cruz\"\\","email":"\"ana\\b\"@example.com",)"
             R"("phone_number":"+1\r\nX-Evil: 1","address":{"country_code":"ES",)"
             R"("street":"1 \n Street, {}"},"metadata":{"a\":\"b":"\u0001\u001f)"
             "\x7F</script>\"}}");
  BOOST_TEST(sent.head.find("X-Evil") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_address_needs_its_country) {
  auto request = full_request();
  request.address.country = "";
  // What is dropped has no limits.
  request.address.zip = std::string(11, 'z');
  const auto sent = send<AirwallexPolicy>(request, credentials(), with_token());
  BOOST_TEST_REQUIRE(sent.refusal() == "");
  BOOST_TEST(sent.body.find("address") == std::string::npos);
  BOOST_TEST(sent.body.find("Springfield") == std::string::npos);
  BOOST_TEST((sent.dropped == florin::FieldSet{Field::description, Field::address_line1,
                                               Field::address_line2, Field::address_city,
                                               Field::address_state, Field::address_zip}));
  const auto bare =
      send<AirwallexPolicy>({.merchant_customer_id = "m", .address = {.country = "US"}},
                            credentials(), {.idempotency_key = "k", .access_token = "t"});
  BOOST_TEST(bare.body ==
             R"({"request_id":"k","merchant_customer_id":"m","address":{"country_code":"US"}})");
}

BOOST_AUTO_TEST_CASE(a_platform_names_the_connected_account) {
  auto platform = credentials();
  platform.login_as = "acct_login";
  platform.on_behalf_of = "acct_connected";
  const auto sent = send<AirwallexPolicy>(full_request(), platform, with_token());
  BOOST_TEST(sent.has_line("x-on-behalf-of: acct_connected"));
  BOOST_TEST(sent.head.find("acct_login") == std::string::npos);
  platform.on_behalf_of = "acct\r\nX-Evil: 1";
  BOOST_TEST(send<AirwallexPolicy>(full_request(), platform, with_token()).refusal() ==
             "invalid_credentials:");
}

BOOST_AUTO_TEST_CASE(refuses_what_is_too_long) {
  BOOST_TEST(refusal([](auto& r) { r.merchant_customer_id = std::string(64, 'm'); }) == "");
  BOOST_TEST(refusal([](auto& r) { r.merchant_customer_id = std::string(65, 'm'); }) ==
             "invalid_field:merchant_customer_id");
  BOOST_TEST(refusal([](auto& r) { r.merchant_customer_id = ""; }) ==
             "missing_field:merchant_customer_id");
  BOOST_TEST(
      refusal([](auto& r) { r.name = std::string(128, 'a') + ' ' + std::string(128, 'b'); }) == "");
  BOOST_TEST(refusal([](auto& r) { r.name = std::string(129, 'a') + " b"; }) ==
             "invalid_field:name");
  BOOST_TEST(refusal([](auto& r) { r.name = "a " + std::string(129, 'b'); }) ==
             "invalid_field:name");
  BOOST_TEST(refusal([](auto& r) { r.email = std::string(244, 'a') + "@example.com"; }) == "");
  BOOST_TEST(refusal([](auto& r) { r.email = std::string(245, 'a') + "@example.com"; }) ==
             "invalid_field:email");
  BOOST_TEST(refusal([](auto& r) { r.email = "no address"; }) == "invalid_field:email");
  BOOST_TEST(refusal([](auto& r) { r.address.city = std::string(101, 'c'); }) ==
             "invalid_field:address.city");
  BOOST_TEST(refusal([](auto& r) { r.address.state = std::string(101, 's'); }) ==
             "invalid_field:address.state");
  BOOST_TEST(refusal([](auto& r) { r.address.zip = std::string(10, '1'); }) == "");
  BOOST_TEST(refusal([](auto& r) { r.address.zip = std::string(11, '1'); }) ==
             "invalid_field:address.zip");
  BOOST_TEST(refusal([](auto& r) { r.address.line1 = std::string(993, 'l'); }) == "");
  BOOST_TEST(refusal([](auto& r) { r.address.line1 = std::string(994, 'l'); }) ==
             "invalid_field:address.line1");
  BOOST_TEST(refusal([](auto& r) { r.address.country = "USA"; }) ==
             "invalid_field:address.country");
  BOOST_TEST(
      refusal([](auto& r) { r.metadata.set(std::string(50, 'k'), std::string(500, 'v')); }) == "");
  BOOST_TEST(refusal([](auto& r) { r.metadata.set(std::string(51, 'k'), "v"); }) ==
             "invalid_field:metadata");
  BOOST_TEST(refusal([](auto& r) { r.metadata.set("k", std::string(501, 'v')); }) ==
             "invalid_field:metadata");
  // Characters are counted, not bytes.
  BOOST_TEST(refusal([](auto& r) {
               r.address.zip = "";
               for (int i = 0; i < 10; ++i) r.address.zip += "\xC3\xA9";
             }) == "");
}

BOOST_AUTO_TEST_CASE(refuses_keys_and_tokens_that_cannot_be_sent) {
  const auto refused = [](florin::EncodeOptions options) {
    return send<AirwallexPolicy>(full_request(), credentials(), options);
  };
  const auto keyless = refused({.access_token = "t"});
  BOOST_TEST(keyless.refusal() == "invalid_idempotency_key:");
  BOOST_TEST(keyless.result.error().reason == "is required");
  const std::string longest_key(64, 'k');
  BOOST_TEST(refused({.idempotency_key = longest_key, .access_token = "t"}).refusal() == "");
  BOOST_TEST(refused({.idempotency_key = "a b", .access_token = "t"}).refusal() ==
             "invalid_idempotency_key:");
  const std::string long_key(65, 'k');
  BOOST_TEST(refused({.idempotency_key = long_key, .access_token = "t"}).refusal() ==
             "invalid_idempotency_key:");
  const auto missing = refused({.idempotency_key = key});
  BOOST_TEST(missing.refusal() == "invalid_credentials:");
  BOOST_TEST(missing.result.error().reason ==
             "no access token is given: fetch one with FetchToken, or use a Client");
  for (const std::string_view unusable :
       {std::string_view{"t\r\nX-Evil: 1"}, std::string_view{"t\0t", 3},
        std::string_view{"\xC3\xA9"}, std::string_view{"t\x7F"}}) {
    const auto sent = refused({.idempotency_key = key, .access_token = unusable});
    BOOST_TEST(sent.refusal() == "invalid_credentials:");
    BOOST_TEST(sent.result.error().reason ==
               "the access token has a character that is not visible ASCII");
    BOOST_TEST((sent.result.error().outcome == florin::Outcome::no_effect));
  }
  const auto nobody = send<AirwallexPolicy>(full_request(), {.api_key = "k"}, with_token());
  BOOST_TEST(nobody.refusal() == "invalid_credentials:");
  BOOST_TEST(nobody.result.error().reason == "the credentials lack client_id");
}

BOOST_AUTO_TEST_CASE(asks_for_a_token) {
  const auto sent = ask_for_token<AirwallexPolicy>(
      credentials(), {.environment = florin::Environment::sandbox, .idempotency_key = "k"});
  BOOST_TEST_REQUIRE(sent.refusal() == "");
  const auto request = request_text(sent.head + sent.body);
  BOOST_TEST(request.line == "POST /api/v1/authentication/login HTTP/1.1");
  const Pairs headers{{"Host", "api-demo.airwallex.com"},
                      {"Content-Length", "2"},
                      {"Content-Type", "application/json"},
                      {"Accept", "application/json"},
                      {"User-Agent", "florin/" + std::string{florin::version}},
                      {"x-client-id", "FAKE_CLIENT_ID"},
                      {"x-api-key", "FAKE_API_KEY"}};
  BOOST_TEST((request.headers == headers));
  BOOST_TEST(request.body == "{}");

  auto platform = credentials();
  platform.login_as = "acct_login";
  platform.on_behalf_of = "acct_connected";
  const auto other = ask_for_token<AirwallexPolicy>(platform);
  BOOST_TEST(other.has_line("Host: api.airwallex.com"));
  BOOST_TEST(other.has_line("x-login-as: acct_login"));
  BOOST_TEST(other.head.find("acct_connected") == std::string::npos);

  BOOST_TEST(ask_for_token<AirwallexPolicy>({.client_id = "c"}).refusal() ==
             "invalid_credentials:");
  BOOST_TEST(ask_for_token<AirwallexPolicy>({.client_id = "c\r\nX: y", .api_key = "k"}).refusal() ==
             "invalid_credentials:");
}

BOOST_AUTO_TEST_CASE(reads_the_token_and_its_end) {
  constexpr std::chrono::sys_seconds end{1767601800s};
  const auto bare = receive_token<AirwallexPolicy>(201, token_body);
  BOOST_TEST_REQUIRE(summary(bare) == "success:eyFAKE.eyFAKE.FAKESIG");
  BOOST_TEST((bare->expires_at == end));
  BOOST_TEST(!bare->lifetime.has_value());
  BOOST_TEST(bare->http_status == 201);
  BOOST_TEST(bare->request_id.empty());

  const auto dated = receive_token<AirwallexPolicy>(
      201, token_body, {{"date", "Mon, 05 Jan 2026 08:00:00 GMT"}, {"X-Request-Id", "r-1"}});
  BOOST_TEST_REQUIRE(summary(dated) == "success:eyFAKE.eyFAKE.FAKESIG");
  BOOST_TEST((dated->expires_at == end));
  BOOST_TEST((dated->lifetime == 30min));
  BOOST_TEST(dated->request_id == "r-1");

  const auto over =
      receive_token<AirwallexPolicy>(201, token_body, {{"Date", "Mon, 05 Jan 2026 08:30:01 GMT"}});
  BOOST_TEST_REQUIRE(over.has_value());
  BOOST_TEST((over->lifetime.has_value() && *over->lifetime < 0s));

  const auto odd = receive_token<AirwallexPolicy>(201, token_body, {{"Date", "today"}});
  BOOST_TEST_REQUIRE(odd.has_value());
  BOOST_TEST(!odd->lifetime.has_value());
  BOOST_TEST((odd->expires_at == end));
}

BOOST_AUTO_TEST_CASE(a_token_whose_end_cannot_be_read_is_still_a_token) {
  for (const std::string_view end :
       {R"("2026-01-05T08:30:00")", R"("soon")", R"("")", "null", "1767601800", "{}"}) {
    const auto answer = receive_token<AirwallexPolicy>(
        201, R"({"token":"t","expires_at":)" + std::string{end} + "}",
        {{"Date", "Mon, 05 Jan 2026 08:00:00 GMT"}});
    BOOST_TEST_REQUIRE(summary(answer) == "success:t");
    BOOST_TEST(!answer->expires_at.has_value(), end);
    BOOST_TEST(!answer->lifetime.has_value(), end);
  }
}

BOOST_AUTO_TEST_CASE(no_token_leaves_no_customer_behind) {
  const auto refused = [](int status, std::string_view code) {
    const auto answer = receive_token<AirwallexPolicy>(status, failure(code));
    BOOST_TEST_REQUIRE(answer.has_error());
    BOOST_TEST(answer.error().connector_code == code);
    BOOST_TEST(answer.error().connector_message == "Text");
    BOOST_TEST(answer.error().connector == "airwallex");
    BOOST_TEST(answer.error().http_status == status);
    return summary(answer) + (answer.error().transient ? "/transient" : "");
  };
  BOOST_TEST(refused(400, "validation_error") == "rejected/no_effect/400");
  BOOST_TEST(refused(401, "credentials_invalid") == "unauthorized/no_effect/401");
  BOOST_TEST(refused(401, "credentials_expired") == "unauthorized/no_effect/401");
  BOOST_TEST(refused(403, "forbidden") == "forbidden/no_effect/403");
  BOOST_TEST(refused(404, "not_found") == "rejected/no_effect/404");
  BOOST_TEST(refused(429, "too_many_requests") == "rate_limited/no_effect/429/transient");
  BOOST_TEST(refused(500, "internal_error") == "connector_unavailable/no_effect/500/transient");
  BOOST_TEST(refused(201, "credentials_invalid") == "rejected/no_effect/502");
  const auto waiting = receive_token<AirwallexPolicy>(429, "", {{"Retry-After", "3"}});
  BOOST_TEST((waiting.error().retry_after == 3s));
}

BOOST_AUTO_TEST_CASE(an_answer_without_a_usable_token_is_unreadable) {
  const auto reason = [](std::string_view body) {
    const auto answer = receive_token<AirwallexPolicy>(201, body);
    BOOST_TEST(summary(answer) == "unreadable_reply/no_effect/502", body);
    return answer.has_error() ? answer.error().reason : std::string_view{};
  };
  for (const std::string_view body :
       {R"({})", R"({"token":null})", R"({"token":""})", R"({"Token":"t"})",
        R"({"data":{"token":)"
        R"("t"}})",
        R"(["t"])", R"("t")"})
    BOOST_TEST(reason(body) == "the answer has no token");
  for (const std::string_view body :
       {"", "<html>login</html>", R"({"token":"eyFAKE)", R"({"token":"t"}x)", "\xFF"})
    BOOST_TEST(reason(body) == "the body is not a whole JSON document");
  const auto holding = [](std::string_view token) {
    return R"({"token":")" + std::string{token} + R"(","expires_at":"2026-01-05T08:30:00+0000"})";
  };
  for (const std::string_view token :
       {R"(t\r\nX-Evil: 1)", R"(t\u0000)", R"(t t)", R"( t)", R"(t\u007f)", "t\xC3\xA9"})
    BOOST_TEST(reason(holding(token)) == "the token cannot be put into a header");
  BOOST_TEST(reason(holding(std::string(4097, 't'))) == "the token cannot be put into a header");
  const std::string longest(4096, 't');
  BOOST_TEST(summary(receive_token<AirwallexPolicy>(201, holding(longest))) ==
             "success:" + longest);
}

BOOST_AUTO_TEST_CASE(reads_the_success_of_the_sheet) {
  const auto created = receive<AirwallexPolicy>(
      201,
      R"({"id":"cus_fake0000000001","request_id":"00000000-0000-4000-8000-00000000fa4e",)"
      R"("merchant_customer_id":"cust_user_12345","first_name":"Ana","last_name":"Example",)"
      R"("email":"john.doe@example.com","phone_number":"+15555550100","address":{"country_code":"US",)"
      R"("state":"IL","city":"Springfield","street":"1 Example Street, Apt 2","postcode":"62701"},)"
      R"("metadata":{"tier":"gold"},"client_secret":"eyFAKE.eyFAKE.FAKESIG",)"
      R"("created_at":"2026-01-05T08:00:00+0000","updated_at":"2026-01-05T08:00:00+0000"})",
      {{"X-REQUEST-ID", "r-7"}});
  BOOST_TEST_REQUIRE(summary(created) == "success:cus_fake0000000001");
  BOOST_TEST(created->merchant_customer_id == "cust_user_12345");
  BOOST_TEST(created->request_id == "r-7");
  BOOST_TEST(created->status_code == 200);
  BOOST_TEST(created->http_status == 201);
  BOOST_TEST((created->origin == florin::Origin::created));
  // Neither an id of another kind nor one that stands elsewhere is the customer's.
  BOOST_TEST(summary(receive<AirwallexPolicy>(201, R"({"id":"int_fake1"})")) ==
             "unreadable_reply/unknown/502");
  BOOST_TEST(summary(receive<AirwallexPolicy>(201, R"({"metadata":{"id":"cus_1"}})")) ==
             "unreadable_reply/unknown/502");
}

BOOST_AUTO_TEST_CASE(reads_the_errors_of_the_sheet) {
  const auto invalid = receive<AirwallexPolicy>(
      400, R"({"code":"validation_error","message":"email is not valid","source":"email",)"
           R"("trace_id":"fa4e0000000000000000000000000001"})");
  BOOST_TEST(summary(invalid) == "invalid_data/no_effect/422");
  BOOST_TEST(invalid.error().connector_code == "validation_error");
  BOOST_TEST(invalid.error().connector_message == "email is not valid");
  BOOST_TEST(invalid.error().param == "email");
  BOOST_TEST(invalid.error().request_id == "fa4e0000000000000000000000000001");
  BOOST_TEST(invalid.error().http_status == 400);
  BOOST_TEST(!invalid.error().transient);
  const auto missing = receive<AirwallexPolicy>(
      400, R"({"code":"validation_error","message":"merchant_customer_id must be provided",)"
           R"("source":"merchant_customer_id"})");
  BOOST_TEST(summary(missing) == "invalid_data/no_effect/422");
  BOOST_TEST(missing.error().param == "merchant_customer_id");
  const auto unauthorized = receive<AirwallexPolicy>(
      401, R"({"code":"unauthorized","message":"Access denied, authentication failed"})");
  BOOST_TEST(summary(unauthorized) == "unauthorized/no_effect/401");
  BOOST_TEST(unauthorized.error().param == "");
  const auto unknown_id = [](int status) {
    return summary(receive<AirwallexPolicy>(
        status, R"({"code":"resource_not_found","message":"The resource with ID cus_fake cannot )"
                R"(be found","source":"id"})"));
  };
  BOOST_TEST(unknown_id(404) == "not_found/no_effect/404");
  BOOST_TEST(unknown_id(400) == "not_found/no_effect/404");
  const auto limited = receive<AirwallexPolicy>(
      429, R"({"code":"too_many_requests","message":"Rate Limit Exceeded.",)"
           R"("trace_id":"fa4e0000000000000000000000000002","details":{}})");
  BOOST_TEST(summary(limited) == "rate_limited/no_effect/429");
  BOOST_TEST(limited.error().transient);
  BOOST_TEST(!limited.error().retry_after.has_value());

  const auto refused = [](int status, std::string_view code) {
    return summary(receive<AirwallexPolicy>(status, failure(code)));
  };
  BOOST_TEST(refused(401, "credentials_expired") == "unauthorized/no_effect/401");
  BOOST_TEST(refused(403, "forbidden") == "forbidden/no_effect/403");
  BOOST_TEST(refused(404, "not_found") == "not_found/no_effect/404");
  BOOST_TEST(refused(409, "conflict") == "rejected/unknown/409");
  BOOST_TEST(refused(500, "internal_error") == "connector_unavailable/unknown/500");
  BOOST_TEST(refused(400, "never_seen_before") == "invalid_data/no_effect/422");
}

BOOST_AUTO_TEST_CASE(a_key_used_again_tells_nothing_of_the_first_request) {
  const auto again = receive<AirwallexPolicy>(
      400, R"({"code":"duplicate_request","message":"The request ID has already been used",)"
           R"("source":"request_id"})");
  BOOST_TEST(summary(again) == "idempotency_conflict/unknown/409");
  BOOST_TEST(again.error().param == "request_id");
  BOOST_TEST(again.error().existing_customer_id.empty());
}

BOOST_AUTO_TEST_CASE(a_duplicate_is_told_without_its_id) {
  constexpr std::string_view body =
      R"({"code":"resource_already_exists","message":"A customer with this merchant_customer_id )"
      R"(already exists","source":"merchant_customer_id"})";
  const auto exists = receive<AirwallexPolicy>(400, body);
  BOOST_TEST(summary(exists) == "customer_exists/in_effect/409");
  BOOST_TEST(exists.error().existing_customer_id.empty());
  BOOST_TEST(summary(receive<AirwallexPolicy>(400, body, {}, florin::OnExists::use_existing)) ==
             "customer_exists/in_effect/409");
  // Only the exact code tells, not the words.
  BOOST_TEST(summary(receive<AirwallexPolicy>(
                 400, R"({"code":"validation_error","message":"already exists"})")) ==
             "invalid_data/no_effect/422");
}

BOOST_AUTO_TEST_CASE(details_of_any_shape_are_passed_over) {
  for (const std::string_view details :
       {R"("text")", R"(["resource_already_exists"])", R"([{"code":"resource_already_exists"}])",
        R"({"code":"resource_already_exists","source":"x"})", "null"}) {
    const auto invalid =
        receive<AirwallexPolicy>(400, R"({"details":)" + std::string{details} +
                                          R"(,"code":"validation_error","source":"email"})");
    BOOST_TEST(summary(invalid) == "invalid_data/no_effect/422");
    BOOST_TEST(invalid.error().param == "email");
  }
}

static_assert(!florin::offers<AirwallexPolicy, florin::Delete> &&
              !florin::shows_deleted<AirwallexPolicy>);
static_assert(florin::offers<AirwallexPolicy, florin::FindByReference> &&
              !florin::offers<AirwallexPolicy, florin::FindByEmail>);

BOOST_AUTO_TEST_CASE(is_read_back) {
  using namespace florin;
  BOOST_TEST((ask<AirwallexPolicy, Retrieve>("cus_fake0000000001")
                  .has_line("GET /api/v1/pa/customers/cus_fake0000000001 HTTP/1.1")));
  BOOST_TEST(
      shown(read<AirwallexPolicy, Retrieve>(
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
  BOOST_TEST(short_verdict(read<AirwallexPolicy, Retrieve>("cus_x", 404, missing)) ==
             "not_found/no_effect");
  BOOST_TEST(short_verdict(read<AirwallexPolicy, Retrieve>("cus_x", 400, missing)) ==
             "not_found/no_effect");
}

BOOST_AUTO_TEST_CASE(is_changed) {
  using namespace florin;
  const std::string_view id = "cus_fake0000000001";
  const auto current = customer_of<AirwallexPolicy>(
      id,
      R"({"id":"cus_fake0000000001","request_id":"00000000-0000-4000-8000-00000000fa4e",)"
      R"("merchant_customer_id":"m-1001","first_name":"Ana","last_name":"Example",)"
      R"("email":"ana@example.com","phone_number":"+15555550100","address":{"country_code":"US",)"
      R"("state":"IL","city":"Springfield","street":"1 Example Street, Apt 2",)"
      R"("postcode":"62701"},"metadata":{"tier":"gold"},)"
      R"("created_at":"2026-01-05T08:00:00+0000","updated_at":"2026-01-05T08:00:00+0000"})");
  const UpdateRequest changes{.email = "ana.new@example.com", .metadata = {{"tier", "silver"}}};
  const auto sent = request_of<AirwallexPolicy, Update>(change_of(current, changes));
  BOOST_TEST(sent.has_line("POST /api/v1/pa/customers/cus_fake0000000001/update HTTP/1.1"));
  BOOST_TEST(sent.has_line("Authorization: Bearer FAKEtoken0001"));
  BOOST_TEST(sent.body == R"({"request_id":"key-1",)"
                          R"("email":"ana.new@example.com","metadata":{"tier":"silver"}})");
  const std::string begin = R"({"request_id":"key-1",)";
  BOOST_TEST(changed_body<AirwallexPolicy>(current, {.metadata = {{"plan", "b"}}}) ==
             begin + R"("metadata":{"tier":"gold","plan":"b"}})");
  BOOST_TEST(changed_body<AirwallexPolicy>(current, {.address = {.city = "Chicago"}}) ==
             begin + R"("address":{"country_code":"US","state":"IL","city":"Chicago",)"
                     R"("street":"1 Example Street, Apt 2","postcode":"62701"}})");
  // Two lines are one street, so a new first line leaves nothing of the old one.
  BOOST_TEST(changed_body<AirwallexPolicy>(current, {.address = {.line1 = "2 New Street"}}) ==
             begin + R"("address":{"country_code":"US","state":"IL","city":"Springfield",)"
                     R"("street":"2 New Street","postcode":"62701"}})");
  BOOST_TEST(changed_body<AirwallexPolicy>(current, {.address = {.line2 = "Apt 3"}}) ==
             "missing_field:address.line1");
  BOOST_TEST(changed_body<AirwallexPolicy>(id, {.metadata = {{"plan", "b"}}}) ==
             "invalid_options:");
  BOOST_TEST(changed_body<AirwallexPolicy>(id, {.address = {.city = "Chicago"}}) ==
             "invalid_options:");
  BOOST_TEST(changed_body<AirwallexPolicy>(current, {.cleared = {Field::phone}}) ==
             "invalid_field:phone");
  BOOST_TEST(changed_body<AirwallexPolicy>(current, {.metadata_cleared = {"tier"}}) ==
             "invalid_field:metadata");
  BOOST_TEST(changed_body<AirwallexPolicy>(current, {.name = "Cher"}) == "invalid_field:name");
  BOOST_TEST(changed_body<AirwallexPolicy>(id, {.name = "Ana Sample"}) ==
             begin + R"("first_name":"Ana","last_name":"Sample"})");
  BOOST_TEST(changed_body<AirwallexPolicy>(id, {.description = "D"}) ==
             "invalid_field:description");
  EncodedRequest out;
  const UpdateRequest plain{.connector_customer_id = "cus_1", .phone = "1"};
  const auto without_key =
      encode<AirwallexPolicy, Update>(plain, {"id", "key"}, {.access_token = "t"}, out);
  BOOST_TEST_REQUIRE(without_key.has_error());
  BOOST_TEST((without_key.error().code == Errc::invalid_idempotency_key));

  const auto answer = answer_to<AirwallexPolicy, Update>(
      change_of(id, changes), 200,
      R"({"id":"cus_fake0000000001","request_id":"00000000-0000-4000-8000-00000000fa4f",)"
      R"("merchant_customer_id":"m-1001","first_name":"Ana","last_name":"Example",)"
      R"("email":"ana.new@example.com","metadata":{"tier":"silver"},)"
      R"("created_at":"2026-01-05T08:00:00+0000","updated_at":"2026-01-05T09:00:00+0000"})");
  BOOST_TEST_REQUIRE(answer.has_value());
  BOOST_TEST(answer->email().value_or("-") == "ana.new@example.com");
  const auto bare = answer_to<AirwallexPolicy, Update>(change_of(id, changes), 201, "");
  BOOST_TEST_REQUIRE(bare.has_value());
  BOOST_TEST(bare->connector_customer_id() == id);
  BOOST_TEST(!bare->email());
  BOOST_TEST(short_verdict(answer_to<AirwallexPolicy, Update>(
                 change_of(id, changes), 400,
                 R"({"code":"duplicate_request","message":"The request ID has already been used",)"
                 R"("source":"request_id"})")) == "idempotency_conflict/unknown");
}

BOOST_AUTO_TEST_CASE(is_found) {
  using namespace florin;
  constexpr FindRequest reference{.merchant_customer_id = "m-1001"};
  BOOST_TEST(by_reference<AirwallexPolicy>("m-1001").has_line(
      "GET /api/v1/pa/customers?merchant_customer_id=m-1001&page_num=0&page_size=100 HTTP/1.1"));
  BOOST_TEST(
      by_reference<AirwallexPolicy>("m-1001", "3")
          .has_line("GET /api/v1/pa/customers?merchant_customer_id=m-1001&page_num=3&page_size=100 "
                    "HTTP/1.1"));
  const std::string item =
      R"({"id":"cus_fake0000000001","request_id":"00000000-0000-4000-8000-00000000fa4e",)"
      R"("merchant_customer_id":"m-1001","email":"ana@example.com"})";
  BOOST_TEST(
      found<AirwallexPolicy>(reference, 200, R"({"has_more":false,"items":[)" + item + "]}") ==
      "cus_fake0000000001");
  BOOST_TEST(found<AirwallexPolicy>(reference, 200, R"({"has_more":false,"items":[]})") == "");
  BOOST_TEST(
      found<AirwallexPolicy>(reference, 200, R"({"has_more":true,"items":[)" + item + "]}") ==
      "cus_fake0000000001>1");
  // Another case is another reference, whatever the processor makes of it.
  BOOST_TEST(found<AirwallexPolicy>({.merchant_customer_id = "M-1001", .page = "4"}, 200,
                                    R"({"items":[)" + item + R"(],"has_more":true})") == ">5");
  BOOST_TEST(found<AirwallexPolicy>(reference, 200, "{}") == "unreadable_reply");
  BOOST_TEST(found<AirwallexPolicy>(reference, 200, R"({"items":null})") == "unreadable_reply");
  BOOST_TEST(found<AirwallexPolicy>(
                 reference, 400, R"({"code":"validation_error","message":"x"})") == "invalid_data");
}

namespace {

florin_test::Trial trial() {
  return florin_test::trial_of<florin::AirwallexPolicy>(florin::testing::airwallex());
}

}  // namespace

BOOST_AUTO_TEST_CASE(conforms) {
  florin_test::conforms<florin::AirwallexPolicy>(florin::testing::airwallex(),
                                                 florin::FieldSet{florin::Field::address_country});
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
