// SPDX-License-Identifier: Apache-2.0
#include <florin/any_client.hpp>
#include <florin/create.hpp>
#include <florin/default_client.hpp>
#include <florin/policies/gocardless.hpp>
#include <florin/policies/square.hpp>
#include <florin/policies/stripe.hpp>
#include <florin/testing/processors/gocardless.hpp>
#include <florin/testing/processors/square.hpp>
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
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <tuple>
#include <utility>

#include "client_fixture.hpp"
#include "exhaustion.hpp"
#include "plain_policy.hpp"
#include "support/allocations.hpp"

/// Changing a customer through a client.
BOOST_AUTO_TEST_SUITE(client_update)
namespace {

using namespace florin_test;
using namespace florin::fields;
using florin::Customer;
using florin::Field;
using florin::GocardlessPolicy;
using florin::Update;
using florin::UpdateRequest;
using florin::testing::ScriptedStream;
using std::string;
using std::string_view;
using Changed = florin::Result<Customer>;
using Kind = Fault::Kind;

template <class Client, class Request = UpdateRequest>
Changed change(Client& client, bool async, string_view id, const Request& request) {
  return async ? take(client.async_update(id, request, boost::asio::use_future))
               : client.update(id, request);
}

string told(const Changed& changed) {
  if (changed) return "changed";
  const florin::Error error = changed.error();
  check_clean(error);
  return string{to_string(error.code)} + (error.outcome == Outcome::unknown ? ", unknown" : "");
}

/// A customer of Stripe's with everything.
CreateRequest resident(string id) {
  CreateRequest request = buyer(std::move(id));
  request.description = "Long enough for the heap, wherever a text is kept by itself";
  request.metadata = {{"tier", "gold"}, {"old", "x"}};
  request.address = {.line1 = "1 Example Street",
                     .line2 = "Apt 2",
                     .city = "Springfield",
                     .state = "IL",
                     .zip = "62701",
                     .country = "US"};
  return request;
}
template <class Client>
string make(Client& client, string reference = "m-1") {
  return client.create(resident(std::move(reference))).value().connector_customer_id.str();
}

string key_of(const Sandbox& sandbox, std::size_t behind) {
  const auto requests = sandbox.requests();
  return string{requests[requests.size() - behind].header("Idempotency-Key").value_or("-")};
}

/// Waits until the sandbox has so many requests.
void await_request(const Sandbox& sandbox, std::size_t number) {
  const auto limit = std::chrono::steady_clock::now() + hang_guard;
  while (sandbox.request_count() < number && std::chrono::steady_clock::now() < limit)
    std::this_thread::sleep_for(1ms);
}

/// A sandbox of a processor that replaces metadata as a whole and recognises no key.
struct GocardlessFixture {
  Sandbox sandbox{florin::testing::gocardless(), SandboxOptions{}};
  florin::Client<GocardlessPolicy> client{{.access_token = sandbox.credential()},
                                          options_for(sandbox)};
  string id = client
                  .create(CreateRequest{.merchant_customer_id = "m-1",
                                        .email = "ana@example.com",
                                        .name = "Ana Example",
                                        .metadata = {{"tier", "gold"}}})
                  .value()
                  .connector_customer_id.str();
};

}  // namespace

static_assert(florin::offers<StripePolicy, Update> && !florin::offers<PlainPolicy, Update>);

BOOST_AUTO_TEST_CASE(only_what_is_given_changes) {
  for (const bool async : {false, true}) {
    StripeFixture f;
    const string id = make(f.client);
    const auto sent = f.sandbox.request_count();
    const auto changed = change(f.client, async, id,
                                {.email = "new@example.com",
                                 .metadata = {{"plan", "b"}},
                                 .cleared = {Field::phone},
                                 .metadata_cleared = {"old"}});
    BOOST_TEST_REQUIRE(told(changed) == "changed");
    BOOST_TEST(f.sandbox.request_count() == sent + 1);
    BOOST_TEST(changed->attempts == 1);
    BOOST_TEST(changed->http_status == 200);
    BOOST_TEST(changed->dropped.empty());
    const auto found = f.client.retrieve(id);
    BOOST_TEST_REQUIRE(found.has_value());
    for (const Customer* const customer : {&*changed, &*found}) {
      BOOST_TEST(customer->merchant_customer_id().value_or("-") == "m-1");
      BOOST_TEST(customer->email().value_or("-") == "new@example.com");
      BOOST_TEST(customer->name().value_or("-") == "Ana Example");
      BOOST_TEST(!customer->phone());
      BOOST_TEST(customer->address_line2().value_or("-") == "Apt 2");
      BOOST_TEST(customer->metadata("tier").value_or("-") == "gold");
      BOOST_TEST(customer->metadata("plan").value_or("-") == "b");
      BOOST_TEST(!customer->metadata("old"));
    }
    BOOST_TEST(told(change(f.client, async, "cus_never", {.email = "a@b.example"})) == "not_found");
    BOOST_TEST(f.client.pool().opened == 1U);
  }
}

