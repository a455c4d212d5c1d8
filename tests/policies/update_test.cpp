// SPDX-License-Identifier: Apache-2.0
// How each processor's customer is changed, by the examples of its documents.
#include <florin/policies.hpp>

#include <boost/test/unit_test.hpp>

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "policies/exchange.hpp"

BOOST_AUTO_TEST_SUITE(policies_update)

using namespace florin;
using namespace florin_test;

namespace {

template <class P>
typename P::Credentials fake_credentials() {
  typename P::Credentials credentials{};
  P::CredentialNames::describe([&]<class Part>() {
    if (!Part::optional) credentials.*Part::member = "FAKE";
  });
  return credentials;
}

const EncodeOptions usual{.idempotency_key = "00000000-0000-4000-8000-00000000fa4f",
                          .access_token = "FAKEtoken0001",
                          .salt = "a1B2c3D4e5F6",
                          .timestamp = 1700000000};

template <class P>
Sent change(const UpdateRequestView& request, const typename P::Credentials& credentials) {
  EncodedRequest out;
  auto result = encode<P, Update>(request, credentials, usual, out);
  if (!result) return {std::move(result), {}, {}, {}};
  return {std::move(result), std::string{out.head()}, std::string{out.body()}, out.dropped()};
}
template <class P>
Sent change(const UpdateRequestView& request) {
  return change<P>(request, fake_credentials<P>());
}

/// A record as a retrieve gives it.
template <class P>
Customer record(std::string_view id, std::string_view body) {
  const std::vector<wire::HeaderView> headers;
  return decode<P, Retrieve>(wire::ResponseView<std::vector<wire::HeaderView>>{200, headers, body},
                             RetrieveRequest{id})
      .value();
}

template <class P>
Result<Customer> read(const UpdateRequestView& request, int status, std::string_view body) {
  const std::vector<wire::HeaderView> headers;
  return decode<P, Update>(wire::ResponseView<std::vector<wire::HeaderView>>{status, headers, body},
                           request);
}

/// `code/outcome` of an error.
std::string refusal(const Result<Customer>& answer) {
  BOOST_TEST_REQUIRE(answer.has_error());
  return std::string{to_string(answer.error().code)} + '/' +
         std::string{to_string(answer.error().outcome)};
}

/// The request of a change of `current`.
UpdateRequestView of(const Customer& current, const UpdateRequest& changes) {
  UpdateRequestView view = changes;
  view.connector_customer_id = current.connector_customer_id();
  view.current = &current;
  return view;
}
/// The request of a change of a customer that was not read.
UpdateRequestView of(std::string_view id, const UpdateRequest& changes) {
  UpdateRequestView view = changes;
  view.connector_customer_id = id;
  return view;
}

template <class P>
std::string body(const Customer& current, const UpdateRequest& changes) {
  const auto sent = change<P>(of(current, changes));
  return sent.result ? sent.body : sent.refusal();
}
template <class P>
std::string body(std::string_view id, const UpdateRequest& changes) {
  const auto sent = change<P>(of(id, changes));
  return sent.result ? sent.body : sent.refusal();
}

static_assert(!offers<GlomopayPolicy, Update>);
static_assert(!merges<BraintreePolicy> && !merges<DwollaPolicy> && merges<StripePolicy>);

}  // namespace

BOOST_AUTO_TEST_CASE(stripe) {
  const std::string_view removed[]{"tier"};
  const MetadataEntry set[]{{"plan", "b"}};
  const UpdateRequestView request{.connector_customer_id = "cus_FaKe0Example01",
                                  .name = "Ana Sample",
                                  .metadata = std::span<const MetadataEntry>{set},
                                  .cleared = address_fields,
                                  .metadata_cleared = std::span<const std::string_view>{removed}};
  const auto sent = change<StripePolicy>(request);
  BOOST_TEST_REQUIRE(sent.refusal() == "");
  BOOST_TEST(sent.has_line("POST /v1/customers/cus_FaKe0Example01 HTTP/1.1"));
  BOOST_TEST(sent.has_line("Idempotency-Key: 00000000-0000-4000-8000-00000000fa4f"));
  BOOST_TEST(sent.has_line("Content-Type: application/x-www-form-urlencoded"));
  BOOST_TEST(sent.body == "name=Ana%20Sample&address=&metadata[tier]=&metadata[plan]=b");
  BOOST_TEST(sent.dropped.empty());
  const auto answer = read<StripePolicy>(
      request, 200,
      R"({"id":"cus_FaKe0Example01","object":"customer","address":null,"created":1767600000,)"
      R"("description":"Example buyer","email":"ana@example.com","livemode":false,)"
      R"("metadata":{"merchant_customer_id":"m-1001","plan":"b"},"name":"Ana Sample",)"
      R"("phone":"+15555550100","shipping":null})");
  BOOST_TEST_REQUIRE(answer.has_value());
  BOOST_TEST(answer->name().value_or("-") == "Ana Sample");
  BOOST_TEST(answer->metadata("plan").value_or("-") == "b");
}

