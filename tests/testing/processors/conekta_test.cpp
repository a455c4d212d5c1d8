// SPDX-License-Identifier: Apache-2.0
#include <florin/testing/processors/conekta.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

#include "json_client.hpp"

BOOST_AUTO_TEST_SUITE(testing_processors_conekta)

namespace {

using namespace florin_test;
using std::string;

const string customers = "/customers";
const string ana =
    R"({"name":"Ana Example","email":"ana.example@example.com","phone":"+5215555550100",)"
    R"("custom_reference":"mc-0001","metadata":{"tier":"gold"},"shipping_contacts":[{)"
    R"("receiver":"Ana Example","phone":"+5215555550100","address":{"street1":"Calle Falsa 123",)"
    R"("city":"Ciudad de Mexico","state":"Ciudad de Mexico","country":"MX",)"
    R"("postal_code":"06100"}}]})";
const string bo = R"({"name":"Bo","email":"bo@example.com","phone":"+5215555550101"})";

struct Client : JsonClient {
  explicit Client(bool merges = false, const string& version = "2.2.0")
      : JsonClient(florin::testing::conekta(merges, version),
                   {{"Authorization", "Bearer key_FAKE0001"},
                    {"Accept", "application/vnd.conekta-v" + version + "+json"}}) {}
};

string error(const RawAnswer& answer) {
  const string code = answer.text("/details/0/code");
  return std::to_string(answer.status) + ' ' + answer.text("/type") + ' ' +
         code.substr(code.rfind('.') + 1) + ' ' + answer.text("/details/0/param");
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_customer_is_created_and_read) {
  Client client;
  const RawAnswer made = client.post(customers, ana);
  BOOST_TEST(made.status == 200);
  BOOST_TEST(made.header("Content-Type") == "application/vnd.conekta-v2.2.0+json");
  const string id = made.text("/id");
  BOOST_TEST(id.starts_with("cus_"));
  BOOST_TEST(id.size() == 21u);
  const string contact = made.text("/default_shipping_contact_id");
  BOOST_TEST(contact.starts_with("ship_cont_"));
  const string created = made.text("/created_at");
  BOOST_TEST(same_json(
      made.message.body(),
      R"({"livemode":false,"name":"Ana Example","email":"ana.example@example.com",)"
      R"("phone":"+5215555550100","default_shipping_contact_id":")" +
          contact + R"(","id":")" + id + R"(","object":"customer","created_at":)" + created +
          R"(,"corporate":false,"custom_reference":"mc-0001","metadata":{"tier":"gold"},)"
          R"("payment_sources":null,"fiscal_entities":null,"subscription":null,)"
          R"("shipping_contacts":{"object":"list","has_more":false,"total":1,"data":[{)"
          R"("receiver":"Ana Example","phone":"+5215555550100","between_streets":null,)"
          R"("address":{"street1":"Calle Falsa 123","street2":null,"city":"Ciudad de Mexico",)"
          R"("state":"Ciudad de Mexico","country":"mx","residential":true,)"
          R"("object":"shipping_address","postal_code":"06100"},"id":")" +
          contact + R"(","object":"shipping_contact","created_at":)" + created +
          R"(,"parent_id":")" + id + R"(","default":true}]}})"));
  BOOST_TEST(client.sandbox.count("mc-0001") == 1u);
  BOOST_TEST(client.get(customers + '/' + id).message.body() == made.message.body());
  const RawAnswer least = client.post(customers, bo);
  BOOST_TEST(least.text("/custom_reference") == "");
  BOOST_TEST(least.text("/metadata") == "null");
  BOOST_TEST(least.text("/shipping_contacts") == "null");
  BOOST_TEST(least.text("/default_shipping_contact_id") == "null");
  Client newer(false, "2.3.0");
  BOOST_TEST(newer.post(customers, bo).header("Conekta-Media-Type") ==
             "conekta-v2.3.0; format=application/json");
}

