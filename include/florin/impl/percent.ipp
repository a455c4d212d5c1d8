// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/wire/percent.hpp>

#include <cstddef>
#include <cstring>
#include <string_view>

namespace florin::wire::detail {

FLORIN_DECL char* put_percent(char* to, std::string_view text) noexcept {
  constexpr std::string_view hex = "0123456789ABCDEF";
  const char* at = text.data();
  const char* const end = at + text.size();
  const auto plain = [](const char* c) -> unsigned {
    return unreserved[static_cast<unsigned char>(*c)] ? 1U : 0U;
  };
  // Eight bytes at a time where they go out as they are, which is nearly always.
  const auto plain_word = [plain](const char* c) {
    return 0 != (plain(c) & plain(c + 1) & plain(c + 2) & plain(c + 3) & plain(c + 4) &
                 plain(c + 5) & plain(c + 6) & plain(c + 7));
  };
  const auto encode = [&] {
    const auto byte = static_cast<unsigned char>(*at++);
    *to++ = '%';
    *to++ = hex[byte >> 4U];
    *to++ = hex[byte & 15U];
  };
  while (end - at >= 8) {
    if (plain_word(at)) {
      std::memcpy(to, at, 8);
      at += 8;
      to += 8;
    } else {
      while (plain(at)) *to++ = *at++;
      do encode();
      while (at != end && !plain(at));
    }
  }
  const std::ptrdiff_t rest = end - at;
  if (rest != 0 && text.size() >= 8 && plain_word(end - 8)) {
    // What is written a second time was plain as well, so it stands right before `to`.
    std::memcpy(to + rest - 8, end - 8, 8);
    to += rest;
  } else {
    while (at != end) {
      if (plain(at)) {
        *to++ = *at++;
      } else {
        encode();
      }
    }
  }
  return to;
}

}  // namespace florin::wire::detail
