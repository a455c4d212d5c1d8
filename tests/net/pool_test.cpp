// SPDX-License-Identifier: Apache-2.0
#include <florin/net/pool.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <boost/test/unit_test.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <random>
#include <thread>
#include <utility>
#include <vector>

#include "pool_bench.hpp"

BOOST_AUTO_TEST_SUITE(net_pool)
namespace {

using namespace florin_test;

}  // namespace

BOOST_AUTO_TEST_CASE(is_bounded) {
  Bench bench{{.max_connections = 2}};
  auto first = bench.take();
  auto second = bench.take();
  BOOST_TEST(!first->stream.is_open());
  bench.check(0, 2, 0);
  BOOST_TEST((bench.pool.try_acquire(bench.now) == nullptr));
  bench.check(0, 2, 0);
  Waiter waiter;
  BOOST_TEST((bench.pool.acquire(waiter, bench.now) == nullptr));
  bench.check(0, 2, 1);
  bench.give(std::move(first), false);
  BOOST_TEST(waiter.woken == 1);
  bench.check(0, 2, 0);
  auto third = bench.pool.leave(waiter, bench.now);
  BOOST_TEST_REQUIRE((third != nullptr));
  bench.give(std::move(third), false);
  bench.give(std::move(second), false);
  bench.check(0, 0, 0);
}

BOOST_AUTO_TEST_CASE(whoever_wants_it_detached_gets_it_so) {
  Bench bench{{.max_connections = 1}};
  Waiter waiter;
  bench.give(bench.take_open());
  auto idle = bench.pool.acquire(waiter, bench.now, Pool::Wanted::any, 0, true);
  BOOST_TEST(idle->stream.is_open());
  BOOST_TEST(!idle->stream.get_executor());
  idle->stream.set_executor(bench.context.get_executor());
  BOOST_TEST((bench.pool.acquire(waiter, bench.now, Pool::Wanted::any, 0, true) == nullptr));
  bench.give(std::move(idle));
  auto granted = bench.pool.leave(waiter, bench.now);
  BOOST_TEST(granted->stream.is_open());
  BOOST_TEST(!granted->stream.get_executor());
  bench.give(std::move(granted), false);
  auto fresh = bench.pool.acquire(waiter, bench.now, Pool::Wanted::any, 0, true);
  BOOST_TEST(!fresh->stream.get_executor());
  bench.give(std::move(fresh), false);
}

BOOST_AUTO_TEST_CASE(a_slot_leads_where_connections_lead_now) {
  Bench bench{{.max_connections = 2}};
  BOOST_TEST((bench.pool.try_acquire_fresh(1) == nullptr));
  bench.pool.move_to(1);
  BOOST_TEST((bench.pool.try_acquire_fresh(0) == nullptr));
  bench.give(bench.pool.try_acquire_fresh(1), false);
  bench.pool.close();
  BOOST_TEST((bench.pool.try_acquire_fresh(1) == nullptr));
  bench.check(0, 0, 0);
}

BOOST_AUTO_TEST_CASE(holds_at_least_one) {
  Bench bench{{.max_connections = 0}};
  auto held = bench.take();
  BOOST_TEST((bench.pool.try_acquire(bench.now) == nullptr));
  bench.give(std::move(held), false);
  bench.check(0, 0, 0);
}

BOOST_AUTO_TEST_CASE(serves_waiters_in_order) {
  Bench bench{{.max_connections = 1}};
  auto held = bench.take_open();
  const auto* const connection = held.get();
  Waiter waiters[3];
  for (auto& waiter : waiters) BOOST_TEST((bench.pool.acquire(waiter, bench.now) == nullptr));
  bench.check(0, 1, 3);
  for (std::size_t i = 0; i < 3; ++i) {
    bench.give(std::move(held));
    for (std::size_t j = 0; j < 3; ++j) BOOST_TEST(waiters[j].woken == (j <= i ? 1 : 0));
    held = bench.pool.leave(waiters[i], bench.now);
    BOOST_TEST_REQUIRE(held.get() == connection);
    BOOST_TEST(held->stream.is_open());
  }
  bench.give(std::move(held));
  bench.check(1, 0, 0);
  BOOST_TEST(bench.pool.stats().reused == 3u);
}

BOOST_AUTO_TEST_CASE(who_leaves_is_passed_over) {
  Bench bench{{.max_connections = 1}};
  auto held = bench.take_open();
  Waiter first;
  Waiter second;
  BOOST_TEST((bench.pool.acquire(first, bench.now) == nullptr));
  BOOST_TEST((bench.pool.acquire(second, bench.now) == nullptr));
  BOOST_TEST((bench.pool.leave(first, bench.now) == nullptr));
  bench.check(0, 1, 1);
  bench.give(std::move(held));
  BOOST_TEST(first.woken == 0);
  BOOST_TEST(second.woken == 1);
  // Leaving twice, or after having been served, does no harm.
  BOOST_TEST((bench.pool.leave(first, bench.now) == nullptr));
  held = bench.pool.leave(second, bench.now);
  BOOST_TEST_REQUIRE((held != nullptr));
  BOOST_TEST((bench.pool.leave(second, bench.now) == nullptr));
  bench.give(std::move(held));
  bench.check(1, 0, 0);
}

