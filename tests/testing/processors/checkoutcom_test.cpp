// SPDX-License-Identifier: Apache-2.0
#include <florin/testing/processors/checkoutcom.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

#include "json_client.hpp"

BOOST_AUTO_TEST_SUITE(testing_processors_checkoutcom)

namespace {

using namespace florin_test;
using std::string;

const string customers = "/customers";
const string missing = "/customers/cus_fake00000000000000000000000";
const string ana = R"({"email":"ana.example@example.com","name":"Ana Example",)"
                   R"("phone":{"country_code":"1","number":"4155550100"},)"
                   R"("metadata":{"merchant_customer_id":"mc-0001"}})";

struct Client : JsonClient {
  explicit Client(const florin::testing::CheckoutcomOptions& options = {})
      : JsonClient(florin::testing::checkoutcom(options),
                   {{"Authorization", "Bearer sk_sbox_fakefakefakefakefake0000"},
                    {"Accept", "application/json"}}) {}
};

string error(const RawAnswer& answer) {
  return std::to_string(answer.status) + ' ' + answer.text("/error_codes/0");
}

void is_empty(const RawAnswer& answer, int status) {
  BOOST_TEST(answer.status == status);
  BOOST_TEST(answer.message.body() == "");
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_customer_is_created_and_read) {
  Client client;
  const RawAnswer made = client.post(customers, with(ana, R"("1")", R"("+1")"));
  BOOST_TEST(made.status == 201);
  const string id = made.text("/id");
  BOOST_TEST(made.message.body() == R"({"id":")" + id + R"("})");
  BOOST_TEST(id.starts_with("cus_"));
  BOOST_TEST(id.size() == 30u);
  BOOST_TEST(made.header("Cko-Request-Id").size() == 36u);
  const RawAnswer read = client.get(customers + '/' + id);
  BOOST_TEST(read.status == 200);
  BOOST_TEST(
      same_json(read.message.body(), R"({"id":")" + id + R"(","instruments":[],)" + ana.substr(1)));
  BOOST_TEST(client.sandbox.count("mc-0001") == 1u);
  const string least = client.post(customers, R"({"email":"bo@example.com"})").text("/id");
  BOOST_TEST(client.get(customers + '/' + least).message.body() ==
             R"({"id":")" + least +
                 R"(","email":"bo@example.com","metadata":{},"instruments":[]})");
}

BOOST_AUTO_TEST_CASE(refusals) {
  Client client;
  const RawAnswer invalid = client.post(customers, R"({"email":"ana@"})");
  BOOST_TEST(invalid.status == 422);
  BOOST_TEST(invalid.message.body() ==
             R"({"request_id":")" + invalid.header("Cko-Request-Id") +
                 R"(","error_type":"request_invalid","error_codes":["email_invalid"]})");
  const auto refused = [&](const string& body) { return error(client.post(customers, body)); };
  const auto of_ana = [&](const string& from, const string& to) {
    return refused(with(ana, from, to));
  };
  for (const string body : {R"({"name":"Ana"})", R"({"email":""})"})
    BOOST_TEST(refused(body) == "422 email_required", body);
  BOOST_TEST(of_ana("ana.", string(240, 'x')) == "422 email_invalid");
  BOOST_TEST(of_ana("Ana", string(250, 'x')) == "422 name_length_invalid");
  BOOST_TEST(of_ana(R"("1")", R"("12345678")") == "422 country_phone_code_length_invalid");
  BOOST_TEST(of_ana(R"("1")", R"("US")") == "422 country_phone_code_invalid");
  BOOST_TEST(of_ana("4155550100", "41555") == "422 phone_number_invalid");
  BOOST_TEST(of_ana("4155550100", string(26, '1')) == "422 phone_number_length_invalid");
  BOOST_TEST(of_ana("merchant_customer_id", string(101, 'k')) == "422 metadata_key_invalid");
  BOOST_TEST(of_ana("mc-0001", string(101, 'v')) == "422 metadata_value_invalid");
  BOOST_TEST(of_ana("{", R"({"description":"x",)") == "422 request_body_invalid");
  BOOST_TEST(refused("{") == "422 request_json_invalid");
  is_empty(client.post(customers, ana, {{"Authorization", "Bearer sk_sbox_wrong"}}), 401);
  is_empty(client.post_without("Authorization", customers, ana), 401);
  const Headers reader{{"Authorization", "Bearer sk_sbox_fakefakefakefakefake0001"}};
  is_empty(client.post(customers, ana, reader), 403);
  is_empty(client.get(missing), 404);
  client.sandbox.fault({.kind = florin::testing::Fault::Kind::rate_limited});
  BOOST_TEST(error(client.post(customers, ana)) == "429 api_calls_quota_exceeded");
  client.sandbox.fault({.kind = florin::testing::Fault::Kind::server_error});
  BOOST_TEST(client.post(customers, ana).message.body() == "Internal Server Error");
  BOOST_TEST(client.sandbox.count() == 0u);
}

