// SPDX-License-Identifier: Apache-2.0
#include <florin/detail/call_machine.hpp>
#include <florin/policies/stripe.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cstdint>
#include <cstring>
#include <set>
#include <string>
#include <string_view>

#include "machine_scene.hpp"

/// Waits of a call before it is repeated, and what an observer is told of its phases.
BOOST_AUTO_TEST_SUITE(detail_call_machine_wait)
namespace {

using namespace florin_test;
using florin::StripePolicy;

struct Stripe : MachineScene<StripePolicy> {
  Stripe() : MachineScene({.api_key = "sk_test_EXAMPLE"}) {}

  /// The first attempt is told to come later.
  /// \param headers say when.
  void put_off(std::string_view headers = {}, std::uint32_t seed = 1) {
    begin({}, seed);
    acquire();
    exchange(http_text(429, R"({"error":{"type":"rate_limit_error"}})", headers));
    release(true);
  }
};

}  // namespace

BOOST_AUTO_TEST_CASE(nobody_waits_for_what_comes_too_late) {
  Stripe scene;
  scene.put_off("Retry-After: 99\r\n");
  scene.expect(Stripe::Step::wait);
  BOOST_TEST((scene.machine.wake_time() == scene.now + 99s));
  Stripe late;
  late.put_off("Retry-After: 100\r\n");
  const auto error = late.error();
  BOOST_TEST((error.code == Errc::rate_limited));
  BOOST_TEST((error.outcome == Outcome::no_effect));
  BOOST_TEST(error.attempts == 1);
}

BOOST_AUTO_TEST_CASE(each_call_waits_for_another_time) {
  std::set<net::TimePoint> times;
  for (std::uint32_t seed = 1; seed <= 20; ++seed) {
    Stripe scene;
    scene.put_off({}, seed * 7919);
    scene.expect(Stripe::Step::wait);
    times.insert(scene.machine.wake_time());
  }
  BOOST_TEST(times.size() == 20U);
}

BOOST_AUTO_TEST_CASE(what_is_moved_in_pieces_is_one_phase) {
  Stripe scene;
  scene.begin();
  scene.acquire();
  while (scene.machine.step() == Stripe::Step::write) scene.machine.written({}, 1, scene.now);
  BOOST_TEST(scene.told(Phase::write) == 1);
  for (const char c : http_text(200, R"({"id":"cus_1"})")) {
    scene.expect(Stripe::Step::read);
    BOOST_TEST(scene.told(Phase::read) == 0);
    std::memcpy(scene.machine.room().data(), &c, 1);
    scene.machine.received({}, 1, scene.now);
  }
  scene.release(true);
  BOOST_TEST(scene.answer().has_value());
  BOOST_TEST(scene.told(Phase::read) == 1);
}

BOOST_AUTO_TEST_SUITE_END()
