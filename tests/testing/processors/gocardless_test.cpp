// SPDX-License-Identifier: Apache-2.0
#include <florin/testing/processors/gocardless.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

#include "json_client.hpp"

BOOST_AUTO_TEST_SUITE(testing_processors_gocardless)

namespace {

using namespace florin_test;
using std::string;

const string customers = "/customers";
const string ana =
    R"({"customers":{"email":"ana.example@example.com","given_name":"Ana","family_name":"Example",)"
    R"("phone_number":"+442079460000","address_line1":"1 Example Street","city":"London",)"
    R"("postal_code":"EC1V 7LQ","country_code":"GB",)"
    R"("metadata":{"merchant_customer_id":"mc-0001"}}})";

struct Client : JsonClient {
  Client()
      : JsonClient(florin::testing::gocardless(),
                   {{"Authorization", "Bearer sandbox_FAKEfakeFAKEfake0001"},
                    {"GoCardless-Version", "2015-07-06"},
                    {"Accept", "application/json"}}) {}
};

string page(const string& anchor) {
  return R"("documentation_url":"https://developer.gocardless.com/api-reference#)" + anchor +
         R"(",)";
}

/// The answer to a refused request, whose id is its own.
string error(const RawAnswer& given, const string& anchor, const string& rest) {
  return R"({"error":{"request_id":")" + given.header("X-Request-Id") + R"(",)" + page(anchor) +
         rest + "}}";
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_customer_is_created_read_and_removed) {
  Client client;
  const RawAnswer made = client.post(customers, ana);
  BOOST_TEST(made.status == 201);
  BOOST_TEST(made.header("RateLimit-Limit") == "1000");
  const string id = made.text("/customers/id");
  BOOST_TEST(id.starts_with("CU"));
  BOOST_TEST(id.find_first_not_of("CU0123456789") == string::npos);
  const string whole =
      R"({"customers":{"id":")" + id + R"(","created_at":")" + made.text("/customers/created_at") +
      R"(","company_name":null,"address_line2":null,"address_line3":null,"region":null,)"
      R"("language":"en","swedish_identity_number":null,"danish_identity_number":null,)" +
      ana.substr(string(R"({"customers":{)").size());
  BOOST_TEST(same_json(made.message.body(), whole));
  BOOST_TEST(client.sandbox.count("mc-0001") == 1u);
  BOOST_TEST((client.stored() == Fields{{"customers.email", "ana.example@example.com"},
                                        {"customers.given_name", "Ana"},
                                        {"customers.family_name", "Example"},
                                        {"customers.phone_number", "+442079460000"},
                                        {"customers.address_line1", "1 Example Street"},
                                        {"customers.city", "London"},
                                        {"customers.postal_code", "EC1V 7LQ"},
                                        {"customers.country_code", "GB"},
                                        {"customers.metadata.merchant_customer_id", "mc-0001"}}));
  const string path = customers + '/' + id;
  BOOST_TEST(client.get(path).message.body() == made.message.body());
  const RawAnswer removed = client.remove(path);
  BOOST_TEST(removed.status == 204);
  BOOST_TEST(removed.message.body().empty());
  const RawAnswer again = client.remove(path);
  BOOST_TEST(again.status == 410);
  BOOST_TEST(again.text("/error/code") == "410");
  BOOST_TEST(client.remove(customers + "/CU0000FAKE9999").status == 404);
  BOOST_TEST(client.sandbox.count() == 0u);
  const RawAnswer gone = client.get(path);
  BOOST_TEST(gone.status == 404);
  BOOST_TEST(gone.text("/error/errors/0/reason") == "resource_not_found");
}

BOOST_AUTO_TEST_CASE(a_used_key_is_refused_with_the_first_customer) {
  Client client;
  const Headers key{{"Idempotency-Key", "k-1"}};
  const string id = client.post(customers, ana, key).text("/customers/id");
  for (const string& body : {ana, with(ana, "Ana", "Eva")}) {
    const RawAnswer again = client.post(customers, body, key);
    BOOST_TEST(again.status == 409);
    const string message = "A resource has already been created with this idempotency key";
    BOOST_TEST(same_json(again.message.body(),
                         error(again, "idempotent_creation_conflict",
                               R"("code":409,"errors":[{"message":")" + message +
                                   R"(","links":{"conflicting_resource_id":")" + id +
                                   R"("},"reason":"idempotent_creation_conflict"}],"message":")" +
                                   message + R"(","type":"invalid_state")")));
  }
  BOOST_TEST(client.sandbox.count() == 1u);
  BOOST_TEST(client.post(customers, ana, {{"Idempotency-Key", "k-2"}}).status == 201);
  BOOST_TEST(client.sandbox.count() == 2u);
}

