// SPDX-License-Identifier: Apache-2.0
#include <florin/testing/processor.hpp>
#include <florin/testing/sandbox.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <map>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "raw_client.hpp"

/// Descriptions of processors that are unlike each other in every respect the description has a
/// word for. The shapes are those of real interfaces, cut down.
BOOST_AUTO_TEST_SUITE(testing_processor)

namespace {

using namespace florin::testing;
using namespace florin_test;
using florin::testing::Answer;
using std::string;

const Headers json_type{{"Content-Type", "application/json"}};

Headers with(Headers headers, const string& name, const string& value) {
  headers.emplace_back(name, value);
  return headers;
}

RawAnswer post(RawClient& client, const string& target, const string& body,
               const Headers& headers) {
  return client.call(http::verb::post, target, body, headers);
}

std::map<Case, Answer> plain_refusals() {
  const string body =
      R"({"code":"{{code}}","message":"{{message}}","source":"{{param}}","at":"{{param_pointer}}"})";
  return {
      {Case::invalid_value, {.status = 422, .body = body, .code = "invalid"}},
      {Case::missing_field, {.status = 422, .body = body, .code = "missing"}},
      {Case::unknown_parameter, {.status = 422, .body = body, .code = "unknown"}},
      {Case::repeated_parameter, {.status = 422, .body = body, .code = "repeated"}},
      {Case::malformed_body, {.status = 400, .body = body, .code = "malformed"}},
      {Case::unauthorized, {.status = 401, .body = body, .code = "unauthorized"}},
      {Case::expired_token, {.status = 401, .body = body, .code = "expired"}},
      {Case::not_found, {.status = 404, .body = body, .code = "not_found"}},
      {Case::rate_limited, {.status = 429, .body = body}},
      {Case::server_error, {.status = 500, .body = body}},
  };
}

/// Everything in the body of one URL: credentials, operation, order; errors with 200; a BOM.
Processor single_url() {
  const string root = "createCustomerProfileRequest.";
  const auto message = [](const string& code, const string& text) {
    return R"({"messages":{"resultCode":"Error","message":[{"code":")" + code + R"(","text":")" +
           text + R"("}]}})";
  };
  return {
      .name = "single url",
      .credentials = {{.text = "FAKE_LOGIN:FAKE_TXN_KEY"}},
      .authentication = {.schemes = {Scheme::members},
                         .names = {root + "merchantAuthentication.name",
                                   root + "merchantAuthentication.transactionKey"}},
      .actions = {{.operation = Operation::create,
                   .path = "/xml/v1/request.api",
                   .body = Body::json,
                   .content_types = {"application/json", "text/json"},
                   .selector = root,
                   .fields = {{.name = root + "merchantAuthentication.name", .max_length = 25},
                              {.name = root + "merchantAuthentication.transactionKey"},
                              {.name = root + "refId", .max_length = 20},
                              {.name = root + "profile.merchantCustomerId", .max_length = 20},
                              {.name = root + "profile.description", .max_length = 255},
                              {.name = root + "profile.email", .max_length = 255},
                              {.name = root + "profile.shipToList[0].firstName", .max_length = 50}},
                   .any_of = {{root + "profile.merchantCustomerId", root + "profile.description",
                               root + "profile.email"}},
                   .ordered = true,
                   .answer = {.body = R"({"customerProfileId":"{{id}}","refId":"{{field )" + root +
                                      R"(refId}}","messages":{"resultCode":"Ok"}})"}}},
      .uniques = {{.fields = {root + "profile.merchantCustomerId", root + "profile.description",
                              root + "profile.email"}}},
      .merchant_customer_id = root + "profile.merchantCustomerId",
      .id = "9########",
      .refusals = {{Case::invalid_value, {.body = message("E00003", "{{param_leaf}} is invalid")}},
                   {Case::missing_field, {.body = message("E00041", "One or more ...")}},
                   {Case::wrong_order, {.body = message("E00003", "invalid child {{param_leaf}}")}},
                   {Case::unauthorized, {.body = message("E00007", "User authentication failed")}},
                   {Case::duplicate_customer,
                    {.body = message(
                         "E00039", "A duplicate record with ID {{existing_id}} already exists.")}},
                   {Case::not_found, {.body = message("E00040", "not found")}},
                   {Case::rate_limited, {.body = message("E00053", "Server too busy")}},
                   {Case::server_error, {.body = message("E00001", "An error occurred")}}},
      .content_type = "application/json; charset=utf-8",
      .absent = Processor::Absent::omitted,
      .byte_order_mark = true,
  };
}

string single_url_body(const string& profile, const string& login = "FAKE_LOGIN") {
  return R"({"createCustomerProfileRequest":{"merchantAuthentication":{"name":")" + login +
         R"(","transactionKey":"FAKE_TXN_KEY"},"profile":)" + profile + "}}";
}

