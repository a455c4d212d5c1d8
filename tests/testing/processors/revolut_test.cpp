// SPDX-License-Identifier: Apache-2.0
#include <florin/testing/processors/revolut.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

#include "json_client.hpp"

BOOST_AUTO_TEST_SUITE(testing_processors_revolut)

namespace {

using namespace florin_test;
using florin::testing::Fault;
using std::string;

const string customers = "/api/customers";
const string unknown = customers + "/0fa4e000-0000-4000-8000-00000000c001";
const string ana =
    R"({"email":"ana.example@example.com","full_name":"Ana Example","phone":"+441234567890"})";

struct Client : JsonClient {
  Client()
      : JsonClient(florin::testing::revolut(),
                   {{"Authorization", "Bearer sk_FAKEfakeFAKEfakeFAKEfake0001"},
                    {"Revolut-Api-Version", "2026-04-20"},
                    {"Accept", "application/json"}}) {}
};

string error(const string& code, const string& message) {
  return R"({"code":")" + code + R"(","message":")" + message + R"(","timestamp":1768472430000})";
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_customer_is_created_and_read) {
  Client client;
  const RawAnswer made = client.post(customers, ana);
  BOOST_TEST(made.status == 201);
  const string id = made.text("/id");
  BOOST_TEST(id.size() == 36u);
  BOOST_TEST(made.text("/created_at").size() == 27u);
  const string whole = R"({"id":")" + id +
                       R"(","full_name":"Ana Example","email":"ana.example@example.com",)"
                       R"("phone":"+441234567890","created_at":")" +
                       made.text("/created_at") + R"(","updated_at":")" + made.text("/updated_at") +
                       "\"}";
  BOOST_TEST(same_json(made.message.body(), whole));
  BOOST_TEST((client.stored() == Fields{{"email", "ana.example@example.com"},
                                        {"full_name", "Ana Example"},
                                        {"phone", "+441234567890"}}));
  const RawAnswer read = client.get(customers + '/' + id);
  BOOST_TEST(read.status == 200);
  BOOST_TEST(same_json(read.message.body(), with(whole, "\"}", R"(","payment_methods":[]})")));
}

BOOST_AUTO_TEST_CASE(an_email_alone_is_enough_and_may_come_twice) {
  Client client;
  const RawAnswer made = client.post(customers, R"({"email":"ana.example@example.com"})");
  BOOST_TEST(made.status == 201);
  BOOST_TEST(made.text("/full_name") == "(absent)");
  BOOST_TEST(client.post(customers, with(ana, "}", R"(,"date_of_birth":"1990-01-31"})"))
                 .text("/date_of_birth") == "(absent)");
  BOOST_TEST(client.sandbox.count() == 2u);
}

BOOST_AUTO_TEST_CASE(refusals) {
  Client client;
  const auto answered = [&](const RawAnswer& answer, int status, const string& body) {
    BOOST_TEST(answer.status == status);
    BOOST_TEST(same_json(answer.message.body(), body), answer.message.body());
  };
  answered(client.post(customers, R"({"full_name":"Ana"})"), 400,
           error("bad_request", "email must not be null"));
  answered(client.post(customers, R"({"email":"ana"})"), 422,
           error("validation", "email must be a well-formed email address"));
  for (const string wrong : {R"("phone":"441234567890")", R"("phone":"+44x")", R"("full_name":"")",
                             R"("date_of_birth":"1.1.1990")", R"("full_name":null)", R"("m":"x")"})
    BOOST_TEST(client.post(customers, R"({"email":"a@b.c",)" + wrong + "}").status == 422, wrong);
  answered(client.post(customers, "{"), 400, error("bad_request", "Invalid request"));
  BOOST_TEST(client.post(customers, ana, {{"Authorization", "Bearer sk_WRONG"}}).status == 401);
  answered(client.post_without("Authorization", customers, ana), 401,
           R"({"code":1004,"timestamp":1768472430000})");
  answered(
      client.post(customers, ana, {{"Authorization", "Bearer sk_FAKEfakeFAKEfakeFAKEfake0002"}}),
      403, error("forbidden", "The requested operation is forbidden"));
  answered(client.get(unknown), 404, error("not_found", "Customer not found"));
  answered(client.get(customers + "/cus_1"), 400, error("bad_request", "The id is not a UUID"));
  BOOST_TEST(client.put(customers, ana).status == 405);
  BOOST_TEST(client.post(customers, ana, {{"Accept", "text/html"}}).status == 406);
  BOOST_TEST(client.sandbox.count() == 0u);
  client.sandbox.fault({.kind = Fault::Kind::rate_limited});
  BOOST_TEST(client.post(customers, ana).status == 429);
  client.sandbox.fault({.kind = Fault::Kind::server_error});
  answered(client.post(customers, ana), 500, R"({"code":1000,"timestamp":1768472430000})");
}

