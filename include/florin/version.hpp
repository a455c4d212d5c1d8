// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/require.hpp>

#include <string_view>

namespace florin {

/// The library's version, as in its package.
inline constexpr std::string_view version = "0.1.0";

}  // namespace florin
