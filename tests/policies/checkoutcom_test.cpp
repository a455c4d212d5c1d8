// SPDX-License-Identifier: Apache-2.0
#include <florin/ensure.hpp>
#include <florin/policies/checkoutcom.hpp>
#include <florin/testing/processors/checkoutcom.hpp>

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

BOOST_AUTO_TEST_SUITE(policies_checkoutcom)

using namespace florin_test;
using florin::CheckoutcomPolicy;
using florin::Field;
using florin::FieldSet;
using florin::FindByEmail;

static_assert(florin::ConnectorPolicy<CheckoutcomPolicy>);
static_assert(!florin::has_idempotency<CheckoutcomPolicy>);
static_assert(florin::required_fields<CheckoutcomPolicy> ==
              FieldSet{Field::merchant_customer_id, Field::email});
static_assert(florin::carries<CheckoutcomPolicy, florin::field::Metadata>);
static_assert(!florin::carries<CheckoutcomPolicy, florin::field::Description>);
static_assert(!florin::offers<CheckoutcomPolicy, florin::FindByReference>);
static_assert(florin::ensure_guarantee<CheckoutcomPolicy> ==
              florin::EnsureGuarantee::only_reported);

namespace {

constexpr std::string_view id = "cus_fake4k2mh5tudlq7zxc3n6a2ye";

/// The customer of the documents.
constexpr std::string_view record =
    R"({"id":"cus_fake4k2mh5tudlq7zxc3n6a2ye","email":"ana.example@example.com",)"
    R"("name":"Ana Example","phone":{"country_code":"1","number":"4155550100"},)"
    R"("metadata":{"merchant_customer_id":"mc-0001"},"instruments":[]})";

const std::vector<florin::wire::HeaderView> own{
    {"Cko-Request-Id", "0fa4e000-0000-4000-8000-000000000009"}, {"Cko-Version", "1.2.3"}};

std::string refusal_of(std::string_view code) {
  return R"({"request_id":"0fa4e000-0000-4000-8000-000000000001","error_type":"request_invalid",)"
         R"("error_codes":[")" +
         std::string{code} + R"("]})";
}

/// An answer of the processor's own to a request of `Operation`.
template <class Operation>
florin::Result<typename Operation::Response> told(const typename Operation::Request& request,
                                                  int status, std::string_view body) {
  return florin::decode<CheckoutcomPolicy, Operation>(
      florin::wire::ResponseView<std::vector<florin::wire::HeaderView>>{status, own, body},
      request);
}

std::string body_of(const florin::CreateRequest& request) {
  const auto sent = send<CheckoutcomPolicy>(request, {.secret_key = "sk"});
  return sent.result ? sent.body : sent.refusal();
}

}  // namespace

BOOST_AUTO_TEST_CASE(sends_what_the_official_sdk_sends) {
  const auto sent = send<CheckoutcomPolicy>(
      documented_request(),
      {.secret_key = "sk_sbox_fakesecretforcapturesfakese", .prefix = "fakesub1"},
      {.environment = florin::Environment::sandbox});
  BOOST_TEST(sent.has_line("POST /customers HTTP/1.1"));
  BOOST_TEST(sent.has_line("Host: fakesub1.api.sandbox.checkout.com"));
  BOOST_TEST(sent.has_line("Authorization: Bearer sk_sbox_fakesecretforcapturesfakese"));
  BOOST_TEST(sent.has_line("Content-Type: application/json"));
  BOOST_TEST(sent.has_line("Accept: application/json"));
  BOOST_TEST(sent.head.find("Idempotency") == std::string::npos);
  BOOST_TEST(sent.body == R"({"email":"john.doe@example.com","name":"John Doe",)"
                          R"("phone":{"country_code":"1","number":"5551234567"},)"
                          R"("metadata":{"merchant_customer_id":"cust_user_12345"}})");
  BOOST_TEST((sent.dropped == FieldSet{Field::description}));
}

BOOST_AUTO_TEST_CASE(a_key_of_an_older_account_stands_alone) {
  const auto header = [](const char* key) {
    const auto sent = send<CheckoutcomPolicy>({.merchant_customer_id = "m", .email = "a@b.example"},
                                              {.secret_key = key});
    const std::size_t from = sent.head.find("Authorization: ");
    return sent.head.substr(from + 15, sent.head.find('\r', from) - from - 15);
  };
  for (const char* const key :
       {"sk_test_0fa4e000-0000-4000-8000-000000000001", "sk_0FA4E000-0000-4000-8000-000000000001"})
    BOOST_TEST(header(key) == key);
  for (const char* const key :
       {"sk_sbox_0fa4e000-0000-4000-8000-000000000001",
        "sk_test_0fa4e000-0000-4000-8000-00000000000",
        "sk_test_0fa4e0000000-4000-8000-0000000000001", "sk_0fa4e000-0000-4000-8000-00000000000g",
        "sk_fakefakefakefakefakefakefake0000"})
    BOOST_TEST(header(key) == std::string{"Bearer "} + key);
}