/// A token first, the id in a header, an idempotency key that is compared with nothing.
Processor token_first() {
  Processor processor{
      .name = "token first",
      .credentials = {{.text = "client:secret"}},
      .authentication = {.schemes = {Scheme::token}},
      .headers = {{.name = "Accept",
                   .required = true,
                   .one_of = {"application/vnd.example.v1.hal+json"},
                   .refusal = {.status = 406,
                               .body = R"({"code":"InvalidVersion","message":"{{param}}"})"}}},
      .actions =
          {{.operation = Operation::token,
            .path = "/token",
            .body = Body::form,
            .content_types = {"application/x-www-form-urlencoded"},
            .fields = {{.name = "grant_type", .required = true, .one_of = {"client_credentials"}}},
            .answer = {.body = R"({"access_token":"{{token}}","token_type":"bearer",)"
                               R"("expires_in":3600})"},
            .authentication = Authentication{.schemes = {Scheme::basic_pair}}},
           {.operation = Operation::create,
            .path = "/customers",
            .body = Body::json,
            .content_types = {"application/vnd.example.v1.hal+json"},
            .fields = {{.name = "firstName", .max_length = 50, .required = true},
                       {.name = "email",
                        .required = true,
                        .format = Format::email,
                        .complaints = {{Case::invalid_value, "InvalidFormat", "Email invalid."}}},
                       {.name = "state", .format = Format::country_alpha2},
                       {.name = "phone", .format = Format::digits}},
            .answer = {.status = 201, .headers = {{"Location", "{{base}}/customers/{{id}}"}}}},
           {.operation = Operation::retrieve,
            .method = "GET",
            .path = "/customers/{id}",
            .answer = {.body = R"({"id":"{{id}}","firstName":"{{field firstName}}",)"
                               R"("phone":"{{field phone}}","created":"{{created_time}}"})"}}},
      .idempotency = {.carrier = Idempotency::Carrier::header,
                      .name = "Idempotency-Key",
                      .mismatch = Idempotency::Mismatch::execute},
      .uniques = {{.fields = {"email"}, .ignore_case = true}},
      .id = "%%%%%%%%-%%%%-4%%%-a%%%-%%%%%%%%%%%%",
      .refusals = plain_refusals(),
      .content_type = "application/vnd.example.v1.hal+json",
      .absent = Processor::Absent::omitted,
  };
  processor.refusals[Case::duplicate_customer] = {
      .status = 400,
      .body = R"({"_embedded":{"errors":[{"code":"Duplicate","path":"{{param_pointer}}",)"
              R"("_links":{"about":{"href":"{{base}}/customers/{{existing_id}}"}}}]}})"};
  return processor;
}

/// A wrapped body, metadata, a key that refuses repeats and names the first resource.
Processor wrapped() {
  Processor processor{
      .name = "wrapped",
      .credentials = {{.text = "sandbox_FAKE"}},
      .authentication = {.schemes = {Scheme::bearer}},
      .actions = {{.path = "/customers",
                   .body = Body::json,
                   .content_types = {"application/json"},
                   .fields = {{.name = "customers.given_name", .required = true},
                              {.name = "customers.age", .type = Type::integer},
                              {.name = "customers.vip", .type = Type::boolean},
                              {.name = "customers.address.line1"},
                              {.name = "customers.address.country",
                               .format = Format::country_alpha3,
                               .required_with = "customers.address."}},
                   .maps = {{.prefix = "customers.metadata",
                             .max_entries = 3,
                             .max_key = 50,
                             .max_value = 500}},
                   .answer = {.status = 201, .body = R"({"customers":"{{customer}}"})"}}},
      .idempotency = {.carrier = Idempotency::Carrier::header,
                      .name = "Idempotency-Key",
                      .max_length = 128,
                      .repeat = Idempotency::Repeat::refuse,
                      .mismatch = Idempotency::Mismatch::refuse},
      .id = "CU************",
      .customer = R"({"id":"{{id}}","given_name":"{{field customers.given_name}}",
                      "age":"{{field customers.age}}","vip":"{{field customers.vip|false}}",
                      "address":{"line1":"{{field customers.address.line1}}",
                                 "country":"{{field customers.address.country}}"},
                      "metadata":"{{map customers.metadata}}"})",
      .refusals = plain_refusals(),
  };
  processor.refusals[Case::idempotency_mismatch] = {
      .status = 409,
      .body = R"({"error":{"errors":[{"reason":"idempotent_creation_conflict",)"
              R"("links":{"conflicting_resource_id":"{{existing_id}}"}}]}})"};
  return processor;
}

/// Ids that callers choose, and a look-up by something else than the id.
Processor chosen() {
  const string customer = R"({"id":"{{id}}","number":"{{numeric_id}}","email":"{{lower email}}"})";
  return {
      .name = "chosen",
      .credentials = {{.text = "FAKE"}, {.text = "OTHER"}},
      .authentication = {.schemes = {Scheme::bearer}},
      .actions = {{.operation = Operation::create,
                   .path = "/customers",
                   .body = Body::form,
                   .fields = {{.name = "id"}, {.name = "email"}, {.name = "existing"}},
                   .refuse_empty = false,
                   .null_clears = true,
                   .reuses = {"existing", "give"},
                   .answer = {.body = customer}},
                  {.operation = Operation::list,
                   .method = "GET",
                   .path = "/customers",
                   .answer = {.body = R"({"list":"{{some_customers}}","next":"{{next_page}}"})"}},
                  {.operation = Operation::find,
                   .method = "GET",
                   .path = "/customers/{email}",
                   .selects =
                       [](std::span<const Parameter> all) {
                         return all.back().value.find('@') != string::npos;
                       },
                   .answer = {.body = customer}},
                  {.operation = Operation::retrieve,
                   .method = "GET",
                   .path = "/customers/{id}",
                   .answer = {.body = customer}},
                  {.operation = Operation::remove, .method = "DELETE", .path = "/customers/{id}"}},
      .uniques = {{.fields = {"id"}}},
      .listing = {.filters = {{"email", "email"}}},
      .id = "######",
      .chosen_id = "id",
      .customer = customer,
      .refusals = {{Case::invalid_value, {.status = 422}},
                   {Case::duplicate_customer,
                    {.status = 409, .body = R"({"id":"{{existing_id}}","of":"{{param}}"})"}},
                   {Case::unauthorized, {.status = 401}},
                   {Case::not_found, {.status = 404, .body = R"({"sought":"{{value}}"})"}},
                   {Case::rate_limited, {.status = 429}},
                   {Case::server_error, {.status = 500}}},
      .absent = Processor::Absent::omitted,
  };
}

}  // namespace

