// SPDX-License-Identifier: Apache-2.0
#include <florin/client.hpp>
#include <florin/create.hpp>
#include <florin/net/establish.hpp>
#include <florin/net/stream.hpp>
#include <florin/net/tls.hpp>
#include <florin/policies/airwallex.hpp>
#include <florin/policies/dwolla.hpp>
#include <florin/testing/processors/airwallex.hpp>
#include <florin/testing/processors/dwolla.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "client_fixture.hpp"

/// Calls to processors that want an access token first, and signed ones.
BOOST_AUTO_TEST_SUITE(client_token)
namespace {

using namespace florin_test;
namespace asio = boost::asio;
using florin::AirwallexPolicy;
using florin::DwollaPolicy;
using Kind = Fault::Kind;
using std::string;

constexpr bool drivers[] = {false, true};

/// Counts what a client reports.
struct Report {
  std::vector<florin::PhaseEvent> phases{};
  [[nodiscard]] auto count(Phase phase) const {
    return std::count_if(phases.begin(), phases.end(),
                         [phase](const auto& event) { return event.phase == phase; });
  }
};
struct Reporter {
  Report* report = nullptr;
  void on_phase(const florin::PhaseEvent& event) const {
    if (report != nullptr) report->phases.push_back(event);
  }
  void on_call(const florin::CallEvent&) const {}
};

CreateRequest person(const string& number) {
  return {.merchant_customer_id = "m-" + number,
          .email = number + "@example.com",
          .name = "Ana Example"};
}

/// A sandbox of Dwolla's, which gives tokens for an hour unless told otherwise.
struct Dwolla {
  Sandbox sandbox;

  explicit Dwolla(std::chrono::seconds lifetime = 1h) : sandbox(described(lifetime)) {
    sandbox.add_credential({.text = "other_id:other_secret"});
  }
  static florin::testing::Processor described(std::chrono::seconds lifetime) {
    auto processor = florin::testing::dwolla();
    processor.token_lifetime = lifetime;
    return processor;
  }
  static DwollaPolicy::Credentials credentials() {
    return {.client_id = "fake_client_id", .client_secret = "fake_client_secret"};
  }
  static DwollaPolicy::Credentials other() {
    return {.client_id = "other_id", .client_secret = "other_secret"};
  }
  [[nodiscard]] ClientOptions options() const { return options_for(sandbox); }
  [[nodiscard]] Client<DwollaPolicy, Reporter> connect(Report* report = nullptr) const {
    return Client<DwollaPolicy, Reporter>{credentials(), options(), Reporter{report}};
  }
  /// Token requests so far.
  [[nodiscard]] auto fetched() const {
    const auto all = sandbox.requests();
    return std::count_if(all.begin(), all.end(),
                         [](const auto& request) { return request.target == "/token"; });
  }
};

}  // namespace

BOOST_AUTO_TEST_CASE(one_token_serves_many_calls_over_one_connection) {
  for (const bool async : drivers) {
    Dwolla dwolla;
    Report report;
    auto client = dwolla.connect(&report);
    const auto first = call(client, async, person("1"));
    BOOST_TEST_REQUIRE(first.has_value());
    BOOST_TEST(first->attempts == 1);
    BOOST_TEST((first->timings[Phase::token] > 0ns));
    BOOST_TEST(report.count(Phase::token) > 0);
    const auto before = report.count(Phase::token);
    for (const char* number : {"2", "3", "4"}) {
      const auto next = call(client, async, person(number));
      BOOST_TEST_REQUIRE(next.has_value());
      BOOST_TEST((next->timings[Phase::token] == 0ns));
    }
    BOOST_TEST(report.count(Phase::token) == before);
    BOOST_TEST(dwolla.fetched() == 1);
    BOOST_TEST(dwolla.sandbox.connection_count() == 1u);
  }
}

BOOST_AUTO_TEST_CASE(concurrent_calls_wait_for_one_fetch) {
  Dwolla dwolla;
  dwolla.sandbox.fault({.kind = Kind::delay, .delay = 50ms});
  asio::io_context context;
  Client<DwollaPolicy> client{context.get_executor(), Dwolla::credentials(), dwolla.options()};
  std::vector<std::optional<Answer>> answers(24);
  for (std::size_t i = 0; i < 16; ++i)
    client.async_create(person(std::to_string(i)),
                        [&answers, i](Answer answer) { answers[i].emplace(std::move(answer)); });
  std::vector<std::thread> threads;
  for (std::size_t i = 16; i < answers.size(); ++i)
    threads.emplace_back([&, i] { answers[i].emplace(client.create(person(std::to_string(i)))); });
  context.run();
  for (auto& thread : threads) thread.join();
  for (const auto& answer : answers) {
    BOOST_TEST_REQUIRE(answer.has_value());
    BOOST_TEST(answer->has_value());
  }
  BOOST_TEST(dwolla.fetched() == 1);
  BOOST_TEST(dwolla.sandbox.count() == answers.size());
}

