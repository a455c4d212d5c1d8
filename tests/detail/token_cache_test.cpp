// SPDX-License-Identifier: Apache-2.0
#include <florin/detail/token_cache.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/computed.hpp"

BOOST_AUTO_TEST_SUITE(detail_token_cache)
namespace {

using namespace std::chrono_literals;
using florin::AccessToken;
using florin::Errc;
using florin::Error;
using florin::detail::TokenCache;
using Found = TokenCache::Found;
using std::string;

struct Sleeper final : TokenCache::Waiter {
  int woken = 0;
  void wake() noexcept override { ++woken; }
};

AccessToken token_of(std::string_view text, std::optional<std::chrono::seconds> lifetime = 1000s) {
  return {.token = text, .lifetime = lifetime};
}

/// A cache with one account, at a time of the test's own.
struct Scene {
  TokenCache cache;
  std::shared_ptr<TokenCache::Account> account = cache.account("POST /token");
  Sleeper first;
  Sleeper second;
  TokenCache::TimePoint start{1000h};

  TokenCache::Finding seek(Sleeper& waiter, std::chrono::seconds after = 0s) {
    return cache.seek(*account, waiter, start + after);
  }
  /// What `seek` finds, as text: the token, `fetch` or `wait`.
  string found(Sleeper& waiter, std::chrono::seconds after = 0s) {
    const auto finding = seek(waiter, after);
    if (finding.found == Found::token) return string{finding.token->reveal()};
    return finding.found == Found::fetch ? "fetch" : "wait";
  }
};

}  // namespace

BOOST_AUTO_TEST_CASE(one_fetches_while_the_others_wait) {
  Scene scene;
  BOOST_TEST(scene.found(scene.first) == "fetch");
  BOOST_TEST(scene.found(scene.second) == "wait");
  Sleeper third;
  BOOST_TEST(scene.found(third) == "wait");
  const auto token = scene.cache.publish(*scene.account, token_of("T1"), scene.start);
  BOOST_TEST(token->reveal() == "T1");
  BOOST_TEST(scene.second.woken == 1);
  BOOST_TEST(third.woken == 1);
  BOOST_TEST(scene.first.woken == 0);
  BOOST_TEST(!scene.cache.leave(*scene.account, scene.second));
  BOOST_TEST(scene.found(scene.second) == "T1");
  BOOST_TEST(scene.found(third) == "T1");
}

BOOST_AUTO_TEST_CASE(one_renews_it_shortly_before_it_expires_and_the_others_go_on) {
  Scene scene;
  (void)scene.seek(scene.first);
  (void)scene.cache.publish(*scene.account, token_of("T1", 1000s), scene.start);
  BOOST_TEST(scene.found(scene.first, 939s) == "T1");
  BOOST_TEST(scene.found(scene.first, 940s) == "fetch");  // a minute before
  BOOST_TEST(scene.found(scene.second, 940s) == "T1");
  BOOST_TEST(scene.found(scene.second, 999s) == "T1");
  BOOST_TEST(scene.found(scene.second, 1000s) == "wait");
  (void)scene.cache.publish(*scene.account, token_of("T2", 1000s), scene.start + 1000s);
  BOOST_TEST(scene.second.woken == 1);
  BOOST_TEST(scene.found(scene.second, 1001s) == "T2");
}

BOOST_AUTO_TEST_CASE(a_short_life_is_used_to_nine_tenths) {
  Scene scene;
  (void)scene.seek(scene.first);
  (void)scene.cache.publish(*scene.account, token_of("T1", 100s), scene.start);
  BOOST_TEST(scene.found(scene.first, 89s) == "T1");
  BOOST_TEST(scene.found(scene.first, 90s) == "fetch");
}

BOOST_AUTO_TEST_CASE(no_life_at_all_is_good_for_one_call) {
  for (const auto lifetime : {0s, -5s}) {
    Scene scene;
    (void)scene.seek(scene.first);
    BOOST_TEST(
        scene.cache.publish(*scene.account, token_of("T1", lifetime), scene.start)->reveal() ==
        "T1");
    BOOST_TEST(scene.found(scene.first) == "fetch");
  }
}