BOOST_AUTO_TEST_CASE(credentials_order_and_operation_in_the_body) {
  Sandbox sandbox(single_url(), {.tls = false});
  RawClient client(sandbox);
  const auto ask = [&](const string& body) {
    const RawAnswer answer = post(client, "/xml/v1/request.api", body, json_type);
    BOOST_TEST(answer.status == 200);
    BOOST_TEST(answer.message.body().starts_with("\xEF\xBB\xBF{"));
    RawAnswer stripped = answer;
    stripped.message.body().erase(0, 3);
    return stripped;
  };
  const RawAnswer made = ask(single_url_body(
      R"({"merchantCustomerId":"m-1","email":"a@b.c","shipToList":[{"firstName":"Ana"}]})"));
  BOOST_TEST(made.text("/messages/resultCode") == "Ok");
  BOOST_TEST(made.text("/refId") == "(absent)");
  const string id = made.text("/customerProfileId");
  BOOST_TEST(id.size() == 9u);
  BOOST_TEST(id.find_first_not_of("0123456789") == string::npos);
  BOOST_TEST(sandbox.count("m-1") == 1u);
  BOOST_TEST(sandbox.customers()
                 .at(0)
                 .field("createCustomerProfileRequest.profile.shipToList[0].firstName")
                 .value() == "Ana");

  const auto code = [&](const string& body) { return ask(body).text("/messages/message/0/code"); };
  BOOST_TEST(code(single_url_body(R"({"email":"a@b.c","merchantCustomerId":"m-2"})")) == "E00003");
  BOOST_TEST(code(single_url_body(R"({"merchantCustomerId":"123456789012345678901"})")) ==
             "E00003");
  BOOST_TEST(code(single_url_body(R"({"shipToList":[{"firstName":"Ana"}]})")) == "E00041");
  BOOST_TEST(code(single_url_body(R"({"email":"x@y.z"})", "OTHER")) == "E00007");
  BOOST_TEST(code("{\"createCustomerProfileRequest\":{") == "E00003");
  BOOST_TEST(code("{\"unknownRequest\":{}}") == "E00040");
  const RawAnswer duplicate =
      ask(single_url_body(R"({"merchantCustomerId":"m-1","email":"a@b.c"})"));
  BOOST_TEST(duplicate.text("/messages/message/0/text") ==
             "A duplicate record with ID " + id + " already exists.");
  BOOST_TEST(ask(single_url_body(R"({"merchantCustomerId":"m-3","email":"a@b.c"})"))
                 .text("/messages/resultCode") == "Ok");
  BOOST_TEST(sandbox.count() == 2u);
}

