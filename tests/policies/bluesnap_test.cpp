// SPDX-License-Identifier: Apache-2.0
#include <florin/ensure.hpp>
#include <florin/policies/bluesnap.hpp>
#include <florin/testing/processors/bluesnap.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

#include "policies/exchange.hpp"
#include "policies/operations.hpp"
#include "trials/conforms.hpp"
#include "trials/faults.hpp"
#include "trials/lives.hpp"
#include "trials/trial.hpp"

BOOST_AUTO_TEST_SUITE(policies_bluesnap)

using namespace florin_test;
using florin::BluesnapPolicy;
using florin::Field;
using florin::FieldSet;
using florin::FindByReference;

static_assert(florin::ConnectorPolicy<BluesnapPolicy>);
static_assert(florin::has_idempotency<BluesnapPolicy>);
static_assert(florin::required_fields<BluesnapPolicy> ==
              FieldSet{Field::merchant_customer_id, Field::name});
static_assert(!florin::carries<BluesnapPolicy, florin::field::Metadata>);
static_assert(!florin::carries<BluesnapPolicy, florin::field::Description>);
static_assert(florin::max_length<BluesnapPolicy, florin::field::MerchantCustomerId> == 50);
static_assert(!florin::offers<BluesnapPolicy, florin::FindByEmail>);
static_assert(florin::ensure_guarantee<BluesnapPolicy> == florin::EnsureGuarantee::by_key);

namespace {

constexpr std::string_view id = "20769005";

/// The shopper of the documents.
const std::string shopper =
    R"({"vaultedShopperId":20769005,"merchantShopperId":"mc-0001","firstName":"Ana",)"
    R"("lastName":"Example","email":"ana.example@example.com","phone":"4155550100",)"
    R"("address":"1 Example Street","address2":"Floor 2","city":"San Francisco","state":"ca",)"
    R"("zip":"94107","country":"us","shopperCurrency":"USD","paymentSources":{}})";

constexpr std::string_view unknown_shopper =
    "User: API_FAKE_USER_0001 is not authorized to view shopper: 99999999.";
constexpr std::string_view no_rights =
    "<xml>You are not authorized to perform this request due to inappropriate role "
    "permissions.</xml>";
constexpr std::string_view too_fast = "<xml>Client request rate is too high</xml>";

std::string refusal_of(std::string_view name, std::string_view code,
                       std::string_view text = "Text.") {
  return R"({"message":[{"errorName":")" + std::string{name} + R"(","code":")" + std::string{code} +
         R"(","description":")" + std::string{text} + R"("}]})";
}

const BluesnapPolicy::Credentials api_user{.username = "API_FAKE_USER_0001",
                                           .password = "FakePassw0rd0001"};

}  // namespace

BOOST_AUTO_TEST_CASE(sends_what_the_sheet_shows) {
  const auto sent =
      send<BluesnapPolicy>({.merchant_customer_id = "mc-0001",
                            .email = "ana.example@example.com",
                            .name = "Ana Example",
                            .phone = "4155550100",
                            .address = {.line1 = "1 Example Street",
                                        .line2 = "Floor 2",
                                        .city = "San Francisco",
                                        .state = "ca",
                                        .zip = "94107",
                                        .country = "US"}},
                           api_user, {.idempotency_key = "0fa4e000-0000-4000-8000-000000000001"});
  BOOST_TEST(sent.has_line("POST /services/2/vaulted-shoppers HTTP/1.1"));
  BOOST_TEST(sent.has_line("Host: ws.bluesnap.com"));
  BOOST_TEST(sent.has_line("bluesnap-version: 3.0"));
  BOOST_TEST(
      sent.has_line("Authorization: Basic QVBJX0ZBS0VfVVNFUl8wMDAxOkZha2VQYXNzdzByZDAwMDE="));
  BOOST_TEST(sent.has_line("idempotency-key: 0fa4e000-0000-4000-8000-000000000001"));
  BOOST_TEST(sent.has_line("Content-Type: application/json"));
  BOOST_TEST(sent.has_line("Accept: application/json"));
  BOOST_TEST(sent.body ==
             R"({"merchantShopperId":"mc-0001","firstName":"Ana","lastName":"Example",)"
             R"("email":"ana.example@example.com","phone":"4155550100",)"
             R"("address":"1 Example Street","address2":"Floor 2","city":"San Francisco",)"
             R"("state":"ca","zip":"94107","country":"US"})");
  BOOST_TEST(sent.dropped.empty());
}

