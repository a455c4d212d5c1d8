// SPDX-License-Identifier: Apache-2.0
#include <florin/testing/processors/razorpay.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

#include "json_client.hpp"

BOOST_AUTO_TEST_SUITE(testing_processors_razorpay)

namespace {

using namespace florin_test;
using std::string;

const string customers = "/v1/customers";
const string ana =
    R"({"name":"Ana Example","email":"ana.example@example.com","contact":"+14155550100",)"
    R"("notes":{"merchant_customer_id":"mc-0001","tier":"gold"}})";

struct Client : JsonClient {
  explicit Client(bool either = false)
      : JsonClient(
            florin::testing::razorpay(either),
            {{"Authorization", "Basic cnpwX3Rlc3RfRkFLRUtFWUlEMDAwMTpmYWtlc2VjcmV0MDAwMQ=="}}) {}
};

/// The status and the text.
string error(const RawAnswer& answer) {
  return std::to_string(answer.status) + ' ' + answer.text("/error/description");
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_customer_is_created_and_read) {
  Client client;
  const RawAnswer made = client.post(customers, ana);
  BOOST_TEST(made.status == 200);
  const string id = made.text("/id");
  BOOST_TEST(id.starts_with("cust_"));
  BOOST_TEST(id.size() == 19u);
  BOOST_TEST(same_json(made.message.body(),
                       R"({"id":")" + id + R"(","entity":"customer","gstin":null,"created_at":)" +
                           made.text("/created_at") + "," + ana.substr(1)));
  BOOST_TEST(client.sandbox.count("mc-0001") == 1u);
  BOOST_TEST(client.get(customers + '/' + id).message.body() == made.message.body());
  const RawAnswer least = client.post(customers, R"({"name":"Bob"})");
  BOOST_TEST(least.text("/notes") == "[]");
  BOOST_TEST(least.text("/email") == "null");
}

BOOST_AUTO_TEST_CASE(refusals) {
  Client client;
  const auto refused = [&](const string& body) { return error(client.post(customers, body)); };
  BOOST_TEST(same_json(
      client.post(customers, R"({"contact":"+123456"})").message.body(),
      R"({"error":{"code":"BAD_REQUEST_ERROR","description":"Contact number should be at least )"
      R"(8 digits, including country code","source":"business","step":"NA",)"
      R"("reason":"invalid_contact_number","metadata":{},"field":"contact"}})"));
  BOOST_TEST(client.post(customers, R"({"contact":"1234567890123456"})").text("/error/reason") ==
             "invalid_contact_number");
  BOOST_TEST(refused(R"({"email":"ana"})") == "400 The email must be a valid email address.");
  for (const string name : {"Al", "A,na", " Ana", "Ana-"})
    BOOST_TEST(refused(R"({"name":")" + name + R"("})") == "400 The name format is invalid.", name);
  BOOST_TEST(refused(R"({"name":"An\u00e9"})").starts_with("200"));
  string notes;
  for (int i = 0; i < 16; ++i) notes += (i == 0 ? "\"k" : ",\"k") + std::to_string(i) + R"(":"v")";
  BOOST_TEST(refused(R"({"notes":{)" + notes + "}}") ==
             "400 Notes should not have more than 15 keys.");
  BOOST_TEST(refused(R"({"notes":{"k":")" + string(257, 'v') + R"("}})") ==
             "400 The k is too long.");
  BOOST_TEST(refused(R"({"description":"x"})") ==
             "400 description is/are not required and should not be sent");
  const Headers wrong{{"Authorization", "Basic cnpwX3Rlc3Q6d3Jvbmc="}};
  BOOST_TEST(error(client.post(customers, ana, wrong)) == "401 The api key provided is invalid");
  const Headers reader{
      {"Authorization", "Basic cnpwX3Rlc3RfRkFLRUtFWUlEMDAwMjpmYWtlc2VjcmV0MDAwMg=="}};
  BOOST_TEST(error(client.post(customers, ana, reader)) == "403 Access Denied");
  const RawAnswer unknown = client.get(customers + "/cust_Zz99Zz99Zz99Zz");
  BOOST_TEST(unknown.status == 400);
  BOOST_TEST(same_json(unknown.message.body(),
                       R"({"error":{"code":"BAD_REQUEST_ERROR",)"
                       R"("description":"The id provided does not exist","source":"business",)"
                       R"("step":"NA","reason":"input_validation_failed","metadata":{}}})"));
  BOOST_TEST(error(client.get(customers + "/Ab12")) == "400 Ab12 is not a valid id");
  const string nowhere = "400 The requested URL was not found on the server.";
  BOOST_TEST(error(client.get("/v1/nothing")) == nowhere);
  BOOST_TEST(error(client.remove(customers + "/cust_Zz99Zz99Zz99Zz")) == nowhere);
  client.sandbox.clear();
  client.sandbox.fault({.kind = florin::testing::Fault::Kind::rate_limited});
  BOOST_TEST(client.post(customers, ana).status == 429);
  BOOST_TEST(client.sandbox.count() == 0u);
}

