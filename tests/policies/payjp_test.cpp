// SPDX-License-Identifier: Apache-2.0
#include <florin/ensure.hpp>
#include <florin/policies/payjp.hpp>
#include <florin/repetition.hpp>
#include <florin/testing/processors/payjp.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

#include "policies/exchange.hpp"
#include "policies/operations.hpp"
#include "trials/conforms.hpp"
#include "trials/faults.hpp"
#include "trials/lives.hpp"
#include "trials/trial.hpp"

BOOST_AUTO_TEST_SUITE(policies_payjp)

using namespace florin_test;
using florin::Errc;
using florin::Field;
using florin::FieldSet;
using florin::PayjpPolicy;
using florin::Update;

static_assert(florin::ConnectorPolicy<PayjpPolicy>);
static_assert(florin::required_fields<PayjpPolicy> == FieldSet{Field::merchant_customer_id});
static_assert(florin::repetition<PayjpPolicy> == florin::Repetition::names_customer);
static_assert(florin::ensure_guarantee<PayjpPolicy> == florin::EnsureGuarantee::by_uniqueness);
static_assert(!florin::carries<PayjpPolicy, florin::field::Name>);
static_assert(!florin::offers<PayjpPolicy, florin::FindByEmail>);
static_assert(!florin::shows_deleted<PayjpPolicy>);
static_assert(florin::max_length<PayjpPolicy, florin::field::Description> ==
              florin::wire::unlimited);

namespace {

constexpr std::string_view id = "mc-0001";

/// The customer of section 8.5.
constexpr std::string_view sheet_record =
    R"({"cards":{"count":0,"data":[],"has_more":false,"object":"list",)"
    R"("url":"/v1/customers/mc-0001/cards"},"created":1767600000,"default_card":null,)"
    R"("description":"Ana Example","email":"ana.example@example.com","id":"mc-0001",)"
    R"("livemode":false,"metadata":{"tier":"gold"},"object":"customer",)"
    R"("subscriptions":{"count":0,"data":[],"has_more":false,"object":"list",)"
    R"("url":"/v1/customers/mc-0001/subscriptions"}})";

/// An error answer; `param` may be empty.
std::string error(std::string_view code, std::string_view type, int status,
                  std::string_view param = {}) {
  std::string body = R"({"error":{"code":")" + std::string{code} + R"(","message":"No.",)";
  if (!param.empty()) body += R"("param":")" + std::string{param} + R"(",)";
  return body + R"("status":)" + std::to_string(status) + R"(,"type":")" + std::string{type} +
         R"("}})";
}

/// What a create comes to after such an answer.
std::string created(int status, std::string_view body) {
  return summary(receive<PayjpPolicy>(status, body));
}

}  // namespace

BOOST_AUTO_TEST_CASE(sends_what_the_sheet_shows) {
  const auto sent = send<PayjpPolicy>({.merchant_customer_id = "mc-0001",
                                       .email = "ana.example@example.com",
                                       .description = "Ana Example",
                                       .metadata = {{"tier", "gold"}}},
                                      {.api_key = "sk_test_FAKEKEY0001"});
  BOOST_TEST(sent.has_line("POST /v1/customers HTTP/1.1"));
  BOOST_TEST(sent.has_line("Host: api.pay.jp"));
  BOOST_TEST(sent.has_line("Content-Type: application/x-www-form-urlencoded"));
  BOOST_TEST(sent.has_line("Accept: application/json"));
  BOOST_TEST(sent.has_line("Authorization: Basic c2tfdGVzdF9GQUtFS0VZMDAwMTo="));
  BOOST_TEST(sent.head.find("key-1") == std::string::npos);
  BOOST_TEST(sent.head.find("Payjp-Account") == std::string::npos);
  BOOST_TEST(sent.body ==
             "id=mc-0001&email=ana.example%40example.com&description=Ana%20Example"
             "&metadata[tier]=gold");
  BOOST_TEST(sent.dropped.empty());
}

BOOST_AUTO_TEST_CASE(sends_what_the_official_sdk_sends) {
  const auto sent =
      send<PayjpPolicy>(documented_request(), {.api_key = "sk_test_fake_secret_for_captures"});
  BOOST_TEST(sent.has_line("Authorization: Basic c2tfdGVzdF9mYWtlX3NlY3JldF9mb3JfY2FwdHVyZXM6"));
  BOOST_TEST(sent.body ==
             "id=cust_user_12345&email=john.doe%40example.com"
             "&description=Premium%20plan%20subscriber");
  BOOST_TEST((sent.dropped == FieldSet{Field::name, Field::phone}));
}