BOOST_AUTO_TEST_CASE(a_refused_token_is_renewed_once) {
  for (const bool async : drivers) {
    Dwolla dwolla;
    auto client = dwolla.connect();
    BOOST_TEST(call(client, async, person("1")).has_value());
    dwolla.sandbox.expire_tokens();
    // Not a repetition of a failed call: it happens without any allowed.
    const auto answer = call(client, async, person("2"), {.retries = 0});
    BOOST_TEST_REQUIRE(answer.has_value());
    BOOST_TEST(answer->attempts == 2);
    BOOST_TEST(dwolla.fetched() == 2);
    BOOST_TEST(dwolla.sandbox.count() == 2u);
  }
}

BOOST_AUTO_TEST_CASE(a_token_that_is_never_accepted_ends_the_call) {
  for (const bool async : drivers) {
    Dwolla dwolla{0s};
    auto client = dwolla.connect();
    const auto error = error_of(call(client, async, person("1")));
    BOOST_TEST((error.code == Errc::unauthorized));
    BOOST_TEST((error.outcome == Outcome::no_effect));
    BOOST_TEST(error.connector_code == "ExpiredAccessToken");
    BOOST_TEST(error.attempts == 1);
    BOOST_TEST(dwolla.fetched() == 1);
  }
}

BOOST_AUTO_TEST_CASE(accounts_have_tokens_of_their_own) {
  Dwolla dwolla;
  auto client = dwolla.connect();
  const auto other = Dwolla::other();
  BOOST_TEST(client.create(person("1")).has_value());
  BOOST_TEST(client.create(person("1"), {.credentials = &other}).has_value());
  BOOST_TEST(dwolla.fetched() == 2);
  const auto same = Dwolla::credentials();
  BOOST_TEST(client.create(person("2"), {.credentials = &same}).has_value());
  BOOST_TEST(client.create(person("2"), {.credentials = &other}).has_value());
  BOOST_TEST(dwolla.fetched() == 2);
  std::vector<string> accounts;
  for (const auto& customer : dwolla.sandbox.customers()) accounts.push_back(customer.account);
  BOOST_TEST_REQUIRE(accounts.size() == 4u);
  BOOST_TEST(accounts[0] == accounts[2]);
  BOOST_TEST(accounts[1] == accounts[3]);
  BOOST_TEST(accounts[0] != accounts[1]);
}

BOOST_AUTO_TEST_CASE(credentials_of_a_call_need_not_outlive_its_beginning) {
  Dwolla dwolla;
  auto client = dwolla.connect();
  auto credentials = std::make_unique<DwollaPolicy::Credentials>(Dwolla::other());
  auto request = std::make_unique<CreateRequest>(person("1"));
  auto pending =
      client.async_create(*request, {.credentials = credentials.get()}, asio::use_future);
  credentials->client_secret = "forgotten";
  credentials.reset();
  request->name = "Somebody Else";
  request.reset();
  const auto answer = take(std::move(pending));
  BOOST_TEST_REQUIRE(answer.has_value());
  BOOST_TEST(dwolla.sandbox.customers().front().field("firstName").value_or("") == "Ana");
}

BOOST_AUTO_TEST_CASE(wrong_credentials_fail_all_who_wait_by_one_fetch) {
  Dwolla dwolla;
  dwolla.sandbox.fault({.kind = Kind::delay, .delay = 50ms});
  asio::io_context context;
  Client<DwollaPolicy> client{context.get_executor(),
                              {.client_id = "fake_client_id", .client_secret = "wr0ng-secret"},
                              dwolla.options()};
  std::vector<Answer> answers;
  for (int i = 0; i < 8; ++i)
    client.async_create(person(std::to_string(i)),
                        [&answers](Answer answer) { answers.push_back(std::move(answer)); });
  context.run();
  BOOST_TEST_REQUIRE(answers.size() == 8u);
  for (const auto& answer : answers) {
    const auto error = error_of(answer);
    BOOST_TEST((error.code == Errc::unauthorized));
    BOOST_TEST((error.outcome == Outcome::no_effect));
    BOOST_TEST((error.phase == Phase::token));
    BOOST_TEST((error.what().find("wr0ng-secret") == string::npos));
  }
  BOOST_TEST(dwolla.fetched() == 1);
}

