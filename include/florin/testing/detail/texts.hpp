// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/testing/processor.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <ctime>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

/// What descriptions of processors ask of texts, and the texts that they make.
namespace florin::testing::detail {

inline bool is_email(std::string_view text) {
  const std::size_t at = text.find('@');
  if (at == 0 || at == std::string_view::npos || at + 1 == text.size()) return false;
  if (text.find('@', at + 1) != std::string_view::npos) return false;
  for (const char c : text)
    if (static_cast<unsigned char>(c) <= ' ' || c == 0x7F) return false;
  const std::string_view domain = text.substr(at + 1);
  return domain.front() != '.' && domain.back() != '.' &&
         domain.find("..") == std::string_view::npos;
}

inline bool has_format(Format format, std::string_view text) {
  const auto all = [&](auto test) { return std::all_of(text.begin(), text.end(), test); };
  const auto upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  switch (format) {
    case Format::any:
      return true;
    case Format::email:
      return is_email(text);
    case Format::digits:
      return !text.empty() && all([](char c) { return c >= '0' && c <= '9'; });
    case Format::country_alpha2:
      return text.size() == 2 && all(upper);
    case Format::country_alpha3:
      return text.size() == 3 && all(upper);
  }
  return false;
}

constexpr char lower_case(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}
inline std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = lower_case(c);
  return out;
}

/// Whether `text` has `part`, whose letters are small, in it, in whatever case.
inline bool contains_in_any_case(std::string_view text, std::string_view part) {
  return std::search(text.begin(), text.end(), part.begin(), part.end(),
                     [](char has, char asked) { return lower_case(has) == asked; }) != text.end() ||
         part.empty();
}

/// A number that is all of the text.
inline std::optional<std::size_t> whole_number(std::string_view text) {
  std::size_t number = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  return number;
}

/// In a format of `strftime`.
inline std::string utc_time(std::chrono::system_clock::time_point when, const std::string& format) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(when);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[128];
  return {text, std::strftime(text, sizeof text, format.c_str(), &parts)};
}

inline std::string iso_time(std::chrono::system_clock::time_point when) {
  const auto since = when.time_since_epoch();
  const auto milliseconds =
      static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(since).count() % 1000);
  char fraction[8];
  std::snprintf(fraction, sizeof fraction, ".%03dZ", milliseconds % 1000);
  return utc_time(when, "%Y-%m-%dT%H:%M:%S") + fraction;
}

}  // namespace florin::testing::detail
