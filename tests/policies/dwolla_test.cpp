// SPDX-License-Identifier: Apache-2.0
#include <florin/policies/dwolla.hpp>
#include <florin/testing/processors/dwolla.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "policies/exchange.hpp"
#include "policies/operations.hpp"
#include "policies/token_exchange.hpp"
#include "support/form_text.hpp"
#include "trials/conforms.hpp"
#include "trials/faults.hpp"
#include "trials/lives.hpp"
#include "trials/trial.hpp"

BOOST_AUTO_TEST_SUITE(policies_dwolla)

using namespace florin_test;
using florin::DwollaPolicy;
using florin::Field;
using florin::FieldSet;
using namespace std::chrono_literals;

static_assert(florin::ConnectorPolicy<DwollaPolicy>);
static_assert(florin::ConnectorPolicy<DwollaPolicy, florin::FetchToken>);
static_assert(florin::has_idempotency<DwollaPolicy>);
static_assert(!DwollaPolicy::Idempotency::names_first);
static_assert(florin::carries<DwollaPolicy, florin::field::MerchantCustomerId>);
static_assert(!florin::carries<DwollaPolicy, florin::field::Phone>);
static_assert(!florin::carries<DwollaPolicy, florin::field::Metadata>);
static_assert(!florin::carries<DwollaPolicy, florin::field::AddressLine1>);
static_assert(florin::required_fields<DwollaPolicy> ==
              FieldSet{Field::merchant_customer_id, Field::email, Field::name});
static_assert(florin::max_length<DwollaPolicy, florin::field::MerchantCustomerId> == 255);

namespace {

constexpr std::string_view id = "0fa4e000-0000-4000-8000-00000000c001";

DwollaPolicy::Credentials credentials() {
  return {.client_id = "fake_client_id", .client_secret = "fake_client_secret"};
}

florin::EncodeOptions with_token() {
  return {.environment = florin::Environment::sandbox,
          .idempotency_key = "key-1",
          .access_token = "FAKEtoken0001"};
}

/// What a changed full request is refused with.
std::string refusal(const std::function<void(florin::CreateRequest&)>& change) {
  auto request = full_request();
  change(request);
  return send<DwollaPolicy>(request, credentials(), with_token()).refusal();
}

std::string simple(std::string_view code) {
  return R"({"code":")" + std::string{code} + R"(","message":"Text"})";
}

/// A validation error with one embedded error.
std::string embedded(std::string_view code, std::string_view path, std::string_view links = "{}") {
  return R"({"code":"ValidationError","message":"Validation error(s) present. See embedded errors )"
         R"(list for more details.","_embedded":{"errors":[{"code":")" +
         std::string{code} + R"(","message":"Text","path":")" + std::string{path} +
         R"(","_links":)" + std::string{links} + "}]}}";
}

/// The answer to a create with these headers and no body.
florin::Result<florin::CreateResponse> located(std::string_view location,
                                               std::string_view header = "Location") {
  return receive<DwollaPolicy>(201, "", {{header, location}});
}

}  // namespace

BOOST_AUTO_TEST_CASE(sends_what_the_sheet_says) {
  const auto sent = send<DwollaPolicy>(full_request(), credentials(), with_token());
  BOOST_TEST_REQUIRE(sent.refusal() == "");
  const auto request = request_text(sent.head + sent.body);
  BOOST_TEST(request.line == "POST /customers HTTP/1.1");
  const Pairs headers{{"Host", "api-sandbox.dwolla.com"},
                      {"Content-Length", std::to_string(sent.body.size())},
                      {"Content-Type", "application/vnd.dwolla.v1.hal+json"},
                      {"Accept", "application/vnd.dwolla.v1.hal+json"},
                      {"User-Agent", "florin/" + std::string{florin::version}},
                      {"Authorization", "Bearer FAKEtoken0001"},
                      {"Idempotency-Key", "key-1"}};
  BOOST_TEST((request.headers == headers));
  BOOST_TEST(sent.body == R"({"firstName":"Ana","lastName":"Example","email":"ana@example.com",)"
                          R"("type":"unverified","correlationId":"m-1001"})");
  const FieldSet dropped{Field::phone,         Field::description,   Field::metadata,
                         Field::address_line1, Field::address_line2, Field::address_city,
                         Field::address_state, Field::address_zip,   Field::address_country};
  BOOST_TEST((sent.dropped == dropped));
}

