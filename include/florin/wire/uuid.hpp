// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/require.hpp>

#include <array>
#include <cstddef>
#include <string_view>

namespace florin::wire {

/// The UUID (RFC 9562) of a version, of 16 bytes, as text.
constexpr std::array<char, 36> uuid_of(unsigned version, const unsigned char* bytes) noexcept {
  constexpr std::string_view hex = "0123456789abcdef";
  std::array<char, 36> text{};
  std::size_t at = 0;
  for (std::size_t i = 0; i < 16; ++i) {
    const unsigned byte = i == 6   ? (bytes[i] & 0x0fU) | version << 4U
                          : i == 8 ? (bytes[i] & 0x3fU) | 0x80U
                                   : bytes[i];
    if (i == 4 || i == 6 || i == 8 || i == 10) text[at++] = '-';
    text[at++] = hex[byte >> 4U];
    text[at++] = hex[byte & 15U];
  }
  return text;
}

}  // namespace florin::wire
