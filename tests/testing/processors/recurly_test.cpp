// SPDX-License-Identifier: Apache-2.0
#include <florin/testing/processors/recurly.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

#include "json_client.hpp"

BOOST_AUTO_TEST_SUITE(testing_processors_recurly)

namespace {

using namespace florin_test;
using florin::testing::Fault;
using std::string;

const string accounts = "/accounts";
const string ana =
    R"({"code":"m-1001","email":"ana@example.com","first_name":"Ana","last_name":"Example",)"
    R"("address":{"phone":"+15555550100","street1":"1 Example Street","street2":"Apt 2",)"
    R"("city":"Springfield","region":"IL","postal_code":"62701","country":"US"},)"
    R"("custom_fields":[{"name":"tier","value":"gold"}]})";

struct Client : JsonClient {
  explicit Client(const std::vector<string>& custom_fields = {}, bool paths = false)
      : JsonClient(florin::testing::recurly(custom_fields, paths),
                   {{"Authorization", "Basic ZmFrZWFwaWtleTAwMDE6"},
                    {"Accept", "application/vnd.recurly.v2021-02-25"}}) {}
};

string error(const string& type, const string& message, const string& params = "[]") {
  return R"({"error":{"type":")" + type + R"(","message":")" + message + R"(","params":)" + params +
         "}}";
}

void answered(const RawAnswer& answer, int status, const string& body) {
  BOOST_TEST(answer.status == status);
  BOOST_TEST(same_json(answer.message.body(), body), answer.message.body());
}

}  // namespace

BOOST_AUTO_TEST_CASE(an_account_is_created_and_read) {
  Client client;
  const RawAnswer made = client.post(accounts, ana);
  BOOST_TEST(made.status == 201);
  BOOST_TEST(made.header("Content-Type") == "application/json");
  BOOST_TEST(made.header("Recurly-Version") == "recurly.v2021-02-25");
  BOOST_TEST(made.header("X-Request-Id").size() == 36u);
  const string id = made.text("/id");
  BOOST_TEST(id.size() == 12u);
  BOOST_TEST(made.text("/hosted_login_token").size() == 32u);
  BOOST_TEST(same_json(
      made.message.body(),
      R"({"id":")" + id + R"(","object":"account","state":"active","hosted_login_token":")" +
          made.text("/hosted_login_token") +
          R"(","shipping_addresses":[],"has_live_subscription":false,)"
          R"("has_active_subscription":false,"has_future_subscription":false,)"
          R"("has_canceled_subscription":false,"has_paused_subscription":false,)"
          R"("has_past_due_invoice":false,"created_at":")" +
          made.text("/created_at") + R"(","updated_at":")" + made.text("/updated_at") +
          R"(","deleted_at":null,"username":null,"company":null,"tax_exempt":false,)"
          R"("bill_to":"self","billing_info":null,)" +
          ana.substr(1)));
  BOOST_TEST(client.sandbox.count("m-1001") == 1u);
  BOOST_TEST((client.stored() == Fields{{"code", "m-1001"},
                                        {"email", "ana@example.com"},
                                        {"first_name", "Ana"},
                                        {"last_name", "Example"},
                                        {"address.phone", "+15555550100"},
                                        {"address.street1", "1 Example Street"},
                                        {"address.street2", "Apt 2"},
                                        {"address.city", "Springfield"},
                                        {"address.region", "IL"},
                                        {"address.postal_code", "62701"},
                                        {"address.country", "US"},
                                        {"custom_fields.tier", "gold"}}));
  for (const string& by : {id, string("code-m-1001")})
    BOOST_TEST(client.get(accounts + '/' + by).message.body() == made.message.body());
}

