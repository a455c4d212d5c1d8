// SPDX-License-Identifier: Apache-2.0
#include <florin/testing/processors/stripe.hpp>
#include <florin/testing/sandbox.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "stripe_calls.hpp"

BOOST_AUTO_TEST_SUITE(testing_sandbox)

namespace {

using namespace florin::testing;
using namespace florin_test;
using namespace florin_test::stripe_calls;
using namespace std::chrono_literals;
using Kind = Fault::Kind;
using std::string;

}  // namespace

BOOST_AUTO_TEST_CASE(a_whole_customer_is_stored_and_answered) {
  Sandbox sandbox(stripe());
  RawClient client(sandbox);
  const RawAnswer answer = create(client, ana);
  BOOST_TEST(answer.status == 200);
  BOOST_TEST(answer.header("Content-Type") == "application/json");
  BOOST_TEST(answer.header("Request-Id").starts_with("req_"));
  BOOST_TEST(answer.header("Idempotency-Key") == "(absent)");
  BOOST_TEST(!answer.header("Date").empty());
  BOOST_TEST(answer.text("/id").starts_with("cus_"));
  BOOST_TEST(answer.text("/object") == "customer");
  BOOST_TEST(answer.text("/email") == "ana@example.com");
  BOOST_TEST(answer.text("/name") == "Ana Example");
  BOOST_TEST(answer.text("/phone") == "+15555550100");
  BOOST_TEST(answer.text("/description") == "Example buyer");
  BOOST_TEST(answer.text("/metadata") == R"({"merchant_customer_id":"m-1001","tier":"gold"})");
  BOOST_TEST(answer.text("/address") ==
             R"({"city":"Springfield","country":"US","line1":"1 Example Street","line2":"Apt 2",)"
             R"("postal_code":"62701","state":"IL"})");
  BOOST_TEST(answer.text("/balance") == "0");
  BOOST_TEST(answer.text("/shipping") == "null");
  BOOST_TEST(answer.json().at("created").as_int64() > 1'700'000'000);

  const std::vector<StoredCustomer> stored = sandbox.customers();
  BOOST_REQUIRE(stored.size() == 1u);
  BOOST_TEST(stored[0].id == answer.text("/id"));
  BOOST_TEST(stored[0].merchant_customer_id == "m-1001");
  BOOST_TEST(stored[0].account == "sk_test_EXAMPLE");
  BOOST_TEST(stored[0].fields.size() == 12u);
  BOOST_TEST(stored[0].fields[0].first == "email");
  BOOST_TEST(stored[0].field("address[line1]").value() == "1 Example Street");
  BOOST_TEST(!stored[0].field("nothing").has_value());
  BOOST_TEST(sandbox.count("m-1001") == 1u);
  BOOST_TEST(sandbox.count("m-1002") == 0u);
}

BOOST_AUTO_TEST_CASE(an_empty_body_creates_an_empty_customer_with_all_members) {
  Sandbox sandbox(stripe());
  RawClient client(sandbox);
  const RawAnswer answer = create(client, "");
  BOOST_TEST(answer.status == 200);
  const boost::json::value json = answer.json();
  BOOST_TEST(json.as_object().size() == 21u);
  for (const char* name : {"address", "description", "email", "name", "phone", "shipping"})
    BOOST_TEST(json.at(name).is_null(), name);
  BOOST_TEST(answer.text("/metadata") == "{}");
  BOOST_TEST(answer.text("/preferred_locales") == "[]");
  BOOST_TEST(answer.text("/tax_exempt") == "none");
}

BOOST_AUTO_TEST_CASE(what_arrived_can_be_looked_at) {
  Sandbox sandbox(stripe(), {.log_size = 2});
  RawClient client(sandbox);
  create(client, "name=First");
  create(client, "name=Second");
  create(client, "name=Th%69rd", {{"Authorization", "nonsense"}, {"Stripe-Version", "2022-11-15"}});
  const std::vector<ReceivedRequest> requests = sandbox.requests();
  BOOST_REQUIRE(requests.size() == 2u);
  BOOST_TEST(requests[0].body == "name=Second");
  BOOST_TEST(requests[1].method == "POST");
  BOOST_TEST(requests[1].target == "/v1/customers");
  BOOST_TEST(requests[1].body == "name=Th%69rd");
  BOOST_TEST(requests[1].header("stripe-version").value() == "2022-11-15");
  BOOST_TEST(!requests[1].header("Stripe-Account").has_value());
  BOOST_TEST(requests[1].server_name == "localhost");
  BOOST_TEST(requests[1].connection == 1u);
  BOOST_TEST(sandbox.request_count() == 3u);
  BOOST_TEST(sandbox.connection_count() == 1u);
  sandbox.clear();
  BOOST_TEST(sandbox.requests().empty());
  BOOST_TEST(sandbox.count() == 0u);
}

BOOST_AUTO_TEST_CASE(refusals_carry_the_documented_bodies) {
  struct Row {
    string body;
    string code;
    string param;
  };
  const string long_key(41, 'k');
  const std::vector<Row> rows{
      {"email=not-an-email", "email_invalid", "email"},
      {"email=+ana%40example.com", "email_invalid", "email"},
      {"email=ana%40example.com%20", "email_invalid", "email"},
      {"email=%40example.com", "email_invalid", "email"},
      {"email=ana%40", "email_invalid", "email"},
      {"email=a%40b%40c.com", "email_invalid", "email"},
      {"e_mail=x", "parameter_unknown", "e_mail"},
      {"address[zip]=1", "parameter_unknown", "address[zip]"},
      {"merchant_customer_id=1", "parameter_unknown", "merchant_customer_id"},
      {"metadata=1", "parameter_unknown", "metadata"},
      {"metadata[a][b]=1", "parameter_unknown", "metadata[a][b]"},
      {"email=", "parameter_invalid_empty", "email"},
      {"name", "parameter_invalid_empty", "name"},
      {"metadata[a]=", "parameter_invalid_empty", "metadata[a]"},
      {"metadata[]=1", "(absent)", "metadata[]"},
      {"metadata[" + long_key + "]=1", "(absent)", "metadata[" + long_key + "]"},
      {"name=a&name=b", "(absent)", "name"},
      {"metadata[a]=1&metadata%5Ba%5D=2", "(absent)", "metadata[a]"},
      {"shipping[phone]=1", "parameter_missing", "shipping[name]"},
      {"tax_exempt=maybe", "parameter_invalid", "tax_exempt"},
      {"balance=1.5", "parameter_invalid", "balance"},
      {"invoice_prefix=ab", "parameter_invalid", "invoice_prefix"},
  };
  Sandbox sandbox(stripe());
  RawClient client(sandbox);
  for (const Row& row : rows) {
    const RawAnswer answer = create(client, row.body);
    BOOST_TEST_CONTEXT(row.body) {
      BOOST_TEST(answer.status == 400);
      BOOST_TEST(answer.text("/error/type") == "invalid_request_error");
      BOOST_TEST(answer.text("/error/code") == row.code);
      BOOST_TEST(answer.text("/error/param") == row.param);
      BOOST_TEST(answer.header("Request-Id").starts_with("req_"));
      BOOST_TEST(answer.text("/error/request_log_url").ends_with(answer.header("Request-Id")));
    }
  }
  const RawAnswer email = create(client, "email=not-an-email");
  BOOST_TEST(email.text("/error/message") == "Invalid email address: not-an-email");
  BOOST_TEST(email.text("/error/doc_url") == "https://stripe.com/docs/error-codes/email-invalid");
  BOOST_TEST(sandbox.count() == 0u);
}

BOOST_AUTO_TEST_CASE(lengths_are_counted_in_characters_and_exact) {
  const std::vector<std::pair<string, std::size_t>> rows{{"name", 256},
                                                         {"phone", 20},
                                                         {"description", 5000},
                                                         {"address[line1]", 5000},
                                                         {"address[line2]", 5000},
                                                         {"address[city]", 5000},
                                                         {"address[state]", 5000},
                                                         {"address[postal_code]", 5000},
                                                         {"address[country]", 5000},
                                                         {"metadata[m]", 500}};
  Sandbox sandbox(stripe());
  RawClient client(sandbox);
  for (const auto& [name, limit] : rows) {
    string value;
    for (std::size_t i = 0; i < limit; ++i) value += "%C3%A1";
    BOOST_TEST(create(client, name + '=' + value).status == 200, name);
    const RawAnswer refused = create(client, name + '=' + value + 'x');
    BOOST_TEST(refused.status == 400, name);
    BOOST_TEST(refused.text("/error/param") == name);
  }
  const string domain = "@example.com";
  const string local(512 - domain.size(), 'a');
  BOOST_TEST(create(client, "email=" + local + domain).status == 200);
  BOOST_TEST(create(client, "email=a" + local + domain).status == 400);
  const string longest_key(40, 'k');
  BOOST_TEST(create(client, "metadata[" + longest_key + "]=1").status == 200);
}

BOOST_AUTO_TEST_CASE(metadata_holds_fifty_keys) {
  Sandbox sandbox(stripe());
  RawClient client(sandbox);
  string body = "name=x";
  for (int i = 0; i < 50; ++i) body += "&metadata[k" + std::to_string(i) + "]=v";
  BOOST_TEST(create(client, body).status == 200);
  BOOST_TEST(create(client, body + "&metadata[k50]=v").status == 400);
}

BOOST_AUTO_TEST_CASE(percent_decoding_is_exact) {
  Sandbox sandbox(stripe());
  RawClient client(sandbox);
  const RawAnswer answer =
      create(client, "name=%C3%81na%20%26+%3d%2B%25%22%5c&description=%e2%82%ac%F0%9F%98%80%0A");
  BOOST_TEST(answer.status == 200);
  BOOST_TEST(answer.text("/name") == "\xC3\x81na & =+%\"\\");
  BOOST_TEST(answer.text("/description") == "\xE2\x82\xAC\xF0\x9F\x98\x80\n");
  for (const string bad :
       {"name=%", "name=%4", "name=%zz", "name=%4g", "name=%00", "name=%FF", "name=%C3",
        "name=%C0%AF", "name=%ED%A0%80", "name=%F4%90%80%80", "name=a b", "name=\xC3\xA1", "=x",
        "name=a&", "name=a&&phone=1", "&name=a", "na%me=a"})
    BOOST_TEST(create(client, bad).status == 400, bad);
  BOOST_TEST(sandbox.count() == 1u);
}

BOOST_AUTO_TEST_CASE(only_form_bodies_are_read) {
  Sandbox sandbox(stripe());
  RawClient client(sandbox);
  const auto typed = [&](const string& type) {
    return create(client, "name=x",
                  {{"Authorization", "Bearer sk_test_EXAMPLE"}, {"Content-Type", type}})
        .status;
  };
  BOOST_TEST(typed("application/x-www-form-urlencoded") == 200);
  BOOST_TEST(typed("Application/X-WWW-Form-URLencoded; charset=utf-8") == 200);
  BOOST_TEST(typed("application/json") == 400);
  BOOST_TEST(typed("text/plain") == 400);
  client.send(
      "POST /v1/customers HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
      "sk_test_EXAMPLE\r\nContent-Length: 6\r\n\r\nname=x");
  BOOST_TEST(client.receive().status == 400);
}

BOOST_AUTO_TEST_CASE(credentials_come_as_bearer_or_basic_and_nothing_else) {
  Sandbox sandbox(stripe());
  RawClient client(sandbox);
  const auto with = [&](const string& authorization) {
    return create(client, "", {{"Authorization", authorization}});
  };
  BOOST_TEST(with("Bearer sk_test_EXAMPLE").status == 200);
  BOOST_TEST(with("bearer sk_test_EXAMPLE").status == 200);
  BOOST_TEST(with("Basic c2tfdGVzdF9FWEFNUExFOg==").status == 200);
  BOOST_TEST(with("Basic c2tfdGVzdF9FWEFNUExF").status == 401);
  BOOST_TEST(with("Bearer  sk_test_EXAMPLE").status == 401);
  BOOST_TEST(with("Bearersk_test_EXAMPLE").status == 401);
  BOOST_TEST(with("sk_test_EXAMPLE").status == 401);
  const RawAnswer wrong = with("Bearer sk_test_WRONG_EXAMPLE");
  BOOST_TEST(wrong.status == 401);
  BOOST_TEST(wrong.message.body() ==
             R"({"error":{"message":"Invalid API Key provided: sk_test_*****MPLE",)"
             R"("type":"invalid_request_error"}})");
  const RawAnswer none = create(client, "", {});
  BOOST_TEST(none.status == 401);
  BOOST_TEST(none.text("/error/code") == "(absent)");
  BOOST_TEST(sandbox.count() == 3u);
  BOOST_TEST(sandbox.credential() == "sk_test_EXAMPLE");
}

BOOST_AUTO_TEST_CASE(restricted_keys_are_forbidden_what_they_lack) {
  Sandbox sandbox(stripe());
  sandbox.add_credential({.text = "rk_test_LOCKED", .can_read = false});
  RawClient client(sandbox);
  const Headers reader{{"Authorization", "Bearer rk_test_READONLY"}};
  const RawAnswer refused = create(client, "", reader);
  BOOST_TEST(refused.status == 403);
  BOOST_TEST(refused.text("/error/type") == "invalid_request_error");
  BOOST_TEST(refused.text("/error/code") == "(absent)");
  BOOST_TEST(refused.text("/error/message").find("rak_customer_write") != string::npos);
  BOOST_TEST(get(client, "/v1/customers", reader).status == 200);
  const Headers writer{{"Authorization", "Bearer rk_test_LOCKED"}};
  BOOST_TEST(create(client, "", writer).status == 200);
  BOOST_TEST(get(client, "/v1/customers", writer).status == 403);
}

BOOST_AUTO_TEST_CASE(accounts_are_separate) {
  Sandbox sandbox(stripe());
  sandbox.add_credential({.text = "sk_test_OTHER"});
  RawClient client(sandbox);
  const Headers other{{"Authorization", "Bearer sk_test_OTHER"}, {"Idempotency-Key", "k"}};
  const Headers connected{{"Authorization", "Bearer sk_test_EXAMPLE"},
                          {"Stripe-Account", "acct_1"},
                          {"Idempotency-Key", "k"}};
  const string first = create(client, "name=a", keyed("k")).text("/id");
  const string second = create(client, "name=b", other).text("/id");
  const string third = create(client, "name=c", connected).text("/id");
  BOOST_TEST(sandbox.count() == 3u);
  BOOST_TEST(sandbox.customers()[2].account == "sk_test_EXAMPLE/acct_1");
  BOOST_TEST(get(client, "/v1/customers/" + first).status == 200);
  BOOST_TEST(get(client, "/v1/customers/" + second).status == 404);
  BOOST_TEST(get(client, "/v1/customers/" + third).status == 404);
  BOOST_TEST(get(client, "/v1/customers/" + third, connected).status == 200);
}

BOOST_AUTO_TEST_CASE(the_same_key_and_parameters_replay_the_first_answer) {
  Sandbox sandbox(stripe());
  RawClient client(sandbox);
  const RawAnswer first = create(client, "name=Ana&phone=1", keyed("k-1"));
  const RawAnswer again = create(client, "phone=1&name=%41na", keyed("k-1"));
  BOOST_TEST(first.header("Idempotent-Replayed") == "(absent)");
  BOOST_TEST(first.header("Idempotency-Key") == "k-1");
  BOOST_TEST(again.status == 200);
  BOOST_TEST(again.header("Idempotent-Replayed") == "true");
  BOOST_TEST(again.header("Idempotency-Key") == "k-1");
  BOOST_TEST(again.message.body() == first.message.body());
  BOOST_TEST(again.header("Request-Id") != first.header("Request-Id"));
  BOOST_TEST(again.message.count("Request-Id") == 1u);
  BOOST_TEST(sandbox.count() == 1u);
  BOOST_TEST(create(client, "name=Ana&phone=1", keyed("k-2")).text("/id") != first.text("/id"));
  sandbox.forget_idempotency_keys();
  BOOST_TEST(create(client, "name=Ana&phone=1", keyed("k-1")).text("/id") != first.text("/id"));
  BOOST_TEST(sandbox.count() == 3u);
}

BOOST_AUTO_TEST_CASE(the_same_key_with_other_parameters_is_a_mistake) {
  Sandbox sandbox(stripe());
  RawClient client(sandbox);
  const string id = create(client, "name=Ana", keyed("k")).text("/id");
  for (const string other : {"name=Eva", "name=Ana&phone=1", "phone=Ana", ""}) {
    const RawAnswer answer = create(client, other, keyed("k"));
    BOOST_TEST(answer.status == 400);
    BOOST_TEST(answer.text("/error/type") == "idempotency_error");
    BOOST_TEST(answer.text("/error/code") == "(absent)");
  }
  const RawAnswer update =
      client.call(http::verb::post, "/v1/customers/" + id, "name=Ana", keyed("k"));
  BOOST_TEST(update.text("/error/type") == "idempotency_error");
  BOOST_TEST(sandbox.count() == 1u);
}

BOOST_AUTO_TEST_CASE(refusals_are_not_remembered_under_a_key) {
  Sandbox sandbox(stripe());
  RawClient client(sandbox);
  BOOST_TEST(create(client, "email=bad", keyed("k")).status == 400);
  BOOST_TEST(
      create(client, "name=a", {{"Authorization", "Bearer no"}, {"Idempotency-Key", "k"}}).status ==
      401);
  sandbox.fault({.kind = Kind::rate_limited});
  BOOST_TEST(create(client, "name=b", keyed("k")).status == 429);
  sandbox.fault({.kind = Kind::server_error});
  BOOST_TEST(create(client, "name=c", keyed("k")).status == 500);
  BOOST_TEST(create(client, "name=d", keyed("k")).status == 200);
  BOOST_TEST(sandbox.count() == 1u);
}

BOOST_AUTO_TEST_CASE(a_500_that_came_of_the_execution_is_replayed) {
  Sandbox sandbox(stripe());
  RawClient client(sandbox);
  sandbox.fault({.kind = Kind::server_error, .remember = true});
  const RawAnswer first = create(client, "name=a", keyed("k"));
  BOOST_TEST(first.status == 500);
  BOOST_TEST(first.text("/error/type") == "api_error");
  BOOST_TEST(first.header("Idempotency-Key") == "k");
  const RawAnswer again = create(client, "name=a", keyed("k"));
  BOOST_TEST(again.status == 500);
  BOOST_TEST(again.header("Idempotent-Replayed") == "true");
  BOOST_TEST(sandbox.count() == 0u);
  BOOST_TEST(create(client, "name=a", keyed("k2")).status == 200);
}

BOOST_AUTO_TEST_CASE(idempotency_keys_have_1_to_255_characters_and_matter_to_post_only) {
  Sandbox sandbox(stripe());
  RawClient client(sandbox);
  BOOST_TEST(create(client, "", keyed(string(255, 'k'))).status == 200);
  BOOST_TEST(create(client, "", keyed(string(256, 'k'))).status == 400);
  BOOST_TEST(create(client, "", keyed("")).status == 400);
  const string id = create(client, "name=a", keyed("k")).text("/id");
  const RawAnswer read = get(client, "/v1/customers/" + id, keyed("k"));
  BOOST_TEST(read.status == 200);
  BOOST_TEST(read.header("Idempotent-Replayed") == "(absent)");
}

BOOST_AUTO_TEST_CASE(a_key_whose_request_still_runs_is_in_use) {
  Sandbox sandbox(stripe());
  RawClient slow(sandbox);
  RawClient client(sandbox);
  sandbox.fault({.kind = Kind::delay, .store = true, .delay = 10min});
  slow.send(http::verb::post, "/v1/customers", "name=a", keyed("k"));
  BOOST_REQUIRE(sandbox.wait_for_requests(1, guard));
  const RawAnswer refused = create(client, "name=a", keyed("k"));
  BOOST_TEST(refused.status == 409);
  BOOST_TEST(refused.text("/error/code") == "idempotency_key_in_use");
  BOOST_TEST(create(client, "name=a", keyed("other")).status == 200);
  slow.close();
  RawAnswer replayed = create(client, "name=a", keyed("k"));
  for (int i = 0; replayed.status == 409 && i < 100'000; ++i)
    replayed = create(client, "name=a", keyed("k"));
  BOOST_TEST(replayed.status == 200);
  BOOST_TEST(replayed.header("Idempotent-Replayed") == "true");
  BOOST_TEST(sandbox.count() == 2u);
}

BOOST_AUTO_TEST_CASE(customers_can_be_retrieved_updated_and_removed) {
  Sandbox sandbox(stripe());
  RawClient client(sandbox);
  const RawAnswer made = create(client, ana);
  const string path = "/v1/customers/" + made.text("/id");
  BOOST_TEST(get(client, path).message.body() == made.message.body());

  const RawAnswer updated =
      client.call(http::verb::post, path, "name=Eva&phone=&metadata[tier]=&metadata[x]=y", key);
  BOOST_TEST(updated.status == 200);
  BOOST_TEST(updated.text("/name") == "Eva");
  BOOST_TEST(updated.text("/phone") == "null");
  BOOST_TEST(updated.text("/email") == "ana@example.com");
  BOOST_TEST(updated.text("/metadata") == R"({"merchant_customer_id":"m-1001","x":"y"})");
  BOOST_TEST(client.call(http::verb::post, path, "email=bad", key).status == 400);

  const RawAnswer removed = client.call(http::verb::delete_, path, {}, key);
  BOOST_TEST(removed.status == 200);
  BOOST_TEST(removed.text("/deleted") == "true");
  BOOST_TEST(get(client, path).status == 200);
  BOOST_TEST(get(client, path).message.body() == removed.message.body());
  BOOST_TEST(client.call(http::verb::post, path, "name=x", key).status == 404);
  BOOST_TEST(sandbox.count() == 0u);
  BOOST_TEST(sandbox.customers().empty());

  const RawAnswer unknown = get(client, "/v1/customers/cus_FAKE");
  BOOST_TEST(unknown.status == 404);
  BOOST_TEST(unknown.text("/error/code") == "resource_missing");
  BOOST_TEST(unknown.text("/error/param") == "id");
  BOOST_TEST(unknown.text("/error/message") == "No such customer: 'cus_FAKE'");
}

BOOST_AUTO_TEST_CASE(the_list_is_newest_first_filtered_and_paged) {
  Sandbox sandbox(stripe());
  RawClient client(sandbox);
  std::vector<string> ids;
  for (int i = 0; i < 12; ++i)
    ids.push_back(create(client, i % 2 == 0 ? "email=a%40b.c" : "email=d%40e.f").text("/id"));
  const RawAnswer all = get(client, "/v1/customers");
  BOOST_TEST(all.text("/object") == "list");
  BOOST_TEST(all.text("/url") == "/v1/customers");
  BOOST_TEST(all.text("/has_more") == "true");
  BOOST_TEST(all.json().at("data").as_array().size() == 10u);
  BOOST_TEST(all.text("/data/0/id") == ids[11]);
  const RawAnswer rest = get(client, "/v1/customers?starting_after=" + ids[2]);
  BOOST_TEST(rest.text("/has_more") == "false");
  BOOST_TEST(rest.json().at("data").as_array().size() == 2u);
  const RawAnswer found = get(client, "/v1/customers?email=a%40b.c&limit=6");
  BOOST_TEST(found.json().at("data").as_array().size() == 6u);
  BOOST_TEST(found.text("/has_more") == "false");
  BOOST_TEST(get(client, "/v1/customers?email=A%40b.c").text("/data") == "[]");
  BOOST_TEST(get(client, "/v1/customers?limit=0").status == 400);
  BOOST_TEST(get(client, "/v1/customers?limit=101").status == 400);
  BOOST_TEST(get(client, "/v1/customers?nonsense=1").status == 400);
  BOOST_TEST(get(client, "/v1/customers?starting_after=cus_FAKE").status == 404);
}

BOOST_AUTO_TEST_CASE(a_test_can_have_short_pages) {
  Sandbox sandbox(with_short_pages(stripe(), 2));
  RawClient client(sandbox);
  for (int i = 0; i < 3; ++i) create(client, "email=a%40b.c");
  const auto page = [&](const string& query) {
    const RawAnswer answer = get(client, "/v1/customers" + query);
    return std::to_string(answer.json().at("data").as_array().size()) + ' ' +
           answer.text("/has_more");
  };
  BOOST_TEST(page("") == "2 true");
  BOOST_TEST(page("?limit=100") == "2 true");
  BOOST_TEST(page("?limit=100&starting_after=" + sandbox.customers().at(1).id) == "1 false");
  BOOST_TEST(page("/search?query=email:'a@b.c'") == "2 true");
}

BOOST_AUTO_TEST_CASE(an_index_can_lag_behind) {
  Processor processor = stripe();
  processor.listing.eventual = true;
  Sandbox sandbox(std::move(processor));
  RawClient client(sandbox);
  const string id = create(client, ana).text("/id");
  const auto listed = [&] {
    return get(client, "/v1/customers").json().at("data").as_array().size();
  };
  BOOST_TEST(listed() == 1u);
  sandbox.index_delay(1h);
  BOOST_TEST(listed() == 0u);
  BOOST_TEST(get(client, "/v1/customers/" + id).text("/id") == id);
  BOOST_TEST(sandbox.count() == 1u);
  sandbox.index_delay(-1h);
  BOOST_TEST(listed() == 1u);
  sandbox.index_delay(200ms);
  const auto until = std::chrono::steady_clock::now() + guard;
  create(client, ana);
  while (listed() < 2u && std::chrono::steady_clock::now() < until)
    std::this_thread::sleep_for(10ms);
  BOOST_TEST(listed() == 2u);

  std::atomic<bool> done{false};
  std::thread changing([&] {
    for (int i = 0; i < 200; ++i) sandbox.index_delay(std::chrono::hours(i % 2));
    done = true;
  });
  while (!done) BOOST_TEST(listed() <= 2u);
  changing.join();
}

BOOST_AUTO_TEST_CASE(other_paths_and_methods_do_not_exist) {
  Sandbox sandbox(stripe());
  RawClient client(sandbox);
  for (const string path : {"/", "/v1", "/v1/customers/", "/v1/customer", "/v2/customers",
                            "/v1/customers/a/b", "/V1/customers"}) {
    const RawAnswer answer = client.call(http::verb::post, path, "name=x", key);
    BOOST_TEST(answer.status == 404, path);
    BOOST_TEST(answer.text("/error/type") == "invalid_request_error");
  }
  BOOST_TEST(client.call(http::verb::put, "/v1/customers", "name=x", key).status == 404);
  BOOST_TEST(client.call(http::verb::delete_, "/v1/customers", "", key).status == 404);
  BOOST_TEST(create(client, "name=x").status == 200);
}

BOOST_AUTO_TEST_CASE(parameters_in_the_query_count_as_well) {
  Sandbox sandbox(stripe());
  RawClient client(sandbox);
  BOOST_TEST(client.call(http::verb::post, "/v1/customers?name=Q", "phone=1", key).text("/name") ==
             "Q");
  BOOST_TEST(client.call(http::verb::post, "/v1/customers?x=1", "", key).status == 400);
}

// Faults ------------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(connections_are_kept_and_can_be_made_stale) {
  Sandbox sandbox(stripe());
  RawClient idle(sandbox);
  RawClient busy(sandbox);
  BOOST_TEST(create(idle, "").status == 200);
  BOOST_TEST(create(idle, "").status == 200);
  sandbox.fault({.kind = Kind::silent});
  busy.send(on_the_wire("name=a"));
  BOOST_REQUIRE(sandbox.wait_for_requests(3, guard));
  sandbox.close_idle_connections();
  error_code ec;
  BOOST_TEST(idle.drain(ec).empty());
  BOOST_TEST((ec == asio::error::eof));
  busy.socket().non_blocking(true);
  char byte = 0;
  // The session tickets are unread; after them there must be no end of stream.
  while (recv(busy.socket().native_handle(), &byte, 1, MSG_DONTWAIT) == 1) {
  }
  BOOST_TEST(recv(busy.socket().native_handle(), &byte, 1, MSG_DONTWAIT) == -1);
  RawClient fresh(sandbox);
  BOOST_TEST(create(fresh, "").status == 200);
  BOOST_TEST(sandbox.connection_count() == 3u);
}

BOOST_AUTO_TEST_CASE(idle_connections_end_after_the_keep_alive_time) {
  Sandbox sandbox(stripe(), {.keep_alive = 1s});
  RawClient client(sandbox);
  BOOST_TEST(create(client, "").status == 200);
  error_code ec;
  BOOST_TEST(client.drain(ec).empty());
  BOOST_TEST((ec == asio::error::eof));
}

BOOST_AUTO_TEST_CASE(connections_close_when_either_side_says_so) {
  {
    Sandbox sandbox(stripe(), {.keep_alive = 0s});
    RawClient client(sandbox);
    BOOST_TEST(create(client, "").header("Connection") == "close");
    error_code ec;
    client.drain(ec);
    BOOST_TEST((ec == asio::error::eof));
  }
  Sandbox sandbox(stripe());
  RawClient client(sandbox);
  const RawAnswer answer =
      create(client, "", {{"Authorization", "Bearer sk_test_EXAMPLE"}, {"Connection", "close"}});
  BOOST_TEST(answer.header("Connection") == "close");
  error_code ec;
  client.drain(ec);
  BOOST_TEST((ec == asio::error::eof));
}

BOOST_AUTO_TEST_CASE(pipelined_and_split_requests_are_served_in_order) {
  Sandbox sandbox(stripe());
  RawClient client(sandbox);
  client.send(on_the_wire("name=1") + on_the_wire("name=2") + on_the_wire("name=3"));
  for (const char* name : {"1", "2", "3"}) BOOST_TEST(client.receive().text("/name") == name);
  for (const char c : on_the_wire("name=split")) client.send(std::string_view(&c, 1));
  BOOST_TEST(client.receive().text("/name") == "split");
}

BOOST_AUTO_TEST_CASE(chunked_requests_and_expect_100_are_understood) {
  Sandbox sandbox(stripe());
  RawClient client(sandbox);
  const string head =
      "POST /v1/customers HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer sk_test_EXAMPLE\r\n"
      "Content-Type: application/x-www-form-urlencoded\r\n";
  client.send(head + "Transfer-Encoding: chunked\r\n\r\n3\r\nnam\r\n5\r\ne=Ana\r\n0\r\n\r\n");
  BOOST_TEST(client.receive().text("/name") == "Ana");
  client.send(head + "Expect: 100-continue\r\nContent-Length: 8\r\n\r\n");
  BOOST_TEST(client.receive().status == 100);
  client.send("name=Eva");
  BOOST_TEST(client.receive().text("/name") == "Eva");
}

BOOST_AUTO_TEST_CASE(oversized_and_malformed_messages_are_refused) {
  Sandbox sandbox(stripe(), {.max_body = 100});
  const auto ask = [&](const string& text) {
    RawClient client(sandbox);
    client.send(text);
    const int status = client.receive().status;
    error_code ec;
    client.drain(ec);
    BOOST_TEST((ec == asio::error::eof));
    return status;
  };
  BOOST_TEST(ask(on_the_wire("name=" + string(96, 'a'))) == 413);
  BOOST_TEST(ask("GET / HTTP/1.1\r\nHost: x\r\nX: " + string(20'000, 'a') + "\r\n\r\n") == 431);
  BOOST_TEST(ask("NONSENSE\r\n\r\n") == 400);
  BOOST_TEST(ask("POST /v1/customers HTTP/1.1\r\nContent-Length: 0\r\n\r\n") == 400);
  BOOST_TEST(ask("GET /v1/customers HTTP/1.0\r\nAuthorization: Bearer sk_test_EXAMPLE\r\n\r\n") ==
             200);
  RawClient client(sandbox);
  BOOST_TEST(create(client, "name=" + string(95, 'a')).status == 200);
}

BOOST_AUTO_TEST_CASE(plain_http_is_possible) {
  Sandbox sandbox(stripe(), {.tls = false});
  RawClient client(sandbox);
  BOOST_TEST(sandbox.base_url() == "http://localhost:" + std::to_string(sandbox.port()));
  BOOST_TEST(create(client, "name=a").status == 200);
  sandbox.fault({.kind = Kind::truncate, .bytes = 9});
  client.send(on_the_wire("name=b"));
  error_code ec;
  BOOST_TEST(client.drain(ec) == "HTTP/1.1 ");
  BOOST_TEST((ec == asio::error::eof));
  BOOST_TEST(sandbox.handshake_count() == 0u);
}

BOOST_AUTO_TEST_CASE(tls_sessions_can_be_resumed) {
  Sandbox sandbox(stripe());
  using SessionPointer = std::unique_ptr<SSL_SESSION, detail::FreeWith<&SSL_SESSION_free>>;
  SessionPointer session;
  {
    RawClient client(sandbox);
    BOOST_TEST(create(client, "").status == 200);  // with the answer come the tickets
    session.reset(SSL_get1_session(client.native()));
    SSL_set_shutdown(client.native(), SSL_SENT_SHUTDOWN);  // else the session counts as broken
  }
  BOOST_TEST(sandbox.handshake_count() == 1u);
  BOOST_TEST(sandbox.resumed_count() == 0u);
  RawClient client(sandbox.port(), {.ca_pem = sandbox.ca_pem(), .session = session.get()});
  BOOST_TEST(create(client, "").status == 200);
  BOOST_TEST(SSL_session_reused(client.native()) == 1);
  BOOST_TEST(sandbox.handshake_count() == 2u);
  BOOST_TEST(sandbox.resumed_count() == 1u);
}

BOOST_AUTO_TEST_CASE(client_certificates_can_be_demanded) {
  const Authority clients;
  const Authority strangers;
  Sandbox sandbox(stripe(),
                  {.require_client_certificate = true, .client_ca_pem = clients.certificate_pem()});
  const auto try_with = [&](std::optional<Identity> identity) {
    try {
      RawClient client(sandbox.port(),
                       {.ca_pem = sandbox.ca_pem(), .identity = std::move(identity)});
      return create(client, "").status;
    } catch (const boost::system::system_error&) {
      return 0;
    }
  };
  BOOST_TEST(try_with(clients.issue({.names = {"client"}})) == 200);
  BOOST_TEST(try_with(strangers.issue({.names = {"client"}})) == 0);
  BOOST_TEST(try_with(std::nullopt) == 0);
  BOOST_TEST(sandbox.handshake_count() == 1u);
}

BOOST_AUTO_TEST_CASE(unfit_servers_can_be_shown_to_clients) {
  const Authority authority;
  const auto refused = [&](const Sandbox& sandbox, const string& ca) {
    try {
      RawClient client(sandbox.port(), {.ca_pem = ca});
      return false;
    } catch (const boost::system::system_error&) {
      return true;
    }
  };
  const string& ca = authority.certificate_pem();
  const Sandbox good(stripe(), {.identity = authority.issue()});
  BOOST_TEST(good.ca_pem().empty());
  BOOST_TEST(!refused(good, ca));
  BOOST_TEST(refused(good, Authority().certificate_pem()));
  const Sandbox expired(stripe(),
                        {.identity = authority.issue({.valid_from = -2h, .valid_until = -1h})});
  BOOST_TEST(refused(expired, ca));
  const Sandbox misnamed(stripe(), {.identity = authority.issue({.names = {"other.test"}})});
  BOOST_TEST(refused(misnamed, ca));
  const Sandbox outdated(stripe(), {.identity = authority.issue(), .max_tls = TLS1_1_VERSION});
  BOOST_TEST(refused(outdated, ca));
  const Sandbox tls12(stripe(), {.identity = authority.issue(), .max_tls = TLS1_2_VERSION});
  BOOST_TEST(!refused(tls12, ca));
  BOOST_TEST(outdated.handshake_count() == 0u);
  BOOST_CHECK_THROW(Sandbox(stripe(), {.identity = Identity{"no", "identity"}}),
                    std::runtime_error);
}

BOOST_AUTO_TEST_CASE(it_stops_promptly_whatever_connections_are_doing) {
  std::optional<Sandbox> sandbox;
  sandbox.emplace(stripe(), SandboxOptions{.threads = 2});
  std::vector<std::unique_ptr<RawClient>> clients;
  const std::vector<Fault> faults{{.kind = Kind::silent},
                                  {.kind = Kind::delay, .store = true, .delay = 10min},
                                  {.kind = Kind::delay, .delay = 10min},
                                  {.kind = Kind::slow, .delay = 10min}};
  for (const Fault& fault : faults) {
    sandbox->fault(fault);
    clients.push_back(std::make_unique<RawClient>(*sandbox));
    clients.back()->send(on_the_wire("name=a"));
    BOOST_REQUIRE(sandbox->wait_for_requests(clients.size(), guard));
  }
  clients.push_back(std::make_unique<RawClient>(*sandbox));
  clients.back()->send("POST /v1/cust");
  asio::io_context io;
  asio::ip::tcp::socket unshaken(io);
  unshaken.connect({asio::ip::address_v4::loopback(), sandbox->port()});
  const std::uint16_t port = sandbox->port();
  sandbox.reset();
  error_code ec;
  asio::ip::tcp::socket late(io);
  late.connect({asio::ip::address_v4::loopback(), port}, ec);
  BOOST_TEST(ec.failed());
}

BOOST_AUTO_TEST_CASE(it_serves_many_clients_at_once_and_loses_nothing) {
  constexpr int clients = 4;
  constexpr int each = 150;
  Sandbox sandbox(stripe(), {.threads = 2});
  std::atomic<int> good = 0;
  std::vector<std::thread> threads;
  for (int c = 0; c < clients; ++c) {
    threads.emplace_back([&, c] {
      RawClient client(sandbox);
      for (int i = 0; i < each; ++i) {
        // Every customer is asked for by two clients with the same key.
        const string reference = std::to_string(c / 2) + '-' + std::to_string(i);
        RawAnswer answer =
            create(client, "metadata[merchant_customer_id]=m" + reference, keyed(reference));
        if (answer.status == 200) ++good;
        static_cast<void>(sandbox.count(reference));
        static_cast<void>(sandbox.requests());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  BOOST_TEST(good.load() == clients * each);
  BOOST_TEST(sandbox.count() == static_cast<std::size_t>(clients / 2 * each));
  BOOST_TEST(sandbox.count("m1-7") == 1u);
  BOOST_TEST(sandbox.request_count() == static_cast<std::uint64_t>(clients * each));
}

BOOST_AUTO_TEST_SUITE_END()
