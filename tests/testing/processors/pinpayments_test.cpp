// SPDX-License-Identifier: Apache-2.0
#include <florin/testing/processors/pinpayments.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

#include "json_client.hpp"

BOOST_AUTO_TEST_SUITE(testing_processors_pinpayments)

namespace {

using namespace florin_test;
using florin::testing::Fault;
using std::string;

const string customers = "/1/customers";
const string ana =
    R"({"email":"ana.example@example.com","first_name":"Ana","last_name":"Example",)"
    R"("phone_number":"1300 000 000","notes":"mc-0001","card_token":"card_AbCdEfGhIjKlMnOpQrStUv"})";

struct Client : JsonClient {
  Client()
      : JsonClient(florin::testing::pinpayments(),
                   {{"Authorization", "Basic RmFrZVBpblNlY3JldEtleTAwMDE6"}}) {}
};

string invalid(const string& description, const string& message) {
  return R"({"error":"invalid_resource","error_description":")" + description +
         R"(","messages":[)" + message + "]}";
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_customer_is_created_and_read) {
  Client client;
  const RawAnswer made = client.post(customers, ana);
  BOOST_TEST(made.status == 201);
  const string id = made.text("/response/token");
  BOOST_TEST(id.starts_with("cus_"));
  BOOST_TEST(id.size() == 26u);
  BOOST_TEST(same_json(
      made.message.body(),
      R"({"response":{"token":")" + id +
          R"(","email":"ana.example@example.com","first_name":"Ana","last_name":"Example",)"
          R"("phone_number":"1300 000 000","company":null,"notes":"mc-0001","created_at":")" +
          made.text("/response/created_at") +
          R"(","card":{"token":"card_AbCdEfGhIjKlMnOpQrStUv","scheme":"master",)"
          R"("display_number":"XXXX-XXXX-XXXX-0000","issuing_country":"AU","expiry_month":5,)"
          R"("expiry_year":2030,"name":null,"address_line1":null,"address_line2":null,)"
          R"("address_city":null,"address_postcode":null,"address_state":null,)"
          R"("address_country":null,"customer_token":")" +
          id + R"(","primary":true}}})"));
  BOOST_TEST((client.stored() == Fields{{"email", "ana.example@example.com"},
                                        {"first_name", "Ana"},
                                        {"last_name", "Example"},
                                        {"phone_number", "1300 000 000"},
                                        {"notes", "mc-0001"},
                                        {"card_token", "card_AbCdEfGhIjKlMnOpQrStUv"}}));
  BOOST_TEST(client.get(customers + '/' + id).message.body() == made.message.body());
}

BOOST_AUTO_TEST_CASE(a_form_and_a_whole_card_will_do) {
  Client client;
  const Headers form{{"Content-Type", "application/x-www-form-urlencoded"}};
  const RawAnswer token =
      client.post(customers, "email=ana.example%40example.com&card_token=card_1", form);
  BOOST_TEST(token.status == 201);
  BOOST_TEST(token.text("/response/card/token") == "card_1");
  BOOST_TEST(client
                 .post(customers,
                       "email=ana.example%40example.com&card%5Bnumber%5D=0&card%5Bname%5D=Ana",
                       form)
                 .status == 201);
  const RawAnswer whole = client.post(
      customers, R"({"email":"a@b.c","card":{"number":"0","name":"Ana","address_city":"Perth"}})");
  BOOST_TEST(whole.text("/response/card/address_city") == "Perth");
  const string path = customers + '/' + token.text("/response/token");
  BOOST_TEST(client.put(path, "notes=x", form).text("/response/notes") == "x");
  BOOST_TEST(client.post(customers, "{", {{"Content-Type", "text/plain"}}).status == 400);
}

