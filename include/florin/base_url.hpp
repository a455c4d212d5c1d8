// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/require.hpp>
#include <florin/detail/uri_host.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace florin {

/// Scheme, host and port of a server: `https://localhost:8443`.
struct BaseUrl {
  bool tls = true;           ///< whether it begins with `https`
  std::string host{};        ///< a name or an IP literal without brackets, IPv6 with its zone
  std::uint16_t port = 443;  ///< the TCP port

  /// Reads `http://` or `https://` (in capitals too, RFC 3986, section 3.1), a host (IPv6 in
  /// brackets, with a zone behind `%` or `%25`, RFC 6874), an optional port and at most a `/`
  /// behind it.
  /// \return nothing for anything else.
  [[nodiscard]] static std::optional<BaseUrl> parse(std::string_view text) {
    BaseUrl url;
    url.tls = take_scheme(text, "https://");
    if (!url.tls) {
      if (!take_scheme(text, "http://")) return std::nullopt;
      url.port = 80;
    }
    if (text.ends_with('/')) text.remove_suffix(1);
    std::string_view host = text.substr(0, text.find(':'));
    std::string_view rest = text.substr(host.size());
    if (text.starts_with('[')) {
      const auto end = text.find(']');
      if (end == std::string_view::npos) return std::nullopt;
      host = text.substr(1, end - 1);
      rest = text.substr(end + 1);
      if (host.substr(0, host.find('%')).find(':') == std::string_view::npos) return std::nullopt;
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
    if (const auto zone = host.find("%25"); text.starts_with('[') && zone != std::string_view::npos)
      url.host.erase(zone + 1, 2);
    return url;
  }

  /// What goes into the `Host` header: the port only when it is not the scheme's own.
  [[nodiscard]] std::string authority() const {
    std::string text = detail::uri_host(host);
    if (port != (tls ? 443 : 80)) text.append(1, ':').append(std::to_string(port));
    return text;
  }

 private:
  /// Removes `scheme`, which is in small letters, from the front of `text`.
  /// \return whether it stood there.
  static bool take_scheme(std::string_view& text, std::string_view scheme) noexcept {
    if (text.size() < scheme.size()) return false;
    for (std::size_t i = 0; i < scheme.size(); ++i) {
      const bool capital = text[i] >= 'A' && text[i] <= 'Z';
      if ((capital ? text[i] - 'A' + 'a' : text[i]) != scheme[i]) return false;
    }
    text.remove_prefix(scheme.size());
    return true;
  }
};

}  // namespace florin
