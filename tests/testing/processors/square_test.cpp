// SPDX-License-Identifier: Apache-2.0
#include <florin/testing/processors/square.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>

#include "json_client.hpp"

BOOST_AUTO_TEST_SUITE(testing_processors_square)

namespace {

using namespace florin_test;
using std::string;

const string customers = "/v2/customers";
const string ana =
    R"({"given_name":"Ana","family_name":"Example","email_address":"ana.example@example.com",)"
    R"("address":{"address_line_1":"500 Electric Ave","address_line_2":"Suite 600",)"
    R"("locality":"New York","administrative_district_level_1":"NY","postal_code":"10003",)"
    R"("country":"US"},"phone_number":"+12125550123","reference_id":"mc-0001",)"
    R"("note":"gold customer"})";

struct Client : JsonClient {
  explicit Client(bool customer_not_found = false)
      : JsonClient(
            florin::testing::square(customer_not_found),
            {{"Authorization", "Bearer EAAAEFAKE-TOKEN-0001"}, {"Square-Version", "2025-08-20"}}) {}

  /// The only error's code, with the status before it and the field behind it.
  static string error(const RawAnswer& answer) {
    return std::to_string(answer.status) + ' ' + answer.text("/errors/0/code") + ' ' +
           answer.text("/errors/0/field");
  }
  string refused(const string& body) { return error(post(customers, body)); }
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_customer_is_created_and_read) {
  Client client;
  const RawAnswer made = client.post(customers, ana);
  BOOST_TEST(made.status == 200);
  const string id = made.text("/customer/id");
  BOOST_TEST(id.size() == 26u);
  BOOST_TEST(same_json(made.message.body(), R"({"customer":{"id":")" + id + R"(","created_at":")" +
                                                made.text("/customer/created_at") +
                                                R"(","updated_at":")" +
                                                made.text("/customer/updated_at") +
                                                R"(","preferences":{"email_unsubscribed":false},)"
                                                R"("creation_source":"THIRD_PARTY","version":0,)" +
                                                ana.substr(1) + "}"));
  BOOST_TEST(client.sandbox.count("mc-0001") == 1u);
  BOOST_TEST(client.get(customers + '/' + id).message.body() == made.message.body());
  const RawAnswer least = client.post(customers, R"({"family_name":"Example"})");
  BOOST_TEST(least.text("/customer/address") == "(absent)");
  BOOST_TEST(client.refused(R"({"given_name":"A","reference_id":"mc-0001"})") ==
             "200 (absent) (absent)");
}

BOOST_AUTO_TEST_CASE(refusals) {
  Client client;
  BOOST_TEST(client.post(customers, R"({"email_address":"ana"})").message.body() ==
             R"({"errors":[{"category":"INVALID_REQUEST_ERROR","code":"INVALID_EMAIL_ADDRESS",)"
             R"("detail":"Expected email_address to be a valid email address",)"
             R"("field":"email_address"}]})");
  BOOST_TEST(client.refused(R"({"phone_number":"+1234"})") ==
             "400 INVALID_PHONE_NUMBER phone_number");
  BOOST_TEST(client.refused(R"({"given_name":")" + string(301, 'x') + R"("})") ==
             "400 VALUE_TOO_LONG given_name");
  BOOST_TEST(client.refused(R"({"given_name":""})") == "400 VALUE_EMPTY given_name");
  BOOST_TEST(client.refused(R"({"given_name":"A","address":{"country":"usa"}})") ==
             "400 INVALID_VALUE address.country");
  BOOST_TEST(client.refused(R"({"reference_id":"mc-1","note":"n"})") ==
             "400 MISSING_REQUIRED_PARAMETER given_name");
  BOOST_TEST(client.refused("{") == "400 EXPECTED_JSON_BODY (absent)");
  const RawAnswer wrong = client.post(customers, ana, {{"Authorization", "Bearer FAKE"}});
  BOOST_TEST(wrong.status == 401);
  BOOST_TEST(wrong.message.body() ==
             R"({"errors":[{"category":"AUTHENTICATION_ERROR","code":"UNAUTHORIZED",)"
             R"("detail":"This request could not be authorized."}]})");
  const Headers reader{{"Authorization", "Bearer EAAAEFAKE-TOKEN-0002"}};
  BOOST_TEST(Client::error(client.post(customers, ana, reader)) ==
             "403 INSUFFICIENT_SCOPES (absent)");
  BOOST_TEST(Client::error(client.post(customers, ana, {{"Square-Version", "2022-08-17"}})) ==
             "400 INVALID_SQUARE_VERSION_FORMAT (absent)");
  BOOST_TEST(client.post_without("Square-Version", customers, ana).status == 400);
  BOOST_TEST(client.get(customers + "/FAKEID").message.body() ==
             R"({"errors":[{"category":"INVALID_REQUEST_ERROR","code":"NOT_FOUND",)"
             R"("detail":"Customer with ID `FAKEID` not found."}]})");
  client.sandbox.fault({.kind = florin::testing::Fault::Kind::rate_limited});
  const RawAnswer limited = client.post(customers, ana);
  BOOST_TEST(limited.message.body() ==
             R"({"errors":[{"category":"RATE_LIMIT_ERROR","code":"RATE_LIMITED",)"
             R"("detail":"Too many requests"}]})");
  BOOST_TEST(client.sandbox.count() == 0u);
  Client old(true);
  BOOST_TEST(Client::error(old.get(customers + "/FAKEID")) == "400 CUSTOMER_NOT_FOUND (absent)");
}

