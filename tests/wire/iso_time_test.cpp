// SPDX-License-Identifier: Apache-2.0
#include <florin/wire/iso_time.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

BOOST_AUTO_TEST_SUITE(wire_iso_time)

using florin::wire::parse_iso_time;
using namespace std::chrono_literals;
using Time = std::optional<std::chrono::sys_seconds>;

namespace {

constexpr Time at(long long seconds) {
  return std::chrono::sys_seconds{std::chrono::seconds{seconds}};
}

}  // namespace

static_assert(parse_iso_time("2026-01-05T08:30:00+0000") == at(1'767'601'800));
static_assert(!parse_iso_time("2026-01-05T08:30:00"));

BOOST_AUTO_TEST_CASE(all_spellings_of_utc) {
  for (const std::string_view zone : {"Z", "+0000", "+00:00", "-0000", "-00:00"})
    BOOST_TEST((parse_iso_time("2026-01-05T08:30:00" + std::string{zone}) == at(1'767'601'800)),
               zone);
}

BOOST_AUTO_TEST_CASE(an_offset_is_taken_off) {
  BOOST_TEST((parse_iso_time("2026-01-05T08:30:00+0100") == at(1'767'601'800 - 3600)));
  BOOST_TEST((parse_iso_time("2026-01-05T08:30:00-0100") == at(1'767'601'800 + 3600)));
  BOOST_TEST((parse_iso_time("2026-01-05T08:30:00+05:45") == at(1'767'601'800 - 20'700)));
  BOOST_TEST((parse_iso_time("2026-01-05T08:30:00-03:30") == at(1'767'601'800 + 12'600)));
  // Into the next year and the last.
  BOOST_TEST((parse_iso_time("2026-12-31T23:30:00-01:00") == at(1'798'759'800 + 3600)));
  BOOST_TEST((parse_iso_time("2027-01-01T00:30:00+01:00") == at(1'798'759'800)));
}

BOOST_AUTO_TEST_CASE(a_fraction_is_dropped) {
  BOOST_TEST((parse_iso_time("2026-01-05T08:30:00.9Z") == at(1'767'601'800)));
  BOOST_TEST((parse_iso_time("2026-01-05T08:30:00.123456789012345678901234567890+0000") ==
              at(1'767'601'800)));
}

BOOST_AUTO_TEST_CASE(the_calendar_is_kept) {
  BOOST_TEST((parse_iso_time("1970-01-01T00:00:00Z") == at(0)));
  BOOST_TEST((parse_iso_time("1969-12-31T23:59:59Z") == at(-1)));
  BOOST_TEST((parse_iso_time("2024-02-29T23:59:59Z") == at(1'709'251'199)));
  BOOST_TEST((parse_iso_time("2100-03-01T00:00:00Z") == at(4'107'542'400)));
  // A leap second is the one behind it.
  BOOST_TEST((parse_iso_time("2016-12-31T23:59:60Z") == parse_iso_time("2017-01-01T00:00:00Z")));
  for (const std::string_view wrong :
       {"2026-02-29T00:00:00Z", "2100-02-29T00:00:00Z", "2026-04-31T00:00:00Z",
        "2026-00-01T00:00:00Z", "2026-13-01T00:00:00Z", "2026-01-00T00:00:00Z",
        "2026-01-32T00:00:00Z", "2026-01-05T24:00:00Z", "2026-01-05T00:60:00Z",
        "2026-01-05T00:00:61Z"})
    BOOST_TEST(!parse_iso_time(wrong).has_value(), "accepted " << wrong);
}

BOOST_AUTO_TEST_CASE(anything_else_is_empty) {
  for (const std::string_view wrong : {"",
                                       "Z",
                                       "soon",
                                       "1767601800",
                                       "2026-01-05",
                                       "2026-01-05Z",
                                       "2026-01-05T08:30Z",
                                       "2026-01-05T08:30:00",
                                       "2026-01-05T08:30:00+",
                                       "2026-01-05T08:30:00+00",
                                       "2026-01-05T08:30:00+00:",
                                       "2026-01-05T08:30:00+000",
                                       "2026-01-05T08:30:00+0:000",
                                       "2026-01-05T08:30:00+00:0x",
                                       "2026-01-05T08:30:00 UTC",
                                       "2026-01-05T08:30:00ZZ",
                                       "2026-01-05T08:30:00Z ",
                                       " 2026-01-05T08:30:00Z",
                                       "2026-01-05T08:30:00+00000",
                                       "2026-01-05T08:30:00Z+0000",
                                       "2026-01-05T08:30:00.Z",
                                       "2026-01-05T08:30:.0Z",
                                       "2026-1-5T08:30:00Z",
                                       "26-01-05T08:30:00Z",
                                       "12026-01-05T08:30:00Z",
                                       "+2026-01-05T08:30:00Z",
                                       "-026-01-05T08:30:00Z",
                                       "2026/01/05T08:30:00Z",
                                       "2026-01-05X08:30:00Z",
                                       "2026-01-05T08.30.00Z",
                                       "2026-01-05T8:30:00Z",
                                       "2026-01-05T-8:30:00Z",
                                       "20260105T083000Z",
                                       "Mon, 05 Jan 2026 08:30:00 GMT"})
    BOOST_TEST(!parse_iso_time(wrong).has_value(), "accepted " << wrong);
}

BOOST_AUTO_TEST_CASE(no_beginning_of_a_time_is_one) {
  constexpr std::string_view whole = "2026-01-05T08:30:00.5+00:00";
  BOOST_TEST(parse_iso_time(whole).has_value());
  for (std::size_t size = 0; size < whole.size(); ++size)
    BOOST_TEST(!parse_iso_time(whole.substr(0, size)).has_value(), whole.substr(0, size));
}

BOOST_AUTO_TEST_CASE(offsets_are_less_than_a_day) {
  BOOST_TEST(parse_iso_time("2026-01-05T08:30:00+2359").has_value());
  for (const std::string_view wrong : {"2026-01-05T08:30:00+2400", "2026-01-05T08:30:00+0060",
                                       "2026-01-05T08:30:00-9999", "2026-01-05 08:30:00Z"})
    BOOST_TEST(!parse_iso_time(wrong).has_value(), wrong);
}

BOOST_AUTO_TEST_CASE(a_time_may_be_written_in_digits_alone) {
  using florin::wire::parse_digits_time;
  BOOST_TEST((parse_digits_time("20260106090000") ==
              florin::wire::parse_iso_time("2026-01-06T09:00:00Z")));
  BOOST_TEST(parse_digits_time("20260106090000").has_value());
  for (const std::string_view text :
       {"", "2026010609000", "202601060900000", "20261306090000", "20260106240000",
        "2026010609000x", "2026-01-06T09:0", "-0260106090000", "20260106-90000"})
    BOOST_TEST(!parse_digits_time(text).has_value(), text);
}

BOOST_AUTO_TEST_SUITE_END()
