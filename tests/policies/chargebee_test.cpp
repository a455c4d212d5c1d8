// SPDX-License-Identifier: Apache-2.0
#include <florin/ensure.hpp>
#include <florin/policies/chargebee.hpp>
#include <florin/repetition.hpp>
#include <florin/testing/processors/chargebee.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

#include "policies/exchange.hpp"
#include "policies/operations.hpp"
#include "trials/conforms.hpp"
#include "trials/faults.hpp"
#include "trials/lives.hpp"
#include "trials/trial.hpp"

BOOST_AUTO_TEST_SUITE(policies_chargebee)

using namespace florin_test;
using florin::ChargebeePolicy;
using florin::Errc;
using florin::Field;
using florin::FieldSet;
using florin::Update;

static_assert(florin::ConnectorPolicy<ChargebeePolicy>);
static_assert(florin::required_fields<ChargebeePolicy> == FieldSet{Field::merchant_customer_id});
static_assert(florin::repetition<ChargebeePolicy> == florin::Repetition::replayed);
static_assert(florin::ensure_guarantee<ChargebeePolicy> == florin::EnsureGuarantee::by_key);
static_assert(florin::carries<ChargebeePolicy, florin::field::Address>);
static_assert(!florin::carries<ChargebeePolicy, florin::field::Address, Update>);
static_assert(!florin::carries<ChargebeePolicy, florin::field::Description>);
static_assert(!florin::shows_deleted<ChargebeePolicy>);
static_assert(florin::max_length<ChargebeePolicy, florin::field::Email> == 70U);
static_assert(florin::max_length<ChargebeePolicy, florin::field::AddressZip> == 20U);

namespace {

constexpr std::string_view id = "m-1001";

/// The customer of section 8.5.
std::string customer(std::string_view of = "m-1001", std::string_view deleted = "false",
                     std::string_view email = "ana@example.com") {
  std::string text = R"({"customer":{"id":")";
  text.append(of).append(R"(","first_name":"Ana","last_name":"Example","email":")");
  text.append(email);
  text += R"(","phone":"+15555550100","auto_collection":"on","created_at":1767690000,)"
          R"("updated_at":1767690000,"resource_version":1767690000000,"deleted":)";
  text.append(deleted);
  return text += R"(,"object":"customer","billing_address":{"line1":"1 Example Street",)"
                 R"("city":"Springfield","country":"US","object":"billing_address"},)"
                 R"("meta_data":{"tier":"gold"}}})";
}

std::string error(std::string_view code, std::string_view param = {},
                  std::string_view type = "invalid_request") {
  std::string text = R"({"message":"No.","type":")" + std::string{type} +
                     R"(","api_error_code":")" + std::string{code} + '"';
  if (!param.empty()) text += R"(,"param":")" + std::string{param} + '"';
  return text + '}';
}

/// What a create comes to after such an answer.
std::string created(int status, std::string_view body) {
  return summary(receive<ChargebeePolicy>(status, body));
}

Sent sent_by(const florin::CreateRequest& request,
             florin::Environment environment = florin::Environment::sandbox) {
  return send<ChargebeePolicy>(request, {.site = "fakesite", .api_key = "test_FAKEKEY0001"},
                               {.environment = environment, .idempotency_key = "key-1"});
}

constexpr std::string_view quiet = "chargebee-event-email: all-disabled";

}  // namespace

