// SPDX-License-Identifier: Apache-2.0
#include <florin/masked.hpp>
#include <florin/policies/cybersource.hpp>
#include <florin/testing/processors/cybersource.hpp>

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
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

BOOST_AUTO_TEST_SUITE(policies_cybersource)

using namespace florin_test;
using florin::CybersourcePolicy;
using florin::Errc;
using florin::Field;
using florin::FieldSet;
using florin::Update;

static_assert(florin::ConnectorPolicy<CybersourcePolicy>);
static_assert(!florin::has_idempotency<CybersourcePolicy>);
static_assert(florin::required_fields<CybersourcePolicy> == FieldSet{Field::merchant_customer_id});
static_assert(!florin::carries<CybersourcePolicy, florin::field::Phone>);
static_assert(!florin::carries<CybersourcePolicy, florin::field::Address>);
static_assert(!florin::offers<CybersourcePolicy, florin::FindByEmail>);
static_assert(!florin::offers<CybersourcePolicy, florin::FindByReference>);

namespace {

constexpr std::string_view id = "FAKE0000000000000000000000000001";
constexpr std::string_view secret = "ZmFrZS1zZWNyZXQtZm9yLXRlc3QtdmVjdG9ycy0wMDE=";

CybersourcePolicy::Credentials keys() {
  return {.merchant_id = "fakemerchant",
          .key_id = "00000000-fake-4000-8000-000000000001",
          .shared_secret = secret};
}
constexpr florin::EncodeOptions at_the_time{
    .environment = florin::Environment::sandbox, .salt = "a1B2c3D4e5F6", .timestamp = 1767690000};

florin::CreateRequest carried_request() {
  florin::CreateRequest request = full_request();
  request.metadata = {{"data1", "gold"}};
  return request;
}

std::string decoded(std::string_view part) {
  std::string text{part};
  std::replace(text.begin(), text.end(), '-', '+');
  std::replace(text.begin(), text.end(), '_', '/');
  text.resize((text.size() + 3) / 4 * 4, '=');
  return std::string{florin::wire::detail::Base64Key{text}.bytes()};
}

/// The claims of a request's token, whose signature is right.
boost::json::object claims(std::string_view head) {
  constexpr std::string_view before = "\r\nAuthorization: Bearer ";
  std::string_view token = head.substr(head.find(before) + before.size());
  token = token.substr(0, token.find('\r'));
  florin::wire::detail::HmacSha256 hmac{"fake-secret-for-test-vectors-001"};
  hmac.add(token.substr(0, token.rfind('.')));
  BOOST_TEST(decoded(token.substr(token.rfind('.') + 1)) ==
             florin::wire::detail::text_of(hmac.finish()));
  BOOST_TEST(decoded(token.substr(0, token.find('.'))) ==
             R"({"alg":"HS256","kid":"00000000-fake-4000-8000-000000000001","typ":"JWT"})");
  token.remove_prefix(token.find('.') + 1);
  return boost::json::parse(decoded(token.substr(0, token.find('.')))).as_object();
}

std::string claim(const boost::json::object& all, std::string_view name) {
  const auto* const found = all.if_contains({name.data(), name.size()});
  return found == nullptr ? "-" : std::string{found->as_string()};
}

template <class Operation>
Sent sent(const typename Operation::Request& request) {
  florin::EncodedRequest out;
  auto result = florin::encode<CybersourcePolicy, Operation>(request, keys(), at_the_time, out);
  if (!result) return {std::move(result), {}, {}, {}};
  return {std::move(result), std::string{out.head()}, std::string{out.body()}, out.dropped()};
}

/// The customer of section 8.1.
constexpr std::string_view sheet_record =
    R"({"_links":{"self":{"href":"/tms/v2/customers/FAKE0000000000000000000000000001"}},)"
    R"("id":"FAKE0000000000000000000000000001",)"
    R"("objectInformation":{"title":"Ana Example","comment":"Example buyer"},)"
    R"("buyerInformation":{"merchantCustomerID":"m-1001","email":"ana@example.com"},)"
    R"("clientReferenceInformation":{"code":"ref-0001"},)"
    R"("merchantDefinedInformation":[{"name":"data1","value":"gold"}],)"
    R"("defaultShippingAddress":{"id":"FAKE0000000000000000000000000002"},)"
    R"("metadata":{"creator":"fakemerchant"},"_embedded":{"defaultShippingAddress":)"
    R"({"id":"FAKE0000000000000000000000000002","default":true,"shipTo":{"firstName":"Ana",)"
    R"("lastName":"Example","address1":"1 Example Street","address2":"Apt 2",)"
    R"("locality":"Springfield","administrativeArea":"IL","postalCode":"62701","country":"US",)"
    R"("email":"other@example.com","phoneNumber":"15555550100"}}}})";

std::string failed(int status, std::string_view body) {
  return summary(receive<CybersourcePolicy>(status, body));
}

}  // namespace