BOOST_AUTO_TEST_CASE(sends_what_it_can_carry) {
  const auto sent = send<CheckoutcomPolicy>(full_request(),
                                            {.secret_key = "sk_sbox_fakefakefakefakefake0000"}, {});
  BOOST_TEST(sent.has_line("Host: api.checkout.com"));
  BOOST_TEST(sent.has_line("Authorization: Bearer sk_sbox_fakefakefakefakefake0000"));
  BOOST_TEST(sent.body == R"({"email":"ana@example.com","name":"Ana Example",)"
                          R"("phone":{"country_code":"1","number":"5555550100"},)"
                          R"("metadata":{"tier":"gold","merchant_customer_id":"m-1001"}})");
  BOOST_TEST((sent.dropped == (FieldSet{Field::description} | florin::field::Address::carried)));
  const auto hosted = [](std::string_view prefix) {
    return send<CheckoutcomPolicy>({.merchant_customer_id = "m", .email = "a@b.example"},
                                   {.secret_key = "k", .prefix = std::string{prefix}});
  };
  BOOST_TEST(hosted("pl-abc123").has_line("Host: pl-abc123.api.checkout.com"));
  BOOST_TEST(hosted("evil.example/").refusal() == "invalid_credentials:");
  BOOST_TEST(body_of({.merchant_customer_id = "m",
                      .email = "a@b.example",
                      .given_name = "Jos\xC3\xA9",
                      .family_name = "\"Pepe\" Paz"}) ==
             "{\"email\":\"a@b.example\",\"name\":\"Jos\xC3\xA9 \\\"Pepe\\\" Paz\","
             "\"metadata\":{\"merchant_customer_id\":\"m\"}}");
}

BOOST_AUTO_TEST_CASE(a_phone_goes_out_in_two_parts) {
  const auto phone = [](std::string_view number) {
    return body_of(
        {.merchant_customer_id = "m", .email = "a@b.example", .phone = std::string{number}});
  };
  const auto parts = [](std::string_view code, std::string_view number) {
    return R"({"email":"a@b.example","phone":{"country_code":")" + std::string{code} +
           R"(","number":")" + std::string{number} +
           R"("},"metadata":{"merchant_customer_id":"m"}})";
  };
  BOOST_TEST(phone("+44 20 7946 0000") == parts("44", "2079460000"));
  BOOST_TEST(phone("+353 (1) 555-0100") == parts("353", "15550100"));
  // What cannot be split with certainty is not sent.
  for (const char* const number : {"4155550100", "1300 364 800", "none", "+1", "+1 12345"})
    BOOST_TEST(phone(number) == "invalid_field:phone", number);
}

BOOST_AUTO_TEST_CASE(refuses_what_checkout_would_refuse) {
  const auto refusal = [](florin::CreateRequest request) {
    request.merchant_customer_id.append("m");
    return send<CheckoutcomPolicy>(request, {.secret_key = "k"}, {}).refusal();
  };
  BOOST_TEST(refusal({}) == "missing_field:email");
  BOOST_TEST(refusal({.email = "ana@"}) == "invalid_field:email");
  BOOST_TEST(refusal({.email = std::string(253, 'a') + "@b"}) == "");
  BOOST_TEST(refusal({.email = std::string(254, 'a') + "@b"}) == "invalid_field:email");
  BOOST_TEST(refusal({.email = "a@b", .name = std::string(255, 'A')}) == "");
  BOOST_TEST(refusal({.email = "a@b", .name = std::string(256, 'A')}) == "invalid_field:name");
  BOOST_TEST(refusal({.merchant_customer_id = std::string(100, 'm'), .email = "a@b"}) ==
             "invalid_field:merchant_customer_id");
  florin::CreateRequest request{.email = "a@b"};
  for (int i = 0; i < 9; ++i) request.metadata.set("key" + std::to_string(i), "value");
  BOOST_TEST(refusal(request) == "");
  request.metadata.set("key9", "value");
  BOOST_TEST(refusal(request) == "invalid_field:metadata");
  request.metadata = {{std::string(100, 'k'), std::string(100, 'v')}};
  BOOST_TEST(refusal(request) == "");
  request.metadata = {{std::string(101, 'k'), "v"}};
  BOOST_TEST(refusal(request) == "invalid_field:metadata");
  request.metadata = {{"k", std::string(101, 'v')}};
  BOOST_TEST(refusal(request) == "invalid_field:metadata");
}

