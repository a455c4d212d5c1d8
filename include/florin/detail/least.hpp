// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstddef>

namespace florin::detail {

/// The smallest one, for headers that would want nothing else of <algorithm>: that takes longer to
/// compile than they do.
template <std::same_as<std::size_t>... Others>
constexpr std::size_t least(std::size_t smallest, Others... others) noexcept {
  ((smallest = others < smallest ? others : smallest), ...);
  return smallest;
}

}  // namespace florin::detail
