// SPDX-License-Identifier: Apache-2.0
#include <florin/testing/processors/chargebee.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

#include "json_client.hpp"

BOOST_AUTO_TEST_SUITE(testing_processors_chargebee)

namespace {

using namespace florin_test;
using florin::testing::Fault;
using std::string;

const string customers = "/api/v2/customers";
const string ana =
    "id=m-1001&first_name=Ana&last_name=Example&email=ana%40example.com&phone=%2B15555550100&"
    "meta_data=%7B%22tier%22%3A%22gold%22%7D&billing_address%5Bline1%5D=1+Example+Street&"
    "billing_address%5Bcity%5D=Springfield&billing_address%5Bcountry%5D=US";
const string gone = R"({"message":"m-404 not found","type":"invalid_request",)"
                    R"("api_error_code":"resource_not_found","param":"customer_id"})";

struct Client : JsonClient {
  explicit Client(const florin::testing::ChargebeeVariant& variant = {})
      : JsonClient(florin::testing::chargebee(variant),
                   {{"Authorization", "Basic dGVzdF9GQUtFS0VZMDAwMTo="},
                    {"Content-Type", "application/x-www-form-urlencoded"}}) {}
};

void answered(const RawAnswer& answer, int status, const string& body) {
  BOOST_TEST(answer.status == status);
  BOOST_TEST(same_json(answer.message.body(), body), answer.message.body());
}

string error(const string& code, const string& message, const string& param) {
  return R"({"message":")" + message + R"(","type":"invalid_request","api_error_code":")" + code +
         '"' + (param.empty() ? "" : R"(,"param":")" + param + '"') + '}';
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_customer_is_created_and_read) {
  Client client;
  const RawAnswer made = client.post(customers, ana);
  const string created = made.text("/customer/created_at");
  BOOST_TEST(created.size() == 10u);
  answered(made, 200,
           R"({"customer":{"id":"m-1001","first_name":"Ana","last_name":"Example",)"
           R"("email":"ana@example.com","phone":"+15555550100","auto_collection":"on",)"
           R"("net_term_days":0,"allow_direct_debit":false,"created_at":)" +
               created + R"(,"updated_at":)" + created +
               R"(,"taxability":"taxable","pii_cleared":"active","deleted":false,)"
               R"("object":"customer","billing_address":{"line1":"1 Example Street",)"
               R"("city":"Springfield","country":"US","validation_status":"not_validated",)"
               R"("object":"billing_address"},"card_status":"no_card","promotional_credits":0,)"
               R"("refundable_credits":0,"excess_payments":0,"unbilled_charges":0,)"
               R"("preferred_currency_code":"USD","meta_data":{"tier":"gold"}}})");
  BOOST_TEST(client.sandbox.count("m-1001") == 1u);
  BOOST_TEST((client.stored() == Fields{{"id", "m-1001"},
                                        {"first_name", "Ana"},
                                        {"last_name", "Example"},
                                        {"email", "ana@example.com"},
                                        {"phone", "+15555550100"},
                                        {"meta_data.tier", "gold"},
                                        {"billing_address[line1]", "1 Example Street"},
                                        {"billing_address[city]", "Springfield"},
                                        {"billing_address[country]", "US"}}));
  BOOST_TEST(client.get(customers + "/m-1001").message.body() == made.message.body());
}

BOOST_AUTO_TEST_CASE(a_customer_without_an_id_is_given_one) {
  Client client;
  const RawAnswer made = client.post(customers, "email=ana%40example.com&phone=&meta_data=%7B%7D");
  const string id = made.text("/customer/id");
  BOOST_TEST(id.starts_with("__test__"));
  for (const string absent : {"phone", "meta_data", "billing_address"})
    BOOST_TEST(made.text("/customer/" + absent) == "(absent)");
  BOOST_TEST(client.get(customers + '/' + id).text("/customer/email") == "ana@example.com");
  BOOST_TEST(client.post(customers, "").status == 200);
}

