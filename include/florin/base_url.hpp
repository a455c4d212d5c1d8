// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace florin {

/// Scheme, host and port of a server: `https://localhost:8443`.
struct BaseUrl {
  bool tls = true;
  std::string host{};  ///< a name or an IP literal without brackets
  std::uint16_t port = 443;

  /// Reads `http://` or `https://`, a host (IPv6 in brackets), an optional port and at most a `/`
  /// behind it. \return nothing for anything else.
  [[nodiscard]] static std::optional<BaseUrl> parse(std::string_view text) {
    BaseUrl url;
    if (text.starts_with("https://")) {
      text.remove_prefix(8);
    } else if (text.starts_with("http://")) {
      text.remove_prefix(7);
      url.tls = false;
      url.port = 80;
    } else {
      return std::nullopt;
    }
    if (text.ends_with('/')) text.remove_suffix(1);
    std::string_view host = text.substr(0, text.find(':'));
    std::string_view rest = text.substr(host.size());
    if (text.starts_with('[')) {
      const auto end = text.find(']');
      if (end == std::string_view::npos) return std::nullopt;
      host = text.substr(1, end - 1);
      rest = text.substr(end + 1);
    }
    if (host.empty() || !std::all_of(host.begin(), host.end(), [](char c) {
          return c > ' ' && c < '\x7f' &&
                 std::string_view{"/?#@[]\\"}.find(c) == std::string_view::npos;
        }))
      return std::nullopt;  // anything else could smuggle further headers
    if (!rest.empty()) {
      const char* const end = rest.data() + rest.size();
      const auto [stop, ec] = std::from_chars(rest.data() + 1, end, url.port);
      if (rest.front() != ':' || ec != std::errc{} || stop != end || url.port == 0)
        return std::nullopt;
    }
    url.host = host;
    return url;
  }

  /// What goes into the `Host` header: the port only when it is not the scheme's own.
  [[nodiscard]] std::string authority() const {
    std::string text = host.find(':') == std::string::npos ? host : '[' + host + ']';
    if (port != (tls ? 443 : 80)) text.append(1, ':').append(std::to_string(port));
    return text;
  }
};

}  // namespace florin
