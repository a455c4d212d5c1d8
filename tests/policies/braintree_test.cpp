// SPDX-License-Identifier: Apache-2.0
#include <florin/policies/braintree.hpp>
#include <florin/testing/processors/braintree.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

#include "policies/exchange.hpp"
#include "policies/operations.hpp"
#include "trials/conforms.hpp"
#include "trials/faults.hpp"
#include "trials/lives.hpp"
#include "trials/trial.hpp"

BOOST_AUTO_TEST_SUITE(policies_braintree)

using namespace florin_test;
using florin::BraintreePolicy;
using florin::Field;

static_assert(florin::ConnectorPolicy<BraintreePolicy>);
static_assert(!florin::has_idempotency<BraintreePolicy>);
static_assert(!florin::carries<BraintreePolicy, florin::field::Description>);

namespace {

constexpr std::string_view query =
    R"({"query":"mutation CreateCustomer($input: CreateCustomerInput!) { createCustomer(input: )"
    R"($input) { customer { id legacyId email } } }","variables":{"input":)";

std::string failure(std::string_view extensions) {
  return R"({"errors":[{"message":"Text","path":["createCustomer"])" + std::string{extensions} +
         R"(}],"data":{"createCustomer":null},"extensions":{"requestId":"r-1"}})";
}

}  // namespace

BOOST_AUTO_TEST_CASE(sends_custom_fields_only_for_declared_names) {
  auto request = full_request();
  const auto plain = send<BraintreePolicy>(
      request, {.public_key = "pubFAKEKEY0001", .private_key = "privFAKEKEY0001"});
  BOOST_TEST(plain.has_line("POST /graphql HTTP/1.1"));
  BOOST_TEST(plain.has_line("Braintree-Version: 2018-09-10"));
  BOOST_TEST(plain.has_line("Authorization: Basic cHViRkFLRUtFWTAwMDE6cHJpdkZBS0VLRVkwMDAx"));
  BOOST_TEST(plain.body == std::string{query} +
                               R"({"customer":{"firstName":"Ana","lastName":"Example",)"
                               R"("email":"ana@example.com","phoneNumber":"+15555550100"}}}})");
  BOOST_TEST(plain.dropped.contains(Field::merchant_customer_id));
  BOOST_TEST(plain.dropped.contains(Field::metadata));

  const auto declared = send<BraintreePolicy>(request, {.public_key = "p",
                                                        .private_key = "q",
                                                        .merchant_customer_id_field = "ref",
                                                        .custom_fields = "plan, tier"});
  BOOST_TEST(declared.body.ends_with(
      R"("customFields":[{"name":"tier","value":"gold"},{"name":"ref","value":"m-1001"}]}}}})"));
  BOOST_TEST(!declared.dropped.contains(Field::merchant_customer_id));
  BOOST_TEST(!declared.dropped.contains(Field::metadata));
}

BOOST_AUTO_TEST_CASE(no_metadata_key_is_taken_for_the_references) {
  const BraintreePolicy::Credentials credentials{.public_key = "p",
                                                 .private_key = "q",
                                                 .merchant_customer_id_field = "ref",
                                                 .custom_fields = "ref,tier"};
  const auto refused = send<BraintreePolicy>(
      {.merchant_customer_id = "m-1", .metadata = {{"ref", "m-2"}}}, credentials);
  BOOST_TEST(refused.refusal() == "invalid_field:metadata");
  florin::UpdateRequest change{.connector_customer_id = "c-1", .metadata_cleared = {"ref"}};
  florin::EncodedRequest out;
  const auto encoded = florin::encode<BraintreePolicy, florin::Update>(change, credentials, out);
  BOOST_TEST_REQUIRE(!encoded);
  BOOST_TEST((encoded.error().code == florin::Errc::invalid_field));
}

BOOST_AUTO_TEST_CASE(an_empty_input_is_still_sent) {
  const auto sent =
      send<BraintreePolicy>({.merchant_customer_id = "m"}, {.public_key = "p", .private_key = "q"});
  BOOST_TEST(sent.body == std::string{query} + "{}}}");
}

BOOST_AUTO_TEST_CASE(reads_graphql_answers) {
  const auto created = receive<BraintreePolicy>(
      200, R"({"data":{"createCustomer":{"customer":{"id":"Y3VzdG9tZXJfRkFLRTAwMDE="}}},)"
           R"("extensions":{"requestId":"r-0"}})");
  BOOST_TEST(summary(created) == "success:Y3VzdG9tZXJfRkFLRTAwMDE=");
  BOOST_TEST(created->request_id == "r-0");

  const auto invalid = receive<BraintreePolicy>(
      200, failure(R"(,"extensions":{"errorClass":"VALIDATION","inputPath":["input","customer",)"
                   R"("email"],"legacyCode":"81604"})"));
  BOOST_TEST(summary(invalid) == "invalid_data/no_effect/422");
  BOOST_TEST(invalid.error().connector_code == "81604");
  BOOST_TEST(invalid.error().connector_type == "VALIDATION");
  BOOST_TEST(invalid.error().param == "email");
  BOOST_TEST(invalid.error().request_id == "r-1");

  const auto of_class = [](std::string_view name) {
    return summary(receive<BraintreePolicy>(
        200, failure(R"(,"extensions":{"errorClass":")" + std::string{name} + R"("})")));
  };
  BOOST_TEST(of_class("AUTHENTICATION") == "unauthorized/no_effect/401");
  BOOST_TEST(of_class("AUTHORIZATION") == "forbidden/no_effect/403");
  BOOST_TEST(of_class("RESOURCE_LIMIT") == "rate_limited/no_effect/429");
  BOOST_TEST(of_class("NOT_FOUND") == "not_found/no_effect/404");
  BOOST_TEST(of_class("INTERNAL") == "connector_unavailable/unknown/503");
  // What no class explains is not known to be a refusal.
  BOOST_TEST(summary(receive<BraintreePolicy>(200, failure(""))) == "rejected/unknown/502");
  BOOST_TEST(summary(receive<BraintreePolicy>(
                 200, failure(R"(,"extensions":{"errorClass":"UNHEARD_OF"})"))) ==
             "rejected/unknown/502");
  BOOST_TEST(summary(receive<BraintreePolicy>(200, R"({"data":{"createCustomer":null}})")) ==
             "unreadable_reply/unknown/502");
  BOOST_TEST(summary(receive<BraintreePolicy>(401, "")) == "unauthorized/no_effect/401");
}

static_assert(!florin::merges<BraintreePolicy> &&
              florin::offers<BraintreePolicy, florin::FindByEmail> &&
              !florin::offers<BraintreePolicy, florin::FindByReference>);

BOOST_AUTO_TEST_CASE(is_read_back) {
  using namespace florin;
  const auto sent = ask<BraintreePolicy, Retrieve>("Y3VzdG9tZXJfRkFLRTAwMDE=");
  BOOST_TEST(sent.has_line("POST /graphql HTTP/1.1"));
  BOOST_TEST(sent.body.ends_with(R"("variables":{"id":"Y3VzdG9tZXJfRkFLRTAwMDE="}})"));
  BOOST_TEST(sent.body.find("query GetCustomer($id: ID!) { node(id: $id) {") != std::string::npos);
  BOOST_TEST(
      shown(read<BraintreePolicy, Retrieve>(
          "Y3VzdG9tZXJfRkFLRTAwMDE=", 200,
          R"({"data":{"node":{"__typename":"Customer","id":"Y3VzdG9tZXJfRkFLRTAwMDE=",)"
          R"("legacyId":"FAKE0001","firstName":"Ana","lastName":"Example","company":null,)"
          R"("email":"ana.example@example.com","phoneNumber":"+14155550100",)"
          R"("createdAt":"2026-01-15T10:20:30.000000Z","customFields":[)"
          R"({"name":"merchant_customer_id","value":"mc-0001"},{"name":"none","value":null},)"
          R"({"name":"tier","value":"gold"}]}},"extensions":)"
          R"({"requestId":"00000000-0000-4000-8000-00000000fa01"}})")) ==
      "ACTIVE|email=ana.example@example.com|given_name=Ana|family_name=Example|"
      "phone=+14155550100|merchant_customer_id:mc-0001|tier:gold|created 1768472430");
  BOOST_TEST(
      short_verdict(read<BraintreePolicy, Retrieve>(
          "Y3Vz", 200,
          R"({"errors":[{"message":"An object with this ID was not found.","path":["node"],)"
          R"("extensions":{"errorClass":"NOT_FOUND","errorType":"user_error",)"
          R"("inputPath":["id"]}}],"data":{"node":null},"extensions":{"requestId":"r"}})")) ==
      "not_found/no_effect");
  BOOST_TEST(short_verdict(read<BraintreePolicy, Retrieve>(
                 "Y3Vz", 200, R"({"data":{"node":null}})")) == "not_found/no_effect");
  // The id of something else than a customer.
  BOOST_TEST(short_verdict(read<BraintreePolicy, Retrieve>(
                 "Y3Vz", 200, R"({"data":{"node":{"__typename":"Transaction"}}})")) ==
             "not_found/no_effect");
}

BOOST_AUTO_TEST_CASE(is_changed) {
  using namespace florin;
  const std::string_view id = "Y3VzdG9tZXJfRkFLRTAwMDE=";
  auto credentials = fake_credentials<BraintreePolicy>();
  credentials.custom_fields = "tier, plan,merchant_customer_id";
  credentials.merchant_customer_id_field = "merchant_customer_id";
  const auto variables = [&](const UpdateRequest& changes) {
    const auto sent = request_of<BraintreePolicy, Update>(change_of(id, changes), credentials);
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
  BOOST_TEST((request_of<BraintreePolicy, Update>(change_of(id, unknown), credentials).dropped ==
              FieldSet{Field::metadata}));

  const auto answer = answer_to<BraintreePolicy, Update>(
      change_of(id, changes), 200,
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
  BOOST_TEST(short_verdict(answer_to<BraintreePolicy, Update>(
                 change_of(id, changes), 200,
                 R"({"errors":[{"message":"An object with this ID was not found.",)"
                 R"("path":["updateCustomer"],"extensions":{"errorClass":"NOT_FOUND",)"
                 R"("errorType":"user_error","inputPath":["input","customerId"]}}],)"
                 R"("data":{"updateCustomer":null},"extensions":{"requestId":"r"}})")) ==
             "not_found/no_effect");
}

BOOST_AUTO_TEST_CASE(is_deleted) {
  using namespace florin;
  const auto sent = ask<BraintreePolicy, Delete>("Y3VzdG9tZXJfRkFLRTAwMDE=");
  BOOST_TEST(sent.body == R"({"query":"mutation DeleteCustomer($input: DeleteCustomerInput!) )"
                          R"({ deleteCustomer(input: $input) { clientMutationId } }",)"
                          R"("variables":{"input":{"customerId":"Y3VzdG9tZXJfRkFLRTAwMDE="}}})");
  const auto answered = [](std::string_view body) {
    return removed<BraintreePolicy>("Y3Vz", 200, body);
  };
  BOOST_TEST(answered(R"({"data":{"deleteCustomer":{"clientMutationId":"req-0003"}},)"
                      R"("extensions":{"requestId":"00000000-0000-4000-8000-00000000fa03"}})") ==
             "deleted");
  BOOST_TEST(answered(R"({"data":{"deleteCustomer":{"clientMutationId":null}}})") == "deleted");
  BOOST_TEST(answered(R"({"errors":[{"message":"An object with this ID was not found.",)"
                      R"("path":["deleteCustomer"],"extensions":{"errorClass":"NOT_FOUND",)"
                      R"("errorType":"user_error","inputPath":["input","customerId"]}}],)"
                      R"("data":{"deleteCustomer":null},"extensions":{"requestId":"r"}})") ==
             "not_found/no_effect");
  BOOST_TEST(answered(R"({"data":{"deleteCustomer":null}})") == "unreadable_reply/unknown");
  BOOST_TEST(answered("{}") == "unreadable_reply/unknown");
}

BOOST_AUTO_TEST_CASE(is_found) {
  using namespace florin;
  constexpr FindRequest ana{.email = "ana@example.com"};
  const auto sent = by_email<BraintreePolicy>("ana.example@example.com");
  BOOST_TEST(sent.body.find(R"("variables":{"input":{"email":{"is":"ana.example@example.com"}},)"
                            R"("first":50}})") != std::string::npos);
  BOOST_TEST(by_email<BraintreePolicy>("a@b.c", "FAKECURSOR1")
                 .body.ends_with(R"("first":50,"after":"FAKECURSOR1"}})"));
  const auto page = [](std::string_view edges, std::string_view more) {
    return found<BraintreePolicy>(
        {.email = "ana.example@example.com"}, 200,
        R"({"data":{"search":{"customers":{"edges":[)" + std::string{edges} +
            R"(],"pageInfo":{"hasNextPage":)" + std::string{more} +
            R"(,"endCursor":"FAKECURSOR1"}}}},"extensions":{"requestId":"r"}})");
  };
  const std::string_view edge =
      R"({"cursor":"FAKECURSOR1","node":{"id":"Y3VzdG9tZXJfRkFLRTAwMDE=","legacyId":"FAKE0001",)"
      R"("firstName":"Ana","lastName":"Example","email":"ana.example@example.com",)"
      R"("createdAt":"2026-01-15T10:20:30.000000Z","customFields":[]}})";
  BOOST_TEST(page(edge, "false") == "Y3VzdG9tZXJfRkFLRTAwMDE=");
  BOOST_TEST(page(edge, "true") == "Y3VzdG9tZXJfRkFLRTAwMDE=>FAKECURSOR1");
  BOOST_TEST(page("", "false") == "");
  BOOST_TEST(found<BraintreePolicy>(ana, 200, R"({"data":{"search":null}})") == "unreadable_reply");
}

BOOST_AUTO_TEST_CASE(what_comes_with_errors_is_no_success) {
  using namespace florin;
  const auto errors = [](std::string_view error_class) {
    return R"({"errors":[{"message":"Text.","path":["deleteCustomer"],"extensions":{"errorClass":")" +
           std::string{error_class} + R"(","errorType":"user_error"}}],)";
  };
  const auto removing = [&errors](std::string_view error_class) {
    return removed<BraintreePolicy>(
        "Y3Vz", 200,
        errors(error_class) + R"("data":{"deleteCustomer":{"clientMutationId":"req-0003"}}})");
  };
  BOOST_TEST(removing("VALIDATION") == "invalid_data/no_effect");
  BOOST_TEST(removing("INTERNAL") == "connector_unavailable/unknown");
  BOOST_TEST(removing("UNHEARD_OF") == "rejected/unknown");
  BOOST_TEST(
      removed<BraintreePolicy>(
          "Y3Vz", 200, R"({"errors":[],"data":{"deleteCustomer":{"clientMutationId":null}}})") ==
      "deleted");
  BOOST_TEST(found<BraintreePolicy>({.email = "ana@example.com"}, 200,
                                    errors("INTERNAL") +
                                        R"("data":{"search":{"customers":{"edges":[],"pageInfo":)"
                                        R"({"hasNextPage":false,"endCursor":null}}}}})") ==
             "connector_unavailable");
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_the_schema_was_not_executed) {
  const auto misfit = receive<BraintreePolicy>(
      200, R"({"errors":[{"message":"Variable 'input' has an invalid value: ...","locations":[)"
           R"({"line":1,"column":25}]}],"extensions":{"requestId":)"
           R"("00000000-0000-4000-8000-00000000fa4e"}})");
  BOOST_TEST(summary(misfit) == "invalid_data/no_effect/422");
  BOOST_TEST(misfit.error().connector_code.empty());
  BOOST_TEST(misfit.error().connector_message == "Variable 'input' has an invalid value: ...");
  BOOST_TEST(misfit.error().request_id == "00000000-0000-4000-8000-00000000fa4e");
  // A class says more than a text.
  BOOST_TEST(summary(receive<BraintreePolicy>(
                 200, R"({"errors":[{"message":"Variable 'input' could not be read.",)"
                      R"("extensions":{"errorClass":"INTERNAL"}}]})")) ==
             "connector_unavailable/unknown/503");
}

