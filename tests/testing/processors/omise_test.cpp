// SPDX-License-Identifier: Apache-2.0
#include <florin/testing/processors/omise.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

#include "json_client.hpp"

BOOST_AUTO_TEST_SUITE(testing_processors_omise)

namespace {

using namespace florin_test;
using florin::testing::Fault;
using std::string;

const string customers = "/customers";
const string ana = R"({"email":"ana.example@example.com","description":"Ana Example",)"
                   R"("metadata":{"merchant_customer_id":"mc-0001"}})";

struct Client : JsonClient {
  explicit Client(bool shows_deleted = true)
      : JsonClient(florin::testing::omise(shows_deleted),
                   {{"Authorization", "Basic c2tleV90ZXN0X0ZBS0VLRVkwMDAxOg=="},
                    {"Omise-Version", "2019-05-29"}}) {}
};

string error(const string& place, const string& code, const string& message) {
  return R"({"object":"error","location":"https://docs.omise.co/api/errors#)" + place +
         R"(","code":")" + code + R"(","message":")" + message + "\"}";
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_customer_is_created_and_read) {
  Client client;
  const RawAnswer made = client.post(customers, ana);
  BOOST_TEST(made.status == 200);
  const string id = made.text("/id");
  BOOST_TEST(id.starts_with("cust_test_"));
  BOOST_TEST(id.size() == 29u);
  const string time = made.text("/created_at");
  const string path = customers + '/' + id;
  const auto list = [&](const string& name) {
    return '"' + name +
           R"(":{"object":"list","data":[],"limit":20,"offset":0,"total":0,)"
           R"("order":"chronological","from":"1970-01-01T00:00:00Z","to":")" +
           time + R"(","location":")" + path + '/' + name + "\"}";
  };
  BOOST_TEST(same_json(made.message.body(),
                       R"({"object":"customer","id":")" + id + R"(","livemode":false,)" +
                           R"("location":")" + path + R"(","deleted":false,"default_card":null,)" +
                           ana.substr(1, ana.size() - 2) + R"(,"created_at":")" + time + "\"," +
                           list("cards") + ',' + list("linked_accounts") + '}'));
  BOOST_TEST(client.sandbox.count("mc-0001") == 1u);
  BOOST_TEST((client.stored() == Fields{{"email", "ana.example@example.com"},
                                        {"description", "Ana Example"},
                                        {"metadata.merchant_customer_id", "mc-0001"}}));
  BOOST_TEST(client.get(path).message.body() == made.message.body());
}

BOOST_AUTO_TEST_CASE(nothing_is_required_and_nothing_is_a_duplicate) {
  Client client;
  const RawAnswer made = client.post(customers, "{}");
  BOOST_TEST(made.status == 200);
  BOOST_TEST(made.text("/email") == "null");
  BOOST_TEST(made.text("/metadata") == "{}");
  BOOST_TEST(client.post(customers, with(ana, "{", R"({"card":"tokn_FAKE",)")).status == 200);
  BOOST_TEST(client.post(customers, ana).status == 200);
  BOOST_TEST(client.post_without("Omise-Version", customers, ana).status == 200);
  BOOST_TEST(client.sandbox.count() == 4u);
}

BOOST_AUTO_TEST_CASE(refusals) {
  Client client;
  const auto answered = [&](const RawAnswer& answer, int status, const string& body) {
    BOOST_TEST(answer.status == status);
    BOOST_TEST(same_json(answer.message.body(), body), answer.message.body());
  };
  answered(client.post(customers, R"({"email":"ana"})"), 400,
           error("bad-request", "bad_request", "email is not valid"));
  for (const string wrong : {R"({"name":"Ana"})", R"({"email":null})", R"({"description":""})",
                             R"({"metadata":{"a":1}})", "{"})
    BOOST_TEST(client.post(customers, wrong).text("/code") == "bad_request", wrong);
  BOOST_TEST(client.post(customers, ana, {{"Omise-Version", "2014-07-27"}}).status == 400);
  const string denied =
      error("authentication-failure", "authentication_failure", "authentication failed");
  answered(client.post(customers, ana, {{"Authorization", "Basic c2tleV9XUk9ORzo="}}), 401, denied);
  answered(client.post_without("Authorization", customers, ana), 401, denied);
  answered(client.get(customers + "/cust_test_missing"), 404,
           error("not-found", "not_found", "customer cust_test_missing was not found"));
  BOOST_TEST(client.sandbox.count() == 0u);
  client.sandbox.fault({.kind = Fault::Kind::rate_limited});
  BOOST_TEST(client.post(customers, ana).status == 429);
}

