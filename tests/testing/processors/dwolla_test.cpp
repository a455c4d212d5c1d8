// SPDX-License-Identifier: Apache-2.0
#include <florin/testing/processors/dwolla.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

#include "json_client.hpp"

BOOST_AUTO_TEST_SUITE(testing_processors_dwolla)

namespace {

using namespace florin_test;
using std::string;

const string hal = "application/vnd.dwolla.v1.hal+json";
const string customers = "/customers";
const string ana =
    R"({"type":"unverified","firstName":"Ana","lastName":"Example","email":"ana@example.com",)"
    R"("phone":"5555550100","correlationId":"m-1001"})";

struct Client : JsonClient {
  explicit Client(const string& basic = "ZmFrZV9jbGllbnRfaWQ6ZmFrZV9jbGllbnRfc2VjcmV0")
      : JsonClient(florin::testing::dwolla(), {{"Accept", hal}, {"Content-Type", hal}}),
        given(token("grant_type=client_credentials", basic)),
        bearer{{"Authorization", "Bearer " + given.text("/access_token")}} {}

  RawAnswer token(const string& body, const string& basic) {
    return post("/token", body,
                {{"Accept", "*/*"},
                 {"Content-Type", "application/x-www-form-urlencoded"},
                 {"Authorization", "Basic " + basic}});
  }
  RawAnswer send(const string& body) { return post(customers, body, bearer); }
  /// The code and the path of the first embedded error.
  string refused(const string& body) {
    const RawAnswer answer = send(body);
    BOOST_TEST(answer.status == 400);
    BOOST_TEST(answer.text("/code") == "ValidationError");
    return answer.text("/_embedded/errors/0/code") + ' ' + answer.text("/_embedded/errors/0/path");
  }

