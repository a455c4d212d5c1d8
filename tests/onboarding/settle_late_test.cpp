// SPDX-License-Identifier: Apache-2.0
#include <florin/onboarding/detail/request_text.hpp>
#include <florin/onboarding/settle.hpp>
#include <florin/policies/rapyd.hpp>
#include <florin/testing/processors/rapyd.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <thread>

#include "numbered_customer.hpp"
#include "onboarding/onboarding_bench.hpp"

/// A database that answers when nobody waits any more.
BOOST_AUTO_TEST_SUITE(onboarding_settle_late)
namespace {

using namespace florin_test;
using namespace std::chrono_literals;

ob::DirectoryOptions impatient() {
  auto options = quick();
  options.patience = 50ms;
  return options;
}

BOOST_AUTO_TEST_CASE(row_that_is_taken_for_nobody_is_given_back) {
  for (const bool async : {false, true}) {
    OnboardingBench<florin::RapydPolicy> bench{florin::testing::rapyd(), impatient()};
    ob::Row pending;
    pending.key = {"m-1", "rapyd", ""};
    pending.attempts = 1;
    bench.database->rows[pending.key] = pending;
    bench.database->on_begin = [] { std::this_thread::sleep_for(200ms); };
    BOOST_TEST(error_of(bench.settle(async)).code == florin::Errc::directory_failed);
    // The transaction that has taken it, and the one that gives it back.
    for (int i = 0; i < 5'000 && bench.database->transactions < 2; ++i)
      std::this_thread::sleep_for(1ms);
    const ob::Row row = bench.row("m-1");
    BOOST_TEST(row.lease == "");
    BOOST_TEST(row.attempts == 1);
    BOOST_TEST(row.state == ob::State::pending);
    BOOST_TEST(!row.doubt);
  }
}

/// A database that is slow to say that it has done something.
struct SlowStore : MemoryStore {
  using MemoryStore::MemoryStore;
  void commit() {
    MemoryStore::commit();
    std::this_thread::sleep_for(600ms);
  }
};

BOOST_AUTO_TEST_CASE(a_call_ends_before_its_lease_however_late_it_begins) {
  for (const bool async : {false, true}) {
    OnboardingBench<florin::StripePolicy> bench{florin::testing::stripe()};
    const ob::Directory directory{SlowStore{bench.database}, quick()};
    const CreateRequest request = buyer("m-1");
    ob::Row pending;
    pending.key = {"m-1", "stripe", ""};
    pending.request = ob::detail::text_of(request);
    bench.database->rows[pending.key] = pending;
    ob::SettleOptions<Client<StripePolicy>> options;
    options.call.deadline = 200ms;  // the lease: 300 more
    const auto settled =
        async ? take(ob::async_settle(bench.client, directory, options, boost::asio::use_future))
              : ob::settle(bench.client, directory, options);
    BOOST_TEST(settled.value().open == 1u);
    BOOST_TEST(bench.sandbox.request_count() == 0u);
    BOOST_TEST(bench.row("m-1").lease == "");
    BOOST_TEST(!bench.row("m-1").doubt);
  }
}

}  // namespace
BOOST_AUTO_TEST_SUITE_END()
