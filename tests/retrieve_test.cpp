// SPDX-License-Identifier: Apache-2.0
#include <florin/any_client_of.hpp>
#include <florin/create.hpp>
#include <florin/policies/braintree.hpp>
#include <florin/policies/nmi.hpp>
#include <florin/policies/recurly.hpp>
#include <florin/policies/stax.hpp>
#include <florin/policies/stripe.hpp>
#include <florin/testing/scripted_stream.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "client_fixture.hpp"
#include "plain_policy.hpp"
#include "support/allocations.hpp"

/// Reading a customer back, at every layer.
BOOST_AUTO_TEST_SUITE(retrieve)
namespace {

using namespace florin_test;
using florin::Customer;
using florin::Retrieve;
using florin::RetrieveRequest;
using florin::testing::ScriptedStream;
using std::string;
using std::string_view;
using Found = florin::Result<Customer>;
using Kind = Fault::Kind;

constexpr string_view documented =
    R"({"id":"cus_FaKe0Example01","object":"customer","address":{"city":"Springfield",)"
    R"("country":"US","line1":"1 Example Street","line2":null,"postal_code":"62701","state":"IL"},)"
    R"("created":1767600000,"description":"Example buyer","email":"ana@example.com",)"
    R"("livemode":false,"metadata":{"merchant_customer_id":"m-1001","tier":"gold","plan":""},)"
    R"("name":"Ana \u00c9xample","phone":null,"shipping":{"name":"Somebody Else"}})";

Found read(string_view body, string_view id = "cus_FaKe0Example01", int status = 200) {
  const std::vector<florin::wire::HeaderView> headers{{"Request-Id", "req_1"}};
  return florin::decode<StripePolicy, Retrieve>(
      florin::wire::ResponseView<std::vector<florin::wire::HeaderView>>{status, headers, body},
      RetrieveRequest{id});
}

void check_documented(const Customer& customer) {
  BOOST_TEST(customer.connector_customer_id() == "cus_FaKe0Example01");
  BOOST_TEST(customer.merchant_customer_id().value_or("-") == "m-1001");
  BOOST_TEST(customer.email().value_or("-") == "ana@example.com");
  BOOST_TEST(customer.name().value_or("-") == "Ana \xC3\x89xample");
  BOOST_TEST(!customer.given_name());
  BOOST_TEST(!customer.family_name());
  BOOST_TEST(!customer.phone());
  BOOST_TEST(customer.description().value_or("-") == "Example buyer");
  BOOST_TEST(customer.address_line1().value_or("-") == "1 Example Street");
  BOOST_TEST(!customer.address_line2());
  BOOST_TEST(customer.address_city().value_or("-") == "Springfield");
  BOOST_TEST(customer.address_state().value_or("-") == "IL");
  BOOST_TEST(customer.address_zip().value_or("-") == "62701");
  BOOST_TEST(customer.address_country().value_or("-") == "US");
  BOOST_TEST_REQUIRE(customer.metadata_size() == 2U);
  BOOST_TEST(customer.metadata(0).key == "tier");
  BOOST_TEST(customer.metadata(0).value == "gold");
  BOOST_TEST(customer.metadata("plan").value_or("-") == "");
  BOOST_TEST(!customer.metadata("merchant_customer_id"));
  BOOST_TEST(!customer.metadata("Tier"));
  BOOST_TEST_REQUIRE(customer.created().has_value());
  BOOST_TEST(customer.created()->time_since_epoch().count() == 1767600000);
  BOOST_TEST((customer.status == florin::CustomerStatus::active));
  BOOST_TEST(customer.http_status == 200);
  BOOST_TEST(customer.request_id == "req_1");
}

template <class Client>
Found get(Client& client, bool async, string_view id) {
  return async ? take(client.async_retrieve(id, boost::asio::use_future)) : client.retrieve(id);
}

string code_of(const Found& found) {
  if (found) return "found";
  BOOST_TEST((found.error().outcome == Outcome::no_effect));
  return string{to_string(found.error().code)};
}

}  // namespace