BOOST_AUTO_TEST_CASE(sends_what_the_sheet_shows) {
  const auto made = send<CybersourcePolicy>(carried_request(), keys(), at_the_time);
  BOOST_TEST(made.has_line("POST /tms/v2/customers HTTP/1.1"));
  BOOST_TEST(made.has_line("Host: apitest.cybersource.com"));
  BOOST_TEST(made.has_line("Content-Type: application/json;charset=utf-8"));
  BOOST_TEST(made.has_line("Accept: application/json;charset=utf-8"));
  BOOST_TEST(made.head.find("profile-id") == std::string::npos);
  BOOST_TEST(made.body ==
             R"({"objectInformation":{"title":"Ana Example","comment":"Example buyer"},)"
             R"("buyerInformation":{"merchantCustomerID":"m-1001","email":"ana@example.com"},)"
             R"("merchantDefinedInformation":[{"name":"data1","value":"gold"}]})");
  BOOST_TEST((made.dropped == (FieldSet{Field::phone} | florin::field::Address::carried)));
}

BOOST_AUTO_TEST_CASE(leaves_out_what_is_absent) {
  auto of_profile = keys();
  of_profile.profile_id = "93B32398-AD51-4CC2-A682-EA3E93614EB1";
  const auto made = send<CybersourcePolicy>({.merchant_customer_id = "m"}, of_profile, at_the_time);
  BOOST_TEST(made.body == R"({"buyerInformation":{"merchantCustomerID":"m"}})");
  BOOST_TEST(made.has_line("profile-id: 93B32398-AD51-4CC2-A682-EA3E93614EB1"));
}

BOOST_AUTO_TEST_CASE(metadata_have_fixed_keys) {
  florin::CreateRequest request{.merchant_customer_id = "m"};
  request.metadata = {{"data4", "4"}, {"sensitive1", "1"}};
  BOOST_TEST(send<CybersourcePolicy>(request, keys(), at_the_time).body ==
             R"({"buyerInformation":{"merchantCustomerID":"m"},"merchantDefinedInformation":)"
             R"([{"name":"data4","value":"4"},{"name":"sensitive1","value":"1"}]})");
  for (const char* const key : {"tier", "data5", "data0", "Data1", "sensitive"}) {
    request.metadata = {{key, "gold"}};
    BOOST_TEST(send<CybersourcePolicy>(request, keys(), at_the_time).refusal() ==
               "invalid_field:metadata");
  }
}