BOOST_AUTO_TEST_CASE(changes_that_are_known_at_compile_time) {
  for (const bool async : {false, true}) {
    StripeFixture f;
    const string id = make(f.client);
    BOOST_TEST(told(change(f.client, async, id,
                           florin::customer_changes(email = "new@example.com", clear(phone),
                                                    metadata_entry("plan", "b"),
                                                    clear_metadata("old")))) == "changed");
    const auto changes =
        florin::customer_changes(connector_customer_id = id, description = string{"Renamed"});
    BOOST_TEST(told(async ? take(f.client.async_update(changes, boost::asio::use_future))
                          : f.client.update(changes)) == "changed");
    const auto found = f.client.retrieve(id);
    BOOST_TEST_REQUIRE(found.has_value());
    BOOST_TEST(found->email().value_or("-") == "new@example.com");
    BOOST_TEST(found->description().value_or("-") == "Renamed");
    BOOST_TEST(found->metadata("plan").value_or("-") == "b");
    BOOST_TEST(!found->metadata("old"));
  }
}

BOOST_AUTO_TEST_CASE(what_has_to_be_merged_is_read_first) {
  for (const bool async : {false, true}) {
    StripeFixture f;
    const string id = make(f.client);
    auto sent = f.sandbox.request_count();
    const auto moved = change(f.client, async, id, {.address = {.line1 = "2 New Street"}});
    BOOST_TEST_REQUIRE(told(moved) == "changed");
    BOOST_TEST(f.sandbox.request_count() == sent + 2);
    BOOST_TEST(moved->attempts == 2);
    BOOST_TEST(moved->address_line1().value_or("-") == "2 New Street");
    BOOST_TEST(moved->address_city().value_or("-") == "Springfield");
    const auto bare = change(f.client, async, id, {.cleared = {Field::metadata}});
    BOOST_TEST_REQUIRE(told(bare) == "changed");
    BOOST_TEST(bare->metadata_size() == 0U);
    BOOST_TEST(bare->merchant_customer_id().value_or("-") == "m-1");
    // Nobody there to be merged with.
    BOOST_TEST(told(change(f.client, async, "cus_never", {.address = {.city = "C"}})) ==
               "not_found");
    BOOST_TEST(f.client.remove(id).has_value());
    sent = f.sandbox.request_count();
    BOOST_TEST(told(change(f.client, async, id, {.address = {.city = "C"}})) == "not_found");
    BOOST_TEST(f.sandbox.request_count() == sent + 1);

    GocardlessFixture g;
    const auto merged = change(g.client, async, g.id, {.metadata = {{"plan", "b"}}});
    BOOST_TEST_REQUIRE(told(merged) == "changed");
    BOOST_TEST(merged->metadata("tier").value_or("-") == "gold");
    BOOST_TEST(merged->metadata("plan").value_or("-") == "b");
    BOOST_TEST(merged->merchant_customer_id().value_or("-") == "m-1");
    // The caller has read it.
    sent = g.sandbox.request_count();
    UpdateRequest request{.metadata_cleared = {"tier"}};
    florin::UpdateRequestView view = request;
    view.current = &*merged;
    const auto again = change(g.client, async, g.id, view);
    BOOST_TEST_REQUIRE(told(again) == "changed");
    BOOST_TEST(g.sandbox.request_count() == sent + 1);
    BOOST_TEST(!again->metadata("tier"));
    BOOST_TEST(again->metadata("plan").value_or("-") == "b");
  }
}

static_assert(!florin::merges<florin::SquarePolicy>);