BOOST_AUTO_TEST_CASE(sends_what_the_sheet_shows) {
  florin::CreateRequest request{.merchant_customer_id = "m-1001",
                                .email = "ana@example.com",
                                .name = "Ana Example",
                                .phone = "+15555550100",
                                .metadata = {{"tier", "gold"}}};
  request.address.line1 = "1 Example Street";
  request.address.city = "Springfield";
  request.address.country = "US";
  const auto sent = sent_by(request);
  BOOST_TEST(sent.has_line("POST /api/v2/customers HTTP/1.1"));
  BOOST_TEST(sent.has_line("Host: fakesite-test.chargebee.com"));
  BOOST_TEST(sent.has_line("Content-Type: application/x-www-form-urlencoded"));
  BOOST_TEST(sent.has_line("Accept: application/json"));
  BOOST_TEST(sent.has_line("Authorization: Basic dGVzdF9GQUtFS0VZMDAwMTo="));
  BOOST_TEST(sent.has_line("chargebee-idempotency-key: key-1"));
  BOOST_TEST(sent.has_line(quiet));
  BOOST_TEST(sent.head.find("chargebee-event-webhook") == std::string::npos);
  BOOST_TEST(sent.body ==
             "id=m-1001&first_name=Ana&last_name=Example&email=ana%40example.com"
             "&phone=%2B15555550100&meta_data=%7B%22tier%22%3A%22gold%22%7D"
             "&billing_address[line1]=1%20Example%20Street&billing_address[city]=Springfield"
             "&billing_address[country]=US");
  BOOST_TEST(sent.dropped.empty());
  BOOST_TEST(sent_by(request, florin::Environment::live).has_line("Host: fakesite.chargebee.com"));
}

BOOST_AUTO_TEST_CASE(sends_all_that_has_a_place) {
  const auto sent = sent_by(full_request());
  BOOST_TEST(sent.body.ends_with(
      "&billing_address[line1]=1%20Example%20Street&billing_address[line2]=Apt%202"
      "&billing_address[city]=Springfield&billing_address[state_code]=IL&billing_address[zip]=62701"
      "&billing_address[country]=US"));
  BOOST_TEST((sent.dropped == FieldSet{Field::description}));
  BOOST_TEST(sent_by({.merchant_customer_id = "m"}).body == "id=m");
  BOOST_TEST(sent_by(documented_request()).body ==
             "id=cust_user_12345&first_name=John&last_name=Doe&email=john.doe%40example.com"
             "&phone=%2B1-555-123-4567");
  // The text is JSON, whatever is in it, and then encoded.
  florin::CreateRequest request{.merchant_customer_id = "m"};
  request.metadata = {{"a\"&[b]", "x=\xC3\xA9\n"}};
  BOOST_TEST(sent_by(request).body ==
             "id=m&meta_data=%7B%22a%5C%22%26%5Bb%5D%22%3A%22x%3D%C3%A9%5Cn%22%7D");
}

BOOST_AUTO_TEST_CASE(a_state_is_a_code_or_a_name) {
  const auto sent = [](std::string_view state, std::string_view country) {
    florin::CreateRequest request{.merchant_customer_id = "m"};
    request.address.state = state;
    request.address.country = country;
    const std::string body = sent_by(request).body;
    return body.substr(std::min(body.size(), std::string_view{"id=m&billing_address"}.size()));
  };
  BOOST_TEST(sent("IL", "US") == "[state_code]=IL&billing_address[country]=US");
  BOOST_TEST(sent("ON", "ca") == "[state_code]=ON&billing_address[country]=CA");
  BOOST_TEST(sent("KA", "IN") == "[state_code]=KA&billing_address[country]=IN");
  BOOST_TEST(sent("Illinois", "US") == "[state]=Illinois&billing_address[country]=US");
  BOOST_TEST(sent("il", "US") == "[state]=il&billing_address[country]=US");
  BOOST_TEST(sent("BY", "DE") == "[state]=BY&billing_address[country]=DE");
  BOOST_TEST(sent("IL", "") == "[state]=IL");
  BOOST_TEST(sent("", "US") == "[country]=US");
}

BOOST_AUTO_TEST_CASE(the_code_of_a_state_is_read_before_its_name) {
  const auto state = [](std::string_view address) {
    const auto ana = customer_of<ChargebeePolicy>(
        id, R"({"customer":{"id":"m-1001","billing_address":{)" + std::string{address} + "}}}");
    return std::string{ana.get(Field::address_state).value_or("-")};
  };
  BOOST_TEST(state(R"("state":"Illinois","state_code":"IL")") == "IL");
  BOOST_TEST(state(R"("state_code":"IL","state":"Illinois")") == "IL");
  BOOST_TEST(state(R"("state":"Illinois","state_code":"")") == "Illinois");
  BOOST_TEST(state(R"("state":"Bayern","state_code":null)") == "Bayern");
  BOOST_TEST(state(R"("city":"Bern")") == "-");
}

