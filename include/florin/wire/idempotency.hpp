// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/fixed_string.hpp>
#include <florin/wire/element.hpp>
#include <florin/wire/header.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

/// How a processor recognises a repeated request. Every policy says which, since a retry that is
/// not recognised makes a second customer.
namespace florin::wire {

/// The processor does not recognise repetitions: nothing is retried once a byte was sent.
struct NoIdempotency {
  static constexpr bool offered = false;
  static constexpr bool takes_key = false;    ///< every request has a key, a derived one if need be
  static constexpr bool takes_given = false;  ///< only a key that the caller gives is sent
  static constexpr bool in_header = false;    ///< the key travels in the header `mechanism`
  static constexpr bool hyphens = true;
  static constexpr bool fits = true;
  static constexpr bool names_first = false;
  static constexpr std::string_view mechanism{};
  static constexpr std::string_view replay_header{};
  static constexpr std::string_view replay_value{};
  template <class Ctx>
  static Fault check(const Ctx&) noexcept {
    return {};
  }
  template <class Ctx>
  static void write(const Ctx&, Buffer&) noexcept {}
};

/// The processor makes no second customer with the same reference: a field of the request does the
/// work of a key. A repetition is answered with `customer_exists`.
/// \tparam WireName the field's name on the wire.
template <FixedString WireName>
struct UniqueReference : NoIdempotency {
  static constexpr bool offered = true;
  static constexpr bool names_first = true;
  static constexpr std::string_view mechanism = WireName.view();
};

/// The header that marks a replayed answer.
template <FixedString Name, FixedString ReplayValue>
struct ReplayedBy {
  static constexpr bool names_first = false;
  static constexpr std::string_view header = Name.view();
  static constexpr std::string_view value = ReplayValue.view();
};

/// A replayed answer is not marked.
using ReplayedUnmarked = ReplayedBy<"", "">;

/// A repetition is not answered like the first time but with `customer_exists`, or with
/// `idempotency_conflict` where the processor tells nothing but that it has seen the key.
struct AnsweredByConflict {
  static constexpr bool names_first = true;
  static constexpr std::string_view header{};
  static constexpr std::string_view value{};
};

namespace detail {

/// What the library's own keys look like: a UUID, here one with every hexadecimal digit; where that
/// is not accepted, the same without its hyphens.
inline constexpr std::string_view own_key = "01234567-89ab-8def-8012-3456789abcde";
/// \copydoc own_key
inline constexpr std::string_view own_plain_key = "0123456789ab8def80123456789abcde";

/// The rules that a key has to keep wherever it is carried.
template <std::size_t LongestKey, class... Limits>
struct KeyRules {
  static_assert((limits_a_value<Limits> && ... && true),
                "florin: a key takes limits of one value, such as `MinLength<12>` and "
                "`OnlyAlphanumericAnd<\"\">`: how a repetition is answered stands before them");
  static constexpr bool offered = true;
  static constexpr bool takes_key = true;
  static constexpr bool takes_given = false;
  static constexpr std::size_t max_length = LongestKey;
  static constexpr auto too_long =
      concat<"is longer than ", detail::decimal<LongestKey>(), " characters">();
  /// What else a key is refused for: sentences.
  static constexpr std::array<std::string_view, sizeof...(Limits)> reasons{Limits::reason...};
  /// Whether all rules hold for a key that is visible ASCII.
  static constexpr bool accepts(std::string_view key) noexcept {
    return key.size() <= LongestKey && (Limits::accepts(Value{.first = key}) && ... && true);
  }
  /// Whether the library's own keys go out with their hyphens.
  static constexpr bool hyphens = accepts(own_key);
  /// Whether they are accepted at all.
  static constexpr bool fits = hyphens || accepts(own_plain_key);
  /// \return why the key of `context` cannot be sent, or no fault.
  template <class Ctx>
  static Fault check(const Ctx& context) noexcept {
    const std::string_view key = context.idempotency_key;
    if (key.size() > LongestKey) [[unlikely]]
      return {Errc::invalid_idempotency_key, std::nullopt, too_long.view()};
    if (!is_header_text(key) || key.find(' ') != std::string_view::npos) [[unlikely]]
      return {Errc::invalid_idempotency_key, std::nullopt,
              "has a character that is not visible ASCII"};
    Fault fault;
    if (!key.empty())
      (void)((Limits::accepts(Value{.first = key}) ||
              (fault = {Errc::invalid_idempotency_key, std::nullopt, Limits::reason}, false)) &&
             ...);
    return fault;
  }
};

}  // namespace detail

/// The key travels in a request header, and the same key again gives the first answer again.
/// \tparam Name the header.
/// \tparam LongestKey the most characters of a key.
/// \tparam Replay how a repetition is answered.
/// \tparam Limits further ones of a key, such as `OnlyAlphanumericAnd<"">`: keys that the library
/// makes keep them, too.
template <FixedString Name, std::size_t LongestKey, class Replay = ReplayedUnmarked,
          class... Limits>
struct IdempotencyHeader : detail::KeyRules<LongestKey, Limits...> {
  static constexpr bool in_header = true;
  static constexpr std::string_view mechanism = Name.view();
  static constexpr bool names_first = Replay::names_first;
  static constexpr std::string_view replay_header = Replay::header;
  static constexpr std::string_view replay_value = Replay::value;
  template <class Ctx>
  static void write(const Ctx& context, Buffer& out) {
    Header<Name, IdempotencyKey>::write(context, out);
  }
};

/// A key that the caller gives travels in a request header, for which there is a place though
/// nothing says that the processor recognises it. None is derived, since nobody knows what would
/// become of another request with the same one, and nothing is retried for its sake.
/// \tparam Name the header.
/// \tparam LongestKey the most characters of a key.
template <FixedString Name, std::size_t LongestKey>
struct GivenKeyHeader : detail::KeyRules<LongestKey> {
  static constexpr bool offered = false;
  static constexpr bool takes_key = false;
  static constexpr bool takes_given = true;  ///< only a key that the caller gives is sent
  static constexpr bool in_header = true;
  static constexpr std::string_view mechanism = Name.view();
  static constexpr bool names_first = false;
  static constexpr std::string_view replay_header{};
  static constexpr std::string_view replay_value{};
  template <class Ctx>
  static void write(const Ctx& context, Buffer& out) {
    if (!context.idempotency_key.empty()) Header<Name, IdempotencyKey>::write(context, out);
  }
};

/// The key travels in the body, which declares `Put<Name, IdempotencyKey>`. Parameters are those of
/// `IdempotencyHeader`.
template <FixedString Name, std::size_t LongestKey, class Replay = ReplayedUnmarked,
          class... Limits>
struct IdempotencyMember : detail::KeyRules<LongestKey, Limits...> {
  static constexpr bool in_header = false;
  static constexpr std::string_view mechanism = Name.view();
  static constexpr bool names_first = Replay::names_first;
  static constexpr std::string_view replay_header = Replay::header;
  static constexpr std::string_view replay_value = Replay::value;
  template <class Ctx>
  static void write(const Ctx&, Buffer&) noexcept {}
};

}  // namespace florin::wire