BOOST_AUTO_TEST_CASE(leaves_out_what_is_absent) {
  const auto sent =
      send<PayjpPolicy>({.merchant_customer_id = "m"}, {.api_key = "k", .account = "acct_1"});
  BOOST_TEST(sent.body == "id=m");
  BOOST_TEST(sent.has_line("Payjp-Account: acct_1"));
  auto request = full_request();
  request.description = "\xE3\x81\x82 & b=c";
  const auto full = send<PayjpPolicy>(request, {.api_key = "k"});
  BOOST_TEST(full.body ==
             "id=m-1001&email=ana%40example.com&description=%E3%81%82%20%26%20b%3Dc"
             "&metadata[tier]=gold");
  BOOST_TEST(
      (full.dropped == (FieldSet{Field::name, Field::phone} | florin::field::Address::carried)));
}

BOOST_AUTO_TEST_CASE(refuses_what_the_sheet_rules_out) {
  const auto refused = [](const florin::CreateRequest& request) {
    return send<PayjpPolicy>(request, {.api_key = "k"}).refusal();
  };
  florin::CreateRequest request{.merchant_customer_id = "m"};
  request.metadata = {{"k", std::string(500, 'v')}};
  BOOST_TEST(refused(request).empty());
  request.metadata = {{"k", std::string(501, 'v')}};
  BOOST_TEST(refused(request) == "invalid_field:metadata");
  request.metadata = {{"k", ""}};
  BOOST_TEST(refused(request) == "invalid_field:metadata");
  request.metadata = {{"k[", "v"}};
  BOOST_TEST(refused(request) == "invalid_field:metadata");
  request.metadata = {};
  for (int i = 0; i < 20; ++i) request.metadata.set("key" + std::to_string(i), "v");
  BOOST_TEST(refused(request).empty());
  request.metadata = {{std::string(60, 'k'), "v"}};
  BOOST_TEST(refused(request).empty());
  BOOST_TEST(refused({.merchant_customer_id = "m", .email = "x"}) == "invalid_field:email");
  BOOST_TEST(refused({.merchant_customer_id = "m", .description = std::string(5000, 'd')}).empty());
}

BOOST_AUTO_TEST_CASE(a_reference_that_can_be_no_id_is_refused) {
  // A customer of such an id would be made, and never be read again.
  for (const char* const reference : {"a/b", "a?b", "a b", "..", "\xC3\xA9"})
    BOOST_TEST(send<PayjpPolicy>({.merchant_customer_id = reference}, {.api_key = "k"}).refusal() ==
                   "invalid_field:merchant_customer_id",
               reference);
  for (const char* const reference : {"a.b", "a:b@c", "cus_1"})
    BOOST_TEST(
        send<PayjpPolicy>({.merchant_customer_id = reference}, {.api_key = "k"}).refusal().empty(),
        reference);
  BOOST_TEST(send<PayjpPolicy>({.merchant_customer_id = std::string(200, 'm')}, {.api_key = "k"})
                 .refusal()
                 .empty());
}

BOOST_AUTO_TEST_CASE(reads_the_answer_of_the_sheet) {
  const auto answer = [](std::string_view reference) {
    std::string body{sheet_record};
    body.replace(body.find("\"id\":\"mc-0001\""), 14, "\"id\":\"" + std::string{reference} + '"');
    const std::string_view email = "ana.example@example.com";
    body.replace(body.find(email), email.size(), "john.doe@example.com");
    return receive<PayjpPolicy>(200, body);
  };
  BOOST_TEST(summary(answer("cust_user_12345")) == "success:cust_user_12345");
  // Somebody else's answer.
  BOOST_TEST(summary(answer("mc-0001")) == "unreadable_reply/unknown/502");
  BOOST_TEST(created(200, R"({"object":"customer"})") == "unreadable_reply/unknown/502");
}

BOOST_AUTO_TEST_CASE(a_duplicate_is_known_by_its_code) {
  constexpr std::string_view body =
      R"({"error":{"code":"already_exist_id","message":"The specified id already exists.",)"
      R"("param":"id","status":400,"type":"client_error"}})";
  const auto exists = receive<PayjpPolicy>(400, body);
  BOOST_TEST(summary(exists) == "customer_exists/in_effect/409");
  BOOST_TEST(exists.error().existing_customer_id == "cust_user_12345");
  BOOST_TEST(exists.error().connector_code == "already_exist_id");
  BOOST_TEST(exists.error().connector_type == "client_error");
  BOOST_TEST(exists.error().connector_message == "The specified id already exists.");
  BOOST_TEST(exists.error().param == "id");
  const auto used = receive<PayjpPolicy>(400, body, {}, florin::OnExists::use_existing);
  BOOST_TEST(summary(used) == "success:cust_user_12345");
  BOOST_TEST((used->origin == florin::Origin::already_existed));
}