BOOST_AUTO_TEST_CASE(where_nothing_is_ever_merged_nothing_is_read) {
  for (const bool async : {false, true}) {
    Sandbox sandbox{florin::testing::square(), SandboxOptions{}};
    florin::Client<florin::SquarePolicy> client{{.access_token = sandbox.credential()},
                                                options_for(sandbox)};
    const string id = client.create(buyer("m-1")).value().connector_customer_id.str();
    const auto sent = sandbox.request_count();
    const auto changed = change(client, async, id, {.email = "new@example.com"});
    BOOST_TEST_REQUIRE(told(changed) == "changed");
    BOOST_TEST(changed->email().value_or("-") == "new@example.com");
    BOOST_TEST(sandbox.request_count() == sent + 1);
  }
}

BOOST_AUTO_TEST_CASE(metadata_are_sent_again_as_they_are_or_the_change_is_not_sent) {
  for (const bool async : {false, true}) {
    GocardlessFixture f;
    const auto changed_of = [&](string_view metadata) {
      f.sandbox.fault({.kind = Kind::garbage,
                       .body = R"({"customers":{"id":")" + f.id + R"(","metadata":)" +
                               string{metadata} + "}}"});
      return change(f.client, async, f.id, {.metadata = {{"plan", "b"}}});
    };
    auto sent = f.sandbox.request_count();
    static_cast<void>(changed_of(R"({"n":[1,{"x":true}],"merchant_customer_id":"m-1"})"));
    BOOST_TEST_REQUIRE(f.sandbox.request_count() == sent + 2);
    BOOST_TEST(f.sandbox.requests().back().body ==
               R"({"customers":{"metadata":{"n":[1,{"x":true}],"plan":"b",)"
               R"("merchant_customer_id":"m-1"}}})");
    sent = f.sandbox.request_count();
    const auto refused = changed_of(R"(["a list"])");
    BOOST_TEST(told(refused) == "invalid_field");
    const florin::Error error = refused.error();
    BOOST_TEST((error.outcome == Outcome::no_effect));
    BOOST_TEST(error.param == "metadata");
    BOOST_TEST(error.attempts == 1);
    BOOST_TEST(f.sandbox.request_count() == sent + 1);
  }
}

BOOST_AUTO_TEST_CASE(what_is_refused_here_is_not_sent) {
  for (const bool async : {false, true}) {
    GocardlessFixture f;
    const auto sent = f.sandbox.request_count();
    BOOST_TEST(told(change(f.client, async, f.id, {})) == "missing_field");
    BOOST_TEST(told(change(f.client, async, "..", {.phone = "1"})) == "invalid_field");
    BOOST_TEST(told(change(f.client, async, "", {.phone = "1"})) == "missing_field");
    BOOST_TEST(told(change(f.client, async, f.id, {.description = "D"})) == "invalid_field");
    // It would have been read first.
    BOOST_TEST(told(change(f.client, async, f.id,
                           {.email = "nobody", .metadata = {{"plan", "b"}}})) == "invalid_field");
    BOOST_TEST(told(change(f.client, async, f.id, {.metadata = {{"merchant_customer_id", "m"}}})) ==
               "invalid_field");
    BOOST_TEST(f.sandbox.request_count() == sent);
    const auto dropped =
        change(f.client, async, f.id, {.phone = "+442079460999", .description = "D"});
    BOOST_TEST_REQUIRE(told(dropped) == "changed");
    BOOST_TEST((dropped->dropped == florin::FieldSet{Field::description}));
  }
}

BOOST_AUTO_TEST_CASE(a_repetition_is_recognised_by_its_key) {
  for (const bool async : {false, true}) {
    for (const Kind kind : {Kind::reset_after, Kind::truncate, Kind::reset_before_read,
                            Kind::server_error, Kind::rate_limited}) {
      StripeFixture f;
      const string id = make(f.client);
      const bool executed = kind == Kind::reset_after || kind == Kind::truncate;
      f.sandbox.fault({.kind = kind, .store = executed, .bytes = 40});
      const auto changed = change(f.client, async, id, {.email = "new@example.com"});
      BOOST_TEST_REQUIRE(told(changed) == "changed", static_cast<int>(kind));
      BOOST_TEST(changed->attempts == 2);
      BOOST_TEST(changed->email().value_or("-") == "new@example.com");
      if (kind != Kind::reset_before_read) BOOST_TEST(key_of(f.sandbox, 1) == key_of(f.sandbox, 2));
    }
  }
}

