// SPDX-License-Identifier: Apache-2.0
#include <florin/ensure.hpp>
#include <florin/policies/conekta.hpp>
#include <florin/testing/processors/conekta.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <utility>

#include "policies/exchange.hpp"
#include "policies/operations.hpp"
#include "trials/conforms.hpp"
#include "trials/faults.hpp"
#include "trials/lives.hpp"
#include "trials/trial.hpp"

BOOST_AUTO_TEST_SUITE(policies_conekta)

using namespace florin_test;
using florin::ConektaPolicy;
using florin::Field;
using florin::FindByEmail;
using florin::FindByReference;

static_assert(florin::ConnectorPolicy<ConektaPolicy>);
static_assert(!florin::has_idempotency<ConektaPolicy>);
static_assert(florin::required_fields<ConektaPolicy> ==
              florin::FieldSet{Field::merchant_customer_id, Field::name, Field::email,
                               Field::phone});
static_assert(!florin::carries<ConektaPolicy, florin::field::Description>);
static_assert(florin::ensure_guarantee<ConektaPolicy> == florin::EnsureGuarantee::by_lookup);

namespace {

constexpr std::string_view conekta_id = "cus_2aBcDeFgHiJkLmNoP";

/// The customer of the documents.
std::string conekta_record(std::string_view reference = "mc-0001",
                           std::string_view email = "ana.example@example.com") {
  return R"({"livemode":false,"name":"Ana Example","email":")" + std::string{email} +
         R"(","phone":"+5215555550100","default_shipping_contact_id":)"
         R"("ship_cont_2aBcDeFgHiJkLmNoQ","id":"cus_2aBcDeFgHiJkLmNoP","object":"customer",)"
         R"("created_at":1767600000,"corporate":false,"custom_reference":")" +
         std::string{reference} +
         R"(","metadata":{"tier":"gold"},"payment_sources":null,"fiscal_entities":null,)"
         R"("subscription":null,"shipping_contacts":{"object":"list","has_more":false,"total":1,)"
         R"("data":[{"receiver":"Ana Example","phone":"+5215555550100","address":{"street1":)"
         R"("Calle Falsa 123","street2":null,"city":"Ciudad de Mexico","state":)"
         R"("Ciudad de Mexico","country":"mx","residential":true,"object":"shipping_address",)"
         R"("postal_code":"06100"},"id":"ship_cont_2aBcDeFgHiJkLmNoQ","object":)"
         R"("shipping_contact","created_at":1767600000,"parent_id":"cus_2aBcDeFgHiJkLmNoP",)"
         R"("default":true}]}})";
}

std::string conekta_error(std::string_view type, std::string_view code,
                          std::string_view param = "null") {
  return R"({"details":[{"message":"Texto.","param":)" + std::string{param} + R"(,"code":")" +
         std::string{code} +
         R"(","debug_message":"Text."}],"log_id":"0123456789abcdef01234567","object":"error",)"
         R"("type":")" +
         std::string{type} + R"("})";
}
const std::string conekta_missing =
    conekta_error("resource_not_found_error", "conekta.errors.resource_not_found.entity");

}  // namespace

BOOST_AUTO_TEST_CASE(sends_what_the_official_sdk_sends) {
  const auto sent = send<ConektaPolicy>(documented_request(), {.api_key = "key_FAKE0001"});
  BOOST_TEST(sent.has_line("POST /customers HTTP/1.1"));
  BOOST_TEST(sent.has_line("Host: api.conekta.io"));
  BOOST_TEST(sent.has_line("Authorization: Bearer key_FAKE0001"));
  BOOST_TEST(sent.has_line("Accept: application/vnd.conekta-v2.2.0+json"));
  BOOST_TEST(sent.has_line("Accept-Language: en"));
  BOOST_TEST(sent.has_line("Content-Type: application/json"));
  BOOST_TEST(sent.body == R"({"name":"John Doe","email":"john.doe@example.com",)"
                          R"("phone":"+1-555-123-4567","custom_reference":"cust_user_12345"})");
  BOOST_TEST((sent.dropped == florin::FieldSet{Field::description}));
}