BOOST_AUTO_TEST_CASE(names_the_field_of_an_input_path) {
  const auto param = [](std::string_view path) {
    return receive<BraintreePolicy>(
               200, failure(R"(,"extensions":{"errorClass":"VALIDATION","inputPath":[)" +
                            std::string{path} + "]}"))
        .error()
        .param;
  };
  BOOST_TEST(param(R"("input","customer","email")") == "email");
  BOOST_TEST(param(R"("input","customer","customFields",0,"value")") == "customFields");
  BOOST_TEST(param(R"("input","customer","customFields")") == "customFields");
  BOOST_TEST(param(R"("input","customerId")") == "customerId");
  BOOST_TEST(param(R"("id")") == "id");
  BOOST_TEST(param("") == "");
}

namespace {

/// Its reference is a custom field.
florin_test::Trial trial() {
  auto trial = florin_test::trial_of<florin::BraintreePolicy>(
      florin::testing::braintree({"merchant_customer_id"}));
  trial.credentials["merchant_customer_id_field"] = "merchant_customer_id";
  return trial;
}

}  // namespace

BOOST_AUTO_TEST_CASE(conforms) {
  florin::testing::ConformanceOptions<florin::BraintreePolicy> options;
  const auto processor = florin::testing::braintree({"merchant_customer_id", "tier", "source"});
  options.credentials = florin_test::credentials_of<florin::BraintreePolicy>(processor);
  options.credentials->merchant_customer_id_field = "merchant_customer_id";
  options.credentials->custom_fields = "tier,source";
  // Metadata arrives under declared names only; other keys are reported as dropped.
  florin_test::conforms<florin::BraintreePolicy>(processor, options,
                                                 {"hostile_text", "length_limits"});
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
