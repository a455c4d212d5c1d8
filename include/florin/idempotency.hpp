// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/customer.hpp>
#include <florin/text.hpp>

#include <array>
#include <cstddef>
#include <new>
#include <string>
#include <string_view>

#include <openssl/evp.h>

namespace florin {

namespace detail {

/// The first 16 bytes of SHA-256 over the parts, each with its length before it.
class KeyDigest {
 public:
  using Bytes = std::array<unsigned char, 32>;

  template <class... Parts>
  static Bytes of(const Parts&... parts) {
    std::string text;
    (append(text, parts), ...);
    Bytes digest{};
    if (EVP_Digest(text.data(), text.size(), digest.data(), nullptr, EVP_sha256(), nullptr) != 1)
      throw std::bad_alloc{};
    return digest;
  }

 private:
  static void append(std::string& text, std::string_view part) {
    text.append(std::to_string(part.size())).append(1, ':').append(part);
  }
};

}  // namespace detail

/// The idempotency key that a create of this customer is sent with unless the caller gives one.
///
/// Derived from `merchant_customer_id`, so that a repetition after a crash of the whole process
/// hits the same record, and hashed (SHA-256, cut to 122 bits), so that the key carries no personal
/// data. It has the form of a version 8 UUID, 36 characters. Connector and operation are part of
/// it. Errors: `std::bad_alloc`. Thread safety: reentrant.
template <class P, class Operation = Create>
[[nodiscard]] Text derive_idempotency_key(std::string_view merchant_customer_id) {
  auto bytes = detail::KeyDigest::of(std::string_view{"florin 1"}, std::string_view{P::name},
                                     std::string_view{Operation::name}, merchant_customer_id);
  bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0fU) | 0x80U);
  bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3fU) | 0x80U);
  constexpr std::string_view hex = "0123456789abcdef";
  std::array<char, 36> key;
  std::size_t at = 0;
  for (std::size_t i = 0; i < 16; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) key[at++] = '-';
    key[at++] = hex[bytes[i] >> 4U];
    key[at++] = hex[bytes[i] & 15U];
  }
  return Text{std::string_view{key.data(), key.size()}};
}

}  // namespace florin
