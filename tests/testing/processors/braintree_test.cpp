// SPDX-License-Identifier: Apache-2.0
#include <florin/testing/processors/braintree.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <utility>
#include <vector>

#include "json_client.hpp"

BOOST_AUTO_TEST_SUITE(testing_processors_braintree)

namespace {

using namespace florin_test;
using std::string;

const string document =
    "mutation CreateCustomer($input: CreateCustomerInput!) { createCustomer(input: $input) { "
    "clientMutationId customer { id legacyId firstName lastName company email phoneNumber "
    "createdAt customFields { name value } } } }";
const string ana = R"({"query":")" + document +
                   R"(","variables":{"input":{"clientMutationId":"req-0001","customer":{)"
                   R"("firstName":"Ana","lastName":"Example","email":"ana.example@example.com",)"
                   R"("phoneNumber":"+14155550100","customFields":[)"
                   R"({"name":"merchant_customer_id","value":"mc-0001"}]}}}})";

struct Client : JsonClient {
  explicit Client(std::vector<string> custom_fields = {"merchant_customer_id"})
      : JsonClient(florin::testing::braintree(std::move(custom_fields)),
                   {{"Authorization", "Basic cHViRkFLRUtFWTAwMDE6cHJpdkZBS0VLRVkwMDAx"},
                    {"Braintree-Version", "2018-09-10"},
                    {"Accept", "application/json"}}) {}

  RawAnswer send(const string& body, const Headers& headers = {}) {
    RawAnswer answer = post("/graphql", body, headers);
    BOOST_TEST(answer.status == 200);
    BOOST_TEST(answer.text("/extensions/requestId").size() == 36u);
    return answer;
  }
  string error_class(const string& body, const Headers& headers = {}) {
    return send(body, headers).text("/errors/0/extensions/errorClass");
  }
  string legacy_code(const string& body) {
    return send(body).text("/errors/0/extensions/legacyCode");
  }
};

string request(const string& query, const string& variables) {
  return R"({"query":")" + query + R"(","variables":)" + variables + "}";
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_customer_is_created_read_changed_and_removed) {
  Client client;
  const RawAnswer made = client.send(ana);
  const string path = "/data/createCustomer/customer";
  const string id = made.text(path + "/id");
  BOOST_TEST(id.starts_with("Y3VzdG9tZXJf"));
  BOOST_TEST(made.text(path + "/legacyId").starts_with("FAKE"));
  BOOST_TEST(made.text(path + "/createdAt").ends_with(".000000Z"));
  BOOST_TEST(same_json(
      made.message.body(),
      R"({"data":{"createCustomer":{"clientMutationId":"req-0001","customer":{"id":")" + id +
          R"(","legacyId":")" + made.text(path + "/legacyId") + R"(","createdAt":")" +
          made.text(path + "/createdAt") +
          R"(","firstName":"Ana","lastName":"Example","company":null,)"
          R"("email":"ana.example@example.com","phoneNumber":"+14155550100","customFields":)"
          R"([{"name":"merchant_customer_id","value":"mc-0001"}]}}},"extensions":{"requestId":")" +
          made.text("/extensions/requestId") + R"("}})"));
  BOOST_TEST(client.sandbox.count("mc-0001") == 1u);
  BOOST_TEST((client.stored() ==
              Fields{{"query", document},
                     {"variables.input.clientMutationId", "req-0001"},
                     {"variables.input.customer.firstName", "Ana"},
                     {"variables.input.customer.lastName", "Example"},
                     {"variables.input.customer.email", "ana.example@example.com"},
                     {"variables.input.customer.phoneNumber", "+14155550100"},
                     {"variables.input.customer.customFields.merchant_customer_id", "mc-0001"}}));

  const auto node = [&](const string& which) {
    return client.send(request("query($id: ID!){ node(id:$id){ ... on Customer { id email } } }",
                               R"({"id":")" + which + "\"}"));
  };
  BOOST_TEST(node(id).text("/data/node/legacyId") == made.text(path + "/legacyId"));
  BOOST_TEST(client
                 .send(request(
                     "mutation($input: UpdateCustomerInput!) { updateCustomer(input: "
                     "$input) { customer { id } } }",
                     R"({"input":{"customerId":")" + id + R"(","customer":{"firstName":"Eva"}}})"))
                 .text("/data/updateCustomer/customer/firstName") == "Eva");
  const string removal = request(
      "mutation($input: DeleteCustomerInput!) { deleteCustomer(input: $input) { clientMutationId } "
      "}",
      R"({"input":{"clientMutationId":"req-0003","customerId":")" + id + "\"}}");
  const auto extensions = [](const RawAnswer& answer) {
    return R"("extensions":{"requestId":")" + answer.text("/extensions/requestId") + "\"}}";
  };
  const RawAnswer removed = client.send(removal);
  BOOST_TEST(same_json(
      removed.message.body(),
      R"({"data":{"deleteCustomer":{"clientMutationId":"req-0003"}},)" + extensions(removed)));
  const RawAnswer again = client.send(removal);
  BOOST_TEST(same_json(
      again.message.body(),
      R"({"errors":[{"message":"An object with this ID was not found.","locations":[{"line":1,)"
      R"("column":56}],"path":["deleteCustomer"],"extensions":{"errorClass":"NOT_FOUND",)"
      R"("errorType":"user_error","inputPath":["input","customerId"]}}],)"
      R"("data":{"deleteCustomer":null},)" +
          extensions(again)));
  BOOST_TEST(node(id).text("/data/node") == "null");
  BOOST_TEST(node(id).text("/errors/0/extensions/errorClass") == "NOT_FOUND");
  BOOST_TEST(client.sandbox.count() == 0u);
}