BOOST_AUTO_TEST_CASE(sends_the_least_that_is_needed) {
  const auto sent =
      send<DwollaPolicy>({.merchant_customer_id = "m", .email = "a@example.com", .name = "A B"},
                         credentials(), {.access_token = "t"});
  BOOST_TEST(sent.has_line("Host: api.dwolla.com"));
  BOOST_TEST(sent.head.find("Idempotency-Key") == std::string::npos);
  BOOST_TEST(sent.body == R"({"firstName":"A","lastName":"B","email":"a@example.com",)"
                          R"("type":"unverified","correlationId":"m"})");
  BOOST_TEST(sent.dropped.empty());
}

BOOST_AUTO_TEST_CASE(hostile_text_stays_inside_its_member) {
  const auto sent = send<DwollaPolicy>({.merchant_customer_id = "m",
                                        .email = R"("a\b","type":"x"@example.com)",
                                        .name = "\xC3\x81na\x01\tde la 'Cruz', \x02[0]: /Jr."},
                                       credentials(), with_token());
  BOOST_TEST_REQUIRE(sent.refusal() == "");
  BOOST_TEST(sent.body ==
             "{\"firstName\":\"\xC3\x81na\\u0001\","
             R"("lastName":"de la 'Cruz', \u0002[0]: /Jr.",)"
             R"("email":"\"a\\b\",\"type\":\"x\"@example.com","type":"unverified",)"
             R"("correlationId":"m"})");
}

BOOST_AUTO_TEST_CASE(wants_both_parts_of_a_name) {
  BOOST_TEST(refusal([](auto& r) { r.name = "Plato"; }) == "invalid_field:name");
  BOOST_TEST(refusal([](auto& r) { r.name = " Plato "; }) == "invalid_field:name");
  BOOST_TEST(refusal([](auto& r) { r.name = ""; }) == "missing_field:name");
  BOOST_TEST(refusal([](auto& r) { r.name = " "; }) != "");
  auto request = full_request();
  request.name = "Plato";
  const auto sent = send<DwollaPolicy>(request, credentials(), with_token());
  BOOST_TEST(sent.result.error().reason == "is a single word, but a family name is required");
}

BOOST_AUTO_TEST_CASE(refuses_what_is_too_long) {
  BOOST_TEST(refusal([](auto& r) { r.name = std::string(50, 'a') + ' ' + std::string(50, 'b'); }) ==
             "");
  BOOST_TEST(refusal([](auto& r) { r.name = std::string(51, 'a') + " b"; }) ==
             "invalid_field:name");
  BOOST_TEST(refusal([](auto& r) { r.name = "a " + std::string(51, 'b'); }) ==
             "invalid_field:name");
  BOOST_TEST(refusal([](auto& r) { r.merchant_customer_id = std::string(255, 'm'); }) == "");
  BOOST_TEST(refusal([](auto& r) { r.merchant_customer_id = std::string(256, 'm'); }) ==
             "invalid_field:merchant_customer_id");
  BOOST_TEST(refusal([](auto& r) { r.merchant_customer_id = ""; }) ==
             "missing_field:merchant_customer_id");
  BOOST_TEST(refusal([](auto& r) { r.email = ""; }) == "missing_field:email");
  BOOST_TEST(refusal([](auto& r) { r.email = "no address"; }) == "invalid_field:email");
}

BOOST_AUTO_TEST_CASE(refuses_the_characters_that_a_name_may_not_have) {
  for (const char forbidden : std::string_view{"<>=\"`!?%~${}\\"}) {
    const auto in_first = [&](auto& r) { r.name = std::string{"A"} + forbidden + " B"; };
    const auto in_last = [&](auto& r) { r.name = std::string{"A B"} + forbidden; };
    BOOST_TEST(refusal(in_first) == "invalid_field:name", "accepted " << forbidden);
    BOOST_TEST(refusal(in_last) == "invalid_field:name", "accepted " << forbidden);
  }
  BOOST_TEST(refusal([](auto& r) {
               r.name =
                   "Ana-Mar\xC3\xAD"
                   "a O'Neil, Jr. (#2) & Co. @ *+_";
             }) == "");
}