BOOST_AUTO_TEST_CASE(an_unknown_or_endless_life_ends_when_the_token_is_refused) {
  for (const std::optional<std::chrono::seconds> lifetime :
       {std::optional<std::chrono::seconds>{}, std::optional{std::chrono::seconds::max()}}) {
    Scene scene;
    (void)scene.seek(scene.first);
    const auto token = scene.cache.publish(*scene.account, token_of("T1", lifetime), scene.start);
    BOOST_TEST(scene.found(scene.first, 1'000'000s) == "T1");
    scene.cache.refuse(*scene.account, token);
    BOOST_TEST(scene.found(scene.first) == "fetch");
  }
}

BOOST_AUTO_TEST_CASE(a_time_of_day_is_reckoned_by_the_clock) {
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  const auto expiring = [now](std::chrono::seconds in) {
    return AccessToken{.token = "T1", .expires_at = now + in};
  };
  Scene scene;
  (void)scene.seek(scene.first);
  (void)scene.cache.publish(*scene.account, expiring(24h), scene.start);
  BOOST_TEST(scene.found(scene.first, 23h) == "T1");
  BOOST_TEST(scene.found(scene.first, 24h) == "fetch");
  (void)scene.cache.publish(*scene.account, expiring(-1h), scene.start);
  BOOST_TEST(scene.found(scene.first) == "fetch");
}

BOOST_AUTO_TEST_CASE(an_old_token_that_is_refused_leaves_the_new_one_alone) {
  Scene scene;
  (void)scene.seek(scene.first);
  const auto old = scene.cache.publish(*scene.account, token_of("T1"), scene.start);
  scene.cache.refuse(*scene.account, old);
  (void)scene.seek(scene.first);
  (void)scene.cache.publish(*scene.account, token_of("T2"), scene.start);
  scene.cache.refuse(*scene.account, old);
  BOOST_TEST(scene.found(scene.first) == "T2");
}

BOOST_AUTO_TEST_CASE(a_failure_is_that_of_all_who_wait) {
  Scene scene;
  (void)scene.seek(scene.first);
  (void)scene.seek(scene.second);
  Error error;
  error.code = Errc::unauthorized;
  BOOST_TEST((scene.cache.publish(*scene.account, &error, scene.start) == nullptr));
  BOOST_TEST(scene.second.woken == 1);
  const auto told = scene.cache.leave(*scene.account, scene.second);
  BOOST_TEST_REQUIRE((told != nullptr));
  BOOST_TEST((told->code == Errc::unauthorized));
  // It is told once, and whoever comes next tries again.
  BOOST_TEST(!scene.cache.leave(*scene.account, scene.second));
  BOOST_TEST(scene.found(scene.second) == "fetch");
}

BOOST_AUTO_TEST_CASE(a_failed_renewal_leaves_the_token_in_use) {
  Error error;
  error.code = Errc::connector_unavailable;
  for (const Error* const failure :
       {static_cast<const Error*>(&error), static_cast<const Error*>(nullptr)}) {
    Scene scene;
    (void)scene.seek(scene.first);
    (void)scene.cache.publish(*scene.account, token_of("T1", 1000s), scene.start);
    BOOST_TEST(scene.found(scene.first, 940s) == "fetch");
    const auto left = scene.cache.publish(*scene.account, failure, scene.start + 940s);
    BOOST_TEST_REQUIRE((left != nullptr));
    BOOST_TEST(left->reveal() == "T1");
    // Nobody hammers.
    BOOST_TEST(scene.found(scene.first, 954s) == "T1");
    BOOST_TEST(scene.found(scene.first, 955s) == "fetch");
    BOOST_TEST(scene.found(scene.second, 955s) == "T1");
    (void)scene.cache.publish(*scene.account, failure, scene.start + 955s);
    int tries = 0;
    for (auto at = 955s; at < 1000s; ++at) {
      const auto found = scene.found(scene.first, at);
      BOOST_TEST((found == "T1" || found == "fetch"));
      if (found == "T1") continue;
      ++tries;
      (void)scene.cache.publish(*scene.account, failure, scene.start + at);
    }
    BOOST_TEST(tries > 3);
    BOOST_TEST(tries < 15);
    // When it has expired it is not used.
    BOOST_TEST(scene.found(scene.first, 1000s) == "fetch");
    BOOST_TEST((scene.cache.publish(*scene.account, failure, scene.start + 1000s) == nullptr));
  }
}

