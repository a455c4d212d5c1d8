// SPDX-License-Identifier: Apache-2.0
#include <florin/client.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cstdlib>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "client_fixture.hpp"
#include "plain_policy.hpp"
#include "support/allocations.hpp"
#include "support/skipped.hpp"

BOOST_AUTO_TEST_SUITE(client)
namespace {

using namespace florin_test;
using std::string;
using Kind = Fault::Kind;
using Clock = std::chrono::steady_clock;

}  // namespace

BOOST_AUTO_TEST_CASE(creates_a_customer) {
  for (const bool async : {false, true}) {
    StripeFixture f;
    CreateRequest request = buyer("m-1");
    request.description = "Example buyer";
    request.metadata = {{"tier", "gold"}};
    request.address = {.line1 = "1 Example Street", .city = "Springfield", .country = "US"};
    const auto answer = call(f.client, async, request);
    BOOST_TEST_REQUIRE(answer.has_value());
    BOOST_TEST(answer->merchant_customer_id == "m-1");
    BOOST_TEST((answer->status == florin::CustomerStatus::active));
    BOOST_TEST(answer->status_code == 200);
    BOOST_TEST((answer->origin == Origin::created));
    BOOST_TEST(answer->attempts == 1);
    BOOST_TEST(answer->dropped.empty());
    BOOST_TEST(answer->request_id.view().starts_with("req_"));
    for (const Phase phase : {Phase::connect, Phase::handshake, Phase::write, Phase::read})
      BOOST_TEST((answer->timings[phase] > 0ns));
    BOOST_TEST((answer->timings[Phase::backoff] == 0ns));

    const auto stored = f.sandbox.customers();
    BOOST_TEST_REQUIRE(stored.size() == 1u);
    BOOST_TEST(stored[0].id == answer->connector_customer_id.view());
    BOOST_TEST(stored[0].merchant_customer_id == "m-1");
    for (const auto& [name, value] :
         std::vector<std::pair<const char*, const char*>>{{"email", "ana@example.com"},
                                                          {"name", "Ana Example"},
                                                          {"phone", "+15555550100"},
                                                          {"description", "Example buyer"},
                                                          {"metadata[tier]", "gold"},
                                                          {"metadata[merchant_customer_id]", "m-1"},
                                                          {"address[line1]", "1 Example Street"},
                                                          {"address[city]", "Springfield"},
                                                          {"address[country]", "US"}})
      BOOST_TEST(stored[0].field(name).value_or("(absent)") == value);
    BOOST_TEST(stored[0].fields.size() == 9u);

    const auto received = f.sandbox.requests().at(0);
    BOOST_TEST(received.header("Host").value() == "localhost:" + std::to_string(f.sandbox.port()));
    BOOST_TEST(received.server_name == "localhost");
    const auto key = florin::derive_idempotency_key<StripePolicy>("m-1");
    BOOST_TEST(received.header("Idempotency-Key").value() == key.view());
    BOOST_TEST(answer->idempotency_key == key);
  }
}

BOOST_AUTO_TEST_CASE(the_same_request_again_is_the_same_customer) {
  for (const bool async : {false, true}) {
    StripeFixture f;
    const auto first = call(f.client, async, buyer("m-1"));
    auto other = f.connect();  // as after a crash of the whole process
    const auto second = call(other, !async, buyer("m-1"));
    BOOST_TEST_REQUIRE(second.has_value());
    BOOST_TEST((second->origin == Origin::replayed));
    BOOST_TEST(second->connector_customer_id.view() == first->connector_customer_id.view());
    BOOST_TEST(f.sandbox.count() == 1u);
  }
}

BOOST_AUTO_TEST_CASE(both_drivers_share_kept_alive_connections) {
  StripeFixture f;
  for (int i = 0; i < 6; ++i) {
    const auto answer = call(f.client, i % 2 != 0, buyer("m-" + std::to_string(i)));
    BOOST_TEST_REQUIRE(answer.has_value());
    BOOST_TEST((answer->timings[Phase::handshake] > 0ns) == (i == 0));
  }
  auto copy = f.client;
  BOOST_TEST(call(copy, true, buyer("m-6")).has_value());
  BOOST_TEST(f.sandbox.connection_count() == 1u);
  const auto stats = f.client.pool();
  BOOST_TEST(stats.idle == 1u);
  BOOST_TEST(stats.busy == 0u);
  BOOST_TEST(stats.queued == 0u);
  BOOST_TEST(stats.opened == 1u);
  BOOST_TEST(stats.reused == 6u);
  BOOST_TEST(stats.stale == 0u);
}