BOOST_AUTO_TEST_CASE(refuses_the_characters_that_a_reference_may_not_have) {
  BOOST_TEST(refusal([](auto& r) { r.merchant_customer_id = "aZ09-._"; }) == "");
  for (const std::string_view forbidden : {" ", "@", "/", ":", "+", "\"", "\\", "\n", "\xC3\xA9"})
    BOOST_TEST(refusal([&](auto& r) { r.merchant_customer_id += forbidden; }) ==
                   "invalid_field:merchant_customer_id",
               "accepted " << forbidden);
}

BOOST_AUTO_TEST_CASE(refuses_keys_and_tokens_that_cannot_be_sent) {
  const auto refused = [](const florin::EncodeOptions& options) {
    return send<DwollaPolicy>(full_request(), credentials(), options);
  };
  const std::string key(256, 'k');
  BOOST_TEST(refused({.idempotency_key = key, .access_token = "t"}).refusal() ==
             "invalid_idempotency_key:");
  BOOST_TEST(refused({.idempotency_key = std::string_view{key}.substr(1), .access_token = "t"})
                 .refusal() == "");
  BOOST_TEST(refused({}).refusal() == "invalid_credentials:");
  BOOST_TEST(refused({.access_token = "t\nX-Evil: 1"}).refusal() == "invalid_credentials:");
  const auto nobody = send<DwollaPolicy>(full_request(), {.client_id = "c"}, with_token());
  BOOST_TEST(nobody.refusal() == "invalid_credentials:");
  BOOST_TEST(nobody.result.error().reason == "the credentials lack client_secret");
}

BOOST_AUTO_TEST_CASE(asks_for_a_token) {
  const auto sent = ask_for_token<DwollaPolicy>(
      credentials(), {.environment = florin::Environment::sandbox, .idempotency_key = "k"});
  BOOST_TEST_REQUIRE(sent.refusal() == "");
  const auto request = request_text(sent.head + sent.body);
  BOOST_TEST(request.line == "POST /token HTTP/1.1");
  BOOST_TEST(request.header("Host") == "api-sandbox.dwolla.com");
  BOOST_TEST(request.header("Content-Type") == "application/x-www-form-urlencoded");
  BOOST_TEST(request.header("Authorization") ==
             "Basic ZmFrZV9jbGllbnRfaWQ6ZmFrZV9jbGllbnRfc2VjcmV0");
  BOOST_TEST(!request.has("Idempotency-Key"));
  BOOST_TEST(request.body == "grant_type=client_credentials");
  BOOST_TEST(ask_for_token<DwollaPolicy>(credentials()).has_line("Host: api.dwolla.com"));
  BOOST_TEST(ask_for_token<DwollaPolicy>({.client_secret = "s"}).refusal() ==
             "invalid_credentials:");
}

BOOST_AUTO_TEST_CASE(reads_the_token_and_its_lifetime) {
  const auto answer = receive_token<DwollaPolicy>(
      200, R"({"access_token":"FAKEtoken0001","token_type":"bearer","expires_in":3600})",
      {{"Date", "Mon, 05 Jan 2026 08:00:00 GMT"}, {"x-request-id", "r-1"}});
  BOOST_TEST_REQUIRE(summary(answer) == "success:FAKEtoken0001");
  BOOST_TEST((answer->lifetime == 1h));
  BOOST_TEST(!answer->expires_at.has_value());
  BOOST_TEST(answer->http_status == 200);
  BOOST_TEST(answer->request_id == "r-1");

  const auto lifetime = [](std::string_view number) {
    const auto found = receive_token<DwollaPolicy>(
        200, R"({"expires_in":)" + std::string{number} + R"(,"access_token":"t"})");
    BOOST_TEST_REQUIRE(summary(found) == "success:t");
    return found->lifetime;
  };
  BOOST_TEST((lifetime("0") == 0s));
  BOOST_TEST((lifetime(R"("60")") == 60s));
  for (const std::string_view odd : {"-1", "36e2", "3600.5", R"("1h")", R"("")", "null", "true",
                                     "99999999999999999999999999", "[3600]"})
    BOOST_TEST(!lifetime(odd).has_value(), odd);
}