static_assert(florin::offers<StripePolicy, Retrieve> && !florin::offers<PlainPolicy, Retrieve>);

BOOST_AUTO_TEST_CASE(a_record_is_read_part_by_part) {
  const auto found = read(documented);
  BOOST_TEST_REQUIRE(found.has_value());
  check_documented(*found);
  // A copy has its own text.
  Customer copy = *found;
  Customer moved = std::move(copy);
  check_documented(moved);
  BOOST_TEST(copy.email().value_or("").empty());
}

BOOST_AUTO_TEST_CASE(pieces_of_any_size_give_the_same_record) {
  florin::Decoder<StripePolicy, Retrieve> decoder;
  for (std::size_t cut = 0; cut <= documented.size(); ++cut) {
    decoder.reset();
    decoder.status(200);
    decoder.header("Request-Id", "req_1");
    decoder.body(documented.substr(0, cut));
    decoder.body(documented.substr(cut), true);
    const auto found = decoder.take({"cus_FaKe0Example01"});
    BOOST_TEST_REQUIRE(found.has_value(), cut);
    if (cut % 64 == 0) check_documented(*found);
    BOOST_TEST_REQUIRE(found->metadata("tier").value_or("-") == "gold", cut);
    BOOST_TEST_REQUIRE(found->name().value_or("-") == "Ana \xC3\x89xample", cut);
  }
  decoder.reset();
  decoder.status(200);
  for (const char c : documented) decoder.body({&c, 1});
  decoder.finish();
  BOOST_TEST_REQUIRE(decoder.take({"cus_FaKe0Example01"}).has_value());
}

BOOST_AUTO_TEST_CASE(a_record_that_is_used_again_allocates_nothing) {
  florin::Decoder<StripePolicy, Retrieve> decoder;
  florin::EncodedRequest out;
  Customer customer;
  const StripePolicy::Credentials key{.api_key = "sk_test_EXAMPLE"};
  std::size_t allocations = 1;
  for (int round = 0; round < 3; ++round) {
    const AllocationCount count;
    const bool encoded =
        florin::encode<StripePolicy, Retrieve>(RetrieveRequest{"cus_FaKe0Example01"}, key, out)
            .has_value();
    decoder.reset();
    decoder.status(200);
    decoder.header("Request-Id", "req_1");
    decoder.body(documented, true);
    const bool read = decoder.take({"cus_FaKe0Example01"}, customer).has_value();
    allocations = count.value();
    BOOST_TEST_REQUIRE((encoded && read));
  }
  BOOST_TEST(allocations == 0U);
  check_documented(customer);
}

BOOST_AUTO_TEST_CASE(nothing_of_one_record_reaches_the_next) {
  florin::Decoder<StripePolicy, Retrieve> decoder;
  Customer customer;
  for (const string_view first :
       {documented, string_view{R"({"id":"cus_FaKe0Example01","deleted":true})"}}) {
    for (const string_view body : {first, string_view{R"({"id":"cus_FaKe0Example01"})"}}) {
      decoder.reset();
      decoder.status(200);
      decoder.body(body, true);
      BOOST_TEST_REQUIRE(decoder.take({"cus_FaKe0Example01"}, customer).has_value());
    }
    BOOST_TEST((customer.status == florin::CustomerStatus::active));
    BOOST_TEST(!customer.created());
    BOOST_TEST(!customer.email());
    BOOST_TEST(!customer.merchant_customer_id());
    BOOST_TEST(customer.metadata_size() == 0U);
  }
}

