// SPDX-License-Identifier: Apache-2.0
#include <florin/testing/processors/paysafe.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

#include "json_client.hpp"

BOOST_AUTO_TEST_SUITE(testing_processors_paysafe)

namespace {

using namespace florin_test;
using std::string;

const string profiles = "/customervault/v1/profiles";
const string ana =
    R"({"merchantCustomerId":"mc-0001","locale":"en_US","firstName":"Ana","lastName":"Example",)"
    R"("email":"ana.example@example.com","phone":"+14155550100"})";
const Headers reader{{"Authorization", "Basic MTAwMkZBS0U6Qi10c3QxLTAtRkFLRUtFWTAwMDI="}};

struct Client : JsonClient {
  Client()
      : JsonClient(florin::testing::paysafe(),
                   {{"Authorization", "Basic MTAwMUZBS0U6Qi10c3QxLTAtRkFLRUtFWTAwMDE="},
                    {"Content-Type", "application/json; charset=utf-8"},
                    {"Accept", "application/json"}}) {}
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_profile_is_created_read_and_deleted) {
  Client client;
  const RawAnswer made = client.post(profiles, ana);
  BOOST_TEST(made.status == 201);
  const string id = made.text("/id");
  BOOST_TEST(id.size() == 36u);
  const string whole = R"({"id":")" + id + R"(","status":"ACTIVE","addresses":[],"cards":[],)" +
                       R"("paymentToken":")" + made.text("/paymentToken") +
                       R"(","links":[{"rel":"self","href":")" + client.sandbox.base_url() +
                       profiles + '/' + id + R"("}],)" + ana.substr(1);
  BOOST_TEST(same_json(made.message.body(), whole));
  BOOST_TEST(client.sandbox.count("mc-0001") == 1u);
  BOOST_TEST((client.stored() == Fields{{"merchantCustomerId", "mc-0001"},
                                        {"locale", "en_US"},
                                        {"firstName", "Ana"},
                                        {"lastName", "Example"},
                                        {"email", "ana.example@example.com"},
                                        {"phone", "+14155550100"}}));
  const string path = profiles + '/' + id;
  BOOST_TEST(client.get(path + "?fields=addresses,cards").message.body() == made.message.body());
  const RawAnswer removed = client.remove(path);
  BOOST_TEST(removed.status == 200);
  BOOST_TEST(removed.message.body().empty());
  BOOST_TEST(removed.header("Content-Length") == "0");
  BOOST_TEST(client.get(path).text("/error/code") == "5269");
  BOOST_TEST(client.remove(path).status == 404);
  const RawAnswer unknown = client.remove(profiles + "/unknown");
  BOOST_TEST(unknown.status == 404);
  BOOST_TEST(unknown.header("X-Application-Status-Code") == "5269");
  BOOST_TEST(unknown.text("/error/code") == "5269");
  BOOST_TEST(unknown.text("/error/message") == "The id in the URL is not known: unknown");
  BOOST_TEST(client.post(profiles, ana).status == 201);
}

BOOST_AUTO_TEST_CASE(a_reference_is_taken_once) {
  Client client;
  const string id = client.post(profiles, ana).text("/id");
  const RawAnswer again = client.post(profiles, with(ana, "Ana", "Eva"));
  BOOST_TEST(again.status == 409);
  BOOST_TEST(same_json(
      again.message.body(),
      R"({"links":[{"rel":"existing_entity","href":")" + client.sandbox.base_url() + profiles +
          '/' + id +
          R"("}],"error":{"code":"7505","message":"The merchantCustomerId provided for this )"
          R"(profile has already been used for another profile - )" +
          id +
          R"(","links":[{"rel":"errorinfo","href":"https://developer.paysafe.com/en/rest-api/)"
          R"(vault/test-and-go-live/vault-errors/#ErrorCode7505"}]}})"));
  BOOST_TEST(client.post(profiles, with(ana, "mc-0001", "mc-0002")).status == 201);
  BOOST_TEST(client.sandbox.count() == 2u);
}

