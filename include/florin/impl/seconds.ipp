// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/wire/seconds.hpp>

#include <charconv>
#include <system_error>

namespace florin::wire {

FLORIN_DECL std::optional<std::chrono::seconds> parse_seconds(std::string_view text) noexcept {
  std::chrono::seconds::rep seconds = 0;
  const auto end = text.data() + text.size();
  const auto [ptr, ec] = std::from_chars(text.data(), end, seconds);
  if (text.empty() || ec != std::errc{} || ptr != end) return std::nullopt;
  return std::chrono::seconds{seconds};
}

}  // namespace florin::wire