BOOST_AUTO_TEST_CASE(who_leaves_too_late_gets_what_was_granted) {
  Bench bench{{.max_connections = 1}};
  auto held = bench.take_open();
  Waiter early;
  Waiter late;
  BOOST_TEST((bench.pool.acquire(early, bench.now) == nullptr));
  BOOST_TEST((bench.pool.acquire(late, bench.now) == nullptr));
  bench.give(std::move(held));
  auto granted = bench.pool.leave(early, bench.now);  // although its time was up, say
  BOOST_TEST_REQUIRE((granted != nullptr));
  bench.give(std::move(granted));
  BOOST_TEST(late.woken == 1);
  bench.give(bench.pool.leave(late, bench.now));
  bench.check(1, 0, 0);
}

BOOST_AUTO_TEST_CASE(the_newest_idle_connection_is_used_first) {
  Bench bench;
  auto first = bench.take_open();
  auto second = bench.take_open();
  auto* const newest = second.get();
  bench.give(std::move(first));
  bench.now += 1s;
  bench.give(std::move(second));
  bench.check(2, 0, 0);
  auto held = bench.take();
  BOOST_TEST(held.get() == newest);
  bench.check(1, 1, 0);
  bench.give(std::move(held));
  BOOST_TEST(bench.pool.stats().reused == 1u);
}

BOOST_AUTO_TEST_CASE(idle_connections_expire) {
  Bench bench{{.idle_timeout = 10s}};
  bench.give(bench.take_open());
  bench.now += 10s;
  auto held = bench.take();
  BOOST_TEST(held->stream.is_open());
  BOOST_TEST(bench.pool.stats().reused == 1u);
  bench.give(std::move(held));
  bench.now += 10s + 1ms;
  held = bench.take();
  BOOST_TEST(!held->stream.is_open());
  BOOST_TEST(bench.pool.stats().stale == 1u);
  BOOST_TEST(ended(bench.peers.back()));
  bench.give(std::move(held), false);
  bench.check(0, 0, 0);
}

BOOST_AUTO_TEST_CASE(expired_connections_are_closed_by_the_next_release) {
  Bench bench{{.idle_timeout = 10s}};
  auto a = bench.take_open();
  auto b = bench.take_open();
  auto c = bench.take_open();
  bench.give(std::move(a));
  bench.now += 5s;
  bench.give(std::move(b));
  bench.now += 6s;
  bench.check(2, 1, 0);
  bench.give(std::move(c));
  bench.check(2, 0, 0);
  BOOST_TEST(ended(bench.peers[0]));
  BOOST_TEST(bench.pool.stats().stale == 0u);
}

BOOST_AUTO_TEST_CASE(an_unlimited_idle_time_does_not_overflow) {
  constexpr auto ever = std::chrono::milliseconds::max();
  Bench bench{{.idle_timeout = ever, .max_age = ever}};
  bench.give(bench.take_open());
  bench.now += 24h * 365 * 100;
  auto held = bench.take();
  BOOST_TEST(held->stream.is_open());
  bench.give(std::move(held));
}

BOOST_AUTO_TEST_CASE(dead_connections_are_found_out) {
  Bench bench;
  bench.give(bench.take_open());
  bench.peers.back().close();
  auto held = bench.take();
  BOOST_TEST(!held->stream.is_open());
  BOOST_TEST(bench.pool.stats().stale == 1u);

  // So are those that say something out of turn.
  bench.open(*held);
  bench.give(std::move(held));
  asio::write(bench.peers.back(), asio::buffer("x", 1));
  for (int i = 0; i < 10'000; ++i) {
    held = bench.take();
    if (!held->stream.is_open()) break;
    bench.give(std::move(held));
    std::this_thread::sleep_for(1ms);
  }
  BOOST_TEST_REQUIRE((held != nullptr));
  BOOST_TEST(!held->stream.is_open());
  BOOST_TEST(bench.pool.stats().stale == 2u);
  bench.give(std::move(held), false);
  bench.check(0, 0, 0);
}

BOOST_AUTO_TEST_CASE(what_is_not_reusable_is_closed) {
  Bench bench{{.max_connections = 1}};
  auto held = bench.take_open();
  Waiter waiter;
  BOOST_TEST((bench.pool.acquire(waiter, bench.now) == nullptr));
  bench.give(std::move(held), false);
  BOOST_TEST(ended(bench.peers.back()));
  held = bench.pool.leave(waiter, bench.now);
  BOOST_TEST_REQUIRE((held != nullptr));
  BOOST_TEST(!held->stream.is_open());
  bench.give(std::move(held), false);
  bench.check(0, 0, 0);
  BOOST_TEST(bench.pool.stats().reused == 0u);
  BOOST_TEST(bench.pool.stats().stale == 0u);
}