BOOST_AUTO_TEST_CASE(a_token_first_and_the_id_in_a_header) {
  Sandbox sandbox(token_first(), {.tls = false});
  RawClient client(sandbox);
  const string type = "application/vnd.example.v1.hal+json";
  const Headers accept{{"Accept", type}};
  const Headers login = with(accept, "Authorization", "Basic Y2xpZW50OnNlY3JldA==");
  BOOST_TEST(post(client, "/token", "grant_type=password", login).status == 422);
  BOOST_TEST(post(client, "/token", "grant_type=client_credentials", accept).status == 401);
  BOOST_TEST(post(client, "/token", "grant_type=client_credentials", {}).status == 406);
  const RawAnswer given = post(client, "/token", "grant_type=client_credentials", login);
  BOOST_TEST(given.status == 200);
  BOOST_TEST(given.text("/expires_in") == "3600");
  const Headers bearer = with(
      with(accept, "Authorization", "Bearer " + given.text("/access_token")), "Content-Type", type);

  const string ana = R"({"firstName":"Ana","email":"ana@example.com","phone":"5555550100"})";
  const RawAnswer made = post(client, "/customers", ana, with(bearer, "Idempotency-Key", "k"));
  BOOST_TEST(made.status == 201);
  BOOST_TEST(made.message.body().empty());
  BOOST_TEST(made.header("Content-Type") == "(absent)");
  const string location = made.header("Location");
  const string base = sandbox.base_url() + "/customers/";
  BOOST_REQUIRE(location.starts_with(base));
  BOOST_TEST(location.size() == base.size() + 36);

  const RawAnswer again = post(client, "/customers", ana, with(bearer, "Idempotency-Key", "k"));
  BOOST_TEST(again.status == 201);
  BOOST_TEST(again.header("Location") == location);
  const string eva = R"({"firstName":"Eva","email":"eva@example.com"})";
  const RawAnswer other = post(client, "/customers", eva, with(bearer, "Idempotency-Key", "k"));
  BOOST_TEST(other.status == 201);
  BOOST_TEST(other.header("Location") != location);
  BOOST_TEST(sandbox.count() == 2u);

  const RawAnswer duplicate =
      post(client, "/customers", R"({"firstName":"A","email":"ANA@example.com"})", bearer);
  BOOST_TEST(duplicate.status == 400);
  BOOST_TEST(duplicate.text("/_embedded/errors/0/path") == "/email");
  BOOST_TEST(duplicate.text("/_embedded/errors/0/_links/about/href") == location);

  const string path = location.substr(sandbox.base_url().size());
  const RawAnswer read = client.call(http::verb::get, path, {}, bearer);
  BOOST_TEST(read.text("/firstName") == "Ana");
  BOOST_TEST(read.text("/phone") == "5555550100");
  BOOST_TEST(read.text("/created").ends_with("Z"));
  const string second = other.header("Location").substr(sandbox.base_url().size());
  BOOST_TEST(client.call(http::verb::get, second, {}, bearer).text("/phone") == "(absent)");

  const auto refused = [&](const string& body) {
    return post(client, "/customers", body, bearer).text("/code");
  };
  BOOST_TEST(refused(R"({"firstName":"A"})") == "missing");
  BOOST_TEST(refused(R"({"firstName":"A","email":"no"})") == "InvalidFormat");
  BOOST_TEST(refused(R"({"firstName":"A","email":"x@y.z","phone":"+1 555"})") == "invalid");
  BOOST_TEST(refused(R"({"firstName":1,"email":"x@y.z"})") == "invalid");
  BOOST_TEST(refused(R"({"firstName":"A","firstName":"B","email":"x@y.z"})") == "repeated");
  BOOST_TEST(refused(R"({"firstName":"A","email":"x@y.z","firstName.x":"1"})") == "unknown");
  BOOST_TEST(refused("[]") == "malformed");
  BOOST_TEST(refused("{\"firstName\":\"\xFF\"}") == "malformed");

  sandbox.expire_tokens();
  BOOST_TEST(refused(ana) == "expired");
  BOOST_TEST(post(client, "/customers", ana,
                  with(with(accept, "Authorization", "Bearer made-up"), "Content-Type", type))
                 .text("/code") == "unauthorized");
}

BOOST_AUTO_TEST_CASE(a_wrapped_body_and_a_key_that_refuses_repeats) {
  Sandbox sandbox(wrapped(), {.tls = false});
  RawClient client(sandbox);
  const Headers headers = with(json_type, "Authorization", "Bearer sandbox_FAKE");
  const RawAnswer made = post(
      client, "/customers",
      R"({"customers":{"given_name":"Ana","age":-7,"vip":true,"metadata":{"a.b":"1","c[0]":"2"},)"
      R"("address":{"country":"USA","line1":"x"}}})",
      with(headers, "Idempotency-Key", "k"));
  BOOST_TEST(made.status == 201);
  BOOST_TEST(made.text("/customers/age") == "-7");
  BOOST_TEST(made.text("/customers/vip") == "true");
  BOOST_TEST(made.text("/customers/metadata") == R"({"a.b":"1","c[0]":"2"})");
  BOOST_TEST(made.text("/customers/address") == R"({"line1":"x","country":"USA"})");
  const RawAnswer again = post(client, "/customers", R"({"customers":{"given_name":"Eva"}})",
                               with(headers, "Idempotency-Key", "k"));
  BOOST_TEST(again.status == 409);
  BOOST_TEST(again.text("/error/errors/0/links/conflicting_resource_id") ==
             made.text("/customers/id"));
  BOOST_TEST(sandbox.count() == 1u);

  const RawAnswer bare =
      post(client, "/customers", R"({"customers":{"given_name":"Eva"}})", headers);
  BOOST_TEST(bare.text("/customers/vip") == "false");
  BOOST_TEST(bare.text("/customers/address") == "null");
  BOOST_TEST(bare.text("/customers/metadata") == "{}");

  const auto refused = [&](const string& body) {
    return post(client, "/customers", body, headers).text("/code");
  };
  const string start = R"({"customers":{"given_name":"A",)";
  BOOST_TEST(refused(R"({"given_name":"A"})") == "unknown");
  BOOST_TEST(refused(start + R"("age":"7"}})") == "invalid");
  BOOST_TEST(refused(start + R"("vip":1}})") == "invalid");
  BOOST_TEST(refused(start + R"("address":{"line1":"x"}}})") == "missing");
  BOOST_TEST(refused(start + R"("address":{"country":"US"}}})") == "invalid");
  BOOST_TEST(refused(start + R"("metadata":{"a":"1","b":"2","c":"3","d":"4"}}})") == "invalid");
  BOOST_TEST(refused(start + R"("metadata":{"a":1}}})") == "invalid");
  BOOST_TEST(refused(start + R"("metadata":{"a":{"b":"1"}}}})") == "unknown");
  BOOST_TEST(post(client, "/customers", start + R"("metadata":{}}})", headers).status == 201);
}

