// SPDX-License-Identifier: Apache-2.0
#include <florin/testing/processors/mercadopago.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

#include "json_client.hpp"

BOOST_AUTO_TEST_SUITE(testing_processors_mercadopago)

namespace {

using namespace florin_test;
using florin::testing::Fault;
using std::string;

const string customers = "/v1/customers";
const string missing = customers + "/000000001-ZzZzZzZzZzZz99";
const string ana =
    R"({"email":"ana@example.com","first_name":"Ana","last_name":"Example",)"
    R"("phone":{"area_code":"11","number":"987654321"},)"
    R"("address":{"street_name":"Test Street","street_number":12,"zip_code":"05187010",)"
    R"("city":{"name":"Osasco"}},"description":"Test customer",)"
    R"("metadata":{"merchant_customer_id":"mc-0001"}})";

struct Client : JsonClient {
  Client()
      : JsonClient(florin::testing::mercadopago(),
                   {{"Authorization", "Bearer APP_USR-FAKEfakeFAKE0001"}}) {}
};

string invalid(const string& code, const string& text, const string& message) {
  return R"({"message":")" + message +
         R"(","error":"bad_request","status":400,"cause":[{"code":")" + code +
         R"(","description":")" + text + R"("}]})";
}
string invalid(const string& code, const string& text) {
  return invalid(code, text, "invalid parameters");
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_customer_is_created_and_read) {
  Client client;
  const RawAnswer made = client.post(customers, ana);
  BOOST_TEST(made.status == 201);
  const string id = made.text("/id");
  BOOST_TEST(id.size() == 24u);
  BOOST_TEST(id.find('-') == 9u);
  const string number = made.text("/address/id");
  const string address = R"({"id":")" + number +
                         R"(","zip_code":"05187010","street_name":"Test Street",)"
                         R"("street_number":12)";
  BOOST_TEST(same_json(
      made.message.body(),
      R"({"id":")" + id +
          R"(","email":"ana@example.com","first_name":"Ana","last_name":"Example",)" +
          R"("phone":{"area_code":"11","number":"987654321"},"identification":null,"address":)" +
          address + R"(},"date_registered":null,"description":"Test customer","date_created":")" +
          made.text("/date_created") + R"(","date_last_updated":")" +
          made.text("/date_last_updated") +
          R"(","metadata":{"merchant_customer_id":"mc-0001"},"default_card":null,)" +
          R"("default_address":")" + number + R"(","cards":[],"addresses":[)" + address +
          R"(,"city":{"name":"Osasco"}}],"live_mode":true})"));
  BOOST_TEST(client.sandbox.count("mc-0001") == 1u);
  BOOST_TEST((client.stored() == Fields{{"email", "ana@example.com"},
                                        {"first_name", "Ana"},
                                        {"last_name", "Example"},
                                        {"phone.area_code", "11"},
                                        {"phone.number", "987654321"},
                                        {"address.street_name", "Test Street"},
                                        {"address.street_number", "12"},
                                        {"address.zip_code", "05187010"},
                                        {"address.city.name", "Osasco"},
                                        {"description", "Test customer"},
                                        {"metadata.merchant_customer_id", "mc-0001"}}));
  BOOST_TEST(client.get(customers + '/' + id).message.body() == made.message.body());
  const RawAnswer bare = client.post(customers, R"({"email":"bo@example.com"})");
  BOOST_TEST(bare.text("/addresses") == "[]");
  BOOST_TEST(bare.text("/default_address") == "null");
  BOOST_TEST(bare.text("/metadata") == "{}");
}

BOOST_AUTO_TEST_CASE(refusals) {
  Client client;
  const auto answered = [&](const RawAnswer& answer, int status, const string& body) {
    BOOST_TEST(answer.status == status);
    BOOST_TEST(same_json(answer.message.body(), body), answer.message.body());
  };
  const string email = invalid("106", "the email format is invalid.");
  answered(client.post(customers, R"({"first_name":"Ana"})"), 400, email);
  answered(client.post(customers, R"({"email":"ana"})"), 400, email);
  const auto code = [&](const string& member) {
    return client.post(customers, R"({"email":"a@b.c",)" + member + "}").text("/cause/0/code");
  };
  BOOST_TEST(code(R"("first_name":"")") == "107");
  BOOST_TEST(code(R"("last_name":1)") == "108");
  BOOST_TEST(code(R"("phone":{"area_code":11})") == "109");
  BOOST_TEST(code(R"("phone":{"number":null})") == "110");
  BOOST_TEST(code(R"("address":{"zip_code":1})") == "113");
  BOOST_TEST(code(R"("address":{"street_name":""})") == "114");
  BOOST_TEST(code(R"("description":1)") == "116");
  BOOST_TEST(code(R"("metadata":{"":"x"})") == "117");
  BOOST_TEST(code(R"("name":"Ana")") == "125");
  BOOST_TEST(client.post(customers, "[]").text("/cause/0/code") == "118");
  const RawAnswer wrong = client.post(customers, ana, {{"Authorization", "Bearer APP_USR-WRONG"}});
  BOOST_TEST(wrong.status == 401);
  BOOST_TEST(wrong.text("/error") == "unauthorized");
  answered(client.post_without("Authorization", customers, ana), 400,
           invalid("100", "the credentials are required."));
  const Headers reader{{"Authorization", "Bearer APP_USR-FAKEfakeFAKE0002"}};
  BOOST_TEST(client.post(customers, ana, reader).status == 403);
  answered(client.get(missing), 404,
           R"({"message":"customer not found","error":"not_found","status":404,"cause":[[]]})");
  for (const string id : {"/cus_1", "/1-", "/-a", "/1-a.b"})
    answered(client.get(customers + id), 400, invalid("105", "the customer id is invalid."));
  BOOST_TEST(client.sandbox.count() == 0u);
  client.sandbox.fault({.kind = Fault::Kind::rate_limited});
  BOOST_TEST(client.post(customers, ana).status == 429);
}