BOOST_AUTO_TEST_CASE(nothing_is_required_and_nothing_is_a_repetition) {
  Client client;
  const string path = "/data/createCustomer/customer/id";
  const RawAnswer bare = client.send(request(document, R"({"input":{}})"));
  BOOST_TEST(bare.text(path) != "(absent)");
  BOOST_TEST(bare.text("/data/createCustomer/clientMutationId") == "null");
  BOOST_TEST(client.send(request(document, R"({"input":{"customer":{}}})")).text(path) !=
             "(absent)");
  BOOST_TEST(client.send(ana).text(path) != client.send(ana).text(path));
  BOOST_TEST(client.sandbox.count() == 4u);
}

BOOST_AUTO_TEST_CASE(fields_are_checked) {
  Client client;
  const auto changed = [](const string& from, const string& to) { return with(ana, from, to); };
  const RawAnswer email = client.send(changed("ana.example@example.com", "ana"));
  BOOST_TEST(same_json(
      email.message.body(),
      R"({"errors":[{"message":"Email is an invalid format.","locations":[{"line":1,"column":56}],)"
      R"("path":["createCustomer"],"extensions":{"errorClass":"VALIDATION",)"
      R"("errorType":"user_error","inputPath":["input","customer","email"],"legacyCode":"81604"}}],)"
      R"("data":{"createCustomer":null},"extensions":{"requestId":")" +
          email.text("/extensions/requestId") + R"("}})"));
  BOOST_TEST(client.legacy_code(changed("\"Ana\"", '"' + string(256, 'x') + '"')) == "81608");
  BOOST_TEST(client.legacy_code(changed("+14155550100", string(256, '1'))) == "81614");
  BOOST_TEST(client.legacy_code(changed("mc-0001", string(256, 'x'))) == "81603");
  BOOST_TEST(client.legacy_code(changed("merchant_customer_id", "tier")) == "91602");
  const std::vector<string> any_name;
  BOOST_TEST(Client(any_name).legacy_code(changed("merchant_customer_id", "a-b")) == "91602");
  BOOST_TEST(Client(any_name).legacy_code(changed("merchant_customer_id", "tier")) == "(absent)");
  BOOST_TEST(client.sandbox.count() == 0u);
}

BOOST_AUTO_TEST_CASE(the_document_and_its_variables_are_checked) {
  Client client;
  for (const string& body :
       {request(document, "{}"), with(ana, "firstName\":", "givenName\":"),
        with(ana, "input: $input", "input: {}"), with(ana, "CreateCustomerInput!", "ID!"),
        with(ana, "createCustomer(", "makeCustomer("), with(ana, "customer { id ", "customer { "),
        with(ana, "value } }", "value }"), string("{")}) {
    const RawAnswer answer = client.send(body);
    BOOST_TEST(answer.text("/data") == "(absent)");
    BOOST_TEST(answer.text("/errors/0/message") != "(absent)");
    BOOST_TEST(answer.text("/errors/0/extensions") == "(absent)");
  }
  BOOST_TEST(client.post("/other", ana).status == 404);
  BOOST_TEST(client.sandbox.count() == 0u);
}

