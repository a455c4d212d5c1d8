// SPDX-License-Identifier: Apache-2.0
#include <florin/ensure.hpp>
#include <florin/policies/recurly.hpp>
#include <florin/repetition.hpp>
#include <florin/testing/processors/recurly.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "policies/exchange.hpp"
#include "policies/operations.hpp"
#include "trials/conforms.hpp"
#include "trials/faults.hpp"
#include "trials/lives.hpp"
#include "trials/trial.hpp"

BOOST_AUTO_TEST_SUITE(policies_recurly)

using namespace florin_test;
using florin::Errc;
using florin::Field;
using florin::FieldSet;
using florin::RecurlyPolicy;
using florin::Update;

static_assert(florin::ConnectorPolicy<RecurlyPolicy>);
static_assert(florin::required_fields<RecurlyPolicy> == FieldSet{Field::merchant_customer_id});
static_assert(florin::repetition<RecurlyPolicy> == florin::Repetition::replayed);
static_assert(florin::ensure_guarantee<RecurlyPolicy> == florin::EnsureGuarantee::by_key);
static_assert(!florin::carries<RecurlyPolicy, florin::field::Description>);
static_assert(florin::max_length<RecurlyPolicy, florin::field::AddressLine1> == 50U);
static_assert(florin::max_length<RecurlyPolicy, florin::field::AddressCity> ==
              florin::wire::unlimited);
static_assert(florin::merges<RecurlyPolicy>);

namespace {

constexpr std::string_view id = "fake0v4fw0v2";

/// The account of section 8.5; `behind` is what stands behind the address.
std::string account(std::string_view state = R"("state":"active","deleted_at":null)",
                    std::string_view fields = R"([{"name":"tier","value":"gold"}])",
                    std::string_view code = "m-1001", std::string_view email = "ana@example.com") {
  std::string body = R"({"id":"fake0v4fw0v2","object":"account",)" + std::string{state};
  body += R"(,"hosted_login_token":"FAKEHOSTEDLOGINTOKEN000000000001","shipping_addresses":[],)"
          R"("created_at":"2026-01-06T09:00:00Z","updated_at":"2026-01-06T09:00:00Z","code":")";
  body.append(code).append(R"(","username":null,"email":")").append(email);
  body += R"(","first_name":"Ana","last_name":"Example","company":null,"tax_exempt":false,)"
          R"("bill_to":"self","address":{"phone":"+15555550100","street1":"1 Example Street",)"
          R"("street2":null,"city":"Springfield","region":"IL","postal_code":"62701",)"
          R"("country":"US"},"billing_info":null,"custom_fields":)";
  return body.append(fields) + "}";
}

std::string inactive() {
  return account(R"("state":"inactive","deleted_at":"2026-02-01T09:00:00Z")");
}

std::string list(std::string_view accounts, std::string_view next = {}) {
  return R"({"object":"list","has_more":)" +
         (next.empty() ? std::string{R"(false,"next":null)"}
                       : R"(true,"next":")" + std::string{next} + '"') +
         R"(,"data":[)" + std::string{accounts} + "]}";
}

std::string error(std::string_view type, std::string_view params = {}) {
  return R"({"error":{"type":")" + std::string{type} + R"(","message":"No.","params":[)" +
         std::string{params} + "]}}";
}

/// What a create comes to after such an answer.
std::string created(int status, std::string_view body) {
  return summary(receive<RecurlyPolicy>(status, body));
}

florin::Customer current() {
  return read<RecurlyPolicy, florin::Retrieve>(id, 200, account()).value();
}

}  // namespace

BOOST_AUTO_TEST_CASE(sends_what_the_sheet_shows) {
  const auto sent = send<RecurlyPolicy>(full_request(), {.api_key = "fakeapikey0001"});
  BOOST_TEST(sent.has_line("POST /accounts HTTP/1.1"));
  BOOST_TEST(sent.has_line("Host: v3.recurly.com"));
  BOOST_TEST(sent.has_line("Content-Type: application/json"));
  BOOST_TEST(sent.has_line("Accept: application/vnd.recurly.v2021-02-25"));
  BOOST_TEST(sent.has_line("Authorization: Basic ZmFrZWFwaWtleTAwMDE6"));
  BOOST_TEST(sent.has_line("Idempotency-Key: key-1"));
  BOOST_TEST(sent.body == R"({"code":"m-1001","email":"ana@example.com","first_name":"Ana",)"
                          R"("last_name":"Example","address":{"phone":"+15555550100",)"
                          R"("street1":"1 Example Street","street2":"Apt 2","city":"Springfield",)"
                          R"("region":"IL","postal_code":"62701","country":"US"},)"
                          R"("custom_fields":[{"name":"tier","value":"gold"}]})");
  BOOST_TEST((sent.dropped == FieldSet{Field::description}));
}