BOOST_AUTO_TEST_CASE(keeps_the_limits_of_the_sheet) {
  const auto refused = [](const florin::CreateRequest& request) {
    return sent_by(request).refusal();
  };
  const auto long_reference = [](std::size_t size) {
    return florin::CreateRequest{.merchant_customer_id = std::string(size, 'm')};
  };
  BOOST_TEST(refused(long_reference(50)).empty());
  BOOST_TEST(refused(long_reference(51)) == "invalid_field:merchant_customer_id");
  // A customer of such an id would be made, and never be read again.
  for (const char* const reference : {"a/b", "a b", ".", "\xC3\xA9"})
    BOOST_TEST(refused({.merchant_customer_id = reference}) == "invalid_field:merchant_customer_id",
               reference);
  BOOST_TEST(refused({.merchant_customer_id = "a.b:c@d"}).empty());
  BOOST_TEST(refused({.merchant_customer_id = "m", .name = std::string(151, 'n')}) ==
             "invalid_field:name");
  BOOST_TEST(refused({.merchant_customer_id = "m", .phone = std::string(51, '1')}) ==
             "invalid_field:phone");
  florin::EncodeOptions options{.environment = florin::Environment::sandbox};
  const std::string longest(100, 'k');
  options.idempotency_key = longest;
  const ChargebeePolicy::Credentials keys{.site = "fakesite", .api_key = "k"};
  BOOST_TEST(send<ChargebeePolicy>({.merchant_customer_id = "m"}, keys, options).refusal().empty());
  const std::string longer(101, 'k');
  options.idempotency_key = longer;
  BOOST_TEST(send<ChargebeePolicy>({.merchant_customer_id = "m"}, keys, options).refusal() ==
             "invalid_idempotency_key:");
}

BOOST_AUTO_TEST_CASE(a_site_is_a_name_alone) {
  for (const char* const site : {"", "a.b", "evil.example/", "a b", "-a", "a@b"})
    BOOST_TEST(send<ChargebeePolicy>({.merchant_customer_id = "m"}, {.site = site, .api_key = "k"})
                       .refusal() == "invalid_credentials:",
               site);
}

BOOST_AUTO_TEST_CASE(reads_the_answer_of_the_sheet) {
  const std::string own = customer("cust_user_12345", "false", "john.doe@example.com");
  BOOST_TEST(created(200, own) == "success:cust_user_12345");
  const auto again =
      receive<ChargebeePolicy>(200, own, {{"chargebee-idempotency-replayed", "true"}});
  BOOST_TEST((again->origin == florin::Origin::replayed));
  // Somebody else's answer.
  BOOST_TEST(created(200, customer()) == "unreadable_reply/unknown/502");
  BOOST_TEST(created(200, R"({"customer":{"object":"customer"}})") ==
             "unreadable_reply/unknown/502");
}

BOOST_AUTO_TEST_CASE(a_duplicate_is_known_by_its_code) {
  constexpr std::string_view body =
      R"({"message":"id : The value m-1001 is already present.","type":"invalid_request",)"
      R"("api_error_code":"duplicate_entry","param":"id"})";
  const auto exists = receive<ChargebeePolicy>(400, body);
  BOOST_TEST(summary(exists) == "customer_exists/in_effect/409");
  BOOST_TEST(exists.error().existing_customer_id == "cust_user_12345");
  BOOST_TEST(exists.error().connector_code == "duplicate_entry");
  BOOST_TEST(exists.error().connector_type == "invalid_request");
  BOOST_TEST(exists.error().param == "id");
  BOOST_TEST(created(400, error("duplicate_entry")) == "customer_exists/in_effect/409");
  BOOST_TEST(created(400, error("duplicate_entry", "cf_tax_id")) == "invalid_data/no_effect/422");
  BOOST_TEST(summary(receive<ChargebeePolicy>(400, body, {}, florin::OnExists::use_existing)) ==
             "success:cust_user_12345");
}