BOOST_AUTO_TEST_CASE(pairs_in_an_array_and_one_operation_of_several) {
  Processor processor = wrapped();
  processor.actions = {
      {.path = "/graphql",
       .body = Body::json,
       .content_types = {"application/json"},
       .selects =
           [](std::span<const Parameter> parameters) {
             return !parameters.empty() && parameters[0].value.starts_with("mutation Create");
           },
       .fields = {{.name = "query", .required = true}, {.name = "variables.input.email"}},
       .maps = {{.prefix = "variables.input.customFields",
                 .key_check = [](std::string_view name) { return name == "reference"; },
                 .pair_name = "name",
                 .pair_value = "value"}},
       .answer = {.body = R"({"data":{"createCustomer":{"customer":{"id":"{{id}}","customFields":)"
                          R"("{{pairs variables.input.customFields}}"}}}})"}},
      {.operation = Operation::retrieve,
       .path = "/graphql",
       .body = Body::json,
       .content_types = {"application/json"},
       .selector = "variables.id",
       .refuse_unknown = false,
       .id_member = "variables.id",
       .answer = {.body = R"({"data":{"node":{"id":"{{id}}"}}})"}}};
  Sandbox sandbox(std::move(processor), {.tls = false});
  RawClient client(sandbox);
  const Headers headers = with(json_type, "Authorization", "Bearer sandbox_FAKE");
  const auto create = [&](const string& fields) {
    return post(
        client, "/graphql",
        R"({"query":"mutation Create...","variables":{"input":{"customFields":)" + fields + "}}}",
        headers);
  };
  const RawAnswer made = create(R"([{"name":"reference","value":"m-1"}])");
  BOOST_TEST(made.text("/data/createCustomer/customer/customFields") ==
             R"([{"name":"reference","value":"m-1"}])");
  BOOST_TEST(create(R"([{"value":"m-2","name":"reference"}])").status == 200);
  BOOST_TEST(create(R"([{"name":"other","value":"m-1"}])").status == 422);
  BOOST_TEST(create(R"([{"name":"reference"}])").status == 422);
  BOOST_TEST(create(R"({"reference":"m-1"})").status == 422);
  BOOST_TEST(create("[]").status == 200);
  BOOST_TEST(create("{}").status == 422);
  const string id = made.text("/data/createCustomer/customer/id");
  const auto read = [&](const string& which) {
    return post(client, "/graphql",
                R"({"query":"query Node...","variables":{"id":")" + which + "\"}}", headers);
  };
  BOOST_TEST(read(id).text("/data/node/id") == id);
  BOOST_TEST(read("CUfake").status == 404);
  BOOST_TEST(post(client, "/graphql", R"({"query":"query Other"})", headers).status == 404);
}

BOOST_AUTO_TEST_CASE(a_map_is_a_json_text_in_a_form) {
  Processor processor;
  processor.name = "texts";
  processor.credentials = {{.text = "k"}};
  processor.authentication = {.schemes = {Scheme::bearer}};
  processor.customer = R"({"id":"{{id}}","meta":"{{map meta}}"})";
  processor.refusals = plain_refusals();
  const std::vector<MapField> maps{{.prefix = "meta", .max_value = 4, .json_text = true}};
  processor.actions = {{.path = "/customers",
                        .body = Body::form,
                        .maps = maps,
                        .answer = {.body = R"("{{customer}}")"}},
                       {.operation = Operation::update,
                        .path = "/customers/{id}",
                        .body = Body::form,
                        .maps = maps,
                        .clearable = {"meta"},
                        .replaced = {"meta"},
                        .answer = {.body = R"("{{customer}}")"}}};
  Sandbox sandbox(std::move(processor), {.tls = false});
  RawClient client(sandbox);
  const Headers headers{{"Content-Type", "application/x-www-form-urlencoded"},
                        {"Authorization", "Bearer k"}};
  const RawAnswer made =
      post(client, "/customers", "meta=%7B%22a.b%5B%22%3A%22x%22%2C%22c%22%3A%22y%22%7D", headers);
  BOOST_TEST(made.text("/meta") == R"({"a.b[":"x","c":"y"})");
  const string path = "/customers/" + made.text("/id");
  BOOST_TEST(post(client, path, "meta=%7B%22c%22%3A%22z%22%7D", headers).text("/meta") ==
             R"({"c":"z"})");
  BOOST_TEST(post(client, path, "meta=%7B%7D", headers).text("/meta") == "{}");
  for (const string wrong : {"meta=x", "meta=%5B%5D", "meta.a=x", "meta%5Ba%5D=x",
                             "meta=%7B%22c%22%3A%22longer%22%7D", "meta=%7B%22c%22%3A1%7D"})
    BOOST_TEST(post(client, "/customers", wrong, headers).status == 422, wrong);
  BOOST_TEST(post(client, "/customers", "meta=%7B%22c%22%3A%22y%22%2C%22c%22%3A%22z%22%7D", headers)
                 .text("/code") == "repeated");
}

BOOST_AUTO_TEST_CASE(maps_ids_and_lists_have_further_rules) {
  Processor processor = wrapped();
  processor.actions.front().maps.front() = {.prefix = "customers.metadata", .max_total = 20};
  processor.actions.push_back({.operation = Operation::retrieve,
                               .method = "GET",
                               .path = "/customers/{id}",
                               .answer = {.body = R"({"gone":"{{removed|false}}"})"}});
  processor.actions.push_back({.operation = Operation::list,
                               .method = "GET",
                               .path = "/customers",
                               .answer = {.body = R"({"list":"{{customers}}","of":"{{count}}",)"
                                                  R"("next":"{{next_link}}"})"}});
  processor.listing = {
      .filters = {{.name = "name",
                   .field = "customers.given_name",
                   .agrees = [](std::string_view asked,
                                std::string_view has) { return asked.size() == has.size(); }}},
      .from_name = "from",
      .direction_name = "order",
      .ascending = "up",
      .descending = "down",
      .item = R"("{{field customers.given_name}}")"};
  processor.id_check = [](std::string_view id) { return id.size() == 14; };
  processor.refusals[Case::invalid_id] = {.status = 422, .body = R"({"code":"no id"})"};
  Sandbox sandbox(std::move(processor), {.tls = false});
  RawClient client(sandbox);
  const Headers headers = with(json_type, "Authorization", "Bearer sandbox_FAKE");
  const auto create = [&](const string& name, const string& value = "x") {
    return post(client, "/customers",
                R"({"customers":{"given_name":")" + name + R"(","metadata":{"a":")" + value +
                    R"(","b":"c"}}})",
                headers);
  };
  const auto get = [&](const string& target) {
    return client.call(http::verb::get, target, {}, headers);
  };
  // {"a":"1234","b":"c"}
  BOOST_TEST(create("Ana", "1234").status == 201);
  const RawAnswer long_map = create("Ana", "12345");
  BOOST_TEST(long_map.status == 422);
  BOOST_TEST(long_map.text("/source") == "customers.metadata");
  const string second = create("Bo").text("/customers/id");
  create("Eva");
  BOOST_TEST(get("/customers/" + second).message.body() == R"({"gone":false})");
  BOOST_TEST(get("/customers/CU000000000000").status == 404);
  BOOST_TEST(get("/customers/CU").text("/code") == "no id");
  const auto listed = [&](const string& query) { return get("/customers?" + query).text("/list"); };
  BOOST_TEST(listed("order=up") == R"(["Ana","Bo","Eva"])");
  BOOST_TEST(listed("order=DOWN") == R"(["Eva","Bo","Ana"])");
  BOOST_TEST(get("/customers?order=asc").status == 422);
  BOOST_TEST(listed("name=Ada") == R"(["Eva","Ana"])");
  BOOST_TEST(listed("from=" + second) == R"(["Bo","Ana"])");
  BOOST_TEST(get("/customers?from=CU1").status == 404);
  const RawAnswer page = get("/customers?limit=1&order=down");
  BOOST_TEST(page.text("/of") == "1");
  BOOST_TEST(page.text("/next") ==
             sandbox.base_url() + "/customers?order=down&limit=1&from=" + second);
}

