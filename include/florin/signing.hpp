// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/config.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

/// What a signed request needs beside its credentials; `Client` and layer 1 make it themselves.
namespace florin {

/// Twelve random letters and digits, for `EncodeOptions::salt`. Errors: `std::bad_alloc` when there
/// is no randomness.
///
/// Thread safety: as a plain struct.
class FreshSalt {
 public:
  FLORIN_DECL FreshSalt();
  /// The letters and digits. Valid while this object lives.
  [[nodiscard]] std::string_view text() const noexcept { return {text_.data(), text_.size()}; }

 private:
  std::array<char, 12> text_;
};

/// The time of day in Unix seconds, for `EncodeOptions::timestamp`.
///
/// Thread safety: reentrant.
[[nodiscard]] inline std::int64_t unix_time() {
  return std::chrono::duration_cast<std::chrono::seconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace florin

#if !defined(FLORIN_SEPARATE_COMPILATION)
#include <florin/impl/signing.ipp>
#endif
