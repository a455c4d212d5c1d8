// SPDX-License-Identifier: Apache-2.0
#include <florin/any_client.hpp>
#include <florin/create.hpp>
#include <florin/policies/stripe.hpp>
#include <florin/testing/scripted_stream.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "client_fixture.hpp"
#include "plain_policy.hpp"
#include "support/allocations.hpp"

/// Finding customers, at every layer.
BOOST_AUTO_TEST_SUITE(find_customers)
namespace {

using namespace florin_test;
using florin::by_email;
using florin::by_reference;
using florin::Customer;
using florin::CustomerPage;
using florin::FindByEmail;
using florin::FindRequest;
using florin::testing::ScriptedStream;
using std::string;
using std::string_view;
using Kind = Fault::Kind;

constexpr string_view documented =
    R"({"object":"list","url":"/v1/customers","has_more":false,"data":[)"
    R"({"id":"cus_FaKe0Example02","object":"customer","email":"ana@example.com","name":"Ana Two",)"
    R"("metadata":{"merchant_customer_id":"m-2","tier":"gold"},"created":1767600001},)"
    R"({"id":"cus_FaKe0Example01","object":"customer","email":"ana@example.com","name":"Ana One",)"
    R"("metadata":{"merchant_customer_id":"m-1","note":"late"},"created":1767600000}]})";

void check_documented(const CustomerPage& page) {
  BOOST_TEST_REQUIRE(page.size() == 2U);
  BOOST_TEST(page[0].connector_customer_id() == "cus_FaKe0Example02");
  BOOST_TEST(page[0].name().value_or("-") == "Ana Two");
  BOOST_TEST(page[0].metadata("tier").value_or("-") == "gold");
  BOOST_TEST(page[0].merchant_customer_id().value_or("-") == "m-2");
  BOOST_TEST(page[1].connector_customer_id() == "cus_FaKe0Example01");
  BOOST_TEST(page[1].name().value_or("-") == "Ana One");
  BOOST_TEST(page[1].metadata_size() == 1U);
  BOOST_TEST(page[1].metadata("note").value_or("-") == "late");
  BOOST_TEST(page[1].created()->time_since_epoch().count() == 1767600000);
  BOOST_TEST(page.next().empty());
  BOOST_TEST(page.http_status == 200);
  for (const Customer& customer : page) BOOST_TEST(customer.http_status == 200);
  BOOST_TEST((page.index.consistency == florin::Consistency::immediate));
}

/// More than a page of customers with one email, and one with another.
void fill(StripeFixture& f, int count) {
  for (int i = 0; i < count; ++i) {
    CreateRequest request = buyer("m-" + std::to_string(i));
    BOOST_TEST_REQUIRE(f.client.create(request).has_value());
  }
  CreateRequest other = buyer("other");
  other.email = "bo@example.com";
  BOOST_TEST_REQUIRE(f.client.create(other).has_value());
}

}  // namespace

static_assert(!florin::offers<PlainPolicy, florin::Find> &&
              !florin::offers<PlainPolicy, FindByEmail>);

BOOST_AUTO_TEST_CASE(pages_follow_each_other_as_they_are_asked_for) {
  StripeFixture f;
  fill(f, 230);
  const auto sent = f.sandbox.request_count();
  std::set<string> ids;
  for (auto& customer : f.client.find(by_email("ana@example.com"))) {
    BOOST_TEST_REQUIRE(customer.has_value());
    BOOST_TEST(customer->email().value_or("-") == "ana@example.com");
    ids.emplace(customer->connector_customer_id());
  }
  BOOST_TEST(ids.size() == 230U);
  BOOST_TEST(f.sandbox.request_count() == sent + 3);

  std::size_t count = 0;
  for (auto& customer : f.client.find(by_email("ana@example.com"), {}, 120)) {
    BOOST_TEST_REQUIRE(customer.has_value());
    ++count;
  }
  BOOST_TEST(count == 120U);
  BOOST_TEST(f.sandbox.request_count() == sent + 5);
  // What is not asked for is not read.
  for (auto& customer : f.client.find(by_email("ana@example.com"))) {
    BOOST_TEST(customer.has_value());
    break;
  }
  BOOST_TEST(f.sandbox.request_count() == sent + 6);
  for ([[maybe_unused]] auto& customer : f.client.find(by_email("nobody@example.com")))
    BOOST_ERROR("somebody is found");

  auto mine = f.client.find(by_email("ana@example.com"));
  const auto before = f.sandbox.request_count();
  std::size_t passed = 0;
  for (auto at = mine.begin(); at != mine.end(); at++) passed += at->has_value();
  BOOST_TEST(passed == 230U);
  BOOST_TEST(f.sandbox.request_count() == before + 3);
}