BOOST_AUTO_TEST_CASE(bodies_of_two_kinds_keys_of_all_methods_and_refusals_as_trees) {
  Processor processor = wrapped();
  Action& create = processor.actions.front();
  create.reuses = {"customers.given_name", ""};
  Action form = create;
  form.body = Body::form;
  form.content_types = {"application/x-www-form-urlencoded"};
  form.fields = {{.name = "given_name", .required = true}};
  form.answer.body = R"({"name":"{{field given_name}}"})";
  processor.actions.push_back(form);
  processor.actions.push_back({.operation = Operation::update,
                               .method = "DELETE",
                               .path = "/customers/{id}",
                               .settle =
                                   [](const Change& change) {
                                     change.after.push_back({"customers.gone", "yes"});
                                     return std::optional<std::pair<Case, string>>();
                                   },
                               .answer = {.body = R"({"gone":"{{all customers.gone}}"})"}});
  processor.actions.push_back(
      {.operation = Operation::list,
       .method = "GET",
       .path = "/customers",
       .answer = {.body = R"({"next":"{{next_path}}","skipped":"{{offset}}"})",
                  .content_type = "application/vnd.example"}});
  processor.idempotency = {.carrier = Idempotency::Carrier::header,
                           .name = "Idempotency-Key",
                           .methods = {"POST", "DELETE"},
                           .per_path = true};
  processor.uniques = {{.fields = {"customers.given_name"}}};
  processor.listing = {.offset_name = "offset"};
  for (const Case cause : {Case::invalid_value, Case::unknown_parameter})
    processor.refusals[cause] = {
        .status = 422, .body = R"({"{{param_brackets}}":"{{param_tree}}"})", .message = "no"};
  Sandbox sandbox(std::move(processor), {.tls = false});
  RawClient client(sandbox);
  const Headers headers = with(json_type, "Authorization", "Bearer sandbox_FAKE");
  const auto refused = [&](const string& body) {
    return post(client, "/customers", body, headers).message.body();
  };
  BOOST_TEST(refused(R"({"customers":{"address":{"line1":1}}})") ==
             R"({"customers[address][line1]":{"customers":{"address":{"line1":"no"}}}})");
  BOOST_TEST(refused(R"({"name":"x"})") == R"({"name":{"name":"no"}})");
  BOOST_TEST(refused(R"({"a":[{"b":1}]})") == R"({"a[0][b]":{"a[0]":{"b":"no"}}})");
  const Headers in_form = with({}, "Authorization", "Bearer sandbox_FAKE");
  BOOST_TEST(post(client, "/customers", "given_name=Ana", in_form).text("/name") == "Ana");
  BOOST_TEST(post(client, "/customers", "x",
                  {{"Content-Type", "text/plain"}, {"Authorization", "Bearer sandbox_FAKE"}})
                 .text("/code") == "malformed");
  // The customer that is there is the answer, and stays as it is.
  const string bo = R"({"customers":{"given_name":"Bo"}})";
  const RawAnswer first = post(client, "/customers", bo, headers);
  BOOST_TEST(post(client, "/customers", R"({"customers":{"given_name":"Bo","age":5}})", headers)
                 .message.body() == first.message.body());
  BOOST_TEST(sandbox.count() == 2u);
  const Headers keyed = with(headers, "Idempotency-Key", "k-1");
  const string path = "/customers/" + first.text("/customers/id");
  const auto remove = [&](const Headers& with_headers) {
    return client.call(http::verb::delete_, path, {}, with_headers).message.body();
  };
  BOOST_TEST(remove(keyed) == R"({"gone":["yes"]})");
  BOOST_TEST(remove(keyed) == R"({"gone":["yes"]})");
  BOOST_TEST(remove(headers) == R"({"gone":["yes","yes"]})");
  BOOST_TEST(post(client, "/customers", R"({"customers":{"given_name":"Eva"}})", keyed).status ==
             201);
  const RawAnswer page = client.call(http::verb::get, "/customers?limit=1&offset=1", {}, headers);
  BOOST_TEST(page.message.body() == R"({"next":"/customers?limit=1&offset=2","skipped":1})");
}