BOOST_AUTO_TEST_CASE(keys_and_permissions_are_checked) {
  Client client;
  const RawAnswer wrong = client.send(ana, {{"Authorization", "Basic eDp5"}});
  BOOST_TEST(
      same_json(wrong.message.body(),
                R"({"errors":[{"message":"Authentication credentials are invalid.","extensions":)"
                R"({"errorClass":"AUTHENTICATION","errorType":"developer_error"}}],"data":null,)"
                R"("extensions":{"requestId":")" +
                    wrong.text("/extensions/requestId") + R"("}})"));
  BOOST_TEST(client.error_class(
                 ana, {{"Authorization", "Basic cHViRkFLRVJFQURFUjE6cHJpdkZBS0VSRUFERVIx"}}) ==
             "AUTHORIZATION");
  BOOST_TEST(client.error_class(ana, {{"Braintree-Version", "latest"}}) == "UNSUPPORTED_CLIENT");
  BOOST_TEST(client.post_without("Braintree-Version", "/graphql", ana).text("/data") == "null");
  client.sandbox.fault({.kind = florin::testing::Fault::Kind::rate_limited});
  BOOST_TEST(client.error_class(ana) == "RESOURCE_LIMIT");
  client.sandbox.fault({.kind = florin::testing::Fault::Kind::server_error});
  BOOST_TEST(client.error_class(ana) == "INTERNAL");
}

BOOST_AUTO_TEST_CASE(customers_are_found_page_by_page) {
  Client client;
  const string path = "/data/createCustomer/customer/id";
  const string one = client.send(ana).text(path);
  const string two = client.send(ana).text(path);
  client.send(with(ana, "ana.example", "bo.example"));
  const string finding =
      "query FindCustomers($input: CustomerSearchInput!, $first: Int, $after: String) { search { "
      "customers(input: $input, first: $first, after: $after) { edges { cursor node { id } } "
      "pageInfo { hasNextPage endCursor } } } }";
  const auto search = [&](const string& variables) {
    return client.send(request(finding, variables));
  };
  const string by_email = R"({"input":{"email":{"is":"ana.example@example.com"}},"first":)";
  const string at = "/data/search/customers";
  const RawAnswer first = search(by_email + R"(1,"after":null})");
  BOOST_TEST(each(first, at + "/edges", "/node/id") == two);
  BOOST_TEST(first.text(at + "/pageInfo/hasNextPage") == "true");
  const string cursor = first.text(at + "/pageInfo/endCursor");
  BOOST_TEST(first.text(at + "/edges/0/cursor") == cursor);
  const RawAnswer second = search(by_email + R"(1,"after":")" + cursor + R"("})");
  BOOST_TEST(each(second, at + "/edges", "/node/id") == one);
  BOOST_TEST(second.text(at + "/pageInfo/hasNextPage") == "false");
  BOOST_TEST(second.text(at + "/pageInfo/endCursor") == second.text(at + "/edges/0/cursor"));
  BOOST_TEST(each(search(by_email + "2}"), at + "/edges", "/node/id") == two + ' ' + one);
  const RawAnswer none = search(R"({"input":{"email":{"is":"none@example.com"}}})");
  BOOST_TEST(same_json(none.text(at),
                       R"({"edges":[],"pageInfo":{"hasNextPage":false,"endCursor":null}})"));

  const auto count = [&](const string& input) {
    return search(R"({"input":)" + input + "}").json().at_pointer(at + "/edges").as_array().size();
  };
  // What is empty is no filter, and nothing filtered is everybody.
  for (const string everybody :
       {"{}", R"({"email":{"is":""}})", R"({"email":{"is":null}})", R"({"email":{}})",
        R"({"email":null})", R"({"firstName":{"contains":"n"}})",
        R"({"createdAt":{"greaterThanOrEqualTo":"2020-01-15T10:20:30.000000Z"}})"})
    BOOST_TEST(count(everybody) == 3u, everybody);
  BOOST_TEST(count(R"({"id":{"is":")" + one + R"("}})") == 1u);
  BOOST_TEST(count(R"({"email":{"is":"Ana.example@example.com"}})") == 0u);
  BOOST_TEST(count(R"({"email":{"isNot":"ana.example@example.com"},"firstName":{"is":"Ana"}})") ==
             1u);
  BOOST_TEST(count(R"({"email":{"startsWith":"ana"},"phoneNumber":{"endsWith":"0100"}})") == 2u);
  BOOST_TEST(count(R"({"company":{"is":"Example"}})") == 0u);

  const auto refused = [&](const string& query, const string& variables) {
    return client.send(request(query, variables)).text("/errors/0/extensions") == "(absent)";
  };
  BOOST_TEST(refused(finding, R"({"input":{"customFields":{"is":"mc-0001"}}})"));
  BOOST_TEST(refused(finding, R"({"input":{},"after":"nonsense"})"));
  BOOST_TEST(refused(finding, R"({"first":2})"));
  BOOST_TEST(refused(with(finding, ", first: $first", ""), R"({"input":{},"first":2})"));
  BOOST_TEST(refused(with(finding, "CustomerSearchInput", "Customer"), R"({"input":{}})"));
}