BOOST_AUTO_TEST_CASE(sends_what_it_can_carry) {
  const auto sent =
      send<BluesnapPolicy>(full_request(), api_user, {.environment = florin::Environment::sandbox});
  BOOST_TEST(sent.has_line("Host: sandbox.bluesnap.com"));
  BOOST_TEST(sent.head.find("idempotency-key") == std::string::npos);
  BOOST_TEST(sent.body ==
             R"({"merchantShopperId":"m-1001","firstName":"Ana","lastName":"Example",)"
             R"("email":"ana@example.com","phone":"+15555550100","address":"1 Example Street",)"
             R"("address2":"Apt 2","city":"Springfield","state":"IL","zip":"62701",)"
             R"("country":"US"})");
  BOOST_TEST((sent.dropped == FieldSet{Field::description, Field::metadata}));
  BOOST_TEST(send<BluesnapPolicy>({.merchant_customer_id = "m",
                                   .name = "Ana",
                                   .given_name = "Jos\xC3\xA9 Ana",
                                   .family_name = "de la Cruz"},
                                  api_user)
                 .body ==
             "{\"merchantShopperId\":\"m\",\"firstName\":\"Jos\xC3\xA9 Ana\","
             "\"lastName\":\"de la Cruz\"}");
}

BOOST_AUTO_TEST_CASE(refuses_what_bluesnap_would_refuse) {
  const auto refusal = [](florin::CreateRequest request, std::string_view key = "key-1") {
    request.merchant_customer_id.append("m");
    return send<BluesnapPolicy>(request, api_user, {.idempotency_key = key}).refusal();
  };
  BOOST_TEST(refusal({}) == "missing_field:name");
  BOOST_TEST(refusal({.name = "Ana"}) == "invalid_field:name");
  BOOST_TEST(refusal({.merchant_customer_id = std::string(49, 'm'), .name = "A B"}) == "");
  BOOST_TEST(refusal({.merchant_customer_id = std::string(50, 'm'), .name = "A B"}) ==
             "invalid_field:merchant_customer_id");
  BOOST_TEST(refusal({.name = std::string(100, 'A') + " B"}) == "");
  BOOST_TEST(refusal({.name = std::string(101, 'A') + " B"}) == "invalid_field:name");
  BOOST_TEST(refusal({.email = "ana", .name = "A B"}) == "invalid_field:email");
  BOOST_TEST(refusal({.name = "A B", .phone = "+1-(555).123*45#6/7\\x"}) == "");
  for (const char* const phone : {"1", "+1 555 1234567", "+1,555", "\xC3\xBC\xC3\xBC"})
    BOOST_TEST(refusal({.name = "A B", .phone = phone}) == "invalid_field:phone", phone);
  BOOST_TEST(refusal({.name = "A B", .phone = std::string(37, '1')}) == "invalid_field:phone");
  BOOST_TEST(refusal({.name = "A B", .address = {.city = "X"}}) == "invalid_field:address.city");
  BOOST_TEST(refusal({.name = "A B", .address = {.city = std::string(42, 'X')}}) == "");
  BOOST_TEST(refusal({.name = "A B", .address = {.zip = std::string(21, '1')}}) ==
             "invalid_field:address.zip");
  BOOST_TEST(refusal({.name = "A B"}, std::string(64, 'k')) == "");
  for (const std::string& key : {std::string(65, 'k'), std::string{"order_1"}})
    BOOST_TEST(refusal({.name = "A B"}, key) == "invalid_idempotency_key:", key);
}