BOOST_AUTO_TEST_CASE(each_call_has_a_key_of_its_own) {
  StripeFixture f;
  const string id = make(f.client);
  BOOST_TEST(told(f.client.update(id, {.phone = "1"})) == "changed");
  BOOST_TEST(told(f.client.update(id, {.phone = "2"})) == "changed");
  BOOST_TEST(key_of(f.sandbox, 1).size() == 36U);
  BOOST_TEST(key_of(f.sandbox, 1) != key_of(f.sandbox, 2));
  for (int i = 0; i < 2; ++i) {
    const auto changed =
        f.client.update(id, UpdateRequest{.phone = "3"}, {.idempotency_key = "mine"});
    BOOST_TEST(told(changed) == "changed");
    BOOST_TEST(key_of(f.sandbox, 1) == "mine");
  }
  // The same key for something else.
  const auto other = f.client.update(id, UpdateRequest{.phone = "4"}, {.idempotency_key = "mine"});
  BOOST_TEST(told(other).starts_with("idempotency_conflict"));
}

BOOST_AUTO_TEST_CASE(what_is_not_recognised_is_not_repeated) {
  for (const bool async : {false, true}) {
    for (const Kind kind : {Kind::reset_after, Kind::truncate, Kind::server_error}) {
      GocardlessFixture f;
      f.sandbox.fault({.kind = kind, .store = kind != Kind::server_error, .bytes = 40});
      const auto sent = f.sandbox.request_count();
      const auto changed = change(f.client, async, f.id, {.phone = "+442079460999"});
      BOOST_TEST(told(changed).ends_with(", unknown"), told(changed));
      BOOST_TEST(f.sandbox.request_count() == sent + 1, static_cast<int>(kind));
    }
    // What is read first is asked for again, the change is not.
    GocardlessFixture f;
    f.sandbox.fault({.kind = Kind::server_error});
    f.sandbox.fault({.kind = Kind::none});
    f.sandbox.fault({.kind = Kind::server_error});
    const auto sent = f.sandbox.request_count();
    const auto changed = change(f.client, async, f.id, {.metadata = {{"plan", "b"}}});
    BOOST_TEST(told(changed) == "connector_unavailable, unknown");
    BOOST_TEST(f.sandbox.request_count() == sent + 3);
    BOOST_TEST(changed.error().attempts == 3);
  }
}

BOOST_AUTO_TEST_CASE(the_deadline_spans_reading_and_changing) {
  StripeFixture f;
  auto options = f.options();
  options.deadline = elapsing;
  auto client = f.connect(options);
  const string id = make(client);
  for (const bool async : {false, true}) {
    f.sandbox.fault({.kind = Kind::silent});
    BOOST_TEST(told(change(client, async, id, {.phone = "1"})) == "deadline_exceeded, unknown");
    f.sandbox.fault({.kind = Kind::silent});
    BOOST_TEST(told(change(client, async, id, {.address = {.city = "C"}})) == "deadline_exceeded");
  }
}

BOOST_AUTO_TEST_CASE(cancelling_ends_the_call_wherever_it_is) {
  boost::asio::io_context context;
  auto guard = boost::asio::make_work_guard(context);
  std::thread runner{[&context] { context.run(); }};
  {
    StripeFixture f;
    const string id = make(f.client);
    for (const bool while_reading : {true, false}) {
      boost::asio::cancellation_signal signal;
      std::promise<Changed> promise;
      auto answer = promise.get_future();
      if (!while_reading) f.sandbox.fault({.kind = Kind::none});
      f.sandbox.fault({.kind = Kind::silent});
      const auto before = f.sandbox.request_count();
      f.client.async_update(
          id, UpdateRequest{.address = {.city = "Chicago"}},
          boost::asio::bind_cancellation_slot(
              signal.slot(), boost::asio::bind_executor(context, [&promise](Changed changed) {
                promise.set_value(std::move(changed));
              })));
      await_request(f.sandbox, before + (while_reading ? 1U : 2U));
      boost::asio::post(context, [&signal] { signal.emit(boost::asio::cancellation_type::all); });
      BOOST_TEST(told(take(std::move(answer))) ==
                 (while_reading ? "cancelled" : "cancelled, unknown"));
    }
  }
  guard.reset();
  runner.join();
}