BOOST_AUTO_TEST_CASE(an_error_ends_the_range_and_the_page_can_be_asked_for_again) {
  StripeFixture f;
  fill(f, 130);
  auto finder = f.client.find(by_email("ana@example.com"), {.retries = 0});
  const auto first = finder.next();
  BOOST_TEST_REQUIRE(first.has_value());
  BOOST_TEST(first->size() == 100U);
  f.sandbox.fault({.kind = Kind::server_error});
  const auto failed = finder.next();
  BOOST_TEST_REQUIRE(failed.has_error());
  BOOST_TEST((failed.error().outcome == Outcome::no_effect));
  const auto again = finder.next();
  BOOST_TEST_REQUIRE(again.has_value());
  BOOST_TEST(again->size() == 30U);
  BOOST_TEST(!finder.has_next());

  f.sandbox.fault({.kind = Kind::none});
  f.sandbox.fault({.kind = Kind::server_error});
  std::size_t good = 0;
  std::size_t bad = 0;
  for (auto& customer : f.client.find(by_email("ana@example.com"), {.retries = 0}))
    ++(customer ? good : bad);
  BOOST_TEST(good == 100U);
  BOOST_TEST(bad == 1U);
}

BOOST_AUTO_TEST_CASE(lost_answers_are_asked_for_again) {
  for (const Kind kind : {Kind::reset_before_read, Kind::reset_after, Kind::truncate}) {
    StripeFixture f;
    fill(f, 2);
    f.sandbox.fault({.kind = kind, .bytes = 40});
    auto finder = f.client.find(by_email("ana@example.com"));
    const auto page = finder.next();
    BOOST_TEST_REQUIRE(page.has_value());
    BOOST_TEST(page->size() == 2U);
    BOOST_TEST(page->attempts == 2);
  }
}

BOOST_AUTO_TEST_CASE(pages_can_be_awaited) {
  StripeFixture f;
  fill(f, 130);
  auto finder = f.client.find(by_email("ana@example.com"));
  std::size_t count = 0;
  while (finder.has_next()) {
    auto page = take(finder.async_next(boost::asio::use_future));
    BOOST_TEST_REQUIRE(page.has_value());
    finder.advance(*page);
    count += page->size();
  }
  BOOST_TEST(count == 130U);
  // Beyond the limit there are none, whichever way they come.
  auto few = f.client.find(by_email("ana@example.com"), {}, 2);
  auto page = take(few.async_next(boost::asio::use_future));
  BOOST_TEST_REQUIRE(page.has_value());
  few.advance(*page);
  BOOST_TEST(page->size() == 2U);
  BOOST_TEST(!few.has_next());
}

BOOST_AUTO_TEST_CASE(a_page_that_is_used_again_allocates_nothing) {
  florin::Decoder<StripePolicy, FindByEmail> decoder;
  florin::EncodedRequest out;
  CustomerPage page;
  const StripePolicy::Credentials key{.api_key = "sk_test_EXAMPLE"};
  const FindRequest request{.email = "ana@example.com"};
  std::size_t allocations = 1;
  for (int round = 0; round < 3; ++round) {
    const AllocationCount count;
    const bool encoded = florin::encode<StripePolicy, FindByEmail>(request, key, out).has_value();
    decoder.reset();
    decoder.status(200);
    decoder.body(documented, true);
    const bool read = decoder.take(request, page).has_value();
    allocations = count.value();
    BOOST_TEST_REQUIRE((encoded && read));
  }
  BOOST_TEST(allocations == 0U);
  check_documented(page);
}