BOOST_AUTO_TEST_CASE(refusals) {
  Client client;
  answered(client.post(accounts, R"({"email":"ana@example.com"})"), 422,
           error("validation", "code can't be blank",
                 R"([{"param":"code","message":"can't be blank"}])"));
  answered(
      client.post(accounts, with(ana, "ana@example.com", "ana")), 422,
      error("validation", "Email is invalid", R"([{"param":"email","message":"is invalid"}])"));
  const auto param = [&](const string& from, const string& to, int status = 422) {
    const RawAnswer refused = client.post(accounts, with(ana, from, to));
    BOOST_TEST(refused.status == status);
    return refused.text("/error/params/0/param");
  };
  BOOST_TEST(param("m-1001", string(51, 'x')) == "code");
  BOOST_TEST(param("m-1001", "") == "code");
  BOOST_TEST(param("Apt 2", string(51, 'x')) == "address.street2");
  BOOST_TEST(param("\"US\"", "\"USA\"") == "address.country");
  BOOST_TEST(param("gold", string(256, 'x')) == "custom_fields.tier");
  BOOST_TEST(param("tier", string(51, 'x')) == "custom_fields." + string(51, 'x'));
  BOOST_TEST(param("last_name", "name", 400) == "name");
  BOOST_TEST(client.post(accounts, "{").text("/error/type") == "bad_request");
  BOOST_TEST(client.post(accounts, ana, {{"Content-Type", "text/plain"}}).status == 415);
  answered(client.post(accounts, ana, {{"Authorization", "Basic V3Jvbmc6"}}), 401,
           error("unauthorized", "Invalid API key"));
  BOOST_TEST(client.post_without("Authorization", accounts, ana).status == 401);
  BOOST_TEST(client.post(accounts, ana, {{"Authorization", "Basic ZmFrZWFwaWtleTAwMDI6"}})
                 .text("/error/type") == "invalid_permissions");
  const string version =
      R"({"error":{"type":"invalid_api_version","message":"Unknown Accept header.",)"
      R"("acceptable_accept_headers":["application/vnd.recurly.v2021-02-25"]}})";
  answered(client.post_without("Accept", accounts, ana), 406, version);
  answered(client.post(accounts, ana, {{"Accept", "*/*"}}), 406, version);
  answered(
      client.get(accounts + "/code-m-404"), 404,
      error("not_found", "Couldn't find Account with code = m-404", R"([{"param":"account_id"}])"));
  answered(client.get(accounts + "/fake0v4fw0v2"), 404,
           error("not_found", "Couldn't find Account with id = fake0v4fw0v2",
                 R"([{"param":"account_id"}])"));
  BOOST_TEST(client.sandbox.count() == 0u);
  client.sandbox.fault({.kind = Fault::Kind::rate_limited});
  const RawAnswer limited = client.post(accounts, ana);
  answered(limited, 429, error("rate_limited", "Rate limit exceeded"));
  BOOST_TEST(limited.header("X-RateLimit-Reset") != "(absent)");
}

BOOST_AUTO_TEST_CASE(a_code_is_taken_once_and_stays_taken) {
  Client client;
  const string taken = error("validation", "Code has already been taken",
                             R"([{"param":"code","message":"has already been taken"}])");
  const string path = accounts + '/' + client.post(accounts, ana).text("/id");
  answered(client.post(accounts, ana), 422, taken);
  client.remove(path);
  answered(client.post(accounts, ana), 422, taken);
  BOOST_TEST(client.sandbox.count() == 1u);
}

BOOST_AUTO_TEST_CASE(custom_fields_may_have_to_be_set_up) {
  Client client({"tier", "plan"});
  BOOST_TEST(client.post(accounts, ana).status == 201);
  const RawAnswer refused = client.post(accounts, with(ana, "tier", "note"));
  BOOST_TEST(refused.status == 422);
  BOOST_TEST(refused.text("/error/params/0/param") == "custom_fields.note");
}

BOOST_AUTO_TEST_CASE(a_key_gives_the_first_answer_again) {
  Client client;
  const Headers key{{"Idempotency-Key", "k-1"}};
  const RawAnswer first = client.post(accounts, ana, key);
  BOOST_TEST(first.header("Idempotency-Prior") == "(absent)");
  const RawAnswer again = client.post(accounts, ana, key);
  BOOST_TEST(again.status == 201);
  BOOST_TEST(again.header("Idempotency-Prior") == "true");
  BOOST_TEST(again.message.body() == first.message.body());
  BOOST_TEST(client.post(accounts, with(ana, "m-1001", "m-1002"), key).text("/code") == "m-1001");
  BOOST_TEST(client.sandbox.count() == 1u);
  // Another method and path.
  const string path = accounts + '/' + first.text("/id");
  const RawAnswer gone = client.remove(path, key);
  BOOST_TEST(gone.text("/state") == "inactive");
  BOOST_TEST(client.remove(path, key).message.body() == gone.message.body());
  BOOST_TEST(client.remove(path).status == 422);
  BOOST_TEST(client.post(accounts, ana, {{"Idempotency-Key", string(256, 'k')}}).status == 400);
}

BOOST_AUTO_TEST_CASE(an_update_is_partial_and_knows_custom_fields_by_name) {
  Client client;
  const RawAnswer made = client.post(accounts, ana);
  const string path = accounts + '/' + made.text("/id");
  const RawAnswer changed = client.put(
      path, R"({"email":"ana.new@example.com","custom_fields":[{"name":"plan","value":"b"}]})");
  BOOST_TEST(changed.status == 200);
  BOOST_TEST(changed.text("/email") == "ana.new@example.com");
  const string both = R"([{"name":"tier","value":"gold"},{"name":"plan","value":"b"}])";
  BOOST_TEST(changed.text("/custom_fields") == both);
  for (const string kept : {"/id", "/code", "/first_name", "/address", "/created_at"})
    BOOST_TEST(changed.text(kept) == made.text(kept), kept);
  BOOST_TEST(client.put(path, R"({"custom_fields":[]})").text("/custom_fields") == both);
  BOOST_TEST(client.put(path, R"({"custom_fields":[{"name":"tier","value":""}]})")
                 .text("/custom_fields") == R"([{"name":"plan","value":"b"}])");
  BOOST_TEST(client.put(path, R"({"custom_fields":[{"name":"plan","value":null}]})")
                 .text("/custom_fields") == "[]");
  const RawAnswer replaced =
      client.put(path, R"({"first_name":null,"address":{"city":"Berlin","country":"DE"}})");
  BOOST_TEST(replaced.text("/first_name") == "null");
  BOOST_TEST(replaced.text("/address/city") == "Berlin");
  BOOST_TEST(replaced.text("/address/street1") == "null");
  BOOST_TEST(client.get(path).message.body() == replaced.message.body());
  BOOST_TEST(client.put(path, R"({"code":"m-1002"})").text("/error/type") == "bad_request");
  BOOST_TEST(client.put(accounts + "/fake0v4fw0v2", R"({"email":"a@b.c"})").status == 404);
}

BOOST_AUTO_TEST_CASE(a_delete_deactivates) {
  Client client;
  const string path = accounts + '/' + client.post(accounts, ana).text("/id");
  answered(client.put(path + "/reactivate", ""), 422, error("validation", "Account is active"));
  const RawAnswer removed = client.remove(path);
  BOOST_TEST(removed.status == 200);
  BOOST_TEST(removed.text("/state") == "inactive");
  BOOST_TEST(removed.text("/deleted_at").size() == 20u);
  BOOST_TEST(removed.text("/email") == "ana@example.com");
  answered(client.remove(path), 422, error("validation", "Account is already inactive"));
  BOOST_TEST(client.get(path).message.body() == removed.message.body());
  BOOST_TEST(client.get(accounts + "?email=ana%40example.com").text("/data/0/state") == "inactive");
  const RawAnswer back = client.put(path + "/reactivate", "");
  BOOST_TEST(back.status == 200);
  BOOST_TEST(back.text("/state") == "active");
  BOOST_TEST(back.text("/deleted_at") == removed.text("/deleted_at"));
  const RawAnswer redacted = client.remove(path + "?redact=true");
  BOOST_TEST(redacted.text("/state") == "inactive");
  BOOST_TEST(redacted.text("/email") == "null");
  BOOST_TEST(redacted.text("/address") == "null");
  BOOST_TEST(redacted.text("/custom_fields") == "[]");
  BOOST_TEST(redacted.text("/code") == "m-1001");
  BOOST_TEST(client.remove(accounts + "/fake0v4fw0v2").status == 404);
  const string other =
      accounts + '/' + client.post(accounts, with(ana, "m-1001", "m-1002")).text("/id");
  BOOST_TEST(client.put(other + "/redact", "").text("/last_name") == "null");
}

BOOST_AUTO_TEST_CASE(accounts_are_found_by_email_in_pages) {
  for (const bool paths : {false, true}) {
    Client client({}, paths);
    const string one = client.post(accounts, ana).text("/id");
    const string two = client.post(accounts, with(ana, "m-1001", "m-1002")).text("/id");
    client.post(accounts, R"({"code":"m-1003","email":"bo@example.com"})");
    const string query = accounts + "?email=ana%40example.com&limit=1";
    const RawAnswer page = client.get(query);
    BOOST_TEST(page.text("/object") == "list");
    BOOST_TEST(each(page, "/data", "/id") == two);
    BOOST_TEST(page.text("/has_more") == "true");
    const string next = query + "&cursor=" + one;
    BOOST_TEST(page.text("/next") == (paths ? next : client.sandbox.base_url() + next));
    const RawAnswer last = client.get(next);
    BOOST_TEST(each(last, "/data", "/id") == one);
    BOOST_TEST(last.text("/has_more") == "false");
    BOOST_TEST(last.text("/next") == "null");
    BOOST_TEST(each(client.get(accounts + "?order=asc&sort=created_at"), "/data", "/code") ==
               "m-1001 m-1002 m-1003");
    BOOST_TEST(client.get(accounts + "?email=nobody%40example.com&limit=200").message.body() ==
               R"({"object":"list","has_more":false,"next":null,"data":[]})");
    BOOST_TEST(client.get(accounts + "?limit=201").text("/error/type") == "bad_request");
  }
}

BOOST_AUTO_TEST_SUITE_END()