BOOST_AUTO_TEST_CASE(invalid_fields) {
  Client client;
  const RawAnswer country = client.post(customers, with(ana, "GB", "GBR"));
  BOOST_TEST(country.status == 422);
  BOOST_TEST(same_json(country.message.body(),
                       error(country, "validation_failed",
                             R"("message":"Validation failed","type":"validation_failed",)"
                             R"("code":422,"errors":[{"message":"is invalid",)"
                             R"("field":"country_code",)"
                             R"("request_pointer":"/customers/country_code"}])")));
  const auto refused = [&](const string& body) {
    const RawAnswer given = client.post(customers, body);
    BOOST_TEST(given.status == 422);
    return given.text("/error/errors/0/request_pointer");
  };
  BOOST_TEST(refused(R"({"customers":{"given_name":"Ana"}})") == "/customers/family_name");
  BOOST_TEST(refused(with(ana, "Ana", "")) == "/customers/given_name");
  BOOST_TEST(refused(with(ana, "\"GB\"", "\"US\"")) == "/customers/region");
  BOOST_TEST(refused(with(ana, "\"GB\"", R"("US","region":"Illinois")")) == "/customers/region");
  BOOST_TEST(refused(with(ana, "ana.example@", "")) == "/customers/email");
  BOOST_TEST(refused(with(ana, "city", "state")) == "/customers/state");
  BOOST_TEST(refused(with(ana, "mc-0001", string(501, 'x'))) ==
             "/customers/metadata/merchant_customer_id");
  BOOST_TEST(refused(with(ana, "merchant_customer_id", string(51, 'k'))) ==
             "/customers/metadata/" + string(51, 'k'));
  BOOST_TEST(refused(with(ana, "\"mc-0001\"", R"("1","b":"2","c":"3","d":"4")")) ==
             "/customers/metadata/d");
  BOOST_TEST(refused(R"({"given_name":"Ana"})") == "/given_name");
  BOOST_TEST(client.sandbox.count() == 0u);
  BOOST_TEST(client.post(customers, R"({"customers":{"company_name":"Example"}})").status == 201);
  BOOST_TEST(client.post(customers, with(ana, "\"GB\"", R"("US","region":"IL")")).status == 201);
}

BOOST_AUTO_TEST_CASE(other_refusals) {
  Client client;
  const RawAnswer wrong = client.post(customers, ana, {{"Authorization", "Bearer other"}});
  BOOST_TEST(wrong.status == 401);
  BOOST_TEST(same_json(wrong.message.body(),
                       error(wrong, "unauthorized",
                             R"("message":"Unauthorized","type":"invalid_api_usage",)"
                             R"("errors":[{"reason":"unauthorized","message":"Unauthorized"}],)"
                             R"("code":401)")));
  BOOST_TEST(client.post_without("Authorization", customers, ana).status == 401);
  const RawAnswer role =
      client.post(customers, ana, {{"Authorization", "Bearer sandbox_FAKEfakeFAKEfake0002"}});
  BOOST_TEST(role.status == 403);
  BOOST_TEST(role.text("/error/errors/0/reason") == "insufficient_permissions");
  for (const RawAnswer& given :
       {client.post_without("GoCardless-Version", customers, ana), client.post(customers, "[]")}) {
    BOOST_TEST(given.status == 400);
    BOOST_TEST(given.text("/error/type") == "invalid_api_usage");
  }
  client.sandbox.fault({.kind = florin::testing::Fault::Kind::rate_limited});
  const RawAnswer limited = client.post(customers, ana);
  BOOST_TEST(limited.status == 429);
  BOOST_TEST(same_json(limited.message.body(),
                       "{\"error\":{" + page("rate_limit_exceeded") +
                           R"("message":"Rate limit exceeded","type":"invalid_api_usage",)"
                           R"("code":429,"errors":[{"reason":"rate_limit_exceeded",)"
                           R"("message":"Rate limit exceeded"}]}})"));
  client.sandbox.fault({.kind = florin::testing::Fault::Kind::server_error});
  const RawAnswer failed = client.post(customers, ana);
  BOOST_TEST(failed.status == 500);
  BOOST_TEST(same_json(failed.message.body(),
                       error(failed, "internal_error",
                             R"("message":"Internal error","type":"gocardless","code":500)")));
  BOOST_TEST(client.sandbox.count() == 0u);
}