BOOST_AUTO_TEST_CASE(pieces_of_any_size_give_the_same_page) {
  const FindRequest request{.email = "ana@example.com"};
  florin::Decoder<StripePolicy, FindByEmail> decoder;
  for (std::size_t cut = 0; cut <= documented.size(); ++cut) {
    decoder.reset();
    decoder.status(200);
    decoder.body(documented.substr(0, cut));
    decoder.body(documented.substr(cut), true);
    const auto page = decoder.take(request);
    BOOST_TEST_REQUIRE(page.has_value(), cut);
    if (cut % 32 == 0) check_documented(*page);
    BOOST_TEST_REQUIRE(page->size() == 2U, cut);
  }
}

BOOST_AUTO_TEST_CASE(layer_1_finds_over_a_stream) {
  boost::asio::io_context context;
  const string answer = "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(documented.size()) +
                        "\r\n\r\n" + string{documented};
  const auto stream = [&] {
    return ScriptedStream{
        context.get_executor(),
        {ScriptedStream::expect(), ScriptedStream::give(answer), ScriptedStream::eof()}};
  };
  auto first = stream();
  const auto page =
      florin::find<StripePolicy>(first, by_email("ana@example.com"), {.api_key = "sk"});
  BOOST_TEST_REQUIRE(page.has_value());
  check_documented(*page);
  auto second = stream();
  auto later = florin::async_find<StripePolicy>(second, by_email("ana@example.com"),
                                                {.api_key = "sk"}, {}, boost::asio::use_future);
  context.run();
  const auto found = take(std::move(later));
  BOOST_TEST_REQUIRE(found.has_value());
  check_documented(*found);
}

BOOST_AUTO_TEST_CASE(what_is_lost_at_layer_1_has_changed_nothing) {
  boost::asio::io_context context;
  const auto stream = [&] {
    return ScriptedStream{context.get_executor(),
                          {ScriptedStream::expect(), ScriptedStream::eof()}};
  };
  auto first = stream();
  auto second = stream();
  auto later = florin::async_find<StripePolicy>(second, by_email("ana@example.com"),
                                                {.api_key = "sk"}, {}, boost::asio::use_future);
  context.run();
  for (const auto& page :
       {florin::find<StripePolicy>(first, by_email("ana@example.com"), {.api_key = "sk"}),
        take(std::move(later))}) {
    BOOST_TEST_REQUIRE(page.has_error());
    const florin::Error error = page.error();
    BOOST_TEST((error.code == florin::Errc::connection_lost));
    BOOST_TEST((error.outcome == Outcome::no_effect));
  }
}

BOOST_AUTO_TEST_CASE(a_processor_that_is_chosen_at_run_time) {
  StripeFixture f;
  fill(f, 3);
  auto client = florin::AnyClient::make<std::tuple<florin::StripePolicy>>(
                    "stripe", {{"api_key", f.sandbox.credential()}}, f.options())
                    .value();
  auto plain =
      florin::AnyClient::make<std::tuple<PlainPolicy>>("plain", {{"token", "t"}}, f.options())
          .value();
  std::size_t count = 0;
  for (auto& customer : client.find(by_email("ana@example.com"))) count += customer ? 1U : 0U;
  BOOST_TEST(count == 3U);
  auto awaited = client.find(by_email("ana@example.com"));
  const auto page = take(awaited.async_next(boost::asio::use_future));
  BOOST_TEST_REQUIRE(page.has_value());
  BOOST_TEST(page->size() == 3U);
  const auto sent = f.sandbox.request_count();
  for (auto& customer : plain.find(by_reference("m-1"))) {
    BOOST_TEST_REQUIRE(customer.has_error());
    BOOST_TEST((customer.error().code == Errc::invalid_options));
  }
  BOOST_TEST(f.sandbox.request_count() == sent);
}

BOOST_AUTO_TEST_SUITE_END()
