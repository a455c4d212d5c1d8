// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/wire/encoded_request.hpp>
#include <florin/wire/percent.hpp>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string_view>

namespace florin {

FLORIN_DECL wire::Buffer& EncodedRequest::begin(std::string_view request_line,
                                                std::string_view host) {
  constexpr std::string_view length = "\r\nContent-Length: ";
  begin_anew();
  char* to = buffer_.room(request_line.size() + host.size() + length.size() + digits_ + 1024);
  char* const begin = to;
  to = wire::copy(wire::copy(wire::copy(to, request_line), host), length);
  lead_ = static_cast<std::size_t>(to - begin);
  buffer_.end_at(wire::copy(to + digits_, "\r\n"));
  return buffer_;
}

FLORIN_DECL wire::Buffer& EncodedRequest::begin_target(std::string_view before,
                                                       std::string_view value,
                                                       std::string_view after) {
  begin_anew();
  char* const to = buffer_.room(before.size() + 3 * value.size() + after.size() + 1024);
  buffer_.end_at(wire::copy(wire::detail::put_percent(wire::copy(to, before), value), after));
  return buffer_;
}

FLORIN_DECL void EncodedRequest::end_target(std::string_view host, bool has_body) {
  constexpr std::string_view protocol = " HTTP/1.1\r\nHost: ";
  constexpr std::string_view length = "\r\nContent-Length: ";
  char* to = buffer_.room(protocol.size() + host.size() + length.size() + digits_ + 2);
  to = wire::copy(wire::copy(to, protocol), host);
  if (has_body) {
    to = wire::copy(to, length);
    lead_ = static_cast<std::size_t>(to - buffer_.data());
    to += digits_;
  }
  buffer_.end_at(wire::copy(to, "\r\n"));
}

FLORIN_DECL void EncodedRequest::end_head() {
  buffer_.append("\r\n");
  body_ = buffer_.size();
}

FLORIN_DECL void EncodedRequest::end_body(FieldSet dropped) noexcept {
  end_ = buffer_.size();
  char* digit = buffer_.data() + lead_ + digits_;
  std::size_t rest = end_ - body_;
  do *--digit = static_cast<char>('0' + rest % 10);
  while ((rest /= 10) != 0);
  start_ = static_cast<std::size_t>(digit - buffer_.data()) - lead_;
  std::memmove(buffer_.data() + start_, buffer_.data(), lead_);
  dropped_ = dropped;
}

FLORIN_DECL void EncodedRequest::end_without_body() noexcept {
  start_ = 0;
  end_ = buffer_.size();
  dropped_ = {};
}

FLORIN_DECL void EncodedRequest::clear() noexcept {
  wipe(buffer_.data(), std::max(used_, buffer_.size()));
  buffer_.clear();
  start_ = body_ = lead_ = end_ = used_ = 0;
  signature_ = {};
  dropped_ = {};
}

FLORIN_DECL std::string_view EncodedRequest::target_of(std::string_view head) noexcept {
  const std::size_t from = head.find(' ') + 1;
  return head.substr(from, head.find(' ', from) - from);
}

FLORIN_DECL void EncodedRequest::begin_anew() noexcept {
  used_ = std::max(used_, buffer_.size());
  buffer_.clear();
  signature_ = {};
}

}  // namespace florin