BOOST_AUTO_TEST_CASE(the_list_is_chained_by_cursors) {
  Client client;
  BOOST_TEST(client.get(customers).message.body() ==
             R"({"customers":[],"meta":{"cursors":{"before":null,"after":null},"limit":50}})");
  std::vector<string> ids;
  for (int i = 0; i < 5; ++i) ids.push_back(client.post(customers, ana).text("/customers/id"));
  client.remove(customers + '/' + ids[2]);
  const RawAnswer first = client.get(customers + "?limit=2");
  BOOST_TEST(each(first, "/customers", "/id") == ids[4] + ' ' + ids[3]);
  BOOST_TEST(first.text("/meta/limit") == "2");
  BOOST_TEST(first.text("/meta/cursors/before") == "null");
  const RawAnswer second =
      client.get(customers + "?limit=2&after=" + first.text("/meta/cursors/after"));
  BOOST_TEST(each(second, "/customers", "/id") == ids[1] + ' ' + ids[0]);
  BOOST_TEST(second.text("/meta/cursors/after") == "null");
  const RawAnswer back =
      client.get(customers + "?limit=2&before=" + second.text("/meta/cursors/before"));
  BOOST_TEST(each(back, "/customers", "/id") == ids[4] + ' ' + ids[3]);
  BOOST_TEST(each(client.get(customers + "?sort_field=created_at&sort_direction=asc&limit=1"),
                  "/customers", "/id") == ids[0]);
  BOOST_TEST(
      client.get(customers + "?created_at%5Blt%5D=2020-01-15T10:20:30.000Z").text("/customers") ==
      "[]");
  for (const string bad : {"?limit=501", "?limit=0", "?email=ana.example%40example.com",
                           "?after=nonsense", "?sort_direction=up"})
    BOOST_TEST(client.get(customers + bad).status == 422, bad);
}

BOOST_AUTO_TEST_CASE(an_update_is_partial_but_replaces_metadata) {
  Client client;
  const RawAnswer made = client.post(customers, ana);
  const string path = customers + '/' + made.text("/customers/id");
  const auto change = [&](const string& members) {
    return client.put(path, R"({"customers":{)" + members + "}}");
  };
  const string metadata = R"("metadata":{"merchant_customer_id":"mc-0001","tier":"gold"})";
  const RawAnswer changed = change(R"("phone_number":"+442079460999",)" + metadata);
  BOOST_TEST(changed.status == 200);
  BOOST_TEST(same_json(changed.message.body(),
                       with(with(made.message.body(), "+442079460000", "+442079460999"),
                            R"("metadata":{"merchant_customer_id":"mc-0001"})", metadata)));
  BOOST_TEST(client.get(path).message.body() == changed.message.body());
  BOOST_TEST(change(R"("metadata":{"plan":"b"})").text("/customers/metadata") == R"({"plan":"b"})");
  BOOST_TEST(change(R"("metadata":{})").text("/customers/metadata") == "{}");
  const RawAnswer cleared = change(R"("phone_number":null,"city":"")");
  BOOST_TEST(cleared.text("/customers/phone_number") == "null");
  BOOST_TEST(cleared.text("/customers/city") == "null");
  // A key on a PUT is nobody's.
  const Headers key{{"Idempotency-Key", "k-1"}};
  for (int i = 0; i < 2; ++i)
    BOOST_TEST(client.put(path, R"({"customers":{"city":"London"}})", key).status == 200);
  const auto refused = [&](const string& members) {
    const RawAnswer answer = change(members);
    BOOST_TEST(answer.status == 422);
    return answer.text("/error/errors/0/field");
  };
  BOOST_TEST(refused(R"("given_name":"")") == "given_name");
  BOOST_TEST(refused(R"("country_code":"gb")") == "country_code");
  BOOST_TEST(refused(R"("metadata":{"a":"1","b":"2","c":"3","d":"4"})") == "d");
  BOOST_TEST(change(R"("swedish_identity_number":"556564-5404")").status == 200);
  BOOST_TEST(refused(R"("swedish_identity_number":"556564-5405")") == "swedish_identity_number");
  BOOST_TEST(change(R"("company_name":"Example","given_name":null)").status == 200);
  BOOST_TEST(
      client.put(customers + "/CU0000FAKE9999", R"({"customers":{"city":"London"}})").status ==
      404);
  client.remove(path);
  BOOST_TEST(change(R"("city":"London")").status == 404);
}

BOOST_AUTO_TEST_SUITE_END()