BOOST_AUTO_TEST_CASE(airwallex) {
  const std::string_view id = "cus_fake0000000001";
  const auto current = record<AirwallexPolicy>(
      id,
      R"({"id":"cus_fake0000000001","request_id":"00000000-0000-4000-8000-00000000fa4e",)"
      R"("merchant_customer_id":"m-1001","first_name":"Ana","last_name":"Example",)"
      R"("email":"ana@example.com","phone_number":"+15555550100","address":{"country_code":"US",)"
      R"("state":"IL","city":"Springfield","street":"1 Example Street, Apt 2",)"
      R"("postcode":"62701"},"metadata":{"tier":"gold"},)"
      R"("created_at":"2026-01-05T08:00:00+0000","updated_at":"2026-01-05T08:00:00+0000"})");
  const UpdateRequest changes{.email = "ana.new@example.com", .metadata = {{"tier", "silver"}}};
  const auto sent = change<AirwallexPolicy>(of(current, changes));
  BOOST_TEST(sent.has_line("POST /api/v1/pa/customers/cus_fake0000000001/update HTTP/1.1"));
  BOOST_TEST(sent.has_line("Authorization: Bearer FAKEtoken0001"));
  BOOST_TEST(sent.body == R"({"request_id":"00000000-0000-4000-8000-00000000fa4f",)"
                          R"("email":"ana.new@example.com","metadata":{"tier":"silver"}})");
  const std::string key = R"({"request_id":"00000000-0000-4000-8000-00000000fa4f",)";
  BOOST_TEST(body<AirwallexPolicy>(current, {.metadata = {{"plan", "b"}}}) ==
             key + R"("metadata":{"tier":"gold","plan":"b"}})");
  BOOST_TEST(body<AirwallexPolicy>(current, {.address = {.city = "Chicago"}}) ==
             key + R"("address":{"country_code":"US","state":"IL","city":"Chicago",)"
                   R"("street":"1 Example Street, Apt 2","postcode":"62701"}})");
  // Two lines are one street, so a new first line leaves nothing of the old one.
  BOOST_TEST(body<AirwallexPolicy>(current, {.address = {.line1 = "2 New Street"}}) ==
             key + R"("address":{"country_code":"US","state":"IL","city":"Springfield",)"
                   R"("street":"2 New Street","postcode":"62701"}})");
  BOOST_TEST(body<AirwallexPolicy>(current, {.address = {.line2 = "Apt 3"}}) ==
             "missing_field:address.line1");
  BOOST_TEST(body<AirwallexPolicy>(id, {.metadata = {{"plan", "b"}}}) == "invalid_options:");
  BOOST_TEST(body<AirwallexPolicy>(id, {.address = {.city = "Chicago"}}) == "invalid_options:");
  BOOST_TEST(body<AirwallexPolicy>(current, {.cleared = {Field::phone}}) == "invalid_field:phone");
  BOOST_TEST(body<AirwallexPolicy>(current, {.metadata_cleared = {"tier"}}) ==
             "invalid_field:metadata");
  BOOST_TEST(body<AirwallexPolicy>(current, {.name = "Cher"}) == "invalid_field:name");
  BOOST_TEST(body<AirwallexPolicy>(id, {.name = "Ana Sample"}) ==
             key + R"("first_name":"Ana","last_name":"Sample"})");
  BOOST_TEST(body<AirwallexPolicy>(id, {.description = "D"}) == "invalid_field:description");
  EncodedRequest out;
  const UpdateRequest plain{.connector_customer_id = "cus_1", .phone = "1"};
  const auto without_key =
      encode<AirwallexPolicy, Update>(plain, {"id", "key"}, {.access_token = "t"}, out);
  BOOST_TEST_REQUIRE(without_key.has_error());
  BOOST_TEST((without_key.error().code == Errc::invalid_idempotency_key));

  const auto answer = read<AirwallexPolicy>(
      of(id, changes), 200,
      R"({"id":"cus_fake0000000001","request_id":"00000000-0000-4000-8000-00000000fa4f",)"
      R"("merchant_customer_id":"m-1001","first_name":"Ana","last_name":"Example",)"
      R"("email":"ana.new@example.com","metadata":{"tier":"silver"},)"
      R"("created_at":"2026-01-05T08:00:00+0000","updated_at":"2026-01-05T09:00:00+0000"})");
  BOOST_TEST_REQUIRE(answer.has_value());
  BOOST_TEST(answer->email().value_or("-") == "ana.new@example.com");
  const auto bare = read<AirwallexPolicy>(of(id, changes), 201, "");
  BOOST_TEST_REQUIRE(bare.has_value());
  BOOST_TEST(bare->connector_customer_id() == id);
  BOOST_TEST(!bare->email());
  BOOST_TEST(refusal(read<AirwallexPolicy>(
                 of(id, changes), 400,
                 R"({"code":"duplicate_request","message":"The request ID has already been used",)"
                 R"("source":"request_id"})")) == "idempotency_conflict/unknown");
}