BOOST_AUTO_TEST_CASE(refusals) {
  Client client;
  const RawAnswer locale = client.post(profiles, with(ana, "en_US", "xx"));
  BOOST_TEST(locale.status == 400);
  BOOST_TEST(same_json(
      locale.message.body(),
      R"({"error":{"code":"5068","message":"Either you submitted a request that is missing a )"
      R"(mandatory field or the value of a field does not match the format expected.",)"
      R"("fieldErrors":[{"field":"locale","error":"Invalid Locale"}],)"
      R"("links":[{"rel":"errorinfo","href":"https://developer.paysafe.com/en/rest-api/vault/)"
      R"(test-and-go-live/vault-errors/#ErrorCode5068"}]}})"));
  const auto refused = [&](const string& body) {
    const RawAnswer given = client.post(profiles, body);
    BOOST_TEST(given.status == 400);
    BOOST_TEST(given.text("/error/code") == "5068");
    return given.text("/error/fieldErrors/0/field");
  };
  BOOST_TEST(refused(R"({"locale":"en_US"})") == "merchantCustomerId");
  BOOST_TEST(refused(R"({"merchantCustomerId":"","locale":"en_US"})") == "merchantCustomerId");
  BOOST_TEST(refused(R"({"merchantCustomerId":"m"})") == "locale");
  BOOST_TEST(refused(with(ana, "ana.example", string(244, 'x'))) == "email");
  BOOST_TEST(refused(with(ana, "phone", "street")) == "street");
  BOOST_TEST(client.post(profiles, "{").text("/error/code") == "5023");
  BOOST_TEST(client.post(profiles, ana, {{"Content-Type", "text/plain"}}).status == 415);
  BOOST_TEST(client.post(profiles, ana, {{"Accept", "text/html"}}).status == 406);
  const RawAnswer wrong =
      client.post(profiles, ana, {{"Authorization", "Basic MTAwMUZBS0U6b3RoZXI="}});
  BOOST_TEST(wrong.status == 401);
  BOOST_TEST(wrong.message.body() ==
             R"({"error":{"code":"5279","message":"Invalid credentials",)"
             R"("details":["The authentication credentials are invalid."]}})");
  BOOST_TEST(client.post_without("Authorization", profiles, ana).text("/error/code") == "5279");
  const RawAnswer role = client.post(profiles, ana, reader);
  BOOST_TEST(role.status == 403);
  BOOST_TEST(role.text("/error/code") == "5270");
  BOOST_TEST(client.get(profiles + "/fake").status == 404);
  BOOST_TEST(client.sandbox.count() == 0u);
  BOOST_TEST(client.post(profiles, with(ana, "ana.example", string(243, 'x'))).status == 201);
}

BOOST_AUTO_TEST_CASE(a_profile_is_found_by_its_reference) {
  Client client;
  const RawAnswer made = client.post(profiles, ana);
  const string find = "/paymenthub/v1/customers?merchantCustomerId=";
  const RawAnswer found = client.get(find + "mc-0001&fields=addresses,paymenthandles");
  BOOST_TEST(found.status == 200);
  BOOST_TEST(same_json(found.message.body(), made.message.body()));
  const RawAnswer none = client.get(find + "mc-none");
  BOOST_TEST(none.status == 404);
  BOOST_TEST(none.message.body() == R"({"error":{"code":"5269","message":"Entity not found",)"
                                    R"("details":["The id in the URL is not known."]}})");
  BOOST_TEST(client.get("/paymenthub/v1/customers").text("/error/fieldErrors/0/field") ==
             "merchantCustomerId");
  BOOST_TEST(client.get(find).status == 400);
  BOOST_TEST(client.get("/paymenthub/v1/customers?email=ana.example%40example.com").status == 400);
  client.remove(profiles + '/' + made.text("/id"));
  BOOST_TEST(client.get(find + "mc-0001").status == 404);
}

BOOST_AUTO_TEST_CASE(an_update_replaces_the_whole_profile) {
  Client client;
  const RawAnswer made = client.post(profiles, ana);
  const string path = profiles + '/' + made.text("/id");
  const RawAnswer changed =
      client.put(path, R"({"merchantCustomerId":"mc-0001","locale":"en_US","firstName":"Ana",)"
                       R"("lastName":"Sample","email":"ana.example@example.com"})");
  BOOST_TEST(changed.status == 200);
  BOOST_TEST(changed.text("/lastName") == "Sample");
  BOOST_TEST(changed.text("/phone") == "(absent)");
  BOOST_TEST(changed.text("/paymentToken") == made.text("/paymentToken"));
  BOOST_TEST(client.get(path).message.body() == changed.message.body());
  const RawAnswer refused =
      client.put(path, R"({"merchantCustomerId":"","locale":"","firstName":"Ana"})");
  BOOST_TEST(refused.status == 400);
  BOOST_TEST(refused.header("X-Application-Status-Code") == "5068");
  BOOST_TEST(refused.text("/error/fieldErrors/0/field") == "merchantCustomerId");
  BOOST_TEST(refused.text("/error/fieldErrors/0/error") == "may not be empty");
  BOOST_TEST(
      client.put(path, R"({"merchantCustomerId":"mc-0001"})").text("/error/fieldErrors/0/field") ==
      "locale");
  BOOST_TEST(
      client.put(path, with(ana, R"("phone":)", R"("addresses":[{"zip":"1"}],"phone":)")).status ==
      400);
  BOOST_TEST(client.put(path, with(ana, "mc-0001", "mc-0002")).text("/merchantCustomerId") ==
             "mc-0002");
  BOOST_TEST(client.post(profiles, ana).status == 201);
  BOOST_TEST(client.put(path, ana).text("/error/code") == "7505");
  BOOST_TEST(client.get(path).text("/merchantCustomerId") == "mc-0002");
  BOOST_TEST(client.put(profiles + "/unknown", ana).text("/error/code") == "5269");
}

BOOST_AUTO_TEST_SUITE_END()