BOOST_AUTO_TEST_CASE(refusals) {
  Client client;
  const auto refused = [&](const string& body, const string& answer) {
    answered(client.post(customers, body), 400, answer);
  };
  refused("email=ana", error("param_wrong_value", "email : is not valid", "email"));
  refused("billing_address%5Bcountry%5D=USA",
          error("param_wrong_value", "billing_address[country] : is not valid",
                "billing_address[country]"));
  refused("id=" + string(51, 'm'), error("param_wrong_value", "id : is too long", "id"));
  refused("phone=" + string(51, '1'), error("param_wrong_value", "phone : is too long", "phone"));
  refused("meta_data=gold", error("param_wrong_value", "meta_data : is not valid", "meta_data"));
  refused("name=Ana", error("invalid_request", "name is not a parameter", "name"));
  refused("email=%zz", error("invalid_request", "The request is not a form", ""));
  const string no_auth = R"({"message":"Sorry, authentication failed. Invalid api key",)"
                         R"("api_error_code":"api_authentication_failed"})";
  answered(client.post(customers, ana, {{"Authorization", "Basic dGVzdF9XUk9ORzo="}}), 401,
           no_auth);
  answered(client.post_without("Authorization", customers, ana), 401, no_auth);
  const Headers reader{{"Authorization", "Basic dGVzdF9GQUtFS0VZMDAwMjo="}};
  BOOST_TEST(client.post(customers, ana, reader).text("/api_error_code") ==
             "api_authorization_failed");
  answered(client.get(customers + "/m-404"), 404, gone);
  BOOST_TEST(client.get("/api/v2/cards").text("/api_error_code") == "resource_not_found");
  BOOST_TEST(client.put(customers, ana).text("/api_error_code") == "http_method_not_supported");
  BOOST_TEST(client.sandbox.count() == 0u);
  client.sandbox.fault({.kind = Fault::Kind::rate_limited});
  answered(client.post(customers, ana), 429,
           R"({"message":"Request limit exceeded","type":"operation_failed",)"
           R"("api_error_code":"api_request_limit_exceeded"})");
  client.sandbox.fault({.kind = Fault::Kind::server_error});
  BOOST_TEST(client.post(customers, ana).text("/api_error_code") == "internal_error");
}

BOOST_AUTO_TEST_CASE(an_id_is_taken_once_and_a_key_gives_the_first_answer_again) {
  Client client;
  const Headers key{{"chargebee-idempotency-key", "k-1"}};
  const RawAnswer first = client.post(customers, ana, key);
  const RawAnswer again = client.post(customers, ana, key);
  BOOST_TEST(first.header("chargebee-idempotency-replayed") == "(absent)");
  BOOST_TEST(again.header("chargebee-idempotency-replayed") == "true");
  BOOST_TEST(again.message.body() == first.message.body());
  answered(client.post(customers, ana), 400,
           error("duplicate_entry", "id : The value m-1001 is already present.", "id"));
  const RawAnswer other = client.post(customers, "email=eva%40example.com", key);
  BOOST_TEST(other.status == 422);
  BOOST_TEST(other.text("/api_error_code") == "unable_to_process_request");
  const Headers too_long{{"chargebee-idempotency-key", string(101, 'k')}};
  BOOST_TEST(client.post(customers, "id=m-1002", too_long).text("/api_error_code") ==
             "param_wrong_value");
  BOOST_TEST(client.sandbox.count() == 1u);
}

BOOST_AUTO_TEST_CASE(two_updates_change_a_customer) {
  Client client;
  const RawAnswer made = client.post(customers, ana);
  const string path = customers + "/m-1001";
  const Headers key{{"chargebee-idempotency-key", "11111111-2222-4333-8444-555555555555"}};
  const string body = "email=ana.new%40example.com&meta_data=%7B%22tier%22%3A%22silver%22%7D";
  const RawAnswer changed = client.post(path, body, key);
  BOOST_TEST(changed.status == 200);
  BOOST_TEST(changed.text("/customer/email") == "ana.new@example.com");
  BOOST_TEST(changed.text("/customer/meta_data") == R"({"tier":"silver"})");
  for (const string kept : {"first_name", "phone", "billing_address"})
    BOOST_TEST(changed.text("/customer/" + kept) == made.text("/customer/" + kept));
  BOOST_TEST(client.post(path, body, key).header("chargebee-idempotency-replayed") == "true");
  BOOST_TEST(
      client.post(path, "meta_data=%7B%22plan%22%3A%22b%22%7D").text("/customer/meta_data") ==
      R"({"plan":"b"})");
  BOOST_TEST(client.post(path, "meta_data=%7B%7D").text("/customer/meta_data") == "(absent)");
  BOOST_TEST(client.post(path, "phone=").text("/customer/phone") == "(absent)");
  for (const string foreign : {"id=m-2", "vat_number=1", "billing_address%5Bcity%5D=Berlin"})
    BOOST_TEST(client.post(path, foreign).status == 400, foreign);

  const string billing = path + "/update_billing_info";
  client.post(billing, "vat_number=DE1&billing_address%5Bline2%5D=Apt+2");
  const RawAnswer billed = client.post(
      billing,
      "billing_address%5Bline1%5D=2+Example+Street&billing_address%5Bcity%5D=Springfield&"
      "billing_address%5Bcountry%5D=US");
  BOOST_TEST(billed.status == 200);
  BOOST_TEST(same_json(billed.text("/customer/billing_address"),
                       R"({"line1":"2 Example Street","city":"Springfield","country":"US",)"
                       R"("validation_status":"not_validated","object":"billing_address"})"));
  BOOST_TEST(billed.text("/customer/vat_number") == "(absent)");
  BOOST_TEST(billed.text("/customer/email") == "ana.new@example.com");
  BOOST_TEST(client.post(billing, "email=a%40example.com").status == 400);
  BOOST_TEST(client.post(billing, "").text("/customer/billing_address") == "(absent)");
  for (const string unknown : {"/m-404", "/m-404/update_billing_info"})
    answered(client.post(customers + unknown, ""), 404, gone);
}