BOOST_AUTO_TEST_CASE(a_warm_client_allocates_nothing,
                     *florin_test::not_under_tsan(florin_test::allocates)) {
  StripeFixture f;
  const auto request = buyer("m-1");
  for (int i = 0; i < 4; ++i) BOOST_TEST_REQUIRE(f.client.create(request).has_value());
  const AllocationCount allocations;
  const bool made = f.client.create(request).has_value();
  const auto count = allocations.value();
  BOOST_TEST(made);
  BOOST_TEST(count == 0u);
}

BOOST_AUTO_TEST_CASE(a_stale_connection_is_replaced) {
  for (const bool async : {false, true}) {
    StripeFixture f;
    BOOST_TEST(call(f.client, async, buyer("m-1")).has_value());
    f.sandbox.close_idle_connections();
    const auto answer = call(f.client, async, buyer("m-2"));
    BOOST_TEST_REQUIRE(answer.has_value());
    BOOST_TEST(answer->attempts == 1);
    BOOST_TEST(f.client.pool().stale == 1u);
    // One that dies under the request is replaced by a second attempt, without a backoff.
    f.sandbox.fault({.kind = Kind::reset_before_read});
    const auto second = call(f.client, async, buyer("m-3"));
    BOOST_TEST_REQUIRE(second.has_value());
    BOOST_TEST(second->attempts == 2);
    BOOST_TEST((second->timings[Phase::backoff] < 1s));
    BOOST_TEST(f.sandbox.count("m-3") == 1u);
    BOOST_TEST(f.sandbox.connection_count() == 3u);
  }
}

