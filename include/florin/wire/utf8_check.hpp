// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/require.hpp>

namespace florin::wire::detail {

/// Checks UTF-8 (RFC 3629) byte by byte.
class Utf8Check {
 public:
  /// \return whether the text can go on with `c`.
  constexpr bool accept(char c) noexcept {
    const auto byte = static_cast<unsigned char>(c);
    if (left_ != 0) {
      if (byte < low_ || byte > high_) return false;
      --left_;
      low_ = 0x80;
      high_ = 0xBF;
      return true;
    }
    if (byte < 0x80) return true;
    if (byte < 0xC2 || byte > 0xF4) return false;
    left_ = byte < 0xE0 ? 1 : byte < 0xF0 ? 2 : 3;
    if (byte == 0xE0) low_ = 0xA0;
    if (byte == 0xED) high_ = 0x9F;
    if (byte == 0xF0) low_ = 0x90;
    if (byte == 0xF4) high_ = 0x8F;
    return true;
  }
  /// Whether no character is open.
  [[nodiscard]] constexpr bool whole() const noexcept { return left_ == 0; }

 private:
  unsigned char left_ = 0;
  unsigned char low_ = 0x80;
  unsigned char high_ = 0xBF;
};

}  // namespace florin::wire::detail
