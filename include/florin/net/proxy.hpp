// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/uri_host.hpp>
#include <florin/net/detail/newline.hpp>
#include <florin/net/error.hpp>
#include <florin/net/proxy_options.hpp>
#include <florin/secret.hpp>

#include <boost/asio/error.hpp>
#include <boost/system/error_code.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace florin::net {

/// Whether `host` may stand in an HTTP header: visible ASCII without the delimiters of a URL, not
/// empty, at most 255 bytes. Anything else could smuggle further headers to a proxy. Nor does it
/// begin with a dot.
[[nodiscard]] constexpr bool is_plausible_host(std::string_view host) noexcept {
  return !host.empty() && host.size() <= 255 && host.front() != '.' &&
         std::all_of(host.begin(), host.end(), [](char c) {
           return c > ' ' && c < '\x7f' &&
                  std::string_view{"/?#@[]\\"}.find(c) == std::string_view::npos;
         });
}

/// The HTTP CONNECT exchange, without I/O: write `request()`, then `feed` what the proxy answers.
class ProxyTunnel {
 public:
  /// Longest header accepted from a proxy, in bytes.
  static constexpr std::size_t header_limit = 16384;

  /// What has to be done next.
  enum class Step : unsigned char {
    need_more,    ///< feed further bytes
    established,  ///< the tunnel is open: the next byte belongs to the target
    refused,      ///< no tunnel: see `error` and `status`
  };

  /// Asks `proxy` for a tunnel to `host` (a name or an IP literal without brackets) and `port`.
  /// A host, user or password that cannot be sent (RFC 7617, section 2: no control characters, and
  /// no ':' in the user) makes the object start as refused, with
  /// `boost::asio::error::invalid_argument`.
  ProxyTunnel(const Proxy& proxy, std::string_view host, std::uint16_t port) {
    if (!is_plausible_host(host) || proxy.user.find(':') != std::string::npos ||
        has_control(proxy.user) || has_control(proxy.password.reveal())) {
      refuse(boost::asio::error::invalid_argument);
      return;
    }
    const std::string authority = florin::detail::uri_host(host) + ':' + std::to_string(port);
    const auto credentials = proxy.user.size() + 1 + proxy.password.reveal().size();
    std::string text;
    text.reserve(2 * authority.size() + 2 * credentials + 128);  // no copy left by growing
    text.append("CONNECT ").append(authority).append(" HTTP/1.1\r\nHost: ").append(authority);
    if (!proxy.user.empty()) {
      std::string plain;
      plain.reserve(credentials);
      plain.append(proxy.user).append(1, ':').append(proxy.password.reveal());
      text += "\r\nProxy-Authorization: Basic ";
      append_base64(text, plain);
      wipe(plain.data(), plain.size());
    }
    text += "\r\n\r\n";
    request_ = std::move(text);
  }

  /// The bytes to send. May hold credentials. Valid as long as the object.
  [[nodiscard]] std::string_view request() const noexcept { return request_.reveal(); }

  /// Takes bytes received from the proxy. A client speaks first through a new tunnel, so bytes
  /// after the header are an error.
  Step feed(std::string_view bytes) {
    if (step_ != Step::need_more) return step_;
    header_.append(bytes);
    for (;;) {
      const std::string_view start{"HTTP/1."};
      if (std::string_view{header_}.substr(0, start.size()) != start.substr(0, header_.size())) {
        return refuse(ProxyError::malformed);
      }
      const auto end = header_.find("\r\n\r\n");
      if (detail::has_bare_newline(std::string_view{header_}.substr(0, end)))
        return refuse(ProxyError::malformed);
      if (end == std::string::npos ? header_.size() > header_limit : end + 4 > header_limit) {
        return refuse(ProxyError::header_too_long);
      }
      if (end == std::string::npos) return step_;
      status_ = parse_status(header_);
      if (status_ == 0 || status_ == 101) return refuse(ProxyError::malformed);
      if (status_ >= 200) return conclude(end + 4 == header_.size());
      header_.erase(0, end + 4);
      if (++interim_ > 16) return refuse(ProxyError::malformed);
    }
  }

  /// What has to be done next.
  [[nodiscard]] Step step() const noexcept { return step_; }

  /// The HTTP status of the answer, 0 as long as there is none.
  [[nodiscard]] unsigned status() const noexcept { return status_; }

  /// Why there is no tunnel: `ProxyError`, or `invalid_argument`.
  [[nodiscard]] boost::system::error_code error() const noexcept { return error_; }

 private:
  Step refuse(boost::system::error_code ec) noexcept {
    error_ = ec;
    return step_ = Step::refused;
  }

  Step conclude(bool nothing_follows) noexcept {
    // 401 and 500 are tinyproxy's words for 407 and 502.
    if (status_ == 407 || status_ == 401) return refuse(ProxyError::authentication_required);
    if (status_ == 500 || (status_ >= 502 && status_ <= 504))
      return refuse(ProxyError::unavailable);
    if (status_ >= 300) return refuse(ProxyError::refused);
    if (!nothing_follows) return refuse(ProxyError::malformed);
    return step_ = Step::established;
  }

  /// `HTTP/1.x NNN`, followed by a space or the end of the line; 0: not that.
  static unsigned parse_status(std::string_view header) noexcept {
    const auto digit = [&](std::size_t i) { return header[i] >= '0' && header[i] <= '9'; };
    if (header.size() < 13 || !digit(7) || header[8] != ' ' || !digit(9) || !digit(10) ||
        !digit(11) || (header[12] != ' ' && header[12] != '\r')) {
      return 0;
    }
    unsigned status = 0;
    for (std::size_t i = 9; i < 12; ++i)
      status = status * 10 + static_cast<unsigned>(header[i] - '0');
    return status >= 100 && status < 600 ? status : 0;
  }

  static bool has_control(std::string_view text) noexcept {
    return std::any_of(text.begin(), text.end(),
                       [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; });
  }

  static void append_base64(std::string& out, std::string_view in) {
    constexpr std::string_view digits{
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"};
    const auto byte = [&](std::size_t i) -> unsigned {
      return i < in.size() ? static_cast<unsigned char>(in[i]) : 0U;
    };
    for (std::size_t i = 0; i < in.size(); i += 3) {
      const unsigned group = byte(i) << 16 | byte(i + 1) << 8 | byte(i + 2);
      out += digits[group >> 18];
      out += digits[group >> 12 & 63U];
      out += i + 1 < in.size() ? digits[group >> 6 & 63U] : '=';
      out += i + 2 < in.size() ? digits[group & 63U] : '=';
    }
  }

  Secret request_;
  std::string header_;
  Step step_ = Step::need_more;
  unsigned status_ = 0;
  unsigned interim_ = 0;
  boost::system::error_code error_;
};

}  // namespace florin::net