BOOST_AUTO_TEST_CASE(a_key_in_the_body_gives_the_first_customer_again) {
  Client client;
  const string keyed = with(ana, "{", R"({"idempotency_key":"k-1",)");
  const RawAnswer first = client.post(customers, keyed);
  BOOST_TEST(first.text("/customer/idempotency_key") == "(absent)");
  BOOST_TEST(client.post(customers, keyed).message.body() == first.message.body());
  BOOST_TEST(client.refused(with(keyed, "Ana", "Eva")) == "400 IDEMPOTENCY_KEY_REUSED (absent)");
  BOOST_TEST(client.sandbox.count() == 1u);
}

BOOST_AUTO_TEST_CASE(an_update_is_sparse_and_null_clears) {
  Client client;
  const RawAnswer made = client.post(customers, ana);
  const string path = customers + '/' + made.text("/customer/id");
  const RawAnswer changed = client.put(
      path, R"({"email_address":"ana.new@example.com","phone_number":null,"version":0})");
  BOOST_TEST(changed.status == 200);
  BOOST_TEST(changed.text("/customer/email_address") == "ana.new@example.com");
  BOOST_TEST(changed.text("/customer/phone_number") == "(absent)");
  BOOST_TEST(changed.text("/customer/version") == "1");
  for (const string kept : {"/customer/id", "/customer/created_at", "/customer/given_name",
                            "/customer/address", "/customer/reference_id", "/customer/note"})
    BOOST_TEST(changed.text(kept) == made.text(kept), kept);
  BOOST_TEST(Client::error(client.put(path, R"({"note":"x","version":0})")) ==
             "409 CONFLICT version");
  const RawAnswer moved = client.put(path, R"({"address":{"locality":"Albany"}})");
  BOOST_TEST(moved.text("/customer/address/locality") == "Albany");
  BOOST_TEST(moved.text("/customer/address/postal_code") == "10003");
  BOOST_TEST(moved.text("/customer/version") == "2");
  BOOST_TEST(client.put(path, R"({"address":{"address_line_2":null}})")
                 .text("/customer/address/address_line_2") == "(absent)");
  BOOST_TEST(client.put(path, R"({"address":null})").text("/customer/address") == "(absent)");
  BOOST_TEST(Client::error(client.put(path, R"({"note":""})")) == "400 VALUE_EMPTY note");
  BOOST_TEST(Client::error(client.put(path, "{}")) == "400 NO_FIELDS_SET (absent)");
  BOOST_TEST(Client::error(client.put(path, R"({"idempotency_key":"k"})")) ==
             "400 INVALID_VALUE idempotency_key");
  BOOST_TEST(client.put(customers + "/FAKEID", R"({"note":"x"})").status == 404);
}

BOOST_AUTO_TEST_CASE(a_deleted_customer_is_gone) {
  Client client;
  const string id = client.post(customers, ana).text("/customer/id");
  const string path = customers + '/' + id;
  BOOST_TEST(client.remove(path).message.body() == "{}");
  for (const RawAnswer& gone : {client.remove(path), client.get(path)}) {
    BOOST_TEST(gone.status == 404);
    BOOST_TEST(gone.text("/errors/0/detail") == "Customer with ID `" + id + "` not found.");
  }
}

BOOST_AUTO_TEST_CASE(customers_are_searched_for_in_pages) {
  Client client;
  const string one = client.post(customers, ana).text("/customer/id");
  const string two = client.post(customers, ana).text("/customer/id");
  const string three = client.post(customers, R"({"given_name":"Bo"})").text("/customer/id");
  const string search = customers + "/search";
  const auto found = [&](const string& body) {
    const RawAnswer answer = client.post(search, body);
    return each(answer, "/customers", "/id") + ' ' + answer.text("/cursor");
  };
  const auto by = [](const string& field, const string& value) {
    return R"({"query":{"filter":{")" + field + R"(":{"exact":")" + value + R"("}}},"limit":2})";
  };
  BOOST_TEST(found(by("reference_id", "MC-0001")) == one + ' ' + two + " (absent)");
  BOOST_TEST(found(by("email_address", "Ana.Example@example.com")) ==
             one + ' ' + two + " (absent)");
  BOOST_TEST(found(by("phone_number", "+12125550123")) == one + ' ' + two + " (absent)");
  BOOST_TEST(client.post(search, by("reference_id", "mc-9999")).message.body() == "{}");
  BOOST_TEST(client.post(search, with(by("reference_id", "mc-9999"), "}}}", R"(}}},"count":true)"))
                 .message.body() == R"({"count":0})");
  BOOST_TEST(found(R"({"limit":2})") == one + ' ' + two + ' ' + two);
  BOOST_TEST(found(R"({"limit":2,"cursor":")" + two + R"("})") == three + " (absent)");
  BOOST_TEST(found(R"({"query":{"sort":{"field":"CREATED_AT","order":"DESC"}},"limit":1})") ==
             three + ' ' + three);
  BOOST_TEST(found(R"({"query":{"filter":{"created_at":{"end_at":"2020-01-01T00:00:00Z"}}}})") ==
             " (absent)");
  BOOST_TEST(Client::error(client.post(search, R"({"limit":0})")) == "400 VALUE_TOO_LOW limit");
  BOOST_TEST(Client::error(client.post(search, R"({"limit":101})")) == "400 VALUE_TOO_HIGH limit");
  BOOST_TEST(
      client.post(search, R"({"query":{"filter":{"email_address":{"fuzzy":"a"}}}})").status == 400);
  const RawAnswer list = client.get(customers + "?limit=1&sort_order=DESC&count=true");
  BOOST_TEST(each(list, "/customers", "/id") == three);
  BOOST_TEST(list.text("/count") == "3");
  client.sandbox.index_delay(std::chrono::hours(1));
  BOOST_TEST(client.post(search, by("reference_id", "mc-0001")).message.body() == "{}");
}

BOOST_AUTO_TEST_SUITE_END()
