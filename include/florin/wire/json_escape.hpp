// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/wire/buffer.hpp>
#include <florin/wire/utf8.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

/// How text stands in a JSON string.
namespace florin::wire::detail {

/// 0: goes out as it is; `u`: as `\u00XX`; else the letter of the short escape.
inline constexpr auto json_escape = [] {
  std::array<char, 256> table{};
  for (std::size_t c = 0; c < 0x20; ++c) table[c] = 'u';
  table['"'] = '"';
  table['\\'] = '\\';
  table['\b'] = 'b';
  table['\f'] = 'f';
  table['\n'] = 'n';
  table['\r'] = 'r';
  table['\t'] = 't';
  return table;
}();

/// Whether eight bytes go out as they are.
constexpr bool is_plain_json(std::uint64_t word) noexcept {
  return (Word::below(word, 0x20) | Word::equal(word, '"') | Word::equal(word, '\\')) == 0;
}

/// Writes `text` escaped for a JSON string to `to`, where six bytes per byte have to fit. UTF-8
/// goes out as it is.
/// \return the end of what was written.
inline char* put_json(char* to, std::string_view text) noexcept {
  constexpr std::string_view hex = "0123456789abcdef";
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at != end) {
    // Eight bytes at a time where they go out as they are, which is nearly always.
    for (; end - at >= 8 && is_plain_json(Word::load(at)); at += 8, to += 8) std::memcpy(to, at, 8);
    if (at == end) break;
    const char c = *at++;
    const auto byte = static_cast<unsigned char>(c);
    const char escape = json_escape[byte];
    if (escape == 0) {
      *to++ = c;
    } else if (escape == 'u') {
      for (char part : std::string_view{"\\u00"}) *to++ = part;
      *to++ = hex[byte >> 4U];
      *to++ = hex[byte & 15U];
    } else {
      *to++ = '\\';
      *to++ = escape;
    }
  }
  return to;
}

/// Appends `text` escaped for a JSON string; six bytes per byte have to be reserved.
inline void put_json(Buffer& out, std::string_view text) noexcept {
  out.end_at(put_json(out.end(), text));
}

}  // namespace florin::wire::detail
