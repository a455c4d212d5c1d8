// SPDX-License-Identifier: Apache-2.0
#include <florin/testing/processors/stripe.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "json_client.hpp"

/// Stripe's sandbox beyond what sandbox_test.cpp asks of it.
BOOST_AUTO_TEST_SUITE(testing_processors_stripe)

namespace {

using namespace florin_test;
using std::string;

const string customers = "/v1/customers";
const string ana =
    "email=ana%40example.com&name=Ana+Example&phone=%2B15555550100&description=Example+buyer"
    "&metadata%5Bmerchant_customer_id%5D=m-1001&metadata%5Btier%5D=gold"
    "&address%5Bline1%5D=1+Example+Street&address%5Bcity%5D=Springfield&address%5Bcountry%5D=US";

struct Client : JsonClient {
  Client()
      : JsonClient(florin::testing::stripe(),
                   {{"Authorization", "Bearer sk_test_EXAMPLE"},
                    {"Content-Type", "application/x-www-form-urlencoded"}}) {}
};

}  // namespace

BOOST_AUTO_TEST_CASE(what_was_deleted_is_read_as_deleted) {
  Client client;
  const string id = client.post(customers, ana).text("/id");
  const string path = customers + '/' + id;
  const string gone = R"({"id":")" + id + R"(","object":"customer","deleted":true})";
  const RawAnswer removed = client.remove(path);
  BOOST_TEST(removed.status == 200);
  BOOST_TEST(removed.message.body() == gone);
  const RawAnswer read = client.get(path);
  BOOST_TEST(read.status == 200);
  BOOST_TEST(read.message.body() == gone);
  for (const RawAnswer& unknown :
       {client.remove(path), client.remove(customers + "/cus_FaKeMissing01")}) {
    BOOST_TEST(unknown.status == 404);
    BOOST_TEST(unknown.text("/error/type") == "invalid_request_error");
    BOOST_TEST(unknown.text("/error/code") == "resource_missing");
    BOOST_TEST(unknown.text("/error/param") == "id");
    BOOST_TEST(unknown.text("/error/message").starts_with("No such customer: 'cus_"));
  }
  BOOST_TEST(client.get(customers).text("/data") == "[]");
}

BOOST_AUTO_TEST_CASE(the_list_goes_both_ways) {
  Client client;
  std::vector<string> ids;
  for (int i = 0; i < 5; ++i)
    ids.push_back(client.post(customers, "email=ana%2B1%40example.com").text("/id"));
  client.post(customers, "email=ana+1%40example.com");
  const string by_email = customers + "?email=ana%2B1%40example.com&limit=2";
  const auto page = [&](const string& more) {
    const RawAnswer answer = client.get(by_email + more);
    return each(answer, "/data", "/id") + ' ' + answer.text("/has_more");
  };
  BOOST_TEST(page("") == ids[4] + ' ' + ids[3] + " true");
  BOOST_TEST(page("&starting_after=" + ids[3]) == ids[2] + ' ' + ids[1] + " true");
  BOOST_TEST(page("&starting_after=" + ids[1]) == ids[0] + " false");
  BOOST_TEST(page("&ending_before=" + ids[0]) == ids[2] + ' ' + ids[1] + " true");
  BOOST_TEST(page("&ending_before=" + ids[3]) == ids[4] + " false");
  BOOST_TEST(page("&created%5Bgte%5D=1000") == ids[4] + ' ' + ids[3] + " true");
  BOOST_TEST(page("&created%5Blt%5D=1000") == " false");
  const RawAnswer none = client.get(customers + "?email=none%40example.com&limit=100");
  BOOST_TEST(none.message.body() ==
             R"({"object":"list","url":"/v1/customers","has_more":false,"data":[]})");
  BOOST_TEST(client.get(customers + "?email=").text("/error/code") == "parameter_invalid_empty");
  BOOST_TEST(client.get(customers + "?email=a&email=b").status == 400);
  BOOST_TEST(client.get(customers + "?created%5Bgte%5D=now").status == 400);
}