BOOST_AUTO_TEST_CASE(no_token_leaves_no_customer_behind) {
  const auto refused = [](int status, std::string_view body) {
    return summary(receive_token<DwollaPolicy>(status, body));
  };
  const auto wrong = receive_token<DwollaPolicy>(401, R"({"error":"invalid_client"})");
  BOOST_TEST(summary(wrong) == "unauthorized/no_effect/401");
  BOOST_TEST(wrong.error().connector_code == "invalid_client");
  BOOST_TEST(!wrong.error().transient);
  // OAuth servers may answer so with 400 as well.
  BOOST_TEST(refused(400, R"({"error":"invalid_client"})") == "unauthorized/no_effect/401");
  BOOST_TEST(refused(400, R"({"error":"invalid_request"})") == "rejected/no_effect/400");
  for (const std::string_view code :
       {"InvalidCredentials", "InvalidAccountStatus", "InvalidApplicationStatus", "InvalidScopes"})
    BOOST_TEST(refused(401, simple(code)) == "unauthorized/no_effect/401");
  BOOST_TEST(refused(403, simple("Forbidden")) == "forbidden/no_effect/403");
  BOOST_TEST(refused(404, simple("NotFound")) == "rejected/no_effect/404");
  const auto limited = receive_token<DwollaPolicy>(429, simple("Too Many Requests"));
  BOOST_TEST(summary(limited) == "rate_limited/no_effect/429");
  BOOST_TEST(limited.error().transient);
  const auto broken = receive_token<DwollaPolicy>(500, simple("ServerError"));
  BOOST_TEST(summary(broken) == "connector_unavailable/no_effect/500");
  BOOST_TEST(broken.error().transient);
  BOOST_TEST(refused(502, "<html>") == "connector_unavailable/no_effect/502");
}

