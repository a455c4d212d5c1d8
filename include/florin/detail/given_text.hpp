// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/holds_for.hpp>
#include <florin/text.hpp>

#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

/// How a value of `customer(...)` is kept: what may be gone by the time it is read is copied.
namespace florin::detail {

/// A string literal: its length is part of the type.
template <std::size_t Size>
struct LiteralText {
  static constexpr std::size_t literal_length = Size;
  const char* text;
  [[nodiscard]] constexpr std::string_view view() const noexcept {
    std::size_t size = Size;  // a constant array that is longer than its text ends in NULs
    while (size != 0 && text[size - 1] == '\0') --size;
    return {text, size};
  }
};

/// Text that somebody else owns.
struct ViewedText {
  static constexpr std::size_t literal_length = 0;
  std::string_view text;
  [[nodiscard]] constexpr std::string_view view() const noexcept { return text; }
};

/// Text that the request keeps: a `Text`, or a `std::string` that was moved in.
template <class Owner>
struct OwnedText {
  static constexpr std::size_t literal_length = 0;
  Owner text;
  [[nodiscard]] std::string_view view() const noexcept { return text; }
};

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

template <class T>
concept CharPointer = std::same_as<T, const char*> || std::same_as<T, char*>;

/// Satisfied by the type of an expression that names a string literal or another constant array.
template <class T>
concept ConstantArray = std::is_array_v<std::remove_reference_t<T>> &&
                        std::same_as < std::remove_extent_t<std::remove_reference_t<T>>,
const char > ;

/// What `keep_text` takes.
template <class T>
inline constexpr bool is_text_like = std::is_convertible_v<T, std::string_view>;
template <>
inline constexpr bool is_text_like<std::nullptr_t> = false;
template <class T>
inline constexpr bool is_text_like<std::optional<T>> = is_text_like<T>;
/// \copydoc is_text_like
template <class T>
concept TextLike = is_text_like<std::remove_cvref_t<T>>;

/// Any text but a literal: a `std::string_view` and a pointer are viewed, everything else is kept.
/// A null pointer and an empty optional count as absent.
template <class T>
constexpr auto keep_text(T&& value) {
  using Value = std::remove_cvref_t<T>;
  if constexpr (is_optional<Value>) {
    using Kept = decltype(keep_text(*std::forward<T>(value)));
    return value ? keep_text(*std::forward<T>(value)) : Kept{};
  } else if constexpr (std::same_as<Value, std::string_view>) {
    return ViewedText{value};
  } else if constexpr (CharPointer<Value>) {
    return ViewedText{value == nullptr ? std::string_view{} : std::string_view{value}};
  } else if constexpr (std::is_array_v<Value>) {
    const std::string_view whole{value, std::size(value)};
    return OwnedText<Text>{whole.substr(0, whole.find('\0'))};
  } else if constexpr (std::same_as<T, std::string>) {
    return OwnedText<std::string>{std::move(value)};
  } else {
    return OwnedText<Text>{static_cast<std::string_view>(value)};
  }
}

/// One text of a list, kept by the same rules as one that is given alone.
class GivenText {
 public:
  GivenText() = default;
  template <class T>
  requires(!std::same_as<std::remove_cvref_t<T>, GivenText>) explicit(false) GivenText(T&& value) {
    static_assert(
        holds_for<T, TextLike<T>>,
        "florin: this is not a text: give a literal, a std::string, a std::string_view, a "
        "const char* or a std::optional of one");
    if constexpr (ConstantArray<T>) {
      viewed_ = LiteralText<std::extent_v<std::remove_reference_t<T>> - 1>{value}.view();
    } else if constexpr (TextLike<T>) {
      const auto kept = keep_text(std::forward<T>(value));
      if constexpr (std::same_as<decltype(kept), const ViewedText>) {
        viewed_ = kept.view();
      } else {
        owned_.assign(kept.view());
      }
    }
  }
  [[nodiscard]] std::string_view view() const noexcept {
    return viewed_.data() != nullptr ? viewed_ : owned_.view();
  }

 private:
  std::string_view viewed_{};
  Text owned_{};
};

}  // namespace florin::detail