BOOST_AUTO_TEST_CASE(every_request_has_a_token_of_its_own) {
  const auto made = send<CybersourcePolicy>(carried_request(), keys(), at_the_time);
  const auto of_create = claims(made.head);
  BOOST_TEST(of_create.at("iat").as_int64() == 1767690000);
  BOOST_TEST(of_create.at("exp").as_int64() == 1767690120);
  BOOST_TEST(claim(of_create, "iss") == "fakemerchant");
  BOOST_TEST(claim(of_create, "v-c-merchant-id") == "fakemerchant");
  BOOST_TEST(claim(of_create, "v-c-jwt-version") == "2");
  BOOST_TEST(claim(of_create, "request-host") == "apitest.cybersource.com");
  BOOST_TEST(claim(of_create, "request-method") == "POST");
  BOOST_TEST(claim(of_create, "request-resource-path") == "/tms/v2/customers");
  BOOST_TEST(claim(of_create, "digestAlgorithm") == "SHA-256");
  BOOST_TEST(
      claim(of_create, "digest") ==
      florin::wire::BodyDigest::of({.method = florin::Method::post, .body = made.body}).first);
  BOOST_TEST(claim(of_create, "jti").size() == 36U);
  BOOST_TEST(of_create.size() == 11U);

  auto later = at_the_time;
  later.salt = "a1B2c3D4e5F7";
  const auto again = send<CybersourcePolicy>(carried_request(), keys(), later);
  BOOST_TEST(claim(claims(again.head), "jti") != claim(of_create, "jti"));

  const auto read = sent<florin::Retrieve>({id});
  BOOST_TEST(read.head.starts_with("GET /tms/v2/customers/FAKE0000000000000000000000000001 "));
  BOOST_TEST(read.has_line("Accept: application/json;charset=utf-8"));
  const auto of_read = claims(read.head);
  BOOST_TEST(claim(of_read, "request-method") == "GET");
  BOOST_TEST(claim(of_read, "request-resource-path") ==
             "/tms/v2/customers/FAKE0000000000000000000000000001");
  BOOST_TEST(claim(of_read, "digest") == "-");
  BOOST_TEST(of_read.size() == 9U);

  const auto removed = sent<florin::Delete>({id});
  BOOST_TEST(removed.head.starts_with("DELETE /tms/v2/customers/FAKE000000000000000000"));
  BOOST_TEST(removed.body.empty());
  BOOST_TEST(claim(claims(removed.head), "request-method") == "DELETE");
}

BOOST_AUTO_TEST_CASE(a_secret_that_is_no_base64_is_refused_before_anything_is_sent) {
  auto wrong = keys();
  wrong.shared_secret = "fake-secret-for-test-vectors-001";
  const auto made = send<CybersourcePolicy>(carried_request(), wrong, at_the_time);
  BOOST_TEST(made.refusal() == "invalid_credentials:");
  BOOST_TEST(made.result.error().reason ==
             "the secret that signs is not base64 of 1 to 1024 bytes");
  BOOST_TEST(!florin::masked_request<CybersourcePolicy>(carried_request(), wrong, at_the_time));
}

BOOST_AUTO_TEST_CASE(the_token_is_masked) {
  const auto masked =
      florin::masked_request<CybersourcePolicy>(carried_request(), keys(), at_the_time);
  BOOST_TEST_REQUIRE(masked.has_value());
  const auto made = send<CybersourcePolicy>(carried_request(), keys(), at_the_time);
  const std::size_t from = made.head.find("Bearer ") + 7;
  const std::size_t size = made.head.find('\r', from) - from;
  std::string shown = made.head + made.body;
  shown.replace(from, size, std::string(size, '*'));
  BOOST_TEST(*masked == shown);
}

