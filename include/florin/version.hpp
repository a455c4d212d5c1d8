// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/require.hpp>

#include <string_view>

/// The library's version for the preprocessor: `#if FLORIN_VERSION >= 200` is 0.2.0 or newer.
#define FLORIN_VERSION \
  (FLORIN_VERSION_MAJOR * 10000 + FLORIN_VERSION_MINOR * 100 + FLORIN_VERSION_PATCH)
#define FLORIN_VERSION_MAJOR 0
#define FLORIN_VERSION_MINOR 1
#define FLORIN_VERSION_PATCH 0

namespace florin {

/// The library's version, as in its package.
inline constexpr std::string_view version = "0.1.0";

}  // namespace florin