BOOST_AUTO_TEST_CASE(reads_the_answers_of_the_sheet) {
  const auto made = [](int status, std::string_view reference) {
    return summary(receive<BluesnapPolicy>(
        status, R"({"vaultedShopperId":20769005,"merchantShopperId":")" + std::string{reference} +
                    R"(","email":"John.Doe@example.com","dateCreated":"01/05/2026"})"));
  };
  BOOST_TEST(made(200, "cust_user_12345") == "success:20769005");
  BOOST_TEST(made(201, "cust_user_12345") == "success:20769005");
  BOOST_TEST(made(200, "mc-0001") == "unreadable_reply/unknown/502");
  BOOST_TEST(summary(receive<BluesnapPolicy>(200, "<html>")) == "unreadable_reply/unknown/502");

  const auto invalid = receive<BluesnapPolicy>(
      400, R"({"message":[{"errorName":"VALIDATION_GENERAL_FAILURE","code":"10001",)"
           R"("description":"State should be left empty for countries other than US and Canada.",)"
           R"("invalidProperty":{"name":"state","messageValue":"xx"}}]})");
  BOOST_TEST(summary(invalid) == "invalid_data/no_effect/422");
  BOOST_TEST(invalid.error().connector_code == "10001");
  BOOST_TEST(invalid.error().connector_type == "VALIDATION_GENERAL_FAILURE");
  BOOST_TEST(invalid.error().connector_message ==
             "State should be left empty for countries other than US and Canada.");
  BOOST_TEST(invalid.error().param == "state");
  BOOST_TEST(invalid.error().from_processor);

  const auto said = [](int status, std::string_view name, std::string_view code) {
    return summary(receive<BluesnapPolicy>(status, refusal_of(name, code)));
  };
  BOOST_TEST(said(422, "SAME_IDEMPOTENCY_KEY_WAS_ALREADY_IN_USE_WITH_PREVIOUS_DIFFERENT_REQUEST",
                  "60101") == "idempotency_conflict/unknown/409");
  const auto running = receive<BluesnapPolicy>(
      409, refusal_of("REQUEST_WITH_SAME_IDEMPOTENCY_KEY_ALREADY_IN_PROGRESS", "60102"));
  BOOST_TEST(summary(running) == "idempotency_conflict/unknown/409");
  BOOST_TEST(running.error().transient);
  BOOST_TEST(said(400, "IDEMPOTENCY_STORE", "60106") == "connector_unavailable/unknown/503");
  for (const std::string_view code : {"60103", "60104", "13001", "20031", "15001"})
    BOOST_TEST(said(400, "NAME", code) == "invalid_data/no_effect/422", code);
  BOOST_TEST(said(400, "MISSING_VAULTED_SHOPPER_FIELDS", "20030") == "invalid_data/no_effect/422");
  for (const int status : {400, 409})
    BOOST_TEST(said(status, "SELLER_SHOPPER_ALREADY_EXISTS", "1") ==
               "customer_exists/in_effect/409");
  BOOST_TEST(said(500, "SERVER_GENERAL_FAILURE", "10000") == "connector_unavailable/unknown/500");
  // By the schema a description is all that has to be there.
  const auto bare = receive<BluesnapPolicy>(400, R"({"message":[{"description":"Bad."}]})");
  BOOST_TEST(summary(bare) == "invalid_data/no_effect/422");
  BOOST_TEST(bare.error().connector_message == "Bad.");
}

BOOST_AUTO_TEST_CASE(reads_errors_that_are_no_json) {
  const auto forbidden = receive<BluesnapPolicy>(403, no_rights);
  BOOST_TEST(summary(forbidden) == "forbidden/no_effect/403");
  BOOST_TEST(forbidden.error().connector_message == no_rights);
  for (const int status : {423, 429, 503}) {
    const auto limited = receive<BluesnapPolicy>(status, too_fast);
    BOOST_TEST(summary(limited) == "rate_limited/no_effect/429", status);
    BOOST_TEST(limited.error().from_processor, status);
    BOOST_TEST(limited.error().transient, status);
  }
  BOOST_TEST(summary(receive<BluesnapPolicy>(423, refusal_of("LIMIT", "1"))) ==
             "rate_limited/no_effect/429");
  const auto xml = receive<BluesnapPolicy>(
      400,
      R"(<messages xmlns="http://ws.plimus.com"><message><error-name>VALIDATION_GENERAL_FAILURE)"
      "</error-name><code>10001</code><description>Bad.</description></message></messages>");
  BOOST_TEST(summary(xml) == "invalid_data/no_effect/422");
  BOOST_TEST(xml.error().connector_message.starts_with("<messages"));
  for (const std::string_view body : {"", "Unauthorized"})
    BOOST_TEST(summary(receive<BluesnapPolicy>(401, body)) == "unauthorized/no_effect/401");
  BOOST_TEST(summary(receive<BluesnapPolicy>(503, "<html>")) ==
             "connector_unavailable/unknown/503");
}

