// SPDX-License-Identifier: Apache-2.0
#include <florin/testing/processors/paystack.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

#include "json_client.hpp"

BOOST_AUTO_TEST_SUITE(testing_processors_paystack)

namespace {

using namespace florin_test;
using florin::testing::Fault;
using std::string;

const string customers = "/customer";
const string ana = R"({"email":"ana.example@example.com","first_name":"Ana","last_name":"Example",)"
                   R"("phone":"+14155550100","metadata":{"merchant_customer_id":"mc-0001"}})";

struct Client : JsonClient {
  explicit Client(bool upserts = false)
      : JsonClient(florin::testing::paystack(upserts),
                   {{"Authorization", "Bearer sk_test_FAKEKEY0001"}}) {}
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_customer_is_created_and_read) {
  Client client;
  const RawAnswer made = client.post(customers, ana);
  BOOST_TEST(made.status == 200);
  const string id = made.text("/data/customer_code");
  BOOST_TEST(id.starts_with("CUS_"));
  BOOST_TEST(id.size() == 19u);
  const string time = made.text("/data/createdAt");
  const auto whole = [&](const string& message, const string& more) {
    return R"({"status":true,"message":")" + message +
           R"(","data":{"transactions":[],"subscriptions":[],"authorizations":[],)" +
           ana.substr(1, ana.size() - 2) +
           R"(,"integration":100001,"domain":"test","customer_code":")" + id +
           R"(","risk_action":"default","id":90000001,"createdAt":")" + time +
           R"(","updatedAt":")" + time + R"(",)" + more +
           R"("identified":false,"identifications":null}})";
  };
  BOOST_TEST(same_json(made.message.body(), whole("Customer created", "")));
  BOOST_TEST(client.sandbox.count("mc-0001") == 1u);
  BOOST_TEST((client.stored() == Fields{{"email", "ana.example@example.com"},
                                        {"first_name", "Ana"},
                                        {"last_name", "Example"},
                                        {"phone", "+14155550100"},
                                        {"metadata.merchant_customer_id", "mc-0001"}}));
  const string read =
      whole("Customer retrieved", R"("created_at":")" + time + R"(","updated_at":")" + time +
                                      R"(","total_transactions":0,"total_transaction_value":[],)"
                                      R"("dedicated_account":null,"dedicated_accounts":[],)");
  for (const string& by : {id, string("ana.example%40example.com")}) {
    const RawAnswer answer = client.get(customers + '/' + by);
    BOOST_TEST(answer.status == 200);
    BOOST_TEST(same_json(answer.message.body(), read));
  }
}

BOOST_AUTO_TEST_CASE(an_email_alone_is_enough_and_may_come_twice) {
  Client client;
  const string body = R"({"email":"ana.example@example.com","metadata":{}})";
  const RawAnswer made = client.post(customers, body);
  BOOST_TEST(made.text("/data/first_name") == "null");
  BOOST_TEST(made.text("/data/metadata") == "null");
  const string second = client.post(customers, ana).text("/data/customer_code");
  BOOST_TEST(second != made.text("/data/customer_code"));
  BOOST_TEST(client.get(customers + "/ana.example@example.com").text("/data/customer_code") ==
             second);
  BOOST_TEST(client.sandbox.count() == 2u);
}

BOOST_AUTO_TEST_CASE(a_known_email_may_be_answered_with_its_customer) {
  Client client(true);
  const RawAnswer made = client.post(customers, ana);
  const RawAnswer again =
      client.post(customers, R"({"email":"ana.example@example.com","first_name":"Other",)"
                             R"("metadata":{"merchant_customer_id":"mc-0002"}})");
  BOOST_TEST(again.status == 200);
  BOOST_TEST(again.message.body() == made.message.body());
  BOOST_TEST(client.sandbox.count() == 1u);
  BOOST_TEST(client.post(customers, with(ana, "ana.", "bo.")).text("/data/customer_code") !=
             made.text("/data/customer_code"));
}