BOOST_AUTO_TEST_CASE(reads_the_answers_of_the_sheet) {
  const auto made =
      receive<CheckoutcomPolicy>(201, R"({ "id": "cus_fake4k2mh5tudlq7zxc3n6a2ye" })", own);
  BOOST_TEST(summary(made) == "success:cus_fake4k2mh5tudlq7zxc3n6a2ye");
  BOOST_TEST(made->request_id == "0fa4e000-0000-4000-8000-000000000009");
  for (const std::string_view body : {R"({"id":"src_1"})", "{}", ""})
    BOOST_TEST(summary(receive<CheckoutcomPolicy>(201, body)) == "unreadable_reply/unknown/502");

  for (const std::string_view code :
       {"email_invalid", "customer_email_invalid", "phone_number_invalid",
        "phone_number_length_invalid", "country_phone_code_length_invalid",
        "country_phone_code_invalid", "metadata_key_invalid", "email_required"}) {
    const auto invalid = receive<CheckoutcomPolicy>(422, refusal_of(code));
    BOOST_TEST(summary(invalid) == "invalid_data/no_effect/422");
    BOOST_TEST(invalid.error().connector_code == code);
    BOOST_TEST(invalid.error().connector_type == "request_invalid");
    BOOST_TEST(invalid.error().request_id == "0fa4e000-0000-4000-8000-000000000001");
    BOOST_TEST(invalid.error().connector_message.empty());
    BOOST_TEST(invalid.error().from_processor);
  }
  const auto bare = receive<CheckoutcomPolicy>(422, R"({"error_type":"request_json_invalid"})");
  BOOST_TEST(summary(bare) == "invalid_data/no_effect/422");
  BOOST_TEST(bare.error().connector_code == "request_json_invalid");

  const auto bad_key = receive<CheckoutcomPolicy>(401, "", own);
  BOOST_TEST(summary(bad_key) == "unauthorized/no_effect/401");
  BOOST_TEST(bad_key.error().from_processor);
  BOOST_TEST(bad_key.error().request_id == "0fa4e000-0000-4000-8000-000000000009");
  BOOST_TEST(!receive<CheckoutcomPolicy>(401, "").error().from_processor);
  BOOST_TEST(summary(receive<CheckoutcomPolicy>(403, "", own)) == "forbidden/no_effect/403");
  BOOST_TEST(summary(receive<CheckoutcomPolicy>(429, "", own)) == "rate_limited/no_effect/429");
  BOOST_TEST(summary(receive<CheckoutcomPolicy>(422, refusal_of("api_calls_quota_exceeded"),
                                                own)) == "rate_limited/no_effect/429");
  for (const int status : {500, 502, 503, 504})
    BOOST_TEST(summary(receive<CheckoutcomPolicy>(status, "<html>")) ==
               "connector_unavailable/unknown/" + std::to_string(status));
}

BOOST_AUTO_TEST_CASE(a_duplicate_is_known_by_its_code) {
  for (const std::string_view code : {"customer_already_exists", "email_in_use"})
    for (const int status : {409, 422}) {
      const auto refused = receive<CheckoutcomPolicy>(status, refusal_of(code));
      BOOST_TEST(summary(refused) == "customer_exists/in_effect/409");
      BOOST_TEST(refused.error().existing_customer_id.empty());
    }
  BOOST_TEST(summary(receive<CheckoutcomPolicy>(409, "", own)) == "rejected/unknown/409");
}