BOOST_AUTO_TEST_CASE(sends_all_that_it_can_carry) {
  auto request = full_request();
  const auto sent = send<ConektaPolicy>(request, {.api_key = "k", .child_company_id = "c-1"});
  BOOST_TEST(sent.has_line("X-Child-Company-Id: c-1"));
  BOOST_TEST(
      sent.body ==
      R"({"name":"Ana Example","email":"ana@example.com","phone":"+15555550100",)"
      R"("custom_reference":"m-1001","metadata":{"tier":"gold"},"shipping_contacts":[{"receiver":)"
      R"("Ana Example","phone":"+15555550100","address":{"street1":"1 Example Street","street2":)"
      R"("Apt 2","city":"Springfield","state":"IL","postal_code":"62701","country":"US"}}]})");
  for (std::string* part :
       {&request.address.line1, &request.address.zip, &request.address.country}) {
    const std::string text = std::exchange(*part, {});
    const auto without = send<ConektaPolicy>(request, {.api_key = "k"});
    BOOST_TEST(without.body.find("shipping_contacts") == std::string::npos);
    BOOST_TEST(without.dropped.contains(Field::address_city));
    *part = text;
  }
}

BOOST_AUTO_TEST_CASE(refuses_what_conekta_would_refuse) {
  const auto refusal = [](void (*change)(florin::CreateRequest&)) {
    auto request = full_request();
    change(request);
    return send<ConektaPolicy>(request, {.api_key = "k"}).refusal();
  };
  BOOST_TEST(refusal([](auto& request) { request.name.clear(); }) == "missing_field:name");
  BOOST_TEST(refusal([](auto& request) { request.email.clear(); }) == "missing_field:email");
  BOOST_TEST(refusal([](auto& request) { request.phone.clear(); }) == "missing_field:phone");
  BOOST_TEST(refusal([](auto& request) { request.address.line1 = "1"; }) ==
             "invalid_field:address.line1");
  BOOST_TEST(refusal([](auto& request) { request.address.line2 = std::string(250, 'x'); }) ==
             "invalid_field:address.line2");
  for (const auto city : {"1 a 2 b", "\xC3\xA9\xC3\xA9", "a"})
    BOOST_TEST(send<ConektaPolicy>(
                   [&] {
                     auto request = full_request();
                     request.address.city = city;
                     return request;
                   }(),
                   {.api_key = "k"})
                       .refusal() == "invalid_field:address.city",
               city);
  BOOST_TEST(refusal([](auto& request) { request.address.city = "\xC3\x81vila"; }) == "");
  BOOST_TEST(refusal([](auto& request) { request.address.zip = "6270A"; }) == "");
  BOOST_TEST(refusal([](auto& request) {
               request.address.country = "mx";
               request.address.zip = "6270A";
             }) == "invalid_field:address.zip");
  BOOST_TEST(refusal([](auto& request) {
               request.address.country = "MX";
               request.address.zip = "0610";
             }) == "invalid_field:address.zip");
  BOOST_TEST(refusal([](auto& request) {
               request.address.country = "MX";
               request.address.zip = "06100";
             }) == "");
}

