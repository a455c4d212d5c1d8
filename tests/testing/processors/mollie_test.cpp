// SPDX-License-Identifier: Apache-2.0
#include <florin/testing/processors/mollie.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

#include "json_client.hpp"

BOOST_AUTO_TEST_SUITE(testing_processors_mollie)

namespace {

using namespace florin_test;
using florin::testing::Fault;
using std::string;

const string customers = "/v2/customers";
const string ana = R"({"name":"Ana Example","email":"ana.example@example.com",)"
                   R"("metadata":{"merchant_customer_id":"mc-0001","tier":"gold"}})";

struct Client : JsonClient {
  explicit Client(bool gone = true)
      : JsonClient(florin::testing::mollie(gone),
                   {{"Authorization", "Bearer test_FAKEfakeFAKEfakeFAKEfake0001"}}) {}
};

string error(const string& status, const string& title, const string& detail,
             const string& more = {}, const string& page = "handling-errors") {
  return R"({"status":)" + status + R"(,"title":")" + title + R"(","detail":")" + detail + "\"," +
         more + R"("_links":{"documentation":{"href":"https://docs.mollie.com/reference/)" + page +
         R"(","type":"text/html"}}})";
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_customer_is_created_and_read) {
  Client client;
  const RawAnswer made = client.post(customers, ana);
  BOOST_TEST(made.status == 201);
  BOOST_TEST(made.header("Content-Type") == "application/hal+json");
  const string id = made.text("/id");
  BOOST_TEST(id.starts_with("cst_"));
  const auto whole = [&](const string& page) {
    return R"({"resource":"customer","id":")" + id +
           R"(","mode":"test","name":"Ana Example","email":"ana.example@example.com",)"
           R"("locale":null,"metadata":{"merchant_customer_id":"mc-0001","tier":"gold"},)"
           R"("createdAt":")" +
           made.text("/createdAt") + R"(","_links":{"self":{"href":")" + client.sandbox.base_url() +
           customers + '/' + id +
           R"(","type":"application/hal+json"},"dashboard":{"href":)"
           R"("https://www.mollie.com/dashboard/org_00000001/customers/)" +
           id + R"(","type":"text/html"},"documentation":{"href":)" +
           R"("https://docs.mollie.com/reference/)" + page + R"(","type":"text/html"}}})";
  };
  BOOST_TEST(same_json(made.message.body(), whole("create-customer")));
  BOOST_TEST(client.sandbox.count("mc-0001") == 1u);
  BOOST_TEST((client.stored() == Fields{{"name", "Ana Example"},
                                        {"email", "ana.example@example.com"},
                                        {"metadata.merchant_customer_id", "mc-0001"},
                                        {"metadata.tier", "gold"}}));
  const RawAnswer read = client.get(customers + '/' + id);
  BOOST_TEST(read.status == 200);
  BOOST_TEST(same_json(read.message.body(), whole("get-customer")));
}

BOOST_AUTO_TEST_CASE(nothing_is_required_and_nothing_is_a_duplicate) {
  Client client;
  const RawAnswer made = client.post(customers, R"({"email":null,"metadata":null})");
  BOOST_TEST(made.status == 201);
  BOOST_TEST(made.text("/email") == "null");
  BOOST_TEST(made.text("/metadata") == "null");
  BOOST_TEST(client.post(customers, ana).text("/id") != client.post(customers, ana).text("/id"));
  BOOST_TEST(client.sandbox.count() == 3u);
}

BOOST_AUTO_TEST_CASE(refusals) {
  Client client;
  const auto refused = [&](const string& body) {
    const RawAnswer given = client.post(customers, body);
    BOOST_TEST(given.status == 422);
    BOOST_TEST(given.text("/title") == "Unprocessable Entity");
    return given.text("/field");
  };
  const RawAnswer given = client.post(customers, with(ana, "ana.example@example.com", "ana@"));
  BOOST_TEST(same_json(
      given.message.body(),
      error("422", "Unprocessable Entity", "email 'ana@' is invalid", R"("field":"email",)")));
  BOOST_TEST(refused(R"({"name":1})") == "name");
  BOOST_TEST(refused(R"({"locale":"en"})") == "locale");
  BOOST_TEST(refused(R"({"testmode":true})") == "testmode");
  BOOST_TEST(refused(R"({"metadata":{"k":")" + string(1017, 'x') + R"("}})") == "metadata");
  BOOST_TEST(
      client.post(customers, R"({"metadata":{"k":")" + string(1016, 'x') + R"("}})").status == 201);
  client.sandbox.clear();
  const auto answered = [&](const RawAnswer& answer, int status, const string& body) {
    BOOST_TEST(answer.status == status);
    BOOST_TEST(same_json(answer.message.body(), body), answer.message.body());
  };
  answered(client.post(customers, "{"), 400,
           error("400", "Bad Request", "The body is not a JSON object"));
  const string wrong =
      error("401", "Unauthorized Request", "Missing authentication, or failed to authenticate", {},
            "authentication");
  answered(client.post(customers, ana, {{"Authorization", "Bearer test_WRONG"}}), 401, wrong);
  answered(client.post_without("Authorization", customers, ana), 401, wrong);
  const Headers reader{{"Authorization", "Bearer access_FAKEfakeFAKEfakeFAKEfake0002"}};
  BOOST_TEST(client.post(customers, ana, reader).text("/title") == "Forbidden");
  BOOST_TEST(client.post(customers, ana, {{"Content-Type", "text/plain"}}).status == 415);
  answered(client.get(customers + "/cst_FAKE"), 404,
           error("404", "Not Found", "No customer exists with token cst_FAKE."));
  const RawAnswer method = client.put(customers, ana);
  BOOST_TEST(method.status == 405);
  BOOST_TEST(method.header("Allow") != "(absent)");
  BOOST_TEST(client.sandbox.count() == 0u);
  client.sandbox.fault({.kind = Fault::Kind::rate_limited});
  answered(client.post(customers, ana), 429,
           error("429", "Too Many Requests",
                 "You have exceeded the rate limit. Please slow down your requests.", {},
                 "rate-limiting"));
}

