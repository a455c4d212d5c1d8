// SPDX-License-Identifier: Apache-2.0
#include <florin/net/pool.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <memory>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include <unistd.h>

#include "pool_bench.hpp"
#include "support/computed.hpp"

/// How long connections are kept, and who sees to it.
BOOST_AUTO_TEST_SUITE(net_pool_upkeep)
namespace {

using namespace florin_test;

/// Waits until `done()`.
/// \return whether it came to that.
template <class Condition>
bool comes(Condition done) {
  const auto limit = net::Clock::now() + 20s;
  while (!done()) {
    if (net::Clock::now() > limit) return false;
    std::this_thread::sleep_for(1ms);
  }
  return true;
}

}  // namespace

BOOST_AUTO_TEST_CASE(to_leave_a_long_queue_is_cheap) {
  Bench bench{{.max_connections = 1}};
  auto held = bench.take();
  std::vector<Waiter> waiters(60'000);
  const auto before = computed();
  for (auto& waiter : waiters) BOOST_REQUIRE((bench.pool.acquire(waiter, bench.now) == nullptr));
  bench.check(0, 1, waiters.size());
  for (auto& waiter : waiters) BOOST_REQUIRE((bench.pool.leave(waiter, bench.now) == nullptr));
  // To search would be 3,600 million steps.
  BOOST_TEST((computed() - before < 3s));
  bench.check(0, 1, 0);
  bench.give(std::move(held), false);
}

BOOST_AUTO_TEST_CASE(a_sweep_closes_what_is_over) {
  Bench bench{{.idle_timeout = 10s}};
  auto a = bench.take_open();
  auto b = bench.take_open();
  bench.give(std::move(a));
  bench.now += 6s;
  bench.give(std::move(b));
  bench.pool.sweep(bench.now);
  bench.check(2, 0, 0);
  bench.now += 5s;
  bench.pool.sweep(bench.now);
  bench.check(1, 0, 0);
  BOOST_TEST(ended(bench.peers[0]));
  BOOST_TEST(bench.pool.stats().swept == 1u);
  BOOST_TEST(bench.pool.stats().stale == 0u);
}

BOOST_AUTO_TEST_CASE(a_sweep_closes_what_is_dead_wherever_it_stands) {
  constexpr std::size_t count = 150;  // more than are asked at a time
  Bench bench{{.max_connections = count}};
  std::vector<Held> held;
  for (std::size_t i = 0; i < count; ++i) held.push_back(bench.take_open());
  for (auto& each : held) bench.give(std::move(each));
  std::set<std::size_t> dead{0, 1, 63, 64, 65, 100, count - 1};
  for (const auto i : dead) {
    boost::system::error_code ec;
    if (i % 2 == 0) {
      bench.peers[i].shutdown(tcp::socket::shutdown_send, ec);
    } else {
      asio::write(bench.peers[i], asio::buffer("x", 1));
    }
  }
  BOOST_TEST(comes([&] {
    bench.pool.sweep(bench.now);
    return bench.pool.stats().idle <= count - dead.size();
  }));
  bench.check(count - dead.size(), 0, 0);
  for (const auto i : dead) BOOST_TEST(ended(bench.peers[i]));
  BOOST_TEST(bench.pool.stats().swept == dead.size());
}

BOOST_AUTO_TEST_CASE(idle_connections_are_closed_without_traffic) {
  Kept kept{{.idle_timeout = 50ms}};
  for (int i = 0; i < 2; ++i) {  // and again, after the janitor has had nothing to do
    kept.keep_one();
    BOOST_TEST(ended(kept.peers.back()));
    BOOST_TEST(comes([&] { return kept.watched->stats().swept == static_cast<unsigned>(i + 1); }));
    BOOST_TEST(kept.watched->stats().idle == 0u);
  }
}

BOOST_AUTO_TEST_CASE(half_closed_connections_are_closed_soon) {
  Kept kept{{.idle_timeout = 1h, .max_age = 0ms}};
  kept.keep_one();
  kept.peers.back().shutdown(tcp::socket::shutdown_send);
  BOOST_TEST(ended(kept.peers.back()));
  BOOST_TEST(comes([&] { return kept.watched->stats().swept == 1u; }));
}

BOOST_AUTO_TEST_CASE(a_pool_may_end_while_it_is_looked_after) {
  for (int i = 0; i < 50; ++i) {
    Kept kept{{.idle_timeout = 1ms}};
    kept.keep_one();
    kept.watched.reset();
    BOOST_TEST(ended(kept.peers.back()));
  }
}

BOOST_AUTO_TEST_CASE(calls_and_the_janitor_share_it) {
  Kept kept{{.max_connections = 3, .idle_timeout = 1ms}};
  const auto limit = net::Clock::now() + 10s;
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&kept, limit] {
      while (kept.watched->stats().swept < 20 && net::Clock::now() < limit) {
        auto held = acquire_until(*kept.watched, limit, net::Clock::now());
        if (!held) break;
        if (!held->stream.is_open()) {
          boost::system::error_code ec;
          int pair[2];
          if (::socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0) break;
          ::close(pair[1]);
          held->stream.assign(tcp::v4(), pair[0], ec);
          if (ec) ::close(pair[0]);
        }
        kept.watched->release(std::move(held), true, net::Clock::now());
        std::this_thread::sleep_for(5ms);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  const auto stats = kept.watched->stats();
  BOOST_TEST(stats.busy == 0u);
  BOOST_TEST(stats.queued == 0u);
}

BOOST_AUTO_TEST_CASE(connections_have_a_greatest_age_each_its_own) {
  Bench bench{{.max_connections = 50, .idle_timeout = 1h, .max_age = 100s}};
  std::vector<Held> held;
  for (int i = 0; i < 50; ++i) held.push_back(bench.take_open());
  for (auto& each : held) bench.give(std::move(each));
  const auto idle_after = [&](std::chrono::seconds age) {
    bench.pool.sweep(net::TimePoint{1000s} + age);
    return bench.pool.stats().idle;
  };
  BOOST_TEST(idle_after(74s) == 50u);
  const auto middle = idle_after(88s);
  BOOST_TEST(middle > 0u);
  BOOST_TEST(middle < 50u);
  BOOST_TEST(idle_after(100s) == 0u);
}

BOOST_AUTO_TEST_CASE(a_busy_connection_ends_with_its_age) {
  Bench bench{{.max_connections = 1, .idle_timeout = 10s, .max_age = 100s}};
  auto held = bench.take_open();
  std::size_t opened = 1;
  for (int i = 0; i < 200; ++i) {  // each second a call
    bench.now += 1s;
    if (!held->stream.is_open()) {
      bench.open(*held);
      ++opened;
    }
    bench.give(std::move(held));
    held = bench.take();
  }
  BOOST_TEST(opened >= 3u);
  BOOST_TEST(opened <= 4u);
  // Also where there is always somebody who waits.
  Waiter waiter;
  BOOST_TEST((bench.pool.acquire(waiter, bench.now) == nullptr));
  bench.now += 100s;
  bench.give(std::move(held));
  held = bench.pool.leave(waiter, bench.now);
  BOOST_TEST_REQUIRE((held != nullptr));
  BOOST_TEST(!held->stream.is_open());
  // And when it is taken.
  bench.open(*held);
  bench.now += 74s;
  bench.give(std::move(held));
  bench.now += 0s;
  held = bench.take();
  BOOST_TEST(held->stream.is_open());
  bench.give(std::move(held), false);
}

BOOST_AUTO_TEST_CASE(no_greatest_age_is_possible) {
  for (const auto max_age : {0ms, -1ms, std::chrono::milliseconds::min()}) {
    constexpr auto ever = std::chrono::milliseconds::max();
    Bench bench{{.idle_timeout = ever, .max_age = max_age}};
    bench.give(bench.take_open());
    bench.now += 24h * 365 * 100;
    auto held = bench.take();
    BOOST_TEST(held->stream.is_open());
    bench.give(std::move(held));
  }
}

BOOST_AUTO_TEST_CASE(a_fresh_connection_can_be_asked_for) {
  using enum Pool::Wanted;
  Bench bench{{.max_connections = 2}};
  bench.give(bench.take_open());
  bench.check(1, 0, 0);
  Waiter waiter;
  // Where there is room, what is idle stays.
  auto first = bench.pool.acquire(waiter, bench.now, fresh);
  BOOST_TEST_REQUIRE((first != nullptr));
  BOOST_TEST(!first->stream.is_open());
  bench.check(1, 1, 0);
  // Where there is none, an idle one makes it.
  auto second = acquire_until(bench.pool, net::never, bench.now, fresh);
  BOOST_TEST_REQUIRE((second != nullptr));
  BOOST_TEST(!second->stream.is_open());
  BOOST_TEST(ended(bench.peers.front()));
  bench.check(0, 2, 0);
  // Who has to wait gets none that was open either.
  BOOST_TEST((bench.pool.acquire(waiter, bench.now, fresh) == nullptr));
  bench.open(*first);
  bench.give(std::move(first));
  BOOST_TEST(waiter.woken == 1);
  first = bench.pool.leave(waiter, bench.now);
  BOOST_TEST_REQUIRE((first != nullptr));
  BOOST_TEST(!first->stream.is_open());
  BOOST_TEST(bench.pool.stats().stale == 0u);
  BOOST_TEST(bench.pool.stats().reused == 0u);
  bench.give(std::move(first), false);
  bench.give(std::move(second), false);
  bench.check(0, 0, 0);
}

BOOST_AUTO_TEST_CASE(idle_connections_can_be_dropped) {
  Bench bench{{.max_connections = 2}};
  auto a = bench.take_open();
  bench.give(bench.take_open());
  bench.pool.drop_idle();
  bench.check(0, 1, 0);
  bench.give(std::move(a));  // unlike after `close`
  bench.check(1, 0, 0);
}

BOOST_AUTO_TEST_SUITE_END()
