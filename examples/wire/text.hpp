// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/field.hpp>
#include <florin/wire/utf8.hpp>

#include <boost/json/array.hpp>
#include <boost/json/string.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <cstddef>
#include <string_view>

/// What the example program wire is made of.
namespace wire_example {

namespace json = boost::json;
using florin::Field;
using florin::FieldSet;

/// Any text as JSON text: bytes that are not UTF-8 become U+FFFD.
inline json::string text_of(std::string_view text) {
  using florin::wire::is_text;
  if (is_text(text)) return json::string{text};
  constexpr std::string_view nul{"\0", 1};
  json::string result;
  while (!text.empty()) {
    std::size_t size = std::min<std::size_t>(4, text.size());
    while (size > 1 && !is_text(text.substr(0, size))) --size;
    const auto piece = text.substr(0, size);
    result.append(is_text(piece) || piece == nul ? piece : std::string_view{"\xEF\xBF\xBD"});
    text.remove_prefix(size);
  }
  return result;
}

/// The same; null for none.
inline json::value text_or_null(std::string_view text) {
  if (text.empty()) return nullptr;
  return text_of(text);
}

/// The names of fields, in the order of the schema.
inline json::array names_of(FieldSet fields) {
  json::array names;
  for (const Field field : fields) names.emplace_back(to_string(field));
  return names;
}

}  // namespace wire_example
