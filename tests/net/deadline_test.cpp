// SPDX-License-Identifier: Apache-2.0
#include <florin/net/deadline.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>

BOOST_AUTO_TEST_SUITE(net_deadline)
namespace {

namespace net = florin::net;
using namespace std::chrono_literals;
using std::chrono::milliseconds;
using Duration = net::Clock::duration;

}  // namespace

BOOST_AUTO_TEST_CASE(clips_what_the_clock_cannot_represent) {
  BOOST_TEST((net::clipped(5ms) == Duration{5ms}));
  BOOST_TEST((net::clipped(milliseconds::max()) > Duration::max() - 1ms));
  BOOST_TEST((net::clipped(milliseconds::min()) < Duration::min() + 1ms));
}

BOOST_AUTO_TEST_CASE(sums_end_where_the_clock_ends) {
  const net::TimePoint now{10h};
  const auto earliest = net::TimePoint::min();
  BOOST_TEST((net::saturated(now, 1s) == now + 1s));
  BOOST_TEST((net::saturated(now, -1s) == now - 1s));
  BOOST_TEST((net::saturated(now, Duration::max()) == net::never));
  BOOST_TEST((net::saturated(net::never, 1ns) == net::never));
  BOOST_TEST((net::saturated(net::never, Duration::min()) < now));
  BOOST_TEST((net::saturated(earliest, Duration::max()) <= now));
  BOOST_TEST((net::saturated(earliest, -1ns) == earliest));
  BOOST_TEST((net::saturated(net::TimePoint{-1ns}, Duration::min()) == earliest));
}

BOOST_AUTO_TEST_CASE(nothing_is_left_of_what_has_passed) {
  const auto now = net::Clock::now();
  BOOST_TEST((net::left_until(now) == 0ns));
  BOOST_TEST((net::left_until(now - 1h) == 0ns));
  BOOST_TEST((net::left_until(net::TimePoint::min()) == 0ns));
  BOOST_TEST((net::left_until(now + 1h) <= 1h));
  BOOST_TEST((net::left_until(now + 1h) > 59min));
  BOOST_TEST((net::left_until(net::never) > 24h));
}

BOOST_AUTO_TEST_SUITE_END()
