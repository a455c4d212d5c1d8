// SPDX-License-Identifier: Apache-2.0
#include <florin/testing/processors/rapyd.hpp>

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <string>
#include <vector>

#include "json_client.hpp"

BOOST_AUTO_TEST_SUITE(testing_processors_rapyd)

namespace {

using namespace florin_test;
using std::string;

const string customers = "/v1/customers";
const string access_key = "FAKEACCESSKEY0000000";
const string secret_key = "fakesecretkey000000000000000000000000";
const string ana =
    R"({"name":"Ana Example","email":"ana@example.com","phone_number":"+14155550100",)"
    R"("metadata":{"merchant_customer_id":"cust-0001"}})";
constexpr std::int64_t then = 1700000000;

string signature(const string& method, const string& target, const string& body,
                 const string& salt = "a1B2c3D4e5F6", const string& timestamp = "1700000000",
                 const string& secret = secret_key, const string& key = access_key) {
  return florin::testing::detail::rapyd_signature(method, target, salt, timestamp, key, secret,
                                                  body);
}

Headers signed_headers(const string& sign, const string& salt = "a1B2c3D4e5F6",
                       const string& timestamp = "1700000000", const string& key = access_key) {
  return {{"access_key", key}, {"salt", salt}, {"timestamp", timestamp}, {"signature", sign}};
}

struct Client : JsonClient {
  Client() : JsonClient(florin::testing::rapyd([] { return then; }), {}) {}

  RawAnswer send(const string& body) {
    return post(customers, body, signed_headers(signature("post", customers, body)));
  }
  string refused(const string& body) { return code(send(body)); }
  static string code(const RawAnswer& answer) {
    BOOST_TEST(answer.text("/status/status") == "ERROR");
    BOOST_TEST(answer.text("/status/response_code") == answer.text("/status/error_code"));
    return std::to_string(answer.status) + ' ' + answer.text("/status/error_code");
  }
};

}  // namespace

BOOST_AUTO_TEST_CASE(the_signature_is_the_documented_one) {
  BOOST_TEST(ana.size() == 126u);
  BOOST_TEST(signature("post", customers, ana) ==
             "Zjg1MTRkYmU4MmM4MDY2NzI3N2QyZWU5NWY3ZDQ3YWE2MTNjNGFlY2Y5NTA0Yjc4YzhiZjNlYTdlZDUyOGY5"
             "ZA==");
  BOOST_TEST(signature("get", customers + "?limit=2", "") ==
             "Y2M3Njc3ZDNmNzk5N2E4OTc4NjJiOGVlNDE0MmIyNDlkZWVlMTU5YmZhMGJiMWY4YzIwNmI2NDllZTk3YWFj"
             "OA==");
  const string utf8 = "{\"name\":\"\xC3\x81na\",\"email\":\"a@example.com\"}";
  BOOST_TEST(utf8.size() == 39u);
  BOOST_TEST(signature("post", customers, utf8, "saltsalt", "1700000001") ==
             "MmViMGJiNDRhZjYzODQ4MjViMmRiOWM5ZDFjN2NiMzdjZjZjM2VkOWQ4Y2RjYjAyYzEyYTQ5ZGZmMmFjYzY1"
             "ZQ==");
}

