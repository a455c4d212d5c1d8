// SPDX-License-Identifier: Apache-2.0
#include <florin/testing/processors/glomopay.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

#include "json_client.hpp"

BOOST_AUTO_TEST_SUITE(testing_processors_glomopay)

namespace {

using namespace florin_test;
using std::string;

const string customer = "/api/v1/customer";
const string ana =
    R"({"name":"Ana Example","customer_type":"individual","email":"ana.example@example.com",)"
    R"("phone":"+91-9000000001","address":"1 Test Street","city":"Bengaluru","state":"Karnataka",)"
    R"("country":"IND","pincode":"560048"})";

struct Client : JsonClient {
  Client() : JsonClient(florin::testing::glomopay(), {{"Authorization", "Bearer fake.jwt.0001"}}) {}
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_customer_is_created_and_read) {
  Client client;
  const RawAnswer made = client.post(customer, ana);
  BOOST_TEST(made.status == 201);
  const string id = made.text("/id");
  BOOST_TEST(id.starts_with("cust_"));
  BOOST_TEST(id.size() == 17u);
  const string time = made.text("/created_at");
  BOOST_TEST(time.size() == 24u);
  const string whole = R"({"id":")" + id + R"(","created_at":")" + time + R"(","updated_at":")" +
                       time + R"(","status":"active","dob":null,"nationality":null,)" +
                       ana.substr(1);
  BOOST_TEST(same_json(made.message.body(), whole));
  BOOST_TEST(client.sandbox.customers().at(0).merchant_customer_id.empty());
  BOOST_TEST((client.stored() == Fields{{"name", "Ana Example"},
                                        {"customer_type", "individual"},
                                        {"email", "ana.example@example.com"},
                                        {"phone", "+91-9000000001"},
                                        {"address", "1 Test Street"},
                                        {"city", "Bengaluru"},
                                        {"state", "Karnataka"},
                                        {"country", "IND"},
                                        {"pincode", "560048"}}));
  BOOST_TEST(client.get(customer + '/' + id).message.body() == made.message.body());
}

BOOST_AUTO_TEST_CASE(an_email_is_taken_once_in_a_country) {
  Client client;
  BOOST_TEST(client.post(customer, ana).status == 201);
  const RawAnswer again = client.post(customer, with(ana, "ana.example", "ANA.Example"));
  BOOST_TEST(again.status == 400);
  BOOST_TEST(
      again.message.body() ==
      R"({"error":"Bad Request","message":"Validation failed: Email has already been taken"})");
  BOOST_TEST(client.post(customer, with(ana, "IND", "USA")).status == 201);
  BOOST_TEST(client.sandbox.count() == 2u);
}

BOOST_AUTO_TEST_CASE(refusals) {
  Client client;
  const auto refused = [&](const string& body) {
    const RawAnswer given = client.post(customer, body);
    BOOST_TEST(given.status == 400);
    BOOST_TEST(given.text("/error") == "Bad Request");
    return given.text("/message");
  };
  const string start = "Validation failed: ";
  BOOST_TEST(refused(with(ana, "Ana", "An\u00e1")) == start + "Name is invalid");
  BOOST_TEST(refused(with(ana, "Ana", "Ana_")) == start + "Name is invalid");
  BOOST_TEST(refused(with(ana, "ana.example@", "")) == start + "Email is invalid");
  BOOST_TEST(refused(with(ana, "IND", "IN")) == start + "Country is invalid");
  BOOST_TEST(refused(with(ana, "individual", "person")) == start + "Customer type is invalid");
  BOOST_TEST(refused(with(ana, "phone", "dob")) == start + "Dob is invalid");
  BOOST_TEST(refused(with(ana, R"("city":"Bengaluru",)", "")) == start + "City can't be blank");
  BOOST_TEST(refused(with(ana, "Karnataka", "")) == start + "State can't be blank");
  BOOST_TEST(refused(with(ana, "phone", "metadata")) == start + "metadata is invalid");
  const RawAnswer wrong = client.post(customer, ana, {{"Authorization", "Bearer test_FAKE"}});
  BOOST_TEST(wrong.status == 401);
  BOOST_TEST(wrong.message.body() == R"({"message":"Unauthorized"})");
  BOOST_TEST(client.post_without("Authorization", customer, ana).status == 401);
  BOOST_TEST(client.post(customer, ana, {{"Authorization", "Bearer fake.jwt.0002"}}).status == 403);
  const RawAnswer unknown = client.get(customer + "/cust_fake");
  BOOST_TEST(unknown.status == 404);
  BOOST_TEST(unknown.text("/message") == "Customer not found");
  BOOST_TEST(client.sandbox.count() == 0u);
  const string allowed = with(ana, "Ana", "A-1 & Co., d'Ana");
  BOOST_TEST(client.post(customer, with(allowed, R"(,"pincode":"560048")", "")).status == 201);
}