BOOST_AUTO_TEST_CASE(an_answer_without_a_usable_token_is_unreadable) {
  const auto reason = [](std::string_view body,
                         const std::vector<florin::wire::HeaderView>& headers = {}) {
    const auto answer = receive_token<DwollaPolicy>(201, body, headers);
    BOOST_TEST(summary(answer) == "unreadable_reply/no_effect/502", body);
    return answer.has_error() ? answer.error().reason : std::string_view{};
  };
  BOOST_TEST(reason("{}") == "the answer has no token");
  BOOST_TEST(reason(R"({"access_token":""})") == "the answer has no token");
  // The header that names a customer names no token.
  BOOST_TEST(reason("{}", {{"Location", "https://api.dwolla.com/customers/c"}}) ==
             "the answer has no token");
  BOOST_TEST(reason("", {{"Location", "https://api.dwolla.com/customers/c"}}) ==
             "the body is not a whole JSON document");
  BOOST_TEST(reason(R"({"access_token":"FAKE)") == "the body is not a whole JSON document");
  BOOST_TEST(reason("access_token=t") == "the body is not a whole JSON document");
  for (const std::string_view token : {R"(t\nX-Evil: 1)", R"(t\u0000t)", "t t"})
    BOOST_TEST(reason(R"({"access_token":")" + std::string{token} + R"("})") ==
               "the token cannot be put into a header");
  BOOST_TEST(reason(R"({"access_token":")" + std::string(4097, 't') + R"("})") ==
             "the token cannot be put into a header");
  const std::string longest(4096, 't');
  BOOST_TEST(summary(receive_token<DwollaPolicy>(
                 200, R"({"access_token":")" + longest + R"("})")) == "success:" + longest);
}

BOOST_AUTO_TEST_CASE(the_id_is_the_last_segment_of_location) {
  const std::string link = "https://api-sandbox.dwolla.com/customers/" + std::string{id};
  const std::string success = "success:" + std::string{id};
  const auto created =
      receive<DwollaPolicy>(201, "",
                            {{"Location", link},
                             {"X-Request-Id", "0fa4e000-0000-4000-8000-0000000000a1"},
                             {"Content-Length", "0"}});
  BOOST_TEST_REQUIRE(summary(created) == success);
  BOOST_TEST(created->merchant_customer_id == "cust_user_12345");
  BOOST_TEST(created->request_id == "0fa4e000-0000-4000-8000-0000000000a1");
  BOOST_TEST(created->http_status == 201);
  BOOST_TEST((created->origin == florin::Origin::created));

  BOOST_TEST(summary(located(link + '/')) == success);
  BOOST_TEST(summary(located(link + "?a=b/c")) == success);
  BOOST_TEST(summary(located(link + "/?a=b")) == success);
  BOOST_TEST(summary(located(link + "#part/2")) == success);
  BOOST_TEST(summary(located("/customers/" + std::string{id})) == success);
  BOOST_TEST(summary(located(link, "LOCATION")) == success);
  BOOST_TEST(summary(located(link, "location")) == success);
  // The letter case is the processor's.
  BOOST_TEST(
      summary(located("HTTPS://API.DWOLLA.COM/CUSTOMERS/0FA4E000-0000-4000-8000-00000000C001")) ==
      "success:0FA4E000-0000-4000-8000-00000000C001");
  // A body is not needed, but does no harm; the id in it is not the customer's.
  BOOST_TEST(summary(receive<DwollaPolicy>(201, R"({"id":"other"})", {{"Location", link}})) ==
             success);
}

BOOST_AUTO_TEST_CASE(a_success_without_a_usable_location_is_unreadable) {
  BOOST_TEST(summary(receive<DwollaPolicy>(201, "")) == "unreadable_reply/unknown/502");
  BOOST_TEST(summary(receive<DwollaPolicy>(201, R"({"id":"c"})")) ==
             "unreadable_reply/unknown/502");
  BOOST_TEST(summary(located("")) == "unreadable_reply/unknown/502");
  BOOST_TEST(summary(located("/")) == "unreadable_reply/unknown/502");
  BOOST_TEST(summary(located("/customers/a b")) == "unreadable_reply/unknown/502");
  BOOST_TEST(summary(located("/customers/" + std::string(256, 'c'))) ==
             "unreadable_reply/unknown/502");
}

BOOST_AUTO_TEST_CASE(reads_the_errors_of_the_sheet) {
  const auto missing = receive<DwollaPolicy>(
      400,
      R"({"code":"ValidationError","message":"Validation error(s) present. See embedded errors )"
      R"(list for more details.","_embedded":{"errors":[{"code":"Required","message":"FirstName )"
      R"(required.","path":"/firstName","_links":{}}]}})",
      {{"Content-Type",
        R"(application/vnd.dwolla.v1.hal+json; profile="http://nocarrier.co.uk/profiles/)"
        R"(vnd.error/"; charset=UTF-8)"},
       {"X-Request-Id", "r-2"}});
  BOOST_TEST(summary(missing) == "invalid_data/no_effect/422");
  BOOST_TEST(missing.error().connector_code == "Required");
  BOOST_TEST(missing.error().connector_type == "ValidationError");
  BOOST_TEST(missing.error().connector_message == "FirstName required.");
  BOOST_TEST(missing.error().param == "firstName");
  BOOST_TEST(missing.error().request_id == "r-2");
  const auto invalid = receive<DwollaPolicy>(
      400,
      R"({"code":"ValidationError","message":"Validation error(s) present. See embedded errors )"
      R"(list for more details.","_embedded":{"errors":[{"code":"InvalidFormat","message":"Email )"
      R"(invalid.","path":"/email","_links":{}}]}})");
  BOOST_TEST(summary(invalid) == "invalid_data/no_effect/422");
  BOOST_TEST(invalid.error().connector_code == "InvalidFormat");
  BOOST_TEST(invalid.error().param == "email");
  const auto expired = receive<DwollaPolicy>(
      401,
      R"({"code":"ExpiredAccessToken","message":"Generate a new access token using your client )"
      R"(credentials."})");
  BOOST_TEST(summary(expired) == "unauthorized/no_effect/401");
  BOOST_TEST(expired.error().connector_code == "ExpiredAccessToken");
  BOOST_TEST(expired.error().connector_message ==
             "Generate a new access token using your client credentials.");
  BOOST_TEST(summary(receive<DwollaPolicy>(
                 403, R"({"code":"Forbidden","message":"Not authorized to create customers."})")) ==
             "forbidden/no_effect/403");
  const auto limited = receive<DwollaPolicy>(
      429, R"({"code":"Too Many Requests","message":"Please wait a short period of time before )"
           R"(re-attempting the request."})");
  BOOST_TEST(summary(limited) == "rate_limited/no_effect/429");
  BOOST_TEST(limited.error().connector_code == "Too Many Requests");
  BOOST_TEST(limited.error().transient);

  const auto refused = [](int status, std::string_view code) {
    return summary(receive<DwollaPolicy>(status, simple(code)));
  };
  BOOST_TEST(refused(400, "BadRequest") == "invalid_data/no_effect/422");
  for (const std::string_view code :
       {"InvalidCredentials", "InvalidAccessToken", "InvalidAccountStatus",
        "InvalidApplicationStatus", "InvalidScopes"})
    BOOST_TEST(refused(401, code) == "unauthorized/no_effect/401");
  BOOST_TEST(refused(403, "InvalidResourceState") == "forbidden/no_effect/403");
  BOOST_TEST(refused(404, "NotFound") == "not_found/no_effect/404");
  BOOST_TEST(refused(404, "notFound") == "not_found/no_effect/404");
  BOOST_TEST(refused(405, "MethodNotAllowed") == "rejected/no_effect/405");
  BOOST_TEST(refused(406, "InvalidVersion") == "rejected/no_effect/406");
  BOOST_TEST(refused(500, "ServerError") == "connector_unavailable/unknown/500");
  BOOST_TEST(refused(500, "RequestTimeout") == "connector_unavailable/unknown/500");
}