BOOST_AUTO_TEST_CASE(keys_in_the_body_and_credentials_in_headers) {
  Processor processor = wrapped();
  processor.credentials = {{.text = "id-1:key-1"}};
  processor.authentication = {.schemes = {Scheme::headers}, .names = {"x-client-id", "x-api-key"}};
  processor.idempotency = {.carrier = Idempotency::Carrier::member,
                           .name = "request_id",
                           .max_length = 64,
                           .repeat = Idempotency::Repeat::refuse};
  processor.actions[0].fields.push_back({.name = "request_id", .required = true});
  processor.refusals[Case::idempotency_mismatch] = {.status = 400,
                                                    .body = R"({"code":"duplicate_request"})"};
  Sandbox sandbox(std::move(processor), {.tls = false});
  RawClient client(sandbox);
  const Headers id = with(json_type, "x-client-id", "id-1");
  const Headers both = with(id, "x-api-key", "key-1");
  const string body = R"({"request_id":"r-1","customers":{"given_name":"A"}})";
  BOOST_TEST(post(client, "/customers", body, id).status == 401);
  BOOST_TEST(post(client, "/customers", body, with(id, "x-api-key", "key-2")).status == 401);
  BOOST_TEST(post(client, "/customers", body, both).status == 201);
  BOOST_TEST(post(client, "/customers", body, both).text("/code") == "duplicate_request");
  BOOST_TEST(
      post(client, "/customers", R"({"customers":{"given_name":"A"}})", both).text("/code") ==
      "missing");
  BOOST_TEST(sandbox.count() == 1u);
}

BOOST_AUTO_TEST_CASE(a_function_can_check_a_signature) {
  Processor processor = wrapped();
  processor.authentication = {
      .identify = [](const ReceivedRequest& request,
                     std::span<const Credential> credentials) -> std::optional<std::size_t> {
        const auto signature = request.header("signature");
        for (std::size_t i = 0; i < credentials.size(); ++i)
          if (signature == credentials[i].text + std::to_string(request.body.size())) return i;
        return std::nullopt;
      }};
  Sandbox sandbox(std::move(processor), {.tls = false});
  RawClient client(sandbox);
  const string body = R"({"customers":{"given_name":"A"}})";
  const auto sign = [&](std::size_t size) {
    return with(json_type, "signature", "sandbox_FAKE" + std::to_string(size));
  };
  BOOST_TEST(post(client, "/customers", body, sign(body.size())).status == 201);
  BOOST_TEST(post(client, "/customers", body, sign(body.size() + 1)).status == 401);
}

BOOST_AUTO_TEST_CASE(a_caller_chooses_the_id) {
  Sandbox sandbox(chosen(), {.tls = false});
  RawClient client(sandbox);
  const Headers key{{"Authorization", "Bearer FAKE"}};
  const Headers other{{"Authorization", "Bearer OTHER"}};
  BOOST_TEST(client.call(http::verb::get, "/customers", {}, key).message.body() == "{}");
  const string body = "id=17&email=Ana%40Example.com";
  BOOST_TEST(post(client, "/customers", body, key).message.body() ==
             R"({"id":"17","number":17,"email":"ana@example.com"})");
  BOOST_TEST(post(client, "/customers", body, other).text("/id") == "17");
  const RawAnswer again = post(client, "/customers", body, key);
  BOOST_TEST(again.status == 409);
  BOOST_TEST(again.message.body() == R"({"id":"17","of":"id"})");
  BOOST_TEST(post(client, "/customers", "id=17&existing=give", key).text("/email") ==
             "ana@example.com");
  BOOST_TEST(post(client, "/customers", "id=17&existing=no", key).status == 409);
  const RawAnswer made = post(client, "/customers", "id=&email=", key);
  const string id = made.text("/id");
  BOOST_TEST(id.size() == 6u);
  BOOST_TEST(made.text("/email") == "(absent)");
  BOOST_TEST(post(client, "/customers", "id=" + id, key).status == 409);
  BOOST_TEST(sandbox.count() == 3u);
  BOOST_TEST(client.call(http::verb::delete_, "/customers/17", {}, key).status == 200);
  BOOST_TEST(client.call(http::verb::get, "/customers/17", {}, key).status == 404);
  BOOST_TEST(post(client, "/customers", "id=17&email=bo%40example.com", key).status == 200);
  BOOST_TEST(client.call(http::verb::get, "/customers/17", {}, key).text("/email") ==
             "bo@example.com");
  BOOST_TEST(client.call(http::verb::get, "/customers/17", {}, other).text("/email") ==
             "ana@example.com");
}

