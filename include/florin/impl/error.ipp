// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/error.hpp>

#include <boost/assert/source_location.hpp>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace florin {

FLORIN_DECL std::string_view Error::plain_code() const noexcept {
  const auto is_plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  const bool plain = connector_code.size() <= 48 &&
                     std::all_of(connector_code.begin(), connector_code.end(), is_plain);
  return plain ? std::string_view{connector_code} : std::string_view{};
}
FLORIN_DECL std::string Error::what() const {
  std::string text;
  if (!connector.empty()) text.append(connector).append(": ");
  text.append(to_string(code));
  if (const auto plain = plain_code(); !plain.empty()) text.append(" (").append(plain).append(")");
  if (field) text.append(": ").append(to_string(*field));
  if (!reason.empty()) text.append(field ? " " : ": ").append(reason);
  if (phase) text.append(", during ").append(to_string(*phase));
  if (http_status != 0) text.append(", HTTP ").append(std::to_string(http_status));
  if (cause) text.append(", ").append(cause.message());
  text.append("; outcome ").append(to_string(outcome));
  return text;
}

FLORIN_DECL Exception::Exception(Error error)
    : std::runtime_error(error.what()), error_(std::move(error)) {}

FLORIN_DECL void throw_exception_from_error(const Error& error, const boost::source_location&) {
  throw Exception(error);
}

}  // namespace florin