BOOST_AUTO_TEST_CASE(a_key_in_use_is_a_conflict) {
  BOOST_TEST(summary(receive<DwollaPolicy>(409, simple("Conflict"))) ==
             "idempotency_conflict/unknown/409");
  BOOST_TEST(summary(receive<DwollaPolicy>(409, simple("conflict"))) ==
             "idempotency_conflict/unknown/409");
  BOOST_TEST(receive<DwollaPolicy>(409, simple("Conflict")).error().transient);
  BOOST_TEST(summary(receive<DwollaPolicy>(409, simple("Other"))) == "rejected/unknown/409");
  BOOST_TEST(!receive<DwollaPolicy>(409, simple("Other")).error().transient);
}

BOOST_AUTO_TEST_CASE(a_duplicate_may_link_to_the_first_one) {
  const std::string link = "https://api-sandbox.dwolla.com/customers/" + std::string{id};
  const auto about = [](const std::string& href) {
    return R"({"about":{"href":")" + href + R"("}})";
  };
  const auto exists = receive<DwollaPolicy>(400, embedded("Duplicate", "/email", about(link)));
  BOOST_TEST(summary(exists) == "customer_exists/in_effect/409");
  BOOST_TEST(exists.error().existing_customer_id == id);
  BOOST_TEST(exists.error().param == "email");
  BOOST_TEST(exists.error().connector_code == "Duplicate");
  for (const std::string_view end : {"/", "?x=/y", "/?x"}) {
    const auto other =
        receive<DwollaPolicy>(400, embedded("duplicate", "/email", about(link + std::string{end})));
    BOOST_TEST(summary(other) == "customer_exists/in_effect/409");
    BOOST_TEST(other.error().existing_customer_id == id);
  }
  const auto reference =
      receive<DwollaPolicy>(400, embedded("Duplicate", "/correlationId", about(link)));
  BOOST_TEST(summary(reference) == "customer_exists/in_effect/409");
  BOOST_TEST(reference.error().existing_customer_id == id);
  const auto unlinked = receive<DwollaPolicy>(400, embedded("Duplicate", "/email"));
  BOOST_TEST(summary(unlinked) == "customer_exists/in_effect/409");
  BOOST_TEST(unlinked.error().existing_customer_id.empty());
  const auto resource = receive<DwollaPolicy>(
      400, R"({"code":"DuplicateResource","message":"Text","_links":)" + about(link) + "}");
  BOOST_TEST(summary(resource) == "customer_exists/in_effect/409");
  BOOST_TEST(resource.error().existing_customer_id == id);

  const auto used =
      receive<DwollaPolicy>(400, embedded("Duplicate", "/email", about(link)),
                            {{"X-Request-Id", "r-3"}}, florin::OnExists::use_existing);
  BOOST_TEST_REQUIRE(summary(used) == "success:" + std::string{id});
  BOOST_TEST((used->origin == florin::Origin::already_existed));
  BOOST_TEST(used->http_status == 400);
  BOOST_TEST(used->request_id == "r-3");
}

BOOST_AUTO_TEST_CASE(other_errors_are_no_duplicates) {
  const std::string links = R"({"about":{"href":"https://api.dwolla.com/customers/c"}})";
  // Another field, another code and the mere words.
  for (const std::string& body :
       {embedded("Duplicate", "/phone", links), embedded("Invalid", "/email", links),
        embedded("", "/email", links),
        std::string{R"({"code":"ValidationError","message":)"
                    R"("A customer already exists: Duplicate"})"}}) {
    const auto answer = receive<DwollaPolicy>(400, body);
    BOOST_TEST(summary(answer) == "invalid_data/no_effect/422");
    BOOST_TEST(answer.error().existing_customer_id.empty());
  }
}