BOOST_AUTO_TEST_CASE(reads_the_errors_of_the_sheet) {
  const auto invalid = receive<ChargebeePolicy>(
      400, R"({"message":"email : invalid email address","type":"invalid_request",)"
           R"("api_error_code":"param_wrong_value","param":"email"})");
  BOOST_TEST(summary(invalid) == "invalid_data/no_effect/422");
  BOOST_TEST(invalid.error().param == "email");
  BOOST_TEST(invalid.error().connector_message == "email : invalid email address");
  BOOST_TEST(receive<ChargebeePolicy>(400, error("param_wrong_value", "billing_address[country]"))
                 .error()
                 .param == "billing_address[country]");
  for (const char* const code :
       {"invalid_request", "payment_processing_failed", "payment_method_verification_failed"})
    BOOST_TEST(created(400, error(code)) == "invalid_data/no_effect/422");
  for (const char* const code :
       {"configuration_incompatible", "resource_limit_exceeded", "resource_limit_exhausted"})
    BOOST_TEST(created(400, error(code)) == "rejected/no_effect/400");
  BOOST_TEST(created(401, R"({"message":"Sorry, authentication failed. Invalid api key",)"
                          R"("api_error_code":"api_authentication_failed"})") ==
             "unauthorized/no_effect/401");
  for (const char* const code : {"api_authorization_failed", "request_blocked"})
    BOOST_TEST(created(403, error(code)) == "forbidden/no_effect/403");
  BOOST_TEST(created(404, error("resource_not_found")) == "not_found/no_effect/404");
  BOOST_TEST(created(404, error("site_not_found")) == "unauthorized/no_effect/401");
  BOOST_TEST(created(405, error("http_method_not_supported")) == "rejected/no_effect/405");
  BOOST_TEST(created(409, error("invalid_state_for_request")) == "rejected/unknown/409");
  BOOST_TEST(created(422, error("unable_to_process_request")) ==
             "idempotency_conflict/unknown/409");
  // It may be that the first request with the key still runs.
  const auto busy = receive<ChargebeePolicy>(409, error("in_progress"));
  BOOST_TEST(summary(busy) == "idempotency_conflict/unknown/409");
  BOOST_TEST(busy.error().transient);
  for (const char* const code :
       {"api_request_limit_exceeded", "lock_timeout", "third_party_api_request_limit_exceeded"}) {
    const auto limited =
        receive<ChargebeePolicy>(429, error(code, {}, "operation_failed"), {{"Retry-After", "3"}});
    BOOST_TEST(summary(limited) == "rate_limited/no_effect/429");
    BOOST_TEST((limited.error().retry_after == std::chrono::seconds{3}));
  }
  BOOST_TEST(created(500, error("internal_error")) == "connector_unavailable/unknown/500");
  for (const char* const code : {"internal_temporary_error", "site_not_ready",
                                 "site_read_only_mode", "db_connection_failure"})
    BOOST_TEST(created(503, error(code)) == "connector_unavailable/unknown/503");
  for (const int status : {503, 504})
    BOOST_TEST(created(status, "Service Unavailable") ==
               "connector_unavailable/unknown/" + std::to_string(status));
}

