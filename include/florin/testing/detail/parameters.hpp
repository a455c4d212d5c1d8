// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/config.hpp>
#include <florin/testing/processor.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace florin::testing::detail {

inline const Parameter* find(std::span<const Parameter> parameters, std::string_view name) {
  for (const Parameter& parameter : parameters)
    if (parameter.name == name) return &parameter;
  return nullptr;
}

/// Empty text, null or an empty container.
inline bool is_nothing(const Parameter& parameter) {
  const std::string& value = parameter.value;
  return value.empty() ||
         (!parameter.is_string && (value == "null" || value == "{}" || value == "[]"));
}

inline bool is_null(const Parameter& parameter) {
  return !parameter.is_string && parameter.value == "null";
}

/// Whether `name` is `whole` or something within it.
inline bool is_within(std::string_view name, std::string_view whole) {
  if (!name.starts_with(whole)) return false;
  const std::string_view rest = name.substr(whole.size());
  return rest.empty() || rest.front() == '.' || rest.front() == '[';
}

/// Code points in well-formed UTF-8, nothing for any other bytes.
inline std::optional<std::size_t> utf8_length(std::string_view text) {
  std::size_t length = 0;
  for (std::size_t i = 0; i < text.size(); ++length) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t size = lead < 0x80   ? 1
                             : lead < 0xC2 ? 0
                             : lead < 0xE0 ? 2
                             : lead < 0xF0 ? 3
                             : lead < 0xF5 ? 4
                                           : 0;
    if (size == 0 || text.size() - i < size) return std::nullopt;
    for (std::size_t k = 1; k < size; ++k) {
      const auto next = static_cast<unsigned char>(text[i + k]);
      unsigned low = 0x80;
      unsigned high = 0xBF;
      if (k == 1 && lead == 0xE0) low = 0xA0;
      if (k == 1 && lead == 0xED) high = 0x9F;
      if (k == 1 && lead == 0xF0) low = 0x90;
      if (k == 1 && lead == 0xF4) high = 0x8F;
      if (next < low || next > high) return std::nullopt;
    }
    i += size;
  }
  return length;
}

inline int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// Undoes percent-encoding exactly; nothing for a bad escape, a raw blank, control or non-ASCII
/// byte, NUL, or text that is not UTF-8.
inline std::optional<std::string> percent_decode(std::string_view text, bool plus_is_blank) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '%') {
      if (text.size() - i < 3) return std::nullopt;
      const int high = hex_digit(text[i + 1]);
      const int low = hex_digit(text[i + 2]);
      if (high < 0 || low < 0 || (high == 0 && low == 0)) return std::nullopt;
      out += static_cast<char>(high * 16 + low);
      i += 2;
    } else if (c <= ' ' || c == 0x7F) {
      return std::nullopt;
    } else {
      out += c == '+' && plus_is_blank ? ' ' : c;
    }
  }
  if (!utf8_length(out)) return std::nullopt;
  return out;
}

/// Decodes `application/x-www-form-urlencoded` (also a query string) in order of arrival.
inline std::optional<std::vector<Parameter>> decode_form(std::string_view text) {
  std::vector<Parameter> parameters;
  while (!text.empty()) {
    const std::size_t end = text.find('&');
    const std::string_view pair = text.substr(0, end);
    const std::size_t equals = pair.find('=');
    auto name = percent_decode(pair.substr(0, equals), true);
    auto value = percent_decode(
        equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1), true);
    if (!name || !value || name->empty()) return std::nullopt;
    parameters.push_back({std::move(*name), std::move(*value)});
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
    if (text.empty()) return std::nullopt;
  }
  return parameters;
}

/// A member's own name within a path: dots, brackets and backslashes are escaped.
inline std::string escape_member(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (c == '.' || c == '[' || c == ']' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

/// The inverse; nothing when the text holds an unescaped dot or bracket, so is more than one name.
inline std::optional<std::string> unescape_member(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '.' || text[i] == '[' || text[i] == ']') return std::nullopt;
    if (text[i] == '\\' && ++i == text.size()) return std::nullopt;
    out += text[i];
  }
  return out;
}

