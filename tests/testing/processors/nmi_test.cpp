// SPDX-License-Identifier: Apache-2.0
#include <florin/testing/processors/nmi.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

#include "json_client.hpp"

BOOST_AUTO_TEST_SUITE(testing_processors_nmi)

namespace {

using namespace florin_test;
using florin::testing::Fault;
using florin::testing::NmiVariant;
using std::string;

const string ana =
    "customer_vault_id=m1001&first_name=Ana&last_name=Example&email=ana%40example.com&"
    "phone=15555550100&address1=1+Example+Street&address2=Apt+2&city=Springfield&state=IL&"
    "zip=62701&country=US&merchant_defined_field_1=gold&"
    "payment_token=00000000-000000-000000-000000000000";
const string token = "&payment_token=00000000-000000-000000-000000000000";

struct Client : JsonClient {
  explicit Client(const NmiVariant& variant = {})
      : JsonClient(florin::testing::nmi(variant),
                   {{"Content-Type", "application/x-www-form-urlencoded"}}) {}

  string write(const string& operation, const string& body,
               const string& key = "FAKE_SECURITY_KEY") {
    return text(post("/api/transact.php",
                     "security_key=" + key + "&customer_vault=" + operation + '&' + body));
  }
  string add(const string& body = ana) { return write("add_customer", body); }
  string query(const string& body, const string& key = "FAKE_SECURITY_KEY") {
    const RawAnswer answer =
        post("/api/query.php", "security_key=" + key + "&report_type=customer_vault" + body);
    BOOST_TEST(answer.header("Content-Type") == "text/xml; charset=UTF-8");
    const string start = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<nm_response>";
    const string all = text(answer);
    BOOST_TEST(all.starts_with(start));
    BOOST_TEST(all.ends_with("</nm_response>"));
    return all.substr(start.size(), all.rfind('<') - start.size());
  }
  /// The ids of the customers in an answer, with blanks between.
  string found(const string& body) {
    const string answer = query(body);
    BOOST_TEST(answer.starts_with("<customer_vault>"));
    string ids;
    const string before = "<customer id=\"";
    for (std::size_t at = answer.find(before); at != string::npos; at = answer.find(before, at)) {
      at += before.size();
      ids += (ids.empty() ? "" : " ") + answer.substr(at, answer.find('"', at) - at);
    }
    return ids;
  }
  static string text(const RawAnswer& answer) {
    BOOST_TEST(answer.status == 200);
    return answer.message.body();
  }
};

/// Whether an answer is that of a success, with these members at the end.
bool done(const string& answer, const string& words, const string& more, const string& order = {}) {
  return answer == "response=1&responsetext=" + words +
                       "&authcode=&transactionid=&avsresponse=&cvvresponse=&orderid=" + order +
                       "&type=&response_code=100" + more;
}

/// What a refusal says, without the number for reference.
string refused(const string& answer) {
  const string start = "response=3&responsetext=";
  const std::size_t end = answer.find("REFID:");
  BOOST_TEST(answer.starts_with(start));
  BOOST_REQUIRE(end != string::npos);
  BOOST_TEST(answer.substr(end + 6, 10).find_first_not_of("0123456789") == string::npos);
  const string rest =
      "&authcode=&transactionid=&avsresponse=&cvvresponse=&orderid=&type=&response_code=300";
  BOOST_TEST(answer.substr(end + 16).starts_with(rest));
  return answer.substr(start.size(), end - start.size()) + answer.substr(end + 16 + rest.size());
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_customer_is_added_and_read) {
  Client client;
  BOOST_TEST(done(client.add(ana + "&orderid=ref0001"), "Customer Added",
                  "&customer_vault_id=m1001", "ref0001"));
  BOOST_TEST(client.sandbox.count("m1001") == 1u);
  const string read = client.query("&customer_vault_id=m1001");
  const std::size_t created = read.find("<created>");
  BOOST_TEST(read.substr(0, created) ==
             R"(<customer_vault><customer id="m1001"><first_name>Ana</first_name>)"
             R"(<last_name>Example</last_name><address_1>1 Example Street</address_1>)"
             R"(<address_2>Apt 2</address_2><city>Springfield</city><state>IL</state>)"
             R"(<postal_code>62701</postal_code><country>US</country>)"
             R"(<email>ana@example.com</email><phone>15555550100</phone>)"
             R"(<merchant_defined_field id="1">gold</merchant_defined_field>)"
             R"(<cc_number>4xxxxxxxxxxx1111</cc_number><cc_exp>1230</cc_exp>)");
  const string times = read.substr(created);
  BOOST_TEST(times.substr(9, 14).find_first_not_of("0123456789") == string::npos);
  BOOST_TEST(times.substr(23, 19) == "</created><updated>");
  BOOST_TEST(times.ends_with(
      "</updated><customer_vault_id>m1001</customer_vault_id></customer></customer_vault>"));
}

BOOST_AUTO_TEST_CASE(a_customer_needs_a_payment_method_and_is_given_an_id) {
  Client client;
  for (const string& method :
       {token.substr(1), string("ccnumber=4111111111111111&ccexp=1230&cvv=123"),
        string("payment=check&checkname=Ana&checkaba=123123123&checkaccount=123&"
               "account_holder_type=personal&account_type=checking")}) {
    const string made = client.add(method);
    const string id = made.substr(made.rfind('=') + 1);
    BOOST_TEST(id.size() == 9u);
    BOOST_TEST(done(made, "Customer Added", "&customer_vault_id=" + id));
    BOOST_TEST(client.found("&customer_vault_id=" + id) == id);
  }
  BOOST_TEST(refused(client.add("first_name=Ana")) == "Billing Information missing ");
  BOOST_TEST(refused(client.add("ccnumber=4111111111111111")) == "Billing Information missing ");
  BOOST_TEST(client.sandbox.count() == 3u);
}

BOOST_AUTO_TEST_CASE(values_are_escaped) {
  Client client;
  client.add("customer_vault_id=m1&first_name=%3C%26%3E%22&last_name=%C3%81" + token);
  BOOST_TEST(client.query("&customer_vault_id=m1")
                 .find("<first_name>&#60;&#38;&#62;&#34;</first_name><last_name>\xC3\x81</"
                       "last_name>") != string::npos);
}

BOOST_AUTO_TEST_CASE(refusals) {
  Client client;
  BOOST_TEST(refused(client.add("ccnumber=4111&ccexp=1230")) == "Invalid Credit Card Number ");
  BOOST_TEST(refused(client.add("email=ana" + token)) == "email is invalid ");
  BOOST_TEST(refused(client.add("country=USA" + token)) == "country is invalid ");
  Client plain({.plain_ids = true});
  for (const string& id : {string("m-1"), string(37, 'm')})
    BOOST_TEST(refused(plain.add("customer_vault_id=" + id + token)) ==
               "customer_vault_id is invalid ");
  BOOST_TEST(refused(client.add("first_name=" + token)) ==
             "Required Field first_name is Missing or Empty ");
  BOOST_TEST(refused(client.add("name=Ana" + token)) == "name is invalid ");
  BOOST_TEST(refused(client.add("merchant_defined_field_21=x" + token)) ==
             "merchant_defined_field_21 is invalid ");
  BOOST_TEST(refused(client.write("validate", ana)) == "customer_vault is invalid ");
  BOOST_TEST(refused(Client::text(client.post("/api/transact.php", "%"))) == "Invalid request ");
  const string no_auth =
      "response=3&responsetext=Authentication Failed&authcode=&transactionid=0&avsresponse=&"
      "cvvresponse=&orderid=&type=&response_code=300";
  BOOST_TEST(client.write("add_customer", ana, "WRONG") == no_auth);
  BOOST_TEST(client.write("add_customer", ana, "FAKE_READER_KEY") == no_auth);
  BOOST_TEST(Client::text(client.post("/api/transact.php", "customer_vault=add_customer&" + ana)) ==
             no_auth);
  BOOST_TEST(client.query("", "WRONG") == "<error_response>Invalid Security Key</error_response>");
  BOOST_TEST(client.query("&report=x") == "<error_response>report is invalid</error_response>");
  BOOST_TEST(client.query("", "FAKE_READER_KEY") == "<customer_vault></customer_vault>");
  BOOST_TEST(client.post("/api/v5/customers", ana).status == 404);
  BOOST_TEST(client.sandbox.count() == 0u);
  client.sandbox.fault({.kind = Fault::Kind::rate_limited});
  BOOST_TEST(client.post("/api/transact.php", ana).status == 429);
  client.sandbox.fault({.kind = Fault::Kind::server_error});
  const RawAnswer failed = client.post("/api/transact.php", ana);
  BOOST_TEST(failed.status == 500);
  BOOST_TEST(failed.message.body().starts_with("<html>"));
}

BOOST_AUTO_TEST_CASE(an_id_is_taken_once) {
  Client client;
  client.add();
  BOOST_TEST(done(client.add("customer_vault_id=m-1001" + token), "Customer Added",
                  "&customer_vault_id=m-1001"));
  BOOST_TEST(client.sandbox.count("m-1001") == 1u);
  BOOST_TEST(refused(client.add()) == "Duplicate Customer Vault Id ");
  BOOST_TEST(client.sandbox.count() == 2u);
  Client encoding({.encodes_blanks = true});
  BOOST_TEST(done(encoding.add(), "Customer+Added", "&customer_vault_id=m1001"));
  BOOST_TEST(refused(encoding.add()) == "Duplicate+Customer+Vault+Id+");
}

BOOST_AUTO_TEST_CASE(an_update_is_partial) {
  Client client;
  client.add();
  const string id = "customer_vault_id=m1001";
  BOOST_TEST(done(client.write("update_customer", id + "&email=ana.new%40example.com"),
                  "Customer Update Successful", "&" + id));
  client.write("update_customer", id + "&merchant_defined_field_2=silver" + token);
  const string read = client.query('&' + id);
  for (const string part : {"<email>ana.new@example.com</email>", "<first_name>Ana</first_name>",
                            R"(<merchant_defined_field id="1">gold</merchant_defined_field>)"
                            R"(<merchant_defined_field id="2">silver</merchant_defined_field>)"})
    BOOST_TEST(read.find(part) != string::npos, part);
  BOOST_TEST(refused(client.write("update_customer", id + "&phone=")) ==
             "Required Field phone is Missing or Empty ");
  BOOST_TEST(refused(client.write("update_customer", "customer_vault_id=000000000&phone=1")) ==
             "Invalid Customer Vault Id &customer_vault_id=000000000");
  BOOST_TEST(refused(client.write("update_customer", "phone=1")) ==
             "Required Field customer_vault_id is Missing or Empty ");
}

BOOST_AUTO_TEST_CASE(a_deleted_customer_is_unknown) {
  Client client;
  client.add();
  const string id = "customer_vault_id=m1001";
  BOOST_TEST(done(client.write("delete_customer", id), "Customer Deleted", ""));
  const string unknown = "Invalid Customer Vault Id &" + id;
  BOOST_TEST(refused(client.write("delete_customer", id)) == unknown);
  BOOST_TEST(refused(client.write("update_customer", id + "&phone=1")) == unknown);
  BOOST_TEST(client.query('&' + id) == "");
  BOOST_TEST(client.query("&customer_vault_id=000000000") == "");
  BOOST_TEST(client.found("") == "");
  BOOST_TEST(done(client.add(), "Customer Added", '&' + id));
}

BOOST_AUTO_TEST_CASE(customers_are_found_in_pages) {
  const auto fill = [](Client& client) {
    client.add();
    client.add("customer_vault_id=m2&email=ana%40example.com&merchant_defined_field_20=b" + token);
    client.add("customer_vault_id=m3&email=bo%40example.com&last_name=Sample" + token);
  };
  Client client;
  fill(client);
  BOOST_TEST(client.found("") == "m1001 m2 m3");
  BOOST_TEST(client.found("&customer_vault_id=") == "m1001 m2 m3");
  BOOST_TEST(client.found("&email=ana%40example.com") == "m1001 m2");
  BOOST_TEST(client.found("&email=ana%40example.com&customer_vault_id=m2") == "m2");
  BOOST_TEST(client.found("&email=Bo%40example.com") == "");
  BOOST_TEST(client.found("&last_name=Sample") == "m3");
  BOOST_TEST(client.found("&merchant_defined_field_20=b") == "m2");
  BOOST_TEST(client.found("&result_limit=2") == "m1001 m2");
  BOOST_TEST(client.found("&result_limit=2&page_number=2") == "m3");
  BOOST_TEST(client.found("&result_limit=2&page_number=3") == "");
  Client loose({.ignores_filters = true, .ignores_pages = true});
  fill(loose);
  BOOST_TEST(loose.found("&email=bo%40example.com&result_limit=1&page_number=2") == "m1001 m2 m3");
  BOOST_TEST(loose.found("&customer_vault_id=m2") == "m2");
}

BOOST_AUTO_TEST_SUITE_END()