BOOST_AUTO_TEST_CASE(authorizedotnet) {
  const std::string_view id = "900000001";
  const auto current = record<AuthorizedotnetPolicy>(
      id,
      R"({"profile":{"shipToList":[{"customerAddressId":"900000002","firstName":"Ana",)"
      R"("phoneNumber":"555-555-0100"}],"customerProfileId":"900000001",)"
      R"("merchantCustomerId":"m-1001","description":"Example buyer","email":"ana@example.com"},)"
      R"("messages":{"resultCode":"Ok","message":[{"code":"I00001","text":"Successful."}]}})");
  const UpdateRequest changes{.email = "ana.new@example.com", .description = "Renamed buyer"};
  const auto sent = change<AuthorizedotnetPolicy>(of(current, changes));
  BOOST_TEST(sent.has_line("POST /xml/v1/request.api HTTP/1.1"));
  const std::string begin =
      R"({"updateCustomerProfileRequest":{"merchantAuthentication":{"name":"FAKE",)"
      R"("transactionKey":"FAKE"},"profile":{"merchantCustomerId":"m-1001",)";
  BOOST_TEST(sent.body == begin + R"("description":"Renamed buyer","email":"ana.new@example.com",)"
                                  R"("customerProfileId":"900000001"}}})");
  // All three given: nothing else has to be known.
  BOOST_TEST(body<AuthorizedotnetPolicy>(id, {.merchant_customer_id = "m-1001",
                                              .email = "ana.new@example.com",
                                              .description = "Renamed buyer"}) == sent.body);
  BOOST_TEST(body<AuthorizedotnetPolicy>(id, changes) == "invalid_options:");
  BOOST_TEST(body<AuthorizedotnetPolicy>(current, {.cleared = {Field::description}}) ==
             begin + R"("email":"ana@example.com","customerProfileId":"900000001"}}})");
  BOOST_TEST(body<AuthorizedotnetPolicy>(current, {.phone = "1"}) == "invalid_field:phone");
  const UpdateRequest more{.email = "a@b.example", .phone = "1"};
  BOOST_TEST((change<AuthorizedotnetPolicy>(of(current, more)).dropped == FieldSet{Field::phone}));

  const std::string mark = "\xEF\xBB\xBF";
  const auto answer = read<AuthorizedotnetPolicy>(
      of(current, changes), 200,
      mark + R"({"messages":{"resultCode":"Ok","message":[{"code":"I00001",)"
             R"("text":"Successful."}]}})");
  BOOST_TEST_REQUIRE(answer.has_value());
  BOOST_TEST(answer->connector_customer_id() == id);
  BOOST_TEST(!answer->email());
  const auto failed = [&](std::string_view code) {
    return refusal(read<AuthorizedotnetPolicy>(
        of(current, changes), 200,
        mark + R"({"messages":{"resultCode":"Error","message":[{"code":")" + std::string{code} +
            R"(","text":"Text"}]}})"));
  };
  BOOST_TEST(failed("E00040") == "not_found/no_effect");
  BOOST_TEST(failed("E00041") == "invalid_data/no_effect");
  BOOST_TEST(failed("E00039") == "customer_exists/no_effect");
}