BOOST_AUTO_TEST_CASE(reads_the_answers_of_the_documents) {
  const auto made = [](std::string_view reference, std::string_view email) {
    return summary(receive<ConektaPolicy>(200, conekta_record(reference, email)));
  };
  BOOST_TEST(made("cust_user_12345", "john.doe@example.com") ==
             "success:" + std::string{conekta_id});
  BOOST_TEST(made("", "john.doe@example.com") == "success:" + std::string{conekta_id});
  BOOST_TEST(made("mc-0001", "john.doe@example.com") == "unreadable_reply/unknown/502");
  BOOST_TEST(made("cust_user_12345", "ana.example@example.com") == "unreadable_reply/unknown/502");

  const auto said = [](int status, std::string_view type, std::string_view code) {
    return summary(receive<ConektaPolicy>(status, conekta_error(type, code)));
  };
  BOOST_TEST(said(401, "authentication_error", "conekta.errors.authentication.missing_key") ==
             "unauthorized/no_effect/401");
  BOOST_TEST(said(402, "processing_error", "conekta.errors.processing.bank.declined") ==
             "rejected/no_effect/402");
  BOOST_TEST(said(403, "", "conekta.errors.forbidden.x") == "forbidden/no_effect/403");
  BOOST_TEST(summary(receive<ConektaPolicy>(404, conekta_missing)) == "not_found/no_effect/404");
  BOOST_TEST(said(500, "api_error", "conekta.errors.api.system.general_failure") ==
             "connector_unavailable/unknown/500");
  BOOST_TEST(summary(receive<ConektaPolicy>(429, "")) == "rate_limited/no_effect/429");
  const auto invalid = receive<ConektaPolicy>(
      422, conekta_error("parameter_validation_error", "conekta.errors.parameter_validation.email",
                         R"("email")"));
  BOOST_TEST(summary(invalid) == "invalid_data/no_effect/422");
  BOOST_TEST(invalid.error().connector_code == "conekta.errors.parameter_validation.email");
  BOOST_TEST(invalid.error().connector_type == "parameter_validation_error");
  BOOST_TEST(invalid.error().connector_message == "Text.");
  BOOST_TEST(invalid.error().param == "email");
  BOOST_TEST(invalid.error().request_id == "0123456789abcdef01234567");
  const auto localized = receive<ConektaPolicy>(
      422, R"({"details":[{"message":"Texto.","param":"","code":"c"}],"type":"t"})");
  BOOST_TEST(localized.error().connector_message == "Texto.");
}

BOOST_AUTO_TEST_CASE(reads_a_customer) {
  const auto sent = ask<ConektaPolicy, florin::Retrieve>(conekta_id);
  BOOST_TEST(sent.has_line("GET /customers/cus_2aBcDeFgHiJkLmNoP HTTP/1.1"));
  BOOST_TEST(sent.has_line("Accept: application/vnd.conekta-v2.2.0+json"));
  const auto customer = read<ConektaPolicy, florin::Retrieve>(conekta_id, 200, conekta_record());
  BOOST_TEST_REQUIRE(customer.has_value());
  BOOST_TEST(customer->merchant_customer_id().value_or("-") == "mc-0001");
  BOOST_TEST(customer->email().value_or("-") == "ana.example@example.com");
  BOOST_TEST(customer->name().value_or("-") == "Ana Example");
  BOOST_TEST(customer->get(Field::phone).value_or("-") == "+5215555550100");
  BOOST_TEST(customer->metadata("tier").value_or("-") == "gold");
  BOOST_TEST(customer->get(Field::address_line1).value_or("-") == "Calle Falsa 123");
  BOOST_TEST(!customer->get(Field::address_line2));
  BOOST_TEST(customer->get(Field::address_zip).value_or("-") == "06100");
  BOOST_TEST(customer->get(Field::address_country).value_or("-") == "MX");
  // Of several contacts the default one counts, wherever it says so.
  const auto contacts = [](std::string_view first, std::string_view second) {
    const auto contact = [](std::string_view city, std::string_view is_default) {
      return R"({"address":{"city":")" + std::string{city} + R"(","country":"mx"})" +
             std::string{is_default} + "}";
    };
    return read<ConektaPolicy, florin::Retrieve>(
               conekta_id, 200,
               R"({"shipping_contacts":{"has_more":true,"data":[)" + contact("Leon", first) + ',' +
                   contact("Puebla", second) +
                   R"(]},"id":"cus_2aBcDeFgHiJkLmNoP","name":"Ana","metadata":{"tier":"gold"}})")
        .value();
  };
  const std::string_view yes = R"(,"default":true)";
  const std::string_view no = R"(,"default":false)";
  BOOST_TEST((contacts(no, yes).address_city() == "Puebla"));
  BOOST_TEST((contacts("", yes).address_city() == "Puebla"));
  BOOST_TEST((contacts(yes, no).address_city() == "Leon"));
  BOOST_TEST((contacts(yes, no).name() == "Ana"));
  BOOST_TEST((contacts(yes, no).metadata("tier") == "gold"));
  BOOST_TEST(!contacts(no, no).address_city());
  BOOST_TEST(!contacts("", "").address_country());
  const auto bare = read<ConektaPolicy, florin::Retrieve>(
      conekta_id, 200,
      R"({"id":"cus_2aBcDeFgHiJkLmNoP","name":"Ana","custom_reference":"","metadata":null,)"
      R"("shipping_contacts":null})");
  BOOST_TEST_REQUIRE(bare.has_value());
  BOOST_TEST(!bare->merchant_customer_id());
  BOOST_TEST(bare->metadata_size() == 0U);
  BOOST_TEST(verdict(read<ConektaPolicy, florin::Retrieve>(
                 "cus_2aBcDeFgHiJkLmXXX", 404, conekta_missing)) == "not_found/no_effect/404");
}