BOOST_AUTO_TEST_CASE(leaves_out_what_is_absent) {
  const auto body = [](const florin::CreateRequest& request) {
    return send<RecurlyPolicy>(request, {.api_key = "k"}).body;
  };
  BOOST_TEST(body({.merchant_customer_id = "m"}) == R"({"code":"m"})");
  BOOST_TEST(body(documented_request()) ==
             R"({"code":"cust_user_12345","email":"john.doe@example.com","first_name":"John",)"
             R"("last_name":"Doe","address":{"phone":"+1-555-123-4567"}})");
  BOOST_TEST(body({.merchant_customer_id = "m", .name = "Plato"}) ==
             R"({"code":"m","first_name":"Plato"})");
}

BOOST_AUTO_TEST_CASE(keeps_the_limits_of_the_sheet) {
  const auto refused = [](const florin::CreateRequest& request) {
    return send<RecurlyPolicy>(request, {.api_key = "k"}).refusal();
  };
  BOOST_TEST(refused({.merchant_customer_id = std::string(50, 'm')}).empty());
  BOOST_TEST(refused({.merchant_customer_id = std::string(51, 'm')}) ==
             "invalid_field:merchant_customer_id");
  // Whether Recurly still wants lower-case letters is its own to say.
  BOOST_TEST(refused({.merchant_customer_id = ".Cust/12"}).empty());
  BOOST_TEST(refused({.merchant_customer_id = "m", .name = std::string(256, 'n')}) ==
             "invalid_field:name");
  florin::CreateRequest request{.merchant_customer_id = "m"};
  request.address.line2 = std::string(51, 'a');
  BOOST_TEST(refused(request) == "invalid_field:address.line2");
  request.address.line2 = {};
  request.metadata = {{std::string(50, 'k'), std::string(255, 'v')}};
  BOOST_TEST(refused(request).empty());
  for (const auto& [key, value] : {std::pair{std::string(51, 'k'), std::string{"v"}},
                                   {"k", std::string(256, 'v')},
                                   {"k", ""}}) {
    request.metadata = {{key, value}};
    BOOST_TEST(refused(request) == "invalid_field:metadata");
  }
}

BOOST_AUTO_TEST_CASE(reads_the_answer_of_the_sheet) {
  const std::string own =
      account(R"("state":"active")", "[]", "cust_user_12345", "john.doe@example.com");
  const auto made = receive<RecurlyPolicy>(201, own, {{"X-Request-Id", "req-1"}});
  BOOST_TEST(summary(made) == "success:fake0v4fw0v2");
  BOOST_TEST(made->request_id == "req-1");
  BOOST_TEST((made->origin == florin::Origin::created));
  const auto again = receive<RecurlyPolicy>(201, own, {{"Idempotency-Prior", "true"}});
  BOOST_TEST((again->origin == florin::Origin::replayed));
  // Somebody else's answer.
  BOOST_TEST(created(201, account()) == "unreadable_reply/unknown/502");
  BOOST_TEST(created(201, R"({"object":"account"})") == "unreadable_reply/unknown/502");
}

