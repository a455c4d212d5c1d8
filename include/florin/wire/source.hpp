// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/field.hpp>
#include <florin/secret.hpp>
#include <florin/wire/utf8.hpp>

#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

/// Where the values of wire members come from: the unified fields themselves (`field::Email`),
/// parts of them (`GivenName`), credentials and the idempotency key.
///
/// A source is a type with `static Value read(const Context&)` and the set of fields it `carried`.
namespace florin::wire {

/// Everything that a source may read while a request is encoded. Views only: nothing is owned.
template <class RequestType, class CredentialsType>
struct Context {
  using Request = RequestType;
  using Credentials = CredentialsType;
  const Request& request;
  const Credentials& credentials;
  std::string_view idempotency_key{};
};

/// A text in up to three pieces, so that joined values need no copy.
struct Value {
  std::string_view first{};
  std::string_view joint{};
  std::string_view second{};

  [[nodiscard]] constexpr bool empty() const noexcept { return first.empty() && second.empty(); }
  /// Bytes of all pieces.
  [[nodiscard]] constexpr std::size_t size() const noexcept {
    return first.size() + joint.size() + second.size();
  }
  /// Whether `accepts` holds for every byte.
  template <class Predicate>
  [[nodiscard]] constexpr bool all_of(Predicate accepts) const noexcept {
    for (auto piece : {first, joint, second})
      for (char c : piece)
        if (!accepts(c)) return false;
    return true;
  }
  /// Code points of all pieces.
  [[nodiscard]] constexpr std::size_t characters() const noexcept {
    return count_characters(first) + count_characters(joint) + count_characters(second);
  }
};

/// The first word of the full name, which counts as the given name.
struct GivenName {
  static constexpr Field id = Field::name;
  static constexpr FieldSet carried{Field::name};
  template <class Ctx>
  static constexpr Value read(const Ctx& context) noexcept {
    const std::string_view name = trim(context.request.name);
    std::size_t end = 0;
    while (end < name.size() && !is_blank(name[end])) ++end;
    return {.first = name.substr(0, end)};
  }
};

/// All of the full name behind its first word; absent when the name is a single word.
struct FamilyName {
  static constexpr Field id = Field::name;
  static constexpr FieldSet carried{Field::name};
  template <class Ctx>
  static constexpr Value read(const Ctx& context) noexcept {
    const std::string_view name = trim(context.request.name);
    std::size_t end = 0;
    while (end < name.size() && !is_blank(name[end])) ++end;
    return {.first = trim(name.substr(end))};
  }
};

/// Two fields that share one place, joined with `", "` when both are given.
template <class First, class Second>
struct Joined {
  static constexpr Field id = First::id;
  static constexpr FieldSet carried = First::carried | Second::carried;
  template <class Ctx>
  static constexpr Value read(const Ctx& context) noexcept {
    const std::string_view first = First::get(context.request);
    const std::string_view second = Second::get(context.request);
    if (first.empty()) return {.first = second};
    if (second.empty()) return {.first = first};
    return {.first = first, .joint = ", ", .second = second};
  }
};

/// The idempotency key of the call. Carries no unified field.
struct IdempotencyKey {
  static constexpr FieldSet carried{};
  template <class Ctx>
  static constexpr Value read(const Ctx& context) noexcept {
    return {.first = context.idempotency_key};
  }
};

/// The text of a credential member, whatever its type.
inline std::string_view reveal(const Secret& secret) noexcept {
  return secret.reveal();
}
/// \copydoc reveal(const Secret&)
inline std::string_view reveal(const std::string& text) noexcept {
  return text;
}
/// \copydoc reveal(const Secret&)
template <class T>
std::string_view reveal(const std::optional<T>& text) noexcept {
  return text ? reveal(*text) : std::string_view{};
}

/// A member of the policy's `Credentials`: `FromCredential<&Credentials::api_key>`.
template <auto Member>
struct FromCredential {
  static constexpr FieldSet carried{};
  template <class Ctx>
  static Value read(const Ctx& context) noexcept {
    return {.first = reveal(context.credentials.*Member)};
  }
};

/// A unified field's own tag, not something computed from it.
template <class T>
concept FieldTag = requires {
  T::id;
}
&&std::derived_from<T, field::Tag<T, T::id>>;

/// Reads any source: a tag's field, or what the source computes.
template <class Source, class Ctx>
constexpr Value read(const Ctx& context) noexcept {
  if constexpr (requires { Source::get(context.request); }) {
    return {.first = Source::get(context.request)};
  } else {
    return Source::read(context);
  }
}

}  // namespace florin::wire