BOOST_AUTO_TEST_CASE(reads_a_customer_back) {
  const auto asked = ask<ChargebeePolicy, florin::Retrieve>(id);
  BOOST_TEST(asked.has_line("GET /api/v2/customers/m-1001 HTTP/1.1"));
  BOOST_TEST(!asked.has_line(quiet));
  BOOST_TEST(asked.body.empty());
  const auto found = read<ChargebeePolicy, florin::Retrieve>(id, 200, customer());
  BOOST_TEST_REQUIRE(found.has_value());
  BOOST_TEST(found->connector_customer_id() == id);
  BOOST_TEST((found->merchant_customer_id() == "m-1001"));
  BOOST_TEST((found->email() == "ana@example.com"));
  BOOST_TEST((found->given_name() == "Ana"));
  BOOST_TEST((found->family_name() == "Example"));
  BOOST_TEST((found->phone() == "+15555550100"));
  BOOST_TEST((found->address_line1() == "1 Example Street"));
  BOOST_TEST(!found->address_line2());
  BOOST_TEST((found->address_city() == "Springfield"));
  BOOST_TEST((found->address_country() == "US"));
  BOOST_TEST(found->metadata_size() == 1U);
  BOOST_TEST((found->metadata("tier") == "gold"));
  BOOST_TEST((found->created()->time_since_epoch().count() == 1767690000));
  BOOST_TEST((found->status == florin::CustomerStatus::active));
  const auto gone = read<ChargebeePolicy, florin::Retrieve>(id, 200, customer("m-1001", "true"));
  BOOST_TEST((gone->status == florin::CustomerStatus::deleted));
  BOOST_TEST(verdict(read<ChargebeePolicy, florin::Retrieve>(
                 id, 404,
                 R"({"message":"m-404 not found","type":"invalid_request",)"
                 R"("api_error_code":"resource_not_found","param":"customer_id"})")) ==
             "not_found/no_effect/404");
  BOOST_TEST(verdict(read<ChargebeePolicy, florin::Retrieve>(id, 404, error("site_not_found"))) ==
             "unauthorized/no_effect/401");
}

BOOST_AUTO_TEST_CASE(changes_what_is_given) {
  const auto current = read<ChargebeePolicy, florin::Retrieve>(id, 200, customer()).value();
  const auto sent = request_of<ChargebeePolicy, Update>(
      change_of(id, {.email = "ana.new@example.com", .metadata = {{"tier", "silver"}}}, &current));
  BOOST_TEST(sent.has_line("POST /api/v2/customers/m-1001 HTTP/1.1"));
  BOOST_TEST(sent.has_line("chargebee-idempotency-key: key-1"));
  BOOST_TEST(sent.has_line(quiet));
  BOOST_TEST(sent.body == "email=ana.new%40example.com&meta_data=%7B%22tier%22%3A%22silver%22%7D");
  const auto body = [&current](const florin::UpdateRequest& changes) {
    return changed_body<ChargebeePolicy>(id, changes, &current);
  };
  BOOST_TEST(body({.name = "Bo Long Name"}) == "first_name=Bo&last_name=Long%20Name");
  BOOST_TEST(body({.name = "Bo"}) == "invalid_field:name");
  // Entries that stay go out again, since they might be lost.
  BOOST_TEST(body({.metadata = {{"p", "b"}}}) ==
             "meta_data=%7B%22tier%22%3A%22gold%22%2C%22p%22%3A%22b%22%7D");
  BOOST_TEST(changed_body<ChargebeePolicy>(id, {.metadata = {{"p", "b"}}}) == "invalid_options:");
  BOOST_TEST(body({.address = {.city = "Shelbyville"}}) == "invalid_field:address.city");
  BOOST_TEST(body({.merchant_customer_id = "m-2"}) == "invalid_field:merchant_customer_id");
  for (const Field field : {Field::email, Field::phone, Field::metadata})
    BOOST_TEST(body({.cleared = {field}}) == "invalid_field:" + std::string{to_string(field)});
  BOOST_TEST(body({.metadata_cleared = {"tier"}}) == "invalid_field:metadata");
  florin::UpdateRequest both{.phone = "+15555550199"};
  both.address.city = "Shelbyville";
  const auto part = request_of<ChargebeePolicy, Update>(change_of(id, both));
  BOOST_TEST(part.body == "phone=%2B15555550199");
  BOOST_TEST((part.dropped == FieldSet{Field::address_city}));

  const florin::UpdateRequestView request{.connector_customer_id = id, .phone = "1"};
  const auto changed = answer_to<ChargebeePolicy, Update>(request, 200, customer());
  BOOST_TEST_REQUIRE(changed.has_value());
  BOOST_TEST((changed->merchant_customer_id() == "m-1001"));
  BOOST_TEST(verdict(answer_to<ChargebeePolicy, Update>(
                 request, 404, error("resource_not_found"))) == "not_found/no_effect/404");
  BOOST_TEST(verdict(answer_to<ChargebeePolicy, Update>(request, 422,
                                                        error("unable_to_process_request"))) ==
             "idempotency_conflict/unknown/409");
}