BOOST_AUTO_TEST_CASE(braintree) {
  const std::string_view id = "Y3VzdG9tZXJfRkFLRTAwMDE=";
  auto credentials = fake_credentials<BraintreePolicy>();
  credentials.custom_fields = "tier, plan,merchant_customer_id";
  credentials.merchant_customer_id_field = "merchant_customer_id";
  const auto variables = [&](const UpdateRequest& changes) {
    const auto sent = change<BraintreePolicy>(of(id, changes), credentials);
    if (!sent.result) return sent.refusal();
    BOOST_TEST(sent.has_line("POST /graphql HTTP/1.1"));
    BOOST_TEST(sent.body.starts_with(
        R"({"query":"mutation UpdateCustomer($input: UpdateCustomerInput!) { updateCustomer()"
        R"(input: $input) { customer { id legacyId firstName lastName company email phoneNumber )"
        R"(createdAt customFields { name value } } } }","variables":{"input":{"customerId":)"
        R"("Y3VzdG9tZXJfRkFLRTAwMDE=")"));
    return sent.body.substr(sent.body.find("AwMDE=\"") + 7);
  };
  const UpdateRequest changes{
      .email = "ana.new@example.com", .cleared = {Field::phone}, .metadata_cleared = {"tier"}};
  BOOST_TEST(variables(changes) ==
             R"(,"customer":{"email":"ana.new@example.com","phoneNumber":null,"customFields":[)"
             R"({"name":"tier","value":null}]}}}})");
  BOOST_TEST(variables({.metadata = {{"plan", "b"}}}) ==
             R"(,"customer":{"customFields":[{"name":"plan","value":"b"}]}}}})");
  BOOST_TEST(variables({.merchant_customer_id = "m-2"}) ==
             R"(,"customer":{"customFields":[{"name":"merchant_customer_id","value":"m-2"}]}}}})");
  // All that are declared, but the one that holds the reference.
  BOOST_TEST(variables({.cleared = {Field::metadata}}) ==
             R"(,"customer":{"customFields":[{"name":"tier","value":null},)"
             R"({"name":"plan","value":null}]}}}})");
  BOOST_TEST(variables({.name = "Ana Sample"}) ==
             R"(,"customer":{"firstName":"Ana","lastName":"Sample"}}}})");
  // A name of one word leaves nothing of the old one.
  BOOST_TEST(variables({.name = "Cher"}) ==
             R"(,"customer":{"firstName":"Cher","lastName":null}}}})");
  BOOST_TEST(variables({.cleared = {Field::name}}) ==
             R"(,"customer":{"firstName":null,"lastName":null}}}})");
  BOOST_TEST(variables({.description = "D"}) == "invalid_field:description");
  const UpdateRequest unknown{.phone = "1", .metadata_cleared = {"nobody declared it"}};
  BOOST_TEST(
      (change<BraintreePolicy>(of(id, unknown), credentials).dropped == FieldSet{Field::metadata}));

  const auto answer = read<BraintreePolicy>(
      of(id, changes), 200,
      R"({"data":{"updateCustomer":{"clientMutationId":"req-0002","customer":{)"
      R"("id":"Y3VzdG9tZXJfRkFLRTAwMDE=","legacyId":"FAKE0001","firstName":"Ana",)"
      R"("lastName":"Example","company":null,"email":"ana.new@example.com","phoneNumber":null,)"
      R"("createdAt":"2026-01-15T10:20:30.000000Z","customFields":[)"
      R"({"name":"merchant_customer_id","value":"mc-0001"}]}}},"extensions":{)"
      R"("requestId":"00000000-0000-4000-8000-00000000fa02"}})");
  BOOST_TEST_REQUIRE(answer.has_value());
  BOOST_TEST(answer->email().value_or("-") == "ana.new@example.com");
  BOOST_TEST(answer->family_name().value_or("-") == "Example");
  BOOST_TEST(answer->metadata("merchant_customer_id").value_or("-") == "mc-0001");
  BOOST_TEST(refusal(read<BraintreePolicy>(
                 of(id, changes), 200,
                 R"({"errors":[{"message":"An object with this ID was not found.",)"
                 R"("path":["updateCustomer"],"extensions":{"errorClass":"NOT_FOUND",)"
                 R"("errorType":"user_error","inputPath":["input","customerId"]}}],)"
                 R"("data":{"updateCustomer":null},"extensions":{"requestId":"r"}})")) ==
             "not_found/no_effect");
}

BOOST_AUTO_TEST_CASE(dwolla) {
  const std::string_view id = "0fa4e000-0000-4000-8000-00000000c001";
  const UpdateRequest changes{.email = "bo.example@example.com"};
  const auto sent = change<DwollaPolicy>(of(id, changes));
  BOOST_TEST(sent.has_line("POST /customers/0fa4e000-0000-4000-8000-00000000c001 HTTP/1.1"));
  BOOST_TEST(sent.has_line("Content-Type: application/vnd.dwolla.v1.hal+json"));
  BOOST_TEST(sent.has_line("Accept: application/vnd.dwolla.v1.hal+json"));
  BOOST_TEST(sent.head.find("Idempotency") == std::string::npos);
  BOOST_TEST(sent.body == R"({"email":"bo.example@example.com"})");
  BOOST_TEST(body<DwollaPolicy>(id, {.name = "Ana Sample"}) ==
             R"({"firstName":"Ana","lastName":"Sample"})");
  BOOST_TEST(body<DwollaPolicy>(id, {.name = "Cher"}) == "invalid_field:name");
  BOOST_TEST(body<DwollaPolicy>(id, {.cleared = {Field::email}}) == "invalid_field:email");
  BOOST_TEST(body<DwollaPolicy>(id, {.merchant_customer_id = "m"}) ==
             "invalid_field:merchant_customer_id");
  BOOST_TEST(
      refusal(read<DwollaPolicy>(
          of(id, changes), 400,
          R"({"code":"ValidationError","message":"Validation error(s) present.","_embedded":{)"
          R"("errors":[{"code":"Duplicate","message":"A customer with the specified email )"
          R"(already exists.","path":"/email","_links":{}}]}})")) == "customer_exists/no_effect");
  const auto answer = read<DwollaPolicy>(
      of(id, changes), 200,
      R"({"id":"0fa4e000-0000-4000-8000-00000000c001","firstName":"Ana","lastName":"Example",)"
      R"("email":"bo.example@example.com","type":"unverified","status":"unverified",)"
      R"("created":"2026-01-15T10:20:30.123Z","correlationId":"mc-0001"})");
  BOOST_TEST_REQUIRE(answer.has_value());
  BOOST_TEST(answer->email().value_or("-") == "bo.example@example.com");
}

