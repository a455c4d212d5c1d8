// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/require.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>

namespace florin::wire {

/// A time of ISO 8601, `2026-01-05T08:30:00`, with `Z` or an offset of the form `+0100` or `+01:00`
/// behind it; a fraction of a second is dropped. Empty for any other text: without an offset nobody
/// knows what time it is.
constexpr std::optional<std::chrono::sys_seconds> parse_iso_time(std::string_view text) noexcept {
  bool right = true;
  const auto number = [&](std::size_t count) {
    int value = 0;
    right = right && text.size() >= count;
    for (std::size_t i = 0; right && i < count; ++i) {
      right = text[i] >= '0' && text[i] <= '9';
      value = value * 10 + (text[i] - '0');
    }
    if (right) text.remove_prefix(count);
    return value;
  };
  const auto sign = [&](std::string_view one_of) {
    right = right && !text.empty() && one_of.find(text.front()) != std::string_view::npos;
    if (!right) return '\0';
    const char found = text.front();
    text.remove_prefix(1);
    return found;
  };

  const int year = number(4);
  sign("-");
  const int month = number(2);
  sign("-");
  const int day = number(2);
  sign("T");
  const int hour = number(2);
  sign(":");
  const int minute = number(2);
  sign(":");
  const int second = number(2);
  if (right && text.starts_with('.')) {
    text.remove_prefix(1);
    number(1);
    while (!text.empty() && text.front() >= '0' && text.front() <= '9') text.remove_prefix(1);
  }
  int offset = 0;
  if (const char zone = sign("Z+-"); zone != 'Z') {
    const int hours = number(2);
    if (text.starts_with(':')) text.remove_prefix(1);
    const int minutes = number(2);
    right = right && hours <= 23 && minutes <= 59;
    offset = (hours * 60 + minutes) * (zone == '-' ? -1 : 1);
  }
  const std::chrono::year_month_day date{std::chrono::year{year},
                                         std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (!right || !text.empty() || !date.ok() || hour > 23 || minute > 59 || second > 60)
    return std::nullopt;
  return std::chrono::sys_days{date} + std::chrono::hours{hour} + std::chrono::minutes{minute} +
         std::chrono::seconds{second} - std::chrono::minutes{offset};
}

/// A time of 14 digits, `20260105083000`, in UTC. Empty for any other text.
constexpr std::optional<std::chrono::sys_seconds> parse_digits_time(
    std::string_view text) noexcept {
  constexpr std::string_view form = "YYYY-MM-DDThh:mm:ssZ";
  if (text.size() != 14) return std::nullopt;
  std::array<char, form.size()> iso{};
  for (std::size_t i = 0; i < form.size(); ++i) {
    const bool is_sign = form[i] == '-' || form[i] == 'T' || form[i] == ':' || form[i] == 'Z';
    iso[i] = is_sign ? form[i] : text.front();
    if (!is_sign) text.remove_prefix(1);
  }
  return parse_iso_time({iso.data(), iso.size()});
}

}  // namespace florin::wire
