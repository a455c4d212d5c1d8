// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/of_thread.hpp>
#include <florin/idempotency.hpp>
#include <florin/net/detail/fetched.hpp>
#include <florin/net/detail/fork_hold.hpp>
#include <florin/net/detail/random.hpp>
#include <florin/secret.hpp>
#include <florin/wire/uuid.hpp>

#include <array>
#include <charconv>
#include <cstddef>
#include <memory>
#include <new>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include <openssl/evp.h>

namespace florin::detail {

/// SHA-256 over parts, each with its length in decimal and a colon before it.
///
/// One for each thread is kept: OpenSSL looks an algorithm up and allocates for every new digest.
class KeyDigest {
 public:
  using Bytes = std::array<unsigned char, 32>;

  KeyDigest() {
    const net::detail::ForkHold hold;
    const EVP_MD* const sha256 = net::detail::Sha256Algorithm::get();
    context_.reset(EVP_MD_CTX_new());
    check(sha256 != nullptr && context_ ? EVP_DigestInit_ex(context_.get(), sha256, nullptr) : 0);
  }

  /// This thread's, ready for new parts. Errors: `std::bad_alloc`.
  /// \param own is made and taken where the thread's is gone already: what ends after it may ask.
  static KeyDigest& fresh(std::optional<KeyDigest>& own) {
    KeyDigest* const kept = of_thread([] { return KeyDigest{}; });
    if (kept == nullptr) [[unlikely]]
      return own.emplace();
    check(EVP_DigestInit_ex(kept->context_.get(), nullptr, nullptr));
    return *kept;
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
    const std::size_t size = std::exchange(held_size_, 0);  // before anything that may throw
    update({held_.data(), size});
    check(EVP_DigestFinal_ex(context_.get(), bytes.data(), nullptr));
    wipe(held_.data(), size);
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

  static void check(int succeeded) {
    if (succeeded != 1) throw std::bad_alloc{};
  }

  std::unique_ptr<EVP_MD_CTX, Free> context_;
  std::array<char, 256> held_;
  std::size_t held_size_ = 0;
};

/// A UUID as a key.
inline Text uuid_key(unsigned version, const unsigned char* bytes) {
  const auto text = wire::uuid_of(version, bytes);
  return Text{std::string_view{text.data(), text.size()}};
}

FLORIN_DECL Text hashed_key(std::span<const std::string_view> parts) {
  std::optional<KeyDigest> own;
  auto& digest = KeyDigest::fresh(own);
  for (const std::string_view part : parts) digest.add(part);
  const auto bytes = digest.finish();
  return uuid_key(8, bytes.data());
}

FLORIN_DECL Text derived_key(std::string_view connector, std::string_view operation,
                             std::string_view merchant_customer_id) {
  const std::array<std::string_view, 4> parts{"florin 1", connector, operation,
                                              merchant_customer_id};
  return hashed_key(parts);
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
  net::detail::fill_randomly(bytes);
  return detail::uuid_key(4, bytes.data());
}

}  // namespace florin
