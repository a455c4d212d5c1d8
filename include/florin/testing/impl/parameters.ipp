// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/testing/detail/parameters.hpp>

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/error.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace florin::testing::detail {

/// Turns parser events into parameters named by path. A document object model would lose members
/// that come twice; here they become parameters that come twice.
struct FlattenHandler {
  static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);

  using Code = boost::system::error_code;
  using View = boost::json::string_view;

  struct Level {
    bool array = false;
    std::size_t index = 0;
    std::string member;
  };

  std::vector<Parameter> parameters;
  std::vector<Level> levels;
  std::string text;

  std::string path() const {
    std::string out;
    for (const Level& level : levels) {
      if (level.array) {
        out += '[' + std::to_string(level.index) + ']';
      } else {
        if (!out.empty()) out += '.';
        out += level.member;
      }
    }
    return out;
  }
  bool leaf(std::string value, bool is_string) {
    parameters.push_back({path(), std::move(value), is_string});
    advance();
    return true;
  }
  void advance() {
    if (!levels.empty() && levels.back().array) ++levels.back().index;
  }
  bool number(View s) {
    text.append(s.data(), s.size());
    return leaf(std::exchange(text, {}), false);
  }

  bool on_document_begin(Code&) { return true; }
  bool on_document_end(Code&) { return true; }
  bool on_object_begin(Code&) {
    levels.push_back({});
    return true;
  }
  bool on_object_end(std::size_t n, Code&) {
    levels.pop_back();
    return n == 0 ? leaf("{}", false) : (advance(), true);
  }
  bool on_array_begin(Code&) {
    levels.push_back({true, 0, {}});
    return true;
  }
  bool on_array_end(std::size_t n, Code&) {
    levels.pop_back();
    return n == 0 ? leaf("[]", false) : (advance(), true);
  }
  bool on_key_part(View s, std::size_t, Code&) {
    text.append(s.data(), s.size());
    return true;
  }
  bool on_key(View s, std::size_t, Code&) {
    text.append(s.data(), s.size());
    levels.back().member = escape_member(std::exchange(text, {}));
    return true;
  }
  bool on_string_part(View s, std::size_t, Code&) {
    text.append(s.data(), s.size());
    return true;
  }
  bool on_string(View s, std::size_t, Code&) {
    text.append(s.data(), s.size());
    return leaf(std::exchange(text, {}), true);
  }
  bool on_number_part(View s, Code&) {
    text.append(s.data(), s.size());
    return true;
  }
  bool on_int64(std::int64_t, View s, Code&) { return number(s); }
  bool on_uint64(std::uint64_t, View s, Code&) { return number(s); }
  bool on_double(double, View s, Code&) { return number(s); }
  bool on_bool(bool value, Code&) { return leaf(value ? "true" : "false", false); }
  bool on_null(Code&) { return leaf("null", false); }
  bool on_comment_part(View, Code&) { return true; }
  bool on_comment(View, Code&) { return true; }
};

FLORIN_DECL std::optional<std::vector<Parameter>> decode_json(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos || text[first] != '{') return std::nullopt;
  boost::json::basic_parser<FlattenHandler> parser{boost::json::parse_options{}};
  boost::system::error_code error;
  const std::size_t used = parser.write_some(false, text.data(), text.size(), error);
  if (error || used != text.size() || !parser.done()) return std::nullopt;
  std::vector<Parameter> parameters = std::move(parser.handler().parameters);
  // The root itself is no parameter: an empty object has none.
  if (parameters.size() == 1 && parameters.front().name.empty()) parameters.clear();
  return parameters;
}

}  // namespace florin::testing::detail