BOOST_AUTO_TEST_CASE(a_duplicate_is_known_by_its_parameter) {
  const auto exists = receive<RecurlyPolicy>(
      422, R"({"error":{"type":"validation","message":"Code has already been taken",)"
           R"("params":[{"param":"code","message":"has already been taken"}]}})");
  BOOST_TEST(summary(exists) == "customer_exists/in_effect/409");
  BOOST_TEST(exists.error().connector_code == "validation");
  BOOST_TEST(exists.error().connector_message == "Code has already been taken");
  BOOST_TEST(exists.error().param == "code");
  BOOST_TEST(exists.error().existing_customer_id.empty());
  BOOST_TEST(created(422, error("validation", R"({"param":"code"})")) ==
             "customer_exists/in_effect/409");
  // Of a code whose form may be refused as well the text has to say so.
  const auto refused = [](const char* code, std::string_view message) {
    const std::vector<florin::wire::HeaderView> headers;
    return summary(florin::decode<RecurlyPolicy>(
        florin::wire::ResponseView<std::vector<florin::wire::HeaderView>>{
            422, headers,
            R"({"error":{"type":"validation","message":")" + std::string{message} +
                R"(","params":[{"param":"code"}]}})"},
        florin::CreateRequest{.merchant_customer_id = code}));
  };
  for (const char* const code : {"M-1", "m/1", ".m", "-m", "m 1", "\xC3\xA9"}) {
    BOOST_TEST(refused(code, "Code is not allowed") == "invalid_data/no_effect/422", code);
    BOOST_TEST(refused(code, "Code has already been taken") == "customer_exists/in_effect/409");
  }
  for (const char* const code : {"m-1", "a.b_c@d", "1."})
    BOOST_TEST(refused(code, "Any text") == "customer_exists/in_effect/409", code);
  // The code need not be the first of several faults.
  const auto second = receive<RecurlyPolicy>(
      422, R"({"error":{"type":"validation","message":"Email is invalid, Code has already been )"
           R"(taken","params":[{"param":"email","message":"is invalid"},)"
           R"({"param":"code","message":"has already been taken"}]}})");
  BOOST_TEST(summary(second) == "customer_exists/in_effect/409");
  BOOST_TEST(
      created(422,
              R"({"error":{"type":"validation","message":"Postal code has already been taken",)"
              R"("params":[{"param":"address"}]}})") == "invalid_data/no_effect/422");
  // Other fields are something else.
  const auto email =
      receive<RecurlyPolicy>(422, R"({"error":{"type":"validation","message":"Email is invalid",)"
                                  R"("params":[{"param":"email","message":"is invalid"}]}})");
  BOOST_TEST(summary(email) == "invalid_data/no_effect/422");
  BOOST_TEST(email.error().param == "email");
  BOOST_TEST(created(422, error("transaction")) == "invalid_data/no_effect/422");
  BOOST_TEST(created(402, error("transaction")) == "rejected/no_effect/402");
}

BOOST_AUTO_TEST_CASE(reads_the_errors_of_the_sheet) {
  BOOST_TEST(created(400, error("bad_request")) == "invalid_data/no_effect/422");
  for (const char* const type : {"unauthorized", "invalid_api_key"})
    BOOST_TEST(created(401, error(type)) == "unauthorized/no_effect/401");
  for (const char* const type : {"invalid_permissions", "missing_feature"})
    for (const int status : {400, 403, 422})
      BOOST_TEST(created(status, error(type)) == "forbidden/no_effect/403");
  BOOST_TEST(created(404, error("not_found", R"({"param":"account_id"})")) ==
             "not_found/no_effect/404");
  BOOST_TEST(created(406,
                     R"({"error":{"type":"invalid_api_version",)"
                     R"("message":"Unknown Accept header.","acceptable_accept_headers":)"
                     R"(["application/vnd.recurly.v2021-02-25"]}})") == "rejected/no_effect/406");
  BOOST_TEST(created(406, error("unknown_api_version")) == "rejected/no_effect/406");
  BOOST_TEST(created(415, error("invalid_content_type")) == "rejected/no_effect/415");
  BOOST_TEST(created(429, error("rate_limited")) == "rate_limited/no_effect/429");
  const auto limited = receive<RecurlyPolicy>(
      429, R"({"error":{"type":"rate_limited","message":"Rate limit exceeded","params":[]}})",
      {{"Date", "Tue, 06 Jan 2026 09:00:00 GMT"}, {"X-RateLimit-Reset", "1767690030"}});
  BOOST_TEST(summary(limited) == "rate_limited/no_effect/429");
  BOOST_TEST((limited.error().retry_after == std::chrono::seconds{30}));
  for (const char* const type :
       {"internal_server_error", "tax_service_error", "service_not_available"})
    BOOST_TEST(created(500, error(type)) == "connector_unavailable/unknown/500");
  for (const int status : {502, 503, 504})
    BOOST_TEST(created(status, "") == "connector_unavailable/unknown/" + std::to_string(status));
  BOOST_TEST(created(403, "<html>") == "forbidden/no_effect/403");
  for (const char* const type :
       {"invalid_token", "immutable_subscription", "unavailable_in_api_version"})
    BOOST_TEST(created(422, error(type)) == "invalid_data/no_effect/422");
  // The first request with the key still runs, whatever the type.
  for (const char* const type : {"simultaneous_request", "conflict"}) {
    const auto busy = receive<RecurlyPolicy>(
        409, error(type), {{"Recurly-Should-Retry", "true"}, {"Retry-After", "2"}});
    BOOST_TEST(summary(busy) == "idempotency_conflict/unknown/409");
    BOOST_TEST(busy.error().transient);
    BOOST_TEST((busy.error().retry_after == std::chrono::seconds{2}));
  }
}

