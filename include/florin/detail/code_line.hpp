// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/require.hpp>

#include <cstddef>

namespace florin::detail {

/// Bytes of a line of the instruction cache, where the larger functions of a call begin. A call
/// finds its code cold, since the kernel has worked meanwhile: it pays for each line that it
/// touches.
inline constexpr std::size_t code_line = 64;

}  // namespace florin::detail
