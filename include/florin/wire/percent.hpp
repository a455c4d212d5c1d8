// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/config.hpp>

#include <array>
#include <string_view>

/// Percent-encoding (RFC 3986) of values in forms, paths and queries.
namespace florin::wire {

namespace detail {

/// RFC 3986 unreserved characters; everything else is percent-encoded in values and keys.
constexpr bool is_unreserved(unsigned char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

inline constexpr auto unreserved = [] {
  std::array<bool, 256> table{};
  for (unsigned c = 0; c < 256; ++c) table[c] = is_unreserved(static_cast<unsigned char>(c));
  return table;
}();

/// Writes `text` percent-encoded to `to`, where up to three bytes per byte of `text` have to fit.
/// \return the end of what was written.
FLORIN_DECL char* put_percent(char* to, std::string_view text) noexcept;

}  // namespace detail

}  // namespace florin::wire

#if !defined(FLORIN_SEPARATE_COMPILATION)
#include <florin/impl/percent.ipp>
#endif
