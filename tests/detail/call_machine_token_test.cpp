// SPDX-License-Identifier: Apache-2.0
#include <florin/detail/call_machine.hpp>
#include <florin/policies/dwolla.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>

#include "machine_scene.hpp"

/// Calls of processors that want a token first.
BOOST_AUTO_TEST_SUITE(detail_call_machine_token)
namespace {

using namespace florin_test;
using florin::DwollaPolicy;
using std::string;

struct Dwolla : MachineScene<DwollaPolicy> {
  explicit Dwolla(florin::detail::TokenCache* shared = nullptr)
      : MachineScene({.client_id = "id", .client_secret = "secret"}, shared) {}
};
using Step = Dwolla::Step;

const string token = http_text(200, R"({"access_token":"T1","expires_in":1000})");
const string created = http_text(201, "", "Location: https://api.dwolla.com/customers/c-1\r\n");

/// Fetches a token and creates a customer.
void warm(Dwolla& scene) {
  scene.begin();
  scene.seek();
  scene.acquire(false);
  scene.exchange(token);
  scene.expect(Step::probe);
  scene.machine.probed(true, scene.now);
  scene.exchange(created);
  scene.release(true);
  BOOST_TEST(scene.answer().has_value());
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_fetch_is_one_phase) {
  Dwolla scene;
  warm(scene);
  BOOST_TEST(scene.told(Phase::token) == 1);
  BOOST_TEST(scene.told(Phase::write) == 1);
  BOOST_TEST(scene.told(Phase::read) == 1);
  // A failed one, too.
  Dwolla other;
  other.begin({.retries = 0});
  other.seek();
  other.acquire(false);
  other.exchange(http_text(503, ""));
  other.release(true);
  BOOST_TEST((other.error().phase == Phase::token));
  BOOST_TEST(other.told(Phase::token) == 1);
  BOOST_TEST(other.observer.phases.back().failed == false);
}

BOOST_AUTO_TEST_CASE(so_is_waiting_for_somebody_elses) {
  for (const bool in_time : {true, false}) {
    florin::detail::TokenCache tokens;
    Dwolla fetching{&tokens};
    fetching.begin();
    fetching.seek();
    Dwolla other{&tokens};
    other.begin();
    other.seek();
    other.expect(Step::await_token);
    other.now += 7ms;
    if (in_time) {
      fetching.acquire(false);
      fetching.exchange(token);
      BOOST_TEST(other.waiter.woken == 1);
      other.machine.token_awaited({}, other.now);
      other.seek();
      other.acquire();
    } else {
      other.machine.token_awaited(boost::asio::error::timed_out, other.now);
    }
    BOOST_TEST_REQUIRE(other.told(Phase::token) == 1);
    const auto event = std::find_if(other.observer.phases.begin(), other.observer.phases.end(),
                                    [](const auto& each) { return each.phase == Phase::token; });
    BOOST_TEST((event->duration == 7ms));
    BOOST_TEST(event->failed == !in_time);
    fetching.machine.abandon();
    other.machine.abandon();
  }
}

BOOST_AUTO_TEST_CASE(a_connection_on_which_something_came_unasked_is_not_used) {
  Dwolla scene;
  scene.begin();
  scene.seek();
  scene.acquire(false);
  scene.exchange(token);
  scene.expect(Step::probe);
  scene.machine.probed(false, scene.now);
  scene.release(false);
  scene.acquire(false);
  scene.exchange(created);
  scene.release(true);
  const auto answer = scene.answer();
  BOOST_TEST_REQUIRE(answer.has_value());
  BOOST_TEST(answer->attempts == 1);
}

BOOST_AUTO_TEST_CASE(a_renewal_that_fails_leaves_the_old_token_in_use) {
  enum class How { unavailable, refused, lost, stale, unreadable, unreachable };
  for (const auto how :
       {How::unavailable, How::refused, How::lost, How::stale, How::unreadable, How::unreachable}) {
    BOOST_TEST_CONTEXT("way " << static_cast<int>(how)) {
      Dwolla scene;
      warm(scene);
      scene.now += 950s;
      scene.begin({.retries = 0});
      scene.seek();
      if (how == How::unreachable) {
        scene.expect(Step::acquire);
        scene.machine.acquired(false, scene.now);
        net::EstablishResult result;
        result.error = boost::asio::error::connection_refused;
        result.phase = Phase::connect;
        scene.machine.established(result, scene.now);
        scene.release(false);
      } else {
        scene.acquire(how == How::stale);
        if (how == How::unavailable) {
          scene.exchange(http_text(503, ""));
        } else if (how == How::refused) {
          scene.exchange(http_text(401, R"({"error":"invalid_client"})"));
        } else if (how == How::unreadable) {
          scene.exchange(http_text(200, "{"));
        } else {
          scene.lose();
        }
        scene.release(how == How::unavailable || how == How::refused);
      }
      scene.acquire(false);
      scene.exchange(created);
      BOOST_TEST((scene.sent.find("Bearer T1") != string::npos));
      scene.release(true);
      const auto answer = scene.answer();
      BOOST_TEST_REQUIRE(answer.has_value());
      BOOST_TEST(answer->attempts == 1);
      // The next calls do not try again at once.
      scene.now += 1s;
      scene.begin();
      scene.seek();
      scene.acquire();
      scene.exchange(created);
      BOOST_TEST((scene.sent.find("POST /customers") == 0u));
      scene.release(true);
      BOOST_TEST(scene.answer().has_value());
    }
  }
}

BOOST_AUTO_TEST_CASE(a_token_of_another_host_comes_over_another_connection) {
  Dwolla scene;
  scene.machine.fetch_apart(true);
  scene.begin();
  scene.seek();
  BOOST_TEST(scene.machine.fetches_apart());
  scene.acquire(false);
  scene.exchange(token);
  scene.release(true);
  scene.expect(Step::acquire);
  BOOST_TEST(!scene.machine.fetches_apart());
  scene.acquire(false);
  scene.exchange(created);
  BOOST_TEST((scene.sent.find("Bearer T1") != string::npos));
  scene.release(true);
  BOOST_TEST(scene.answer().has_value());
  // A renewal finds a dead connection: the old token goes over one that is open already.
  scene.now += 950s;
  scene.begin({.retries = 0});
  scene.seek();
  BOOST_TEST(scene.machine.fetches_apart());
  scene.acquire(true);
  scene.lose();
  scene.release(false);
  scene.expect(Step::acquire);
  BOOST_TEST(!scene.machine.fetches_apart());
  BOOST_TEST((scene.machine.wanted() == florin::net::Pool::Wanted::any));
  scene.acquire(true);
  scene.exchange(created);
  scene.release(true);
  BOOST_TEST(scene.answer().has_value());
  // A refused token is fetched there, too, and never leads there itself.
  scene.begin({.retries = 0});
  scene.seek();
  scene.acquire(true);
  scene.exchange(http_text(401, ""));
  scene.release(true);
  scene.seek();
  BOOST_TEST(scene.machine.fetches_apart());
  scene.acquire(true);
  scene.exchange(token);
  scene.release(true);
  BOOST_TEST(!scene.machine.fetches_apart());
  scene.acquire(true);
  scene.exchange(created);
  scene.release(true);
  BOOST_TEST(scene.answer().has_value());
}

BOOST_AUTO_TEST_CASE(an_expired_token_is_not_used_when_the_renewal_fails) {
  Dwolla scene;
  warm(scene);
  scene.now += 1000s;
  scene.begin({.retries = 0});
  scene.seek();
  scene.acquire();
  scene.exchange(http_text(503, ""));
  scene.release(true);
  const auto error = scene.error();
  BOOST_TEST((error.code == Errc::connector_unavailable));
  BOOST_TEST((error.outcome == Outcome::no_effect));
}

/// A token cannot be renewed, and the processor refuses the old one.
void refuse_old_token(Dwolla& scene) {
  warm(scene);
  scene.now += 950s;
  scene.begin({.retries = 0});
  scene.seek();
  scene.acquire();
  scene.exchange(http_text(503, ""));
  scene.release(true);
  scene.acquire();
  scene.exchange(http_text(401, R"({"code":"ExpiredAccessToken","message":"m"})"));
  scene.release(true);
}

BOOST_AUTO_TEST_CASE(an_old_token_that_is_refused_is_renewed) {
  Dwolla scene;
  refuse_old_token(scene);
  scene.seek();
  scene.acquire();
  scene.exchange(token);
  scene.expect(Step::probe);
  scene.machine.probed(true, scene.now);
  scene.exchange(created);
  scene.release(true);
  const auto answer = scene.answer();
  BOOST_TEST_REQUIRE(answer.has_value());
  BOOST_TEST(answer->attempts == 2);
}

BOOST_AUTO_TEST_CASE(a_refused_token_leaves_nothing_open) {
  Dwolla scene;
  refuse_old_token(scene);
  scene.expect(Step::seek_token);
  // Memory runs out before the request is sent again.
  scene.machine.exhausted();
  const auto error = scene.error();
  BOOST_TEST((error.code == Errc::out_of_resources));
  BOOST_TEST((error.outcome == Outcome::no_effect));
}

BOOST_AUTO_TEST_CASE(a_child_leaves_a_fetch_to_its_parent) {
  florin::detail::TokenCache tokens;
  Dwolla fetches{&tokens};
  fetches.begin();
  fetches.seek();
  fetches.expect(Step::acquire);
  Dwolla waits{&tokens};
  waits.begin();
  waits.seek();
  waits.expect(Step::await_token);
  fetches.machine.orphan(true);
  const auto error = fetches.error();
  BOOST_TEST((error.code == Errc::connection_lost));
  // What is shared with threads that are not here is not touched.
  BOOST_TEST(waits.waiter.woken == 0);
  Dwolla next{&tokens};
  next.begin();
  next.seek();
  next.expect(Step::await_token);
  for (Dwolla* const scene : {&waits, &next}) scene->machine.abandon();
}

BOOST_AUTO_TEST_CASE(the_end_of_time_does_not_overflow) {
  for (const char* const life : {"9223372036854775807", "253402300799", "99999999999999999999"}) {
    Dwolla scene;
    scene.begin();
    scene.seek();
    scene.acquire(false);
    scene.exchange(http_text(200, string{R"({"access_token":"T1","expires_in":)"} + life + "}",
                             "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"));
    scene.expect(Step::probe);
    scene.machine.probed(true, scene.now);
    scene.exchange(created);
    scene.release(true);
    BOOST_TEST(scene.answer().has_value());
  }
}

BOOST_AUTO_TEST_SUITE_END()
