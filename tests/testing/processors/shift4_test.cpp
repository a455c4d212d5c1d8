// SPDX-License-Identifier: Apache-2.0
#include <florin/testing/processors/shift4.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

#include "json_client.hpp"

BOOST_AUTO_TEST_SUITE(testing_processors_shift4)

namespace {

using namespace florin_test;
using std::string;

const string customers = "/customers";
const string ana =
    R"({"email":"ana@example.com","phoneNumber":"+15555550100","description":"Example buyer",)"
    R"("metadata":{"merchant_customer_id":"m-1001","tier":"gold"},)"
    R"("billing":{"name":"Ana Example","address":{"line1":"1 Example Street","line2":"Apt 2",)"
    R"("zip":"62701","city":"Springfield","state":"IL","country":"US"}}})";

struct Client : JsonClient {
  Client()
      : JsonClient(florin::testing::shift4(),
                   {{"Authorization", "Basic c2tfdGVzdF9FWEFNUExFOg=="}}) {}
};

string invalid(const string& message) {
  return R"({"error":{"type":"invalid_request","message":")" + message + R"("}})";
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_customer_is_created_and_read) {
  Client client;
  const RawAnswer made = client.post(customers, ana);
  BOOST_TEST(made.status == 200);
  const string id = made.text("/id");
  BOOST_TEST(id.starts_with("cust_"));
  BOOST_TEST(id.size() == 29u);
  const string whole = R"({"id":")" + id + R"(","created":)" + made.text("/created") +
                       R"(,"objectType":"customer",)" + ana.substr(1);
  BOOST_TEST(same_json(made.message.body(), whole));
  BOOST_TEST(client.sandbox.count("m-1001") == 1u);
  BOOST_TEST((client.stored() == Fields{{"email", "ana@example.com"},
                                        {"phoneNumber", "+15555550100"},
                                        {"description", "Example buyer"},
                                        {"metadata.merchant_customer_id", "m-1001"},
                                        {"metadata.tier", "gold"},
                                        {"billing.name", "Ana Example"},
                                        {"billing.address.line1", "1 Example Street"},
                                        {"billing.address.line2", "Apt 2"},
                                        {"billing.address.zip", "62701"},
                                        {"billing.address.city", "Springfield"},
                                        {"billing.address.state", "IL"},
                                        {"billing.address.country", "US"}}));
  const string path = customers + '/' + id;
  BOOST_TEST(client.get(path).message.body() == made.message.body());
  const RawAnswer page = client.get(customers + "?email=ana@example.com");
  BOOST_TEST(page.text("/list/0/id") == id);
  BOOST_TEST(page.text("/hasMore") == "false");
  BOOST_TEST(client.call(http::verb::delete_, path).message.body() == R"({"id":")" + id + R"("})");
  BOOST_TEST(client.get(path).text("/deleted") == "true");
  BOOST_TEST(client.get(path).text("/billing/name") == "Ana Example");
}

BOOST_AUTO_TEST_CASE(an_email_alone_is_enough_and_may_come_twice) {
  Client client;
  const RawAnswer made = client.post(customers, R"({"email":"ana@example.com"})");
  BOOST_TEST(made.text("/billing") == "(absent)");
  BOOST_TEST(made.text("/description") == "(absent)");
  BOOST_TEST(client.post(customers, R"({"email":"ana@example.com","card":{"number":"tok_FAKE"}})")
                 .text("/id") != made.text("/id"));
  BOOST_TEST(client.sandbox.count() == 2u);
}

BOOST_AUTO_TEST_CASE(refusals) {
  Client client;
  const auto refused = [&](const string& body, const string& answer) {
    const RawAnswer given = client.post(customers, body);
    BOOST_TEST(given.status == 400);
    BOOST_TEST(given.message.body() == answer);
  };
  refused(R"({"description":"x"})", invalid("email: Must not be empty."));
  refused(R"({"email":""})", invalid("email: Must not be empty."));
  refused(R"({"email":"ana"})", invalid("email: Invalid value."));
  refused(R"({"email":"a@b.c","billing":{"address":{"country":"USA"}}})",
          invalid("billing.address.country: Invalid value."));
  refused(R"({"email":"a@b.c","name":"Ana"})", invalid("name: Unknown parameter."));
  refused("{", invalid("The body is not a JSON object."));
  const Headers wrong{{"Authorization", "Basic c2tfdGVzdF9XUk9ORzo="}};
  BOOST_TEST(client.post(customers, ana, wrong).status == 401);
  BOOST_TEST(client.post_without("Authorization", customers, ana).status == 401);
  const RawAnswer unknown = client.get("/customers/cust_fake");
  BOOST_TEST(unknown.status == 404);
  BOOST_TEST(unknown.message.body() == invalid("Customer 'cust_fake' does not exist"));
  BOOST_TEST(client.sandbox.count() == 0u);
  client.sandbox.fault({.kind = florin::testing::Fault::Kind::rate_limited});
  const RawAnswer limited = client.post(customers, ana);
  BOOST_TEST(limited.status == 429);
  BOOST_TEST(limited.text("/error/type") == "rate_limit_error");
}

BOOST_AUTO_TEST_CASE(a_key_gives_the_first_customer_again) {
  Client client;
  const Headers key{{"Idempotency-Key", "k-1"}};
  const RawAnswer first = client.post(customers, ana, key);
  const RawAnswer again = client.post(customers, ana, key);
  BOOST_TEST(again.status == 200);
  BOOST_TEST(again.message.body() == first.message.body());
  const RawAnswer other = client.post(customers, R"({"email":"eva@example.com"})", key);
  BOOST_TEST(other.status == 400);
  BOOST_TEST(other.message.body() ==
             invalid("Idempotent key used for request with different parameters."));
  BOOST_TEST(client.sandbox.count() == 1u);
  const Headers merchant{{"Idempotency-Key", "k-1"}, {"Shift4-Merchant", "mer_FAKE"}};
  BOOST_TEST(client.post(customers, ana, merchant).status == 200);
  BOOST_TEST(client.sandbox.count() == 2u);
}

BOOST_AUTO_TEST_CASE(a_deleted_customer_stays_readable) {
  Client client;
  const RawAnswer made = client.post(customers, ana);
  const string path = customers + '/' + made.text("/id");
  BOOST_TEST(made.text("/deleted") == "(absent)");
  BOOST_TEST(client.remove(path).message.body() == R"({"id":")" + made.text("/id") + R"("})");
  const RawAnswer read = client.get(path);
  BOOST_TEST(read.status == 200);
  BOOST_TEST(read.text("/deleted") == "true");
  BOOST_TEST(read.text("/email") == "ana@example.com");
  for (const string& gone : {path, customers + "/cust_FaKeMissing"}) {
    const RawAnswer unknown = client.remove(gone);
    BOOST_TEST(unknown.status == 404);
    BOOST_TEST(
        same_json(unknown.message.body(),
                  invalid("Customer '" + gone.substr(gone.rfind('/') + 1) + "' does not exist")));
  }
}

BOOST_AUTO_TEST_CASE(customers_are_found_by_email_and_metadata) {
  Client client;
  const string one = client.post(customers, ana).text("/id");
  const string two = client.post(customers, R"({"email":"ana@example.com"})").text("/id");
  const string three = client.post(customers, R"({"email":"bo@example.com"})").text("/id");
  const auto found = [&](const string& query) {
    const RawAnswer answer = client.get(customers + "?" + query);
    return each(answer, "/list", "/id") + ' ' + answer.text("/hasMore");
  };
  BOOST_TEST(found("email=ana%40example.com&limit=2") == two + ' ' + one + " false");
  BOOST_TEST(found("email=ana%40example.com&limit=1") == two + " true");
  BOOST_TEST(found("email=ana%40example.com&limit=1&startingAfterId=" + two) == one + " false");
  BOOST_TEST(found("limit=1&endingBeforeId=" + one) == two + " true");
  BOOST_TEST(found("metadataKey=merchant_customer_id&metadataValue=m-1001") == one + " false");
  BOOST_TEST(found("created%5Bgt%5D=1000&limit=500") == three + ' ' + two + ' ' + one + " false");
  BOOST_TEST(client.get(customers + "?email=none%40example.com").message.body() ==
             R"({"list":[],"hasMore":false})");
  BOOST_TEST(client.get(customers + "?limit=1&includeTotalCount=true").text("/totalCount") == "3");
  BOOST_TEST(client.get(customers + "?includeTotalCount=false").text("/totalCount") == "(absent)");
  client.remove(customers + '/' + two);
  BOOST_TEST(found("") == three + ' ' + one + " false");
  BOOST_TEST(found("deleted=false") == three + ' ' + one + " false");
  BOOST_TEST(found("deleted=true") == two + " false");
  BOOST_TEST(client.get(customers + "?deleted=maybe").status == 400);
}

BOOST_AUTO_TEST_CASE(an_update_is_partial_but_replaces_metadata_and_billing) {
  Client client;
  const RawAnswer made = client.post(customers, ana);
  const string path = customers + '/' + made.text("/id");
  const Headers key{{"Idempotency-Key", "00000000-0000-4000-8000-00000000fa4e"}};
  const string body =
      R"({"description":"Renamed buyer","metadata":{"merchant_customer_id":"m-1001",)"
      R"("tier":"silver"}})";
  const RawAnswer changed = client.post(path, body, key);
  BOOST_TEST(changed.status == 200);
  BOOST_TEST(changed.text("/description") == "Renamed buyer");
  BOOST_TEST(changed.text("/metadata") == R"({"merchant_customer_id":"m-1001","tier":"silver"})");
  for (const string kept : {"/id", "/created", "/email", "/phoneNumber", "/billing"})
    BOOST_TEST(changed.text(kept) == made.text(kept), kept);
  BOOST_TEST(client.post(path, body, key).message.body() == changed.message.body());
  BOOST_TEST(same_json(client.post(path, R"({"description":"Another"})", key).message.body(),
                       invalid("Idempotent key used for request with different parameters.")));
  BOOST_TEST(client.post(path, R"({"metadata":{"plan":"b"}})").text("/metadata") ==
             R"({"plan":"b"})");
  BOOST_TEST(client.post(path, R"({"metadata":{}})").text("/metadata") == "{}");
  BOOST_TEST(client.post(path, R"({"billing":{"address":{"city":"Berlin"}}})").text("/billing") ==
             R"({"address":{"city":"Berlin"}})");
  BOOST_TEST(
      client.post(path, R"({"description":"","defaultCardId":"card_FAKE"})").text("/description") ==
      "(absent)");
  BOOST_TEST(client.post(path, R"({"email":"ana"})").status == 400);
  BOOST_TEST(client.post(customers + "/cust_FaKeMissing", body).status == 404);
  client.remove(path);
  BOOST_TEST(client.post(path, body).status == 404);
}

BOOST_AUTO_TEST_SUITE_END()
