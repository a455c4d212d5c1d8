// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/require.hpp>
#include <florin/wire/digits.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>

namespace florin::wire {

namespace detail {

/// Seconds since the epoch of an IMF-fixdate (`Sun, 06 Nov 1994 08:49:37 GMT`), which is the only
/// form that senders may use (RFC 9110, 5.6.7).
constexpr std::optional<std::chrono::sys_seconds> http_date(std::string_view text) noexcept {
  if (text.size() != 29 || text.substr(25) != " GMT") return std::nullopt;
  const auto number = [text](std::size_t from, std::size_t count) {
    int value = 0;
    for (char c : text.substr(from, count)) {
      if (c < '0' || c > '9') return -1;
      value = value * 10 + (c - '0');
    }
    return value;
  };
  constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
  const std::size_t month = months.find(text.substr(8, 3));
  const int day = number(5, 2);
  const int year = number(12, 4);
  const int hour = number(17, 2);
  const int minute = number(20, 2);
  const int second = number(23, 2);
  if (month == std::string_view::npos || month % 3 != 0 || day < 1 || year < 1970 || hour < 0 ||
      hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60)
    return std::nullopt;
  using namespace std::chrono;
  const year_month_day date = std::chrono::year{year} /
                              std::chrono::month{static_cast<unsigned>(month / 3 + 1)} /
                              std::chrono::day{static_cast<unsigned>(day)};
  if (!date.ok()) return std::nullopt;
  return sys_days{date} + hours{hour} + minutes{minute} + seconds{second};
}

}  // namespace detail

/// The wait that a `Retry-After` value asks for: seconds, or a date counted from the same answer's
/// `Date`, so that no local clock is needed. Empty when it cannot be told; at most one day.
constexpr std::optional<std::chrono::milliseconds> parse_retry_after(
    std::string_view value, std::string_view date) noexcept {
  constexpr std::chrono::seconds most = std::chrono::hours{24};
  if (value.empty()) return std::nullopt;
  if (value.front() >= '0' && value.front() <= '9') {
    long long seconds = 0;
    for (char c : value) {
      if (c < '0' || c > '9') return std::nullopt;
      seconds = seconds * 10 + (c - '0');
      if (seconds > most.count()) seconds = most.count();
    }
    return std::chrono::seconds{seconds};
  }
  const auto until = detail::http_date(value);
  const auto now = detail::http_date(date);
  if (!until || !now) return std::nullopt;
  const std::chrono::seconds wait = *until - *now;
  if (wait <= wait.zero()) return wait.zero();
  return wait < most ? wait : most;
}

/// The wait until a limit is over: seconds, which may have a fraction, or a Unix time counted from
/// the same answer's `Date`. Empty when it cannot be told; at most one day.
constexpr std::optional<std::chrono::milliseconds> parse_limit_reset(
    std::string_view value, std::string_view date) noexcept {
  constexpr std::chrono::milliseconds most = std::chrono::hours{24};
  constexpr long long first_time = 1'000'000'000;  // less is no time of today, but seconds
  constexpr long long last_time = 100'000'000'000;
  const auto digits = value.substr(0, value.find('.'));
  const auto fraction = value.substr(std::min(value.size(), digits.size() + 1));
  if (digits.empty() || !is_digits(digits) || !is_digits(fraction)) return std::nullopt;
  long long seconds = 0;
  for (const char c : digits) seconds = std::min(seconds * 10 + (c - '0'), last_time);
  if (seconds >= first_time) {
    const auto now = detail::http_date(date);
    if (!now) return std::nullopt;
    seconds -= now->time_since_epoch().count();
  }
  if (seconds < 0) return std::chrono::milliseconds{0};
  long long thousandths = 0;
  for (std::size_t i = 0; i < 3; ++i)
    thousandths = thousandths * 10 + (i < fraction.size() ? fraction[i] - '0' : 0);
  const bool more = fraction.size() > 3 && fraction.find_first_not_of('0', 3) != fraction.npos;
  const std::chrono::milliseconds wait{seconds * 1000 + thousandths + (more ? 1 : 0)};
  return std::min(wait, most);
}

}  // namespace florin::wire
