// SPDX-License-Identifier: Apache-2.0
#include <florin/testing/processors/airwallex.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <vector>

#include "json_client.hpp"

BOOST_AUTO_TEST_SUITE(testing_processors_airwallex)

namespace {

using namespace florin_test;
using std::string;

const string login = "/api/v1/authentication/login";
const string create = "/api/v1/pa/customers/create";
const string ana =
    R"({"request_id":"00000000-0000-4000-8000-00000000fa4e","merchant_customer_id":"m-1001",)"
    R"("first_name":"Ana","last_name":"Example","email":"ana@example.com",)"
    R"("phone_number":"+15555550100","address":{"country_code":"US","state":"IL",)"
    R"("city":"Springfield","street":"1 Example Street, Apt 2","postcode":"62701"},)"
    R"("metadata":{"tier":"gold"}})";

struct Client : JsonClient {
  explicit Client(const string& id = "FAKE_CLIENT_ID")
      : JsonClient(florin::testing::airwallex(), {}), given(log_in(id, "FAKE_API_KEY")) {
    bearer = {{"Authorization", "Bearer " + given.text("/token")}};
  }
  RawAnswer log_in(const string& id, const string& key) {
    return post(login, {}, {{"x-client-id", id}, {"x-api-key", key}});
  }
  /// Sends a customer under a request id of its own.
  RawAnswer send(const string& body) {
    return post(create, with(body, "00000000fa4e", "0000000000" + std::to_string(10 + ++number)),
                bearer);
  }
  string refused(const string& body) {
    const RawAnswer answer = send(body);
    return std::to_string(answer.status) + ' ' + answer.text("/code") + ' ' +
           answer.text("/source");
  }

