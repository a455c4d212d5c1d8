// SPDX-License-Identifier: Apache-2.0
#include <florin/onboarding/directory.hpp>

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <cstddef>
#include <ctime>
#include <functional>
#include <future>
#include <memory>
#include <new>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "onboarding/onboarding_bench.hpp"
#include "support/allocations.hpp"
#include "support/skipped.hpp"

/// Many who wait for rows.
BOOST_AUTO_TEST_SUITE(onboarding_directory_claims)
namespace {

using namespace florin_test;
using ob::detail::Claimed;
using Claim = florin::Result<Claimed>;

constexpr florin::EnsureFacts facts{"stripe", florin::EnsureGuarantee::by_key, true, false, true,
                                    {}};

/// A store that takes no time of its own.
struct QuickStore : MemoryStore {
  using MemoryStore::MemoryStore;
  void begin() {}
  void commit() {}
};

std::shared_ptr<ob::detail::ClaimJob> claim(const ob::Directory& directory, const std::string& id,
                                            std::function<void(Claim)> done,
                                            std::chrono::milliseconds limit = 20s) {
  auto job = std::make_shared<ob::detail::ClaimJob>(florin::net::Clock::now() + limit);
  job->asked.key = {id, "stripe", ""};
  job->asked.request = "{}";
  job->worker = {.facts = &facts, .lease = directory.core().fresh_lease(), .term = 60s};
  job->done = std::move(done);
  directory.core().claim(job);
  return job;
}
std::future<Claim> claim(const ob::Directory& directory, const std::string& id) {
  const auto told = std::make_shared<std::promise<Claim>>();
  claim(directory, id, [told](Claim claimed) { told->set_value(std::move(claimed)); });
  return told->get_future();
}
/// Stores the answer of the processor.
void finish(const ob::Directory& directory, const Claimed& claimed, std::function<void()> done) {
  const auto job = std::make_shared<ob::detail::FinishJob>(florin::net::Clock::now() + 20s);
  job->row = claimed.row;
  job->worker = {.facts = &facts, .lease = claimed.row.lease, .term = 60s};
  florin::CreateResponse answer;
  answer.connector_customer_id.assign("cus_1");
  job->answer = answer;
  job->done = [done = std::move(done)](const florin::Result<ob::Row>&) { done(); };
  directory.core().finish(job);
}
/// A row that another process has.
void add_taken(MemoryDatabase& database, const std::string& id) {
  ob::Row row;
  row.key = {id, "stripe", ""};
  row.request = "{}";
  row.lease = "another";
  row.lease_until = 9'000'000;
  database.rows[row.key] = row;
}

BOOST_AUTO_TEST_CASE(who_wants_the_same_customer_is_told_together) {
  const auto database = std::make_shared<MemoryDatabase>();
  HeldUp held{*database};
  const ob::Directory directory{MemoryStore{database}, quick()};
  std::vector<std::future<Claim>> all;
  all.push_back(claim(directory, "m-1"));
  held.await();
  for (int i = 0; i < 400; ++i) all.push_back(claim(directory, "m-1"));
  held.let_go();
  finish(directory, take(std::move(all.front())).value(), [] {});
  all.erase(all.begin());
  for (auto& each : all) {
    const auto claimed = take(std::move(each));
    BOOST_TEST_REQUIRE(claimed.has_value());
    BOOST_TEST((claimed->what == Claimed::What::known));
    BOOST_TEST(claimed->row.connector_customer_id == "cus_1");
  }
  BOOST_TEST(database->transactions < 100);
}

BOOST_AUTO_TEST_CASE(one_of_them_asks_the_processor) {
  const auto database = std::make_shared<MemoryDatabase>();
  HeldUp held{*database};
  const ob::Directory directory{MemoryStore{database}, quick()};
  auto other = claim(directory, "m-2");
  held.await();
  std::vector<std::shared_ptr<ob::detail::ClaimJob>> jobs;
  std::vector<std::future<Claim>> all;
  for (int i = 0; i < 3; ++i) {
    const auto told = std::make_shared<std::promise<Claim>>();
    auto job = std::make_shared<ob::detail::ClaimJob>(florin::net::Clock::now() + 20s);
    job->asked.key = {"m-1", "stripe", ""};
    job->worker = {.facts = &facts, .lease = directory.core().fresh_lease(), .term = 60s};
    job->waits = false;
    job->done = [told](Claim claimed) { told->set_value(std::move(claimed)); };
    all.push_back(told->get_future());
    directory.core().claim(job);
  }
  held.let_go();
  BOOST_TEST(take(std::move(other)).has_value());
  BOOST_TEST((take(std::move(all[0]))->what == Claimed::What::ask));
  for (const std::size_t i : {1U, 2U}) {
    const auto claimed = take(std::move(all[i]));
    BOOST_TEST((claimed->what == Claimed::What::taken));
    BOOST_TEST((claimed->wait == 60s));
  }
  BOOST_TEST(database->row("m-1")->attempts == 1);
}

/// What it takes of the processor's time to claim the rows of customers and to store answers.
/// \param at_once so many are waited for together.
std::clock_t time_of(int customers, int at_once) {
  const ob::Directory directory{QuickStore{std::make_shared<MemoryDatabase>()}, quick()};
  const std::clock_t begun = std::clock();
  for (int next = 0; next < customers;) {
    const auto all = std::make_shared<std::promise<void>>();  // the one who tells may be slower
    std::atomic<int> left{at_once};
    for (int i = 0; i < at_once; ++i)
      claim(
          directory, "customer-number-" + std::to_string(next++),
          [&, all](const Claim& claimed) {
            finish(directory, claimed.value(), [&left, all] {
              if (--left == 0) all->set_value();
            });
          },
          300s);
    all->get_future().wait();
  }
  return std::clock() - begun;
}

/// Each answer looks for who waits for its row, and not at all who wait.
BOOST_AUTO_TEST_CASE(how_many_wait_costs_no_time, *not_under_tsan("takes long")) {
  constexpr int customers = 30'000;
  const auto few = time_of(customers, 1'000);
  const auto many = time_of(customers, customers);
  BOOST_TEST_MESSAGE(few << ", " << many);
  BOOST_TEST(many < 6 * few);
}

BOOST_AUTO_TEST_CASE(an_answer_wakes_who_waits_for_its_row) {
  const auto database = std::make_shared<MemoryDatabase>();
  const ob::Directory directory{MemoryStore{database}, quick()};
  const auto first = take(claim(directory, "m-1")).value();
  std::vector<std::future<Claim>> all;
  for (int i = 0; i < 5; ++i) all.push_back(claim(directory, "m-1"));
  // By now they are tried twice a second.
  std::this_thread::sleep_for(1s);
  const auto begun = florin::net::Clock::now();
  finish(directory, first, [] {});
  for (auto& each : all) BOOST_TEST((take(std::move(each))->what == Claimed::What::known));
  BOOST_TEST((florin::net::Clock::now() - begun < 5s));
}

/// Who waits is not lost where there is no memory.
BOOST_AUTO_TEST_CASE(whatever_allocation_fails_who_waits_is_told, *not_under_tsan(allocates)) {
  int unharmed = 0;  // a thread may be slow once
  std::size_t n = 0;
  for (; unharmed < 5 && n < 2'000; ++n) {
    const ob::Directory directory{MemoryStore{std::make_shared<MemoryDatabase>()}, quick()};
    const auto first = take(claim(directory, "m-1")).value();
    std::vector<std::future<Claim>> all;
    {
      const AllocationFailure failure{n, Allocations::of_every_thread};
      for (int i = 0; i < 2; ++i) try {
          all.push_back(claim(directory, "m-1"));
        } catch (const std::bad_alloc&) {
          // Nothing has begun then.
        }
      std::this_thread::sleep_for(5ms);
      unharmed = failure.happened() ? 0 : unharmed + 1;
    }
    finish(directory, first, [] {});
    for (auto& each : all) BOOST_TEST((take(std::move(each))->what == Claimed::What::known));
  }
  BOOST_TEST(unharmed == 5);
  BOOST_TEST(n > 20U);
}

/// For ThreadSanitizer above all: who is told that it is too late, while his row is tried again.
BOOST_AUTO_TEST_CASE(deadlines_pass_while_rows_are_tried_again) {
  constexpr int customers = 40;
  const auto database = std::make_shared<MemoryDatabase>();
  for (int i = 0; i < customers; ++i) add_taken(*database, std::to_string(i));
  database->on_begin = [] { std::this_thread::sleep_for(20ms); };
  const ob::Directory directory{MemoryStore{database}, quick()};
  std::vector<std::future<Claim>> all;
  for (int i = 0; i < customers; ++i) {
    const auto told = std::make_shared<std::promise<Claim>>();
    all.push_back(told->get_future());
    const auto tell = [told](Claim claimed) {
      std::this_thread::sleep_for(15ms);
      told->set_value(std::move(claimed));
    };
    claim(directory, std::to_string(i), tell, 100ms + i * 10ms);
  }
  for (auto& each : all)
    BOOST_TEST((error_of(take(std::move(each))).code == Errc::claimed_elsewhere));
}

/// What is told may hold the directory, and be the last that does.
BOOST_AUTO_TEST_CASE(the_last_handle_may_be_that_of_who_waited) {
  const auto database = std::make_shared<MemoryDatabase>();
  add_taken(*database, "m-1");
  std::promise<void> late;
  {
    const ob::Directory directory{MemoryStore{database}, quick()};
    claim(
        directory, "m-1", [directory, &late](const Claim&) { late.set_value(); }, 200ms);
    late.get_future().wait();
  }
  const auto begun = florin::net::Clock::now();
  while (database.use_count() != 1 && florin::net::Clock::now() - begun < 10s)
    std::this_thread::sleep_for(1ms);
  BOOST_TEST(database.use_count() == 1);  // its thread has ended
}

}  // namespace
BOOST_AUTO_TEST_SUITE_END()
