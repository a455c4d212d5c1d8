// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// A strict reader of `application/x-www-form-urlencoded` bodies and of HTTP/1.1 request heads that
/// shares nothing with the library, as a second opinion.
namespace florin_test {

using Pairs = std::vector<std::pair<std::string, std::string>>;

/// Percent-decodes; refuses anything that a server could read in two ways.
inline std::string form_decoded(std::string_view text) {
  const std::string hex = "0123456789ABCDEF";
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '%') {
      if (i + 2 >= text.size()) throw std::runtime_error{"an escape is cut off"};
      const auto high = hex.find(text[i + 1]);
      const auto low = hex.find(text[i + 2]);
      if (high == std::string::npos || low == std::string::npos)
        throw std::runtime_error{"an escape is not two upper-case hex digits"};
      result += static_cast<char>(high * 16 + low);
      i += 2;
    } else if (std::string_view{"-._~[]"}.find(c) != std::string_view::npos ||
               (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) {
      result += c;
    } else {
      throw std::runtime_error{"a byte that has to be escaped is not"};
    }
  }
  return result;
}

/// The members of a form body, decoded, in their order.
inline Pairs form_members(std::string_view body) {
  Pairs members;
  while (!body.empty()) {
    const auto end = body.find('&');
    const auto member = body.substr(0, end);
    const auto equals = member.find('=');
    if (equals == std::string_view::npos) throw std::runtime_error{"a member without ="};
    members.emplace_back(form_decoded(member.substr(0, equals)),
                         form_decoded(member.substr(equals + 1)));
    if (end == std::string_view::npos) break;
    body.remove_prefix(end + 1);
    if (body.empty()) throw std::runtime_error{"a & at the end"};
  }
  return members;
}

/// An HTTP/1.1 request, taken apart.
struct RequestText {
  std::string line;
  Pairs headers;
  std::string body;

  /// The value of the only header of that name (exact letters); throws when there is not one.
  [[nodiscard]] std::string header(std::string_view name) const {
    const std::string* found = nullptr;
    for (const auto& [key, value] : headers) {
      if (key != name) continue;
      if (found != nullptr) throw std::runtime_error{"a header twice"};
      found = &value;
    }
    if (found == nullptr) throw std::runtime_error{"no header " + std::string{name}};
    return *found;
  }
  [[nodiscard]] bool has(std::string_view name) const {
    for (const auto& header : headers)
      if (header.first == name) return true;
    return false;
  }
};

/// Takes a whole request apart and checks that `Content-Length` is right, and there where there is
/// a body.
inline RequestText request_text(std::string_view bytes) {
  RequestText request;
  const auto next_line = [&bytes] {
    const auto end = bytes.find("\r\n");
    if (end == std::string_view::npos) throw std::runtime_error{"a line without its end"};
    std::string line{bytes.substr(0, end)};
    if (line.find_first_of(std::string_view{"\r\n\0", 3}) != std::string::npos)
      throw std::runtime_error{"a control character in a line"};
    bytes.remove_prefix(end + 2);
    return line;
  };
  request.line = next_line();
  for (std::string line = next_line(); !line.empty(); line = next_line()) {
    const auto colon = line.find(": ");
    if (colon == std::string::npos) throw std::runtime_error{"a header without a colon"};
    request.headers.emplace_back(line.substr(0, colon), line.substr(colon + 2));
  }
  request.body = bytes;
  if ((!bytes.empty() || request.has("Content-Length")) &&
      request.header("Content-Length") != std::to_string(bytes.size()))
    throw std::runtime_error{"a wrong Content-Length"};
  return request;
}

}  // namespace florin_test
