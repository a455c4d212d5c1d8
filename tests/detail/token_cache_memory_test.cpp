// SPDX-License-Identifier: Apache-2.0
#include <florin/detail/token_cache.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cstddef>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include "support/allocations.hpp"
#include "support/skipped.hpp"

/// What the token cache does when there is no memory, and what it needs none for.
BOOST_AUTO_TEST_SUITE(detail_token_cache_memory,
                      *florin_test::not_under_tsan(florin_test::allocates))
namespace {

using namespace std::chrono_literals;
using florin::AccessToken;
using florin::Error;
using florin::detail::TokenCache;
using florin_test::AllocationFailure;
using Found = TokenCache::Found;

struct Sleeper final : TokenCache::Waiter {
  int woken = 0;
  void wake() noexcept override { ++woken; }
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_failure_that_cannot_be_told_wakes_all) {
  TokenCache cache;
  const auto account = cache.account("POST /token");
  const TokenCache::TimePoint now{1000h};
  Sleeper first;
  std::vector<Sleeper> others(3);
  BOOST_TEST((cache.seek(*account, first, now).found == Found::fetch));
  for (auto& other : others) BOOST_TEST((cache.seek(*account, other, now).found == Found::wait));
  Error error;
  error.connector_message.assign(100, 'x');
  {
    const AllocationFailure failure{0};
    BOOST_TEST((cache.publish(*account, &error, now) == nullptr));
  }
  for (auto& other : others) {
    BOOST_TEST(other.woken == 1);
    BOOST_TEST((cache.leave(*account, other) == nullptr));
  }
  BOOST_TEST((cache.seek(*account, others[0], now).found == Found::fetch));
}

BOOST_AUTO_TEST_CASE(a_token_that_cannot_be_kept_leaves_the_fetch_to_be_abandoned) {
  TokenCache cache;
  const auto account = cache.account("POST /token");
  const TokenCache::TimePoint now{1000h};
  Sleeper first;
  Sleeper other;
  (void)cache.seek(*account, first, now);
  (void)cache.seek(*account, other, now);
  AccessToken token{.token = "T1", .lifetime = 1000s};
  {
    const AllocationFailure failure{0};
    BOOST_CHECK_THROW((void)cache.publish(*account, std::move(token), now), std::bad_alloc);
  }
  BOOST_TEST(other.woken == 0);
  cache.abandon(*account);
  BOOST_TEST(other.woken == 1);
  BOOST_TEST((cache.seek(*account, other, now).found == Found::fetch));
}

BOOST_AUTO_TEST_CASE(to_wait_allocates_nothing) {
  TokenCache cache;
  const auto account = cache.account("POST /token");
  const TokenCache::TimePoint now{1000h};
  Sleeper first;
  std::vector<Sleeper> others(100);
  const florin_test::AllocationCount allocations;
  (void)cache.seek(*account, first, now);
  for (auto& other : others) (void)cache.seek(*account, other, now);
  for (auto& other : others) (void)cache.leave(*account, other);
  cache.abandon(*account);
  const auto count = allocations.value();
  BOOST_TEST(count == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