BOOST_AUTO_TEST_CASE(reads_the_answers_of_the_sheet) {
  const auto created = [](std::string_view reference) {
    return R"({"id":"FAKE0000000000000000000000000001","buyerInformation":{"merchantCustomerID":")" +
           std::string{reference} + R"("},"metadata":{"creator":"fakemerchant"}})";
  };
  const auto made = receive<CybersourcePolicy>(201, created("cust_user_12345"),
                                               {{"v-c-correlation-id", "corr-1"}});
  BOOST_TEST(summary(made) == "success:FAKE0000000000000000000000000001");
  BOOST_TEST(made->request_id == "corr-1");
  BOOST_TEST(failed(201, created("m-1001")) == "unreadable_reply/unknown/502");
  BOOST_TEST(failed(201, R"({"id":"7010000000016241111"})") == "success:7010000000016241111");

  const auto invalid = receive<CybersourcePolicy>(
      400, R"({"errors":[{"type":"invalidFields","message":"Invalid field(s) in request",)"
           R"("details":[{"name":"email","location":"buyerInformation"}]}]})");
  BOOST_TEST(summary(invalid) == "invalid_data/no_effect/422");
  BOOST_TEST(invalid.error().connector_code == "invalidFields");
  BOOST_TEST(invalid.error().connector_message == "Invalid field(s) in request");
  BOOST_TEST(invalid.error().param == "email");
  BOOST_TEST(invalid.error().from_processor);
  BOOST_TEST(failed(400,
                    R"({"errors":[{"type":"missingHeaders","message":"Missing required )"
                    R"(header","details":[{"name":"v-c-merchant-id","location":"header"}]}]})") ==
             "invalid_data/no_effect/422");
  for (const char* const type : {"missingFields", "invalidHeaders", "invalidCombination",
                                 "unsupportedPaymentMethodModification"})
    BOOST_TEST(failed(400, R"({"errors":[{"type":")" + std::string{type} + R"("}]})") ==
               "invalid_data/no_effect/422");
  const auto edge =
      receive<CybersourcePolicy>(401, R"({"response":{"rmsg":"Authentication Failed"}})");
  BOOST_TEST(summary(edge) == "unauthorized/no_effect/401");
  BOOST_TEST(edge.error().connector_message == "Authentication Failed");
  for (const char* const type : {"forbidden", "declined"})
    BOOST_TEST(failed(403, R"({"errors":[{"type":")" + std::string{type} +
                               R"(","message":"Request not permitted"}]})") ==
               "forbidden/no_effect/403");
  for (const char* const type :
       {"conflict", "tokenIdConflict", "instrumentIdentifierDeletionError"})
    BOOST_TEST(failed(409, R"({"errors":[{"type":")" + std::string{type} + R"("}]})") ==
               "rejected/unknown/409");
  BOOST_TEST(failed(424, R"({"errors":[{"type":"notFound","message":"Profile not found"}]})") ==
             "rejected/no_effect/424");
  BOOST_TEST(failed(429, "") == "rate_limited/no_effect/429");
  BOOST_TEST(failed(500, R"({"errors":[{"type":"internalError","message":"Internal error"}]})") ==
             "connector_unavailable/unknown/500");
  for (const int status : {502, 503, 504})
    BOOST_TEST(failed(status, "<html>") ==
               "connector_unavailable/unknown/" + std::to_string(status));
  const auto payment = receive<CybersourcePolicy>(
      400, R"({"status":"INVALID_REQUEST","reason":"INVALID_DATA","message":"Declined"})");
  BOOST_TEST(summary(payment) == "invalid_data/no_effect/422");
  BOOST_TEST(payment.error().connector_code == "INVALID_DATA");
  BOOST_TEST(payment.error().connector_message == "Declined");
}

