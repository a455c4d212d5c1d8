// SPDX-License-Identifier: Apache-2.0
#include <florin/testing/processors/flutterwave.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>

#include "json_client.hpp"

BOOST_AUTO_TEST_SUITE(testing_processors_flutterwave)

namespace {

using namespace florin_test;
using florin::testing::Fault;
using florin::testing::FlutterwaveVariant;
using std::string;

const string customers = "/customers";
const string token_path = "/realms/flutterwave/protocol/openid-connect/token";
const string parts =
    R"("address":{"line1":"1 Test Street","line2":"","city":"Lagos","state":"Lagos",)"
    R"("postal_code":"100001","country":"NG"},"email":"ana.example@example.com",)";
const string phone = R"("phone":{"country_code":"234","number":"8000000001"},)";
const string meta = R"("meta":{"merchant_customer_id":"mc-0001"})";
const string ana = "{" + parts + R"("name":{"first":"Ana","last":"Example"},)" + phone + meta + "}";
const Headers form{{"Content-Type", "application/x-www-form-urlencoded"}};

string credentials(const string& number, const string& secret = "fake-secret-") {
  return "client_id=fake-client-" + number + "&client_secret=" + secret + number +
         "&grant_type=client_credentials";
}

struct Client : JsonClient {
  explicit Client(const FlutterwaveVariant& variant = {}, const string& number = "0001")
      : JsonClient(florin::testing::flutterwave(variant), {}) {
    bearer.emplace_back(
        "Authorization",
        "Bearer " + JsonClient::post(token_path, credentials(number), form).text("/access_token"));
  }
  RawAnswer send(http::verb verb, const string& path, const string& body = {},
                 Headers headers = {}) {
    headers.insert(headers.begin(), bearer.begin(), bearer.end());
    return call(verb, path, body, headers);
  }
  RawAnswer create(const string& body = ana, const Headers& headers = {}) {
    return send(http::verb::post, customers, body, headers);
  }
  RawAnswer change(const string& id, const string& body) {
    return send(http::verb::put, customers + '/' + id, body);
  }
  RawAnswer search(const string& email, const string& query = {}) {
    return send(http::verb::post, customers + "/search" + query, R"({"email":")" + email + "\"}");
  }
  Headers bearer;
};

string error(const string& type, const string& code, const string& message) {
  return R"({"status":"failed","error":{"type":")" + type + R"(","code":")" + code +
         R"(","message":")" + message + R"(","validation_errors":[]}})";
}

string invalid(const string& field, const string& message) {
  return R"({"status":"failed","error":{"type":"REQUEST_NOT_VALID","code":"10400",)"
         R"("message":"Request is not valid","validation_errors":[{"field_name":")" +
         field + R"(","message":")" + message + R"("}]}})";
}

void answered(const RawAnswer& answer, int status, const string& body) {
  BOOST_TEST(answer.status == status);
  BOOST_TEST(same_json(answer.message.body(), body), answer.message.body());
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_token_is_issued_and_expires) {
  Client client;
  const RawAnswer token = client.post(token_path, credentials("0001"), form);
  BOOST_TEST(token.status == 200);
  BOOST_TEST(token.text("/access_token").starts_with("fake-token-"));
  BOOST_TEST(token.text("/expires_in") == "600");
  BOOST_TEST(token.text("/token_type") == "Bearer");
  answered(client.post(token_path, credentials("0001", "wrong"), form), 401,
           R"({"error":"invalid_client","error_description":"Invalid client credentials"})");
  BOOST_TEST(
      client.post(token_path, "client_id=fake-client-0001&client_secret=fake-secret-0001", form)
          .text("/error") == "invalid_request");
  BOOST_TEST(client.create().status == 201);
  client.sandbox.expire_tokens();
  answered(client.create(), 401, error("UNAUTHORIZED", "10401", "Unauthorized"));
}

BOOST_AUTO_TEST_CASE(a_customer_is_created_and_read) {
  Client client;
  const RawAnswer made = client.create();
  BOOST_TEST(made.status == 201);
  const string id = made.text("/data/id");
  BOOST_TEST(id.size() == 14u);
  BOOST_TEST(id.starts_with("cus_"));
  const string created = made.text("/data/created_datetime");
  BOOST_TEST(created.size() == 30u);
  const string data = R"({"id":")" + id + R"(",)" + parts +
                      R"("name":{"first":"Ana","middle":null,"last":"Example"},)" + phone + meta +
                      R"(,"created_datetime":")" + created + R"("})";
  answered(made, 201, R"({"status":"success","message":"Customer created","data":)" + data + "}");
  answered(client.send(http::verb::get, customers + '/' + id), 200,
           R"({"status":"success","message":"Customer fetched","data":)" + data + "}");
  BOOST_TEST(client.sandbox.count("mc-0001") == 1u);
  BOOST_TEST((client.stored() == Fields{{"address.line1", "1 Test Street"},
                                        {"address.line2", ""},
                                        {"address.city", "Lagos"},
                                        {"address.state", "Lagos"},
                                        {"address.postal_code", "100001"},
                                        {"address.country", "NG"},
                                        {"email", "ana.example@example.com"},
                                        {"name.first", "Ana"},
                                        {"name.last", "Example"},
                                        {"phone.country_code", "234"},
                                        {"phone.number", "8000000001"},
                                        {"meta.merchant_customer_id", "mc-0001"}}));
  const RawAnswer least = client.create(R"({"email":"bo@example.com"})");
  for (const string none : {"address", "name", "phone"})
    BOOST_TEST(least.text("/data/" + none) == "null");
  BOOST_TEST(least.text("/data/meta") == "{}");
}