BOOST_AUTO_TEST_CASE(reads_a_shopper_back) {
  const auto asked = request_of<BluesnapPolicy, florin::Retrieve>({id});
  BOOST_TEST(asked.has_line("GET /services/2/vaulted-shoppers/20769005 HTTP/1.1"));
  BOOST_TEST(asked.has_line("bluesnap-version: 3.0"));
  BOOST_TEST(asked.has_line("Accept: application/json"));
  const auto customer = read<BluesnapPolicy, florin::Retrieve>(id, 200, shopper);
  BOOST_TEST_REQUIRE(customer.has_value());
  BOOST_TEST(customer->connector_customer_id() == id);
  BOOST_TEST((customer->merchant_customer_id() == "mc-0001"));
  BOOST_TEST((customer->email() == "ana.example@example.com"));
  BOOST_TEST((customer->given_name() == "Ana"));
  BOOST_TEST((customer->family_name() == "Example"));
  BOOST_TEST((customer->phone() == "4155550100"));
  BOOST_TEST((customer->address_line1() == "1 Example Street"));
  BOOST_TEST((customer->address_line2() == "Floor 2"));
  BOOST_TEST((customer->address_city() == "San Francisco"));
  BOOST_TEST((customer->address_state() == "ca"));
  BOOST_TEST((customer->address_zip() == "94107"));
  BOOST_TEST(florin::wire::same_name(customer->address_country().value(), "US"));
  BOOST_TEST(!customer->description());
  BOOST_TEST(customer->metadata_size() == 0U);

  const auto bare =
      read<BluesnapPolicy, florin::Retrieve>(id, 200, R"({"vaultedShopperId":20769005})");
  BOOST_TEST_REQUIRE(bare.has_value());
  BOOST_TEST(!bare->merchant_customer_id());
  BOOST_TEST(verdict(read<BluesnapPolicy, florin::Retrieve>("20769006", 200, shopper)) ==
             "unreadable_reply/no_effect/502");
}

BOOST_AUTO_TEST_CASE(of_the_403_one_text_alone_is_not_found) {
  for (const int status : {403, 404}) {
    const auto missing =
        read<BluesnapPolicy, florin::Retrieve>("99999999", status, unknown_shopper);
    BOOST_TEST(verdict(missing) == "not_found/no_effect/404", status);
    BOOST_TEST(missing.error().from_processor, status);
  }
  for (const std::string_view text : {no_rights, std::string_view{"<html>"}, std::string_view{}})
    BOOST_TEST(verdict(read<BluesnapPolicy, florin::Retrieve>(id, 403, text)) ==
               "forbidden/no_effect/403");
}