BOOST_AUTO_TEST_CASE(the_version_is_required_and_older_ones_have_no_customers) {
  Client client;
  BOOST_TEST(client.post_without("Revolut-Api-Version", customers, ana).status == 400);
  BOOST_TEST(client.post(customers, ana, {{"Revolut-Api-Version", "2024-05-01"}}).status == 404);
  BOOST_TEST(client.post(customers, ana, {{"Revolut-Api-Version", "2024-09-01"}}).status == 201);
}

BOOST_AUTO_TEST_CASE(an_update_changes_what_it_sends) {
  Client client;
  const RawAnswer made = client.post(customers, ana);
  const string path = customers + '/' + made.text("/id");
  const RawAnswer changed = client.patch(path, R"({"email":"ana.new@example.com"})");
  BOOST_TEST(changed.status == 200);
  BOOST_TEST(changed.text("/email") == "ana.new@example.com");
  BOOST_TEST(changed.text("/payment_methods") == "[]");
  for (const string kept : {"/id", "/created_at", "/full_name", "/phone"})
    BOOST_TEST(changed.text(kept) == made.text(kept), kept);
  BOOST_TEST(client.patch(path, R"({"phone":null})").status == 422);
  BOOST_TEST(client.patch(path, R"({"phone":""})").status == 422);
  BOOST_TEST(client.patch(unknown, R"({"email":"a@b.c"})").status == 404);
}

BOOST_AUTO_TEST_CASE(a_deleted_customer_is_unknown) {
  Client client;
  const string path = customers + '/' + client.post(customers, ana).text("/id");
  const RawAnswer removed = client.remove(path);
  BOOST_TEST(removed.status == 204);
  BOOST_TEST(removed.message.body().empty());
  BOOST_TEST(client.get(path).text("/code") == "not_found");
  BOOST_TEST(client.remove(path).status == 404);
  BOOST_TEST(client.get(customers).message.body() == R"({"customers":[]})");
}

BOOST_AUTO_TEST_CASE(pages_are_chained_by_tokens) {
  Client client;
  const string one = client.post(customers, ana).text("/id");
  const string two = client.post(customers, ana).text("/id");
  const auto found = [](const RawAnswer& page) { return each(page, "/customers", "/id"); };
  const string query = customers + "?limit=1&from=2026-01-01T00%3A00%3A00Z";
  const RawAnswer page = client.get(query);
  BOOST_TEST(found(page) == two);
  BOOST_TEST(page.text("/customers/0/payment_methods") == "(absent)");
  BOOST_TEST(page.text("/next_page_token") == two);
  const RawAnswer next = client.get(query + "&page_token=" + page.text("/next_page_token"));
  BOOST_TEST(found(next) == one);
  BOOST_TEST(next.text("/next_page_token") == "(absent)");
  BOOST_TEST(found(client.get(customers + "?to=2020-01-01T00%3A00%3A00Z")) == "");
  BOOST_TEST(client.get(customers + "?limit=501").status == 422);
  BOOST_TEST(client.get(customers + "?email=a%40b.c").status == 422);
}

BOOST_AUTO_TEST_SUITE_END()