BOOST_AUTO_TEST_CASE(refusals) {
  Client client;
  const auto refused = [&](const string& body, const string& field, const string& message) {
    answered(client.create(body), 400, invalid(field, message));
  };
  refused(R"({"name":{"first":"Ana"}})", "email", "must not be null");
  for (const string email : {"ana", "ana@example", "a..b@example.com", "a=b@example.com", "@a.com",
                             "a@example.c", "a@exa_mple.com", "a@example.c0m"})
    refused(R"({"email":")" + email + "\"}", "email", "is not valid");
  refused(R"({"email":""})", "email", "must not be blank");
  refused(R"({"email":"a@b.com","name":"Ana Example"})", "name", "is not known");
  refused(R"({"email":"a@b.com","phone":{"country_code":"+1"}})", "phone.country_code",
          "is not valid");
  refused(R"({"email":"a@b.com","phone":{"number":"800-1"}})", "phone.number", "is not valid");
  refused(R"({"email":"a@b.com","address":{"country":"NGA"}})", "address.country", "is not valid");
  answered(client.create("["), 400,
           error("REQUEST_NOT_VALID", "10400", "The body is not a JSON object"));
  answered(client.create(ana, {{"X-Trace-Id", "short"}}), 400,
           invalid("X-Trace-Id", "must be 12 to 255 characters"));
  BOOST_TEST(client.create(ana, {{"X-Trace-Id", "trace-000000000001"}}).status == 201);
  answered(client.post(customers, ana), 401, error("UNAUTHORIZED", "10401", "Unauthorized"));
  answered(client.send(http::verb::get, customers + "/cus_Zz99Zz99Zz"), 404,
           error("RESOURCE_NOT_FOUND", "10404", "Customer not found"));
  answered(client.change("cus_Zz99Zz99Zz", "{}"), 404,
           error("RESOURCE_NOT_FOUND", "10404", "Customer not found"));
  BOOST_TEST(client.send(http::verb::delete_, customers + "/cus_Zz99Zz99Zz").status == 404);
  client.sandbox.fault({.kind = Fault::Kind::rate_limited});
  BOOST_TEST(client.create().status == 429);
  client.sandbox.fault({.kind = Fault::Kind::server_error});
  answered(client.create(), 500, error("INTERNAL_SERVER_ERROR", "10500", "Internal server error"));
  Client reader({}, "0002");
  answered(reader.create(), 403, error("FORBIDDEN", "10403", "Forbidden"));
}

BOOST_AUTO_TEST_CASE(groups_may_have_to_be_whole) {
  Client client({.wants_whole_groups = true});
  BOOST_TEST(client.create().status == 201);
  const auto refused = [&](const string& group, const string& field) {
    answered(client.create(R"({"email":"a@b.com",)" + group + "}"), 400,
             invalid(field, "must not be null"));
  };
  refused(R"("name":{"first":"Ana"})", "name.last");
  refused(R"("phone":{"number":"1"})", "phone.country_code");
  refused(R"("address":{"line1":"1 Test Street","city":"Lagos","state":"Lagos","country":"NG"})",
          "address.postal_code");
}

BOOST_AUTO_TEST_CASE(a_key_gives_the_first_answer_again_whatever_is_sent) {
  Client client;
  const Headers key{{"X-Idempotency-Key", "00000000000000000000000000000001"}};
  const RawAnswer first = client.create(ana, key);
  BOOST_TEST(first.header("X-Idempotency-Cache-Hit") == "(absent)");
  for (const string& body : {ana, string(R"({"email":"eva@example.com"})")}) {
    const RawAnswer again = client.create(body, key);
    BOOST_TEST(again.status == 201);
    BOOST_TEST(again.header("X-Idempotency-Cache-Hit") == "true");
    BOOST_TEST(again.message.body() == first.message.body());
  }
  BOOST_TEST(client.sandbox.count() == 1u);
  for (const string& wrong :
       {string("11111111111"), string(256, '1'), string("00000000-0000-4000-8000-000000000001")})
    answered(client.create(R"({"email":"eva@example.com"})", {{"X-Idempotency-Key", wrong}}), 400,
             invalid("X-Idempotency-Key", "must be 12 to 255 letters and digits"));
}

BOOST_AUTO_TEST_CASE(a_key_whose_request_still_runs_gets_a_server_error) {
  Client client;
  const Headers key{{"X-Idempotency-Key", "00000000000000000000000000000001"}};
  Headers headers = client.bearer;
  headers.insert(headers.end(), {key.front(), {"Content-Type", "application/json"}});
  RawClient slow(client.sandbox);
  client.sandbox.fault(
      {.kind = Fault::Kind::delay, .store = true, .delay = std::chrono::minutes(10)});
  slow.send(http::verb::post, customers, ana, headers);
  BOOST_REQUIRE(client.sandbox.wait_for_requests(2, std::chrono::seconds(30)));
  answered(client.create(ana, key), 500,
           error("INTERNAL_SERVER_ERROR", "10500", "Internal server error"));
  slow.close();
}