BOOST_AUTO_TEST_CASE(reads_an_account_back) {
  const auto asked = ask<RecurlyPolicy, florin::Retrieve>(id);
  BOOST_TEST(asked.has_line("GET /accounts/fake0v4fw0v2 HTTP/1.1"));
  BOOST_TEST(asked.has_line("Accept: application/vnd.recurly.v2021-02-25"));
  const auto customer = current();
  BOOST_TEST(customer.connector_customer_id() == id);
  BOOST_TEST((customer.status == florin::CustomerStatus::active));
  BOOST_TEST((customer.merchant_customer_id() == "m-1001"));
  BOOST_TEST((customer.email() == "ana@example.com"));
  BOOST_TEST((customer.given_name() == "Ana"));
  BOOST_TEST((customer.family_name() == "Example"));
  BOOST_TEST((customer.phone() == "+15555550100"));
  BOOST_TEST((customer.address_line1() == "1 Example Street"));
  BOOST_TEST(!customer.address_line2());
  BOOST_TEST((customer.address_city() == "Springfield"));
  BOOST_TEST((customer.address_state() == "IL"));
  BOOST_TEST((customer.address_zip() == "62701"));
  BOOST_TEST((customer.address_country() == "US"));
  BOOST_TEST(customer.metadata_size() == 1U);
  BOOST_TEST((customer.metadata("tier") == "gold"));
  BOOST_TEST((customer.created()->time_since_epoch().count() == 1767690000));
  const auto gone = read<RecurlyPolicy, florin::Retrieve>(id, 200, inactive());
  BOOST_TEST((gone->status == florin::CustomerStatus::deleted));
  BOOST_TEST(verdict(read<RecurlyPolicy, florin::Retrieve>(
                 id, 404, error("not_found", R"({"param":"account_id"})"))) ==
             "not_found/no_effect/404");
  // Fields that were copied from another record say so.
  const auto copied = read<RecurlyPolicy, florin::Retrieve>(
      id, 200,
      account(R"("state":"active")", R"([{"name":"a","value":"1","source_record_type":"plan",)"
                                     R"("source_record_id":"p1"},{"name":"b","value":"2"}])"));
  BOOST_TEST(copied->metadata_size() == 2U);
  BOOST_TEST((copied->metadata("b") == "2"));
}

