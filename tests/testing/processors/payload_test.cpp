// SPDX-License-Identifier: Apache-2.0
#include <florin/testing/processors/payload.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

#include "json_client.hpp"

BOOST_AUTO_TEST_SUITE(testing_processors_payload)

namespace {

using namespace florin_test;
using florin::testing::Fault;
using std::string;

const string accounts = "/accounts";
const string ana =
    R"({"type":"customer","name":"Ana Example","contact_details":{"email":"ana@example.com",)"
    R"("phone_number":"5555550100","address":{"address_line_1":"1 Example Street",)"
    R"("address_line_2":"Apt 2","city":"Springfield","state_province":"IL",)"
    R"("postal_code":"62701","country_code":"US"}},"attrs":{"merchant_customer_id":"m-1001"}})";

struct Client : JsonClient {
  Client()
      : JsonClient(florin::testing::payload(),
                   {{"Authorization", "Basic dGVzdF9zZWNyZXRfa2V5X0ZBS0UwMDAxOg=="},
                    {"X-API-Version", "v2.0"}}) {}
};

string error(const string& type, const string& text, const string& details = "null") {
  return R"({"details":)" + details + R"(,"error_description":")" + text + R"(","error_type":")" +
         type + R"(","object":"error"})";
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_customer_is_created_and_read) {
  Client client;
  const RawAnswer made = client.post(accounts, ana);
  BOOST_TEST(made.status == 200);
  const string id = made.text("/id");
  BOOST_TEST(id.starts_with("acct_"));
  BOOST_TEST(made.text("/created_at").size() == 19u);
  BOOST_TEST(same_json(made.message.body(), R"({"id":")" + id + R"(","object":"account",)" +
                                                ana.substr(1, ana.size() - 2) +
                                                R"(,"created_at":")" + made.text("/created_at") +
                                                R"(","modified_at":")" + made.text("/modified_at") +
                                                "\"}"));
  BOOST_TEST(client.sandbox.count("m-1001") == 1u);
  BOOST_TEST(
      (client.stored() == Fields{{"type", "customer"},
                                 {"name", "Ana Example"},
                                 {"contact_details.email", "ana@example.com"},
                                 {"contact_details.phone_number", "5555550100"},
                                 {"contact_details.address.address_line_1", "1 Example Street"},
                                 {"contact_details.address.address_line_2", "Apt 2"},
                                 {"contact_details.address.city", "Springfield"},
                                 {"contact_details.address.state_province", "IL"},
                                 {"contact_details.address.postal_code", "62701"},
                                 {"contact_details.address.country_code", "US"},
                                 {"attrs.merchant_customer_id", "m-1001"}}));
  BOOST_TEST(client.get(accounts + '/' + id).message.body() == made.message.body());
}

BOOST_AUTO_TEST_CASE(a_type_is_enough_and_nothing_is_a_duplicate) {
  Client client;
  const RawAnswer made = client.post(accounts, R"({"type":"customer"})");
  BOOST_TEST(made.text("/contact_details") == "null");
  BOOST_TEST(made.text("/attrs") == "{}");
  BOOST_TEST(client.post(accounts, ana).text("/id") != client.post(accounts, ana).text("/id"));
  const Headers bearer{{"Authorization", "Bearer test_secret_key_FAKE0001"},
                       {"X-API-Version", "v2"}};
  BOOST_TEST(client.post(accounts, ana, bearer).status == 200);
  BOOST_TEST(client.sandbox.count() == 4u);
}

BOOST_AUTO_TEST_CASE(refusals) {
  Client client;
  const auto answered = [&](const RawAnswer& answer, int status, const string& body) {
    BOOST_TEST(answer.status == status);
    BOOST_TEST(same_json(answer.message.body(), body), answer.message.body());
  };
  answered(client.post(accounts, "{}"), 400,
           error("InvalidAttributes", "type", R"({"type":"Required"})"));
  answered(client.post(accounts, with(ana, "5555550100", "+15555550100")), 400,
           error("InvalidAttributes", "contact_details[phone_number]",
                 R"({"contact_details":{"phone_number":"Invalid"}})"));
  answered(client.post(accounts, with(ana, "62701", "62701-1234")), 400,
           error("InvalidAttributes", "contact_details[address][postal_code]",
                 R"({"contact_details":{"address":{"postal_code":"Too long"}}})"));
  const auto described = [&](const string& from, const string& to) {
    return client.post(accounts, with(ana, from, to)).text("/error_description");
  };
  BOOST_TEST(described("ana@example.com", "ana") == "contact_details[email]");
  BOOST_TEST(described("ana@", string(53, 'x') + '@') == "contact_details[email]");
  BOOST_TEST(described("IL", "Ill") == "contact_details[address][state_province]");
  BOOST_TEST(described("Ana Example", "") == "name");
  BOOST_TEST(described("\"name\"", "\"title\"") == "title");
  BOOST_TEST(described("m-1001", string(229, 'x')) == "attrs");
  BOOST_TEST(client.post(accounts, with(ana, "m-1001", string(228, 'x'))).status == 200);
  client.sandbox.clear();
  answered(client.post(accounts, "{"), 400, error("BadRequest", "The body is not a JSON object"));
  answered(client.post(accounts, ana, {{"Authorization", "Bearer test_secret_key_WRONG"}}), 401,
           error("Unauthorized", "Invalid API key"));
  BOOST_TEST(client.post_without("Authorization", accounts, ana).status == 401);
  BOOST_TEST(client.post_without("X-API-Version", accounts, ana).text("/error_type") ==
             "BadRequest");
  const Headers reader{{"Authorization", "Bearer test_secret_key_FAKE0002"}};
  BOOST_TEST(client.post(accounts, ana, reader).status == 403);
  answered(client.get(accounts + "/acct_FAKE"), 404, error("NotFound", "Not found"));
  BOOST_TEST(client.sandbox.count() == 0u);
  client.sandbox.fault({.kind = Fault::Kind::rate_limited});
  BOOST_TEST(client.post(accounts, ana).text("/error_type") == "TooManyRequests");
}