BOOST_AUTO_TEST_CASE(a_fetch_that_fails_is_repeated) {
  for (const bool async : drivers) {
    for (const auto kind : {Kind::rate_limited, Kind::server_error, Kind::reset_before_read,
                            Kind::reset_after, Kind::garbage}) {
      Dwolla dwolla;
      auto client = dwolla.connect();
      dwolla.sandbox.fault({.kind = kind});
      const auto answer = call(client, async, person("1"));
      BOOST_TEST_REQUIRE(answer.has_value());
      BOOST_TEST(answer->attempts == 2);
      BOOST_TEST(dwolla.sandbox.count() == 1u);
      BOOST_TEST((answer->origin == Origin::created));

      Dwolla other;
      auto impatient = other.connect();
      other.sandbox.fault({.kind = kind});
      const auto error = error_of(call(impatient, async, person("1"), {.retries = 0}));
      BOOST_TEST((error.outcome == Outcome::no_effect));
      BOOST_TEST((error.phase == Phase::token));
      BOOST_TEST(error.transient);
      BOOST_TEST(other.sandbox.count() == 0u);
      BOOST_TEST(call(impatient, async, person("1")).has_value());
    }
  }
}

BOOST_AUTO_TEST_CASE(the_deadline_spans_the_fetch) {
  for (const bool async : drivers) {
    Dwolla dwolla;
    auto client = dwolla.connect();
    dwolla.sandbox.fault({.kind = Kind::silent});
    const auto error = error_of(call(client, async, person("1"), {.deadline = elapsing}));
    BOOST_TEST((error.code == Errc::deadline_exceeded));
    BOOST_TEST((error.outcome == Outcome::no_effect));
    BOOST_TEST((error.phase == Phase::token));
    BOOST_TEST(call(client, async, person("1")).has_value());
  }
}

BOOST_AUTO_TEST_CASE(who_waits_has_a_deadline_of_its_own_and_takes_over) {
  Dwolla dwolla;
  dwolla.sandbox.fault({.kind = Kind::silent});
  asio::io_context context;
  Client<DwollaPolicy> client{context.get_executor(), Dwolla::credentials(), dwolla.options()};
  std::optional<Answer> fetching;
  std::optional<Answer> hasty;
  std::optional<Answer> patient;
  client.async_create(person("1"), {.deadline = elapsing},
                      [&](Answer answer) { fetching.emplace(std::move(answer)); });
  client.async_create(person("2"), {.deadline = elapsing / 2}, [&](Answer answer) {
    BOOST_TEST(!fetching.has_value());
    hasty.emplace(std::move(answer));
  });
  client.async_create(person("3"), [&](Answer answer) { patient.emplace(std::move(answer)); });
  std::optional<Answer> blocking;
  std::thread thread{[&] { blocking.emplace(client.create(person("4"))); }};
  context.run();
  thread.join();
  for (auto* const late : {&fetching, &hasty}) {
    const auto error = error_of(late->value());
    BOOST_TEST((error.code == Errc::deadline_exceeded));
    BOOST_TEST((error.outcome == Outcome::no_effect));
    BOOST_TEST((error.phase == Phase::token));
  }
  BOOST_TEST(patient.value().has_value());
  BOOST_TEST(blocking.value().has_value());
  BOOST_TEST(dwolla.fetched() == 2);
}

BOOST_AUTO_TEST_CASE(a_cancelled_fetch_passes_to_who_waits) {
  Dwolla dwolla;
  dwolla.sandbox.fault({.kind = Kind::silent});
  asio::io_context context;
  Client<DwollaPolicy> client{context.get_executor(), Dwolla::credentials(), dwolla.options()};
  asio::cancellation_signal first;
  asio::cancellation_signal second;
  std::vector<std::optional<Answer>> answers(3);
  const auto keep = [&answers](std::size_t at) {
    return [&answers, at](Answer answer) { answers[at].emplace(std::move(answer)); };
  };
  client.async_create(person("1"), asio::bind_cancellation_slot(first.slot(), keep(0)));
  client.async_create(person("2"), asio::bind_cancellation_slot(second.slot(), keep(1)));
  client.async_create(person("3"), keep(2));
  while (dwolla.sandbox.request_count() == 0) context.run_one_for(5ms);
  second.emit(asio::cancellation_type::terminal);
  while (!answers[1]) context.run_one_for(5ms);
  first.emit(asio::cancellation_type::terminal);
  context.run();
  for (const std::size_t cancelled : {0u, 1u}) {
    const auto error = error_of(answers[cancelled].value());
    BOOST_TEST((error.code == Errc::cancelled));
    BOOST_TEST((error.outcome == Outcome::no_effect));
    BOOST_TEST((error.phase == Phase::token));
  }
  BOOST_TEST(answers[2].value().has_value());
}

