// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/require.hpp>

#include <algorithm>
#include <string_view>

namespace florin::wire {

/// Whether `text` has decimal digits alone, or nothing.
constexpr bool is_digits(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace florin::wire
