// SPDX-License-Identifier: Apache-2.0
#include <florin/testing/processors/payjp.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <utility>

#include "json_client.hpp"

BOOST_AUTO_TEST_SUITE(testing_processors_payjp)

namespace {

using namespace florin_test;
using std::string;

const string customers = "/v1/customers";
const string ana =
    "id=mc-0001&email=ana.example%40example.com&description=Ana+Example&metadata%5Btier%5D=gold";

struct Client : JsonClient {
  explicit Client(florin::testing::Processor processor = florin::testing::payjp())
      : JsonClient(std::move(processor), {{"Authorization", "Basic c2tfdGVzdF9GQUtFS0VZMDAwMTo="},
                                          {"Content-Type", "application/x-www-form-urlencoded"}}) {}
};

string list_of(const string& what) {
  return R"({"count":0,"data":[],"has_more":false,"object":"list","url":"/v1/customers/mc-0001/)" +
         what + R"("})";
}

string error(const RawAnswer& answer) {
  BOOST_TEST(answer.text("/error/status") == std::to_string(answer.status));
  return answer.text("/error/status") + ' ' + answer.text("/error/code") + ' ' +
         answer.text("/error/param");
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_customer_is_created_under_its_own_id_and_read) {
  Client client;
  const RawAnswer made = client.post(customers, ana);
  BOOST_TEST(made.status == 200);
  BOOST_TEST(same_json(
      made.message.body(),
      R"({"cards":)" + list_of("cards") + R"(,"created":)" + made.text("/created") +
          R"(,"default_card":null,"description":"Ana Example","email":"ana.example@example.com",)"
          R"("id":"mc-0001","livemode":false,"metadata":{"tier":"gold"},"object":"customer",)"
          R"("subscriptions":)" +
          list_of("subscriptions") + "}"));
  BOOST_TEST(client.sandbox.count("mc-0001") == 1u);
  BOOST_TEST(client.get(customers + "/mc-0001").message.body() == made.message.body());
  const RawAnswer least = client.post(customers, "email=&description=&id=");
  BOOST_TEST(least.text("/id").starts_with("cus_"));
  BOOST_TEST(least.text("/id").size() == 32u);
  for (const string unset : {"/email", "/description", "/metadata"})
    BOOST_TEST(least.text(unset) == "null", unset);
  BOOST_TEST(client.post(customers, "").status == 200);
}

BOOST_AUTO_TEST_CASE(refusals) {
  Client client;
  const auto refused = [&](const string& body) { return error(client.post(customers, body)); };
  BOOST_TEST(refused("email=ana") == "400 invalid_email email");
  BOOST_TEST(refused("name=Ana") == "400 invalid_param_key name");
  BOOST_TEST(refused("metadata%5Bk%5D=" + string(501, 'v')) ==
             "400 invalid_metadata_value metadata[k]");
  string many = "id=m-1";
  for (int i = 0; i < 21; ++i) many += "&metadata[k" + std::to_string(i) + "]=v";
  BOOST_TEST(refused(many) == "400 too_many_metadata_keys metadata[k20]");
  BOOST_TEST(refused("metadata%5B%5D=v") == "400 invalid_metadata_key metadata[]");
  const RawAnswer wrong =
      client.post(customers, ana, {{"Authorization", "Basic c2tfdGVzdF9XUk9ORzo="}});
  BOOST_TEST(same_json(wrong.message.body(),
                       R"({"error":{"code":"invalid_api_key",)"
                       R"("message":"Invalid API Key: sk_test_********","status":401,)"
                       R"("type":"auth_error"}})"));
  BOOST_TEST(error(client.post_without("Authorization", customers, ana)) ==
             "401 no_api_key (absent)");
  const RawAnswer unknown = client.get(customers + "/mc-404");
  BOOST_TEST(unknown.status == 404);
  BOOST_TEST(same_json(unknown.message.body(),
                       R"({"error":{"code":"invalid_id","message":"No such customer: mc-404",)"
                       R"("param":"id","status":404,"type":"client_error"}})"));
  BOOST_TEST(client.call(http::verb::put, customers + "/mc-404", "email=a@b.c").status == 405);
  client.sandbox.fault({.kind = florin::testing::Fault::Kind::rate_limited});
  BOOST_TEST(error(client.post(customers, ana)) == "429 over_capacity (absent)");
  BOOST_TEST(client.sandbox.count() == 0u);
  Client other(florin::testing::payjp(400, "not_found", true));
  BOOST_TEST(error(other.get(customers + "/mc-404")) == "400 not_found id");
  BOOST_TEST(error(other.post(customers, "id=m%2F1")) == "400 invalid_flexible_id id");
  BOOST_TEST(error(other.post(customers, "id=" + string(101, 'm'))) ==
             "400 invalid_flexible_id id");
  BOOST_TEST(other.post(customers, ana).status == 200);
}