BOOST_AUTO_TEST_CASE(a_search_finds_by_metadata_whatever_the_case) {
  Client client;
  const RawAnswer made = client.post(customers, ana);
  client.post(customers, "metadata%5Bmerchant_customer_id%5D=m-10012");
  const string search = customers + "/search?query=";
  const RawAnswer found =
      client.get(search + "metadata%5B%27merchant_customer_id%27%5D%3A%27m-1001%27&limit=100");
  BOOST_TEST(found.status == 200);
  BOOST_TEST(same_json(found.message.body(),
                       R"({"object":"search_result","url":"/v1/customers/search","has_more":false,)"
                       R"("next_page":null,"data":[)" +
                           made.message.body() + "]}"));
  BOOST_TEST(client.get(search + "metadata%5B%22merchant_customer_id%22%5D:%22M-1001%22")
                 .text("/data/0/id") == made.text("/id"));
  BOOST_TEST(client.get(search + "metadata['merchant_customer_id']:'m-none'").message.body() ==
             R"({"object":"search_result","url":"/v1/customers/search","has_more":false,)"
             R"("next_page":null,"data":[]})");
}

BOOST_AUTO_TEST_CASE(a_search_reads_its_query_language) {
  Client client;
  const string id = client.post(customers, ana).text("/id");
  const string other =
      client.post(customers, "name=Bo&metadata%5Bk%5D=it%27s+%22a%22+%5C+b").text("/id");
  const auto search = [&](const string& query) {
    const RawAnswer answer = client.get(customers + "/search?query=" + query);
    return answer.status == 200 ? each(answer, "/data", "/id") : std::to_string(answer.status);
  };
  BOOST_TEST(search("email:'ana@EXAMPLE.com'") == id);
  BOOST_TEST(search("name~'nA%20e'") == id);
  BOOST_TEST(search("phone:'%2B15555550100'") == id);
  BOOST_TEST(search("-name:'ana'") == other);
  BOOST_TEST(search("metadata['k']:null") == id);
  BOOST_TEST(search("-metadata['k']:null") == other);
  BOOST_TEST(search("metadata['k']:'it%5C's%20%22a%22%20%5C%5C%20b'") == other);
  BOOST_TEST(search("metadata[%22k%22]:%22it's%20%5C%22a%5C%22%20%5C%5C%20b%22") == other);
  BOOST_TEST(search("metadata['tier']:'gold'%20AND%20email:'ana'") == id);
  BOOST_TEST(search("metadata['tier']:'gold'+email:'bo'") == "");
  BOOST_TEST(search("metadata['tier']:'gold'%20OR%20name:'bo'") == other + ' ' + id);
  for (const string bad :
       {"", "metadata['k']:k", "metadata['k']:'it's'", "metadata[k]:'v'", "metadata['k']~'abc'",
        "name~'ab'", "email='ana'", "fax:'1'", "email:'a'name:'b'", "email:'a'%20AND",
        "email:'a'%20AND%20name:'b'%20OR%20phone:'c'", "email:'a", "metadata['k']:'v%5C'"})
    BOOST_TEST(search(bad) == "400", bad);
  BOOST_TEST(client.get(customers + "/search").text("/error/code") == "parameter_missing");
}

BOOST_AUTO_TEST_CASE(a_search_has_pages) {
  Client client;
  std::vector<string> ids;
  for (int i = 0; i < 3; ++i)
    ids.push_back(client.post(customers, "metadata%5Bk%5D=v").text("/id"));
  const string search = customers + "/search?query=metadata['k']:'v'&limit=2";
  const RawAnswer first = client.get(search);
  BOOST_TEST(each(first, "/data", "/id") == ids[2] + ' ' + ids[1]);
  BOOST_TEST(first.text("/has_more") == "true");
  const RawAnswer second = client.get(search + "&page=" + first.text("/next_page"));
  BOOST_TEST(each(second, "/data", "/id") == ids[0]);
  BOOST_TEST(second.text("/has_more") == "false");
  BOOST_TEST(second.text("/next_page") == "null");
  BOOST_TEST(client.get(search + "&page=" + ids[0]).status == 400);
  BOOST_TEST(client.get(customers + "/search?query=metadata['k']:'v'&limit=101").status == 400);
  client.remove(customers + '/' + ids[2]);
  BOOST_TEST(each(client.get(search), "/data", "/id") == ids[1] + ' ' + ids[0]);
}