BOOST_AUTO_TEST_CASE(finix) {
  const std::string_view id = "IDfAkEfAkEfAkEfAkEfAkE01";
  const auto current = record<FinixPolicy>(
      id, R"({"id":"IDfAkEfAkEfAkEfAkEfAkE01","created_at":"2026-01-05T08:00:00.12Z",)"
          R"("entity":{"email":"ana@example.com","first_name":"Ana","last_name":"Example",)"
          R"("personal_address":null,"phone":"5555550100"},"type":"PERSONAL",)"
          R"("tags":{"merchant_customer_id":"m-1001","tier":"gold"}})");
  const UpdateRequest changes{.name = "Ana Sample", .metadata = {{"tier", "silver"}}};
  const auto sent = change<FinixPolicy>(of(current, changes));
  BOOST_TEST(sent.has_line("PUT /identities/IDfAkEfAkEfAkEfAkEfAkE01 HTTP/1.1"));
  BOOST_TEST(sent.has_line("Finix-Version: 2022-02-01"));
  BOOST_TEST(sent.body ==
             R"({"entity":{"first_name":"Ana","last_name":"Sample","email":"ana@example.com",)"
             R"("phone":"5555550100"},"tags":{"tier":"silver","merchant_customer_id":"m-1001"}})");
  BOOST_TEST(body<FinixPolicy>(current, {.phone = "1", .metadata_cleared = {"tier"}}) ==
             R"({"entity":{"first_name":"Ana","last_name":"Example","email":"ana@example.com",)"
             R"("phone":"1"},"tags":{"merchant_customer_id":"m-1001"}})");
  BOOST_TEST(body<FinixPolicy>(id, {.phone = "1"}) == "invalid_options:");
  BOOST_TEST(body<FinixPolicy>(current, {.cleared = {Field::phone}}) == "invalid_field:phone");
  BOOST_TEST(body<FinixPolicy>(current, {.name = "Cher"}) == "invalid_field:name");

  const auto housed = record<FinixPolicy>(
      id, R"({"id":"IDfAkEfAkEfAkEfAkEfAkE01","entity":{"email":"ana@example.com",)"
          R"("first_name":"Ana","last_name":null,"personal_address":{"line1":"1 Example Street",)"
          R"("line2":null,"city":"Springfield","region":"IL","postal_code":"62701",)"
          R"("country":"USA"}},"tags":{}})");
  BOOST_TEST(body<FinixPolicy>(housed, {.address = {.city = "Chicago"}}) ==
             R"({"entity":{"first_name":"Ana","email":"ana@example.com","personal_address":{)"
             R"("line1":"1 Example Street","city":"Chicago","region":"IL","postal_code":"62701",)"
             R"("country":"USA"}}})");
  const auto answer = read<FinixPolicy>(
      of(current, changes), 200,
      R"({"id":"IDfAkEfAkEfAkEfAkEfAkE01","created_at":"2026-01-05T08:00:00.12Z",)"
      R"("updated_at":"2026-01-05T09:00:00.12Z","application":"APfAkEfAkEfAkEfAkEfAkE01",)"
      R"("entity":{"email":"ana@example.com","first_name":"Ana","last_name":"Sample",)"
      R"("personal_address":null,"phone":"5555550100"},"identity_roles":["BUYER"],)"
      R"("type":"PERSONAL","tags":{"merchant_customer_id":"m-1001","tier":"silver"}})");
  BOOST_TEST_REQUIRE(answer.has_value());
  BOOST_TEST(answer->metadata("tier").value_or("-") == "silver");
}