BOOST_AUTO_TEST_CASE(reads_a_customer_back) {
  const auto customer = read<CybersourcePolicy, florin::Retrieve>(id, 200, sheet_record);
  BOOST_TEST_REQUIRE(customer.has_value());
  BOOST_TEST(customer->connector_customer_id() == id);
  BOOST_TEST((customer->merchant_customer_id() == "m-1001"));
  BOOST_TEST((customer->email() == "ana@example.com"));
  BOOST_TEST((customer->name() == "Ana Example"));
  BOOST_TEST((customer->given_name() == "Ana"));
  BOOST_TEST((customer->family_name() == "Example"));
  BOOST_TEST((customer->description() == "Example buyer"));
  BOOST_TEST((customer->phone() == "15555550100"));
  BOOST_TEST((customer->address_line1() == "1 Example Street"));
  BOOST_TEST((customer->address_line2() == "Apt 2"));
  BOOST_TEST((customer->address_city() == "Springfield"));
  BOOST_TEST((customer->address_state() == "IL"));
  BOOST_TEST((customer->address_zip() == "62701"));
  BOOST_TEST((customer->address_country() == "US"));
  BOOST_TEST(customer->metadata_size() == 1U);
  BOOST_TEST((customer->metadata("data1") == "gold"));
  const auto bare = read<CybersourcePolicy, florin::Retrieve>(
      id, 200, R"({"id":"FAKE0000000000000000000000000001","metadata":{"creator":"x"}})");
  BOOST_TEST_REQUIRE(bare.has_value());
  BOOST_TEST(!bare->phone());
  BOOST_TEST(!bare->email());
  BOOST_TEST(bare->metadata_size() == 0U);

  const auto means = [](int status, std::string_view body) {
    return read<CybersourcePolicy, florin::Retrieve>(id, status, body).error().code;
  };
  BOOST_TEST(means(404, R"({"errors":[{"type":"notFound","message":"Token not found"}]})") ==
             Errc::not_found);
  BOOST_TEST(
      means(410, R"({"errors":[{"type":"notAvailable","message":"Token not available."}]})") ==
      Errc::not_found);
  BOOST_TEST(means(424, R"({"errors":[{"type":"notFound","message":"no profile"}]})") ==
             Errc::rejected);
}

BOOST_AUTO_TEST_CASE(changes_what_is_given) {
  const auto changed = sent<Update>({.connector_customer_id = id, .email = "ana.new@example.com"});
  BOOST_TEST(changed.head.starts_with("PATCH /tms/v2/customers/FAKE0000000000000000000000000001 "));
  BOOST_TEST(changed.has_line("Content-Type: application/json;charset=utf-8"));
  BOOST_TEST(changed.body == R"({"buyerInformation":{"email":"ana.new@example.com"}})");
  const auto of_change = claims(changed.head);
  BOOST_TEST(claim(of_change, "request-method") == "PATCH");
  BOOST_TEST(claim(of_change, "digest") == "9+mtkZTCcdWt68B1imwwnrXUZek4nVHLHlL0m+6gZpA=");
  BOOST_TEST(
      sent<Update>(
          {.connector_customer_id = id, .email = "a@b.example", .cleared = {Field::description}})
          .refusal() == "invalid_field:description");
  const auto phone =
      sent<Update>({.connector_customer_id = id, .email = "a@b.example", .phone = "+15555550100"});
  BOOST_TEST((phone.dropped == FieldSet{Field::phone}));

  const auto answer = [](int status, std::string_view body) {
    const std::vector<florin::wire::HeaderView> headers;
    return florin::decode<CybersourcePolicy, Update>(
        florin::wire::ResponseView<std::vector<florin::wire::HeaderView>>{status, headers, body},
        florin::UpdateRequestView{.connector_customer_id = id, .name = "Ana Example"});
  };
  BOOST_TEST(answer(200, sheet_record).has_value());
  const auto stale =
      answer(412, R"({"errors":[{"type":"conflict","message":"ETag does not match"}]})");
  BOOST_TEST(stale.error().code == Errc::rejected);
  BOOST_TEST(stale.error().outcome == florin::Outcome::no_effect);
  BOOST_TEST(answer(410, R"({"errors":[{"type":"notAvailable"}]})").error().code ==
             Errc::not_found);
}

BOOST_AUTO_TEST_CASE(metadata_are_changed_as_a_whole) {
  const auto current = read<CybersourcePolicy, florin::Retrieve>(id, 200, sheet_record).value();
  florin::UpdateRequest request{.connector_customer_id = std::string{id}};
  request.metadata = {{"data2", "new"}};
  florin::UpdateRequestView view = request;
  view.current = &current;
  const auto changed = sent<Update>(view);
  BOOST_TEST(changed.body == R"({"merchantDefinedInformation":[{"name":"data1","value":"gold"},)"
                             R"({"name":"data2","value":"new"}]})");
}