BOOST_AUTO_TEST_CASE(changes_a_shopper_as_a_whole) {
  auto current = read<BluesnapPolicy, florin::Retrieve>(
      id, 200,
      R"({"vaultedShopperId":20769005,"merchantShopperId":"mc-0001","firstName":"Ana",)"
      R"("lastName":"Example","email":"ana.example@example.com","phone":"4155550100",)"
      R"("address":"1 Example Street","city":"San Francisco","state":"ca","zip":"94107",)"
      R"("paymentSources":{"creditCardInfo":[{"creditCard":{"cardLastFourDigits":"1111"},)"
      R"("billingContactInfo":{"firstName":"Other","city":"Other"}}]}})");
  BOOST_TEST_REQUIRE(current.has_value());
  const florin::UpdateRequest changes{
      .email = "ana.new@example.com", .name = "Anna Example", .phone = "4155550101"};
  const auto sent = request_of<BluesnapPolicy, florin::Update>(change_of(id, changes, &*current));
  BOOST_TEST(sent.has_line("PUT /services/2/vaulted-shoppers/20769005 HTTP/1.1"));
  BOOST_TEST(sent.has_line("Content-Type: application/json"));
  BOOST_TEST(sent.head.find("idempotency-key") == std::string::npos);
  BOOST_TEST(sent.body ==
             R"({"merchantShopperId":"mc-0001","firstName":"Anna","lastName":"Example",)"
             R"("email":"ana.new@example.com","phone":"4155550101",)"
             R"("address":"1 Example Street","city":"San Francisco","state":"ca",)"
             R"("zip":"94107"})");
  const auto body = [&current](const florin::UpdateRequest& request) {
    return changed_body<BluesnapPolicy>(id, request, &*current);
  };
  BOOST_TEST(body({.merchant_customer_id = "mc-0002"})
                 .starts_with(R"({"merchantShopperId":"mc-0002","firstName":"Ana",)"));
  BOOST_TEST(body({.name = "Ana"}) == "invalid_field:name");
  BOOST_TEST(body({.cleared = {Field::phone}}) == "invalid_field:phone");
  BOOST_TEST(body({.description = "d"}) == "invalid_field:description");
  // Nothing is sent that was not read.
  BOOST_TEST(changed_body<BluesnapPolicy>(id, changes) == "invalid_options:");

  const auto told = [](int status, std::string_view text) {
    florin::UpdateRequestView view;
    view.connector_customer_id = id;
    return answer_to<BluesnapPolicy, florin::Update>(view, status, text);
  };
  BOOST_TEST_REQUIRE(told(200, shopper).has_value());
  BOOST_TEST((told(200, shopper)->email() == "ana.example@example.com"));
  BOOST_TEST_REQUIRE(told(204, "").has_value());
  BOOST_TEST(told(204, "")->connector_customer_id() == id);
  BOOST_TEST(verdict(told(403, unknown_shopper)) == "not_found/no_effect/404");
  BOOST_TEST(verdict(told(400, refusal_of("VALIDATION_GENERAL_FAILURE", "10001"))) ==
             "invalid_data/no_effect/422");
}

BOOST_AUTO_TEST_CASE(a_delete_is_queued_or_refused) {
  const auto asked = request_of<BluesnapPolicy, florin::Delete>({id});
  BOOST_TEST(asked.has_line("DELETE /services/2/vaulted-shoppers/20769005 HTTP/1.1"));
  BOOST_TEST(asked.body.empty());
  const auto told = [](int status, std::string_view body) {
    return verdict(read<BluesnapPolicy, florin::Delete>(id, status, body));
  };
  BOOST_TEST(told(200, R"({"description":"Delete of shopper 20769005 is queued."})") == "success");
  BOOST_TEST(told(200, "{}") == "unreadable_reply/unknown/502");
  BOOST_TEST(told(400, refusal_of("DELETE_SHOPPER_VALIDATION_FAILURE", "14110",
                                  "Shopper has an active subscription.")) ==
             "rejected/no_effect/400");
  BOOST_TEST(told(403, unknown_shopper) == "not_found/no_effect/404");
}

BOOST_AUTO_TEST_CASE(finds_by_reference_alone) {
  const auto asked = [](std::string_view reference) {
    return request_of<BluesnapPolicy, FindByReference>({.merchant_customer_id = reference});
  };
  BOOST_TEST(
      asked("mc-0001").has_line("GET /services/2/vaulted-shoppers/merchant/mc-0001 HTTP/1.1"));
  BOOST_TEST(
      asked("mc/1, \xC3\xBC")
          .has_line("GET /services/2/vaulted-shoppers/merchant/mc%2F1%2C%20%C3%BC HTTP/1.1"));
  const auto answer = [](int status, std::string_view body) {
    return found<BluesnapPolicy, FindByReference>({.merchant_customer_id = "mc-0001"}, status,
                                                  body);
  };
  BOOST_TEST(answer(200, shopper) == "20769005");
  BOOST_TEST(answer(200, R"({"vaultedShopperId":20769005,"merchantShopperId":"MC-0001"})") == "");
  BOOST_TEST(answer(403, unknown_shopper) == "");
  BOOST_TEST(answer(403, no_rights) == "forbidden");
}