BOOST_AUTO_TEST_CASE(a_pair_is_taken_once_unless_the_other_is_asked_for) {
  Client client;
  const RawAnswer first = client.post(customers, ana);
  const RawAnswer taken = client.post(customers, ana);
  BOOST_TEST(taken.status == 400);
  BOOST_TEST(same_json(taken.message.body(),
                       R"({"error":{"code":"BAD_REQUEST_ERROR",)"
                       R"("description":"Customer already exists for the merchant","source":"NA",)"
                       R"("step":"NA","reason":"NA","metadata":{}}})"));
  const auto existing = [&](const string& how) {
    return client.post(customers, with(ana, "{", R"({"fail_existing":)" + how + ','));
  };
  BOOST_TEST(existing(R"("0")").message.body() == first.message.body());
  for (const string no : {R"("1")", "0", "false"}) BOOST_TEST(existing(no).status == 400, no);
  BOOST_TEST(client.sandbox.count() == 1u);
  const string other_contact = with(ana, "+14155550100", "+14155550101");
  const RawAnswer second = client.post(customers, other_contact);
  BOOST_TEST(second.status == 200);
  const string path = customers + '/' + second.text("/id");
  BOOST_TEST(client.put(path, R"({"contact":"+14155550100"})").status == 400);
  Client either(true);
  either.post(customers, ana);
  BOOST_TEST(either.post(customers, other_contact).status == 400);
  BOOST_TEST(either.post(customers, with(ana, "ana.", "bo.")).status == 400);
}

BOOST_AUTO_TEST_CASE(an_update_is_partial_and_knows_no_notes) {
  Client client;
  const RawAnswer made = client.post(customers, ana);
  const string path = customers + '/' + made.text("/id");
  const RawAnswer changed =
      client.put(path, R"({"email":"ana.new@example.com","contact":"+14155550101"})");
  BOOST_TEST(changed.status == 200);
  BOOST_TEST(changed.text("/email") == "ana.new@example.com");
  BOOST_TEST(changed.text("/contact") == "+14155550101");
  for (const string kept : {"/id", "/name", "/notes", "/created_at"})
    BOOST_TEST(changed.text(kept) == made.text(kept), kept);
  BOOST_TEST(error(client.put(path, R"({"notes":{"k":"v"}})")) ==
             "400 notes.k is/are not required and should not be sent");
  for (const string empty : {R"({"name":""})", R"({"name":null})"})
    BOOST_TEST(client.put(path, empty).status == 400, empty);
  BOOST_TEST(error(client.put(customers + "/cust_Zz99Zz99Zz99Zz", R"({"name":"Ana"})")) ==
             "400 The id provided does not exist");
}

BOOST_AUTO_TEST_CASE(the_list_skips) {
  Client client;
  BOOST_TEST(client.get(customers).message.body() ==
             R"({"entity":"collection","count":0,"items":[]})");
  const string one = client.post(customers, R"({"name":"Ana"})").text("/id");
  const string two = client.post(customers, R"({"name":"Ben"})").text("/id");
  const string three = client.post(customers, R"({"name":"Cyd"})").text("/id");
  const auto page = [&](const string& query) {
    const RawAnswer answer = client.get(customers + query);
    return answer.text("/count") + ' ' + each(answer, "/items", "/id");
  };
  BOOST_TEST(page("?count=2") == "2 " + three + ' ' + two);
  BOOST_TEST(page("?count=2&skip=2") == "1 " + one);
  BOOST_TEST(page("?count=2&skip=3") == "0 ");
  BOOST_TEST(client.get(customers + "?count=101").status == 400);
  BOOST_TEST(error(client.get(customers + "?email=a%40b.c")) ==
             "400 email is/are not required and should not be sent");
}

BOOST_AUTO_TEST_SUITE_END()
