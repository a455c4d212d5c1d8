// SPDX-License-Identifier: Apache-2.0
#include <florin/onboarding/detail/request_text.hpp>
#include <florin/onboarding/settle.hpp>

#include <boost/asio/use_future.hpp>
#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <utility>

#include "numbered_customer.hpp"
#include "onboarding/onboarding_bench.hpp"
#include "support/allocations.hpp"
#include "support/skipped.hpp"

/// What becomes of rows where there is no memory for them.
BOOST_AUTO_TEST_SUITE(onboarding_settle_memory,
                      *florin_test::not_under_tsan(florin_test::allocates))
namespace {

using namespace florin_test;
using ob::State;

/// A store on whose thread an allocation fails after its first transaction.
struct ForgetfulStore : MemoryStore {
  ForgetfulStore(std::shared_ptr<MemoryDatabase> database, std::size_t first,
                 std::optional<AllocationFailure>& shared_failure)
      : MemoryStore(std::move(database)), after(first), failure(&shared_failure) {}

  void commit() {
    MemoryStore::commit();
    if (!*failure) failure->emplace(after);
  }

  std::size_t after;
  std::optional<AllocationFailure>* failure;
};

std::shared_ptr<MemoryDatabase> with_rows(std::size_t count) {
  auto database = std::make_shared<MemoryDatabase>();
  for (std::size_t i = 0; i < count; ++i) {
    const ob::Row row = row_of(numbered_customer(i));
    database->rows[row.key] = row;
  }
  return database;
}

/// How many rows somebody has yet, or has left in doubt.
std::size_t kept(const MemoryDatabase& database) {
  std::size_t count = 0;
  for (const auto& [key, row] : database.rows) count += !row.lease.empty() || row.doubt;
  return count;
}

BOOST_AUTO_TEST_CASE(the_directory_has_none) {
  const OnboardingBench<StripePolicy> bench{florin::testing::stripe()};
  Client<StripePolicy> client = bench.client;
  for (const bool async : {false, true}) {
    for (std::size_t n = 0, ended = 0; ended == 0; ++n) {
      const auto database = with_rows(3);
      std::optional<AllocationFailure> failure;
      {
        const ob::Directory directory{ForgetfulStore{database, n, failure}};
        ob::SettleOptions<Client<StripePolicy>> options;
        options.at_once = 4;
        const auto settled =
            async ? take(ob::async_settle(client, directory, options, boost::asio::use_future))
                  : ob::settle(client, directory, options);
        if (!failure->happened()) {
          ended = n;
          BOOST_TEST(settled.has_value());
        }
        BOOST_TEST(directory.count({}).has_value());  // after what it gives back
      }
      BOOST_TEST_CONTEXT("allocation " << n << (async ? ", async" : ""))
      BOOST_TEST(kept(*database) == 0u);
      failure->stop();
      const ob::Directory again{MemoryStore{database}};
      database->now += 60'000;
      BOOST_TEST(ob::settle(client, again).has_value());
      BOOST_TEST(again.count({.connector = "stripe"}).value().active == 3u);
    }
  }
}

BOOST_AUTO_TEST_CASE(the_caller_has_none) {
  OnboardingBench<StripePolicy> bench{florin::testing::stripe()};
  for (std::size_t n = 0, ended = 0; ended == 0; ++n) {
    const auto database = with_rows(1);
    const std::size_t sent = bench.sandbox.request_count();
    {
      const ob::Directory directory{MemoryStore{database}};
      AllocationFailure failure{n};
      const auto settled = ob::settle(bench.client, directory);
      failure.stop();
      if (!failure.happened()) ended = n;
      BOOST_TEST(directory.count({}).has_value());
      BOOST_TEST((settled.has_value() || settled.error().outcome == Outcome::unknown));
    }
    BOOST_TEST_CONTEXT("allocation " << n)
    BOOST_TEST((kept(*database) == 0u || bench.sandbox.request_count() > sent));
  }
}

}  // namespace
BOOST_AUTO_TEST_SUITE_END()
