// SPDX-License-Identifier: Apache-2.0
#include <florin/any_client.hpp>
#include <florin/create.hpp>
#include <florin/policies/stripe.hpp>
#include <florin/testing/scripted_stream.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cstddef>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include "client_fixture.hpp"
#include "exhaustion.hpp"
#include "plain_policy.hpp"
#include "support/allocations.hpp"

/// Deleting a customer, at every layer.
BOOST_AUTO_TEST_SUITE(remove_customer)
namespace {

using namespace florin_test;
using florin::Delete;
using florin::DeleteRequest;
using florin::testing::ScriptedStream;
using std::string;
using std::string_view;
using Removed = florin::Result<florin::DeleteResponse>;
using Kind = Fault::Kind;

template <class Client>
Removed drop(Client& client, bool async, string_view id) {
  return async ? take(client.async_remove(id, boost::asio::use_future)) : client.remove(id);
}

string told(const Removed& removed) {
  if (removed) return removed->already_gone ? "already gone" : "deleted";
  const florin::Error error = removed.error();
  check_clean(error);
  return string{to_string(error.code)} + (error.outcome == Outcome::unknown ? ", unknown" : "");
}

template <class Client>
string make(Client& client, string reference = "m-1") {
  return client.create(buyer(std::move(reference))).value().connector_customer_id.str();
}

/// Waits until the sandbox has so many requests.
void await_request(const Sandbox& sandbox, std::size_t number) {
  const auto limit = std::chrono::steady_clock::now() + hang_guard;
  while (sandbox.request_count() < number && std::chrono::steady_clock::now() < limit)
    std::this_thread::sleep_for(1ms);
}

}  // namespace

static_assert(!florin::offers<PlainPolicy, Delete>);

BOOST_AUTO_TEST_CASE(what_is_gone_is_told_from_what_never_was) {
  for (const bool async : {false, true}) {
    StripeFixture f;
    const string id = make(f.client);
    const auto removed = drop(f.client, async, id);
    BOOST_TEST(told(removed) == "deleted");
    BOOST_TEST(removed->connector_customer_id == id);
    BOOST_TEST((removed->status == florin::CustomerStatus::deleted));
    BOOST_TEST(removed->status_code == 200);
    BOOST_TEST(removed->http_status == 200);
    BOOST_TEST(removed->attempts == 1);
    BOOST_TEST(f.sandbox.count() == 0U);
    const auto again = drop(f.client, async, id);
    BOOST_TEST(told(again) == "already gone");
    BOOST_TEST(again->http_status == 404);
    BOOST_TEST(again->attempts == 2);  // the lookup is counted
    BOOST_TEST(told(drop(f.client, async, "cus_never")) == "not_found");
    const auto sent = f.sandbox.request_count();
    BOOST_TEST(told(drop(f.client, async, "..")) == "invalid_field");
    BOOST_TEST(told(drop(f.client, async, "")) == "missing_field");
    BOOST_TEST(f.sandbox.request_count() == sent);
    // A lookup that fails leaves it at what the delete was told.
    f.sandbox.fault({.kind = Kind::none});
    for (int i = 0; i < 3; ++i) f.sandbox.fault({.kind = Kind::server_error});
    BOOST_TEST(told(drop(f.client, async, id)) == "not_found");
    BOOST_TEST(f.client.pool().opened == 1U);
  }
}

BOOST_AUTO_TEST_CASE(a_lost_answer_is_settled_by_the_repetition) {
  for (const bool async : {false, true}) {
    for (const Kind kind : {Kind::reset_after, Kind::truncate, Kind::reset_before_read,
                            Kind::server_error, Kind::rate_limited}) {
      StripeFixture f;
      const string id = make(f.client);
      const bool executed = kind == Kind::reset_after || kind == Kind::truncate;
      f.sandbox.fault({.kind = kind, .store = executed, .bytes = 40});
      const auto removed = drop(f.client, async, id);
      BOOST_TEST_REQUIRE(removed.has_value(), static_cast<int>(kind));
      BOOST_TEST(removed->attempts == 2);
      BOOST_TEST(f.sandbox.count() == 0U);
    }
  }
}