BOOST_AUTO_TEST_CASE(a_customer_is_created_listed_changed_and_removed) {
  Client client;
  const RawAnswer made = client.post(
      customers, ana,
      signed_headers("Zjg1MTRkYmU4MmM4MDY2NzI3N2QyZWU5NWY3ZDQ3YWE2MTNjNGFlY2Y5NTA0Yjc4YzhiZjNlYTdl"
                     "ZDUyOGY5ZA=="));
  BOOST_TEST(made.status == 200);
  const string id = made.text("/data/id");
  BOOST_TEST(id.size() == 36u);
  const string created = made.text("/data/created_at");
  BOOST_TEST(created.find_first_not_of("0123456789") == string::npos);
  BOOST_TEST(same_json(
      made.message.body(),
      R"({"status":{"error_code":"","status":"SUCCESS","message":"","response_code":"",)"
      R"("operation_id":")" +
          made.text("/status/operation_id") + R"("},"data":{"id":")" + id +
          R"(","delinquent":false,"discount":null,"name":"Ana Example",)"
          R"("default_payment_method":"","description":"","email":"ana@example.com",)"
          R"("phone_number":"+14155550100","invoice_prefix":"","addresses":[],)"
          R"("payment_methods":{"data":[],"has_more":false,"total_count":0,"url":"/v1/customers/)" +
          id + R"(/payment_methods"},"subscriptions":null,"created_at":)" + created +
          R"(,"metadata":{"merchant_customer_id":"cust-0001"},"business_vat_id":"",)"
          R"("ewallet":""}})"));
  BOOST_TEST(client.sandbox.count("cust-0001") == 1u);
  BOOST_TEST((client.stored() == Fields{{"name", "Ana Example"},
                                        {"email", "ana@example.com"},
                                        {"phone_number", "+14155550100"},
                                        {"metadata.merchant_customer_id", "cust-0001"}}));

  const RawAnswer page = client.get(
      customers + "?limit=2",
      signed_headers("Y2M3Njc3ZDNmNzk5N2E4OTc4NjJiOGVlNDE0MmIyNDlkZWVlMTU5YmZhMGJiMWY4YzIwNmI2NDll"
                     "ZTk3YWFjOA=="));
  BOOST_TEST(page.text("/data/0/id") == id);
  const string one = customers + '/' + id;
  const string change = R"({"description":"Regular"})";
  BOOST_TEST(client.post(one, change, signed_headers(signature("post", one, change)))
                 .text("/data/description") == "Regular");
  const RawAnswer removed =
      client.call(http::verb::delete_, one, {}, signed_headers(signature("delete", one, "")));
  BOOST_TEST(removed.text("/data/deleted") == "true");
  BOOST_TEST(removed.text("/data/id") == id);
  const RawAnswer unknown = client.get(one, signed_headers(signature("get", one, "")));
  BOOST_TEST(Client::code(unknown) == "400 ERROR_GET_CUSTOMER");
  const auto remove = [&](const string& path) {
    return Client::code(client.remove(path, signed_headers(signature("delete", path, ""))));
  };
  BOOST_TEST(remove(one) == "400 ERROR_DELETE_CUSTOMER");
  BOOST_TEST(remove(customers + "/cus_ffffffffffffffffffffffffffffffff") ==
             "400 ERROR_GET_CUSTOMER");
}

BOOST_AUTO_TEST_CASE(an_address_is_stored_and_repeated) {
  Client client;
  const string body =
      R"({"name":"Ana Example","addresses":[{"name":"Ana Example","line_1":"1 Test Street",)"
      R"("city":"London","country":"GB","zip":"N1 1AA"}]})";
  const RawAnswer made = client.send(body);
  const string address = "/data/addresses/0";
  BOOST_TEST(
      same_json(made.text(address),
                R"({"id":")" + made.text(address + "/id") +
                    R"(","name":"Ana Example","line_1":"1 Test Street","line_2":"","line_3":"",)"
                    R"("city":"London","state":"","country":"GB","zip":"N1 1AA","phone_number":"",)"
                    R"("canton":"","district":"","metadata":{},"created_at":)" +
                    made.text(address + "/created_at") + "}"));
  BOOST_TEST((client.stored() == Fields{{"name", "Ana Example"},
                                        {"addresses[0].name", "Ana Example"},
                                        {"addresses[0].line_1", "1 Test Street"},
                                        {"addresses[0].city", "London"},
                                        {"addresses[0].country", "GB"},
                                        {"addresses[0].zip", "N1 1AA"}}));
  BOOST_TEST(client.refused(with(body, R"("line_1":"1 Test Street",)", "")) ==
             "400 ERROR_CUSTOMER_DATA_MISSING - [addresses[0].line_1]");
  BOOST_TEST(client.refused(with(body, "GB", "gb")) == "400 ERROR_CREATE_CUSTOMER");
}