BOOST_AUTO_TEST_CASE(reads_the_errors_of_the_sheet) {
  for (const char* const code :
       {"invalid_email", "invalid_string_length", "invalid_flexible_id", "too_many_metadata_keys",
        "invalid_metadata_key", "invalid_metadata_value", "invalid_param_key", "missing_param",
        "no_param", "invalid_id"})
    BOOST_TEST(created(400, error(code, "client_error", 400, "p")) == "invalid_data/no_effect/422",
               code);
  BOOST_TEST(receive<PayjpPolicy>(400, error("invalid_email", "client_error", 400, "email"))
                 .error()
                 .param == "email");
  const auto unauthorized = receive<PayjpPolicy>(
      401, R"({"error":{"code":"invalid_api_key","message":"Invalid API Key: sk_test_********",)"
           R"("status":401,"type":"auth_error"}})");
  BOOST_TEST(summary(unauthorized) == "unauthorized/no_effect/401");
  BOOST_TEST(created(401, error("no_api_key", "auth_error", 401)) == "unauthorized/no_effect/401");
  for (const int status : {400, 402, 403})
    BOOST_TEST(created(status, error("not_activated_account", "client_error", status)) ==
               "forbidden/no_effect/403");
  BOOST_TEST(created(429, error("over_capacity", "client_error", 429)) ==
             "rate_limited/no_effect/429");
  for (const char* const code : {"payjp_wrong", "pg_wrong"})
    BOOST_TEST(created(500, error(code, "server_error", 500)) ==
               "connector_unavailable/unknown/500");
  BOOST_TEST(created(405, error("x", "not_allowed_method_error", 405)) == "rejected/no_effect/405");
  BOOST_TEST(created(502, "<html>") == "connector_unavailable/unknown/502");
}

BOOST_AUTO_TEST_CASE(reads_a_customer_back) {
  const auto asked = ask<PayjpPolicy, florin::Retrieve>(id);
  BOOST_TEST(asked.has_line("GET /v1/customers/mc-0001 HTTP/1.1"));
  BOOST_TEST(asked.body.empty());
  BOOST_TEST(
      (ask<PayjpPolicy, florin::Retrieve>("a:b").has_line("GET /v1/customers/a%3Ab HTTP/1.1")));
  const auto customer = read<PayjpPolicy, florin::Retrieve>(id, 200, sheet_record);
  BOOST_TEST_REQUIRE(customer.has_value());
  BOOST_TEST(customer->connector_customer_id() == id);
  BOOST_TEST((customer->merchant_customer_id() == "mc-0001"));
  BOOST_TEST((customer->email() == "ana.example@example.com"));
  BOOST_TEST((customer->description() == "Ana Example"));
  BOOST_TEST(!customer->name());
  BOOST_TEST(customer->metadata_size() == 1U);
  BOOST_TEST((customer->metadata("tier") == "gold"));
  BOOST_TEST((customer->created()->time_since_epoch().count() == 1767600000));
  const auto bare = read<PayjpPolicy, florin::Retrieve>(
      "cus_1", 200,
      R"({"id":"cus_1","email":null,"description":null,"metadata":null,"created":1767600000})");
  BOOST_TEST_REQUIRE(bare.has_value());
  BOOST_TEST(!bare->email());
  BOOST_TEST(bare->metadata_size() == 0U);
  BOOST_TEST((read<PayjpPolicy, florin::Retrieve>("mc-1", 200, sheet_record).error().code ==
              Errc::unreadable_reply));
}

BOOST_AUTO_TEST_CASE(whoever_is_missing_is_told_in_several_ways) {
  for (const char* const code : {"invalid_id", "not_found"})
    for (const int status : {400, 404}) {
      const std::string body = error(code, "client_error", status, "id");
      BOOST_TEST(verdict(read<PayjpPolicy, florin::Retrieve>(id, status, body)) ==
                 "not_found/no_effect/404");
      BOOST_TEST(verdict(read<PayjpPolicy, florin::Delete>(id, status, body)) ==
                 "not_found/no_effect/404");
      BOOST_TEST(verdict(answer_to<PayjpPolicy, Update>(
                     {.connector_customer_id = id, .email = "a@b.example"}, status, body)) ==
                 "not_found/no_effect/404");
      BOOST_TEST(
          (found<PayjpPolicy, florin::FindByReference>({.merchant_customer_id = id}, status, body)
               .empty()));
    }
}