BOOST_AUTO_TEST_CASE(a_failed_renewal_waits_as_long_as_it_is_told) {
  Scene scene;
  (void)scene.seek(scene.first);
  (void)scene.cache.publish(*scene.account, token_of("T1", 1000s), scene.start);
  Error error;
  error.retry_after = 30s;
  BOOST_TEST(scene.found(scene.first, 940s) == "fetch");
  BOOST_TEST((scene.cache.publish(*scene.account, &error, scene.start + 940s) != nullptr));
  BOOST_TEST(scene.found(scene.first, 969s) == "T1");
  BOOST_TEST(scene.found(scene.first, 970s) == "fetch");
  error.retry_after = std::chrono::milliseconds::max();
  BOOST_TEST((scene.cache.publish(*scene.account, &error, scene.start + 970s) != nullptr));
  BOOST_TEST(scene.found(scene.first, 999s) == "T1");
  BOOST_TEST(scene.found(scene.first, 1000s) == "fetch");
}

BOOST_AUTO_TEST_CASE(no_date_overflows) {
  using namespace std::chrono;
  for (const auto date : {sys_seconds{sys_days{9999y / 12 / 31}}, sys_seconds{sys_days{0y / 1 / 1}},
                          sys_seconds{sys_days{1970y / 1 / 1}}}) {
    Scene scene;
    (void)scene.seek(scene.first);
    const AccessToken token{.token = "T1", .expires_at = date};
    (void)scene.cache.publish(*scene.account, token, scene.start);
    BOOST_TEST(scene.found(scene.first) == (date > sys_days{9000y / 1 / 1} ? "T1" : "fetch"));
  }
}

BOOST_AUTO_TEST_CASE(to_leave_many_who_wait_is_cheap) {
  Scene scene;
  (void)scene.seek(scene.first);
  std::vector<Sleeper> sleepers(60'000);
  const auto before = florin_test::computed();
  for (auto& sleeper : sleepers) (void)scene.seek(sleeper);
  for (auto& sleeper : sleepers) (void)scene.cache.leave(*scene.account, sleeper);
  // To search would be 1,800 million steps.
  BOOST_TEST((florin_test::computed() - before < 3s));
  scene.cache.abandon(*scene.account);
  for (const auto& sleeper : sleepers) BOOST_REQUIRE(sleeper.woken == 0);
}

BOOST_AUTO_TEST_CASE(a_fetch_that_is_given_up_passes_to_the_next) {
  Scene scene;
  (void)scene.seek(scene.first);
  (void)scene.seek(scene.second);
  scene.cache.abandon(*scene.account);
  BOOST_TEST(scene.second.woken == 1);
  BOOST_TEST(!scene.cache.leave(*scene.account, scene.second));
  BOOST_TEST(scene.found(scene.second) == "fetch");
}

BOOST_AUTO_TEST_CASE(who_has_left_is_not_woken) {
  Scene scene;
  (void)scene.seek(scene.first);
  (void)scene.seek(scene.second);
  BOOST_TEST(!scene.cache.leave(*scene.account, scene.second));
  (void)scene.cache.publish(*scene.account, token_of("T1"), scene.start);
  BOOST_TEST(scene.second.woken == 0);
}

BOOST_AUTO_TEST_CASE(accounts_share_nothing) {
  Scene scene;
  const auto other = scene.cache.account("POST /token\r\nAuthorization: other");
  BOOST_TEST((scene.cache.account("POST /token") == scene.account));
  BOOST_TEST((other != scene.account));
  (void)scene.seek(scene.first);
  (void)scene.cache.publish(*scene.account, token_of("T1"), scene.start);
  BOOST_TEST((scene.cache.seek(*other, scene.second, scene.start).found == Found::fetch));
}

BOOST_AUTO_TEST_CASE(very_many_accounts_push_out_those_that_no_call_uses) {
  Scene scene;
  (void)scene.seek(scene.first);
  (void)scene.cache.publish(*scene.account, token_of("T1"), scene.start);
  const std::weak_ptr<TokenCache::Account> idle = scene.cache.account("idle");
  for (int i = 0; i < 20'000; ++i) (void)scene.cache.account(std::to_string(i));
  BOOST_TEST(idle.expired());
  BOOST_TEST((scene.cache.account("POST /token") == scene.account));
  BOOST_TEST(scene.found(scene.first) == "T1");
}

BOOST_AUTO_TEST_SUITE_END()
