// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace florin_import {

/// A number with its thousands apart: `1,000,000`.
[[nodiscard]] inline std::string grouped(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t end = text.size(); end > 3; end -= 3) text.insert(end - 3, 1, ',');
  return text;
}

/// A time in words: `2 h 05 min`, `3 min 10 s`, `8 s`.
[[nodiscard]] inline std::string in_words(std::uint64_t seconds) {
  const auto two = [](std::uint64_t number) {
    std::string text = std::to_string(number);
    if (text.size() < 2) text.insert(0, 1, '0');
    return text;
  };
  if (seconds >= 3600)
    return std::to_string(seconds / 3600) + " h " + two(seconds / 60 % 60) + " min";
  if (seconds >= 60) return std::to_string(seconds / 60) + " min " + two(seconds % 60) + " s";
  return std::to_string(seconds) + " s";
}

}  // namespace florin_import
