// SPDX-License-Identifier: Apache-2.0
#include <florin/testing/processors/finix.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

#include "json_client.hpp"

BOOST_AUTO_TEST_SUITE(testing_processors_finix)

namespace {

using namespace florin_test;
using std::string;

const string identities = "/identities";
const string ana =
    R"({"identity_roles":["BUYER"],"type":"PERSONAL",)"
    R"("entity":{"first_name":"Ana","last_name":"Example","email":"ana@example.com",)"
    R"("phone":"5555550100","personal_address":{"line1":"1 Example Street","line2":"Apt 2",)"
    R"("city":"Springfield","region":"IL","postal_code":"62701","country":"USA"}},)"
    R"("tags":{"merchant_customer_id":"m-1001","tier":"gold"}})";

struct Client : JsonClient {
  Client()
      : JsonClient(florin::testing::finix(),
                   {{"Authorization", "Basic VVNmYWtldXNlcm5hbWU6ZmFrZS1wYXNzd29yZC0wMDAw"},
                    {"Finix-Version", "2022-02-01"},
                    {"Accept", "application/json"}}) {}
};

}  // namespace

BOOST_AUTO_TEST_CASE(an_identity_is_created_and_read) {
  Client client;
  const RawAnswer made = client.post(identities, ana);
  BOOST_TEST(made.status == 201);
  BOOST_TEST(made.header("x-request-id").size() == 36u);
  const string id = made.text("/id");
  BOOST_TEST(id.starts_with("ID"));
  BOOST_TEST(id.size() == 24u);
  BOOST_TEST(made.text("/created_at").size() == 23u);
  BOOST_TEST(made.text("/created_at").ends_with('Z'));
  BOOST_TEST(made.text("/entity/business_type") == "null");
  BOOST_TEST(made.text("/identity_roles") == R"(["BUYER"])");
  BOOST_TEST(made.text("/type") == "PERSONAL");
  BOOST_TEST(made.text("/_links/self/href") == client.sandbox.base_url() + "/identities/" + id);
  const auto sent = boost::json::parse(ana);
  const auto got = made.json();
  BOOST_TEST((got.at("tags") == sent.at("tags")));
  for (const auto& member : sent.at("entity").as_object())
    BOOST_TEST((got.at("entity").at(member.key()) == member.value()), string(member.key()));
  BOOST_TEST(client.sandbox.count("m-1001") == 1u);
  BOOST_TEST((client.stored() == Fields{{"identity_roles[0]", "BUYER"},
                                        {"type", "PERSONAL"},
                                        {"entity.first_name", "Ana"},
                                        {"entity.last_name", "Example"},
                                        {"entity.email", "ana@example.com"},
                                        {"entity.phone", "5555550100"},
                                        {"entity.personal_address.line1", "1 Example Street"},
                                        {"entity.personal_address.line2", "Apt 2"},
                                        {"entity.personal_address.city", "Springfield"},
                                        {"entity.personal_address.region", "IL"},
                                        {"entity.personal_address.postal_code", "62701"},
                                        {"entity.personal_address.country", "USA"},
                                        {"tags.merchant_customer_id", "m-1001"},
                                        {"tags.tier", "gold"}}));
  BOOST_TEST(client.get("/identities/" + id).message.body() == made.message.body());
}

BOOST_AUTO_TEST_CASE(nothing_is_required_and_nothing_is_a_duplicate) {
  Client client;
  const RawAnswer made = client.post(identities, "{}");
  BOOST_TEST(made.status == 201);
  BOOST_TEST(made.text("/entity/personal_address") == "null");
  BOOST_TEST(made.text("/tags") == "{}");
  BOOST_TEST(client.post(identities, ana).text("/id") != client.post(identities, ana).text("/id"));
  BOOST_TEST(client.sandbox.count() == 3u);
}