BOOST_AUTO_TEST_CASE(refusals) {
  Client client;
  const auto refused = [&](const string& body) { return error(client.post(customers, body)); };
  const string invalid = "422 parameter_validation_error ";
  const RawAnswer email = client.post(customers, with(bo, "bo@", "bo"));
  BOOST_TEST(same_json(email.message.body(),
                       R"({"details":[{"message":"The email is invalid.","param":"email",)"
                       R"("code":"conekta.errors.parameter_validation.email",)"
                       R"("debug_message":"The email is invalid."}],"log_id":")" +
                           email.text("/log_id") +
                           R"(","object":"error","type":"parameter_validation_error"})"));
  BOOST_TEST(email.text("/log_id").size() == 24u);
  BOOST_TEST(refused(with(bo, R"(,"phone":"+5215555550101")", "")) == invalid + "missing phone");
  BOOST_TEST(refused(with(bo, R"("Bo")", R"("")")) == invalid + "empty name");
  const string address = "shipping_contacts[0].address.";
  BOOST_TEST(refused(with(ana, "06100", "0610")) == invalid + "invalid " + address + "postal_code");
  BOOST_TEST(refused(with(ana, R"("MX","postal_code":"06100")", R"("US","postal_code":"0610")"))
                 .starts_with("200"));
  BOOST_TEST(refused(with(ana, R"("city":"Ciudad de Mexico")", R"("city":"C d M")")) ==
             invalid + "invalid " + address + "city");
  BOOST_TEST(refused(with(ana, "Calle Falsa 123", string(250, 'x'))) ==
             invalid + "length " + address + "street1");
  BOOST_TEST(refused(with(ana, R"("street1":"Calle Falsa 123",)", "")) ==
             invalid + "missing " + address + "street1");
  BOOST_TEST(refused(with(bo, "{", R"({"description":"x",)")) == invalid + "unknown description");
  BOOST_TEST(refused("[") == invalid + "body null");
  BOOST_TEST(error(client.post_without("Authorization", customers, bo)) ==
             "401 authentication_error missing_key null");
  BOOST_TEST(error(client.post(customers, bo, {{"Authorization", "Bearer key_FAKE"}})) ==
             "401 authentication_error invalid_key null");
  BOOST_TEST(error(client.post(customers, bo, {{"Authorization", "Bearer key_FAKE0002"}})) ==
             "403 forbidden_error key null");
  BOOST_TEST(client.post(customers, bo, {{"Accept", "application/json"}}).status == 406);
  BOOST_TEST(client.post_without("Accept", customers, bo).status == 406);
  const RawAnswer unknown = client.get(customers + "/cus_2aBcDeFgHiJkLmXXX");
  BOOST_TEST(error(unknown) == "404 resource_not_found_error entity null");
  BOOST_TEST(unknown.text("/details/0/debug_message") ==
             "Object Customer cus_2aBcDeFgHiJkLmXXX does not exist.");
  client.sandbox.clear();
  client.sandbox.fault({.kind = florin::testing::Fault::Kind::server_error});
  BOOST_TEST(error(client.post(customers, bo)) == "500 api_error general_failure null");
  BOOST_TEST(client.sandbox.count() == 0u);
}

BOOST_AUTO_TEST_CASE(a_repeated_create_makes_a_second_customer) {
  Client client;
  const string first = client.post(customers, ana).text("/id");
  BOOST_TEST(client.post(customers, ana).text("/id") != first);
  BOOST_TEST(client.sandbox.count("mc-0001") == 2u);
}

BOOST_AUTO_TEST_CASE(an_update_is_partial) {
  Client client;
  const RawAnswer made = client.post(customers, ana);
  const string path = customers + '/' + made.text("/id");
  const RawAnswer changed = client.put(path, R"({"email":"ana.new@example.com"})");
  BOOST_TEST(changed.status == 200);
  BOOST_TEST(changed.message.body() ==
             with(made.message.body(), "ana.example@example.com", "ana.new@example.com"));
  BOOST_TEST(client.put(path, R"({"metadata":{"plan":"b"}})").text("/metadata") ==
             R"({"plan":"b"})");
  BOOST_TEST(client
                 .put(path, R"({"shipping_contacts":[{"address":{"street1":"2 Calle",)"
                            R"("postal_code":"1","country":"US"}}]})")
                 .text("/shipping_contacts/data/0/address/city") == "null");
  BOOST_TEST(client.put(path, R"({"email":null})").status == 422);
  BOOST_TEST(client.put(customers + "/cus_FAKE", R"({"name":"x"})").status == 404);
  Client merging(true);
  const string other = customers + '/' + merging.post(customers, ana).text("/id");
  BOOST_TEST(merging.put(other, R"({"metadata":{"plan":"b"}})").text("/metadata") ==
             R"({"tier":"gold","plan":"b"})");
}

BOOST_AUTO_TEST_CASE(a_deleted_customer_is_answered_whole_and_gone) {
  Client client;
  const RawAnswer made = client.post(customers, ana);
  const string path = customers + '/' + made.text("/id");
  const RawAnswer removed = client.remove(path);
  BOOST_TEST(removed.status == 200);
  BOOST_TEST(removed.message.body() == made.message.body());
  BOOST_TEST(client.remove(path).status == 404);
  BOOST_TEST(client.get(path).status == 404);
}

BOOST_AUTO_TEST_CASE(customers_are_searched_for_in_pages) {
  Client client;
  const string one = client.post(customers, ana).text("/id");
  const string two = client.post(customers, ana).text("/id");
  const string three = client.post(customers, bo).text("/id");
  const auto page = [&](const string& target) {
    const RawAnswer answer = client.get(target);
    return each(answer, "/data", "/id") + ' ' + answer.text("/has_more");
  };
  BOOST_TEST(page(customers + "?search=MC-0001") == two + ' ' + one + " false");
  BOOST_TEST(page(customers + "?search=bo%40example.com&limit=250") == three + " false");
  BOOST_TEST(client.get(customers + "?search=mc-9999&limit=250").message.body() ==
             R"({"next_page_url":null,"previous_page_url":null,"has_more":false,)"
             R"("object":"list","data":[]})");
  BOOST_TEST(page(customers + "?limit=2") == three + ' ' + two + " true");
  const string url = client.get(customers + "?search=mc-0001&limit=1").text("/next_page_url");
  const string next = url.substr(url.find("/customers"));
  BOOST_TEST(next == customers + "?search=mc-0001&limit=1&next=" + two);
  BOOST_TEST(page(next) == one + " false");
  const string back = client.get(next).text("/previous_page_url");
  BOOST_TEST(page(back.substr(back.find("/customers"))) == two + " false");
  BOOST_TEST(error(client.get(customers + "?limit=251")) ==
             "422 parameter_validation_error invalid limit");
}

BOOST_AUTO_TEST_SUITE_END()