BOOST_AUTO_TEST_CASE(fields_are_checked) {
  Client client;
  BOOST_TEST(client.refused(with(ana, R"("name":"Ana Example",)", "")) ==
             "400 ERROR_CUSTOMER_DATA_MISSING - [name]");
  BOOST_TEST(client.refused(with(ana, "ana@", "ana")) == "400 ERROR_CREATE_CUSTOMER");
  BOOST_TEST(client.refused(with(ana, "ana@", string(512, 'x') + '@')) ==
             "400 ERROR_CREATE_CUSTOMER");
  BOOST_TEST(client.refused(with(ana, "+1415", "call ")) == "400 ERROR_CREATE_CUSTOMER");
  BOOST_TEST(client.refused("[]") == "400 ERROR_CREATE_CUSTOMER");
  BOOST_TEST(client.sandbox.count() == 0u);
}

BOOST_AUTO_TEST_CASE(signatures_are_checked) {
  Client client;
  const auto ask = [&](const string& body, const string& salt, const string& timestamp,
                       const string& secret, const string& key) {
    const string sign = signature("post", customers, body, salt, timestamp, secret, key);
    const RawAnswer answer =
        client.post(customers, body, signed_headers(sign, salt, timestamp, key));
    return std::to_string(answer.status) + ' ' + answer.text("/status/error_code");
  };
  const string refused = "401 UNAUTHENTICATED_API_CALL";
  const string salt = "saltsalt";
  const string now = std::to_string(then);
  BOOST_TEST(ask(ana, salt, now, secret_key, access_key) == "200 ");
  BOOST_TEST(ask(ana, salt, std::to_string(then - 60), secret_key, access_key) == "200 ");
  BOOST_TEST(ask(ana, salt, std::to_string(then - 61), secret_key, access_key) == refused);
  BOOST_TEST(ask(ana, salt, std::to_string(then + 1), secret_key, access_key) == refused);
  BOOST_TEST(ask(ana, "saltsal", now, secret_key, access_key) == refused);
  BOOST_TEST(ask(ana, string(17, 's'), now, secret_key, access_key) == refused);
  BOOST_TEST(ask(ana, salt, now, "other", access_key) == refused);
  BOOST_TEST(ask(ana, salt, now, secret_key, "OTHER") == refused);
  BOOST_TEST(ask(ana, salt, now, "fakesecretkey000000000000000000000001", "FAKEACCESSKEYREADER0") ==
             "401 UNAUTHORIZED_API_CALL");
  BOOST_TEST(Client::code(client.post(
                 customers, ana, signed_headers("+FFNvoLIBmcnfS7pX31HqmE8Suz5UEt4yL8+p+1Sj50="))) ==
             refused);
  BOOST_TEST(ask(ana, salt, "now", secret_key, access_key) == "400 MISSING_AUTHENTICATION_HEADERS");
  BOOST_TEST(Client::code(client.post(customers, ana)) == "400 MISSING_AUTHENTICATION_HEADERS");
  BOOST_TEST(Client::code(client.get("/v1/other")) == "401 UNAUTHORIZED_API_CALL");
  BOOST_TEST(client.sandbox.count() == 2u);
}

BOOST_AUTO_TEST_CASE(bodies_are_written_as_the_processor_writes_them) {
  Client client;
  const string refused = "401 UNAUTHENTICATED_API_CALL";
  BOOST_TEST(client.refused(R"({"name": "Ana"})") == refused);
  BOOST_TEST(client.refused(R"({"name":"A\/B"})") == refused);
  BOOST_TEST(client.refused(R"({"name":"\u0041na"})") == refused);
  BOOST_TEST(client.refused(R"({"name":"Ana","email":10.50})") == refused);
  BOOST_TEST(client.refused(R"({"name":"Ana","email":10.5})") == "400 ERROR_CREATE_CUSTOMER");
  const string name = R"(A \"B\" \\ \n\u001f / <&> )"
                      "\xC3\x81";
  BOOST_TEST(client.send("{\"name\":\"" + name + "\"}").status == 200);
}