BOOST_AUTO_TEST_CASE(closing_closes_what_is_idle_now_and_the_rest_later) {
  Bench bench{{.max_connections = 2}};
  auto a = bench.take_open();
  auto b = bench.take_open();
  bench.give(std::move(a));
  bench.pool.close();
  bench.check(0, 1, 0);
  BOOST_TEST(ended(bench.peers[0]));
  bench.give(std::move(b));
  bench.check(0, 0, 0);
  BOOST_TEST(ended(bench.peers[1]));
  // Connections can still be had, and waiters are still served.
  a = bench.take_open();
  b = bench.take_open();
  Waiter waiter;
  BOOST_TEST((bench.pool.acquire(waiter, bench.now) == nullptr));
  bench.give(std::move(a));
  BOOST_TEST(waiter.woken == 1);
  bench.give(bench.pool.leave(waiter, bench.now));
  bench.give(std::move(b));
  bench.pool.close();
  bench.check(0, 0, 0);
}

BOOST_AUTO_TEST_CASE(blocking_waits_end_with_a_connection_or_the_deadline) {
  Bench bench{{.max_connections = 1}};
  auto held = acquire_until(bench.pool, net::never, bench.now);
  BOOST_TEST_REQUIRE((held != nullptr));
  BOOST_TEST((acquire_until(bench.pool, net::Clock::now() - 1s, bench.now) == nullptr));
  BOOST_TEST((acquire_until(bench.pool, net::Clock::now() + 20ms, bench.now) == nullptr));
  bench.check(0, 1, 0);
  for (const auto deadline : {net::never, net::Clock::now() + 1h}) {
    std::atomic<bool> served{false};
    std::thread other{[&] {
      auto connection = acquire_until(bench.pool, deadline, bench.now);
      served = connection != nullptr;
      if (connection) bench.pool.release(std::move(connection), false, bench.now);
    }};
    while (bench.pool.stats().queued == 0) std::this_thread::sleep_for(1ms);
    bench.give(std::move(held), false);
    other.join();
    BOOST_TEST(served);
    held = bench.take();
  }
  bench.give(std::move(held), false);
  bench.check(0, 0, 0);
}

BOOST_AUTO_TEST_CASE(no_more_are_queued_than_may_be) {
  for (const std::size_t most : {0U, 2U}) {
    Bench bench{{.max_connections = 1, .max_queued = most}};
    auto held = bench.take();
    std::array<Waiter, 4> waiters;
    for (std::size_t i = 0; i < waiters.size(); ++i) {
      BOOST_TEST((bench.pool.acquire(waiters[i], bench.now) == nullptr));
      BOOST_TEST(waiters[i].refused() == (i >= most));
    }
    bench.check(0, 1, most);
    BOOST_TEST(bench.pool.stats().refused == waiters.size() - most);
    // There is room again when one has left, or was served.
    for (std::size_t i = 0; i < most; ++i) {
      BOOST_TEST((bench.pool.leave(waiters[i], bench.now) == nullptr));
      BOOST_TEST((bench.pool.acquire(waiters[3], bench.now) == nullptr));
      BOOST_TEST(!waiters[3].refused());
      bench.give(std::move(held));
      held = bench.pool.leave(i + 1 < most ? waiters[1] : waiters[3], bench.now);
      BOOST_TEST_REQUIRE((held != nullptr));
      if (i + 1 < most) BOOST_TEST((bench.pool.leave(waiters[3], bench.now) == nullptr));
    }
    bench.give(std::move(held));
  }
}

BOOST_AUTO_TEST_CASE(counts_what_was_opened) {
  Bench bench;
  bench.pool.count_opened();
  bench.pool.count_opened();
  BOOST_TEST(bench.pool.stats().opened == 2u);
}

BOOST_AUTO_TEST_CASE(many_threads_share_it) {
  Bench bench{{.max_connections = 2}};
  std::atomic<int> inside{0};
  std::atomic<int> most{0};
  std::atomic<int> served{0};
  std::vector<std::thread> threads;
  for (unsigned t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      std::mt19937 random{t};
      for (int i = 0; i < 500; ++i) {
        // Some deadlines pass just when a connection is granted.
        const auto limit = std::chrono::microseconds{random() % 200};
        auto held = acquire_until(bench.pool, net::Clock::now() + limit, net::Clock::now());
        if (!held) continue;
        const int count = ++inside;
        int seen = most;
        while (count > seen && !most.compare_exchange_weak(seen, count)) {
        }
        if (random() % 2 != 0) std::this_thread::yield();
        ++served;
        --inside;
        bench.pool.release(std::move(held), false, net::Clock::now());
      }
    });
  }
  for (auto& thread : threads) thread.join();
  BOOST_TEST(most <= 2);
  BOOST_TEST(served > 0);
  bench.check(0, 0, 0);
}

BOOST_AUTO_TEST_SUITE_END()
