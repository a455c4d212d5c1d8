// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/require.hpp>

#include <boost/beast/core/string.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace florin::testing {

/// One request as it reached a `Sandbox`: nothing decoded, nothing normalised.
struct ReceivedRequest {
  std::string method;  ///< in capitals
  /// Path and query as sent.
  std::string target;
  /// Header fields in order of arrival, names as spelled by the client.
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;  ///< as it came
  /// The server name the client asked for in the TLS handshake (SNI); empty without one.
  std::string server_name;
  /// Number of the connection it came in on, counted from 1: equal numbers mean a reused
  /// connection.
  std::uint64_t connection = 0;

  /// The value of the first header field of this name, compared without case.
  std::optional<std::string_view> header(std::string_view name) const {
    for (const auto& [key, value] : headers)
      if (boost::beast::iequals(key, name)) return value;
    return std::nullopt;
  }
};

}  // namespace florin::testing