BOOST_AUTO_TEST_CASE(invalid_fields) {
  Client client;
  const auto refused = [&](const string& body) {
    const RawAnswer given = client.post(identities, body);
    BOOST_TEST(given.status == 422);
    BOOST_TEST(given.text("/_embedded/errors/0/code") == "INVALID_FIELD");
    return given.text("/_embedded/errors/0/field");
  };
  const RawAnswer given = client.post(identities, with(ana, "ana@example.com", "ana"));
  BOOST_TEST(same_json(given.message.body(),
                       R"({"total":1,"_embedded":{"errors":[{"logref":")" +
                           given.text("/_embedded/errors/0/logref") +
                           R"(","message":"Invalid value for email","code":"INVALID_FIELD",)"
                           R"("field":"entity.email","_links":{"source":{"href":")" +
                           client.sandbox.base_url() + R"(/identities"}}}]}})"));
  BOOST_TEST(refused(with(ana, "Ana", string(21, 'x'))) == "entity.first_name");
  BOOST_TEST(refused(with(ana, "USA", "US")) == "entity.personal_address.country");
  BOOST_TEST(refused(with(ana, "IL", "Illinois")) == "entity.personal_address.region");
  BOOST_TEST(refused(with(ana, R"("city":"Springfield",)", "")) == "entity.personal_address.city");
  BOOST_TEST(refused(with(ana, "gold", string(501, 'x'))) == "tags.tier");
  BOOST_TEST(refused(with(ana, "tier", string(41, 'k'))) == "tags." + string(41, 'k'));
  BOOST_TEST(refused(R"({"entity":{"business_type":"X"}})") == "entity.business_type");
  BOOST_TEST(client.post(identities, with(ana, "Ana", string(20, 'x'))).status == 201);
  BOOST_TEST(client.sandbox.count() == 1u);
}

BOOST_AUTO_TEST_CASE(other_refusals) {
  Client client;
  const auto code = [](const RawAnswer& given, int status) {
    BOOST_TEST(given.status == status);
    return given.text("/_embedded/errors/0/code");
  };
  const RawAnswer wrong =
      client.post(identities, ana, {{"Authorization", "Basic VVNmYWtlOndyb25n"}});
  BOOST_TEST(code(wrong, 401) == "UNKNOWN");
  BOOST_TEST(wrong.text("/_embedded/errors/0/message") == "Unauthorized");
  BOOST_TEST(wrong.text("/_embedded/errors/0/field") == "(absent)");
  BOOST_TEST(code(client.post_without("Authorization", identities, ana), 401) == "UNKNOWN");
  const Headers reader{{"Authorization", "Basic VVNmYWtlcmVhZGVyOmZha2UtcGFzc3dvcmQtMDAwMQ=="}};
  BOOST_TEST(code(client.post(identities, ana, reader), 403) == "FORBIDDEN");
  BOOST_TEST(code(client.get("/identities/IDfake"), 404) == "NOT_FOUND");
  BOOST_TEST(code(client.post_without("Finix-Version", identities, ana), 400) == "BAD_REQUEST");
  BOOST_TEST(code(client.post(identities, "{"), 400) == "BAD_REQUEST");
  BOOST_TEST(code(client.call(http::verb::delete_, identities), 405) == "METHOD_NOT_ALLOWED");
  BOOST_TEST(code(client.post(identities, ana, {{"Accept", "text/html, text/*"}}), 406) ==
             "NOT_ACCEPTABLE");
  BOOST_TEST(client.sandbox.count() == 0u);
  for (const char* const accept : {"application/hal+json", "text/html, */*;q=0.1", "application/*"})
    BOOST_TEST(client.post(identities, ana, {{"Accept", accept}}).status == 201);
  BOOST_TEST(client.post_without("Accept", identities, ana).status == 201);
}

BOOST_AUTO_TEST_CASE(identities_are_found_by_tag_and_email) {
  Client client;
  const string id = client.post(identities, ana).text("/id");
  const string other =
      client.post(identities, R"({"entity":{"email":"bo@example.com"},"tags":{"tier":"m-1001"}})")
          .text("/id");
  const auto found = [&](const string& query) {
    return each(client.get(identities + "?" + query), "/_embedded/identities", "/id");
  };
  BOOST_TEST(found("tags.key=merchant_customer_id&tags.value=m-1001&limit=10") == id);
  BOOST_TEST(found("tags.key=tier&tags.value=gold") == id);
  BOOST_TEST(found("tags.key=tier") == other + ' ' + id);
  BOOST_TEST(found("tags.value=m-1001") == other + ' ' + id);
  BOOST_TEST(found("email=ana%40example.com") == id);
  BOOST_TEST(found("email=example.com") == other + ' ' + id);
  BOOST_TEST(found("email=example") == "");
  BOOST_TEST(found("first_name=Ana&last_name=Example") == id);
  BOOST_TEST(found("id=" + other) == other);
  BOOST_TEST(found("created_at.gte=2020-01-05T08:00:00.00Z") == other + ' ' + id);
  BOOST_TEST(found("created_at.lte=2020-01-05") == "");
  const RawAnswer none = client.get(identities + "?email=none%40example.com");
  BOOST_TEST(none.status == 200);
  BOOST_TEST(none.text("/_embedded/identities") == "[]");
  BOOST_TEST(none.text("/page") == R"({"limit":10,"next_cursor":null})");
  BOOST_TEST(client.get(identities + "?created_at.gte=soon").status == 422);
  BOOST_TEST(client.get(identities + "?business_type=LLC").status == 422);
}