/// Decodes a JSON object; nothing for anything else.
FLORIN_DECL std::optional<std::vector<Parameter>> decode_json(std::string_view text);

/// The key when `name` is an entry of the map, nothing otherwise.
inline std::optional<std::string> map_key(Body body, std::string_view prefix,
                                          std::string_view name) {
  if (!name.starts_with(prefix)) return std::nullopt;
  name.remove_prefix(prefix.size());
  if (body == Body::json) {
    if (!name.starts_with('.')) return std::nullopt;
    return unescape_member(name.substr(1));
  }
  if (name.size() < 2 || name.front() != '[' || name.back() != ']') return std::nullopt;
  name = name.substr(1, name.size() - 2);
  if (name.find_first_of("[]") != std::string_view::npos) return std::nullopt;
  return std::string(name);
}

/// How the entries of a map are named in a body.
inline Body notation_of(Body body, const MapField& map) {
  return map.json_text ? Body::json : body;
}

/// The key when `name` is an entry of a map of a stored customer, in whichever notation.
inline std::optional<std::string> stored_key(Body body, std::string_view prefix,
                                             std::string_view name) {
  if (auto key = map_key(body, prefix, name)) return key;
  return map_key(Body::json, prefix, name);
}

/// Rewrites `prefix[i].name`, `prefix[i].value` into `prefix.NAME`. False when the parameters do
/// not come in such pairs.
inline bool fold_pairs(const MapField& map, std::vector<Parameter>& parameters) {
  std::vector<Parameter> out;
  std::size_t index = 0;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    if (parameters[i].name.starts_with(map.prefix + '.')) return false;
    if (!parameters[i].name.starts_with(map.prefix + '[')) {
      out.push_back(std::move(parameters[i]));
      continue;
    }
    const std::string start = map.prefix + '[' + std::to_string(index++) + "].";
    if (i + 1 == parameters.size()) return false;
    Parameter& first = parameters[i];
    Parameter& second = parameters[++i];
    const bool in_order = first.name == start + map.pair_name;
    Parameter& name = in_order ? first : second;
    Parameter& value = in_order ? second : first;
    if (name.name != start + map.pair_name || value.name != start + map.pair_value ||
        !name.is_string)
      return false;
    out.push_back(
        {map.prefix + '.' + escape_member(name.value), std::move(value.value), value.is_string});
  }
  parameters = std::move(out);
  return true;
}

/// Rewrites the JSON text in the parameter `prefix` into `prefix.NAME`. False when it is no object.
inline bool unfold_text(const MapField& map, std::vector<Parameter>& parameters) {
  std::vector<Parameter> out;
  for (Parameter& parameter : parameters) {
    if (is_within(parameter.name, map.prefix) && parameter.name != map.prefix) return false;
    if (parameter.name != map.prefix || parameter.value.empty()) {
      out.push_back(std::move(parameter));
      continue;
    }
    auto entries = decode_json(parameter.value);
    if (!entries) return false;
    if (entries->empty()) out.push_back({map.prefix, "{}", false});
    for (Parameter& entry : *entries)
      out.push_back({map.prefix + '.' + entry.name, std::move(entry.value), entry.is_string});
  }
  parameters = std::move(out);
  return true;
}

/// Gives the entries of a map names of their own. False when it is not well-formed.
inline bool name_entries(const MapField& map, std::vector<Parameter>& parameters) {
  if (map.json_text) return unfold_text(map, parameters);
  return map.pair_name.empty() || fold_pairs(map, parameters);
}

}  // namespace florin::testing::detail

#if !defined(FLORIN_SEPARATE_COMPILATION)
#include <florin/testing/impl/parameters.ipp>
#endif
