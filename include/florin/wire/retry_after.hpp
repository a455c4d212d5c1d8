// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/require.hpp>

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
      minute < 0 || second < 0)
    return std::nullopt;
  using namespace std::chrono;
  const sys_days date = std::chrono::year{year} /
                        std::chrono::month{static_cast<unsigned>(month / 3 + 1)} /
                        std::chrono::day{static_cast<unsigned>(day)};
  return date + hours{hour} + minutes{minute} + seconds{second};
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

}  // namespace florin::wire