BOOST_AUTO_TEST_CASE(named_values_come_in_any_order) {
  const auto fields = [](const string& list) {
    const std::vector<florin::wire::HeaderView> headers;
    const string body =
        R"({"id":"c1","code":"u1","custom_fields":)" + list + R"(,"email":"a@b.co"})";
    const auto customer = florin::decode<florin::RecurlyPolicy, Retrieve>(
        florin::wire::ResponseView<std::vector<florin::wire::HeaderView>>{200, headers, body},
        RetrieveRequest{"c1"});
    BOOST_TEST_REQUIRE(customer.has_value());
    BOOST_TEST(customer->email().value_or("-") == "a@b.co");
    string all;
    for (std::size_t i = 0; i < customer->metadata_size(); ++i)
      all += string{customer->metadata(i).key} + '=' + string{customer->metadata(i).value} + ' ';
    return all;
  };
  const string both = "color=red size=L ";
  BOOST_TEST(fields(R"([{"name":"color","value":"red"},{"name":"size","value":"L"}])") == both);
  BOOST_TEST(fields(R"([{"value":"red","name":"color"},{"value":"L","name":"size"}])") == both);
  BOOST_TEST(
      fields(
          R"([{"value":"red","x":{"y":[1]},"name":"color"},{"name":"size","z":{},"value":"L"}])") ==
      both);
  BOOST_TEST(
      fields(
          R"([{"name":"color"},{"value":"L"},{"name":"a","value":null},{"value":7,"name":"b"}])") ==
      "b=7 ");
  BOOST_TEST(fields(R"([{"value":{"x":[1,"y"]},"name":"deep"}])") == R"(deep={"x":[1,"y"]} )");
}

BOOST_AUTO_TEST_CASE(only_the_processors_own_words_say_that_there_is_nobody) {
  const auto read_by = []<class P>(std::type_identity<P>, string_view body) {
    const std::vector<florin::wire::HeaderView> headers;
    const Found found = florin::decode<P, Retrieve>(
        florin::wire::ResponseView<std::vector<florin::wire::HeaderView>>{200, headers, body},
        RetrieveRequest{"c1"});
    return found ? string{"found"} : string{to_string(found.error().code)};
  };
  constexpr std::type_identity<florin::NmiPolicy> nmi;
  constexpr std::type_identity<florin::BraintreePolicy> braintree;
  BOOST_TEST(read_by(nmi, "<nm_response></nm_response>") == "not_found");
  BOOST_TEST(read_by(nmi, "<nm_response/>") == "not_found");
  BOOST_TEST(read_by(braintree, R"({"data":{"node":null}})") == "not_found");
  for (const string_view other : {"<html><body><p>Down</p></body></html>", "<error/>"})
    BOOST_TEST(read_by(nmi, other) == "unreadable_reply", other);
  for (const string_view other :
       {R"("captive portal")", R"({"status":"ok"})", "{}", "[]", "null", R"({"data":null})",
        R"({"data":null,"errors":[{"path":["node"]}]})"})
    BOOST_TEST(read_by(braintree, other) == "unreadable_reply", other);
}

BOOST_AUTO_TEST_CASE(what_is_no_id_is_not_taken_for_one) {
  for (const string_view id : {"true", "false", "-5", "1.5", "1e5", "-0", "[]", "{}", "null"}) {
    const string body = R"({"id":)" + string{id} + R"(,"email":"ana@example.com"})";
    const std::vector<florin::wire::HeaderView> headers;
    const auto created = florin::decode<florin::StaxPolicy>(
        florin::wire::ResponseView<std::vector<florin::wire::HeaderView>>{200, headers, body},
        buyer("m-1"));
    BOOST_TEST_REQUIRE(created.has_error(), id);
    BOOST_TEST((created.error().code == Errc::unreadable_reply), id);
    BOOST_TEST((created.error().outcome == Outcome::unknown), id);
  }
}