BOOST_AUTO_TEST_CASE(changes_what_is_given) {
  const auto customer = current();
  const auto sent = request_of<RecurlyPolicy, Update>(
      change_of(id, {.email = "ana.new@example.com", .metadata_cleared = {"tier"}}, &customer));
  BOOST_TEST(sent.has_line("PUT /accounts/fake0v4fw0v2 HTTP/1.1"));
  BOOST_TEST(sent.has_line("Accept: application/vnd.recurly.v2021-02-25"));
  BOOST_TEST(sent.has_line("Idempotency-Key: key-1"));
  BOOST_TEST(sent.body == R"({"email":"ana.new@example.com",)"
                          R"("custom_fields":[{"name":"tier","value":""}]})");
  const auto body = [&customer](const florin::UpdateRequest& changes) {
    return changed_body<RecurlyPolicy>(id, changes, &customer);
  };
  BOOST_TEST(body({.metadata = {{"plan", "b"}}}) ==
             R"({"custom_fields":[{"name":"plan","value":"b"}]})");
  BOOST_TEST(body({.cleared = {Field::metadata}}) ==
             R"({"custom_fields":[{"name":"tier","value":""}]})");
  BOOST_TEST(changed_body<RecurlyPolicy>(id, {.cleared = {Field::metadata}}) == "invalid_options:");
  BOOST_TEST(body({.name = "Bo Long Name"}) == R"({"first_name":"Bo","last_name":"Long Name"})");
  // A name of one word would leave the old family name.
  BOOST_TEST(body({.name = "Bo"}) == "invalid_field:name");
  // The address goes out whole, the phone in it.
  BOOST_TEST(body({.phone = "+15555550199"}) ==
             R"({"address":{"phone":"+15555550199","street1":"1 Example Street",)"
             R"("city":"Springfield","region":"IL","postal_code":"62701","country":"US"}})");
  BOOST_TEST(body({.address = {.line1 = "2 Example Street"}}) ==
             R"({"address":{"phone":"+15555550100","street1":"2 Example Street",)"
             R"("city":"Springfield","region":"IL","postal_code":"62701","country":"US"}})");
  BOOST_TEST(body({.cleared = {Field::email}}) == "invalid_field:email");
  BOOST_TEST(body({.merchant_customer_id = "m-2"}) == "invalid_field:merchant_customer_id");
  BOOST_TEST(body({.description = "x"}) == "invalid_field:description");
  const florin::UpdateRequestView request{.connector_customer_id = id,
                                          .email = "ana.new@example.com"};
  const auto changed = answer_to<RecurlyPolicy, Update>(
      request, 200, account(R"("state":"active")", "[]", "m-1001", "ana.new@example.com"));
  BOOST_TEST_REQUIRE(changed.has_value());
  BOOST_TEST(changed->metadata_size() == 0U);
  BOOST_TEST(verdict(answer_to<RecurlyPolicy, Update>(request, 404, error("not_found"))) ==
             "not_found/no_effect/404");
  BOOST_TEST(verdict(answer_to<RecurlyPolicy, Update>(
                 request, 422, error("validation", R"({"param":"code"})"))) ==
             "invalid_data/no_effect/422");
}

BOOST_AUTO_TEST_CASE(deactivates_an_account) {
  const auto asked = ask<RecurlyPolicy, florin::Delete>(id);
  BOOST_TEST(asked.has_line("DELETE /accounts/fake0v4fw0v2 HTTP/1.1"));
  BOOST_TEST(asked.body.empty());
  const auto removed = [](int status, std::string_view body) {
    return read<RecurlyPolicy, florin::Delete>(id, status, body);
  };
  BOOST_TEST_REQUIRE(removed(200, inactive()).has_value());
  BOOST_TEST(!removed(200, inactive())->already_gone);
  BOOST_TEST(!removed(200, account()).has_value());
  const auto again =
      removed(422, R"({"error":{"type":"validation","message":"Account is already inactive",)"
                   R"("params":[]}})");
  BOOST_TEST_REQUIRE(again.has_value());
  BOOST_TEST(again->already_gone);
  BOOST_TEST(removed(404, error("not_found")).error().code == Errc::not_found);
}

BOOST_AUTO_TEST_CASE(finds_by_code_and_by_email) {
  using florin::FindByEmail;
  using florin::FindByReference;
  const florin::FindRequest code{.merchant_customer_id = "m-1001"};
  const auto by_code = request_of<RecurlyPolicy, FindByReference>(code);
  BOOST_TEST(by_code.has_line("GET /accounts/code-m-1001 HTTP/1.1"));
  BOOST_TEST(by_code.has_line("Accept: application/vnd.recurly.v2021-02-25"));
  BOOST_TEST((request_of<RecurlyPolicy, FindByReference>({.merchant_customer_id = "a@b"})
                  .has_line("GET /accounts/code-a%40b HTTP/1.1")));
  BOOST_TEST((found<RecurlyPolicy, FindByReference>(code, 200, account()) == id));
  BOOST_TEST((found<RecurlyPolicy, FindByReference>(code, 200, inactive()).empty()));
  BOOST_TEST((found<RecurlyPolicy, FindByReference>(
                  {.merchant_customer_id = "m-404"}, 404,
                  R"({"error":{"type":"not_found","message":"Couldn't find Account with code = )"
                  R"(m-404","params":[{"param":"account_id"}]}})")
                  .empty()));

  const florin::FindRequest email{.email = "ana@example.com"};
  const auto by_email = request_of<RecurlyPolicy, FindByEmail>(email);
  BOOST_TEST(by_email.has_line("GET /accounts?email=ana%40example.com&limit=200 HTTP/1.1"));
  BOOST_TEST((found<RecurlyPolicy, FindByEmail>(email, 200, list(account())) == id));
  BOOST_TEST((found<RecurlyPolicy, FindByEmail>(email, 200, list(inactive())).empty()));
  BOOST_TEST(
      (found<RecurlyPolicy, FindByEmail>({.email = "nobody@example.com"}, 200, list("")).empty()));
  // The next page is a link, absolute or not, whose query alone is taken.
  const std::string next = "cursor=abc%3A1&email=ana%40example.com&limit=200";
  for (const std::string_view before : {"https://elsewhere.example/accounts?", "/accounts?"})
    BOOST_TEST((found<RecurlyPolicy, FindByEmail>(email, 200,
                                                  list(account(), std::string{before} + next)) ==
                std::string{id} + ">" + next));
  BOOST_TEST((request_of<RecurlyPolicy, FindByEmail>({.email = "ana@example.com", .page = next})
                  .has_line("GET /accounts?" + next + " HTTP/1.1")));
}