BOOST_AUTO_TEST_CASE(a_path_may_hold_something_else_than_the_id) {
  Sandbox sandbox(chosen(), {.tls = false});
  RawClient client(sandbox);
  const Headers key{{"Authorization", "Bearer FAKE"}};
  post(client, "/customers", "id=17&email=ana%2B1%40example.com", key);
  const auto get = [&](const string& target) {
    return client.call(http::verb::get, target, {}, key);
  };
  BOOST_TEST(get("/customers/ana%2B1%40example.com").text("/id") == "17");
  BOOST_TEST(get("/customers/ana+1@example.com").text("/id") == "17");
  BOOST_TEST(get("/customers/17").text("/id") == "17");
  const RawAnswer nobody = get("/customers/bo%40example.com");
  BOOST_TEST(nobody.status == 404);
  BOOST_TEST(nobody.text("/sought") == "bo@example.com");
  BOOST_TEST(get("/customers/18").text("/sought") == "18");
  sandbox.index_delay(std::chrono::hours(1));
  BOOST_TEST(get("/customers/ana%2B1%40example.com").status == 404);
}

BOOST_AUTO_TEST_CASE(answers_may_be_xml) {
  const string type = "text/xml; charset=UTF-8";
  Processor processor = chosen();
  processor.customer =
      R"(<customer id="{{id}}"><email>{{field email}}</email><no>-{{field none}}</no></customer>)";
  processor.actions = {
      {.path = "/customers",
       .body = Body::form,
       .fields = {{.name = "id"}, {.name = "email"}},
       .answer = {.body = "<made>{{updated}}{{customer}}</made>", .content_type = type}},
      {.operation = Operation::list,
       .method = "GET",
       .path = "/customers",
       .answer = {.body = "<all><one/>{{customers}}</all>", .content_type = type}}};
  Sandbox sandbox(processor, {.tls = false});
  RawClient client(sandbox);
  const Headers key{{"Authorization", "Bearer FAKE"}};
  const string one = R"(<customer id="&#34;&#38;"><email>&#60;a&#62;</email><no>-</no></customer>)";
  const RawAnswer made = post(client, "/customers", "id=%22%26&email=%3Ca%3E", key);
  BOOST_TEST(made.header("Content-Type") == type);
  const string body = made.message.body();
  BOOST_TEST(body.substr(0, 6) == "<made>");
  BOOST_TEST(body.substr(6, 10).find_first_not_of("0123456789") == string::npos);
  BOOST_TEST(body.substr(16) == one + "</made>");
  post(client, "/customers", "id=2", key);
  BOOST_TEST(client.call(http::verb::get, "/customers", {}, key).message.body() ==
             R"(<all><one/><customer id="2"><no>-</no></customer>)" + one + "</all>");
  processor.absent = Processor::Absent::empty;
  Sandbox with_empty(processor, {.tls = false});
  RawClient other(with_empty);
  post(other, "/customers", "id=2", key);
  BOOST_TEST(other.call(http::verb::get, "/customers", {}, key).message.body() ==
             R"(<all><one/><customer id="2"><email></email><no>-</no></customer></all>)");
}

BOOST_AUTO_TEST_CASE(a_search_has_parameters_in_body_and_query) {
  Processor processor = chosen();
  processor.actions.push_back(
      {.operation = Operation::list,
       .path = "/search",
       .body = Body::json,
       .answer = {.body = R"({"found":"{{customers}}"})"},
       .listing = Listing{.filters = {{"email", "email"}}, .page_name = "page"}});
  Sandbox sandbox(processor, {.tls = false});
  RawClient client(sandbox);
  const Headers key{{"Authorization", "Bearer FAKE"}};
  for (const string id : {"1", "2", "3"})
    post(client, "/customers", "id=" + id + "&email=" + (id == "2" ? "bo" : "ana"), key);
  const auto found = [&](const string& query, const string& body) {
    const RawAnswer answer =
        post(client, "/search" + query, body, with(key, "Content-Type", "application/json"));
    return answer.text("/found/0/id") + ' ' + answer.text("/found/1/id");
  };
  BOOST_TEST(found("", R"({"email":"ana"})") == "3 1");
  BOOST_TEST(found("?limit=1", R"({"email":"ana"})") == "3 (absent)");
  BOOST_TEST(found("?limit=1&page=2", R"({"email":"ana"})") == "1 (absent)");
}

BOOST_AUTO_TEST_CASE(a_description_that_cannot_work_is_refused_at_once) {
  Processor no_json = wrapped();
  no_json.actions[0].answer.body = "{\"id\":{{id}}}";
  BOOST_CHECK_THROW(Sandbox(no_json, {.tls = false}), std::invalid_argument);
  Processor no_refusal = wrapped();
  no_refusal.refusals.erase(Case::unauthorized);
  BOOST_CHECK_THROW(Sandbox(no_refusal, {.tls = false}), std::invalid_argument);
  Processor no_credential = wrapped();
  no_credential.credentials.clear();
  BOOST_CHECK_THROW(Sandbox(no_credential, {.tls = false}), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