BOOST_AUTO_TEST_CASE(what_is_no_record_of_the_customer_is_told) {
  const auto gone = read(R"({"id":"cus_FaKe0Example01","object":"customer","deleted":true})");
  BOOST_TEST_REQUIRE(gone.has_value());
  BOOST_TEST((gone->status == florin::CustomerStatus::deleted));
  BOOST_TEST(!gone->email());
  BOOST_TEST(code_of(read(R"({"error":{"code":"resource_missing","message":"No such customer",)"
                          R"("param":"id","type":"invalid_request_error"}})",
                          "cus_FaKeMissing01", 404)) == "not_found");
  BOOST_TEST(code_of(read(documented, "cus_other")) == "unreadable_reply");
  BOOST_TEST(code_of(read("{}")) == "unreadable_reply");
  BOOST_TEST(code_of(read("<html>")) == "unreadable_reply");
  BOOST_TEST(code_of(read(documented.substr(0, 300))) == "unreadable_reply");
  BOOST_TEST(code_of(read("<html>", "cus_1", 502)) == "connector_unavailable");
  BOOST_TEST(code_of(read("", "cus_1", 401)) == "unauthorized");
  const string long_name = R"({"id":"cus_1","metadata":{")" + string(600, 'k') + R"(":"v"}})";
  florin::Decoder<StripePolicy, Retrieve> decoder;
  decoder.status(200);
  for (const char c : long_name) decoder.body({&c, 1});
  decoder.finish();
  BOOST_TEST(code_of(decoder.take({"cus_1"})) == "unreadable_reply");
}

BOOST_AUTO_TEST_CASE(a_client_reads_what_it_created) {
  for (const bool async : {false, true}) {
    StripeFixture f;
    CreateRequest request = buyer("m-1");
    request.metadata = {{"tier", "gold"}};
    const auto made = f.client.create(request);
    BOOST_TEST_REQUIRE(made.has_value());
    const string id = made->connector_customer_id.str();
    const auto found = get(f.client, async, id);
    BOOST_TEST_REQUIRE(found.has_value());
    BOOST_TEST(found->connector_customer_id() == id);
    BOOST_TEST(found->merchant_customer_id().value_or("-") == "m-1");
    BOOST_TEST(found->email().value_or("-") == "ana@example.com");
    BOOST_TEST(found->metadata("tier").value_or("-") == "gold");
    BOOST_TEST(found->attempts == 1);
    BOOST_TEST((found->timings[Phase::read] > 0ns));
    BOOST_TEST(found->request_id.view().starts_with("req_"));
    BOOST_TEST(code_of(get(f.client, async, "cus_none")) == "not_found");
    const auto sent = f.sandbox.requests().size();
    const auto refused = get(f.client, async, "../v1/charges");
    BOOST_TEST(code_of(refused) == "invalid_field");
    BOOST_TEST(refused.error().param == "connector_customer_id");
    BOOST_TEST(code_of(get(f.client, async, "")) == "missing_field");
    BOOST_TEST(f.sandbox.requests().size() == sent);
    BOOST_TEST(f.client.pool().opened == 1U);
  }
}

BOOST_AUTO_TEST_CASE(a_lost_answer_is_asked_for_again) {
  for (const bool async : {false, true}) {
    for (const Kind kind : {Kind::reset_before_read, Kind::reset_after, Kind::truncate,
                            Kind::server_error, Kind::rate_limited}) {
      StripeFixture f;
      const auto made = f.client.create(buyer("m-1"));
      BOOST_TEST_REQUIRE(made.has_value());
      f.sandbox.fault({.kind = kind, .bytes = 40});
      const auto found = get(f.client, async, made->connector_customer_id.view());
      BOOST_TEST_REQUIRE(found.has_value(), static_cast<int>(kind));
      BOOST_TEST(found->email().value_or("-") == "ana@example.com");
      BOOST_TEST(found->attempts == 2);
    }
  }
}

BOOST_AUTO_TEST_CASE(the_deadline_leaves_nothing_open) {
  StripeFixture f;
  auto options = f.options();
  options.deadline = elapsing;
  auto client = f.connect(options);
  const auto made = client.create(buyer("m-1"));
  BOOST_TEST_REQUIRE(made.has_value());
  for (const bool async : {false, true}) {
    f.sandbox.fault({.kind = Kind::silent});
    BOOST_TEST(code_of(get(client, async, made->connector_customer_id.view())) ==
               "deadline_exceeded");
  }
}