BOOST_AUTO_TEST_CASE(a_key_gives_the_first_customer_again) {
  Client client;
  const Headers key{{"Idempotency-Key", "k-1"}};
  const RawAnswer first = client.post(customers, ana, key);
  BOOST_TEST(first.header("Idempotent-Replayed") == "(absent)");
  const RawAnswer again = client.post(customers, ana, key);
  BOOST_TEST(again.status == 201);
  BOOST_TEST(again.header("Idempotent-Replayed") == "true");
  BOOST_TEST(again.message.body() == first.message.body());
  const RawAnswer other = client.post(customers, R"({"email":"eva@example.com"})", key);
  BOOST_TEST(other.status == 400);
  BOOST_TEST(other.text("/title") == "Bad Request");
  BOOST_TEST(client.sandbox.count() == 1u);
  // Only POST has keys.
  const string path = customers + '/' + first.text("/id");
  BOOST_TEST(client.patch(path, R"({"name":"Eva"})", key).text("/name") == "Eva");
}

BOOST_AUTO_TEST_CASE(an_update_is_partial_but_replaces_metadata) {
  Client client;
  const RawAnswer made = client.post(customers, ana);
  const string path = customers + '/' + made.text("/id");
  const RawAnswer changed = client.patch(
      path, R"({"email":"ana.new@example.com","metadata":{"merchant_customer_id":"mc-0001"}})");
  BOOST_TEST(changed.status == 200);
  BOOST_TEST(changed.text("/email") == "ana.new@example.com");
  BOOST_TEST(changed.text("/metadata") == R"({"merchant_customer_id":"mc-0001"})");
  BOOST_TEST(changed.text("/_links/documentation/href").ends_with("update-customer"));
  for (const string kept : {"/id", "/createdAt", "/name", "/locale"})
    BOOST_TEST(changed.text(kept) == made.text(kept), kept);
  const RawAnswer cleared = client.patch(path, R"({"name":null,"metadata":null})");
  BOOST_TEST(cleared.text("/name") == "null");
  BOOST_TEST(cleared.text("/metadata") == "null");
  BOOST_TEST(cleared.text("/email") == "ana.new@example.com");
  BOOST_TEST(client.patch(path, R"({"name":""})").text("/field") == "name");
  BOOST_TEST(client.patch(customers + "/cst_FAKE", "{}").status == 404);
}

BOOST_AUTO_TEST_CASE(a_deleted_customer_is_gone_or_unknown) {
  for (const bool gone : {true, false}) {
    Client client(gone);
    const string path = customers + '/' + client.post(customers, ana).text("/id");
    const RawAnswer removed = client.remove(path);
    BOOST_TEST(removed.status == 204);
    BOOST_TEST(removed.message.body().empty());
    for (const RawAnswer& answer :
         {client.get(path), client.remove(path), client.patch(path, R"({"name":"x"})")}) {
      BOOST_TEST(answer.status == (gone ? 410 : 404));
      BOOST_TEST(answer.text("/title") == (gone ? "Gone" : "Not Found"));
    }
    BOOST_TEST(client.remove(customers + "/cst_FAKE").status == 404);
    BOOST_TEST(client.get(customers).text("/count") == "0");
  }
}

BOOST_AUTO_TEST_CASE(pages_begin_with_the_customer_that_from_names) {
  Client client;
  const string one = client.post(customers, ana).text("/id");
  const string two = client.post(customers, ana).text("/id");
  const string three = client.post(customers, ana).text("/id");
  const auto found = [](const RawAnswer& page) {
    return each(page, "/_embedded/customers", "/id");
  };
  const string at = client.sandbox.base_url() + customers;
  RawAnswer page = client.get(customers + "?limit=1");
  BOOST_TEST(found(page) == three);
  BOOST_TEST(page.text("/count") == "1");
  BOOST_TEST(page.text("/_links/previous") == "null");
  BOOST_TEST(page.text("/_links/self/href") == at + "?limit=1");
  BOOST_TEST(page.text("/_links/next/href") == at + "?limit=1&from=" + two);
  BOOST_TEST(page.text("/_embedded/customers/0/_links/documentation") == "(absent)");
  page = client.get(customers + "?limit=1&from=" + two);
  BOOST_TEST(found(page) == two);
  BOOST_TEST(page.text("/_links/previous/href") == at + "?limit=1");
  BOOST_TEST(page.text("/_links/next/href") == at + "?limit=1&from=" + one);
  page = client.get(customers + "?from=" + two);
  BOOST_TEST(found(page) == two + ' ' + one);
  BOOST_TEST(page.text("/_links/next") == "null");
  BOOST_TEST(found(client.get(customers + "?sort=asc")) == one + ' ' + two + ' ' + three);
  BOOST_TEST(client.get(customers + "?from=cst_FAKE").status == 404);
  BOOST_TEST(client.get(customers + "?limit=0").text("/title") == "Bad Request");
  BOOST_TEST(client.get(customers + "?limit=251").status == 400);
  client.sandbox.clear();
  const RawAnswer none = client.get(customers);
  BOOST_TEST(none.text("/count") == "0");
  BOOST_TEST(none.text("/_embedded/customers") == "[]");
  BOOST_TEST(none.text("/_links/next") == "null");
}

BOOST_AUTO_TEST_SUITE_END()