BOOST_AUTO_TEST_CASE(an_update_is_partial_but_replaces_contact_details_and_attributes) {
  Client client;
  const RawAnswer made = client.post(accounts, ana);
  const string path = accounts + '/' + made.text("/id");
  const RawAnswer changed = client.put(path, R"({"name":"Ana Sample"})");
  BOOST_TEST(changed.status == 200);
  BOOST_TEST(changed.text("/name") == "Ana Sample");
  for (const string kept : {"/id", "/type", "/contact_details", "/attrs", "/created_at"})
    BOOST_TEST(changed.text(kept) == made.text(kept), kept);
  const RawAnswer replaced = client.put(
      path, R"({"contact_details":{"email":"ana.new@example.com"},"attrs":{"tier":"gold"}})");
  BOOST_TEST(replaced.text("/contact_details/email") == "ana.new@example.com");
  BOOST_TEST(replaced.text("/contact_details/phone_number") == "null");
  BOOST_TEST(replaced.text("/contact_details/address") == "null");
  BOOST_TEST(replaced.text("/attrs") == R"({"tier":"gold"})");
  BOOST_TEST(client.get(path).message.body() == replaced.message.body());
  BOOST_TEST(client.put(path, R"({"name":null})").status == 400);
  BOOST_TEST(client.put(path, R"({"attrs":{}})").text("/attrs") == "{}");
  BOOST_TEST(client.put(accounts + "/acct_FAKE", R"({"name":"x"})").status == 404);
}

BOOST_AUTO_TEST_CASE(a_deleted_customer_is_unknown) {
  Client client;
  const string id = client.post(accounts, ana).text("/id");
  const string path = accounts + '/' + id;
  BOOST_TEST(client.remove(path + "?mode=query").status == 400);
  const RawAnswer removed = client.remove(path);
  BOOST_TEST(removed.status == 200);
  BOOST_TEST(same_json(removed.message.body(), R"({"id":")" + id + R"(","object":"account"})"));
  BOOST_TEST(client.get(path).text("/error_type") == "NotFound");
  BOOST_TEST(client.remove(path).status == 404);
  BOOST_TEST(client.get(accounts).message.body() == R"({"object":"list","values":[]})");
}

BOOST_AUTO_TEST_CASE(customers_are_found_by_email_and_attribute) {
  Client client;
  const string one = client.post(accounts, ana).text("/id");
  const string two = client.post(accounts, with(ana, "m-1001", "m-1002")).text("/id");
  const string three = client.post(accounts, with(ana, "ana@", "bo@")).text("/id");
  const auto found = [&](const string& query) {
    return each(client.get(accounts + "?type=customer&" + query), "/values", "/id");
  };
  const string email = "contact_details%5Bemail%5D=";
  BOOST_TEST(found(email + "ana%40example.com") == two + ' ' + one);
  BOOST_TEST(found(email + "ana%40example.com&limit=1&offset=1") == one);
  BOOST_TEST(found(email + "ana%40example.com&order_by=created_at") == one + ' ' + two);
  BOOST_TEST(found("order_by%5B0%5D=desc(created_at)&limit=2") == three + ' ' + two);
  BOOST_TEST(found("attrs%5Bmerchant_customer_id%5D=m-1002") == two);
  BOOST_TEST(found(email + "nobody%40example.com") == "");
  // Operators.
  BOOST_TEST(found(email + "%21ana%40example.com") == three);
  BOOST_TEST(found(email + "bo%40example.com%7Cana%40example.com") ==
             three + ' ' + two + ' ' + one);
  BOOST_TEST(found(email + "%3Fana%40example.com") == "");
  BOOST_TEST(found(email + "%3F*o%40example*") == three);
  BOOST_TEST(found(email + "%3F*o%40example") == three);
  BOOST_TEST(found("attrs%5Bmerchant_customer_id%5D=%3Em-1001") == two);
  BOOST_TEST(found("attrs%5Bmerchant_customer_id%5D=%3C%3Dm-1001") == three + ' ' + one);
  BOOST_TEST(client.get(accounts + "?order_by=name").status == 400);
}

BOOST_AUTO_TEST_SUITE_END()