BOOST_AUTO_TEST_CASE(an_email_is_taken_once) {
  Client client;
  const string first = client.post(customers, ana).text("/id");
  const RawAnswer again = client.post(customers, ana, {{"X-Idempotency-Key", "k-1"}});
  BOOST_TEST(again.status == 400);
  BOOST_TEST(same_json(again.message.body(), invalid("101", "the customer already exist.",
                                                     "the customer already exist.")));
  BOOST_TEST(client.sandbox.count() == 1u);
  BOOST_TEST(client.remove(customers + '/' + first).status == 200);
  BOOST_TEST(client.post(customers, ana).status == 201);
}

BOOST_AUTO_TEST_CASE(test_mode_wants_addresses_of_test_users) {
  JsonClient client(florin::testing::mercadopago(true),
                    {{"Authorization",
                      "Bearer TEST-0000000000000000-010100-"
                      "fakefakefakefakefakefakefakefake-000000000"}});
  for (const string wrong : {"ana@example.com", "test_payer_@testuser.com", "test_payer_@testuser.",
                             "test_payer_12345678901@testuser.com", "test_payer_a@testuser.com"}) {
    const RawAnswer refused = client.post(customers, R"({"email":")" + wrong + "\"}");
    BOOST_TEST(refused.text("/cause/0/code") == "128", wrong);
  }
  const RawAnswer made = client.post(customers, R"({"email":"test_payer_0001@testuser.com"})");
  BOOST_TEST(made.status == 201);
  BOOST_TEST(made.text("/live_mode") == "false");
}

BOOST_AUTO_TEST_CASE(an_update_is_partial_and_leaves_the_email) {
  Client client;
  const RawAnswer made = client.post(customers, ana);
  const string path = customers + '/' + made.text("/id");
  const RawAnswer changed =
      client.put(path, R"({"first_name":"Anna","phone":{"area_code":"11","number":"987654322"}})");
  BOOST_TEST(changed.status == 200);
  BOOST_TEST(changed.text("/first_name") == "Anna");
  BOOST_TEST(changed.text("/phone/number") == "987654322");
  for (const string kept : {"/id", "/email", "/last_name", "/address", "/metadata", "/addresses"})
    BOOST_TEST(changed.text(kept) == made.text(kept), kept);
  BOOST_TEST(client.get(path).message.body() == changed.message.body());
  const RawAnswer replaced = client.put(
      path, R"({"metadata":{"tier":"gold"},"address":{"id":"1","street_name":"Other Street"}})");
  BOOST_TEST(replaced.text("/metadata") == R"({"tier":"gold"})");
  BOOST_TEST(replaced.text("/address/street_name") == "Other Street");
  BOOST_TEST(replaced.text("/address/zip_code") == "null");
  const RawAnswer fixed = client.put(path, R"({"email":"new@example.com"})");
  BOOST_TEST(fixed.status == 400);
  BOOST_TEST(same_json(fixed.message.body(), invalid("126", "the email of a customer is fixed.")));
  BOOST_TEST(client.put(path, R"({"last_name":""})").text("/cause/0/code") == "108");
  BOOST_TEST(client.put(missing, R"({"last_name":"x"})").status == 404);
}

BOOST_AUTO_TEST_CASE(a_deleted_customer_is_unknown) {
  Client client;
  const string path = customers + '/' + client.post(customers, ana).text("/id");
  const RawAnswer removed = client.remove(path);
  BOOST_TEST(removed.status == 200);
  BOOST_TEST(removed.text("/email") == "ana@example.com");
  BOOST_TEST(client.get(path).status == 404);
  BOOST_TEST(client.remove(path).status == 404);
}

BOOST_AUTO_TEST_CASE(a_customer_is_found_by_email) {
  Client client;
  const string id = client.post(customers, ana).text("/id");
  client.post(customers, R"({"email":"bo@example.com"})");
  const RawAnswer found = client.get(customers + "/search?email=ana%40example.com");
  BOOST_TEST(each(found, "/results", "/id") == id);
  BOOST_TEST(found.text("/paging") == R"({"limit":10,"offset":0,"total":1})");
  BOOST_TEST(client.get(customers + "/search?email=nobody%40example.com").message.body() ==
             R"({"paging":{"limit":10,"offset":0,"total":0},"results":[]})");
  BOOST_TEST(
      client.get(customers + "/search?email=ana%40example.com&limit=5&offset=1").text("/paging") ==
      R"({"limit":5,"offset":1,"total":1})");
  BOOST_TEST(client.get(customers + "/search").text("/cause/0/code") == "106");
  BOOST_TEST(client.get(customers + "/search?email=ana").status == 400);
}

BOOST_AUTO_TEST_SUITE_END()