BOOST_AUTO_TEST_CASE(the_list_is_an_array_that_goes_on_behind_an_id) {
  Client client;
  const auto page = [&](const string& query) {
    const string target = customers + query;
    const RawAnswer answer = client.get(target, signed_headers(signature("get", target, "")));
    return answer.status == 200 ? each(answer, "/data", "/id") : Client::code(answer);
  };
  BOOST_TEST(page("") == "");
  std::vector<string> ids;
  for (int i = 0; i < 4; ++i) ids.push_back(client.send(ana).text("/data/id"));
  BOOST_TEST(page("?limit=2") == ids[0] + ' ' + ids[1]);
  BOOST_TEST(page("?limit=2&starting_after=" + ids[1]) == ids[2] + ' ' + ids[3]);
  BOOST_TEST(page("?limit=2&starting_after=" + ids[3]) == "");
  BOOST_TEST(page("?limit=2&ending_before=" + ids[3]) == ids[1] + ' ' + ids[2]);
  BOOST_TEST(page("?limit=101") == "400 INVALID_TOKENS_LIMIT");
  BOOST_TEST(page("?starting_after=cus_0") == "400 ERROR_GET_CUSTOMER");
  BOOST_TEST(page("?email=ana%40example.com") == "400 INVALID_TOKENS_LIMIT");
}

BOOST_AUTO_TEST_CASE(an_update_is_partial_and_clears_by_an_empty_text) {
  Client client;
  const string one = customers + '/' + client.send(ana).text("/data/id");
  const auto change = [&](const string& body) {
    return client.post(one, body, signed_headers(signature("post", one, body)));
  };
  const string documented = R"({"email":"ana.new@example.com","phone_number":""})";
  BOOST_TEST(documented.size() == 49u);
  const RawAnswer changed = change(documented);
  BOOST_TEST(changed.status == 200);
  BOOST_TEST(changed.text("/data/email") == "ana.new@example.com");
  BOOST_TEST(changed.text("/data/phone_number") == "");
  BOOST_TEST(changed.text("/data/name") == "Ana Example");
  BOOST_TEST(changed.text("/data/metadata") == R"({"merchant_customer_id":"cust-0001"})");
  BOOST_TEST(change(R"({"metadata":{"tier":"gold"}})").text("/data/metadata") ==
             R"({"tier":"gold"})");
  BOOST_TEST(change(R"({"metadata":{}})").text("/data/metadata") == "{}");
  BOOST_TEST(change(R"({"addresses":[{"name":"Ana","line_1":"1 Test Street","city":"London"}]})")
                 .text("/data/addresses/0/city") == "London");
  BOOST_TEST(change(R"({"addresses":[{"name":"Ana","line_1":"2 Test Street"}]})")
                 .text("/data/addresses/0/city") == "");
  BOOST_TEST(change(R"({"addresses":[]})").text("/data/addresses") == "[]");
  const auto refused = [&](const string& body) { return Client::code(change(body)); };
  BOOST_TEST(refused(R"({"name":""})") == "400 INVALID_CUSTOMER_NAME");
  BOOST_TEST(refused(R"({"email":"ana"})") == "400 INVALID_CUSTOMER_EMAIL");
  BOOST_TEST(refused(R"({"phone_number":"x"})") == "400 INVALID_CUSTOMER_PHONE_NUMBER");
  BOOST_TEST(refused(R"({"other":"x"})") == "400 ERROR_CREATE_CUSTOMER");
  client.remove(one, signed_headers(signature("delete", one, "")));
  BOOST_TEST(refused(documented) == "400 ERROR_GET_CUSTOMER");
}

BOOST_AUTO_TEST_SUITE_END()
