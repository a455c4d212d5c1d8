// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace florin_import {

/// A text of somebody else's, as it may be shown on a terminal: without control characters.
[[nodiscard]] inline std::string printable(std::string_view text) {
  std::string shown{text};
  for (std::size_t i = 0; i < shown.size(); ++i) {
    const auto byte = static_cast<unsigned char>(shown[i]);
    // U+0080 to U+009F in UTF-8 are some, too.
    const bool high =
        byte == 0xC2 && i + 1 < shown.size() && static_cast<unsigned char>(shown[i + 1]) < 0xA0;
    if (byte < ' ' || byte == 0x7F) shown[i] = '?';
    if (high) shown.replace(i, 2, "?");
  }
  return shown;
}

}  // namespace florin_import
