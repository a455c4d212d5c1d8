// SPDX-License-Identifier: Apache-2.0
#include <florin/net/pool.hpp>

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <memory>
#include <new>
#include <utility>
#include <vector>

#include "pool_bench.hpp"
#include "support/allocations.hpp"
#include "support/skipped.hpp"

/// What the pool does when there is no memory, and what it needs none for.
BOOST_AUTO_TEST_SUITE(net_pool_memory)
namespace {

using namespace florin_test;

}  // namespace

BOOST_AUTO_TEST_CASE(no_slot_is_lost_when_there_is_no_memory,
                     *florin_test::not_under_tsan(florin_test::allocates)) {
  Bench bench{{.max_connections = 2}};
  for (int i = 0; i < 5; ++i) {
    const AllocationFailure failure{0};
    BOOST_CHECK_THROW((void)bench.pool.try_acquire(bench.now), std::bad_alloc);
  }
  bench.check(0, 0, 0);
  auto first = bench.take_open();
  for (int i = 0; i < 5; ++i) {
    const AllocationFailure failure{0};
    Waiter waiter;
    BOOST_CHECK_THROW((void)bench.pool.acquire(waiter, bench.now), std::bad_alloc);
  }
  bench.check(0, 1, 0);
  auto second = bench.take_open();
  bench.check(0, 2, 0);
  bench.give(std::move(first));
  bench.give(std::move(second));
  bench.check(2, 0, 0);
}

BOOST_AUTO_TEST_CASE(only_a_new_connection_allocates) {
  Bench bench{{.max_connections = 3, .idle_timeout = 10s}};
  Held held[] = {bench.take_open(), bench.take_open(), bench.take_open()};
  std::vector<Waiter> waiters(100);
  std::vector<Held> granted;
  granted.reserve(waiters.size());
  const AllocationCount allocations;
  for (Waiter& waiter : waiters) (void)bench.pool.acquire(waiter, bench.now);
  for (std::size_t i = 50; i < 100; ++i) (void)bench.pool.leave(waiters[i], bench.now);
  for (auto& each : held) bench.pool.release(std::move(each), true, bench.now);
  for (std::size_t i = 0; i < 50; ++i)
    bench.pool.release(bench.pool.leave(waiters[i], bench.now), true, bench.now);
  for (int i = 0; i < 10; ++i)
    bench.pool.release(bench.pool.try_acquire(bench.now), true, bench.now);
  bench.now += 11s;
  bench.pool.release(bench.pool.try_acquire(bench.now), false, bench.now);
  const auto count = allocations.value();
  BOOST_TEST(count == 0u);
  bench.check(0, 0, 0);
}

BOOST_AUTO_TEST_SUITE_END()
