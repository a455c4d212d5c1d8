// SPDX-License-Identifier: Apache-2.0
#include <florin/client.hpp>
#include <florin/detail/series.hpp>
#include <florin/policies/stripe.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <memory>

#include "client_fixture.hpp"

/// What the calls of a series have in common.
BOOST_AUTO_TEST_SUITE(detail_series)
namespace {

using namespace florin_test;
using florin::detail::left_until;
using florin::detail::SeriesCall;

}  // namespace

BOOST_AUTO_TEST_CASE(nothing_is_left_of_what_has_passed) {
  const auto now = florin::net::Clock::now();
  BOOST_TEST((left_until(now) == 0ms));
  BOOST_TEST((left_until(now - 1h) == 0ms));
  BOOST_TEST((left_until(florin::net::TimePoint::min()) == 0ms));
  const auto left = left_until(now + 1h);
  BOOST_TEST((left > 0ms && left <= 1h));
}

BOOST_AUTO_TEST_CASE(a_call_of_a_series_waits_no_shorter_than_it_is_told) {
  florin::CallOptions<florin::StripePolicy> options;
  options.delay = 20ms;
  BOOST_TEST((SeriesCall{.delay = 30ms}.apply(options, 1h).delay == 30ms));
  BOOST_TEST((SeriesCall{.delay = 10ms}.apply(options, 1h).delay == 20ms));
  BOOST_TEST((SeriesCall{}.apply(options, 1h).deadline == 1h));
}

BOOST_AUTO_TEST_CASE(a_call_of_a_series_does_what_the_series_needs) {
  florin::CallOptions<florin::StripePolicy> options;
  options.on_exists = florin::OnExists::use_existing;
  options.retries = 3;
  const auto as_given = SeriesCall{}.apply(options, 1h);
  BOOST_TEST((as_given.on_exists == florin::OnExists::use_existing));
  BOOST_TEST((as_given.retries == 3));
  const auto needed =
      SeriesCall{.on_exists = florin::OnExists::fail, .retries = 7}.apply(options, 1h);
  BOOST_TEST((needed.on_exists == florin::OnExists::fail));
  BOOST_TEST((needed.retries == 7));
}

BOOST_AUTO_TEST_CASE(without_memory_the_outcome_depends_on_whether_anything_was_begun) {
  StripeFixture f;
  const auto core = florin::detail::make_core(
      "stripe", std::make_shared<const florin::detail::Home>(), nullptr, f.options());
  const auto before = florin::detail::no_memory_for(*core, false);
  BOOST_TEST((before.outcome == Outcome::no_effect));
  const auto after = florin::detail::no_memory_for(*core, true);
  BOOST_TEST((after.outcome == Outcome::unknown));
  BOOST_TEST((before.code == after.code));
}

BOOST_AUTO_TEST_SUITE_END()