BOOST_AUTO_TEST_CASE(gocardless) {
  const std::string_view id = "CU0000FAKE0001";
  const std::string before =
      R"({"customers":{"id":"CU0000FAKE0001","created_at":"2026-01-15T10:20:30.000Z",)"
      R"("email":"ana.example@example.com","given_name":"Ana","family_name":"Example",)"
      R"("company_name":null,"address_line1":"1 Example Street","address_line2":null,)"
      R"("city":"London","region":null,"postal_code":"EC1V 7LQ","country_code":"GB",)"
      R"("phone_number":"+44207946)";
  const auto current = record<GocardlessPolicy>(
      id, before + R"(0000","metadata":{"merchant_customer_id":"mc-0001"}}})");
  const UpdateRequest changes{.phone = "+442079460999", .metadata = {{"tier", "gold"}}};
  const auto sent = change<GocardlessPolicy>(of(current, changes));
  BOOST_TEST(sent.has_line("PUT /customers/CU0000FAKE0001 HTTP/1.1"));
  BOOST_TEST(sent.has_line("GoCardless-Version: 2015-07-06"));
  BOOST_TEST(sent.head.find("Idempotency") == std::string::npos);
  BOOST_TEST(sent.body ==
             R"({"customers":{"phone_number":"+442079460999","metadata":{"tier":"gold",)"
             R"("merchant_customer_id":"mc-0001"}}})");
  // What does not touch the metadata leaves them alone.
  BOOST_TEST(body<GocardlessPolicy>(id, {.address = {.city = "Leeds"}}) ==
             R"({"customers":{"city":"Leeds"}})");
  BOOST_TEST(body<GocardlessPolicy>(id, changes) == "invalid_options:");
  BOOST_TEST(body<GocardlessPolicy>(id, {.merchant_customer_id = "m-2"}) == "invalid_options:");
  BOOST_TEST(body<GocardlessPolicy>(current, {.merchant_customer_id = "m-2"}) ==
             R"({"customers":{"metadata":{"merchant_customer_id":"m-2"}}})");
  const auto full = record<GocardlessPolicy>(
      id, before + R"(0000","metadata":{"a":"1","b":"2","merchant_customer_id":"mc-0001"}}})");
  BOOST_TEST(body<GocardlessPolicy>(full, {.metadata = {{"c", "3"}}}) == "invalid_field:metadata");
  BOOST_TEST(body<GocardlessPolicy>(full, {.metadata = {{"c", "3"}}, .metadata_cleared = {"a"}}) ==
             R"({"customers":{"metadata":{"b":"2","c":"3","merchant_customer_id":"mc-0001"}}})");
  BOOST_TEST(body<GocardlessPolicy>(full, {.cleared = {Field::metadata}}) ==
             R"({"customers":{"metadata":{"merchant_customer_id":"mc-0001"}}})");
  const auto bare = record<GocardlessPolicy>(id, before + R"(0000","metadata":{"a":"1"}}})");
  BOOST_TEST(body<GocardlessPolicy>(bare, {.metadata_cleared = {"a"}}) ==
             R"({"customers":{"metadata":{}}})");
  BOOST_TEST(body<GocardlessPolicy>(current, {.cleared = {Field::phone}}) == "invalid_field:phone");
  BOOST_TEST(body<GocardlessPolicy>(current, {.name = "Cher"}) == "invalid_field:name");
  const auto answer = read<GocardlessPolicy>(
      of(current, changes), 200,
      before + R"(0999","metadata":{"merchant_customer_id":"mc-0001","tier":"gold"}}})");
  BOOST_TEST_REQUIRE(answer.has_value());
  BOOST_TEST(answer->phone().value_or("-") == "+442079460999");
}

BOOST_AUTO_TEST_CASE(paysafe) {
  const std::string_view id = "0fa4e000-0000-4000-8000-00000000c001";
  const auto profile = [](std::string_view rest) {
    return R"({"id":"0fa4e000-0000-4000-8000-00000000c001","status":"ACTIVE",)"
           R"("merchantCustomerId":"mc-0001","locale":"en_US","firstName":"Ana",)" +
           std::string{rest} + R"("paymentToken":"PFAKEtoken0001"})";
  };
  const auto current = record<PaysafePolicy>(
      id, profile(R"("lastName":"Example","email":"ana.example@example.com",)"));
  const UpdateRequest changes{.name = "Ana Sample"};
  const auto sent = change<PaysafePolicy>(of(current, changes));
  BOOST_TEST(sent.has_line(
      "PUT /customervault/v1/profiles/0fa4e000-0000-4000-8000-00000000c001 HTTP/1.1"));
  BOOST_TEST(sent.body == R"({"merchantCustomerId":"mc-0001","locale":"en_US","firstName":"Ana",)"
                          R"("lastName":"Sample","email":"ana.example@example.com"})");
  BOOST_TEST(body<PaysafePolicy>(id, changes) == "invalid_options:");
  BOOST_TEST(body<PaysafePolicy>(current, {.name = "Cher"}) ==
             R"({"merchantCustomerId":"mc-0001","locale":"en_US","firstName":"Cher",)"
             R"("email":"ana.example@example.com"})");
  const UpdateRequest clearing{.cleared = {Field::email}};
  BOOST_TEST(body<PaysafePolicy>(current, clearing) ==
             R"({"merchantCustomerId":"mc-0001","locale":"en_US","firstName":"Ana",)"
             R"("lastName":"Example"})");
  BOOST_TEST(
      read<PaysafePolicy>(of(id, changes), 200, profile(R"("lastName":"Sample",)")).has_value());
  BOOST_TEST(read<PaysafePolicy>(of(id, clearing), 200, profile("")).has_value());
  BOOST_TEST(refusal(read<PaysafePolicy>(of(id, clearing), 200,
                                         profile(R"("email":"ana.example@example.com",)"))) ==
             "rejected/in_effect");
  BOOST_TEST(
      refusal(read<PaysafePolicy>(
          of(id, changes), 400,
          R"({"error":{"code":"5068","message":"A mandatory field is missing or )"
          R"(malformed.","fieldErrors":[{"field":"locale","error":"may not be empty"}]}})")) ==
      "invalid_data/no_effect");
}