BOOST_AUTO_TEST_CASE(changes_a_customer) {
  const auto current =
      read<ConektaPolicy, florin::Retrieve>(conekta_id, 200, conekta_record()).value();
  const florin::UpdateRequest changes{.email = "ana.new@example.com"};
  const auto sent = request_of<ConektaPolicy, florin::Update>(change_of(conekta_id, changes));
  BOOST_TEST(sent.has_line("PUT /customers/cus_2aBcDeFgHiJkLmNoP HTTP/1.1"));
  BOOST_TEST(sent.body == R"({"email":"ana.new@example.com"})");
  const auto body = [&](const florin::UpdateRequest& request) {
    return changed_body<ConektaPolicy>(conekta_id, request, &current);
  };
  BOOST_TEST(body({.metadata = {{"plan", "b"}}}) == R"({"metadata":{"tier":"gold","plan":"b"}})");
  BOOST_TEST(body({.merchant_customer_id = "mc-2"}) == R"({"custom_reference":"mc-2"})");
  BOOST_TEST(body({.metadata_cleared = {"tier"}}) == "invalid_field:metadata");
  BOOST_TEST(body({.cleared = {Field::phone}}) == "invalid_field:phone");
  BOOST_TEST(body({.address = {.city = "Puebla"}}) == "invalid_field:address.city");
  BOOST_TEST(changed_body<ConektaPolicy>(conekta_id, {.metadata = {{"plan", "b"}}}) ==
             "invalid_options:");
  BOOST_TEST(verdict(answer_to<ConektaPolicy, florin::Update>(
                 change_of(conekta_id, changes), 200,
                 conekta_record("mc-0001", "ana.new@example.com"))) == "success");
  BOOST_TEST(verdict(answer_to<ConektaPolicy, florin::Update>(change_of(conekta_id, changes), 404,
                                                              conekta_missing)) ==
             "not_found/no_effect/404");
}

BOOST_AUTO_TEST_CASE(deletes_a_customer) {
  BOOST_TEST((ask<ConektaPolicy, florin::Delete>(conekta_id)
                  .has_line("DELETE /customers/cus_2aBcDeFgHiJkLmNoP HTTP/1.1")));
  const auto answer = [](int status, std::string_view body) {
    return verdict(read<ConektaPolicy, florin::Delete>(conekta_id, status, body));
  };
  BOOST_TEST(answer(200, conekta_record()) == "success");
  BOOST_TEST(answer(200, R"({"id":"cus_2aBcDeFgHiJkLmXXX"})") == "unreadable_reply/unknown/502");
  BOOST_TEST(answer(200, "{}") == "unreadable_reply/unknown/502");
  BOOST_TEST(answer(404, conekta_missing) == "not_found/no_effect/404");
}