BOOST_AUTO_TEST_CASE(a_link_without_an_id_names_nobody) {
  for (const char* link : {"https://api.dwolla.com/", "https://api.dwolla.com/customers/",
                           "https://api.dwolla.com/transfers/0fa4e000", "/"}) {
    const auto answer = receive<DwollaPolicy>(201, "", {{"Location", link}});
    BOOST_TEST(summary(answer) == "unreadable_reply/unknown/502", link);
  }
}

static_assert(!florin::merges<DwollaPolicy> && florin::offers<DwollaPolicy, florin::Delete>);

BOOST_AUTO_TEST_CASE(is_read_back) {
  using namespace florin;
  const auto sent = ask<DwollaPolicy, Retrieve>(id);
  BOOST_TEST(sent.has_line("GET /customers/0fa4e000-0000-4000-8000-00000000c001 HTTP/1.1"));
  BOOST_TEST(sent.has_line("Accept: application/vnd.dwolla.v1.hal+json"));
  BOOST_TEST(sent.has_line("Authorization: Bearer FAKEtoken0001"));
  const std::string record =
      R"({"_links":{"self":{"href":"https://api-sandbox.dwolla.com/customers/0fa4e000"}},)"
      R"("id":"0FA4E000-0000-4000-8000-00000000C001","firstName":"Ana","lastName":"Example",)"
      R"("email":"ana.example@example.com","type":"unverified","created":)"
      R"("2026-01-15T10:20:30.123Z","correlationId":"mc-0001","status":")";
  BOOST_TEST(shown(read<DwollaPolicy, Retrieve>(id, 200, record + "unverified\"}")) ==
             "ACTIVE|merchant_customer_id=mc-0001|email=ana.example@example.com|given_name=Ana|"
             "family_name=Example|created 1768472430");
  BOOST_TEST(shown(read<DwollaPolicy, Retrieve>(id, 200, record + "deactivated\"}"))
                 .starts_with("DELETED"));
  BOOST_TEST(short_verdict(read<DwollaPolicy, Retrieve>(
                 id, 404, R"({"code":"NotFound","message":"Customer not found."})")) ==
             "not_found/no_effect");
  BOOST_TEST(short_verdict(read<DwollaPolicy, Retrieve>(
                 id, 403, R"({"code":"Forbidden","message":"No."})")) == "forbidden/no_effect");
}

BOOST_AUTO_TEST_CASE(is_changed) {
  using namespace florin;
  const UpdateRequest changes{.email = "bo.example@example.com"};
  const auto sent = request_of<DwollaPolicy, Update>(change_of(id, changes));
  BOOST_TEST(sent.has_line("POST /customers/0fa4e000-0000-4000-8000-00000000c001 HTTP/1.1"));
  BOOST_TEST(sent.has_line("Content-Type: application/vnd.dwolla.v1.hal+json"));
  BOOST_TEST(sent.has_line("Accept: application/vnd.dwolla.v1.hal+json"));
  BOOST_TEST(sent.head.find("Idempotency") == std::string::npos);
  BOOST_TEST(sent.body == R"({"email":"bo.example@example.com"})");
  BOOST_TEST(changed_body<DwollaPolicy>(id, {.name = "Ana Sample"}) ==
             R"({"firstName":"Ana","lastName":"Sample"})");
  BOOST_TEST(changed_body<DwollaPolicy>(id, {.name = "Cher"}) == "invalid_field:name");
  BOOST_TEST(changed_body<DwollaPolicy>(id, {.cleared = {Field::email}}) == "invalid_field:email");
  BOOST_TEST(changed_body<DwollaPolicy>(id, {.merchant_customer_id = "m"}) ==
             "invalid_field:merchant_customer_id");
  BOOST_TEST(
      short_verdict(answer_to<DwollaPolicy, Update>(
          change_of(id, changes), 400,
          R"({"code":"ValidationError","message":"Validation error(s) present.","_embedded":{)"
          R"("errors":[{"code":"Duplicate","message":"A customer with the specified email )"
          R"(already exists.","path":"/email","_links":{}}]}})")) == "customer_exists/no_effect");
  const auto answer = answer_to<DwollaPolicy, Update>(
      change_of(id, changes), 200,
      R"({"id":"0fa4e000-0000-4000-8000-00000000c001","firstName":"Ana","lastName":"Example",)"
      R"("email":"bo.example@example.com","type":"unverified","status":"unverified",)"
      R"("created":"2026-01-15T10:20:30.123Z","correlationId":"mc-0001"})");
  BOOST_TEST_REQUIRE(answer.has_value());
  BOOST_TEST(answer->email().value_or("-") == "bo.example@example.com");
}