namespace {

/// What a fault comes to without and with repetitions.
struct Row {
  Kind kind;
  Errc code{};  ///< without repetitions; unused for a success
  bool success = false;
};
const std::vector<Row> rows{
    {Kind::delay, {}, true},
    {Kind::reset_before_read, Errc::connection_lost},
    {Kind::reset_after, Errc::connection_lost},
    {Kind::truncate, Errc::connection_lost},
    {Kind::rate_limited, Errc::rate_limited},
    {Kind::server_error, Errc::connector_unavailable},
    {Kind::garbage, Errc::unreadable_reply},
    {Kind::close_after, {}, true},
    {Kind::silent, Errc::deadline_exceeded},
    {Kind::not_http, Errc::unreadable_reply},
    {Kind::continue_100, {}, true},
    {Kind::slow, {}, true},
    {Kind::chunked, {}, true},
};
bool stores(const Fault& fault) {
  switch (fault.kind) {
    case Kind::reset_before_read:
    case Kind::rate_limited:
      return false;
    default:
      return fault.store;
  }
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_outcome_of_every_fault_agrees_with_the_ledger) {
  StripeFixture f;
  for (const auto& row : rows) {
    for (const bool store : {false, true}) {
      for (const std::size_t bytes : {std::size_t{0}, std::size_t{60}}) {
        for (const bool async : {false, true}) {
          const Fault fault{.kind = row.kind, .store = store, .bytes = bytes};
          const string id = std::to_string(static_cast<int>(row.kind)) + (store ? "s" : "n") +
                            std::to_string(bytes) + (async ? "a" : "b");
          BOOST_TEST_INFO_SCOPE(id);
          f.sandbox.fault(fault);
          const std::chrono::milliseconds limit = row.kind == Kind::silent ? elapsing : 20s;
          auto client = f.connect();  // close_after leaves a connection that dies at any time
          const auto answer = call(client, async, buyer(id), {.deadline = limit, .retries = 0});
          BOOST_TEST(client.pool().busy == 0u);
          const std::size_t count = f.sandbox.count(id);
          BOOST_TEST_REQUIRE(answer.has_value() == row.success);
          if (answer) {
            BOOST_TEST(count == 1u);
            BOOST_TEST((answer->origin == Origin::created));
            continue;
          }
          BOOST_TEST(count == (stores(fault) ? 1u : 0u));
          BOOST_TEST((answer.error().code == row.code));
          BOOST_TEST(answer.error().attempts == 1);
          BOOST_TEST((answer.error().outcome ==
                      (row.kind == Kind::rate_limited ? Outcome::no_effect : Outcome::unknown)));
          // The same call again settles it, with the derived key.
          const auto again = call(f.client, async, buyer(id));
          BOOST_TEST_REQUIRE(again.has_value());
          BOOST_TEST(
              (again->origin == (stores(fault) && row.kind != Kind::server_error ? Origin::replayed
                                                                                 : again->origin)));
          BOOST_TEST(f.sandbox.count(id) == 1u);
        }
      }
    }
  }
  BOOST_TEST(f.client.pool().busy == 0u);
}

BOOST_AUTO_TEST_CASE(repetition_with_the_same_key_settles_every_fault) {
  StripeFixture f;
  for (const auto& row : rows) {
    if (row.kind == Kind::silent) continue;
    for (const bool store : {false, true}) {
      for (const bool async : {false, true}) {
        const string id =
            std::to_string(static_cast<int>(row.kind)) + (store ? "s" : "n") + (async ? "a" : "b");
        BOOST_TEST_INFO_SCOPE(id);
        f.sandbox.fault({.kind = row.kind, .store = store, .bytes = 60});
        auto client = f.connect();
        const auto answer = call(client, async, buyer(id));
        BOOST_TEST_REQUIRE(answer.has_value());
        BOOST_TEST(answer->attempts == (row.success ? 1 : 2));
        BOOST_TEST(f.sandbox.count(id) == 1u);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(gives_up_after_the_allowed_repetitions) {
  for (const bool async : {false, true}) {
    StripeFixture f;
    f.sandbox.fault({.kind = Kind::server_error, .status = 503, .times = 9});
    auto error = error_of(call(f.client, async, buyer("m-1")));
    BOOST_TEST(error.attempts == 3);
    BOOST_TEST(f.sandbox.request_count() == 3u);
    BOOST_TEST(error.http_status == 503);
    BOOST_TEST(error.status_code == 503);
    BOOST_TEST((error.outcome == Outcome::unknown));
    error = error_of(call(f.client, async, buyer("m-1"), {.retries = 0}));
    BOOST_TEST(error.attempts == 1);
    error = error_of(call(f.client, async, buyer("m-1"), {.retries = 4}));
    BOOST_TEST(error.attempts == 5);
    BOOST_TEST(f.sandbox.count() == 0u);
  }
}

BOOST_AUTO_TEST_CASE(a_silent_server_meets_the_deadline) {
  StripeFixture f;
  for (const bool async : {false, true}) {
    f.sandbox.fault({.kind = Kind::silent});
    const auto begin = Clock::now();
    const auto error = error_of(
        call(f.client, async, buyer(async ? "a" : "b"), {.deadline = elapsing, .retries = 5}));
    BOOST_TEST((Clock::now() - begin >= elapsing));
    BOOST_TEST((error.code == Errc::deadline_exceeded));
    BOOST_TEST((error.outcome == Outcome::unknown));
    BOOST_TEST((error.phase == Phase::read));
    BOOST_TEST(error.attempts == 1);
    BOOST_TEST(error.status_code == 504);
  }
  // Nor does a trickle of bytes keep a call alive.
  for (const bool async : {false, true}) {
    f.sandbox.fault({.kind = Kind::slow, .delay = 50ms});
    const auto error =
        error_of(call(f.client, async, buyer(async ? "c" : "d"), {.deadline = elapsing}));
    BOOST_TEST((error.code == Errc::deadline_exceeded));
    BOOST_TEST((error.outcome == Outcome::unknown));
  }
  BOOST_TEST(f.client.pool().busy == 0u);
}

BOOST_AUTO_TEST_CASE(a_call_may_wait_before_it_begins) {
  for (const bool async : {false, true}) {
    StripeFixture f;
    const auto late = call(f.client, async, buyer("m-1"), {.delay = 30ms});
    BOOST_TEST_REQUIRE(late.has_value());
    BOOST_TEST((late->timings[florin::Phase::backoff] >= 30ms));
    BOOST_TEST(late->attempts == 1);
    const auto next = call(f.client, async, buyer("m-2"));
    BOOST_TEST_REQUIRE(next.has_value());
    BOOST_TEST((next->timings[florin::Phase::backoff] == 0ms));
    // The wait is part of the deadline.
    const auto error =
        error_of(call(f.client, async, buyer("m-3"), {.deadline = 20ms, .delay = 1h}));
    BOOST_TEST((error.code == Errc::deadline_exceeded));
    BOOST_TEST((error.outcome == Outcome::no_effect));
    BOOST_TEST(f.sandbox.request_count() == 2u);
  }
}

BOOST_AUTO_TEST_CASE(deadlines_that_have_passed_and_those_that_never_do) {
  StripeFixture f;
  for (const bool async : {false, true}) {
    for (const auto limit : {0ms, -5ms, std::chrono::milliseconds::min()}) {
      const auto error = error_of(call(f.client, async, buyer("m-0"), {.deadline = limit}));
      BOOST_TEST((error.code == Errc::deadline_exceeded));
      BOOST_TEST((error.outcome == Outcome::no_effect));
    }
    const string id = async ? "a" : "b";
    BOOST_TEST(call(f.client, async, buyer(id), {.deadline = std::chrono::milliseconds::max()})
                   .has_value());
  }
  BOOST_TEST(f.sandbox.count("m-0") == 0u);
  auto options = f.options();
  options.deadline = options.connect_timeout = std::chrono::milliseconds::max();
  options.pool.idle_timeout = std::chrono::milliseconds::max();
  auto patient = f.connect(options);
  BOOST_TEST(patient.warm_up(1).has_value());
  for (const bool async : {false, true})
    BOOST_TEST(call(patient, async, buyer(async ? "c" : "d")).has_value());
}

BOOST_AUTO_TEST_CASE(the_deadline_spans_queueing) {
  for (const bool async : {false, true}) {
    StripeFixture f;
    auto options = f.options();
    options.pool.max_connections = 1;
    auto narrow = f.connect(options);
    f.sandbox.fault({.kind = Kind::silent});
    auto first = narrow.async_create(buyer("first"), {.deadline = 3s}, boost::asio::use_future);
    BOOST_TEST(f.sandbox.wait_for_requests(1, hang_guard));
    const auto error = error_of(call(narrow, async, buyer("second"), {.deadline = 100ms}));
    BOOST_TEST((error.code == Errc::deadline_exceeded));
    BOOST_TEST((error.phase == Phase::queue));
    BOOST_TEST((error.outcome == Outcome::no_effect));
    BOOST_TEST((error.timings[Phase::queue] >= 100ms));
    BOOST_TEST(narrow.pool().queued == 0u);
    BOOST_TEST((error_of(take(std::move(first))).code == Errc::deadline_exceeded));
    BOOST_TEST(narrow.pool().busy == 0u);
    BOOST_TEST(call(narrow, async, buyer("third")).has_value());
  }
}

BOOST_AUTO_TEST_CASE(a_full_queue_is_told_at_once) {
  for (const bool async : {false, true}) {
    StripeFixture f;
    auto options = f.options();
    options.pool.max_connections = options.pool.max_queued = 1;
    auto narrow = f.connect(options);
    f.sandbox.fault({.kind = Kind::delay, .delay = 1500ms});
    auto served = narrow.async_create(buyer("served"), boost::asio::use_future);
    BOOST_TEST(f.sandbox.wait_for_requests(1, hang_guard));
    auto queued = narrow.async_create(buyer("queued"), boost::asio::use_future);
    while (narrow.pool().queued == 0) std::this_thread::yield();
    const auto error = error_of(call(narrow, async, buyer("refused"), {.retries = 5}));
    BOOST_TEST((error.code == Errc::queue_full));
    BOOST_TEST((error.phase == Phase::queue));
    BOOST_TEST((error.outcome == Outcome::no_effect));
    BOOST_TEST(error.status_code == 503);
    BOOST_TEST(error.transient);
    BOOST_TEST(narrow.pool().refused == 1u);
    BOOST_TEST(take(std::move(served)).has_value());
    BOOST_TEST(take(std::move(queued)).has_value());
    BOOST_TEST(call(narrow, async, buyer("refused")).has_value());
    BOOST_TEST(f.sandbox.count() == 3u);
  }
}

BOOST_AUTO_TEST_CASE(queued_calls_are_served) {
  StripeFixture f;
  auto options = f.options();
  options.pool.max_connections = 1;
  auto narrow = f.connect(options);
  f.sandbox.fault({.kind = Kind::delay, .delay = 100ms});
  std::vector<std::future<Answer>> answers;
  for (int i = 0; i < 5; ++i) {
    answers.push_back(narrow.async_create(buyer("a" + std::to_string(i)), boost::asio::use_future));
    answers.push_back(std::async(std::launch::async, [&narrow, i] {
      return narrow.create(buyer("b" + std::to_string(i)));
    }));
  }
  for (auto& answer : answers) BOOST_TEST(take(std::move(answer)).has_value());
  BOOST_TEST(f.sandbox.connection_count() == 1u);
  BOOST_TEST(f.sandbox.count() == 10u);
}

BOOST_AUTO_TEST_CASE(the_wait_that_the_processor_asks_for_is_heeded) {
  for (const bool async : {false, true}) {
    StripeFixture f;
    f.sandbox.fault({.kind = Kind::rate_limited, .retry_after = "1"});
    const auto answer = call(f.client, async, buyer("m-1"));
    BOOST_TEST_REQUIRE(answer.has_value());
    BOOST_TEST(answer->attempts == 2);
    BOOST_TEST((answer->timings[Phase::backoff] >= 1s));

    // It does not fit into the deadline: no attempt, and no wait.
    f.sandbox.fault({.kind = Kind::rate_limited, .retry_after = "3600"});
    const auto error = error_of(call(f.client, async, buyer("m-2")));
    BOOST_TEST((error.code == Errc::rate_limited));
    BOOST_TEST((error.outcome == Outcome::no_effect));
    BOOST_TEST((error.retry_after == 3600s));
    BOOST_TEST(error.attempts == 1);
    BOOST_TEST((error.timings[Phase::backoff] == 0ns));
    BOOST_TEST(f.sandbox.count("m-2") == 0u);
  }
}

BOOST_AUTO_TEST_CASE(a_stored_failure_is_not_repeated_for_ever) {
  for (const bool async : {false, true}) {
    for (const bool store : {false, true}) {
      StripeFixture f;
      f.sandbox.fault({.kind = Kind::server_error, .store = store, .remember = true});
      const auto error = error_of(call(f.client, async, buyer("m-1"), {.retries = 9}));
      BOOST_TEST((error.code == Errc::connector_unavailable));
      BOOST_TEST((error.outcome == Outcome::unknown));
      BOOST_TEST(error.attempts == 2);
      BOOST_TEST(!error.transient);
      BOOST_TEST(f.sandbox.request_count() == 2u);
    }
  }
}

BOOST_AUTO_TEST_CASE(the_processors_advice_on_retrying_is_heeded) {
  for (const bool async : {false, true}) {
    StripeFixture f;
    f.sandbox.fault(
        {.kind = Kind::server_error, .status = 503, .headers = {{"Stripe-Should-Retry", "false"}}});
    const auto error = error_of(call(f.client, async, buyer("m-1")));
    BOOST_TEST(error.attempts == 1);
    BOOST_TEST(!error.transient);
    f.sandbox.fault(
        {.kind = Kind::rate_limited, .status = 402, .headers = {{"Stripe-Should-Retry", "true"}}});
    const auto answer = call(f.client, async, buyer("m-2"));
    BOOST_TEST_REQUIRE(answer.has_value());
    BOOST_TEST(answer->attempts == 2);
  }
}

BOOST_AUTO_TEST_CASE(a_key_in_use_is_waited_for) {
  for (const bool async : {false, true}) {
    StripeFixture f;
    f.sandbox.fault({.kind = Kind::delay, .store = true, .delay = 1500ms});
    auto first = f.client.async_create(buyer("m-1"), boost::asio::use_future);
    BOOST_TEST(f.sandbox.wait_for_requests(1, hang_guard));
    const auto error = error_of(call(f.client, async, buyer("m-1"), {.retries = 0}));
    BOOST_TEST((error.code == Errc::idempotency_conflict));
    BOOST_TEST((error.outcome == Outcome::unknown));
    BOOST_TEST(error.http_status == 409);
    auto options = f.options();
    options.retry = {.retries = 1000, .first_backoff = 20ms, .longest_backoff = 20ms};
    auto patient = f.connect(options);
    const auto second = call(patient, async, buyer("m-1"));
    BOOST_TEST_REQUIRE(second.has_value());
    BOOST_TEST((second->origin == Origin::replayed));
    BOOST_TEST(second->attempts > 1);
    const auto answer = take(std::move(first));
    BOOST_TEST_REQUIRE(answer.has_value());
    BOOST_TEST(answer->connector_customer_id.view() == second->connector_customer_id.view());
    BOOST_TEST(f.sandbox.count() == 1u);
  }
}

BOOST_AUTO_TEST_CASE(a_key_used_with_other_data_is_a_conflict) {
  for (const bool async : {false, true}) {
    StripeFixture f;
    BOOST_TEST(call(f.client, async, buyer("m-1")).has_value());
    auto changed = buyer("m-1");
    changed.email = "eve@example.com";
    const auto error = error_of(call(f.client, async, changed));
    BOOST_TEST((error.code == Errc::idempotency_conflict));
    BOOST_TEST(error.http_status == 400);
    BOOST_TEST(error.status_code == 409);
    BOOST_TEST(error.attempts == 1);
    // A key of one's own tells them apart.
    const auto answer = call(f.client, async, changed, {.idempotency_key = "my-key"});
    BOOST_TEST_REQUIRE(answer.has_value());
    BOOST_TEST(answer->idempotency_key == "my-key");
    BOOST_TEST(f.sandbox.requests().back().header("Idempotency-Key").value() == "my-key");
    BOOST_TEST(f.sandbox.count("m-1") == 2u);
  }
}

BOOST_AUTO_TEST_CASE(one_client_serves_many_accounts) {
  for (const bool async : {false, true}) {
    StripeFixture f;
    f.sandbox.add_credential({.text = "sk_test_OTHER"});
    std::vector<string> accounts;
    for (const auto& credentials :
         std::vector<StripePolicy::Credentials>{{.api_key = "sk_test_EXAMPLE"},
                                                {.api_key = "sk_test_EXAMPLE", .account = "acct_1"},
                                                {.api_key = "sk_test_EXAMPLE", .account = "acct_2"},
                                                {.api_key = "sk_test_OTHER"}}) {
      const auto answer = call(f.client, async, buyer("m-1"), {.credentials = &credentials});
      BOOST_TEST_REQUIRE(answer.has_value());
      BOOST_TEST((answer->origin == Origin::created));
    }
    for (const auto& customer : f.sandbox.customers()) accounts.push_back(customer.account);
    const std::vector<string> expected{"sk_test_EXAMPLE", "sk_test_EXAMPLE/acct_1",
                                       "sk_test_EXAMPLE/acct_2", "sk_test_OTHER"};
    BOOST_TEST(accounts == expected, boost::test_tools::per_element());
    BOOST_TEST(f.sandbox.connection_count() == 1u);
    const StripePolicy::Credentials wrong{.api_key = "sk_test_WRONG"};
    const auto error = error_of(call(f.client, async, buyer("m-2"), {.credentials = &wrong}));
    BOOST_TEST((error.code == Errc::unauthorized));
    BOOST_TEST((error.outcome == Outcome::no_effect));
    const StripePolicy::Credentials weak{.api_key = "rk_test_READONLY"};
    BOOST_TEST((error_of(call(f.client, async, buyer("m-2"), {.credentials = &weak})).code ==
                Errc::forbidden));
  }
}

BOOST_AUTO_TEST_CASE(what_cannot_be_sent_is_refused_without_a_connection) {
  StripeFixture f;
  for (const bool async : {false, true}) {
    auto request = buyer("");
    BOOST_TEST((error_of(call(f.client, async, request)).code == Errc::missing_field));
    request = buyer("m-1");
    request.email = "ana@";
    const auto error = error_of(call(f.client, async, request));
    BOOST_TEST((error.code == Errc::invalid_field));
    BOOST_TEST((error.field == florin::Field::email));
    BOOST_TEST((error.outcome == Outcome::no_effect));
    BOOST_TEST(error.attempts == 0);
  }
  BOOST_TEST(f.sandbox.connection_count() == 0u);
}

BOOST_AUTO_TEST_CASE(the_processors_refusals_are_told_apart) {
  StripeFixture f;
  for (const bool async : {false, true}) {
    auto request = buyer("m-1");
    request.email = "ana@no-dot";  // the outer form is right, the processor's finer check decides
    f.sandbox.fault({.kind = Kind::rate_limited, .status = 404});
    BOOST_TEST((error_of(call(f.client, async, buyer("m-2"))).code == Errc::not_found));
    f.sandbox.fault({.kind = Kind::rate_limited, .status = 402});
    const auto error = error_of(call(f.client, async, buyer("m-2")));
    BOOST_TEST((error.code == Errc::rejected));
    BOOST_TEST(error.status_code == 402);
    BOOST_TEST((error.outcome == Outcome::no_effect));
    f.sandbox.fault({.kind = Kind::garbage,
                     .status = 400,
                     .body = R"({"error":{"type":"invalid_request_error","param":"email"}})"});
    const auto invalid = error_of(call(f.client, async, buyer("m-2")));
    BOOST_TEST((invalid.code == Errc::invalid_data));
    BOOST_TEST(invalid.param == "email");
    BOOST_TEST(invalid.status_code == 422);
  }
  BOOST_TEST(f.sandbox.count() == 0u);
}

namespace {

/// A client of a processor without idempotency keys.
struct PlainFixture {
  Sandbox sandbox{plain_processor()};
  Client<PlainPolicy> client{{.token = "plain-token"}, options_for(sandbox)};
};

}  // namespace

BOOST_AUTO_TEST_CASE(existing_customers) {
  using florin::OnExists;
  for (const bool async : {false, true}) {
    PlainFixture f;
    const auto first = call(f.client, async, buyer("m-1"));
    BOOST_TEST_REQUIRE(first.has_value());
    BOOST_TEST(first->http_status == 201);
    BOOST_TEST(first->status_code == 200);
    BOOST_TEST(first->dropped.contains(florin::Field::name));
    BOOST_TEST(first->idempotency_key.view().empty());
    const auto error = error_of(call(f.client, async, buyer("m-1")));
    BOOST_TEST((error.code == Errc::customer_exists));
    BOOST_TEST((error.outcome == Outcome::in_effect));
    BOOST_TEST(error.existing_customer_id.view() == first->connector_customer_id.view());
    BOOST_TEST(error.dropped.contains(florin::Field::name));
    const auto used = call(f.client, async, buyer("m-1"), {.on_exists = OnExists::use_existing});
    BOOST_TEST_REQUIRE(used.has_value());
    BOOST_TEST((used->origin == Origin::already_existed));
    BOOST_TEST(used->connector_customer_id.view() == first->connector_customer_id.view());
    BOOST_TEST(f.sandbox.count() == 1u);
  }
}

BOOST_AUTO_TEST_CASE(without_keys_nothing_that_was_sent_is_repeated) {
  for (const bool async : {false, true}) {
    PlainFixture f;
    std::uint64_t seen = 0;
    for (const Kind kind : {Kind::reset_after, Kind::truncate, Kind::rate_limited,
                            Kind::server_error, Kind::garbage, Kind::not_http}) {
      for (const bool store : {false, true}) {
        const string id = std::to_string(static_cast<int>(kind)) + (store ? "s" : "n");
        BOOST_TEST_INFO_SCOPE(id);
        auto request = buyer(id);
        request.email = id + "@example.com";
        f.sandbox.fault({.kind = kind, .store = store});
        const auto error = error_of(call(f.client, async, request));
        BOOST_TEST(error.attempts == 1);
        BOOST_TEST(f.sandbox.request_count() == ++seen);
        BOOST_TEST((error.outcome ==
                    (kind == Kind::rate_limited ? Outcome::no_effect : Outcome::unknown)));
      }
    }
    // What was not sent is repeated.
    auto options = options_for(f.sandbox);
    options.base_url = "https://127.0.0.1:1";
    Client<PlainPolicy> nowhere{{.token = "plain-token"}, options};
    const auto error = error_of(call(nowhere, async, buyer("m-1")));
    BOOST_TEST((error.code == Errc::connect_failed));
    BOOST_TEST((error.outcome == Outcome::no_effect));
    BOOST_TEST((error.phase == Phase::connect));
    BOOST_TEST(error.attempts == 3);
    BOOST_TEST(nowhere.pool().busy == 0u);
  }
}

BOOST_AUTO_TEST_CASE(options_that_cannot_be_used_fail_every_call) {
  StripeFixture f;
  struct Bad {
    void (*change)(ClientOptions&);
    Errc code;
  };
  for (const Bad& bad : {
           Bad{[](ClientOptions& o) { o.base_url.replace(0, 5, "http"); }, Errc::invalid_options},
           Bad{[](ClientOptions& o) { o.base_url = "localhost"; }, Errc::invalid_options},
           Bad{[](ClientOptions& o) { o.base_url += "/v1"; }, Errc::invalid_options},
           Bad{[](ClientOptions& o) { o.tls.ca_pem = "no certificate"; }, Errc::tls_failed},
           Bad{[](ClientOptions& o) { o.tls.ca_file = "/nowhere/roots.pem"; }, Errc::tls_failed},
           Bad{[](ClientOptions& o) { o.tls.certificate_pem = "x"; }, Errc::tls_failed},
       }) {
    auto options = f.options();
    bad.change(options);
    auto client = f.connect(options);
    const auto ready = client.ready();
    BOOST_TEST_REQUIRE(ready.has_error());
    BOOST_TEST((ready.error().code == bad.code));
    BOOST_TEST(!ready.error().reason.empty());
    for (const bool async : {false, true}) {
      const auto error = error_of(call(client, async, buyer("m-1")));
      BOOST_TEST((error.code == bad.code));
      BOOST_TEST((error.outcome == Outcome::no_effect));
      BOOST_TEST(error.attempts == 0);
    }
    BOOST_TEST((client.warm_up(1).error().code == bad.code));
    BOOST_TEST((take(client.async_warm_up(1, boost::asio::use_future)).error().code == bad.code));
  }
  BOOST_TEST(f.client.ready().has_value());
  BOOST_TEST(f.sandbox.connection_count() == 0u);
}

BOOST_AUTO_TEST_CASE(warming_up_opens_connections) {
  for (const bool async : {false, true}) {
    StripeFixture f;
    auto options = f.options();
    options.pool.max_connections = 4;
    auto client = f.connect(options);
    const auto warm_up = [&](std::size_t count) {
      return async ? take(client.async_warm_up(count, boost::asio::use_future))
                   : client.warm_up(count);
    };
    BOOST_TEST(warm_up(0).has_value());
    BOOST_TEST(client.pool().opened == 0u);
    BOOST_TEST(warm_up(2).has_value());
    BOOST_TEST(client.pool().idle == 2u);
    BOOST_TEST(client.pool().opened == 2u);
    const auto answer = call(client, async, buyer("m-1"));
    BOOST_TEST_REQUIRE(answer.has_value());
    BOOST_TEST((answer->timings[Phase::handshake] == 0ns));
    BOOST_TEST((answer->timings[Phase::connect] == 0ns));
    BOOST_TEST(f.sandbox.connection_count() == 2u);
    BOOST_TEST(warm_up(3).has_value());
    BOOST_TEST(client.pool().opened == 3u);
    BOOST_TEST(warm_up(100).has_value());
    BOOST_TEST(client.pool().idle == 4u);
    BOOST_TEST(client.pool().busy == 0u);
    client.close();
    BOOST_TEST(client.pool().idle == 0u);
    BOOST_TEST(call(client, async, buyer("m-2")).has_value());
    BOOST_TEST(client.pool().idle == 0u);
    BOOST_TEST(client.pool().busy == 0u);

    options.base_url = "https://127.0.0.1:1";
    auto nowhere = f.connect(options);
    const auto failed =
        async ? take(nowhere.async_warm_up(2, boost::asio::use_future)) : nowhere.warm_up(2);
    BOOST_TEST((failed.error().code == Errc::connect_failed));
    BOOST_TEST(nowhere.pool().busy == 0u);
  }
}

namespace {

/// Writes down what it is told.
struct Notes {
  struct Log {
    std::mutex mutex;
    std::vector<florin::PhaseEvent> phases;
    std::vector<florin::CallEvent> calls;
  };
  std::shared_ptr<Log> log = std::make_shared<Log>();

  void on_phase(const florin::PhaseEvent& event) {
    const std::scoped_lock lock{log->mutex};
    log->phases.push_back(event);
  }
  void on_call(const florin::CallEvent& event) {
    const std::scoped_lock lock{log->mutex};
    log->calls.push_back(event);
  }
};

}  // namespace

BOOST_AUTO_TEST_CASE(an_observer_is_told_each_phase) {
  for (const bool async : {false, true}) {
    StripeFixture f;
    Notes notes;
    Client<StripePolicy, Notes> client{f.credentials(), f.options(), notes};
    auto& log = *notes.log;
    int number = 0;
    const auto phases = [&] {
      string text;
      for (const auto& event : log.phases) {
        BOOST_TEST(event.user_data == &number);
        BOOST_TEST(event.connector == "stripe");
        BOOST_TEST(event.operation == "create");
        text += string{to_string(event.phase)} + std::to_string(event.attempt) +
                (event.failed ? "! " : " ");
      }
      log.phases.clear();
      return text;
    };
    BOOST_TEST(call(client, async, buyer("m-1"), {.user_data = &number}).has_value());
    const string fresh = phases();
    BOOST_TEST((fresh == "queue1 resolve1 connect1 handshake1 write1 read1 "), fresh);
    BOOST_TEST(call(client, async, buyer("m-2"), {.user_data = &number}).has_value());
    BOOST_TEST(phases() == "queue1 write1 read1 ");
    f.sandbox.fault({.kind = Kind::rate_limited});
    BOOST_TEST(call(client, async, buyer("m-3"), {.user_data = &number}).has_value());
    BOOST_TEST(phases() == "queue1 write1 read1 backoff1 queue2 write2 read2 ");
    f.sandbox.fault({.kind = Kind::silent, .store = true});
    BOOST_TEST(call(client, async, buyer("m-4"), {.deadline = elapsing, .user_data = &number})
                   .has_error());
    BOOST_TEST(phases() == "queue1 write1 read1! ");
    BOOST_TEST(call(client, async, buyer("")).has_error());
    BOOST_TEST(phases().empty());
    for (const auto& event : log.calls)
      BOOST_TEST(event.user_data == (event.error == Errc::missing_field ? nullptr : &number));

    BOOST_TEST_REQUIRE(log.calls.size() == 5u);
    BOOST_TEST(!log.calls[0].error.has_value());
    BOOST_TEST((log.calls[0].outcome == Outcome::in_effect));
    BOOST_TEST(log.calls[0].http_status == 200);
    BOOST_TEST((log.calls[0].timings[Phase::handshake] > 0ns));
    BOOST_TEST(log.calls[2].attempts == 2);
    BOOST_TEST((log.calls[3].error == Errc::deadline_exceeded));
    BOOST_TEST((log.calls[3].outcome == Outcome::unknown));
    BOOST_TEST((log.calls[4].error == Errc::missing_field));
    BOOST_TEST((log.calls[4].outcome == Outcome::no_effect));
    BOOST_TEST(log.calls[4].attempts == 0);
  }
}

BOOST_AUTO_TEST_SUITE_END()
