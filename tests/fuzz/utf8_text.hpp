// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace florin_fuzz {

/// Whether `text` is UTF-8 (RFC 3629): decodes each character and looks whether it is one, and
/// whether its form is the shortest. Shares nothing with the library.
inline bool is_utf8(std::string_view text) noexcept {
  for (std::size_t at = 0; at < text.size();) {
    const auto byte = static_cast<unsigned char>(text[at]);
    const std::size_t length = byte < 0x80   ? 1
                               : byte < 0xC0 ? 0
                               : byte < 0xE0 ? 2
                               : byte < 0xF0 ? 3
                               : byte < 0xF8 ? 4
                                             : 0;
    if (length == 0 || text.size() - at < length) return false;
    std::uint32_t character = length == 1 ? byte : byte & (0x7FU >> length);
    for (std::size_t i = 1; i < length; ++i) {
      const auto next = static_cast<unsigned char>(text[at + i]);
      if (next < 0x80 || next > 0xBF) return false;
      character = character << 6U | (next & 0x3FU);
    }
    constexpr std::uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (character < least[length] || character > 0x10FFFF ||
        (character >= 0xD800 && character <= 0xDFFF))
      return false;
    at += length;
  }
  return true;
}

}  // namespace florin_fuzz