BOOST_AUTO_TEST_CASE(an_email_is_taken_once_or_not) {
  Client client;
  client.create();
  answered(client.create(), 409, error("RESOURCE_CONFLICT", "10409", "Customer already exists"));
  Client naming({.names_customer = true});
  naming.create();
  BOOST_TEST(naming.create().text("/error/type") == "CUSTOMER_ALREADY_EXISTS");
  Client sharing({.shares_emails = true});
  sharing.create();
  BOOST_TEST(sharing.create().status == 201);
}

BOOST_AUTO_TEST_CASE(an_update_replaces_what_it_sends) {
  Client client;
  const string id = client.create().text("/data/id");
  const RawAnswer changed = client.change(
      id, R"({"name":{"first":"Anna"},"phone":{"country_code":"234","number":"8000000002"},)"
          R"("meta":{"merchant_customer_id":"mc-0001","tier":"gold"}})");
  BOOST_TEST(changed.status == 200);
  BOOST_TEST(changed.text("/message") == "Customer updated");
  BOOST_TEST(changed.text("/data/name") == R"({"first":"Anna","middle":null,"last":null})");
  BOOST_TEST(changed.text("/data/phone/number") == "8000000002");
  BOOST_TEST(changed.text("/data/meta") == R"({"merchant_customer_id":"mc-0001","tier":"gold"})");
  BOOST_TEST(changed.text("/data/address/city") == "Lagos");
  BOOST_TEST(client.change(id, R"({"meta":{"tier":"b"}})").text("/data/meta") == R"({"tier":"b"})");
  answered(client.change(id, R"({"email":"ana.example@example.com"})"), 400,
           invalid("email", "is not known"));
  BOOST_TEST(client.change(id, R"({"name":null})").status == 400);
  BOOST_TEST(client.change(id, R"({"name":{"first":""}})").status == 400);

  Client whole({.wants_email = true, .replaces_all = true});
  const string other = whole.create().text("/data/id");
  answered(whole.change(other, R"({"name":{"first":"Bo"}})"), 400,
           invalid("email", "must not be null"));
  answered(whole.change(other, R"({"email":"bo@example.com"})"), 400,
           invalid("email", "is not valid"));
  const RawAnswer left =
      whole.change(other, R"({"email":"ana.example@example.com","name":{"first":"Bo"}})");
  BOOST_TEST(left.text("/data/name/first") == "Bo");
  for (const string none : {"address", "phone"}) BOOST_TEST(left.text("/data/" + none) == "null");
  BOOST_TEST(left.text("/data/meta") == "{}");
}

BOOST_AUTO_TEST_CASE(customers_are_searched_and_listed_in_pages) {
  Client client({.shares_emails = true});
  const string one = client.create().text("/data/id");
  const string two = client.create().text("/data/id");
  const string three = client.create(R"({"email":"bo@example.com"})").text("/data/id");
  const auto ids = [](const RawAnswer& answer) {
    return each(answer, "/data", "/id") + ' ' + answer.text("/meta/page_info");
  };
  BOOST_TEST(ids(client.search("ana.example@example.com")) ==
             two + ' ' + one + R"( {"total":2,"current_page":1,"total_pages":1})");
  answered(client.search("no@example.com"), 200,
           R"({"status":"success","message":"Customers fetched","meta":{"page_info":{"total":0,)"
           R"("current_page":1,"total_pages":0}},"data":[]})");
  BOOST_TEST(client.search("Bo@example.co").text("/data") == "[]");
  BOOST_TEST(ids(client.search("ana.example@example.com", "?page=2&size=10")) ==
             R"( {"total":2,"current_page":2,"total_pages":1})");
  BOOST_TEST(client.send(http::verb::post, customers + "/search", "{}").status == 400);
  const auto list = [&](const string& query) {
    return client.send(http::verb::get, customers + query);
  };
  BOOST_TEST(ids(list("")) ==
             three + ' ' + two + ' ' + one + R"( {"total":3,"current_page":1,"total_pages":1})");
  for (const string wrong : {"?size=9", "?size=51", "?page=0", "?email=bo%40example.com"})
    BOOST_TEST(list(wrong).status == 400, wrong);
  for (int i = 0; i < 8; ++i) client.create();
  BOOST_TEST(ids(list("?page=2&size=10")) ==
             one + R"( {"total":11,"current_page":2,"total_pages":2})");

  Client loose({.searches_prefix = true, .finds_null = true});
  const string found = loose.create(R"({"email":"bo@example.com"})").text("/data/id");
  BOOST_TEST(loose.search("Bo@example.co").text("/data/0/id") == found);
  BOOST_TEST(loose.search("no@example.com").text("/data") == "null");
}

BOOST_AUTO_TEST_SUITE_END()
