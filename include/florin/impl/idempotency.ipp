// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/idempotency.hpp>
#include <florin/net/detail/openssl.hpp>
#include <florin/secret.hpp>

#include <array>
#include <charconv>
#include <cstddef>
#include <memory>
#include <new>
#include <span>
#include <string_view>
#include <utility>

#include <openssl/evp.h>
#include <openssl/rand.h>

namespace florin::detail {

/// SHA-256 over parts, each with its length in decimal and a colon before it.
///
/// One for each thread is kept: OpenSSL looks an algorithm up and allocates for every new digest.
class KeyDigest {
 public:
  using Bytes = std::array<unsigned char, 32>;

  /// This thread's, ready for new parts. Errors: `std::bad_alloc`.
  static KeyDigest& fresh() {
    static thread_local KeyDigest digest;
    check(EVP_DigestInit_ex(digest.context_.get(), nullptr, nullptr));
    digest.held_size_ = 0;
    return digest;
  }
  /// Adds a part. Errors: `std::bad_alloc`.
  void add(std::string_view part) {
    std::array<char, 24> length;
    char* const end = std::to_chars(length.data(), length.data() + 20, part.size()).ptr;
    *end = ':';
    put({length.data(), static_cast<std::size_t>(end + 1 - length.data())});
    put(part);
  }
  /// The digest of all parts. Errors: `std::bad_alloc`.
  [[nodiscard]] Bytes finish() {
    Bytes bytes{};
    update({held_.data(), held_size_});
    check(EVP_DigestFinal_ex(context_.get(), bytes.data(), nullptr));
    wipe(held_.data(), std::exchange(held_size_, 0));
    return bytes;
  }

 private:
  /// Collects what is short: one update costs about as much as the digest itself.
  void put(std::string_view text) {
    if (text.size() > held_.size() - held_size_) {
      update({held_.data(), std::exchange(held_size_, 0)});
      if (text.size() > held_.size()) return update(text);
    }
    held_size_ += text.copy(held_.data() + held_size_, text.size());
  }
  void update(std::string_view text) {
    check(EVP_DigestUpdate(context_.get(), text.data(), text.size()));
  }
  struct Free {
    void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
  };

  KeyDigest() {
    net::detail::initialise_openssl();
    context_.reset(EVP_MD_CTX_new());
    check(context_ ? EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) : 0);
  }
  static void check(int succeeded) {
    if (succeeded != 1) throw std::bad_alloc{};
  }

  std::unique_ptr<EVP_MD_CTX, Free> context_;
  std::array<char, 256> held_;
  std::size_t held_size_ = 0;
};

/// The UUID of a version, of 16 bytes.
inline Text uuid_of(unsigned version, const unsigned char* bytes) {
  constexpr std::string_view hex = "0123456789abcdef";
  std::array<char, 36> key;
  std::size_t at = 0;
  for (std::size_t i = 0; i < 16; ++i) {
    const unsigned byte = i == 6   ? (bytes[i] & 0x0fU) | version << 4U
                          : i == 8 ? (bytes[i] & 0x3fU) | 0x80U
                                   : bytes[i];
    if (i == 4 || i == 6 || i == 8 || i == 10) key[at++] = '-';
    key[at++] = hex[byte >> 4U];
    key[at++] = hex[byte & 15U];
  }
  return Text{std::string_view{key.data(), key.size()}};
}

FLORIN_DECL Text hashed_key(std::span<const std::string_view> parts) {
  auto& digest = KeyDigest::fresh();
  for (const std::string_view part : parts) digest.add(part);
  const auto bytes = digest.finish();
  return uuid_of(8, bytes.data());
}

FLORIN_DECL Text without_hyphens(const Text& key) {
  std::array<char, 32> plain;
  std::size_t size = 0;
  for (const char c : key.view())
    if (c != '-' && size < plain.size()) plain[size++] = c;
  return Text{std::string_view{plain.data(), size}};
}

}  // namespace florin::detail

namespace florin {

FLORIN_DECL Text fresh_idempotency_key() {
  std::array<unsigned char, 16> bytes;
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) throw std::bad_alloc{};
  return detail::uuid_of(4, bytes.data());
}

}  // namespace florin
