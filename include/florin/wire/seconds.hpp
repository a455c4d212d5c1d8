// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/config.hpp>
#include <florin/detail/require.hpp>

#include <chrono>
#include <optional>
#include <string_view>

namespace florin::wire {

/// Whole seconds written as a decimal number and nothing else; empty for any other text.
FLORIN_DECL std::optional<std::chrono::seconds> parse_seconds(std::string_view text) noexcept;

}  // namespace florin::wire

#if !defined(FLORIN_SEPARATE_COMPILATION)
#include <florin/impl/seconds.ipp>
#endif