BOOST_AUTO_TEST_CASE(reads_a_customer_back) {
  const auto asked = request_of<CheckoutcomPolicy, florin::Retrieve>({id});
  BOOST_TEST(asked.has_line("GET /customers/cus_fake4k2mh5tudlq7zxc3n6a2ye HTTP/1.1"));
  BOOST_TEST(asked.has_line("Authorization: Bearer FAKE"));
  const auto customer = told<florin::Retrieve>({id}, 200, record);
  BOOST_TEST_REQUIRE(customer.has_value());
  BOOST_TEST(customer->connector_customer_id() == id);
  BOOST_TEST((customer->merchant_customer_id() == "mc-0001"));
  BOOST_TEST((customer->email() == "ana.example@example.com"));
  BOOST_TEST((customer->name() == "Ana Example"));
  BOOST_TEST((customer->phone() == "+14155550100"));
  BOOST_TEST(customer->metadata_size() == 0U);
  BOOST_TEST(!customer->description());
  BOOST_TEST(!customer->address_line1());
  // Numbers of the metadata are read as text, and an instrument's address is not the customer's.
  const auto full = told<florin::Retrieve>(
      {id}, 200,
      R"({"id":"cus_fake4k2mh5tudlq7zxc3n6a2ye","email":"a@b.example","default":"src_1",)"
      R"("phone":{"number":"4155550100"},"metadata":{"coupon_code":"NY2018","partner_id":123989},)"
      R"("instruments":[{"id":"src_1","billing_address":{"city":"London"},)"
      R"("phone":{"country_code":"44","number":"2079460000"}}]})");
  BOOST_TEST_REQUIRE(full.has_value());
  BOOST_TEST((full->metadata("partner_id") == "123989"));
  BOOST_TEST((full->phone() == "4155550100"));
  BOOST_TEST(!full->address_city());

  const auto missing = told<florin::Retrieve>({id}, 404, "");
  BOOST_TEST(verdict(missing) == "not_found/no_effect/404");
  BOOST_TEST(missing.error().from_processor);
  BOOST_TEST(verdict(told<florin::Retrieve>({id}, 422, refusal_of("customer_not_found"))) ==
             "not_found/no_effect/404");
}

BOOST_AUTO_TEST_CASE(changes_what_is_given) {
  const auto sent = request_of<CheckoutcomPolicy, florin::Update>(
      change_of(id, {.name = "Ana New", .phone = "+14155550199"}));
  BOOST_TEST(sent.has_line("PATCH /customers/cus_fake4k2mh5tudlq7zxc3n6a2ye HTTP/1.1"));
  BOOST_TEST(sent.has_line("Content-Type: application/json"));
  BOOST_TEST(sent.body ==
             R"({"name":"Ana New","phone":{"country_code":"1","number":"4155550199"}})");
  const auto body = [](const florin::UpdateRequest& changes) {
    return changed_body<CheckoutcomPolicy>(id, changes);
  };
  BOOST_TEST(body({.email = "ana@"}) == "invalid_field:email");
  BOOST_TEST(body({.phone = "4155550199"}) == "invalid_field:phone");
  for (const Field field : {Field::name, Field::email, Field::phone, Field::metadata})
    BOOST_TEST(body({.cleared = {field}}) ==
               "invalid_field:" + std::string{florin::to_string(field)});
  BOOST_TEST(body({.description = "d"}) == "invalid_field:description");

  const auto answer = [](int status, std::string_view text) {
    florin::UpdateRequestView view;
    view.connector_customer_id = id;
    return told<florin::Update>(view, status, text);
  };
  for (const auto& [status, text] :
       {std::pair<int, std::string_view>{204, ""}, std::pair<int, std::string_view>{200, "{}"}}) {
    const auto done = answer(status, text);
    BOOST_TEST_REQUIRE(done.has_value());
    BOOST_TEST(done->connector_customer_id() == id);
    BOOST_TEST(!done->email());
  }
  BOOST_TEST(verdict(answer(404, "")) == "not_found/no_effect/404");
  BOOST_TEST(verdict(answer(422, refusal_of("email_invalid"))) == "invalid_data/no_effect/422");
}

BOOST_AUTO_TEST_CASE(metadata_are_changed_as_a_whole) {
  const auto current = told<florin::Retrieve>(
      {id}, 200,
      R"({"id":"cus_fake4k2mh5tudlq7zxc3n6a2ye","email":"ana.example@example.com",)"
      R"("phone":{"country_code":"1","number":"4155550100"},)"
      R"("metadata":{"merchant_customer_id":"mc-0001","tier":"gold","plan":"a"}})");
  BOOST_TEST_REQUIRE(current.has_value());
  florin::UpdateRequest changes;
  changes.metadata = {{"plan", "b"}};
  BOOST_TEST(changed_body<CheckoutcomPolicy>(id, changes, &*current) ==
             R"({"metadata":{"tier":"gold","plan":"b","merchant_customer_id":"mc-0001"}})");
  BOOST_TEST(changed_body<CheckoutcomPolicy>(id, {.merchant_customer_id = "mc-2"}, &*current) ==
             R"({"metadata":{"tier":"gold","plan":"a","merchant_customer_id":"mc-2"}})");
  BOOST_TEST(changed_body<CheckoutcomPolicy>(id, changes) == "invalid_options:");
}

