// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/signing.hpp>

#include <array>
#include <cstddef>
#include <new>
#include <string_view>

#include <openssl/rand.h>

namespace florin {

FLORIN_DECL FreshSalt::FreshSalt() {
  constexpr std::string_view alphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  std::array<unsigned char, 12> bytes;
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) throw std::bad_alloc{};
  for (std::size_t i = 0; i < text_.size(); ++i) text_[i] = alphabet[bytes[i] % alphabet.size()];
}

}  // namespace florin