  RawAnswer given;
  Headers bearer;
};

string validation(const string& error) {
  return R"({"code":"ValidationError","message":"Validation error(s) present. See embedded )"
         R"(errors list for more details.","_embedded":{"errors":[{)" +
         error + "}]}}";
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_token_is_given_for_the_client_credentials) {
  Client client;
  BOOST_TEST(client.given.status == 200);
  BOOST_TEST(client.given.text("/token_type") == "bearer");
  BOOST_TEST(client.given.text("/expires_in") == "3600");
  const RawAnswer wrong = client.token("grant_type=client_credentials", "eDp5");
  BOOST_TEST(wrong.status == 401);
  BOOST_TEST(wrong.message.body() == R"({"error":"invalid_client"})");
  BOOST_TEST(
      client.token("grant_type=password", "ZmFrZV9jbGllbnRfaWQ6ZmFrZV9jbGllbnRfc2VjcmV0").status ==
      400);
}

BOOST_AUTO_TEST_CASE(a_customer_is_created_read_and_deactivated) {
  Client client;
  const RawAnswer made = client.send(ana);
  BOOST_TEST(made.status == 201);
  BOOST_TEST(made.message.body().empty());
  BOOST_TEST(made.header("Content-Length") == "0");
  BOOST_TEST(made.header("X-Request-Id").size() == 36u);
  const string base = client.sandbox.base_url() + "/customers/";
  BOOST_REQUIRE(made.header("Location").starts_with(base));
  const string id = made.header("Location").substr(base.size());
  BOOST_TEST(id.size() == 36u);
  BOOST_TEST(client.sandbox.count("m-1001") == 1u);
  BOOST_TEST((client.stored() == Fields{{"type", "unverified"},
                                        {"firstName", "Ana"},
                                        {"lastName", "Example"},
                                        {"email", "ana@example.com"},
                                        {"phone", "5555550100"},
                                        {"correlationId", "m-1001"}}));

  const RawAnswer read = client.get("/customers/" + id, client.bearer);
  BOOST_TEST(read.status == 200);
  BOOST_TEST(read.text("/id") == id);
  BOOST_TEST(read.text("/correlationId") == "m-1001");
  BOOST_TEST(read.text("/city") == "(absent)");
  BOOST_TEST(client.post("/customers/" + id, R"({"status":"deactivated"})", client.bearer)
                 .text("/status") == "deactivated");
  const RawAnswer unknown = client.get("/customers/" + string(36, '0'), client.bearer);
  BOOST_TEST(unknown.status == 404);
  BOOST_TEST(
      same_json(unknown.message.body(), R"({"code":"NotFound","message":"Customer not found."})"));
}

BOOST_AUTO_TEST_CASE(fields_are_checked) {
  Client client;
  const auto changed = [](const string& from, const string& to) { return with(ana, from, to); };
  const RawAnswer missing = client.send(changed(R"("firstName":"Ana",)", ""));
  BOOST_TEST(missing.status == 400);
  BOOST_TEST(same_json(missing.message.body(),
                       validation(R"("code":"Required","message":"FirstName required.",)"
                                  R"("path":"/firstName","_links":{})")));
  BOOST_TEST(missing.header("Content-Type").starts_with(hal + "; profile="));
  BOOST_TEST(same_json(client.send(changed("ana@example.com", "ana")).message.body(),
                       validation(R"("code":"InvalidFormat","message":"Email invalid.",)"
                                  R"("path":"/email","_links":{})")));
  BOOST_TEST(client.refused(changed("\"Ana\"", '"' + string(51, 'x') + '"')) ==
             "Invalid /firstName");
  BOOST_TEST(client.refused(changed("\"Ana\"", R"("An{a")")) == "Invalid /firstName");
  BOOST_TEST(client.refused(changed("5555550100", "+15555550100")) == "Invalid /phone");
  BOOST_TEST(client.refused(changed("5555550100", "555555010")) == "Invalid /phone");
  BOOST_TEST(client.refused(changed("m-1001", "m 1001")) == "Invalid /correlationId");
  BOOST_TEST(client.refused(changed("m-1001", string(256, 'x'))) == "Invalid /correlationId");
  BOOST_TEST(client.refused(changed("phone\":\"5555550100", "city\":\"Springfield")) ==
             "NotAllowed /city");
  BOOST_TEST(client.send("{").text("/code") == "BadRequest");
  BOOST_TEST(client.sandbox.count() == 0u);
}

BOOST_AUTO_TEST_CASE(a_verified_person_needs_an_address) {
  Client client;
  const string person = with(
      with(ana, "unverified", "personal"), "}",
      R"(,"address1":"1 Example Street","city":"Springfield","state":"IL","postalCode":"62701",)"
      R"("dateOfBirth":"1990-01-01","ssn":"0000"})");
  BOOST_TEST(client.send(person).status == 201);
  BOOST_TEST(client.refused(with(person, R"("city":"Springfield",)", "")) == "Required /city");
  BOOST_TEST(client.refused(with(person, "62701", "6270")) == "Invalid /postalCode");
  BOOST_TEST(client.refused(with(person, "IL", "Illinois")) == "Invalid /state");
}

BOOST_AUTO_TEST_CASE(emails_and_references_are_unique_and_keys_replay) {
  Client client;
  const auto keyed = [&](const string& body) {
    Headers headers = client.bearer;
    headers.emplace_back("Idempotency-Key", "k");
    return client.post(customers, body, headers);
  };
  const RawAnswer made = keyed(ana);
  const RawAnswer again = keyed(ana);
  BOOST_TEST(again.status == 201);
  BOOST_TEST(again.header("Location") == made.header("Location"));
  BOOST_TEST(again.header("X-Request-Id") != made.header("X-Request-Id"));
  BOOST_TEST(client.sandbox.count() == 1u);

  const RawAnswer duplicate = client.send(ana);
  BOOST_TEST(duplicate.status == 400);
  BOOST_TEST(same_json(
      duplicate.message.body(),
      validation(R"("code":"Duplicate","message":"A customer with the specified email already )"
                 R"(exists.","path":"/email","_links":{"about":{"href":")" +
                 made.header("Location") + R"("}})")));
  BOOST_TEST(client.refused(with(ana, "ana@", "eva@")) == "Duplicate /correlationId");
  BOOST_TEST(keyed(with(with(ana, "ana@", "eva@"), "m-1001", "m-1002")).header("Location") !=
             made.header("Location"));
  BOOST_TEST(client.sandbox.count() == 2u);
}

BOOST_AUTO_TEST_CASE(tokens_expire_and_permissions_are_checked) {
  Client client;
  const auto code = [&](const Headers& headers) {
    const RawAnswer answer = client.post(customers, ana, headers);
    return std::to_string(answer.status) + ' ' + answer.text("/code");
  };
  BOOST_TEST(code({}) == "401 InvalidCredentials");
  BOOST_TEST(code({{"Authorization", "Bearer other"}}) == "401 InvalidAccessToken");
  BOOST_TEST(code({{"Accept", "application/json"}}) == "406 InvalidVersion");
  client.sandbox.fault({.kind = florin::testing::Fault::Kind::rate_limited});
  BOOST_TEST(code(client.bearer) == "429 Too Many Requests");
  client.sandbox.expire_tokens();
  const RawAnswer expired = client.send(ana);
  BOOST_TEST(expired.status == 401);
  BOOST_TEST(same_json(expired.message.body(),
                       R"({"code":"ExpiredAccessToken","message":"Generate a new access token )"
                       R"(using your client credentials."})"));
  Client reader("ZmFrZV9jbGllbnRfcmVhZGVyOmZha2VfY2xpZW50X3NlY3JldA==");
  const RawAnswer forbidden = reader.send(ana);
  BOOST_TEST(forbidden.status == 403);
  BOOST_TEST(same_json(forbidden.message.body(),
                       R"({"code":"Forbidden","message":"Not authorized to create customers."})"));
  BOOST_TEST(client.call(http::verb::put, customers, ana, client.bearer).status == 405);
}

BOOST_AUTO_TEST_CASE(a_status_takes_the_place_of_deletion) {
  Client client;
  const string location = client.send(ana).header("Location");
  const string path = location.substr(location.rfind("/customers/"));
  const auto status = [&](const string& wanted) {
    const RawAnswer answer = client.post(path, R"({"status":")" + wanted + R"("})", client.bearer);
    return std::to_string(answer.status) + ' ' +
           (answer.status == 200 ? answer.text("/status") : answer.text("/code"));
  };
  BOOST_TEST(status("reactivated") == "403 InvalidResourceState");
  BOOST_TEST(status("deactivated") == "200 deactivated");
  BOOST_TEST(status("deactivated") == "200 deactivated");
  BOOST_TEST(client.get(path, client.bearer).text("/status") == "deactivated");
  BOOST_TEST(client.get(path, client.bearer).text("/email") == "ana@example.com");
  BOOST_TEST(status("reactivated") == "200 unverified");
  BOOST_TEST(client.refused(with(ana, "m-1001", "m-1002")) == "Duplicate /email");
  BOOST_TEST(status("deactivated") == "200 deactivated");
  BOOST_TEST(client.refused(ana) == "Duplicate /correlationId");
  BOOST_TEST(client.send(with(ana, "m-1001", "m-1002")).status == 201);
  BOOST_TEST(client.post(path, R"({"status":"reactivated"})", client.bearer)
                 .text("/_embedded/errors/0/path") == "/email");
  BOOST_TEST(status("suspended") == "200 suspended");
  BOOST_TEST(status("deactivated") == "403 InvalidResourceState");
  BOOST_TEST(client.remove(path, client.bearer).status == 405);
  BOOST_TEST(client.sandbox.count() == 2u);
}

BOOST_AUTO_TEST_CASE(customers_are_found_by_email_and_listed_by_offset) {
  Client client;
  const auto add = [&](const string& name) {
    const string location =
        client.send(with(with(ana, "ana@", name + '@'), "m-1001", name)).header("Location");
    return location.substr(location.rfind('/') + 1);
  };
  const string one = add("ana");
  const string two = add("bo");
  const string three = add("cy");
  const string base = client.sandbox.base_url() + "/customers?";
  const RawAnswer found = client.get(customers + "?email=ana%40example.com", client.bearer);
  BOOST_TEST(found.status == 200);
  BOOST_TEST(each(found, "/_embedded/customers", "/id") == one);
  BOOST_TEST(found.text("/total") == "1");
  BOOST_TEST(found.text("/_links/self/href") == base + "email=ana%40example.com&limit=25&offset=0");
  BOOST_TEST(found.text("/_links/next") == "(absent)");
  BOOST_TEST(client.get(customers + "?email=Ana%40example.com", client.bearer).text("/total") ==
             "0");
  BOOST_TEST(client.get(customers + "?email=none%40example.com", client.bearer)
                 .text("/_embedded/customers") == "[]");

  const RawAnswer first = client.get(customers + "?limit=2", client.bearer);
  BOOST_TEST(each(first, "/_embedded/customers", "/id") == three + ' ' + two);
  BOOST_TEST(first.text("/total") == "3");
  BOOST_TEST(first.text("/_links/next/href") == base + "limit=2&offset=2");
  BOOST_TEST(first.text("/_links/last/href") == base + "limit=2&offset=2");
  BOOST_TEST(first.text("/_links/prev") == "(absent)");
  const RawAnswer last = client.get(customers + "?limit=2&offset=2", client.bearer);
  BOOST_TEST(each(last, "/_embedded/customers", "/id") == one);
  BOOST_TEST(last.text("/_links/next") == "(absent)");
  BOOST_TEST(last.text("/_links/prev/href") == base + "limit=2&offset=0");

  client.post(customers + '/' + one, R"({"status":"deactivated"})", client.bearer);
  client.send(with(ana, "m-1001", "ana-2"));
  const auto total = [&](const string& query) {
    return client.get(customers + "?" + query, client.bearer).text("/total");
  };
  BOOST_TEST(total("email=ana%40example.com") == "2");
  BOOST_TEST(total("status=deactivated") == "1");
  BOOST_TEST(total("status=deactivated&status=unverified") == "4");
  BOOST_TEST(total("email=ana%40example.com&status=unverified") == "1");
  BOOST_TEST(client.get(customers + "?limit=none", client.bearer).status == 400);
}

BOOST_AUTO_TEST_CASE(an_update_changes_what_the_kind_of_customer_allows) {
  Client client;
  const string location =
      client.send(with(ana, R"("type")", R"("businessName":"Example","type")")).header("Location");
  const string path = location.substr(location.rfind("/customers/"));
  const auto change = [&](const string& body) { return client.post(path, body, client.bearer); };
  const auto refused = [&](const string& body) {
    const RawAnswer answer = change(body);
    BOOST_TEST(answer.status == 400);
    return answer.text("/_embedded/errors/0/code") + ' ' + answer.text("/_embedded/errors/0/path");
  };
  const RawAnswer changed = change(R"({"lastName":"Sample","email":"ana.new@example.com"})");
  BOOST_TEST(changed.status == 200);
  BOOST_TEST(changed.text("/firstName") == "Ana");
  BOOST_TEST(changed.text("/lastName") == "Sample");
  BOOST_TEST(changed.text("/email") == "ana.new@example.com");
  BOOST_TEST(changed.text("/correlationId") == "m-1001");
  BOOST_TEST(changed.text("/businessName") == "Example");
  BOOST_TEST(change(R"({"businessName":""})").text("/businessName") == "(absent)");
  BOOST_TEST(refused(R"({"email":""})") == "Required /email");
  BOOST_TEST(refused(R"({"firstName":""})") == "Required /firstName");
  BOOST_TEST(refused(R"({"phone":"5555550101"})") == "NotAllowed /phone");
  BOOST_TEST(refused(R"({"correlationId":"m-2"})") == "ReadOnly /correlationId");
  client.send(with(with(ana, "ana@", "bo.example@"), "m-1001", "m-1002"));
  BOOST_TEST(same_json(
      change(R"({"email":"bo.example@example.com"})").message.body(),
      validation(R"("code":"Duplicate","message":"A customer with the specified email already )"
                 R"(exists.","path":"/email","_links":{"about":{"href":")" +
                 client.sandbox.base_url() + "/customers/" + client.sandbox.customers().at(1).id +
                 R"("}})")));
  BOOST_TEST(client
                 .post("/customers/0fa4e000-0000-4000-8000-00000000dead", R"({"lastName":"x"})",
                       client.bearer)
                 .message.body() == R"({"code":"NotFound","message":"Customer not found."})");
  BOOST_TEST(change(R"({"status":"suspended"})").status == 200);
  BOOST_TEST(change(R"({"lastName":"x"})").text("/code") == "InvalidResourceState");

  const string person = with(
      with(with(with(ana, "unverified", "personal"), "m-1001", "m-3"), "ana@", "cy@"), "}",
      R"(,"address1":"1 Example Street","city":"Springfield","state":"IL","postalCode":"62701",)"
      R"("dateOfBirth":"1990-01-01","ssn":"0000"})");
  const string verified = client.send(person).header("Location").substr(location.find("/cust"));
  BOOST_TEST(client.post(verified, R"({"city":"Chicago","phone":"5555550101"})", client.bearer)
                 .text("/city") == "Chicago");
  BOOST_TEST(client.post(verified, R"({"firstName":"Eva"})", client.bearer)
                 .text("/_embedded/errors/0/code") == "NotAllowed");
}

BOOST_AUTO_TEST_SUITE_END()