BOOST_AUTO_TEST_CASE(a_deleted_customer_is_gone) {
  const auto asked = request_of<CheckoutcomPolicy, florin::Delete>({id});
  BOOST_TEST(asked.has_line("DELETE /customers/cus_fake4k2mh5tudlq7zxc3n6a2ye HTTP/1.1"));
  BOOST_TEST(asked.body.empty());
  BOOST_TEST(verdict(told<florin::Delete>({id}, 204, "")) == "success");
  const auto again = told<florin::Delete>({id}, 404, "");
  BOOST_TEST(verdict(again) == "not_found/no_effect/404");
  BOOST_TEST(again.error().from_processor);
}

BOOST_AUTO_TEST_CASE(finds_by_email_alone) {
  const auto asked = [](std::string_view email) {
    return request_of<CheckoutcomPolicy, FindByEmail>({.email = email});
  };
  BOOST_TEST(asked("ana.example@example.com")
                 .has_line("GET /customers/ana.example%40example.com HTTP/1.1"));
  BOOST_TEST(
      asked("a+b/c@example.com").has_line("GET /customers/a%2Bb%2Fc%40example.com HTTP/1.1"));
  const auto ids = [](const florin::FindRequest& request, int status, std::string_view body) {
    const auto page = told<FindByEmail>(request, status, body);
    if (!page) return verdict(page);
    BOOST_TEST(page->next().empty());
    return page->empty() ? std::string{} : std::string{(*page)[0].connector_customer_id()};
  };
  BOOST_TEST(ids({.email = "ana.example@example.com"}, 200, record) == id);
  BOOST_TEST(ids({.email = "other@example.com"}, 200, record) == "");
  BOOST_TEST(ids({.email = "nobody@example.com"}, 404, "") == "");
  // What is not the processor's own does not say that there is none.
  BOOST_TEST((found<CheckoutcomPolicy, FindByEmail>({.email = "nobody@example.com"}, 404, "")) ==
             "not_found");
}

BOOST_AUTO_TEST_CASE(reads_each_example_of_the_sheet) {
  reads_as<CheckoutcomPolicy, florin::Create>(
      {.merchant_customer_id = "mc-0001", .email = "ana.example@example.com"}, 201,
      R"({"id":"cus_fake4k2mh5tudlq7zxc3n6a2ye"})", "success:cus_fake4k2mh5tudlq7zxc3n6a2ye");
  reads_as<CheckoutcomPolicy, florin::Create>(
      {.merchant_customer_id = "mc-0001", .email = "ana.example@example.com"}, 422,
      R"({"request_id":"0fa4e000-0000-4000-8000-000000000001","error_type":"request_invalid",)"
      R"("error_codes":["email_invalid"]})",
      "invalid_data/no_effect/422|email_invalid|");
  reads_as<CheckoutcomPolicy, florin::Create>(
      {.merchant_customer_id = "mc-0001", .email = "ana.example@example.com"}, 422,
      R"({"request_id":"0fa4e000-0000-4000-8000-000000000002","error_type":"request_invalid",)"
      R"("error_codes":["email_required"]})",
      "invalid_data/no_effect/422|email_required|");
  reads_as<CheckoutcomPolicy, florin::Create>(
      {.merchant_customer_id = "mc-0001", .email = "ana.example@example.com"}, 422,
      R"({"request_id":"0fa4e000-0000-4000-8000-000000000003","error_type":"request_invalid",)"
      R"("error_codes":["customer_already_exists"]})",
      "customer_exists/in_effect/409|customer_already_exists|");
  reads_as<CheckoutcomPolicy, florin::Update>(
      {.connector_customer_id = "cus_fake4k2mh5tudlq7zxc3n6a2ye"}, 422,
      R"({"request_id":"0fa4e000-0000-4000-8000-000000000011","error_type":"request_invalid",)"
      R"("error_codes":["email_invalid"]})",
      "invalid_data/no_effect/422|email_invalid|");
}

namespace {

florin_test::Trial trial() {
  return florin_test::trial_of<florin::CheckoutcomPolicy>(florin::testing::checkoutcom());
}

}  // namespace

BOOST_AUTO_TEST_CASE(conforms) {
  florin_test::conforms<florin::CheckoutcomPolicy>(florin::testing::checkoutcom());
}

BOOST_AUTO_TEST_CASE(conforms_where_duplicates_are_not_refused_and_metadata_are_merged) {
  florin_test::conforms<florin::CheckoutcomPolicy>(
      florin::testing::checkoutcom({.duplicate_status = 0, .merges = true}));
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