BOOST_AUTO_TEST_CASE(pages_are_chained_by_cursors) {
  Client client;
  const string body = R"({"entity":{"email":"ana@example.com"}})";
  const string first = client.post(identities, body).text("/id");
  const string second = client.post(identities, body).text("/id");
  const string query = identities + "?email=ana%40example.com&limit=1";
  const RawAnswer page = client.get(query);
  BOOST_TEST(each(page, "/_embedded/identities", "/id") == second);
  BOOST_TEST(page.text("/page") == R"({"limit":1,"next_cursor":")" + second + R"("})");
  const RawAnswer next = client.get(query + "&after_cursor=" + second);
  BOOST_TEST(each(next, "/_embedded/identities", "/id") == first);
  BOOST_TEST(next.text("/page") == R"({"limit":1,"next_cursor":null})");
  BOOST_TEST(each(client.get(query + "&before_cursor=" + first), "/_embedded/identities", "/id") ==
             second);
  BOOST_TEST(client.get(query + "&after_cursor=ID").status == 404);
}

BOOST_AUTO_TEST_CASE(there_is_no_deletion) {
  Client client;
  const string id = client.post(identities, ana).text("/id");
  BOOST_TEST(client.remove(identities + '/' + id).status == 405);
  BOOST_TEST(client.sandbox.count() == 1u);
}

BOOST_AUTO_TEST_CASE(an_update_is_partial_but_replaces_tags_and_address) {
  Client client;
  const RawAnswer made = client.post(identities, ana);
  const string path = identities + '/' + made.text("/id");
  const RawAnswer changed = client.put(
      path, R"({"entity":{"first_name":"Ana","last_name":"Sample","email":"ana@example.com",)"
            R"("phone":"5555550100"},"tags":{"merchant_customer_id":"m-1001","tier":"silver"}})");
  BOOST_TEST(changed.status == 200);
  BOOST_TEST(changed.text("/entity/last_name") == "Sample");
  BOOST_TEST(changed.text("/tags") == R"({"merchant_customer_id":"m-1001","tier":"silver"})");
  BOOST_TEST(changed.text("/identity_roles") == R"(["BUYER"])");
  for (const string kept : {"/id", "/created_at", "/type", "/entity/personal_address"})
    BOOST_TEST(changed.text(kept) == made.text(kept), kept);
  BOOST_TEST(client.put(path, R"({"tags":{"plan":"b"}})").text("/tags") == R"({"plan":"b"})");
  const RawAnswer cleared =
      client.put(path, R"({"entity":{"phone":null,"last_name":"","personal_address":null},)"
                       R"("tags":null})");
  BOOST_TEST(cleared.status == 200);
  for (const string gone : {"/entity/phone", "/entity/last_name", "/entity/personal_address"})
    BOOST_TEST(cleared.text(gone) == "null", gone);
  BOOST_TEST(cleared.text("/tags") == "{}");
  BOOST_TEST(cleared.text("/entity/first_name") == "Ana");
  BOOST_TEST(client.get(path).message.body() == cleared.message.body());
  const auto refused = [&](const string& body) {
    const RawAnswer answer = client.put(path, body);
    return std::to_string(answer.status) + ' ' + answer.text("/_embedded/errors/0/field");
  };
  BOOST_TEST(refused(R"({"type":"PERSONAL"})") == "422 type");
  BOOST_TEST(refused(R"({"entity":{"business_type":"LLC"}})") == "422 entity.business_type");
  BOOST_TEST(refused(R"({"entity":{"first_name":"012345678901234567890"}})") ==
             "422 entity.first_name");
  BOOST_TEST(refused(R"({"entity":{"personal_address":{"city":"Springfield"}}})") ==
             "422 entity.personal_address.line1");
  const RawAnswer missing = client.put(identities + "/IDfAkEmIsSiNg000000000", "{}");
  BOOST_TEST(missing.status == 404);
  BOOST_TEST(missing.text("/_embedded/errors/0/code") == "NOT_FOUND");
}

BOOST_AUTO_TEST_SUITE_END()