BOOST_AUTO_TEST_CASE(an_email_may_be_taken) {
  Client client;
  client.post(customers, ana);
  const RawAnswer taken = client.post(customers, ana);
  BOOST_TEST(error(taken) == "422 customer_already_exists");
  BOOST_TEST(taken.text("/error_type") == "request_invalid");
  BOOST_TEST(client.sandbox.count() == 1u);
  Client other({.duplicate_status = 409, .duplicate_code = "email_in_use"});
  other.post(customers, ana);
  BOOST_TEST(error(other.post(customers, ana)) == "409 email_in_use");
  Client none({.duplicate_status = 0});
  none.post(customers, ana);
  BOOST_TEST(none.post(customers, ana).status == 201);
}

BOOST_AUTO_TEST_CASE(an_update_is_partial_and_answers_nothing) {
  Client client;
  const string path = customers + '/' + client.post(customers, ana).text("/id");
  is_empty(client.patch(path, R"({"name":"Ana New","phone":{"country_code":"+1",)"
                              R"("number":"4155550199"}})"),
           204);
  const RawAnswer read = client.get(path);
  BOOST_TEST(read.text("/name") == "Ana New");
  BOOST_TEST(read.text("/phone") == R"({"country_code":"1","number":"4155550199"})");
  BOOST_TEST(read.text("/email") == "ana.example@example.com");
  BOOST_TEST(read.text("/metadata/merchant_customer_id") == "mc-0001");
  client.patch(path, R"({"metadata":{"tier":"gold"}})");
  BOOST_TEST(client.get(path).text("/metadata") == R"({"tier":"gold"})");
  client.patch(path, R"({"metadata":{}})");
  BOOST_TEST(client.get(path).text("/metadata") == "{}");
  BOOST_TEST(error(client.patch(path, R"({"email":"ana@"})")) == "422 email_invalid");
  BOOST_TEST(client.patch(path, R"({"name":null})").status == 422);
  is_empty(client.patch(missing, R"({"name":"x"})"), 404);
  Client merging({.merges = true});
  const string other = customers + '/' + merging.post(customers, ana).text("/id");
  merging.patch(other, R"({"metadata":{"tier":"gold"}})");
  BOOST_TEST(merging.get(other).text("/metadata") ==
             R"({"merchant_customer_id":"mc-0001","tier":"gold"})");
}

BOOST_AUTO_TEST_CASE(a_deleted_customer_is_gone) {
  Client client;
  const string path = customers + '/' + client.post(customers, ana).text("/id");
  is_empty(client.remove(path), 204);
  is_empty(client.remove(path), 404);
  is_empty(client.get(path), 404);
  is_empty(client.get(customers + "/ana.example%40example.com"), 404);
  BOOST_TEST(client.post(customers, ana).status == 201);
}

BOOST_AUTO_TEST_CASE(a_customer_is_found_by_email) {
  Client client;
  const string id = client.post(customers, with(ana, "ana.", "ana+1.")).text("/id");
  BOOST_TEST(client.get(customers + "/ana%2B1.example%40example.com").text("/id") == id);
  is_empty(client.get(customers + "/nobody%40example.com"), 404);
}

BOOST_AUTO_TEST_CASE(a_token_stands_for_a_client) {
  Client client({.tokens = true});
  const auto token = [&](const string& body, const string& basic) {
    return client.post("/connect/token", body,
                       {{"Content-Type", "application/x-www-form-urlencoded"},
                        {"Authorization", "Basic " + basic}});
  };
  const string right = "ZmFrZV9jbGllbnRfaWQ6ZmFrZV9jbGllbnRfc2VjcmV0";
  const string form = "grant_type=client_credentials&scope=vault%3Acustomers";
  const RawAnswer given =
      token(form + "&client_id=fake_client_id&client_secret=fake_client_secret", right);
  BOOST_TEST(given.status == 200);
  BOOST_TEST(given.message.body() == R"({"access_token":")" + given.text("/access_token") +
                                         R"(","token_type":"Bearer","expires_in":3600})");
  BOOST_TEST(
      client.post(customers, ana, {{"Authorization", "Bearer " + given.text("/access_token")}})
          .status == 201);
  BOOST_TEST(client.post(customers, ana).status == 401);
  const RawAnswer wrong = token(form, "d3Jvbmc6d3Jvbmc=");
  BOOST_TEST(wrong.status == 400);
  BOOST_TEST(wrong.message.body() == R"({"error":"invalid_client"})");
  BOOST_TEST(token("grant_type=client_credentials&scope=gateway+vault:all", right).message.body() ==
             R"({"error":"invalid_scope"})");
  BOOST_TEST(token("scope=gateway+vault", right).message.body() ==
             R"({"error":"invalid_request"})");
}

BOOST_AUTO_TEST_SUITE_END()