BOOST_AUTO_TEST_CASE(a_context_may_end_while_calls_wait_for_a_token) {
  Dwolla dwolla;
  dwolla.sandbox.fault({.kind = Kind::silent});
  auto context = std::make_unique<asio::io_context>();
  std::optional<Client<DwollaPolicy>> client{std::in_place, context->get_executor(),
                                             Dwolla::credentials(), dwolla.options()};
  int ended = 0;
  for (int i = 0; i < 3; ++i)
    client->async_create(person(std::to_string(i)), [&ended](Answer) { ++ended; });
  while (dwolla.sandbox.request_count() == 0) context->run_one_for(5ms);
  context.reset();
  client.reset();
  BOOST_TEST(ended == 0);
}

BOOST_AUTO_TEST_CASE(a_lost_answer_is_settled_with_the_same_key_and_token) {
  for (const bool async : drivers) {
    Dwolla dwolla;
    auto client = dwolla.connect();
    dwolla.sandbox.fault({});
    dwolla.sandbox.fault({.kind = Kind::reset_after, .store = true});
    const auto answer = call(client, async, person("1"));
    BOOST_TEST_REQUIRE(answer.has_value());
    BOOST_TEST(answer->attempts == 2);
    BOOST_TEST(dwolla.sandbox.count() == 1u);
    BOOST_TEST(dwolla.fetched() == 1);
  }
}

BOOST_AUTO_TEST_CASE(airwallex_logs_in_and_tells_the_end_by_a_time_of_day) {
  for (const bool async : drivers) {
    Sandbox sandbox{florin::testing::airwallex()};
    Client<AirwallexPolicy> client{{.client_id = "FAKE_CLIENT_ID", .api_key = "FAKE_API_KEY"},
                                   options_for(sandbox)};
    for (const char* number : {"1", "2", "3"})
      BOOST_TEST(call(client, async, person(number)).has_value());
    const auto requests = sandbox.requests();
    BOOST_TEST_REQUIRE(requests.size() == 4u);
    BOOST_TEST(requests[0].target == "/api/v1/authentication/login");
    BOOST_TEST(requests[0].header("x-client-id").value_or("") == "FAKE_CLIENT_ID");
    BOOST_TEST(!requests[1].header("x-api-key").has_value());
    BOOST_TEST(sandbox.connection_count() == 1u);
  }
}

BOOST_AUTO_TEST_CASE(layer_1_takes_a_token_that_the_caller_fetched) {
  Dwolla dwolla;
  asio::io_context context;
  florin::net::Stream stream{context.get_executor()};
  florin::net::Target target;
  target.host = dwolla.sandbox.host();
  target.port = dwolla.sandbox.port();
  target.tls = florin::net::TlsContext::make(dwolla.options().tls).value();
  BOOST_TEST_REQUIRE(
      florin::net::establish(stream, target, std::chrono::steady_clock::now() + hang_guard).ok());
  const string host = "localhost:" + std::to_string(dwolla.sandbox.port());
  const auto token =
      florin::fetch_token<DwollaPolicy>(stream, Dwolla::credentials(), {.host = host});
  BOOST_TEST_REQUIRE(token.has_value());
  BOOST_TEST((token->lifetime == 3600s));
  const auto answer =
      florin::create<DwollaPolicy>(stream, person("1"), Dwolla::credentials(),
                                   {.host = host, .access_token = token->token.reveal()});
  BOOST_TEST(answer.has_value());
  const auto without =
      florin::create<DwollaPolicy>(stream, person("2"), Dwolla::credentials(), {.host = host});
  BOOST_TEST((error_of(without).code == Errc::invalid_credentials));
  BOOST_TEST(dwolla.sandbox.request_count() == 2u);
}

BOOST_AUTO_TEST_SUITE_END()