BOOST_AUTO_TEST_CASE(cancelling_leaves_nothing_open) {
  StripeFixture f;
  const auto made = f.client.create(buyer("m-1"));
  BOOST_TEST_REQUIRE(made.has_value());
  const auto before = f.sandbox.requests().size();
  f.sandbox.fault({.kind = Kind::silent});
  auto pending =
      f.client.async_retrieve(made->connector_customer_id.view(), boost::asio::use_future);
  const auto limit = std::chrono::steady_clock::now() + hang_guard;
  while (f.sandbox.requests().size() == before && std::chrono::steady_clock::now() < limit)
    std::this_thread::sleep_for(1ms);
  f.client.cancel_all();
  BOOST_TEST(code_of(take(std::move(pending))) == "cancelled");
  // The next one goes over another connection.
  BOOST_TEST(code_of(get(f.client, false, made->connector_customer_id.view())) == "found");
}

BOOST_AUTO_TEST_CASE(exhausted_memory_leaves_nothing_open) {
  StripeFixture f;
  CreateRequest request = buyer("m-1");
  request.description = "Long enough for the heap, wherever a text is kept by itself";
  const auto made = f.client.create(request);
  BOOST_TEST_REQUIRE(made.has_value());
  const string id = made->connector_customer_id.str();
  [[maybe_unused]] std::size_t refused = 0;
  bool failed = true;
  for (std::size_t n = 0; failed && n < 1000; ++n) {
    auto client = f.connect();
    BOOST_TEST_REQUIRE(client.warm_up(1).has_value());
    std::optional<Found> found;
    {
      const AllocationFailure failure{n};
      found.emplace(client.retrieve(id));
      failed = failure.happened();
    }
    if (*found) {
      BOOST_TEST((*found)->description().value_or("-") == request.description);
    } else {
      ++refused;
      BOOST_TEST(code_of(*found) == "out_of_resources");
    }
    BOOST_TEST(code_of(get(client, false, id)) == "found");
  }
  BOOST_TEST(!failed);
#if !FLORIN_TEST_TSAN
  BOOST_TEST(refused != 0U);
#endif
}

BOOST_AUTO_TEST_CASE(layer_1_reads_over_a_stream) {
  boost::asio::io_context context;
  const string answer = "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(documented.size()) +
                        "\r\nRequest-Id: req_1\r\n\r\n" + string{documented};
  ScriptedStream stream{
      context.get_executor(),
      {ScriptedStream::expect(), ScriptedStream::give(answer), ScriptedStream::eof()}};
  const auto found =
      florin::retrieve<StripePolicy>(stream, "cus_FaKe0Example01", {.api_key = "sk_test_EXAMPLE"});
  BOOST_TEST_REQUIRE(found.has_value());
  check_documented(*found);

  ScriptedStream again{
      context.get_executor(),
      {ScriptedStream::expect(), ScriptedStream::give(answer), ScriptedStream::eof()}};
  auto later = florin::async_retrieve<StripePolicy>(
      again, "cus_FaKe0Example01", {.api_key = "sk_test_EXAMPLE"}, {}, boost::asio::use_future);
  context.run();
  const auto read_later = take(std::move(later));
  BOOST_TEST_REQUIRE(read_later.has_value());
  check_documented(*read_later);
}

BOOST_AUTO_TEST_CASE(a_processor_that_is_chosen_at_run_time) {
  StripeFixture f;
  auto client = florin::AnyClient::make<std::tuple<StripePolicy>>(
                    "stripe", {{"api_key", f.sandbox.credential()}}, f.options())
                    .value();
  const auto made = client.create(buyer("m-1"));
  BOOST_TEST_REQUIRE(made.has_value());
  auto plain =
      florin::AnyClient::make<std::tuple<PlainPolicy>>("plain", {{"token", "t"}}, f.options())
          .value();
  for (const bool async : {false, true}) {
    const auto found = get(client, async, made->connector_customer_id.view());
    BOOST_TEST_REQUIRE(found.has_value());
    BOOST_TEST(found->name().value_or("-") == "Ana Example");
    const auto sent = f.sandbox.requests().size();
    BOOST_TEST(code_of(get(plain, async, "id-1")) == "invalid_options");
    BOOST_TEST(f.sandbox.requests().size() == sent);
  }
}

BOOST_AUTO_TEST_SUITE_END()