BOOST_AUTO_TEST_CASE(refusals) {
  Client client;
  const auto answered = [&](const RawAnswer& answer, int status, const string& body) {
    BOOST_TEST(answer.status == status);
    BOOST_TEST(same_json(answer.message.body(), body), answer.message.body());
  };
  const string email =
      R"({"status":false,"message":"Customer email is invalid","meta":{"nextStep":)"
      R"("Provide a valid email"},"type":"validation_error","code":"invalid_params"})";
  answered(client.post(customers, "{}"), 400, email);
  answered(client.post(customers, R"({"email":"ana"})"), 400, email);
  answered(client.post(customers, R"({"email":""})"), 400, email);
  for (const string text : {"{\\\"a\\\":1}", ""}) {
    const RawAnswer refused =
        client.post(customers, R"({"email":"a@b.c","metadata":")" + text + "\"}");
    BOOST_TEST(refused.status == 400);
    BOOST_TEST(refused.text("/message") == R"("metadata" must be of type object)");
  }
  for (const string wrong : {R"("first_name":1)", R"("last_name":"")", R"("name":"Ana")",
                             R"("phone":null)", R"("metadata":{"a":1})", R"("metadata":[])"})
    BOOST_TEST(client.post(customers, R"({"email":"a@b.c",)" + wrong + "}").status == 400, wrong);
  BOOST_TEST(client.post(customers, "{").status == 400);
  answered(client.post(customers, ana, {{"Authorization", "Bearer sk_test_WRONG"}}), 401,
           R"({"status":false,"message":"Invalid key"})");
  answered(client.post_without("Authorization", customers, ana), 401,
           R"({"status":false,"message":"No Authorization Header was found"})");
  const string missing =
      R"({"status":false,"message":"Customer code/email specified is invalid","meta":)"
      R"({"nextStep":"Check the value."},"type":"validation_error","code":"invalid_params"})";
  answered(client.get(customers + "/CUS_zzzzzzzzzzzzzzz"), 404, missing);
  answered(client.get(customers + "/nobody%40example.com"), 404, missing);
  BOOST_TEST(client.remove(customers + "/CUS_zzzzzzzzzzzzzzz").status == 404);
  BOOST_TEST(client.sandbox.count() == 0u);
  client.sandbox.fault({.kind = Fault::Kind::rate_limited});
  BOOST_TEST(client.post(customers, ana).status == 429);
}

BOOST_AUTO_TEST_CASE(an_update_is_partial_but_replaces_metadata) {
  Client client;
  const RawAnswer made = client.post(customers, ana);
  const string path = customers + '/' + made.text("/data/customer_code");
  const RawAnswer changed =
      client.put(path, R"({"phone":"+14155550101","metadata":{"tier":"gold"}})");
  BOOST_TEST(changed.status == 200);
  BOOST_TEST(changed.text("/status") == "true");
  BOOST_TEST(changed.text("/data/phone") == "+14155550101");
  BOOST_TEST(changed.text("/data/metadata") == R"({"tier":"gold"})");
  BOOST_TEST(changed.text("/data/transactions") == "(absent)");
  for (const string kept : {"/data/customer_code", "/data/first_name", "/data/email"})
    BOOST_TEST(changed.text(kept) == made.text(kept), kept);
  BOOST_TEST(client.put(path, R"({"metadata":{}})").text("/data/metadata") == "null");
  BOOST_TEST(client.put(path, R"({"email":"new@example.com"})").status == 400);
  BOOST_TEST(client.put(path, R"({"phone":""})").status == 400);
  const RawAnswer unknown = client.put(customers + "/CUS_zzzzzzzzzzzzzzz", R"({"phone":"1"})");
  BOOST_TEST(unknown.status == 404);
  BOOST_TEST(unknown.message.body() == R"({"status":false,"message":"Entity not found"})");
}

BOOST_AUTO_TEST_CASE(a_denied_customer_stays) {
  Client client;
  const string id = client.post(customers, ana).text("/data/customer_code");
  const auto act = [&](const string& which, const string& action) {
    return client.post(customers + "/set_risk_action",
                       R"({"customer":")" + which + R"(","risk_action":")" + action + "\"}");
  };
  const RawAnswer denied = act(id, "deny");
  BOOST_TEST(denied.status == 200);
  BOOST_TEST(denied.text("/data/risk_action") == "deny");
  BOOST_TEST(denied.text("/data/email") == "ana.example@example.com");
  BOOST_TEST(client.get(customers + '/' + id).text("/data/risk_action") == "deny");
  BOOST_TEST(each(client.get(customers), "/data", "/customer_code") == id);
  BOOST_TEST(act(id, "forbid").status == 400);
  BOOST_TEST(act("CUS_zzzzzzzzzzzzzzz", "deny").status == 404);
}

BOOST_AUTO_TEST_CASE(pages_are_counted) {
  Client client;
  const string one = client.post(customers, ana).text("/data/customer_code");
  const string two = client.post(customers, ana).text("/data/customer_code");
  const RawAnswer page = client.get(customers + "?perPage=1&page=2");
  BOOST_TEST(page.text("/message") == "Customers retrieved");
  BOOST_TEST(each(page, "/data", "/customer_code") == one);
  BOOST_TEST(same_json(page.text("/meta"),
                       R"({"total":2,"skipped":1,"perPage":"1","page":2,"pageCount":2})"));
  BOOST_TEST(each(client.get(customers), "/data", "/customer_code") == two + ' ' + one);
  BOOST_TEST(client.get(customers + "?from=2100-01-01T00:00:00Z").text("/data") == "[]");
  BOOST_TEST(client.get(customers + "?page=0").status == 400);
}

BOOST_AUTO_TEST_SUITE_END()