BOOST_AUTO_TEST_CASE(a_node_tells_its_type) {
  Client client;
  const string id = client.send(ana).text("/data/createCustomer/customer/id");
  BOOST_TEST(client
                 .send(request("query GetCustomer($id: ID!) { node(id: $id) { __typename ... on "
                               "Customer { id } } }",
                               R"({"id":")" + id + "\"}"))
                 .text("/data/node/__typename") == "Customer");
}

BOOST_AUTO_TEST_CASE(an_update_clears_by_null_and_keeps_the_rest) {
  Client client({"merchant_customer_id", "tier"});
  const string made = with(ana, R"({"name":"merchant_customer_id")",
                           R"({"name":"tier","value":"gold"},{"name":"merchant_customer_id")");
  const string id = client.send(made).text("/data/createCustomer/customer/id");
  const auto update = [&](const string& customer, const string& which) {
    return client.send(request(
        "mutation UpdateCustomer($input: UpdateCustomerInput!) { updateCustomer(input: $input) { "
        "clientMutationId customer { id } } }",
        R"({"input":{"clientMutationId":"req-0002","customerId":")" + which + R"(","customer":)" +
            customer + "}}"));
  };
  const RawAnswer changed = update(R"({"email":"ana.new@example.com","phoneNumber":null,)"
                                   R"("customFields":[{"name":"tier","value":null}]})",
                                   id);
  const string at = "/data/updateCustomer";
  BOOST_TEST(changed.text(at + "/clientMutationId") == "req-0002");
  BOOST_TEST(changed.text(at + "/customer/id") == id);
  BOOST_TEST(changed.text(at + "/customer/email") == "ana.new@example.com");
  BOOST_TEST(changed.text(at + "/customer/phoneNumber") == "null");
  BOOST_TEST(changed.text(at + "/customer/firstName") == "Ana");
  BOOST_TEST(changed.text(at + "/customer/customFields") ==
             R"([{"name":"merchant_customer_id","value":"mc-0001"}])");
  BOOST_TEST(update(R"({"customFields":[{"name":"tier","value":"new"}]})", id)
                 .text(at + "/customer/customFields/1/value") == "new");
  BOOST_TEST(update(R"({"customFields":null})", id).text(at + "/customer/customFields") == "[]");
  const RawAnswer invalid = update(R"({"email":"ana"})", id);
  BOOST_TEST(invalid.text("/errors/0/extensions/legacyCode") == "81604");
  BOOST_TEST(invalid.text("/errors/0/path") == R"(["updateCustomer"])");
  BOOST_TEST(invalid.text("/errors/0/extensions/inputPath") == R"(["input","customer","email"])");
  BOOST_TEST(invalid.text(at) == "null");
  BOOST_TEST(update(R"({"customFields":[{"name":"other","value":"x"}]})", id)
                 .text("/errors/0/extensions/legacyCode") == "91602");
  const RawAnswer unknown = update(R"({"email":null})", "Y3VzdG9tZXJfRkFLRTAwMDE=");
  BOOST_TEST(unknown.text("/errors/0/extensions/errorClass") == "NOT_FOUND");
  BOOST_TEST(unknown.text("/errors/0/extensions/inputPath") == R"(["input","customerId"])");
  BOOST_TEST(unknown.text(at) == "null");
  // A create ignores null.
  const RawAnswer bare =
      client.send(request(document, R"({"input":{"customer":{"email":null,"customFields":[)"
                                    R"({"name":"tier","value":null}]}}})"));
  BOOST_TEST(bare.text("/data/createCustomer/customer/email") == "null");
  BOOST_TEST(bare.text("/data/createCustomer/customer/customFields") == "[]");
}

BOOST_AUTO_TEST_SUITE_END()
