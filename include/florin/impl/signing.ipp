// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/net/detail/random.hpp>
#include <florin/signing.hpp>

#include <array>
#include <cstddef>
#include <string_view>

namespace florin {

FLORIN_DECL FreshSalt::FreshSalt() {
  constexpr std::string_view alphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  std::array<unsigned char, 12> bytes;
  net::detail::fill_randomly(bytes);
  for (std::size_t i = 0; i < text_.size(); ++i) text_[i] = alphabet[bytes[i] % alphabet.size()];
}

}  // namespace florin
