// SPDX-License-Identifier: Apache-2.0
#include <florin/client.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "client_fixture.hpp"

/// Ten thousand customers through one client, over a network that fails in every way there is. What
/// the client says of each is compared with what the processor has stored.
BOOST_AUTO_TEST_SUITE(client_faults)
namespace {

using namespace florin_test;
namespace asio = boost::asio;
using Kind = Fault::Kind;
using std::string;

constexpr std::uint64_t seed = 20'240'611;
constexpr std::size_t customers = 10'000;
constexpr std::size_t in_flight = 16;
constexpr std::size_t blocking_threads = 3;

florin::testing::FaultMix mix() {
  florin::testing::FaultMix all;
  const auto add = [&all](double probability, Fault fault) {
    all.shares.push_back({probability, std::move(fault)});
  };
  for (const bool store : {false, true}) {
    add(0.010, {.kind = Kind::reset_after, .store = store, .bytes = 40});
    add(0.008, {.kind = Kind::truncate, .store = store, .bytes = 200});
    add(0.008, {.kind = Kind::server_error, .store = store});
    add(0.004, {.kind = Kind::server_error, .store = store, .remember = true});
    add(0.008, {.kind = Kind::garbage, .store = store});
    add(0.006, {.kind = Kind::not_http, .store = store});
    add(0.003, {.kind = Kind::delay, .store = store, .delay = 5ms});
    add(0.001, {.kind = Kind::silent, .store = store});
  }
  add(0.015, {.kind = Kind::reset_before_read});
  add(0.015, {.kind = Kind::rate_limited});
  add(0.002, {.kind = Kind::rate_limited, .retry_after = "3600"});
  add(0.010, {.kind = Kind::close_after});
  add(0.005, {.kind = Kind::continue_100});
  add(0.003, {.kind = Kind::slow});
  add(0.005, {.kind = Kind::chunked});
  return all;
}

string id_of(std::size_t number) {
  return "customer-" + std::to_string(number);
}

}  // namespace

BOOST_AUTO_TEST_CASE(no_customer_is_made_twice_and_no_outcome_is_wrong) {
  BOOST_TEST_MESSAGE("seed " << seed);
  StripeFixture f{{.threads = 2}};
  auto options = f.options();
  options.deadline = 300ms;
  options.retry = {.retries = 2, .first_backoff = 1ms, .longest_backoff = 2ms};
  options.pool.max_connections = 12;  // fewer than calls at once, so that some queue
  f.sandbox.random_faults(mix(), seed);

  std::vector<std::optional<Answer>> answers(customers);
  std::atomic<std::size_t> next{0};
  asio::io_context context;
  Client<StripePolicy> client{context.get_executor(), f.credentials(), options};
  std::function<void()> begin = [&] {
    const std::size_t number = next++;
    if (number >= customers) return;
    client.async_create(buyer(id_of(number)), [&, number](Answer answer) {
      answers[number].emplace(std::move(answer));
      begin();
    });
  };
  for (std::size_t i = 0; i < in_flight; ++i) begin();
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < blocking_threads; ++i) {
    threads.emplace_back([&] {
      for (std::size_t number = next++; number < customers; number = next++)
        answers[number].emplace(client.create(buyer(id_of(number))));
    });
  }
  context.run();
  for (auto& thread : threads) thread.join();
  f.sandbox.clear_faults();

  const auto ledger = [&f] {
    std::map<string, std::vector<string>> ids;
    for (const auto& customer : f.sandbox.customers())
      ids[customer.merchant_customer_id].push_back(customer.id);
    return ids;
  };
  const auto stored = ledger();
  for (const auto& [id, ids] : stored) BOOST_TEST(ids.size() == 1u, id << " exists twice");

  std::map<string, int> counts;
  std::vector<std::size_t> open;
  for (std::size_t number = 0; number < customers; ++number) {
    BOOST_TEST_REQUIRE(answers[number].has_value());
    const auto& answer = *answers[number];
    const auto found = stored.find(id_of(number));
    const bool exists = found != stored.end();
    if (answer) {
      ++counts["success, " + string{to_string(answer->origin)}];
      BOOST_TEST_REQUIRE(exists);
      BOOST_TEST(answer->connector_customer_id == found->second.front());
      continue;
    }
    const auto& error = answer.error();
    ++counts[string{to_string(error.outcome)} + ", " + string{to_string(error.code)}];
    check_clean(error);
    BOOST_TEST((error.outcome != Outcome::created));
    if (error.outcome == Outcome::not_created) BOOST_TEST(!exists, error.what());
    if (error.outcome == Outcome::unknown) open.push_back(number);
  }
  for (const auto& [what, count] : counts) BOOST_TEST_MESSAGE(what << ": " << count);
  // The mix is strong enough for all three to happen, and weak enough for most to succeed.
  BOOST_TEST(!open.empty());
  BOOST_TEST(open.size() < customers / 20);
  BOOST_TEST(stored.size() > customers * 9 / 10);
  BOOST_TEST(client.pool().busy == 0u);
  BOOST_TEST(client.pool().queued == 0u);

  // What is open is settled by the same call again: the key is derived from the same reference.
  // Only failures that the processor has stored under the key stay what they are; those are settled
  // when it forgets them.
  auto calm = f.connect();
  std::size_t remembered = 0;
  for (const std::size_t number : open) {
    const auto again = calm.create(buyer(id_of(number)));
    if (again) continue;
    ++remembered;
    BOOST_TEST((again.error().code == Errc::connector_unavailable));
    BOOST_TEST((again.error().outcome == Outcome::unknown));
    BOOST_TEST(!again.error().transient);
  }
  BOOST_TEST_MESSAGE("open: " << open.size() << ", of which stored failures: " << remembered);
  const auto seen = ledger();
  f.sandbox.forget_idempotency_keys();
  for (const std::size_t number : open) {
    if (seen.contains(id_of(number))) continue;
    BOOST_TEST(remembered-- > 0u);
    BOOST_TEST(calm.create(buyer(id_of(number))).has_value());
  }
  const auto settled = ledger();
  for (const std::size_t number : open) BOOST_TEST(settled.at(id_of(number)).size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
