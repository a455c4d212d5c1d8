// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/require.hpp>

#include <cstddef>
#include <initializer_list>
#include <string_view>

namespace florin {

/// A string literal that can be a template argument: `Put<"email", ...>`.
/// \tparam N characters including the terminating NUL.
template <std::size_t N>
struct FixedString {
  char text[N]{};  ///< the characters, NUL-terminated

  /// Implicit, so that a literal can be written where a template argument is expected.
  consteval FixedString(const char (&literal)[N]) noexcept {
    for (std::size_t i = 0; i < N; ++i) text[i] = literal[i];
  }
  constexpr FixedString() noexcept = default;

  /// The text without its NUL.
  [[nodiscard]] constexpr std::string_view view() const noexcept { return {text, N - 1}; }
  /// Characters without the NUL.
  [[nodiscard]] static constexpr std::size_t size() noexcept { return N - 1; }
};

/// The pieces, one after the other, computed at compile time.
/// \tparam Size characters of all.
template <std::size_t Size>
consteval FixedString<Size + 1> join(std::initializer_list<std::string_view> pieces) noexcept {
  FixedString<Size + 1> joined;
  char* out = joined.text;
  for (const std::string_view piece : pieces)
    for (char c : piece) *out++ = c;
  return joined;
}

/// The texts of all arguments, one after the other, computed at compile time.
template <FixedString... Parts>
consteval auto concat() noexcept {
  FixedString<(Parts.size() + ... + 1)> joined;
  std::size_t size = 0;
  const auto append = [&](std::string_view part) {
    for (char c : part) joined.text[size++] = c;  // std::copy_n looks at addresses when it debugs
  };
  (append(Parts.view()), ...);
  return joined;
}

}  // namespace florin