BOOST_AUTO_TEST_CASE(meta_data_may_be_merged) {
  Client client({.merges_meta_data = true});
  client.post(customers, ana);
  BOOST_TEST(client.post(customers + "/m-1001", "meta_data=%7B%22plan%22%3A%22b%22%7D")
                 .text("/customer/meta_data") == R"({"tier":"gold","plan":"b"})");
}

BOOST_AUTO_TEST_CASE(a_deleted_customer_is_unknown_or_marked) {
  Client client;
  client.post(customers, ana);
  const string path = customers + "/m-1001";
  const RawAnswer deleted = client.post(path + "/delete", "delete_payment_method=false");
  BOOST_TEST(deleted.status == 200);
  BOOST_TEST(deleted.text("/customer/id") == "m-1001");
  BOOST_TEST(deleted.text("/customer/deleted") == "true");
  BOOST_TEST(client.get(path).text("/api_error_code") == "resource_not_found");
  BOOST_TEST(client.post(path + "/delete", "").status == 404);
  answered(client.post(customers + "/m-404/delete", ""), 404, gone);
  BOOST_TEST(client.post(customers, ana).status == 200);

  Client marking({.reads_deleted = true});
  marking.post(customers, ana);
  marking.post(path + "/delete", "");
  const RawAnswer read = marking.get(path);
  BOOST_TEST(read.status == 200);
  BOOST_TEST(read.text("/customer/deleted") == "true");
  BOOST_TEST(marking.post(path, "phone=1").status == 404);
}

BOOST_AUTO_TEST_CASE(customers_are_found_in_pages) {
  Client client;
  client.post(customers, ana);
  client.post(customers, "id=m-2&email=ana%40example.com&company=Acme");
  client.post(customers, "id=m-3&email=bo%40example.com");
  const auto found = [&](const string& query) {
    return each(client.get(customers + "?" + query), "/list", "/customer/id");
  };
  BOOST_TEST(found("") == "m-1001 m-2 m-3");
  BOOST_TEST(found("sort_by%5Bdesc%5D=created_at") == "m-3 m-2 m-1001");
  BOOST_TEST(found("id%5Bis%5D=m-2&sort_by%5Basc%5D=created_at") == "m-2");
  BOOST_TEST(found("email%5Bis%5D=ana%40example.com") == "m-1001 m-2");
  BOOST_TEST(found("email%5Bstarts_with%5D=bo") == "m-3");
  BOOST_TEST(found("company%5Bis_not%5D=Acme") == "m-1001 m-3");
  BOOST_TEST(found("id%5Bin%5D=%5B%22m-2%22,%22m-3%22%5D") == "m-2 m-3");
  BOOST_TEST(found("id%5Bnot_in%5D=%5B%22m-2%22%5D") == "m-1001 m-3");
  BOOST_TEST(client.get(customers + "?email%5Bis%5D=no%40example.com").message.body() ==
             R"({"list":[]})");
  const RawAnswer page = client.get(customers + "?limit=1&email%5Bis%5D=ana%40example.com");
  BOOST_TEST(page.text("/list/0/customer/id") == "m-1001");
  BOOST_TEST(page.text("/next_offset") == R"(["FAKE","100001"]&m-1001)");
  const RawAnswer last = client.get(customers +
                                    "?limit=1&email%5Bis%5D=ana%40example.com&"
                                    "offset=%5B%22FAKE%22%2C%22100001%22%5D%26m-1001");
  BOOST_TEST(last.text("/list/0/customer/id") == "m-2");
  BOOST_TEST(last.text("/next_offset") == "(absent)");
  for (const string wrong : {"limit=0", "limit=101", "offset=m-2", "meta_data%5Btier%5D=gold",
                             "sort_by%5Bdesc%5D=email"})
    BOOST_TEST(client.get(customers + "?" + wrong).status == 400, wrong);
  client.post(customers + "/m-2/delete", "");
  BOOST_TEST(found("email%5Bis%5D=ana%40example.com") == "m-1001");
}

BOOST_AUTO_TEST_SUITE_END()