  RawAnswer given;
  Headers bearer;
  int number = 0;
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_token_is_given_for_the_client_id_and_key) {
  Client client;
  BOOST_TEST(client.given.status == 201);
  const string expires = client.given.text("/expires_at");
  BOOST_TEST(expires.size() == string("2026-01-05T08:30:00+0000").size());
  BOOST_TEST(expires.ends_with("+0000"));
  const RawAnswer wrong = client.log_in("FAKE_CLIENT_ID", "OTHER");
  BOOST_TEST(wrong.status == 401);
  BOOST_TEST(wrong.text("/code") == "credentials_invalid");
  BOOST_TEST(client.post(login, "{}", {{"x-client-id", "FAKE_CLIENT_ID"}}).status == 401);
}

BOOST_AUTO_TEST_CASE(a_customer_is_created_found_and_changed) {
  Client client;
  const RawAnswer made = client.post(create, ana, client.bearer);
  BOOST_TEST(made.status == 201);
  const string id = made.text("/id");
  BOOST_TEST(id.starts_with("cus_"));
  BOOST_TEST(made.text("/created_at").ends_with("+0000"));
  BOOST_TEST(same_json(made.message.body(), R"({"id":")" + id + R"(","client_secret":")" +
                                                made.text("/client_secret") +
                                                R"(","created_at":")" + made.text("/created_at") +
                                                R"(","updated_at":")" + made.text("/updated_at") +
                                                R"(",)" + ana.substr(1)));
  BOOST_TEST(client.sandbox.count("m-1001") == 1u);
  BOOST_TEST((client.stored() == Fields{{"request_id", "00000000-0000-4000-8000-00000000fa4e"},
                                        {"merchant_customer_id", "m-1001"},
                                        {"first_name", "Ana"},
                                        {"last_name", "Example"},
                                        {"email", "ana@example.com"},
                                        {"phone_number", "+15555550100"},
                                        {"address.country_code", "US"},
                                        {"address.state", "IL"},
                                        {"address.city", "Springfield"},
                                        {"address.street", "1 Example Street, Apt 2"},
                                        {"address.postcode", "62701"},
                                        {"metadata.tier", "gold"}}));

  const string all = "/api/v1/pa/customers";
  BOOST_TEST(client.get(all + "?merchant_customer_id=m-1001", client.bearer).text("/items/0/id") ==
             id);
  BOOST_TEST(client.get(all + "?merchant_customer_id=m-1", client.bearer).text("/items") == "[]");
  const RawAnswer changed = client.post(
      all + '/' + id + "/update", R"({"request_id":"r-2","first_name":"Eva"})", client.bearer);
  BOOST_TEST(changed.status == 200);
  BOOST_TEST(client.get(all + '/' + id, client.bearer).text("/first_name") == "Eva");
  const RawAnswer unknown = client.get(all + "/cus_fake", client.bearer);
  BOOST_TEST(unknown.status == 404);
  BOOST_TEST(unknown.text("/message") == "The resource with ID cus_fake cannot be found");
  BOOST_TEST(unknown.text("/code") == "resource_not_found");
}

BOOST_AUTO_TEST_CASE(fields_are_checked) {
  Client client;
  const auto changed = [](std::string_view from, std::string_view to) {
    return with(ana, from, to);
  };
  const RawAnswer email = client.send(changed("ana@example.com", "ana"));
  BOOST_TEST(email.status == 400);
  BOOST_TEST(email.text("/trace_id").size() == 32u);
  BOOST_TEST(email.text("/message") == "email is not valid");
  BOOST_TEST(client.refused(changed("ana@example.com", "ana")) == "400 validation_error email");
  const RawAnswer missing = client.send(changed(R"("merchant_customer_id":"m-1001",)", ""));
  BOOST_TEST(missing.text("/message") == "merchant_customer_id must be provided");
  BOOST_TEST(client.refused(changed(R"("country_code":"US",)", "")) ==
             "400 validation_error address.country_code");
  BOOST_TEST(client.refused(changed("62701", "62701-00000")) ==
             "400 validation_error address.postcode");
  BOOST_TEST(client.refused(changed("\"Ana\"", '"' + string(129, 'x') + '"')) ==
             "400 validation_error first_name");
  BOOST_TEST(client.refused(changed("tier", string(51, 'x'))) ==
             "400 validation_error metadata." + string(51, 'x'));
  BOOST_TEST(client.refused(changed("first_name", "firstname")) ==
             "400 validation_error firstname");
  BOOST_TEST(
      client.post(create, R"({"merchant_customer_id":"m"})", client.bearer).text("/source") ==
      "request_id");
  BOOST_TEST(client.post(create, "{", client.bearer).status == 400);
  BOOST_TEST(client.sandbox.count() == 0u);
}

BOOST_AUTO_TEST_CASE(a_request_id_serves_once_and_so_does_a_reference) {
  Client client;
  BOOST_TEST(client.send(ana).status == 201);
  BOOST_TEST(client.refused(ana) == "400 resource_already_exists merchant_customer_id");
  client.number = 0;
  BOOST_TEST(client.refused(ana) == "400 duplicate_request request_id");
  client.number = 0;
  BOOST_TEST(client.refused(with(ana, "m-1001", "m-1002")) == "400 duplicate_request request_id");
  BOOST_TEST(client.refused(with(ana, "m-1001", "m-1002")) == "201 (absent) (absent)");
  BOOST_TEST(client.sandbox.count() == 2u);
}

BOOST_AUTO_TEST_CASE(tokens_expire_and_permissions_are_checked) {
  Client client;
  client.sandbox.expire_tokens();
  const RawAnswer expired = client.send(ana);
  BOOST_TEST(expired.status == 401);
  BOOST_TEST(
      same_json(expired.message.body(),
                R"({"code":"unauthorized","message":"Access denied, authentication failed"})"));
  BOOST_TEST(client.post(create, ana).status == 401);
  Client reader("FAKE_CLIENT_READER");
  BOOST_TEST(reader.refused(ana) == "403 forbidden (absent)");
  client.sandbox.fault({.kind = florin::testing::Fault::Kind::rate_limited});
  const RawAnswer limited = client.send(ana);
  BOOST_TEST(limited.status == 429);
  BOOST_TEST(limited.text("/code") == "too_many_requests");
  BOOST_TEST(limited.text("/details") == "{}");
  BOOST_TEST(client.post(create, ana, {{"x-api-version", "latest"}}).status == 400);
}

BOOST_AUTO_TEST_CASE(customers_are_found_by_reference_page_by_page) {
  Client client;
  std::vector<string> ids;
  for (int i = 0; i < 3; ++i)
    ids.push_back(client.send(with(ana, "m-1001", "m-100" + std::to_string(i))).text("/id"));
  const string all = "/api/v1/pa/customers";
  const auto page = [&](const string& query) {
    const RawAnswer answer = client.get(all + query, client.bearer);
    return each(answer, "/items", "/id") + ' ' + answer.text("/has_more");
  };
  BOOST_TEST(page("?merchant_customer_id=m-1001&page_num=0&page_size=100") == ids[1] + " false");
  BOOST_TEST(
      client.get(all + "?merchant_customer_id=m-none&page_num=0&page_size=100", client.bearer)
          .message.body() == R"({"has_more":false,"items":[]})");
  BOOST_TEST(page("?page_size=2") == ids[2] + ' ' + ids[1] + " true");
  BOOST_TEST(page("?page_num=1&page_size=2") == ids[0] + " false");
  BOOST_TEST(page("?page_num=2&page_size=2") == " false");
  BOOST_TEST(page("?page_size=5000") == ids[2] + ' ' + ids[1] + ' ' + ids[0] + " false");
  BOOST_TEST(page("?to_created_at=2020-01-05T08:00:00%2B0000") == " false");
  BOOST_TEST(page("?from_created_at=2020-01-05T08:00:00%2B0000&page_size=1") == ids[2] + " true");
  for (const string bad : {"?page_num=-1", "?page_size=0",
                           "?merchant_customer_id=", "?to_created_at=2020-01-05T08:00:00+0000"}) {
    const RawAnswer answer = client.get(all + bad, client.bearer);
    BOOST_TEST(answer.status == 400, bad);
    BOOST_TEST(answer.text("/code") == "validation_error");
  }
  BOOST_TEST(client.remove(all + '/' + ids[0], client.bearer).status == 404);
}

BOOST_AUTO_TEST_CASE(an_update_is_partial_under_a_request_id_of_its_own) {
  Client client;
  const RawAnswer made = client.post(create, ana, client.bearer);
  const string one = "/api/v1/pa/customers/" + made.text("/id");
  const auto change = [&](const string& number, const string& members) {
    return client.post(
        one + "/update",
        R"({"request_id":"00000000-0000-4000-8000-00000000)" + number + '"' + members + "}",
        client.bearer);
  };
  const RawAnswer changed =
      change("fa4f", R"(,"email":"ana.new@example.com","metadata":{"plan":"b"})");
  BOOST_TEST(changed.status == 200);
  BOOST_TEST(changed.text("/request_id").ends_with("fa4f"));
  BOOST_TEST(changed.text("/email") == "ana.new@example.com");
  BOOST_TEST(changed.text("/metadata") == R"({"plan":"b"})");
  for (const string kept : {"/id", "/merchant_customer_id", "/first_name", "/address"})
    BOOST_TEST(changed.text(kept) == made.text(kept), kept);
  const RawAnswer used = change("fa4f", R"(,"email":"ana.new@example.com")");
  BOOST_TEST(used.status == 400);
  BOOST_TEST(used.text("/code") == "duplicate_request");
  BOOST_TEST(used.text("/source") == "request_id");
  BOOST_TEST(change("fa4e", "").text("/code") == "duplicate_request");
  BOOST_TEST(same_json(change("fa50", R"(,"address":{"country_code":"DE"})").text("/address"),
                       R"({"country_code":"DE"})"));
  BOOST_TEST(change("fa51", R"(,"address":{"city":"Berlin"})").text("/source") ==
             "address.country_code");
  BOOST_TEST(change("fa52", R"(,"metadata":{})").text("/metadata") == "(absent)");
  BOOST_TEST(change("fa53", R"(,"email":"")").text("/code") == "validation_error");
  BOOST_TEST(change("fa54", R"(,"merchant_customer_id":"m-1002")").text("/merchant_customer_id") ==
             "m-1002");
  client.post(create, with(ana, "fa4e", "fa55"), client.bearer);
  BOOST_TEST(change("fa56", R"(,"merchant_customer_id":"m-1001")").text("/code") ==
             "resource_already_exists");
  BOOST_TEST(client.post(one + "/update", "{}", client.bearer).text("/source") == "request_id");
  const RawAnswer missing = client.post("/api/v1/pa/customers/cus_fakemissing/update",
                                        R"({"request_id":"r-1"})", client.bearer);
  BOOST_TEST(missing.status == 404);
  BOOST_TEST(missing.text("/message") == "The resource with ID cus_fakemissing cannot be found");
}

BOOST_AUTO_TEST_SUITE_END()