BOOST_AUTO_TEST_CASE(the_handler_runs_where_it_belongs_and_never_at_once) {
  StripeFixture f;
  const string id = make(f.client);
  boost::asio::io_context context;
  for (const string_view city : {"Chicago", ""}) {  // the second one changes nothing
    bool called = false;
    UpdateRequest request{.address = {.city = string{city}}};
    f.client.async_update(
        id, request, boost::asio::bind_executor(context, [&](Changed changed) {
          called = true;
          BOOST_TEST(context.get_executor().running_in_this_thread());
          BOOST_TEST(told(changed) == (city.empty() ? "missing_field" : "changed"));
        }));
    BOOST_TEST(!called);
    request.address.city = "Nowhere";  // it was copied
    context.restart();
    context.run_for(hang_guard);
    BOOST_TEST(called);
  }
  BOOST_TEST(f.client.retrieve(id).value().address_city().value_or("-") == "Chicago");
}

BOOST_AUTO_TEST_CASE(a_deferred_call_keeps_what_it_was_given) {
  StripeFixture f;
  string id = make(f.client);
  UpdateRequest request{.address = {.city = "Chicago"}};
  auto deferred = f.client.async_update(id, request, boost::asio::deferred);
  const string same = id;
  id.assign(id.size(), 'x');
  request.address.city = "Nowhere";
  const auto changed = take(std::move(deferred)(boost::asio::use_future));
  BOOST_TEST_REQUIRE(told(changed) == "changed");
  BOOST_TEST(changed->address_city().value_or("-") == "Chicago");
  BOOST_TEST(changed->connector_customer_id() == same);
}

BOOST_AUTO_TEST_CASE(exhausted_memory_is_told_wherever_it_happens) {
  for (const bool async : {false, true}) {
    StripeFixture f;
    const string id = make(f.client);
    const UpdateRequest request{.address = {.city = "Chicago"}};
    exhaust_memory<Changed, StripePolicy>(
        f.credentials(), f.options(), async,
        [&](auto& client, std::size_t, auto handler) {
          if (async) return client.async_update(id, request, handler);
          handler(client.update(id, request));
        },
        [](std::size_t, const Changed& changed) {
          const string end = told(changed);
          if (end == "changed") return false;
          BOOST_TEST((end == "out_of_resources" || end == "out_of_resources, unknown"), end);
          return true;
        });
  }
}

BOOST_AUTO_TEST_CASE(layer_1_changes_over_a_stream) {
  boost::asio::io_context context;
  const string body =
      R"({"id":"cus_1","object":"customer","email":"new@example.com","metadata":{"tier":"gold"}})";
  const string answer =
      "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  const auto stream = [&] {
    return ScriptedStream{
        context.get_executor(),
        {ScriptedStream::expect(), ScriptedStream::give(answer), ScriptedStream::eof()}};
  };
  auto first = stream();
  const auto changed = florin::update<StripePolicy>(
      first, {.connector_customer_id = "cus_1", .email = "new@example.com"}, {.api_key = "sk"});
  BOOST_TEST_REQUIRE(told(changed) == "changed");
  BOOST_TEST(changed->email().value_or("-") == "new@example.com");
  auto second = stream();
  auto later = florin::async_update<StripePolicy>(
      second, florin::customer_changes(connector_customer_id = "cus_1", email = "new@example.com"),
      {.api_key = "sk"}, {}, boost::asio::use_future);
  context.run();
  BOOST_TEST(told(take(std::move(later))) == "changed");
  // The keys to be removed are compared when the caller's own may be gone.
  auto third = stream();
  auto ignored = florin::async_update<StripePolicy>(
      third, UpdateRequest{.connector_customer_id = "cus_1", .metadata_cleared = {"other", "tier"}},
      {.api_key = "sk"}, {}, boost::asio::use_future);
  context.restart();
  context.run();
  BOOST_TEST(told(take(std::move(ignored))) == "rejected");
  // Layer 3 is the thread's own client; it is compiled here.
  [[maybe_unused]] const auto by_environment = [] {
    return florin::update<StripePolicy>({.connector_customer_id = "cus_1", .phone = "1"});
  };
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
    const auto changed =
        change(client, async, id, {.address = {.city = "Chicago"}, .cleared = {Field::phone}});
    BOOST_TEST_REQUIRE(told(changed) == "changed");
    BOOST_TEST(changed->address_city().value_or("-") == "Chicago");
    BOOST_TEST(changed->address_zip().value_or("-") == "62701");
    BOOST_TEST(told(change(client, async, id,
                           florin::customer_changes(email = "new@example.com"))) == "changed");
    const auto sent = f.sandbox.request_count();
    BOOST_TEST(told(change(plain, async, "id-1", {.email = "a@b.example"})) == "invalid_options");
    BOOST_TEST(f.sandbox.request_count() == sent);
  }
}

BOOST_AUTO_TEST_SUITE_END()