BOOST_AUTO_TEST_CASE(changes_what_is_given) {
  const auto current = read<PayjpPolicy, florin::Retrieve>(id, 200, sheet_record).value();
  const auto sent = request_of<PayjpPolicy, Update>(
      change_of(id, {.email = "ana.new@example.com", .metadata = {{"tier", "silver"}}}, &current));
  BOOST_TEST(sent.has_line("POST /v1/customers/mc-0001 HTTP/1.1"));
  BOOST_TEST(sent.has_line("Content-Type: application/x-www-form-urlencoded"));
  BOOST_TEST(sent.body == "email=ana.new%40example.com&metadata[tier]=silver");
  const auto body = [&current](const florin::UpdateRequest& changes) {
    return changed_body<PayjpPolicy>(id, changes, &current);
  };
  BOOST_TEST(body({.description = "x"}) == "description=x");
  // Entries that stay go out again, since they might be lost.
  BOOST_TEST(body({.metadata = {{"plan", "b"}}}) == "metadata[tier]=gold&metadata[plan]=b");
  BOOST_TEST(changed_body<PayjpPolicy>(id, {.metadata = {{"plan", "b"}}}) == "invalid_options:");
  BOOST_TEST(body({.name = "Ana"}) == "invalid_field:name");
  BOOST_TEST(body({.merchant_customer_id = "m-2"}) == "invalid_field:merchant_customer_id");
  BOOST_TEST(body({.cleared = {Field::email}}) == "invalid_field:email");
  BOOST_TEST(body({.cleared = {Field::metadata}}) == "invalid_field:metadata");
  BOOST_TEST(body({.metadata_cleared = {"tier"}}) == "invalid_field:metadata");
  const florin::UpdateRequestView request{.connector_customer_id = id, .email = "a@b.example"};
  const auto changed = answer_to<PayjpPolicy, Update>(request, 200, sheet_record);
  BOOST_TEST_REQUIRE(changed.has_value());
  BOOST_TEST((changed->merchant_customer_id() == "mc-0001"));
  BOOST_TEST(verdict(answer_to<PayjpPolicy, Update>(request, 400,
                                                    error("no_param", "client_error", 400))) ==
             "invalid_data/no_effect/422");
}

BOOST_AUTO_TEST_CASE(deletes_a_customer) {
  const auto asked = ask<PayjpPolicy, florin::Delete>(id);
  BOOST_TEST(asked.has_line("DELETE /v1/customers/mc-0001 HTTP/1.1"));
  BOOST_TEST(asked.body.empty());
  const auto removed = [](std::string_view body) {
    return verdict(read<PayjpPolicy, florin::Delete>(id, 200, body));
  };
  BOOST_TEST(removed(R"({"deleted":true,"id":"mc-0001","livemode":false})") == "success");
  BOOST_TEST(removed(R"({"deleted":false,"id":"mc-0001","livemode":false})") != "success");
  BOOST_TEST(removed(R"({"deleted":true,"id":"mc-0002","livemode":false})") ==
             "unreadable_reply/unknown/502");
}

BOOST_AUTO_TEST_CASE(finds_by_the_reference_that_is_the_id) {
  using florin::FindByReference;
  const florin::FindRequest request{.merchant_customer_id = id};
  const auto asked = request_of<PayjpPolicy, FindByReference>(request);
  BOOST_TEST(asked.has_line("GET /v1/customers/mc-0001 HTTP/1.1"));
  BOOST_TEST((found<PayjpPolicy, FindByReference>(request, 200, sheet_record) == "mc-0001"));
  BOOST_TEST(
      (found<PayjpPolicy, FindByReference>({.merchant_customer_id = "mc-2"}, 200, sheet_record)
           .empty()));
  BOOST_TEST((found<PayjpPolicy, FindByReference>(
                  request, 401, error("invalid_api_key", "auth_error", 401)) == "unauthorized"));
}

BOOST_AUTO_TEST_CASE(reads_each_example_of_the_sheet) {
  reads_as<PayjpPolicy, florin::Retrieve>(
      {"mc-404"}, 404,
      R"({"error":{"code":"invalid_id","message":"No such customer: mc-404","param":"id",)"
      R"("status":404,"type":"client_error"}})",
      "not_found/no_effect/404|invalid_id|No such customer: mc-404");
}

namespace {

florin_test::Trial trial() {
  return florin_test::trial_of<florin::PayjpPolicy>(florin::testing::payjp());
}

}  // namespace

BOOST_AUTO_TEST_CASE(conforms) {
  florin_test::conforms<florin::PayjpPolicy>(florin::testing::payjp());
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