BOOST_AUTO_TEST_CASE(is_deleted) {
  using namespace florin;
  const auto sent = ask<DwollaPolicy, Delete>(id);
  BOOST_TEST(sent.has_line("POST /customers/0fa4e000-0000-4000-8000-00000000c001 HTTP/1.1"));
  BOOST_TEST(sent.has_line("Content-Type: application/vnd.dwolla.v1.hal+json"));
  BOOST_TEST(sent.has_line("Content-Length: 24"));
  BOOST_TEST(sent.body == R"({"status":"deactivated"})");
  const std::string record =
      R"({"id":"0fa4e000-0000-4000-8000-00000000c001","firstName":"Ana","status":")";
  BOOST_TEST(removed<DwollaPolicy>(id, 200, record + R"(deactivated"})") == "deleted");
  BOOST_TEST(removed<DwollaPolicy>(id, 200, record + R"(unverified"})") ==
             "unreadable_reply/unknown");
  BOOST_TEST(removed<DwollaPolicy>("0fa4e000-0000-4000-8000-00000000c002", 200,
                                   record + R"(deactivated"})") == "unreadable_reply/unknown");
  BOOST_TEST(
      removed<DwollaPolicy>(id, 404, R"({"code":"NotFound","message":"Customer not found."})") ==
      "not_found/no_effect");
  BOOST_TEST(removed<DwollaPolicy>(id, 403, R"({"code":"InvalidResourceState","message":"No."})") ==
             "forbidden/no_effect");
}

BOOST_AUTO_TEST_CASE(is_found) {
  using namespace florin;
  const auto sent = by_email<DwollaPolicy>("ana.example@example.com");
  BOOST_TEST(sent.has_line("GET /customers?email=ana.example%40example.com HTTP/1.1"));
  BOOST_TEST(sent.has_line("Accept: application/vnd.dwolla.v1.hal+json"));
  BOOST_TEST(by_email<DwollaPolicy>("a@b.c", "25")
                 .has_line("GET /customers?email=a%40b.c&offset=25 HTTP/1.1"));
  const auto page = [](std::string_view next, std::string_view status) {
    return R"({"_links":{"self":{"href":"https://api-sandbox.dwolla.com/customers?limit=25"})" +
           std::string{next} +
           R"(},"_embedded":{"customers":[{"_links":{"self":{"href":"x"}},)"
           R"("id":"0fa4e000-0000-4000-8000-00000000c001","firstName":"Ana","lastName":"Example",)"
           R"("email":"ana.example@example.com","type":"unverified","status":")" +
           std::string{status} + R"("}]},"total":1})";
  };
  const FindRequest request{.email = "ana.example@example.com"};
  BOOST_TEST(found<DwollaPolicy>(request, 200, page("", "unverified")) ==
             "0fa4e000-0000-4000-8000-00000000c001");
  BOOST_TEST(found<DwollaPolicy>(request, 200, page("", "deactivated")) == "");
  BOOST_TEST(
      found<DwollaPolicy>(request, 200,
                          page(R"(,"next":{"href":"https://evil.example/customers?offset=25"})",
                               "unverified")) == "0fa4e000-0000-4000-8000-00000000c001>25");
  BOOST_TEST(found<DwollaPolicy>(request, 200,
                                 R"({"_links":{},"_embedded":{"customers":[]},"total":0})") == "");
  BOOST_TEST(found<DwollaPolicy>(request, 200, R"({"_links":{},"total":0})") == "");
}

namespace {

/// Whoever is deleted is deactivated.
florin_test::Trial trial() {
  auto trial = florin_test::trial_of<florin::DwollaPolicy>(florin::testing::dwolla());
  trial.deactivates = true;
  return trial;
}

}  // namespace

BOOST_AUTO_TEST_CASE(conforms) {
  florin_test::conforms<florin::DwollaPolicy>(florin::testing::dwolla());
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
