// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/require.hpp>

#include <string>
#include <string_view>

namespace florin::detail {

/// A host as others are told it: an IPv6 address in brackets, and without its zone, which means
/// something on this machine alone (RFC 6874, section 4).
/// \param host a name or an IP literal without brackets.
[[nodiscard]] inline std::string uri_host(std::string_view host) {
  if (host.find(':') == std::string_view::npos) return std::string{host};
  std::string text{"["};
  text.append(host.substr(0, host.find('%'))).append(1, ']');
  return text;
}

}  // namespace florin::detail