BOOST_AUTO_TEST_CASE(reads_each_example_of_the_sheet) {
  reads_as<RecurlyPolicy, florin::Create>(
      {.merchant_customer_id = "m-1001", .email = "ana@example.com"}, 201,
      R"({"id":"fake0v4fw0v2","object":"account","state":"active",)"
      R"("hosted_login_token":"FAKEHOSTEDLOGINTOKEN000000000001","shipping_addresses":[],)"
      R"("has_live_subscription":false,"has_active_subscription":false,)"
      R"("has_future_subscription":false,"has_canceled_subscription":false,)"
      R"("has_paused_subscription":false,"has_past_due_invoice":false,)"
      R"("created_at":"2026-01-06T09:00:00Z","updated_at":"2026-01-06T09:00:00Z",)"
      R"("deleted_at":null,"code":"m-1001","username":null,"email":"ana@example.com",)"
      R"("first_name":"Ana","last_name":"Example","company":null,"tax_exempt":false,)"
      R"("bill_to":"self","address":{"phone":"+15555550100","street1":"1 Example Street",)"
      R"("street2":"Apt 2","city":"Springfield","region":"IL","postal_code":"62701",)"
      R"("country":"US"},"billing_info":null,"custom_fields":[{"name":"tier","value":"gold"}]})",
      "success:fake0v4fw0v2");
  reads_as<RecurlyPolicy, florin::Create>(
      {.merchant_customer_id = "mc-0001", .email = "ana.example@example.com"}, 401,
      R"({"error":{"type":"unauthorized","message":"Invalid API key","params":[]}})",
      "unauthorized/no_effect/401|unauthorized|Invalid API key");
  reads_as<RecurlyPolicy, florin::Create>(
      {.merchant_customer_id = "mc-0001", .email = "ana.example@example.com"}, 429,
      R"({"error":{"type":"rate_limited","message":"Rate limit exceeded","params":[]}})",
      "rate_limited/no_effect/429|rate_limited|Rate limit exceeded");
  reads_as<RecurlyPolicy, florin::Retrieve>(
      {"fake0v4fw0v2"}, 200,
      R"({"id":"fake0v4fw0v2","object":"account","state":"active",)"
      R"("created_at":"2026-01-06T09:00:00Z","updated_at":"2026-01-06T09:00:00Z",)"
      R"("deleted_at":null,"code":"m-1001","email":"ana@example.com","first_name":"Ana",)"
      R"("last_name":"Example","address":{"phone":"+15555550100","street1":"1 Example Street",)"
      R"("street2":null,"city":"Springfield","region":"IL","postal_code":"62701",)"
      R"("country":"US"},"custom_fields":[{"name":"tier","value":"gold"}]})",
      "ACTIVE|merchant_customer_id=m-1001|email=ana@example.com|given_name=Ana|"
      "family_name=Example|phone=+15555550100|address.line1=1 Example Street|"
      "address.city=Springfield|address.state=IL|address.zip=62701|address.country=US|"
      "tier:gold|created 1767690000");
  reads_as<RecurlyPolicy, florin::FindByEmail>(
      {.email = "nobody@example.com"}, 200,
      R"({"object":"list","has_more":false,"next":null,"data":[]})", "");
}

namespace {

/// Whoever is deleted is deactivated.
florin_test::Trial trial() {
  auto trial = florin_test::trial_of<florin::RecurlyPolicy>(florin::testing::recurly());
  trial.inactive = {"state", "inactive"};
  return trial;
}

}  // namespace

BOOST_AUTO_TEST_CASE(conforms) {
  florin_test::conforms<florin::RecurlyPolicy>(florin::testing::recurly());
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