BOOST_AUTO_TEST_CASE(an_update_is_partial_but_replaces_metadata) {
  Client client;
  const RawAnswer made = client.post(customers, ana);
  const string path = customers + '/' + made.text("/id");
  const RawAnswer changed = client.patch(path, R"({"email":"ana.new@example.com"})");
  BOOST_TEST(changed.status == 200);
  BOOST_TEST(changed.text("/email") == "ana.new@example.com");
  for (const string kept : {"/id", "/created_at", "/description", "/metadata", "/deleted"})
    BOOST_TEST(changed.text(kept) == made.text(kept), kept);
  BOOST_TEST(client.get(path).message.body() == changed.message.body());
  BOOST_TEST(client.patch(path, R"({"metadata":{"tier":"gold"}})").text("/metadata") ==
             R"({"tier":"gold"})");
  BOOST_TEST(client.patch(path, R"({"metadata":{}})").text("/metadata") == "{}");
  BOOST_TEST(client.patch(path, R"({"description":""})").status == 400);
  BOOST_TEST(client.patch(customers + "/cust_test_missing", "{}").status == 404);
}

BOOST_AUTO_TEST_CASE(a_deleted_customer_is_shown_or_unknown) {
  for (const bool shown : {true, false}) {
    Client client(shown);
    const string path = customers + '/' + client.post(customers, ana).text("/id");
    const RawAnswer removed = client.remove(path);
    BOOST_TEST(removed.status == 200);
    BOOST_TEST(removed.text("/deleted") == "true");
    BOOST_TEST(removed.text("/email") == "ana.example@example.com");
    const RawAnswer read = client.get(path);
    BOOST_TEST(read.status == (shown ? 200 : 404));
    BOOST_TEST(read.text(shown ? "/deleted" : "/code") == (shown ? "true" : "not_found"));
    BOOST_TEST(client.remove(path).status == 404);
    BOOST_TEST(client.patch(path, R"({"email":"a@b.c"})").status == 404);
    BOOST_TEST(client.get(customers).text("/data") == "[]");
    BOOST_TEST(client.get("/search?scope=customer&query=ana").text("/total") == "0");
  }
}

BOOST_AUTO_TEST_CASE(a_search_finds_parts_of_texts) {
  Client client;
  const string one = client.post(customers, ana).text("/id");
  const string two = client.post(customers, R"({"email":"xana.example@example.com"})").text("/id");
  const string three = client.post(customers, R"({"description":"mc-0001"})").text("/id");
  const auto found = [&](const string& query) {
    return each(client.get("/search?scope=customer&" + query), "/data", "/id");
  };
  BOOST_TEST(found("query=ana.example%40example.com") == two + ' ' + one);
  BOOST_TEST(found("query=ANA+EXAMPLE") == one);
  BOOST_TEST(found("query=mc-0001&order=chronological") == one + ' ' + three);
  const RawAnswer page =
      client.get("/search?scope=customer&query=ana&order=reverse_chronological&per_page=1&page=2");
  BOOST_TEST(each(page, "/data", "/id") == one);
  BOOST_TEST(page.text("/page") == "2");
  BOOST_TEST(page.text("/per_page") == "1");
  BOOST_TEST(page.text("/total") == "2");
  BOOST_TEST(page.text("/total_pages") == "2");
  BOOST_TEST(same_json(
      client.get("/search?scope=customer&query=nobody%40example.com&order=reverse_chronological")
          .message.body(),
      R"({"object":"search","export":null,"data":[],"page":1,"per_page":30,"total":0,)"
      R"("total_pages":0,"filters":{},"location":"/search","order":"reverse_chronological",)"
      R"("query":"nobody@example.com","scope":"customer","aggregate_level":null})"));
  BOOST_TEST(client.get("/search?query=ana").status == 400);
  BOOST_TEST(client.get("/search?scope=charge&query=ana").status == 400);
  BOOST_TEST(client.get("/search?scope=customer&query=ana&order=asc").status == 400);
}

BOOST_AUTO_TEST_CASE(a_list_counts_the_customers_to_skip) {
  Client client;
  const string one = client.post(customers, ana).text("/id");
  const string two = client.post(customers, ana).text("/id");
  const RawAnswer page = client.get(customers + "?limit=1&offset=1");
  BOOST_TEST(each(page, "/data", "/id") == two);
  BOOST_TEST((page.json().at("offset") == 1));
  BOOST_TEST(page.text("/limit") == "1");
  BOOST_TEST(page.text("/total") == "2");
  const auto found = [&](const string& query) {
    return each(client.get(customers + query), "/data", "/id");
  };
  BOOST_TEST(found("") == one + ' ' + two);
  BOOST_TEST(found("?order=reverse_chronological") == two + ' ' + one);
  BOOST_TEST(found("?to=2020-01-01T00:00:00Z") == "");
  BOOST_TEST(client.get(customers + "?limit=101").status == 400);
}

BOOST_AUTO_TEST_SUITE_END()
