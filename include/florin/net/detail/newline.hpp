// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/require.hpp>

#include <string_view>

namespace florin::net::detail {

/// Whether a line ends otherwise than with CR and LF: the end of such a header would never come.
inline bool has_bare_newline(std::string_view header) noexcept {
  for (auto at = header.find('\n'); at != std::string_view::npos; at = header.find('\n', at + 1))
    if (at == 0 || header[at - 1] != '\r') return true;
  return false;
}

}  // namespace florin::net::detail
