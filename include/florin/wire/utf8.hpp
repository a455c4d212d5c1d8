// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/require.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

namespace florin::wire {

namespace detail {

/// Tests on eight bytes at a time, as one word. Each is not 0 just when one of the bytes is such.
struct Word {
  static constexpr std::uint64_t ones = 0x0101010101010101U;
  static constexpr std::uint64_t high = 0x8080808080808080U;

  /// A byte below `limit`.
  /// \param limit 1 to 128.
  static constexpr std::uint64_t below(std::uint64_t word, unsigned limit) noexcept {
    return (word - ones * limit) & ~word & high;
  }
  /// A byte that is `value`.
  static constexpr std::uint64_t equal(std::uint64_t word, unsigned value) noexcept {
    return below(word ^ (ones * value), 1);
  }
  /// A byte that is not ASCII.
  static constexpr std::uint64_t not_ascii(std::uint64_t word) noexcept { return word & high; }

  /// The eight bytes at `from`.
  static std::uint64_t load(const char* from) noexcept {
    std::uint64_t word;
    std::memcpy(&word, from, sizeof word);
    return word;
  }
  /// At most eight bytes, filled up with letters.
  static constexpr std::uint64_t of(std::string_view few) noexcept {
    std::uint64_t word = ones * 'x';
    for (const char c : few) word = (word << 8U) | static_cast<unsigned char>(c);
    return word;
  }
};

/// Whether `is_bad` is 0 for all of `text`.
/// \param is_bad a test on words that looks at each byte by itself, such as those of `Word`.
template <class Test>
constexpr bool no_byte(std::string_view text, Test is_bad) noexcept {
  if (text.size() < 8) return is_bad(Word::of(text)) == 0;
  if (std::is_constant_evaluated()) {
    for (; text.size() > 8; text.remove_prefix(8))
      if (is_bad(Word::of(text.substr(0, 8))) != 0) return false;
    return is_bad(Word::of(text)) == 0;
  }
  const char* at = text.data();
  const char* const last = at + text.size() - 8;
  // The last word may overlap the one before it.
  while (is_bad(Word::load(at)) == 0) {
    if (at == last) return true;
    at = last - at > 8 ? at + 8 : last;
  }
  return false;
}

}  // namespace detail

namespace detail {

/// Whether `text`, with something other than ASCII in it, is what `is_text` asks for.
[[gnu::noinline]] constexpr bool is_text_beyond_ascii(std::string_view text) noexcept {
  const char* at = text.data();
  const char* const end = at + text.size();
  const auto byte = [](const char* p) { return static_cast<unsigned char>(*p); };
  while (at != end) {
    if (!std::is_constant_evaluated()) {
      while (end - at >= 8) {
        std::uint64_t word;
        std::memcpy(&word, at, 8);
        constexpr std::uint64_t high = 0x8080808080808080U;
        constexpr std::uint64_t ones = 0x0101010101010101U;
        if (((word & high) | ((word - ones) & ~word & high)) != 0) break;
        at += 8;
      }
      if (at == end) return true;
    }
    const unsigned lead = byte(at);
    if (lead == 0) return false;
    if (lead < 0x80) {
      ++at;
      continue;
    }
    std::ptrdiff_t length = 0;
    unsigned low = 0x80;
    unsigned high = 0xBF;
    if (lead >= 0xC2 && lead <= 0xDF) {
      length = 2;
    } else if (lead >= 0xE0 && lead <= 0xEF) {
      length = 3;
      if (lead == 0xE0) low = 0xA0;
      if (lead == 0xED) high = 0x9F;
    } else if (lead >= 0xF0 && lead <= 0xF4) {
      length = 4;
      if (lead == 0xF0) low = 0x90;
      if (lead == 0xF4) high = 0x8F;
    } else {
      return false;
    }
    if (end - at < length) return false;
    if (byte(at + 1) < low || byte(at + 1) > high) return false;
    for (std::ptrdiff_t i = 2; i < length; ++i)
      if ((byte(at + i) & 0xC0U) != 0x80) return false;
    at += length;
  }
  return true;
}

}  // namespace detail

/// Whether `text` is well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates, nothing above
/// U+10FFFF) and has no NUL, which several processors' stores would cut at.
constexpr bool is_text(std::string_view text) noexcept {
  if (detail::no_byte(text, [](std::uint64_t word) {
        return detail::Word::not_ascii(word) | detail::Word::below(word, 1);
      })) [[likely]]
    return true;
  return detail::is_text_beyond_ascii(text);
}

/// Characters (code points) of well-formed UTF-8.
[[gnu::noinline]] constexpr std::size_t count_characters(std::string_view text) noexcept {
  std::size_t count = 0;
  for (char c : text) count += (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  return count;
}

/// ASCII white space: blank, tab, line feed, vertical tab, form feed, carriage return.
constexpr bool is_blank(char c) noexcept {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

/// Bytes of the white space that `text` begins with: one character that has Unicode's property
/// `White_Space`, such as the ideographic blank between Japanese names. 0: it begins with none.
constexpr std::size_t blank_size(std::string_view text) noexcept {
  const auto at = [text](std::size_t i) -> unsigned char {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0;
  };
  if (at(0) < 0x80) return !text.empty() && is_blank(text.front()) ? 1 : 0;
  const auto is = [&at](unsigned char second, unsigned char from, unsigned char to) {
    return at(1) == second && at(2) >= from && at(2) <= to;
  };
  switch (at(0)) {
    case 0xc2:
      return at(1) == 0x85 || at(1) == 0xa0 ? 2 : 0;
    case 0xe1:
      return is(0x9a, 0x80, 0x80) ? 3 : 0;
    case 0xe2:
      return is(0x80, 0x80, 0x8a) || is(0x80, 0xa8, 0xa9) || is(0x80, 0xaf, 0xaf) ||
                     is(0x81, 0x9f, 0x9f)
                 ? 3
                 : 0;
    case 0xe3:
      return is(0x80, 0x80, 0x80) ? 3 : 0;
    default:
      return 0;
  }
}

/// `text` without white space at its ends, see `blank_size`.
constexpr std::string_view trim(std::string_view text) noexcept {
  while (const std::size_t size = blank_size(text)) text.remove_prefix(size);
  const auto last_size = [&text]() -> std::size_t {
    for (std::size_t size = 1; size <= 3 && size <= text.size(); ++size)
      if (blank_size(text.substr(text.size() - size)) == size) return size;
    return 0;
  };
  while (const std::size_t size = last_size()) text.remove_suffix(size);
  return text;
}

/// Whether two header names, codes and the like are the same, without regard to the case of ASCII
/// letters.
constexpr bool same_name(std::string_view a, std::string_view b) noexcept {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    if (lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

/// Whether `part` stands somewhere in `text`, without regard to the case of ASCII letters; an empty
/// one does.
constexpr bool has_text(std::string_view text, std::string_view part) noexcept {
  for (std::size_t i = 0; i + part.size() <= text.size(); ++i)
    if (same_name(text.substr(i, part.size()), part)) return true;
  return part.empty();
}

}  // namespace florin::wire