BOOST_AUTO_TEST_CASE(reads_each_example_of_the_sheet) {
  reads_as<BluesnapPolicy, florin::Create>(
      {.merchant_customer_id = "mc-0001", .email = "ana.example@example.com"}, 200,
      R"({"vaultedShopperId":20769005,"merchantShopperId":"mc-0001","firstName":"Ana",)"
      R"("lastName":"Example","email":"ana.example@example.com","phone":"4155550100",)"
      R"("address":"1 Example Street","address2":"Floor 2","city":"San Francisco","state":"ca",)"
      R"("zip":"94107","country":"us","shopperCurrency":"USD","paymentSources":{}})",
      "success:20769005");
  reads_as<BluesnapPolicy, florin::Create>(
      {.merchant_customer_id = "mc-0001", .email = "ana.example@example.com"}, 422,
      R"({"message":[{"errorName":"SAME_IDEMPOTENCY_KEY_WAS_ALREADY_IN_USE_WITH_PREVIOUS_DIFFER)"
      R"(ENT_REQUEST","code":"60101","description":"The idempotency key was already used with )"
      R"(a different request."}]})",
      "idempotency_conflict/unknown/409|60101|"
      "The idempotency key was already used with a different request.");
  reads_as<BluesnapPolicy, florin::Create>(
      {.merchant_customer_id = "mc-0001", .email = "ana.example@example.com"}, 409,
      R"({"message":[{"errorName":"REQUEST_WITH_SAME_IDEMPOTENCY_KEY_ALREADY_IN_PROGRESS",)"
      R"("code":"60102","description":"A request with this idempotency key is in progress."}]})",
      "idempotency_conflict/unknown/409|60102|"
      "A request with this idempotency key is in progress.");
  reads_as<BluesnapPolicy, florin::Update>(
      {.connector_customer_id = "20769005"}, 200,
      R"({"vaultedShopperId":20769005,"merchantShopperId":"mc-0001","firstName":"Anna",)"
      R"("lastName":"Example","email":"ana.new@example.com","phone":"4155550101",)"
      R"("address":"1 Example Street","city":"San Francisco","state":"ca","zip":"94107",)"
      R"("country":"us","shopperCurrency":"USD","paymentSources":{}})",
      "ACTIVE|merchant_customer_id=mc-0001|email=ana.new@example.com|given_name=Anna|"
      "family_name=Example|phone=4155550101|address.line1=1 Example Street|"
      "address.city=San Francisco|address.state=ca|address.zip=94107|address.country=US");
  reads_as<BluesnapPolicy, florin::Delete>(
      {"20769005"}, 400,
      R"({"message":[{"errorName":"DELETE_SHOPPER_VALIDATION_FAILURE","code":"14110",)"
      R"("description":"Shopper has an active subscription."}]})",
      "rejected/no_effect/400|14110|Shopper has an active subscription.");
}

BOOST_AUTO_TEST_CASE(an_idempotency_error_is_known_without_its_code) {
  const auto told = [](int status, std::string_view body) {
    return receive<BluesnapPolicy>(status, body);
  };
  const auto named = [&told](int status, std::string_view name) {
    return told(status, R"({"message":[{"errorName":")" + std::string{name} +
                            R"(","description":"Text."}]})");
  };
  const auto in_xml = [&told](int status, std::string_view parts) {
    return told(status, R"(<messages xmlns="http://ws.plimus.com"><message>)" + std::string{parts} +
                            "<description>Text.</description></message></messages>");
  };
  const std::string used{"SAME_IDEMPOTENCY_KEY_WAS_ALREADY_IN_USE_WITH_PREVIOUS_DIFFERENT_REQUEST"};
  const std::string running{"REQUEST_WITH_SAME_IDEMPOTENCY_KEY_ALREADY_IN_PROGRESS"};
  for (const auto& answer :
       {named(422, used), in_xml(422, "<error-name>" + used + "</error-name>"),
        in_xml(422, "<code>60101</code>"),
        in_xml(422, "<error-name>" + used + "</error-name><code>60101</code>")}) {
    BOOST_TEST(summary(answer) == "idempotency_conflict/unknown/409");
    BOOST_TEST(!answer.error().transient);
  }
  BOOST_TEST(named(422, used).error().connector_code == used);
  for (const auto& answer :
       {named(409, running), in_xml(409, "<error-name>" + running + "</error-name>"),
        in_xml(409, "<code>60102</code>"),
        in_xml(409, "<error-name>" + running + "</error-name><code>60102</code>")}) {
    BOOST_TEST(summary(answer) == "idempotency_conflict/unknown/409");
    BOOST_TEST(answer.error().transient);
  }
  BOOST_TEST(summary(in_xml(400, "<code>60106</code>")) == "connector_unavailable/unknown/503");
  const auto removing = [](std::string_view body) {
    return verdict(read<BluesnapPolicy, florin::Delete>(id, 400, body));
  };
  BOOST_TEST(removing(R"({"message":[{"errorName":"DELETE_SHOPPER_VALIDATION_FAILURE",)"
                      R"("description":"Shopper has an active subscription."}]})") ==
             "rejected/no_effect/400");
  BOOST_TEST(removing("<messages><message><error-name>DELETE_SHOPPER_VALIDATION_FAILURE"
                      "</error-name><description>Text.</description></message></messages>") ==
             "rejected/no_effect/400");
}

