// SPDX-License-Identifier: Apache-2.0
#include <florin/wire/retry_after.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <optional>
#include <string_view>

BOOST_AUTO_TEST_SUITE(wire_retry_after)

using florin::wire::parse_retry_after;
using namespace std::chrono_literals;
using Wait = std::optional<std::chrono::milliseconds>;

static_assert(parse_retry_after("7", "") == Wait{7s});

BOOST_AUTO_TEST_CASE(a_date_is_a_time) {
  const auto seconds = [](std::string_view text) {
    return florin::wire::detail::http_date(text).value().time_since_epoch();
  };
  BOOST_TEST((seconds("Sun, 06 Nov 1994 08:49:37 GMT") == 784'111'777s));
  BOOST_TEST((seconds("Thu, 01 Jan 1970 00:00:00 GMT") == 0s));
  BOOST_TEST(
      (seconds("Sat, 31 Dec 2016 23:59:60 GMT") == seconds("Sun, 01 Jan 2017 00:00:00 GMT")));
}

BOOST_AUTO_TEST_CASE(seconds) {
  BOOST_TEST((parse_retry_after("0", "") == Wait{0s}));
  BOOST_TEST((parse_retry_after("120", "") == Wait{120s}));
  BOOST_TEST((parse_retry_after("007", "") == Wait{7s}));
  BOOST_TEST((parse_retry_after("86400", "") == Wait{24h}));
}

BOOST_AUTO_TEST_CASE(is_at_most_a_day) {
  BOOST_TEST((parse_retry_after("86401", "") == Wait{24h}));
  BOOST_TEST((parse_retry_after("99999999999999999999999999999999999999", "") == Wait{24h}));
  BOOST_TEST((parse_retry_after("Mon, 01 Jan 2035 00:00:00 GMT", "Sun, 06 Nov 1994 08:49:37 GMT") ==
              Wait{24h}));
}

BOOST_AUTO_TEST_CASE(a_date_is_counted_from_the_date_of_the_answer) {
  constexpr std::string_view now = "Sun, 06 Nov 1994 08:49:37 GMT";
  BOOST_TEST((parse_retry_after("Sun, 06 Nov 1994 08:50:07 GMT", now) == Wait{30s}));
  BOOST_TEST((parse_retry_after("Mon, 07 Nov 1994 00:00:00 GMT", now) == Wait{15h + 10min + 23s}));
  BOOST_TEST((parse_retry_after(now, now) == Wait{0s}));
  // The past asks for no wait.
  BOOST_TEST((parse_retry_after("Sat, 05 Nov 1994 08:49:37 GMT", now) == Wait{0s}));
  // Across a leap day and a year.
  BOOST_TEST((parse_retry_after("Fri, 01 Mar 2024 00:00:00 GMT", "Thu, 29 Feb 2024 23:59:59 GMT") ==
              Wait{1s}));
  BOOST_TEST((parse_retry_after("Mon, 01 Jan 2024 00:00:01 GMT", "Sun, 31 Dec 2023 23:59:59 GMT") ==
              Wait{2s}));
}

BOOST_AUTO_TEST_CASE(the_end_of_a_limit_is_counted_in_seconds_or_is_a_time) {
  using florin::wire::parse_limit_reset;
  constexpr std::string_view now = "Sun, 06 Nov 1994 08:49:37 GMT";
  constexpr std::string_view today = "Tue, 01 Dec 2026 00:00:00 GMT";  // 1796083200
  static_assert(parse_limit_reset("7", "") == Wait{7s});
  BOOST_TEST((parse_limit_reset("0", now) == Wait{0s}));
  BOOST_TEST((parse_limit_reset("0.0", now) == Wait{0s}));
  BOOST_TEST((parse_limit_reset("12.345", now) == Wait{12'345ms}));
  BOOST_TEST((parse_limit_reset("12.3450001", now) == Wait{12'346ms}));
  BOOST_TEST((parse_limit_reset("12.345000", now) == Wait{12'345ms}));
  BOOST_TEST((parse_limit_reset("12.3", now) == Wait{12'300ms}));
  BOOST_TEST((parse_limit_reset("12.", now) == Wait{12s}));
  BOOST_TEST((parse_limit_reset("999999999", now) == Wait{24h}));
  BOOST_TEST((parse_limit_reset("1796083230", today) == Wait{30s}));
  BOOST_TEST((parse_limit_reset("1796083230.5", today) == Wait{30'500ms}));
  BOOST_TEST((parse_limit_reset("1796083199", today) == Wait{0s}));
  BOOST_TEST((parse_limit_reset("99999999999999999999999999", today) == Wait{24h}));
  BOOST_TEST((parse_limit_reset("1796083230", "") == Wait{}));
  for (const std::string_view value : {"", " ", "x", "-1", "+1", ".5", "1.x", "1.5.5", "1 "})
    BOOST_TEST((parse_limit_reset(value, today) == Wait{}), value);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_told_is_empty) {
  constexpr std::string_view now = "Sun, 06 Nov 1994 08:49:37 GMT";
  for (const std::string_view value : {"",
                                       " ",
                                       "soon",
                                       "-1",
                                       "+1",
                                       "1.5",
                                       "1s",
                                       "1 ",
                                       " 1",
                                       "0x10",
                                       "Sun, 06 Nov 1994",
                                       "Sun, 06 Nov 1994 08:49:37 UTC",
                                       "Sun, 06 Nob 1994 08:49:37 GMT",
                                       "Sun, 06 anF 1994 08:49:37 GMT",
                                       "Sun, xx Nov 1994 08:49:37 GMT",
                                       "Sun, 00 Nov 1994 08:49:37 GMT",
                                       "Sun, 99 Nov 1994 08:49:37 GMT",
                                       "Thu, 29 Feb 1995 08:49:37 GMT",
                                       "Sun, 06 Nov 1994 24:49:37 GMT",
                                       "Sun, 06 Nov 1994 08:60:37 GMT",
                                       "Sun, 06 Nov 1994 08:49:61 GMT",
                                       "Wed, 31 Dec 1969 23:59:59 GMT",
                                       "Sun, 06 Nov 19x4 08:49:37 GMT",
                                       "Sun, 06 Nov 1994 0a:49:37 GMT",
                                       "Sun, 06 Nov 1994 08:4:937 GMT",
                                       "Sunday, 06-Nov-94 08:49:37 GMT",
                                       "Sun Nov  6 08:49:37 1994     "})
    BOOST_TEST(!parse_retry_after(value, now).has_value(), "accepted " << value);
  BOOST_TEST(!parse_retry_after(now, "").has_value());
  BOOST_TEST(!parse_retry_after(now, "today").has_value());
}

BOOST_AUTO_TEST_SUITE_END()