BOOST_AUTO_TEST_CASE(what_is_not_known_is_said_so) {
  StripeFixture f;
  auto options = f.options();
  options.deadline = elapsing;
  auto client = f.connect(options);
  for (const bool async : {false, true}) {
    const string id = make(client);
    f.sandbox.fault({.kind = Kind::silent});
    BOOST_TEST(told(drop(client, async, id)) == "deadline_exceeded, unknown");
  }
}

BOOST_AUTO_TEST_CASE(cancelling_ends_the_call_wherever_it_is) {
  boost::asio::io_context context;
  auto guard = boost::asio::make_work_guard(context);
  std::thread runner{[&context] { context.run(); }};
  {
    StripeFixture f;
    const string id = make(f.client);
    BOOST_TEST(told(f.client.remove(id)) == "deleted");
    for (const bool in_lookup : {false, true}) {
      boost::asio::cancellation_signal signal;
      std::promise<Removed> promise;
      auto answer = promise.get_future();
      if (in_lookup) f.sandbox.fault({.kind = Kind::none});
      f.sandbox.fault({.kind = Kind::silent});
      const auto before = f.sandbox.request_count();
      f.client.async_remove(
          id, boost::asio::bind_cancellation_slot(
                  signal.slot(), boost::asio::bind_executor(context, [&promise](Removed removed) {
                    promise.set_value(std::move(removed));
                  })));
      await_request(f.sandbox, before + (in_lookup ? 2U : 1U));
      boost::asio::post(context, [&signal] { signal.emit(boost::asio::cancellation_type::all); });
      const string ended = told(take(std::move(answer)));
      BOOST_TEST((ended == "cancelled, unknown" || (in_lookup && ended == "not_found")), ended);
    }
  }
  guard.reset();
  runner.join();
}

BOOST_AUTO_TEST_CASE(the_handler_runs_where_it_belongs_and_never_at_once) {
  StripeFixture f;
  const string id = make(f.client);
  BOOST_TEST(told(f.client.remove(id)) == "deleted");
  boost::asio::io_context context;
  bool called = false;
  f.client.async_remove(id, boost::asio::bind_executor(context, [&](Removed removed) {
                          called = true;
                          BOOST_TEST(context.get_executor().running_in_this_thread());
                          BOOST_TEST(told(removed) == "already gone");
                        }));
  BOOST_TEST(!called);
  context.run_for(hang_guard);
  BOOST_TEST(called);
  // Refused before anything is sent: not at once either.
  called = false;
  f.client.async_remove("..", boost::asio::bind_executor(context, [&](Removed removed) {
                          called = true;
                          BOOST_TEST(told(removed) == "invalid_field");
                        }));
  BOOST_TEST(!called);
  context.restart();
  context.run_for(hang_guard);
  BOOST_TEST(called);
}

BOOST_AUTO_TEST_CASE(a_context_may_go_before_its_calls) {
  StripeFixture f;
  const string id = make(f.client);
  const auto held = std::make_shared<int>(0);
  {
    boost::asio::io_context context;
    florin::Client<StripePolicy> client{context.get_executor(), f.credentials(), f.options()};
    f.sandbox.fault({.kind = Kind::silent});
    const auto before = f.sandbox.request_count();
    client.async_remove(id, [held](const Removed&) {});
    BOOST_TEST(held.use_count() > 1);
    const auto limit = std::chrono::steady_clock::now() + hang_guard;
    while (f.sandbox.request_count() == before && std::chrono::steady_clock::now() < limit)
      context.run_for(1ms);
  }
  BOOST_TEST(held.use_count() == 1);
}