BOOST_AUTO_TEST_CASE(a_search_lags_behind_a_list_does_not) {
  using namespace std::chrono_literals;
  Client client;
  const auto searched = [&](const string& member) {
    return each(client.get(customers + "/search?query=metadata['merchant_customer_id']:'m-1001'"),
                "/data", member);
  };
  const string id = client.post(customers, ana).text("/id");
  BOOST_TEST(searched("/id") == id);
  client.sandbox.index_delay(1h);
  BOOST_TEST(searched("/id") == "");
  BOOST_TEST(client.get(customers + "?email=ana%40example.com").text("/data/0/id") == id);
  BOOST_TEST(client.get(customers + '/' + id).text("/name") == "Ana Example");

  std::this_thread::sleep_for(400ms);
  const auto between = std::chrono::steady_clock::now();
  std::this_thread::sleep_for(400ms);
  client.post(customers + '/' + id, "name=Eva");
  const auto as_of = [&](std::chrono::steady_clock::time_point when) {
    client.sandbox.index_delay(
        std::chrono::ceil<std::chrono::milliseconds>(std::chrono::steady_clock::now() - when));
  };
  as_of(between);
  BOOST_TEST(searched("/name") == "Ana Example");
  client.remove(customers + '/' + id);
  as_of(between);
  BOOST_TEST(searched("/name") == "Ana Example");
  client.sandbox.index_delay(0ms);
  BOOST_TEST(searched("/id") == "");
}

BOOST_AUTO_TEST_CASE(an_update_changes_what_it_names_and_clears_what_is_empty) {
  Client client;
  const RawAnswer made = client.post(customers, ana +
                                                    "&shipping%5Bname%5D=Ana&shipping%5Baddress%5D"
                                                    "%5Bline1%5D=1&preferred_locales%5B%5D=en"
                                                    "&preferred_locales%5B%5D=de");
  const string path = customers + '/' + made.text("/id");
  BOOST_TEST(made.text("/shipping/name") == "Ana");
  const RawAnswer changed =
      client.post(path, "name=Ana+Sample&address=&metadata%5Btier%5D=&metadata%5Bplan%5D=b");
  BOOST_TEST(changed.status == 200);
  BOOST_TEST(changed.text("/name") == "Ana Sample");
  BOOST_TEST(changed.text("/address") == "null");
  BOOST_TEST(changed.text("/metadata") == R"({"merchant_customer_id":"m-1001","plan":"b"})");
  for (const string kept :
       {"/id", "/created", "/description", "/email", "/phone", "/shipping", "/preferred_locales"})
    BOOST_TEST(changed.text(kept) == made.text(kept), kept);
  BOOST_TEST(client.post(path, "address%5Bcity%5D=Springfield").text("/address/city") ==
             "Springfield");
  BOOST_TEST(client.post(path, "address%5Bline1%5D=2+Example+Street").text("/address/city") ==
             "Springfield");
  BOOST_TEST(client.post(path, "preferred_locales%5B%5D=fr&preferred_locales%5B%5D=it")
                 .text("/preferred_locales") == R"(["fr","it"])");
  const RawAnswer cleared =
      client.post(path, "email=&name=&phone=&description=&metadata=&shipping=");
  BOOST_TEST(cleared.status == 200);
  for (const string member : {"/email", "/name", "/phone", "/description", "/shipping"})
    BOOST_TEST(cleared.text(member) == "null", member);
  BOOST_TEST(cleared.text("/metadata") == "{}");
  BOOST_TEST(client.get(path).message.body() == cleared.message.body());
  BOOST_TEST(client.post(path, "").message.body() == cleared.message.body());
}

BOOST_AUTO_TEST_CASE(an_update_can_be_refused_and_repeated) {
  Client client;
  const string path = customers + '/' + client.post(customers, ana).text("/id");
  const Headers key{{"Idempotency-Key", "00000000-0000-4000-8000-00000000fa4e"}};
  const RawAnswer first = client.post(path, "name=Eva", key);
  client.post(path, "name=Ida");
  const RawAnswer again = client.post(path, "name=Eva", key);
  BOOST_TEST(again.message.body() == first.message.body());
  BOOST_TEST(again.header("Idempotent-Replayed") == "true");
  BOOST_TEST(client.get(path).text("/name") == "Ida");
  BOOST_TEST(client.post(path, "name=Eve", key).text("/error/type") == "idempotency_error");
  BOOST_TEST(client.post(path, "email=ana").text("/error/code") == "email_invalid");
  BOOST_TEST(client.post(path, "test_clock=x").text("/error/code") == "parameter_unknown");
  BOOST_TEST(client.post(customers, "address=").text("/error/code") == "parameter_unknown");
  BOOST_TEST(client.post(customers + "/cus_FaKeMissing01", "name=x").text("/error/code") ==
             "resource_missing");
  client.remove(path);
  BOOST_TEST(client.post(path, "name=x").status == 404);
}

BOOST_AUTO_TEST_SUITE_END()
