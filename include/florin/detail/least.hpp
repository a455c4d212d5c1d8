// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace florin::detail {

/// The smaller one: what is wanted of <algorithm> where that would be all, which takes longer to
/// compile than what wants it.
constexpr std::size_t least(std::size_t a, std::size_t b) noexcept {
  return b < a ? b : a;
}

}  // namespace florin::detail
