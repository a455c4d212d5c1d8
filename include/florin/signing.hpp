// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/require.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <new>
#include <string_view>

#include <openssl/rand.h>

/// What a signed request needs beside its credentials; `Client` and layer 1 make it themselves.
namespace florin {

/// Twelve random letters and digits, for `EncodeOptions::salt`. Errors: `std::bad_alloc` when there
/// is no randomness. Thread safety: as a plain struct.
class FreshSalt {
 public:
  FreshSalt() {
    constexpr std::string_view alphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    std::array<unsigned char, 12> bytes;
    if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) throw std::bad_alloc{};
    for (std::size_t i = 0; i < text_.size(); ++i) text_[i] = alphabet[bytes[i] % alphabet.size()];
  }
  /// The letters and digits. Valid while this object lives.
  [[nodiscard]] std::string_view text() const noexcept { return {text_.data(), text_.size()}; }

 private:
  std::array<char, 12> text_;
};

/// The time of day in Unix seconds, for `EncodeOptions::timestamp`. Thread safety: reentrant.
[[nodiscard]] inline std::int64_t unix_time() {
  return std::chrono::duration_cast<std::chrono::seconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace florin