BOOST_AUTO_TEST_CASE(a_deleted_customer_is_gone) {
  const auto removed = [](int status, std::string_view body) {
    return read<CybersourcePolicy, florin::Delete>(id, status, body);
  };
  BOOST_TEST(removed(204, "").has_value());
  BOOST_TEST(!removed(204, "")->already_gone);
  const auto again =
      removed(410, R"({"errors":[{"type":"notAvailable","message":"Token not available."}]})");
  BOOST_TEST_REQUIRE(again.has_value());
  BOOST_TEST(again->already_gone);
  BOOST_TEST(removed(404, R"({"errors":[{"type":"notFound","message":"Token not found"}]})")
                 .error()
                 .code == Errc::not_found);
}

BOOST_AUTO_TEST_CASE(reads_each_example_of_the_sheet) {
  reads_as<CybersourcePolicy, florin::Create>(
      {.merchant_customer_id = "m-1001", .email = "ana@example.com"}, 201,
      R"({"_links":{"self":{"href":"/tms/v2/customers/FAKE0000000000000000000000000001"},)"
      R"("paymentInstruments":{"href":"/tms/v2/customers/FAKE0000000000000000000000000001/payme)"
      R"(nt-instruments"},"shippingAddress":{"href":"/tms/v2/customers/FAKE00000000000000000000)"
      R"(00000001/shipping-addresses"}},"id":"FAKE0000000000000000000000000001",)"
      R"("objectInformation":{"title":"Ana Example","comment":"Example buyer"},)"
      R"("buyerInformation":{"merchantCustomerID":"m-1001","email":"ana@example.com"},)"
      R"("clientReferenceInformation":{"code":"ref-0001"},)"
      R"("merchantDefinedInformation":[{"name":"data1","value":"gold"}],)"
      R"("metadata":{"creator":"fakemerchant"}})",
      "success:FAKE0000000000000000000000000001");
  reads_as<CybersourcePolicy, florin::Create>(
      {.merchant_customer_id = "mc-0001", .email = "ana.example@example.com"}, 403,
      R"({"errors":[{"type":"forbidden","message":"Request not permitted"}]})",
      "forbidden/no_effect/403|forbidden|Request not permitted");
  reads_as<CybersourcePolicy, florin::Retrieve>(
      {"FAKE0000000000000000000000000001"}, 200,
      R"({"_links":{"self":{"href":"/tms/v2/customers/FAKE0000000000000000000000000001"}},)"
      R"("id":"FAKE0000000000000000000000000001","objectInformation":{"title":"Ana Example",)"
      R"("comment":"Example buyer"},"buyerInformation":{"merchantCustomerID":"m-1001",)"
      R"("email":"ana@example.com"},"clientReferenceInformation":{"code":"ref-0001"},)"
      R"("merchantDefinedInformation":[{"name":"data1","value":"gold"}],)"
      R"("defaultShippingAddress":{"id":"FAKE0000000000000000000000000002"},)"
      R"("metadata":{"creator":"fakemerchant"},"_embedded":{"defaultShippingAddress":{"id":"FAK)"
      R"(E0000000000000000000000000002","default":true,"shipTo":{"firstName":"Ana",)"
      R"("lastName":"Example","address1":"1 Example Street","address2":"Apt 2",)"
      R"("locality":"Springfield","administrativeArea":"IL","postalCode":"62701",)"
      R"("country":"US","email":"ana@example.com","phoneNumber":"15555550100"}}}})",
      "ACTIVE|merchant_customer_id=m-1001|email=ana@example.com|name=Ana Example|"
      "given_name=Ana|family_name=Example|phone=15555550100|description=Example buyer|"
      "address.line1=1 Example Street|address.line2=Apt 2|address.city=Springfield|"
      "address.state=IL|address.zip=62701|address.country=US|data1:gold");
}

namespace {

florin_test::Trial trial() {
  return florin_test::trial_of<florin::CybersourcePolicy>(florin::testing::cybersource());
}

}  // namespace

BOOST_AUTO_TEST_CASE(conforms) {
  florin_test::conforms<florin::CybersourcePolicy>(florin::testing::cybersource());
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
