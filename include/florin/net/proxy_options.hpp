// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/secret.hpp>

#include <cstdint>
#include <string>

namespace florin::net {

/// An HTTP proxy that opens tunnels (RFC 9110, section 9.3.6). It is spoken to in plain HTTP; TLS
/// runs through the tunnel.
struct Proxy {
  /// Name or IP literal (without brackets) of the proxy.
  std::string host;
  std::uint16_t port = 3128;  ///< TCP port
  /// User name for Basic authentication (RFC 7617), without ':' and control characters; empty: no
  /// authentication.
  std::string user;
  /// Password for Basic authentication, without control characters.
  Secret password;
};

}  // namespace florin::net