BOOST_AUTO_TEST_CASE(refusals) {
  Client client;
  const auto answered = [&](const RawAnswer& answer, int status, const string& body) {
    BOOST_TEST(answer.status == status);
    BOOST_TEST(same_json(answer.message.body(), body), answer.message.body());
  };
  const string blank = "One or more parameters were missing or invalid.";
  answered(client.post(customers, with(ana, "ana.example@example.com", "")), 422,
           invalid(blank, R"({"param":"email","code":"email_invalid",)"
                          R"("message":"Email can't be blank"})"));
  answered(client.post(customers, R"({"card_token":"card_1"})"), 422,
           invalid(blank, R"({"param":"email","code":"email_invalid",)"
                          R"("message":"[\"is required\"]"})"));
  answered(client.post(customers, with(ana, "ana.example@", "@")), 422,
           invalid("The current resource was deemed invalid.",
                   R"({"param":"email","code":"email_invalid","message":"Email is not valid"})"));
  const RawAnswer cardless = client.post(customers, R"({"email":"a@b.c"})");
  BOOST_TEST(cardless.status == 422);
  BOOST_TEST(cardless.text("/messages/0/param") == "card_token");
  for (const string wrong :
       {R"("first_name":1)", R"("notes":"")", R"("company":null)", R"("metadata":{"a":"b"})"})
    BOOST_TEST(client.post(customers, with(ana, "{", "{" + wrong + ",")).status == 422, wrong);
  BOOST_TEST(client.post(customers, "{").status == 400);
  const string denied =
      R"({"error":"unauthenticated","error_description":"Not authorised. (Check API Key)."})";
  answered(client.post(customers, ana, {{"Authorization", "Basic V3Jvbmc6"}}), 401, denied);
  answered(client.post_without("Authorization", customers, ana), 401, denied);
  answered(
      client.get(customers + "/cus_1"), 404,
      R"({"error":"not_found","error_description":"The requested resource could not be found."})");
  BOOST_TEST(client.sandbox.count() == 0u);
  client.sandbox.fault({.kind = Fault::Kind::rate_limited});
  BOOST_TEST(client.post(customers, ana).status == 429);
}

BOOST_AUTO_TEST_CASE(an_update_changes_what_it_sends) {
  Client client;
  const RawAnswer made = client.post(customers, ana);
  const string path = customers + '/' + made.text("/response/token");
  const RawAnswer changed =
      client.put(path, R"({"email":"ana.new@example.com","card_token":"card_2"})");
  BOOST_TEST(changed.status == 200);
  BOOST_TEST(changed.text("/response/email") == "ana.new@example.com");
  BOOST_TEST(changed.text("/response/card/token") == "card_2");
  for (const string kept : {"/response/token", "/response/first_name", "/response/notes"})
    BOOST_TEST(changed.text(kept) == made.text(kept), kept);
  BOOST_TEST(client.get(path).message.body() == changed.message.body());
  BOOST_TEST(client.put(path, R"({"primary_card_token":"card_1"})").text("/response/card/token") ==
             "card_1");
  BOOST_TEST(client.put(path, R"({"primary_card_token":"card_1","card_token":"card_2"})").status ==
             422);
  BOOST_TEST(client.put(path, R"({"email":""})").text("/messages/0/message") ==
             "Email can't be blank");
  BOOST_TEST(client.put(customers + "/cus_1", R"({"notes":"x"})").status == 404);
}

BOOST_AUTO_TEST_CASE(a_deleted_customer_is_unknown) {
  Client client;
  const string path = customers + '/' + client.post(customers, ana).text("/response/token");
  const RawAnswer removed = client.remove(path);
  BOOST_TEST(removed.status == 204);
  BOOST_TEST(removed.message.body().empty());
  BOOST_TEST(client.get(path).text("/error") == "not_found");
  BOOST_TEST(client.remove(path).status == 404);
}

BOOST_AUTO_TEST_CASE(pages_hold_25_customers) {
  Client client;
  BOOST_TEST(client.get(customers).message.body() ==
             R"({"response":[],"pagination":{"current":1,"previous":null,"next":null,)"
             R"("per_page":25,"pages":0,"count":0}})");
  for (int i = 0; i < 26; ++i) client.post(customers, ana);
  const auto size = [](const RawAnswer& page) {
    return page.json().at("response").as_array().size();
  };
  const RawAnswer first = client.get(customers + "?page=1");
  BOOST_TEST(size(first) == 25u);
  BOOST_TEST(first.text("/pagination") ==
             R"({"current":1,"previous":null,"next":2,"per_page":25,"pages":2,"count":26})");
  const RawAnswer last = client.get(customers + "?page=2");
  BOOST_TEST(size(last) == 1u);
  BOOST_TEST(last.text("/pagination/next") == "null");
  const RawAnswer beyond = client.get(customers + "?page=3");
  BOOST_TEST(beyond.status == 200);
  BOOST_TEST(beyond.text("/response") == "[]");
  BOOST_TEST(beyond.text("/pagination/current") == "3");
}

BOOST_AUTO_TEST_SUITE_END()