BOOST_AUTO_TEST_CASE(deletes_a_customer) {
  const auto asked = ask<ChargebeePolicy, florin::Delete>(id);
  BOOST_TEST(asked.has_line("POST /api/v2/customers/m-1001/delete HTTP/1.1"));
  BOOST_TEST(asked.has_line(quiet));
  BOOST_TEST(asked.body == "delete_payment_method=true");
  const auto removed = [](int status, std::string_view body) {
    return verdict(read<ChargebeePolicy, florin::Delete>(id, status, body));
  };
  BOOST_TEST(removed(200, R"({"customer":{"id":"m-1001","deleted":true,"object":"customer"}})") ==
             "success");
  // It is scheduled: the mark may be still to come.
  BOOST_TEST(removed(200, customer()) == "success");
  BOOST_TEST(removed(200, customer("m-1002")) == "unreadable_reply/unknown/502");
  BOOST_TEST(removed(404, error("resource_not_found")) == "not_found/no_effect/404");
  BOOST_TEST(removed(400, error("invalid_request")) == "invalid_data/no_effect/422");
  BOOST_TEST(removed(409, error("invalid_state_for_request")) == "rejected/unknown/409");
}

BOOST_AUTO_TEST_CASE(finds_by_id_and_by_email) {
  using florin::FindByEmail;
  using florin::FindByReference;
  const florin::FindRequest reference{.merchant_customer_id = id};
  BOOST_TEST((request_of<ChargebeePolicy, FindByReference>(reference).has_line(
      "GET /api/v2/customers/m-1001 HTTP/1.1")));
  BOOST_TEST((found<ChargebeePolicy, FindByReference>(reference, 200, customer()) == id));
  BOOST_TEST((
      found<ChargebeePolicy, FindByReference>(reference, 200, customer("m-1001", "true")).empty()));
  BOOST_TEST((found<ChargebeePolicy, FindByReference>(reference, 404, error("resource_not_found"))
                  .empty()));
  BOOST_TEST((found<ChargebeePolicy, FindByReference>(reference, 404, error("site_not_found")) ==
              "unauthorized"));

  const florin::FindRequest email{.email = "ana@example.com"};
  BOOST_TEST((request_of<ChargebeePolicy, FindByEmail>(email).has_line(
      "GET /api/v2/customers?email%5Bis%5D=ana%40example.com&sort_by%5Basc%5D=created_at&limit=100 "
      "HTTP/1.1")));
  const std::string first =
      R"({"list":[{"customer":{"id":"m-1001","email":"ana@example.com","deleted":false,)"
      R"("object":"customer"},"card":{"customer_id":"m-1001"}}],)"
      R"("next_offset":"[\"1767690000000\",\"100001\"]"})";
  const std::string next = R"(["1767690000000","100001"])";
  BOOST_TEST((found<ChargebeePolicy, FindByEmail>(email, 200, first) == "m-1001>" + next));
  BOOST_TEST((request_of<ChargebeePolicy, FindByEmail>({.email = "ana@example.com", .page = next})
                  .has_line("GET "
                            "/api/v2/"
                            "customers?email%5Bis%5D=ana%40example.com&sort_by%5Basc%5D=created_at&"
                            "limit=100&offset="
                            "%5B%221767690000000%22%2C%22100001%22%5D HTTP/1.1")));
  BOOST_TEST((found<ChargebeePolicy, FindByEmail>(email, 200, R"({"list":[]})").empty()));
  BOOST_TEST(
      (found<ChargebeePolicy, FindByEmail>(
           email, 200,
           R"({"list":[{"customer":{"id":"m-1","email":"ana@example.com","deleted":true}}]})")
           .empty()));
}