BOOST_AUTO_TEST_CASE(rapyd) {
  const std::string_view id = "cus_0123456789abcdef0123456789abcdef";
  const RapydPolicy::Credentials keys{.access_key = "FAKEACCESSKEY0000000",
                                      .secret_key = "fakesecretkey000000000000000000000000"};
  const UpdateRequest changes{.email = "ana.new@example.com", .cleared = {Field::phone}};
  const auto sent = change<RapydPolicy>(of(id, changes), keys);
  BOOST_TEST(sent.has_line("POST /v1/customers/" + std::string{id} + " HTTP/1.1"));
  BOOST_TEST(sent.has_line(
      "signature: ZDhkNTQwZGYzMjU0ZDdiMTE5ZTZlODlmODUxMDIwMjQ0YWExNTU1NTdkYmQxZjYxNjJiODdkODVlZD"
      "NiZjcwZA=="));
  BOOST_TEST(sent.body == R"({"email":"ana.new@example.com","phone_number":""})");
  const std::string answered =
      R"({"status":{"error_code":"","status":"SUCCESS","message":"","response_code":"",)"
      R"("operation_id":"11111111-2222-4333-8444-555555555502"},"data":{)"
      R"("id":"cus_0123456789abcdef0123456789abcdef","name":"Ana Example",)"
      R"("description":"Test customer","email":"ana.new@example.com","phone_number":"",)"
      R"("addresses":[],"created_at":1760000000,"metadata":{"merchant_customer_id":"cust-0001",)"
      R"("tier":"gold"}}})";
  const auto answer = read<RapydPolicy>(of(id, changes), 200, answered);
  BOOST_TEST_REQUIRE(answer.has_value());
  BOOST_TEST(answer->email().value_or("-") == "ana.new@example.com");
  BOOST_TEST(!answer->phone());

  const auto current = record<RapydPolicy>(id, answered);
  BOOST_TEST(body<RapydPolicy>(current, {.metadata = {{"plan", "b"}}}) ==
             R"({"metadata":{"tier":"gold","plan":"b","merchant_customer_id":"cust-0001"}})");
  BOOST_TEST(body<RapydPolicy>(id, {.metadata = {{"plan", "b"}}}) == "invalid_options:");
  BOOST_TEST(body<RapydPolicy>(id, {.cleared = {Field::name}}) == "invalid_field:name");
  BOOST_TEST(body<RapydPolicy>(id, {.address = {.city = "C"}}) == "invalid_field:address.city");
  BOOST_TEST(body<RapydPolicy>(id, {.phone = "+1 (415) 555-0100"}) ==
             R"({"phone_number":"+14155550100"})");
}

