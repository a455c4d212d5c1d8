// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/customer/operation.hpp>
#include <florin/fixed_string.hpp>
#include <florin/wire/source.hpp>
#include <florin/wire/utf8.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

/// What a processor documents about a value, checked before anything is sent. A limit is a type
/// with `static bool accepts(const Value&)` and a `reason`: a sentence without the value itself.
namespace florin::wire {

/// No limit.
inline constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max();

namespace detail {
template <std::size_t N>
consteval auto decimal() noexcept {
  constexpr std::size_t digits = [] {
    std::size_t count = 1;
    for (std::size_t rest = N; rest >= 10; rest /= 10) ++count;
    return count;
  }();
  FixedString<digits + 1> text;
  std::size_t rest = N;
  for (std::size_t i = digits; i-- > 0; rest /= 10)
    text.text[i] = static_cast<char>('0' + rest % 10);
  return text;
}
}  // namespace detail

/// The processor refuses a request without this value. Absence is reported as `missing_field`.
struct Required {
  static constexpr bool accepts(const Value&) noexcept { return true; }
  static constexpr std::string_view reason = "is required";
};

/// At most `N` characters (code points).
template <std::size_t N>
struct MaxLength {
  static constexpr std::size_t limit = N;
  /// Whether a value is within it.
  [[gnu::always_inline]] static constexpr bool accepts(const Value& value) noexcept {
    if (value.size() <= N) [[likely]]
      return true;
    return value.characters() <= N;
  }
  static constexpr auto text = concat<"is longer than ", detail::decimal<N>(), " characters">();
  static constexpr std::string_view reason = text.view();
};

namespace detail {
constexpr std::size_t count_digits(const Value& value) noexcept {
  std::size_t count = 0;
  (void)value.all_of([&count](char c) {
    if (c >= '0' && c <= '9') ++count;
    return true;
  });
  return count;
}
}  // namespace detail

/// At most `N` digits, whatever else there is.
template <std::size_t N>
struct MaxDigits {
  static constexpr bool accepts(const Value& value) noexcept {
    return detail::count_digits(value) <= N;
  }
  static constexpr auto text = concat<"has more than ", detail::decimal<N>(), " digits">();
  static constexpr std::string_view reason = text.view();
};

/// At least `N` digits, when given.
template <std::size_t N>
struct MinDigits {
  static constexpr bool accepts(const Value& value) noexcept {
    return detail::count_digits(value) >= N;
  }
  static constexpr auto text = concat<"has fewer than ", detail::decimal<N>(), " digits">();
  static constexpr std::string_view reason = text.view();
};

/// At least `N` characters (code points), when given.
template <std::size_t N>
struct MinLength {
  static constexpr bool accepts(const Value& value) noexcept { return value.characters() >= N; }
  static constexpr auto text = concat<"is shorter than ", detail::decimal<N>(), " characters">();
  static constexpr std::string_view reason = text.view();
};

/// The outer form of an email address: one `@` with text on both sides, no white space or control
/// character anywhere. Finer rules are the processor's.
struct EmailForm {
  static constexpr bool accepts(const Value& value) noexcept {
    const auto at = value.first.find('@');
    if (at == std::string_view::npos || at == 0 || at + 1 == value.first.size()) [[unlikely]]
      return false;
    if (value.first.find('@', at + 1) != std::string_view::npos) [[unlikely]]
      return false;
    return detail::no_byte(value.first, [](std::uint64_t word) {
      return detail::Word::below(word, 0x21) | detail::Word::equal(word, 0x7f);
    });
  }
  static constexpr std::string_view reason = "is not an email address";
};

/// An email address whose domain is ASCII, where the processor takes no other.
struct AsciiDomain {
  static constexpr bool accepts(const Value& value) noexcept {
    for (const char c : value.first.substr(std::min(value.first.size(), value.first.find('@'))))
      if (static_cast<unsigned char>(c) >= 0x80) return false;
    return true;
  }
  static constexpr std::string_view reason =
      "has a domain beyond ASCII: write it in Punycode, such as xn--bcher-kva.example";
};

/// What can be a customer's id, for a reference that becomes one: a customer with another id could
/// be made, but neither read nor removed by its id, since that would be another path.
struct IdForm {
  static constexpr bool accepts(const Value& value) noexcept { return is_customer_id(value.first); }
  static constexpr std::string_view reason =
      "becomes the customer's id, but cannot be one: that is visible ASCII without /\\?#%;";
};

/// None of the characters of `Characters`.
template <FixedString Characters>
struct Excludes {
  static constexpr bool accepts(const Value& value) noexcept {
    return value.all_of([](char c) {
      bool excluded = false;
      for (const char other : Characters.view()) excluded |= c == other;
      return !excluded;
    });
  }
  static constexpr auto text = concat<"contains one of ", Characters>();
  static constexpr std::string_view reason = text.view();
};

/// Only ASCII letters, digits and the characters of `Others`.
template <FixedString Others>
struct OnlyAlphanumericAnd {
  static constexpr bool accepts(const Value& value) noexcept {
    return value.all_of([](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
             Others.view().find(c) != std::string_view::npos;
    });
  }
  static constexpr auto text = [] {
    if constexpr (Others.size() == 0) {
      return FixedString{"has characters other than letters and digits"};
    } else {
      return concat<"has characters other than letters, digits and ", Others>();
    }
  }();
  static constexpr std::string_view reason = text.view();
};

/// Begins with none of the characters of `Characters`.
template <FixedString Characters>
struct NotBeginningWith {
  static constexpr bool accepts(const Value& value) noexcept {
    for (const std::string_view piece : {value.first, value.joint, value.second})
      if (!piece.empty()) return Excludes<Characters>::accepts({.first = piece.substr(0, 1)});
    return true;
  }
  static constexpr auto text = concat<"begins with one of ", Characters>();
  static constexpr std::string_view reason = text.view();
};

/// Nothing that XML 1.0 forbids, where the processor cannot hold that: control characters but tab,
/// line feed and carriage return, and U+FFFE and U+FFFF.
struct XmlText {
  static constexpr bool accepts(const Value& value) noexcept {
    for (const std::string_view piece : {value.first, value.joint, value.second})
      if (piece.find("\xEF\xBF\xBE") != piece.npos || piece.find("\xEF\xBF\xBF") != piece.npos)
        return false;
    return value.all_of([](char c) {
      return static_cast<unsigned char>(c) >= 0x20 || c == '\t' || c == '\n' || c == '\r';
    });
  }
  static constexpr std::string_view reason = "has a character that XML does not allow";
};

/// ASCII only.
struct AsciiOnly {
  static constexpr bool accepts(const Value& value) noexcept {
    return value.all_of([](char c) { return static_cast<unsigned char>(c) < 0x80; });
  }
  static constexpr std::string_view reason = "has a character that is not ASCII";
};

/// Limits of a map field, as arguments of `Entries`. Each is a type with `accepts(key, value)`.
template <std::size_t N>
struct MaxEntries {
  static constexpr std::size_t entries = N;
  static constexpr bool accepts(std::string_view, std::string_view) noexcept { return true; }
  static constexpr auto text = concat<"has more than ", detail::decimal<N>(), " entries">();
  static constexpr std::string_view reason = text.view();
};

/// `N` entries of the same place are the policy's own: the caller gets that many fewer.
template <std::size_t N>
struct Reserved {
  static constexpr std::size_t reserved = N;
  static constexpr bool accepts(std::string_view, std::string_view) noexcept { return true; }
  static constexpr std::string_view reason = "has too many entries";
};

/// Keys of at most `N` characters.
template <std::size_t N>
struct MaxKeyLength {
  static constexpr bool accepts(std::string_view key, std::string_view) noexcept {
    return MaxLength<N>::accepts({.first = key});
  }
  static constexpr auto text =
      concat<"has a key longer than ", detail::decimal<N>(), " characters">();
  static constexpr std::string_view reason = text.view();
};

/// Values of at most `N` characters.
template <std::size_t N>
struct MaxValueLength {
  static constexpr bool accepts(std::string_view, std::string_view value) noexcept {
    return MaxLength<N>::accepts({.first = value});
  }
  static constexpr auto text =
      concat<"has a value longer than ", detail::decimal<N>(), " characters">();
  static constexpr std::string_view reason = text.view();
};

/// Keys without the characters of `Characters`.
template <FixedString Characters>
struct KeyExcludes {
  static constexpr bool accepts(std::string_view key, std::string_view) noexcept {
    return Excludes<Characters>::accepts({.first = key});
  }
  static constexpr auto text = concat<"has a key with one of ", Characters>();
  static constexpr std::string_view reason = text.view();
};

/// No keys but these, where the processor has a place of its own for each:
/// `KeyOneOf<"data1", "data2">`.
template <FixedString First, FixedString... Others>
struct KeyOneOf {
  /// The keys that there are.
  static constexpr std::array<std::string_view, 1 + sizeof...(Others)> keys{First.view(),
                                                                            Others.view()...};
  static constexpr bool accepts(std::string_view key, std::string_view) noexcept {
    for (const std::string_view each : keys)
      if (each == key) return true;
    return false;
  }
  static constexpr auto text = concat<"has a key other than ", First, concat<", ", Others>()...>();
  static constexpr std::string_view reason = text.view();
};

/// No empty values, where the processor reads one as "remove this key" or refuses it.
struct NonEmptyValues {
  static constexpr bool accepts(std::string_view, std::string_view value) noexcept {
    return !value.empty();
  }
  static constexpr std::string_view reason = "has an empty value";
};

}  // namespace florin::wire