BOOST_AUTO_TEST_CASE(a_deferred_call_keeps_what_it_was_given) {
  StripeFixture f;
  string id = make(f.client);
  StripePolicy::Credentials other{.api_key = "sk_test_wrong"};
  auto deferred = f.client.async_remove(id, {.credentials = &other}, boost::asio::deferred);
  id.assign(id.size(), 'x');
  other.api_key = florin::Secret{f.sandbox.credential()};
  const auto removed = take(std::move(deferred)(boost::asio::use_future));
  BOOST_TEST(told(removed) == "unauthorized");
}

BOOST_AUTO_TEST_CASE(exhausted_memory_is_told_wherever_it_happens) {
  for (const bool async : {false, true}) {
    StripeFixture f;
    const string id = make(f.client);
    BOOST_TEST(told(f.client.remove(id)) == "deleted");
    exhaust_memory<Removed, StripePolicy>(
        f.credentials(), f.options(), async,
        [&](auto& client, std::size_t, auto handler) {
          if (async) return client.async_remove(id, handler);
          handler(client.remove(id));
        },
        [](std::size_t, const Removed& removed) {
          const string end = told(removed);
          if (end == "already gone") return false;
          BOOST_TEST((end == "out_of_resources" || end == "out_of_resources, unknown" ||
                      end == "not_found"),
                     end);
          return true;
        });
  }
}

BOOST_AUTO_TEST_CASE(layer_1_deletes_over_a_stream) {
  boost::asio::io_context context;
  const string body = R"({"id":"cus_1","object":"customer","deleted":true})";
  const string answer =
      "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  const auto stream = [&] {
    return ScriptedStream{
        context.get_executor(),
        {ScriptedStream::expect(), ScriptedStream::give(answer), ScriptedStream::eof()}};
  };
  auto first = stream();
  BOOST_TEST(told(florin::remove<StripePolicy>(first, "cus_1", {.api_key = "sk"})) == "deleted");
  auto second = stream();
  auto later = florin::async_remove<StripePolicy>(second, "cus_1", {.api_key = "sk"}, {},
                                                  boost::asio::use_future);
  context.run();
  BOOST_TEST(told(take(std::move(later))) == "deleted");
}

BOOST_AUTO_TEST_CASE(encoding_and_decoding_allocate_nothing) {
  florin::Decoder<StripePolicy, Delete> decoder;
  florin::EncodedRequest out;
  const StripePolicy::Credentials key{.api_key = "sk_test_EXAMPLE"};
  std::size_t allocations = 1;
  for (int round = 0; round < 3; ++round) {
    const AllocationCount count;
    const bool encoded =
        florin::encode<StripePolicy, Delete>(DeleteRequest{"cus_1"}, key, out).has_value();
    decoder.reset();
    decoder.status(200);
    decoder.body(R"({"id":"cus_1","object":"customer","deleted":true})", true);
    const bool removed = decoder.take({"cus_1"}).has_value();
    allocations = count.value();
    BOOST_TEST_REQUIRE((encoded && removed));
  }
  BOOST_TEST(allocations == 0U);
}

BOOST_AUTO_TEST_CASE(a_processor_that_is_chosen_at_run_time) {
  StripeFixture f;
  auto client = florin::AnyClient::make<std::tuple<florin::StripePolicy>>(
                    "stripe", {{"api_key", f.sandbox.credential()}}, f.options())
                    .value();
  auto plain =
      florin::AnyClient::make<std::tuple<PlainPolicy>>("plain", {{"token", "t"}}, f.options())
          .value();
  for (const bool async : {false, true}) {
    const string id = make(client, async ? "m-1" : "m-2");
    BOOST_TEST(told(drop(client, async, id)) == "deleted");
    BOOST_TEST(told(drop(client, async, id)) == "already gone");
    BOOST_TEST(told(drop(client, async, "cus_never")) == "not_found");
    const auto sent = f.sandbox.request_count();
    BOOST_TEST(told(drop(plain, async, "id-1")) == "invalid_options");
    BOOST_TEST(f.sandbox.request_count() == sent);
  }
}

BOOST_AUTO_TEST_SUITE_END()