BOOST_AUTO_TEST_CASE(an_id_is_taken_once) {
  Client client;
  client.post(customers, ana);
  const RawAnswer taken = client.post(customers, "id=mc-0001");
  BOOST_TEST(taken.status == 400);
  BOOST_TEST(same_json(taken.message.body(),
                       R"({"error":{"code":"already_exist_id",)"
                       R"("message":"The specified id already exists.","param":"id","status":400,)"
                       R"("type":"client_error"}})"));
  BOOST_TEST(client.post(customers, ana, {{"Payjp-Account", "acct_FAKE"}}).status == 200);
  BOOST_TEST(client.post(customers, with(ana, "mc-0001", "mc-2")).status == 200);
  BOOST_TEST(client.sandbox.count() == 3u);
}

BOOST_AUTO_TEST_CASE(an_update_merges_and_clears_what_is_empty) {
  Client client;
  const RawAnswer made = client.post(customers, ana);
  const string path = customers + "/mc-0001";
  const RawAnswer changed =
      client.post(path, "email=ana.new%40example.com&metadata%5Btier%5D=silver");
  BOOST_TEST(changed.status == 200);
  BOOST_TEST(changed.text("/email") == "ana.new@example.com");
  BOOST_TEST(changed.text("/metadata") == R"({"tier":"silver"})");
  for (const string kept : {"/id", "/created", "/description"})
    BOOST_TEST(changed.text(kept) == made.text(kept), kept);
  BOOST_TEST(client.post(path, "metadata%5Bplan%5D=b").text("/metadata") ==
             R"({"tier":"silver","plan":"b"})");
  BOOST_TEST(client.post(path, "metadata%5Btier%5D=&metadata%5Bplan%5D=").text("/metadata") ==
             "null");
  BOOST_TEST(client.post(path, "description=").text("/description") == "null");
  BOOST_TEST(client.post(path, "default_card=car_FAKE").text("/default_card") == "car_FAKE");
  BOOST_TEST(error(client.post(path, "")) == "400 no_param (absent)");
  BOOST_TEST(error(client.post(path, "id=mc-2")) == "400 invalid_param_key id");
  BOOST_TEST(error(client.post(customers + "/mc-404", "email=a%40b.c")) == "404 invalid_id id");
}

BOOST_AUTO_TEST_CASE(a_deleted_customers_id_is_free_again) {
  Client client;
  client.post(customers, ana);
  const string path = customers + "/mc-0001";
  BOOST_TEST(client.remove(path).message.body() ==
             R"({"deleted":true,"id":"mc-0001","livemode":false})");
  BOOST_TEST(client.remove(path).status == 404);
  BOOST_TEST(client.get(path).status == 404);
  BOOST_TEST(client.post(customers, "id=mc-0001").status == 200);
  BOOST_TEST(client.get(path).text("/email") == "null");
  BOOST_TEST(client.get(customers).text("/count") == "1");
}

BOOST_AUTO_TEST_CASE(the_list_has_an_offset) {
  Client client;
  BOOST_TEST(client.get(customers).message.body() ==
             R"({"count":0,"data":[],"has_more":false,"object":"list","url":"/v1/customers"})");
  for (const string id : {"m-1", "m-2", "m-3"}) client.post(customers, "id=" + id);
  const auto page = [&](const string& query) {
    const RawAnswer answer = client.get(customers + query);
    return answer.text("/count") + ' ' + each(answer, "/data", "/id") + ' ' +
           answer.text("/has_more");
  };
  BOOST_TEST(page("?limit=2&offset=0") == "2 m-3 m-2 true");
  BOOST_TEST(page("?limit=2&offset=2") == "1 m-1 false");
  BOOST_TEST(page("?since=1000") == "3 m-3 m-2 m-1 false");
  BOOST_TEST(page("?until=1000") == "0  false");
  BOOST_TEST(error(client.get(customers + "?email=a%40b.c")) == "400 invalid_querystring email");
  BOOST_TEST(error(client.get(customers + "?limit=101")) == "400 invalid_querystring limit");
}

BOOST_AUTO_TEST_SUITE_END()