BOOST_AUTO_TEST_CASE(a_region_without_a_place_of_its_own_goes_into_the_address) {
  const auto address = [](std::string_view line, std::string_view state, std::string_view country) {
    const auto sent = send<BluesnapPolicy>({.merchant_customer_id = "m",
                                            .name = "A B",
                                            .address = {.line1 = std::string{line},
                                                        .state = std::string{state},
                                                        .country = std::string{country}}},
                                           api_user);
    const auto from = sent.body.find(R"("lastName":"B")");
    return from == std::string::npos ? sent.body : sent.body.substr(from + 14);
  };
  for (const std::string country : {"US", "ca", "BR"})
    BOOST_TEST(address("1 Main St", "ca", country).find(R"("address":"1 Main St","state":"ca",)") !=
                   std::string::npos,
               country);
  BOOST_TEST(address("1 Main St", "ca", "") == R"(,"address":"1 Main St","state":"ca"})");
  BOOST_TEST(address("1 Main St", "England", "GB") ==
             R"(,"address":"1 Main St, England","country":"GB"})");
  BOOST_TEST(address("", "Bavaria", "de") == R"(,"address":"Bavaria","country":"DE"})");
  BOOST_TEST(address("1 Main St", "", "DE") == R"(,"address":"1 Main St","country":"DE"})");
  BOOST_TEST(send<BluesnapPolicy>(
                 {.merchant_customer_id = "m",
                  .name = "A B",
                  .address = {.line1 = std::string(95, 'x'), .state = "Bavaria", .country = "DE"}},
                 api_user)
                 .refusal() == "invalid_field:address.line1");
  auto current = read<BluesnapPolicy, florin::Retrieve>(
      id, 200,
      R"({"vaultedShopperId":20769005,"merchantShopperId":"mc-0001","firstName":"Ana",)"
      R"("lastName":"Example","address":"1 Main St","state":"ca","country":"us"})");
  BOOST_TEST_REQUIRE(current.has_value());
  const auto body = [&current](const florin::UpdateRequest& request) {
    return changed_body<BluesnapPolicy>(id, request, &*current);
  };
  const auto ends = [&body](const florin::UpdateRequest& request, std::string_view end) {
    const std::string text = body(request);
    BOOST_TEST(text.ends_with(end), text);
  };
  ends({.address = {.state = "ny"}}, R"("address":"1 Main St","state":"ny","country":"US"})");
  ends({.address = {.country = "CA"}}, R"("address":"1 Main St","state":"ca","country":"CA"})");
  ends({.address = {.country = "DE"}}, R"("address":"1 Main St","country":"DE"})");
  ends({.address = {.line1 = "2 Weg", .state = "Bavaria", .country = "DE"}},
       R"("address":"2 Weg, Bavaria","country":"DE"})");
  ends({.phone = "4155550101"}, R"("state":"ca","country":"US"})");
}

namespace {

florin_test::Trial trial() {
  return florin_test::trial_of<florin::BluesnapPolicy>(florin::testing::bluesnap());
}

}  // namespace

BOOST_AUTO_TEST_CASE(conforms) {
  florin_test::conforms<florin::BluesnapPolicy>(florin::testing::bluesnap());
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
