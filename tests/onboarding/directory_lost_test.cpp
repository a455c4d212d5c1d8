// SPDX-License-Identifier: Apache-2.0
#include <florin/onboarding/directory.hpp>

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <cstddef>
#include <future>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "onboarding/onboarding_bench.hpp"

/// Answers of one turn whose rows are not their own any more.
BOOST_AUTO_TEST_SUITE(onboarding_directory_lost)
namespace {

using namespace florin_test;
using ob::Row;
using ob::State;

constexpr florin::EnsureFacts facts{
    "stripe", florin::EnsureGuarantee::by_lookup, true, false, false, {}};

/// A store that notices who locks rows while he holds some that he has written.
struct OrderedStore : MemoryStore {
  OrderedStore(std::shared_ptr<MemoryDatabase> database, std::shared_ptr<std::atomic<bool>> late)
      : MemoryStore(std::move(database)), locked_late(std::move(late)) {}

  void begin() {
    MemoryStore::begin();
    written = false;
  }
  [[nodiscard]] std::vector<bool> update(std::span<const Row> rows,
                                         std::span<const std::string> leases) {
    written = true;
    return MemoryStore::update(rows, leases);
  }
  [[nodiscard]] std::vector<Row> lock(std::span<const ob::CustomerKey> keys) {
    if (written) *locked_late = true;
    return MemoryStore::lock(keys);
  }

  std::shared_ptr<std::atomic<bool>> locked_late;
  bool written = false;
};

struct Bench {
  std::shared_ptr<MemoryDatabase> database = std::make_shared<MemoryDatabase>();
  std::shared_ptr<std::atomic<bool>> locked_late = std::make_shared<std::atomic<bool>>(false);
  HeldUp held{*database};
  ob::Directory directory{OrderedStore{database, locked_late}, quick()};
  std::future<florin::Result<ob::Row>> first;

  /// The first turn is held up: what is finished meanwhile is one.
  Bench() {
    first = finish(add("m-0", "first"), "first", "cus_0");
    held.await();
  }
  /// A row that a worker has.
  Row add(const std::string& id, const std::string& lease) {
    Row row;
    row.key = {id, "stripe", ""};
    row.request = "{}";
    row.lease = lease;
    row.lease_until = 2'000'000;
    row.state = State::unknown;
    row.doubt = true;
    database->rows[row.key] = row;
    return row;
  }
  [[nodiscard]] std::future<florin::Result<Row>> finish(const Row& row, const std::string& lease,
                                                        const std::string& id) const {
    const auto told = std::make_shared<std::promise<florin::Result<Row>>>();
    const auto job = std::make_shared<ob::detail::FinishJob>(florin::net::Clock::now() + 10s);
    job->row = row;
    job->row.lease = lease;
    job->worker = {.facts = &facts, .lease = lease, .term = 1s};
    florin::CreateResponse answer;
    answer.connector_customer_id.assign(id);
    job->answer = answer;
    job->done = [told](florin::Result<Row> stored) { told->set_value(std::move(stored)); };
    directory.core().finish(job);
    return told->get_future();
  }
};

BOOST_AUTO_TEST_CASE(of_two_customers_one_is_stored) {
  Bench bench;
  const Row row = bench.add("m-1", "another");
  auto one = bench.finish(row, "one", "cus_1");
  auto two = bench.finish(row, "two", "cus_2");
  auto same = bench.finish(row, "three", "cus_1");
  bench.held.let_go();
  BOOST_TEST(take(std::move(one)).value().connector_customer_id == "cus_1");
  const auto error = error_of(take(std::move(two)));
  BOOST_TEST((error.code == Errc::customer_exists));
  BOOST_TEST(error.existing_customer_id == "cus_1");
  BOOST_TEST(take(std::move(same)).value().connector_customer_id == "cus_1");
  BOOST_TEST(bench.database->row("m-1")->connector_customer_id == "cus_1");
}

BOOST_AUTO_TEST_CASE(who_has_the_lease_is_stored_first) {
  Bench bench;
  const Row row = bench.add("m-1", "two");
  auto one = bench.finish(row, "one", "cus_1");
  auto two = bench.finish(row, "two", "cus_2");
  bench.held.let_go();
  BOOST_TEST(error_of(take(std::move(one))).existing_customer_id == "cus_2");
  BOOST_TEST(take(std::move(two)).value().connector_customer_id == "cus_2");
}

BOOST_AUTO_TEST_CASE(rows_are_not_locked_by_who_holds_others) {
  Bench bench;
  auto lost = bench.finish(bench.add("m-1", "another"), "lost", "cus_1");
  auto own = bench.finish(bench.add("m-2", "own"), "own", "cus_2");
  bench.held.let_go();
  BOOST_TEST(take(std::move(lost)).has_value());
  BOOST_TEST(take(std::move(own)).has_value());
  BOOST_TEST(!*bench.locked_late);
}

BOOST_AUTO_TEST_CASE(a_failure_keeps_what_was_not_told) {
  for (const bool loses : {false, true}) {
    Bench bench;
    bench.database->loses_commits = loses;
    auto lost = bench.finish(bench.add("m-1", "another"), "lost", "cus_1");
    auto own = bench.finish(bench.add("m-2", "own"), "own", "cus_2");
    bench.database->failures = 3;
    bench.held.let_go();
    BOOST_TEST(take(std::move(lost)).value().connector_customer_id == "cus_1");
    BOOST_TEST(take(std::move(own)).value().connector_customer_id == "cus_2");
    BOOST_TEST(bench.database->row("m-1")->connector_customer_id == "cus_1");
  }
}

}  // namespace
BOOST_AUTO_TEST_SUITE_END()