BOOST_AUTO_TEST_CASE(finds_customers) {
  const florin::FindRequest reference{.merchant_customer_id = "mc-0001"};
  BOOST_TEST((request_of<ConektaPolicy, FindByReference>(reference).has_line(
      "GET /customers?search=mc-0001&limit=250 HTTP/1.1")));
  BOOST_TEST(
      (request_of<ConektaPolicy, FindByEmail>({.email = "ana+1@example.com", .page = "cus_9"})
           .has_line("GET /customers?search=ana%2B1%40example.com&limit=250&next=cus_9 "
                     "HTTP/1.1")));
  const auto list = [](std::string_view more) {
    return R"({"next_page_url":"https://evil.example/customers?limit=250&next=x",)"
           R"("previous_page_url":null,"has_more":)" +
           std::string{more} + R"(,"object":"list","data":[)" + conekta_record() +
           R"(,{"id":"cus_2","email":"bo@example.com","name":"mc-0001","custom_reference":)"
           R"("mc-00011"}]})";
  };
  const florin::FindRequest ana{.email = "ana.example@example.com"};
  BOOST_TEST((found<ConektaPolicy, FindByReference>(reference, 200, list("false")) == conekta_id));
  BOOST_TEST((found<ConektaPolicy, FindByEmail>(ana, 200, list("false")) == conekta_id));
  BOOST_TEST((found<ConektaPolicy, FindByEmail>(ana, 200, list("true")) ==
              std::string{conekta_id} + ">cus_2"));
  BOOST_TEST((found<ConektaPolicy, FindByReference>(
                  reference, 200,
                  R"({"next_page_url":null,"previous_page_url":null,"has_more":false,"object":)"
                  R"("list","data":[]})") == ""));
  BOOST_TEST(
      (found<ConektaPolicy, FindByEmail>(
           ana, 401, conekta_error("authentication_error", "conekta.errors.x")) == "unauthorized"));
}