BOOST_AUTO_TEST_CASE(customers_are_found_by_email_page_by_page) {
  Client client;
  const RawAnswer made = client.post(customer, ana);
  const string other = client.post(customer, with(ana, "IND", "USA")).text("/id");
  client.post(customer, with(ana, "ana.example", "bo.example"));
  const string by_email = customer + "?email_address=Ana.example%40example.com";
  const RawAnswer both = client.get(by_email + "&page=1&per_page=100");
  BOOST_TEST(each(both, "/data", "/id") == other + ' ' + made.text("/id"));
  BOOST_TEST(both.text("/page_meta") ==
             R"({"current":1,"previous":null,"next":null,"per_page":100,"pages":1,"count":2})");
  const RawAnswer first = client.get(by_email + "&page=1&per_page=1");
  BOOST_TEST(each(first, "/data", "/id") == other);
  BOOST_TEST(first.text("/page_meta") ==
             R"({"current":1,"previous":null,"next":2,"per_page":1,"pages":2,"count":2})");
  const RawAnswer second = client.get(by_email + "&page=2&per_page=1");
  BOOST_TEST(same_json(second.text("/data/0"), made.message.body()));
  BOOST_TEST(second.text("/page_meta") ==
             R"({"current":2,"previous":1,"next":null,"per_page":1,"pages":2,"count":2})");
  BOOST_TEST(client.get(customer + "?email_address=none%40example.com").message.body() ==
             R"({"data":[],"page_meta":{"current":1,"previous":null,"next":null,"per_page":20,)"
             R"("pages":0,"count":0}})");
  BOOST_TEST(client.get(customer + "?per_page=101").text("/page_meta/per_page") == "100");
  BOOST_TEST(client.get(customer + "?customer_type=business").text("/data") == "[]");
  BOOST_TEST(client.get(customer + "?before=2020-01-01T00:00:00Z").text("/data") == "[]");
  BOOST_TEST(
      client.get(customer + "?after=2020-01-01T00:00:00.5%2B05:30").text("/page_meta/count") ==
      "3");
  const RawAnswer bad = client.get(customer + "?page=0");
  BOOST_TEST(bad.status == 400);
  BOOST_TEST(bad.text("/error") == "Bad Request");
}

BOOST_AUTO_TEST_CASE(ids_have_a_prefix_and_nothing_is_deleted) {
  Client client;
  const RawAnswer missing = client.get(customer + "/cust_000000000000");
  BOOST_TEST(missing.status == 404);
  BOOST_TEST(missing.message.body() == R"({"error":"Not Found","message":"Customer not found"})");
  const RawAnswer prefix = client.get(customer + "/order_0aBcDeFgHiJk");
  BOOST_TEST(prefix.status == 400);
  BOOST_TEST(prefix.message.body() ==
             R"({"error":"Bad Request","message":"Id must start with 'cust_'"})");
  const string id = client.post(customer, ana).text("/id");
  BOOST_TEST(client.remove(customer + '/' + id).status == 404);
  BOOST_TEST(client.sandbox.count() == 1u);
}

BOOST_AUTO_TEST_CASE(an_update_changes_email_and_phone_only) {
  Client client;
  const RawAnswer made = client.post(customer, ana);
  const string path = customer + '/' + made.text("/id");
  const RawAnswer changed =
      client.patch(path, R"({"email":"ana.new@example.com","phone":"+91-9000000002"})");
  BOOST_TEST(changed.status == 200);
  BOOST_TEST(changed.text("/email") == "ana.new@example.com");
  BOOST_TEST(changed.text("/phone") == "+91-9000000002");
  for (const string kept : {"/id", "/name", "/address", "/country", "/created_at"})
    BOOST_TEST(changed.text(kept) == made.text(kept), kept);
  BOOST_TEST(client.patch(path, R"({"phone":""})").text("/phone") == "null");
  BOOST_TEST(client.get(path).text("/email") == "ana.new@example.com");
  BOOST_TEST(client.post(customer, ana).status == 201);
  const auto refused = [&](const string& body) {
    const RawAnswer answer = client.patch(path, body);
    BOOST_TEST(answer.status == 400);
    BOOST_TEST(answer.text("/error") == "Bad Request");
    return answer.text("/message");
  };
  BOOST_TEST(refused(R"({"email":"Ana.example@example.com"})") ==
             "Validation failed: Email has already been taken");
  BOOST_TEST(refused(R"({"email":""})") == "Validation failed: Email can't be blank");
  BOOST_TEST(refused(R"({"email":"ana"})") == "Validation failed: Email is invalid");
  BOOST_TEST(refused(R"({"name":"Eva"})") == "Validation failed: name is invalid");
  BOOST_TEST(client.patch(customer + "/cust_000000000000", "{}").status == 404);
}

BOOST_AUTO_TEST_SUITE_END()