BOOST_AUTO_TEST_CASE(shift4) {
  const std::string_view id = "cust_FaKe00000000000000000001";
  const auto current = record<Shift4Policy>(
      id,
      R"({"id":"cust_FaKe00000000000000000001","created":1767600000,"objectType":"customer",)"
      R"("email":"ana@example.com","phoneNumber":"+15555550100","billing":{"name":"Ana Example",)"
      R"("address":{"line1":"1 Example Street","zip":"62701","city":"Springfield","state":"IL",)"
      R"("country":"US"}},"metadata":{"merchant_customer_id":"m-1001","tier":"gold"}})");
  const UpdateRequest changes{.description = "Renamed buyer", .metadata = {{"tier", "silver"}}};
  const auto sent = change<Shift4Policy>(of(current, changes));
  BOOST_TEST(sent.has_line("POST /customers/cust_FaKe00000000000000000001 HTTP/1.1"));
  BOOST_TEST(sent.has_line("Idempotency-Key: 00000000-0000-4000-8000-00000000fa4f"));
  BOOST_TEST(sent.body == R"({"description":"Renamed buyer","metadata":{"tier":"silver",)"
                          R"("merchant_customer_id":"m-1001"}})");
  BOOST_TEST(body<Shift4Policy>(current, {.name = "Ana Sample"}) ==
             R"({"billing":{"name":"Ana Sample","address":{"line1":"1 Example Street",)"
             R"("zip":"62701","city":"Springfield","state":"IL","country":"US"}}})");
  BOOST_TEST(body<Shift4Policy>(id, {.description = "D"}) == R"({"description":"D"})");
  BOOST_TEST(body<Shift4Policy>(id, {.name = "Ana Sample"}) == "invalid_options:");
  BOOST_TEST(body<Shift4Policy>(id, changes) == "invalid_options:");
  BOOST_TEST(body<Shift4Policy>(current, {.cleared = {Field::metadata}}) ==
             R"({"metadata":{"merchant_customer_id":"m-1001"}})");
  BOOST_TEST(body<Shift4Policy>(current, {.phone = "1"}) == "invalid_field:phone");
  BOOST_TEST(body<Shift4Policy>(current, {.cleared = {Field::email}}) == "invalid_field:email");
  const auto answer = read<Shift4Policy>(
      of(id, changes), 200,
      R"({"id":"cust_FaKe00000000000000000001","created":1767600000,"objectType":"customer",)"
      R"("email":"ana@example.com","description":"Renamed buyer","metadata":{)"
      R"("merchant_customer_id":"m-1001","tier":"silver"}})");
  BOOST_TEST_REQUIRE(answer.has_value());
  BOOST_TEST(answer->description().value_or("-") == "Renamed buyer");
  BOOST_TEST(refusal(read<Shift4Policy>(of(id, changes), 404,
                                        R"({"error":{"type":"invalid_request",)"
                                        R"("message":"Customer 'cust_x' does not exist"}})")) ==
             "not_found/no_effect");
}

BOOST_AUTO_TEST_CASE(stax) {
  const std::string_view id = "0a1b2c3d-0000-4000-8000-00000000fa4e";
  const auto current = record<StaxPolicy>(
      id, R"({"id":"0a1b2c3d-0000-4000-8000-00000000fa4e","firstname":"Ana","lastname":"Example",)"
          R"("email":"ana@example.com","reference":"m-1001","deleted_at":null})");
  const UpdateRequest changes{.name = "Ana Sample"};
  const auto sent = change<StaxPolicy>(of(current, changes));
  BOOST_TEST(sent.has_line("PUT /customer/0a1b2c3d-0000-4000-8000-00000000fa4e HTTP/1.1"));
  BOOST_TEST(sent.body == R"({"firstname":"Ana","lastname":"Sample","email":"ana@example.com",)"
                          R"("reference":"m-1001"})");
  const auto full = record<StaxPolicy>(
      id,
      R"({"id":"0a1b2c3d-0000-4000-8000-00000000fa4e","firstname":"Ana","lastname":null,)"
      R"("company":null,"email":"ana@example.com","phone":"+1 555 x5","notes":"Example buyer",)"
      R"("address_1":"1 Example Street","address_state":"Illinois","address_country":"Nowhere",)"
      R"("reference":"m-1001","deleted_at":null})");
  // What does not change goes out as it came.
  BOOST_TEST(body<StaxPolicy>(full, {.address = {.city = "Chicago"}}) ==
             R"({"firstname":"Ana","email":"ana@example.com","phone":"+1 555 x5",)"
             R"("address_1":"1 Example Street","address_city":"Chicago",)"
             R"("address_state":"Illinois","address_country":"Nowhere","notes":"Example buyer",)"
             R"("reference":"m-1001"})");
  BOOST_TEST(body<StaxPolicy>(id, changes) == "invalid_options:");
  BOOST_TEST(body<StaxPolicy>(id, {.description = "D"}) == "invalid_options:");
  BOOST_TEST(body<StaxPolicy>(full, {.cleared = {Field::phone}}) == "invalid_field:phone");
  BOOST_TEST(body<StaxPolicy>(full, {.address = {.state = "Illinois"}}) ==
             "invalid_field:address.state");
  const auto answer = read<StaxPolicy>(
      of(id, changes), 200,
      R"({"id":"0a1b2c3d-0000-4000-8000-00000000fa4e","firstname":"Ana","lastname":"Sample",)"
      R"("company":null,"email":"ana@example.com","phone":"15555550100","notes":"Example buyer",)"
      R"("reference":"m-1001","options":null,"created_at":"2026-01-05 08:00:00",)"
      R"("updated_at":"2026-01-05 09:00:00","deleted_at":null})");
  BOOST_TEST_REQUIRE(answer.has_value());
  BOOST_TEST(answer->family_name().value_or("-") == "Sample");
  BOOST_TEST(refusal(read<StaxPolicy>(of(id, changes), 422, R"({"id":"customer not found"})")) ==
             "not_found/no_effect");
}

BOOST_AUTO_TEST_SUITE_END()