BOOST_AUTO_TEST_CASE(reads_each_example_of_the_sheet) {
  reads_as<ConektaPolicy, florin::Create>(
      {.merchant_customer_id = "mc-0001", .email = "ana.example@example.com"}, 200,
      R"({"livemode":false,"name":"Ana Example","email":"ana.example@example.com",)"
      R"("phone":"+5215555550100","id":"cus_2aBcDeFgHiJkLmNoP","object":"customer",)"
      R"("created_at":1767600000,"corporate":false,"custom_reference":"mc-0001",)"
      R"("metadata":{"tier":"gold"},"default_shipping_contact_id":"ship_cont_2aBcDeFgHiJkLmNoQ")"
      R"(,"shipping_contacts":{"object":"list","has_more":false,"total":1,)"
      R"("data":[{"id":"ship_cont_2aBcDeFgHiJkLmNoQ","object":"shipping_contact",)"
      R"("created_at":1767600000,"parent_id":"cus_2aBcDeFgHiJkLmNoP","default":true,)"
      R"("receiver":"Ana Example","phone":"+5215555550100",)"
      R"("address":{"object":"shipping_address","street1":"Calle Falsa 123","street2":null,)"
      R"("city":"Ciudad de Mexico","state":"Ciudad de Mexico","country":"mx",)"
      R"("postal_code":"06100","residential":true}}]}})",
      "success:cus_2aBcDeFgHiJkLmNoP");
  reads_as<ConektaPolicy, florin::Create>(
      {.merchant_customer_id = "mc-0001", .email = "ana.example@example.com"}, 422,
      R"({"details":[{"message":"El correo no es valido.","param":"email",)"
      R"("code":"conekta.errors.parameter_validation.email",)"
      R"("debug_message":"The email is invalid."}],"log_id":"0123456789abcdef01234567",)"
      R"("object":"error","type":"parameter_validation_error"})",
      "invalid_data/no_effect/422|conekta.errors.parameter_validation.email|"
      "The email is invalid.");
  reads_as<ConektaPolicy, florin::Create>(
      {.merchant_customer_id = "mc-0001", .email = "ana.example@example.com"}, 401,
      R"({"details":[{"message":"Acceso no autorizado.","param":null,)"
      R"("code":"conekta.errors.authentication.missing_key",)"
      R"("debug_message":"Please include your access key in your request."}],)"
      R"("log_id":"0123456789abcdef01234567","object":"error","type":"authentication_error"})",
      "unauthorized/no_effect/401|conekta.errors.authentication.missing_key|"
      "Please include your access key in your request.");
  reads_as<ConektaPolicy, florin::Retrieve>(
      {"cus_2aBcDeFgHiJkLmNoP"}, 200,
      R"({"livemode":false,"name":"Ana Example","email":"ana.example@example.com",)"
      R"("phone":"+5215555550100","default_shipping_contact_id":"ship_cont_2aBcDeFgHiJkLmNoQ",)"
      R"("id":"cus_2aBcDeFgHiJkLmNoP","object":"customer","created_at":1767600000,)"
      R"("corporate":false,"custom_reference":"mc-0001","metadata":{"tier":"gold"},)"
      R"("payment_sources":null,"fiscal_entities":null,"subscription":null,)"
      R"("shipping_contacts":{"object":"list","has_more":false,"total":1,)"
      R"("data":[{"receiver":"Ana Example","phone":"+5215555550100",)"
      R"("address":{"street1":"Calle Falsa 123","street2":null,"city":"Ciudad de Mexico",)"
      R"("state":"Ciudad de Mexico","country":"mx","residential":true,)"
      R"("object":"shipping_address","postal_code":"06100"},"id":"ship_cont_2aBcDeFgHiJkLmNoQ",)"
      R"("object":"shipping_contact","created_at":1767600000,)"
      R"("parent_id":"cus_2aBcDeFgHiJkLmNoP","default":true}]}})",
      "ACTIVE|merchant_customer_id=mc-0001|email=ana.example@example.com|name=Ana Example|"
      "phone=+5215555550100|address.line1=Calle Falsa 123|address.city=Ciudad de Mexico|"
      "address.state=Ciudad de Mexico|address.zip=06100|address.country=MX|tier:gold|"
      "created 1767600000");
  reads_as<ConektaPolicy, florin::Retrieve>(
      {"cus_2aBcDeFgHiJkLmNoP"}, 404,
      R"({"details":[{"message":"No existe.","param":null,)"
      R"("code":"conekta.errors.resource_not_found.entity",)"
      R"("debug_message":"Object Customer cus_2aBcDeFgHiJkLmXXX does not exist."}],)"
      R"("log_id":"0123456789abcdef01234567","object":"error",)"
      R"("type":"resource_not_found_error"})",
      "not_found/no_effect/404|conekta.errors.resource_not_found.entity|"
      "Object Customer cus_2aBcDeFgHiJkLmXXX does not exist.");
  reads_as<ConektaPolicy, florin::Update>(
      {.connector_customer_id = "cus_2aBcDeFgHiJkLmNoP"}, 200,
      R"({"livemode":false,"name":"Ana Example","email":"ana.new@example.com",)"
      R"("phone":"+5215555550100","id":"cus_2aBcDeFgHiJkLmNoP","object":"customer",)"
      R"("created_at":1767600000,"corporate":false,"custom_reference":"mc-0001",)"
      R"("metadata":{"tier":"gold"}})",
      "ACTIVE|merchant_customer_id=mc-0001|email=ana.new@example.com|name=Ana Example|"
      "phone=+5215555550100|tier:gold|created 1767600000");
}

namespace {

florin_test::Trial trial() {
  return florin_test::trial_of<florin::ConektaPolicy>(florin::testing::conekta());
}

}  // namespace

BOOST_AUTO_TEST_CASE(conforms) {
  constexpr florin::FieldSet always{florin::Field::address_line1, florin::Field::address_zip,
                                    florin::Field::address_country};
  for (const bool merges : {false, true})
    florin_test::conforms<florin::ConektaPolicy>(florin::testing::conekta(merges), always);
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