BOOST_AUTO_TEST_CASE(reads_each_example_of_the_sheet) {
  reads_as<ChargebeePolicy, florin::Create>(
      {.merchant_customer_id = "m-1001", .email = "ana@example.com"}, 200,
      R"({"customer":{"id":"m-1001","first_name":"Ana","last_name":"Example",)"
      R"("email":"ana@example.com","phone":"+15555550100","auto_collection":"on",)"
      R"("net_term_days":0,"allow_direct_debit":false,"created_at":1767690000,)"
      R"("updated_at":1767690000,"resource_version":1767690000000,"taxability":"taxable",)"
      R"("pii_cleared":"active","deleted":false,"object":"customer",)"
      R"("billing_address":{"line1":"1 Example Street","city":"Springfield","country":"US",)"
      R"("validation_status":"not_validated","object":"billing_address"},)"
      R"("card_status":"no_card","promotional_credits":0,"refundable_credits":0,)"
      R"("excess_payments":0,"unbilled_charges":0,"preferred_currency_code":"USD",)"
      R"("meta_data":{"tier":"gold"}}})",
      "success:m-1001");
  reads_as<ChargebeePolicy, florin::Retrieve>(
      {"m-1001"}, 404,
      R"({"message":"m-404 not found","type":"invalid_request",)"
      R"("api_error_code":"resource_not_found"})",
      "not_found/no_effect/404|resource_not_found|m-404 not found");
  reads_as<ChargebeePolicy, florin::Create>(
      {.merchant_customer_id = "mc-0001", .email = "ana.example@example.com"}, 429,
      R"({"message":"Request limit exceeded","type":"operation_failed",)"
      R"("api_error_code":"api_request_limit_exceeded"})",
      "rate_limited/no_effect/429|api_request_limit_exceeded|Request limit exceeded");
  reads_as<ChargebeePolicy, florin::Retrieve>(
      {"m-1001"}, 200,
      R"({"customer":{"id":"m-1001","first_name":"Ana","last_name":"Example",)"
      R"("email":"ana@example.com","phone":"+15555550100","auto_collection":"on",)"
      R"("created_at":1767690000,"updated_at":1767690000,"resource_version":1767690000000,)"
      R"("deleted":false,"object":"customer","billing_address":{"line1":"1 Example Street",)"
      R"("city":"Springfield","country":"US","object":"billing_address"},)"
      R"("meta_data":{"tier":"gold"}}})",
      "ACTIVE|merchant_customer_id=m-1001|email=ana@example.com|given_name=Ana|"
      "family_name=Example|phone=+15555550100|address.line1=1 Example Street|"
      "address.city=Springfield|address.country=US|tier:gold|created 1767690000");
  reads_as<ChargebeePolicy, florin::FindByEmail>(
      {.email = "ana@example.com"}, 200,
      R"({"list":[{"customer":{"id":"m-1001","email":"ana@example.com","deleted":false,)"
      R"("object":"customer"}}],"next_offset":"[\"1767690000000\",\"100001\"]"})",
      "m-1001>[\"1767690000000\",\"100001\"]");
}

namespace {

florin_test::Trial trial() {
  return florin_test::trial_of<florin::ChargebeePolicy>(florin::testing::chargebee());
}

}  // namespace

BOOST_AUTO_TEST_CASE(conforms) {
  // What the documents leave open, both ways.
  for (const bool reads_deleted : {false, true})
    for (const bool merges : {false, true})
      florin_test::conforms<florin::ChargebeePolicy>(
          florin::testing::chargebee({.reads_deleted = reads_deleted, .merges_meta_data = merges}));
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
