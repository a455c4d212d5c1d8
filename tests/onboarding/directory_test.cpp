// SPDX-License-Identifier: Apache-2.0
#include <florin/onboarding/directory.hpp>

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <cstddef>
#include <future>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "forked_child.hpp"
#include "onboarding/onboarding_bench.hpp"
#include "support/allocations.hpp"
#include "support/skipped.hpp"

/// What many want of a database that fails at times.
BOOST_AUTO_TEST_SUITE(onboarding_directory)
namespace {

using namespace florin_test;
using ob::State;
using ob::detail::Claimed;

// What opens a directory answers with one or with an error.
static_assert(std::is_convertible_v<florin::Error, florin::Result<ob::Directory>>);

constexpr florin::EnsureFacts facts{"stripe", florin::EnsureGuarantee::by_key, true, false, true,
                                    {}};

struct Bench {
  std::shared_ptr<MemoryDatabase> database = std::make_shared<MemoryDatabase>();
  ob::Directory directory;

  explicit Bench(const ob::DirectoryOptions& options = quick())
      : directory(MemoryStore{database}, options) {}

  std::shared_ptr<ob::detail::ClaimJob> job(const std::string& id,
                                            std::chrono::milliseconds limit = 5s) {
    auto job = std::make_shared<ob::detail::ClaimJob>(florin::net::Clock::now() + limit);
    job->asked.key = {id, "stripe", ""};
    job->worker = {.facts = &facts, .lease = directory.core().fresh_lease(), .term = 1s};
    return job;
  }
  std::future<florin::Result<Claimed>> claim(
      const std::shared_ptr<ob::detail::ClaimJob>& job) const {
    const auto told = std::make_shared<std::promise<florin::Result<Claimed>>>();
    job->done = [told](florin::Result<Claimed> claimed) { told->set_value(std::move(claimed)); };
    directory.core().claim(job);
    return told->get_future();
  }
};

BOOST_AUTO_TEST_CASE(what_many_want_is_written_together) {
  ob::DirectoryOptions options = quick();
  options.batch = 40;
  Bench bench{options};
  HeldUp held{*bench.database};
  std::vector<std::future<florin::Result<Claimed>>> all;
  all.push_back(bench.claim(bench.job("first")));
  held.await();
  for (int i = 0; i < 100; ++i) all.push_back(bench.claim(bench.job("m-" + std::to_string(i))));
  held.let_go();
  for (auto& each : all) BOOST_TEST((take(std::move(each))->what == Claimed::What::ask));
  BOOST_TEST(bench.database->transactions == 1 + 3);
}

BOOST_AUTO_TEST_CASE(a_failure_is_waited_for) {
  Bench bench;
  bench.database->failures = 3;
  BOOST_TEST((take(bench.claim(bench.job("m-1")))->what == Claimed::What::ask));
  BOOST_TEST(bench.database->transactions == 4);
  BOOST_TEST(bench.database->row("m-1")->attempts == 1);
}

BOOST_AUTO_TEST_CASE(what_was_committed_though_it_failed_is_ones_own) {
  Bench bench;
  bench.database->failures = 1;
  bench.database->loses_commits = true;
  const auto claimed = take(bench.claim(bench.job("m-1")));
  BOOST_TEST((claimed->what == Claimed::What::ask));
  BOOST_TEST(!claimed->row.doubt);
  BOOST_TEST(bench.database->row("m-1")->attempts == 1);
}

BOOST_AUTO_TEST_CASE(a_deadline_is_kept_whatever_the_database_does) {
  Bench bench;
  HeldUp held{*bench.database};
  const auto begun = florin::net::Clock::now();
  const auto error = error_of(take(bench.claim(bench.job("m-1", 200ms))));
  BOOST_TEST((florin::net::Clock::now() - begun < 2s));
  BOOST_TEST((error.code == Errc::directory_failed));
  BOOST_TEST((error.outcome == Outcome::no_effect));
  BOOST_TEST(error.transient);
  held.let_go();
  // The row that was written for nobody is given back, and is in nobody's way.
  const auto claimed = take(bench.claim(bench.job("m-1")));
  BOOST_TEST((claimed->what == Claimed::What::ask));
  BOOST_TEST(!claimed->row.doubt);
}

BOOST_AUTO_TEST_CASE(the_database_says_why) {
  Bench bench;
  bench.database->unreachable = true;
  const auto error = error_of(take(bench.claim(bench.job("m-1", 200ms))));
  BOOST_TEST((error.code == Errc::directory_failed));
  BOOST_TEST(error.connector_message == "the server is gone");
  BOOST_TEST(bench.directory.trouble() == "the server is gone");
  bench.database->unreachable = false;
  BOOST_TEST((take(bench.claim(bench.job("m-1")))->what == Claimed::What::ask));
  // What is told is told a little before.
  const auto begun = florin::net::Clock::now();
  while (!bench.directory.trouble().empty() && florin::net::Clock::now() - begun < 10s)
    std::this_thread::yield();
  BOOST_TEST(bench.directory.trouble() == "");
}

BOOST_AUTO_TEST_CASE(patience_may_have_no_end) {
  ob::DirectoryOptions options = quick();
  options.patience = std::chrono::milliseconds::max();
  Bench bench{options};
  bench.database->on_begin = [] { std::this_thread::sleep_for(50ms); };
  take(bench.claim(bench.job("m-1")));
  bench.database->now += 1000;
  BOOST_TEST(bench.directory.resolve({"m-1", "stripe", ""}, "cus_1").value());
}

BOOST_AUTO_TEST_CASE(the_last_handle_waits_for_what_was_asked_for) {
  auto database = std::make_shared<MemoryDatabase>();
  {
    Bench bench;
    database = bench.database;
    database->on_begin = [] { std::this_thread::sleep_for(100ms); };
    static_cast<void>(bench.claim(bench.job("m-1")));
    const ob::Directory copy = bench.directory;
  }
  BOOST_TEST(database->row("m-1").has_value());
  BOOST_TEST(database.use_count() == 1);  // its thread has ended
}

BOOST_AUTO_TEST_CASE(who_looks_after_it) {
  Bench bench;
  for (int i = 0; i < 5; ++i) take(bench.claim(bench.job("m-" + std::to_string(i))));
  bench.database->change("m-3", [](ob::Row& row) { row.state = State::unknown; });
  BOOST_TEST(bench.directory.find({"m-1", "stripe", ""}).value()->key.merchant_customer_id ==
             "m-1");
  BOOST_TEST(!bench.directory.find({"m-9", "stripe", ""}).value().has_value());
  const ob::CustomerKey none{"\xff", "stripe", ""};  // a database may refuse to look for it
  BOOST_TEST(!bench.directory.find(none).value().has_value());
  BOOST_TEST(!bench.directory.remove(none).value());
  BOOST_TEST(!bench.directory.resolve(none, "cus_1").value());
  const auto counts = bench.directory.count({.connector = "stripe"}).value();
  BOOST_TEST(counts.pending == 4u);
  BOOST_TEST(counts.unknown == 1u);
  const auto rows = bench.directory
                        .list({.scope = {.connector = "stripe"},
                               .state = State::pending,
                               .after = "m-0",
                               .limit = 2})
                        .value();
  BOOST_TEST_REQUIRE(rows.size() == 2u);
  BOOST_TEST(rows[0].key.merchant_customer_id == "m-1");
  BOOST_TEST(rows[1].key.merchant_customer_id == "m-2");
}

BOOST_AUTO_TEST_CASE(who_looks_after_it_waits_for_workers_and_the_database) {
  Bench bench;
  take(bench.claim(bench.job("m-1")));
  const ob::CustomerKey key{"m-1", "stripe", ""};
  const auto busy = bench.directory.resolve(key, "cus_1");
  BOOST_TEST_REQUIRE(busy.has_error());
  BOOST_TEST((busy.error().code == florin::Errc::claimed_elsewhere));
  BOOST_TEST((busy.error().retry_after == 1000ms));  // the worker's term
  bench.database->now += 1000;
  bench.database->failures = 2;
  BOOST_TEST(bench.directory.resolve(key, "cus_1").value());
  BOOST_TEST(bench.database->row("m-1")->state == State::active);
  BOOST_TEST(bench.database->row("m-1")->connector_customer_id == "cus_1");
}

BOOST_AUTO_TEST_CASE(whatever_allocation_fails_the_directory_goes_on, *not_under_tsan(allocates)) {
  bool failed = true;
  std::size_t n = 0;
  for (; failed && n < 2'000; ++n) {
    Bench bench;
    take(bench.claim(bench.job("m-0")));
    const auto job = bench.job("m-1", 2s);
    job->asked.request = std::string(200, 'x');
    std::future<florin::Result<Claimed>> claimed;
    {
      const AllocationFailure failure{n, Allocations::of_every_thread};
      try {
        claimed = bench.claim(job);
        claimed.wait();
      } catch (const std::bad_alloc&) {
        // Nothing has begun then.
      }
      failed = failure.happened();
    }
    if (claimed.valid()) {
      const auto answer = claimed.get();
      BOOST_TEST_REQUIRE(answer.has_value());
      BOOST_TEST((answer->what == Claimed::What::ask));
      BOOST_TEST(!answer->row.doubt);
    }
    const auto other = take(bench.claim(bench.job("m-2")));
    BOOST_TEST((other && other->what == Claimed::What::ask));
  }
  BOOST_TEST(!failed);
  BOOST_TEST(n > 15U);
}

BOOST_AUTO_TEST_CASE(a_child_opens_one_of_its_own) {
  Bench bench;
  take(bench.claim(bench.job("m-1")));
  ForkedChild child{[&bench]() -> std::string {
    const auto found = bench.directory.find({"m-1", "stripe", ""});
    if (!found.has_error()) return "it was read";
    const auto claimed = bench.claim(bench.job("m-2")).get();
    if (claimed) return "claimed";
    return std::string{to_string(claimed.error().code)} + ", " + bench.directory.trouble();
  }};
  BOOST_TEST(child.words() ==
             "directory_failed, this directory was opened by the process that this one was forked "
             "from");
  BOOST_TEST((take(bench.claim(bench.job("m-2")))->what == Claimed::What::ask));
}

}  // namespace
BOOST_AUTO_TEST_SUITE_END()
