// SPDX-License-Identifier: Apache-2.0
#include <florin/testing/processors/stax.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

#include "json_client.hpp"

BOOST_AUTO_TEST_SUITE(testing_processors_stax)

namespace {

using namespace florin_test;
using std::string;

const string ana =
    R"({"firstname":"Ana","lastname":"Example","email":"ana@example.com","phone":"15555550100",)"
    R"("address_1":"1 Example Street","address_2":"Apt 2","address_city":"Springfield",)"
    R"("address_state":"IL","address_zip":"62701","address_country":"USA",)"
    R"("notes":"Example buyer","reference":"m-1001"})";

struct Client : JsonClient {
  Client()
      : JsonClient(florin::testing::stax(), {{"Authorization", "Bearer eyFAKE.eyFAKE.FAKESIG"},
                                             {"Accept", "application/json"}}) {}
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_customer_is_created_and_read) {
  Client client;
  const RawAnswer made = client.post("/customer", ana);
  BOOST_TEST(made.status == 200);
  const string id = made.text("/id");
  BOOST_TEST(id.size() == 36u);
  const string time = made.text("/created_at");
  BOOST_TEST(time.size() == 19u);
  BOOST_TEST(time.find_first_not_of("0123456789-: ") == string::npos);
  const string whole =
      R"({"id":")" + id + R"(","created_at":")" + time + R"(","updated_at":")" + time +
      R"(","company":null,"cc_emails":null,"cc_sms":null,"options":null,"deleted_at":null,)"
      R"("allow_invoice_credit_card_payments":true,"has_address":true,)"
      R"("gravatar":"//www.gravatar.com/avatar/00000000000000000000000000000000",)"
      R"("missing_address_components":[],)" +
      ana.substr(1);
  BOOST_TEST(same_json(made.message.body(), whole));
  BOOST_TEST(client.sandbox.count("m-1001") == 1u);
  BOOST_TEST((client.stored() == Fields{{"firstname", "Ana"},
                                        {"lastname", "Example"},
                                        {"email", "ana@example.com"},
                                        {"phone", "15555550100"},
                                        {"address_1", "1 Example Street"},
                                        {"address_2", "Apt 2"},
                                        {"address_city", "Springfield"},
                                        {"address_state", "IL"},
                                        {"address_zip", "62701"},
                                        {"address_country", "USA"},
                                        {"notes", "Example buyer"},
                                        {"reference", "m-1001"}}));
  BOOST_TEST(client.get("/customer/" + id).message.body() == made.message.body());
}

BOOST_AUTO_TEST_CASE(the_same_again_makes_another_customer) {
  Client client;
  const string body = R"({"company":"Example","cc_emails":["a@b.c"],"options":{"x":[{"y":1}]}})";
  const Headers key{{"Idempotency-Key", "k-1"}};
  BOOST_TEST(client.post("/customer", body, key).text("/id") !=
             client.post("/customer", body, key).text("/id"));
  BOOST_TEST(client.sandbox.count() == 2u);
}

BOOST_AUTO_TEST_CASE(refusals) {
  Client client;
  const auto refused = [&](const string& body, const string& answer) {
    const RawAnswer given = client.post("/customer", body);
    BOOST_TEST(given.status == 422);
    BOOST_TEST(given.message.body() == answer);
  };
  refused(R"({"email":"ana"})", R"({"email":["The email must be a valid email address."]})");
  refused(with(ana, "15555550100", "+15555550100"), R"({"phone":["The phone is invalid."]})");
  refused(with(ana, "15555550100", "555550100"), R"({"phone":["The phone is invalid."]})");
  refused(with(ana, "Ana", string(256, 'x')), R"({"firstname":["The firstname is too long."]})");
  refused(with(ana, "IL", "ILL"), R"({"address_state":["The address_state is too long."]})");
  refused(with(ana, "m-1001", string(256, 'x')), R"({"reference":["The reference is too long."]})");
  const RawAnswer missing = client.post("/customer", R"({"phone":"15555550100"})");
  BOOST_TEST(missing.status == 422);
  BOOST_TEST(
      missing.text("/email/0") ==
      "The email field is required when none of firstname / lastname / company are present.");
  BOOST_TEST(
      missing.text("/company/0") ==
      "The company field is required when none of firstname / lastname / email are present.");
  BOOST_TEST(client.post("/customer", ana, {{"Authorization", "Bearer other"}}).status == 401);
  BOOST_TEST(client.post_without("Authorization", "/customer", ana).status == 401);
  const RawAnswer role =
      client.post("/customer", ana, {{"Authorization", "Bearer eyFAKE.eyREAD.FAKESIG"}});
  BOOST_TEST(role.status == 401);
  BOOST_TEST(role.message.body() == R"(["not team admin"])");
  const RawAnswer unknown = client.get("/customer/0a1b2c3d-0000-4000-8000-00000000fa4e");
  BOOST_TEST(unknown.status == 404);
  BOOST_TEST(unknown.message.body() == R"({"id":"customer not found"})");
  BOOST_TEST(client.sandbox.count() == 0u);
  BOOST_TEST(client.post("/customer", with(ana, "Ana", string(255, 'x'))).status == 200);
}

