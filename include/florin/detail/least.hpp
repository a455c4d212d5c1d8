// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace florin::detail {

/// The smaller one, for headers that would want nothing else of <algorithm>: that takes longer to
/// compile than they do.
constexpr std::size_t least(std::size_t a, std::size_t b) noexcept {
  return b < a ? b : a;
}

}  // namespace florin::detail