BOOST_AUTO_TEST_CASE(a_deleted_customer_is_kept_with_its_time) {
  Client client;
  const string path = "/customer/" + client.post("/customer", ana).text("/id");
  const RawAnswer removed = client.remove(path);
  BOOST_TEST(removed.status == 200);
  BOOST_TEST(removed.text("/firstname") == "Ana");
  BOOST_TEST(removed.text("/reference") == "m-1001");
  BOOST_TEST(removed.text("/deleted_at").size() == 19u);
  BOOST_TEST(removed.text("/deleted_at") == removed.text("/updated_at"));
  BOOST_TEST(client.sandbox.count() == 0u);
  BOOST_TEST(client.get(path).message.body() == removed.message.body());
  BOOST_TEST(client.put(path, ana).status == 404);
  for (const string& gone : {path, string("/customer/00000000-0000-4000-8000-000000000404")}) {
    const RawAnswer unknown = client.remove(gone);
    BOOST_TEST(unknown.status == 422);
    BOOST_TEST(unknown.message.body() == R"({"id":"customer not found"})");
  }
}

BOOST_AUTO_TEST_CASE(customers_are_found_page_by_page) {
  Client client;
  std::vector<string> ids;
  for (int i = 0; i < 3; ++i) ids.push_back(client.post("/customer", ana).text("/id"));
  client.post("/customer", R"({"company":"Example","reference":"m-10011"})");
  const RawAnswer first = client.get("/customer?reference=m-1001&page=1&per_page=2");
  BOOST_TEST(first.status == 200);
  BOOST_TEST(each(first, "/data", "/id") == ids[2] + ' ' + ids[1]);
  BOOST_TEST(first.text("/total") == "3");
  BOOST_TEST(first.text("/per_page") == "2");
  BOOST_TEST(first.text("/current_page") == "1");
  BOOST_TEST(first.text("/last_page") == "2");
  BOOST_TEST(first.text("/next_page_url") ==
             client.sandbox.base_url() + "/customer?reference=m-1001&per_page=2&page=2");
  BOOST_TEST(first.text("/prev_page_url") == "null");
  BOOST_TEST(first.text("/from") + ' ' + first.text("/to") == "1 2");
  const RawAnswer second = client.get("/customer?reference=m-1001&page=2&per_page=2");
  BOOST_TEST(each(second, "/data", "/id") == ids[0]);
  BOOST_TEST(second.text("/next_page_url") == "null");
  BOOST_TEST(second.text("/prev_page_url").ends_with("page=1"));
  BOOST_TEST(second.text("/from") + ' ' + second.text("/to") == "3 3");
  BOOST_TEST(client.get("/customer?reference=m-1001&page=3&per_page=2").text("/data") == "[]");
  BOOST_TEST(
      same_json(client.get("/customer?email=none%40example.com").message.body(),
                R"({"total":0,"per_page":50,"current_page":1,"last_page":1,"next_page_url":null,)"
                R"("prev_page_url":null,"from":null,"to":null,"data":[]})"));
  BOOST_TEST(client.get("/customer?email=ana%40example.com").text("/total") == "3");
  BOOST_TEST(client.get("/customer?sort=created_at&order=ASC").text("/data/0/id") == ids[0]);
  BOOST_TEST(client.get("/customer?per_page=1000").text("/per_page") == "100");
  client.remove("/customer/" + ids[1]);
  BOOST_TEST(each(client.get("/customer?reference=m-1001"), "/data", "/id") ==
             ids[2] + ' ' + ids[0]);
  BOOST_TEST(client.get("/customer?page=0").status == 422);
  BOOST_TEST(client.get("/customer?color=red").status == 422);
}

BOOST_AUTO_TEST_CASE(an_update_names_the_customer_again) {
  Client client;
  const RawAnswer made = client.post("/customer", ana);
  const string path = "/customer/" + made.text("/id");
  const RawAnswer changed = client.put(path, R"({"firstname":"Ana","lastname":"Sample",)"
                                             R"("email":"ana@example.com","reference":"m-1001"})");
  BOOST_TEST(changed.status == 200);
  BOOST_TEST(changed.text("/lastname") == "Sample");
  for (const string kept : {"/id", "/phone", "/notes", "/reference", "/created_at", "/deleted_at"})
    BOOST_TEST(changed.text(kept) == made.text(kept), kept);
  BOOST_TEST(client.get(path).message.body() == changed.message.body());
  const RawAnswer cleared =
      client.put(path, R"({"firstname":"Ana","phone":"","notes":null,"lastname":null})");
  for (const string gone : {"/phone", "/notes", "/lastname"})
    BOOST_TEST(cleared.text(gone) == "null", gone);
  for (const string nameless :
       {"{}", R"({"phone":"15555550100"})", R"({"firstname":"","email":null})"}) {
    const RawAnswer refused = client.put(path, nameless);
    BOOST_TEST(refused.status == 422, nameless);
    BOOST_TEST(
        refused.text("/email/0") ==
        "The email field is required when none of firstname / lastname / company are present.");
  }
  BOOST_TEST(client.put(path, R"({"firstname":"Ana","address_state":"ILL"})").status == 422);
  BOOST_TEST(client.put("/customer/00000000-0000-4000-8000-000000000404", ana).message.body() ==
             R"({"id":"customer not found"})");
}

BOOST_AUTO_TEST_SUITE_END()
