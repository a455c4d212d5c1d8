// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/fixed_string.hpp>
#include <florin/wire/element.hpp>
#include <florin/wire/header.hpp>

#include <cstddef>
#include <string_view>

/// How a processor recognises a repeated request. Every policy says which, since a retry that is
/// not recognised makes a second customer.
namespace florin::wire {

/// The processor does not recognise repetitions: nothing is retried once a byte was sent.
struct NoIdempotency {
  static constexpr bool offered = false;
  static constexpr bool takes_key = false;
  static constexpr bool in_header = false;  ///< the key travels in the header `mechanism`
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
/// The rules that a key has to keep wherever it is carried.
template <std::size_t LongestKey>
struct KeyRules {
  static constexpr bool offered = true;
  static constexpr bool takes_key = true;
  static constexpr std::size_t max_length = LongestKey;
  static constexpr auto too_long =
      concat<"is longer than ", detail::decimal<LongestKey>(), " characters">();
  /// \return why the key of `context` cannot be sent, or no fault.
  template <class Ctx>
  static Fault check(const Ctx& context) noexcept {
    const std::string_view key = context.idempotency_key;
    if (key.size() > LongestKey)
      return {Errc::invalid_idempotency_key, std::nullopt, too_long.view()};
    if (!is_header_text(key) || key.find(' ') != std::string_view::npos)
      return {Errc::invalid_idempotency_key, std::nullopt,
              "has a character that is not visible ASCII"};
    return {};
  }
};
}  // namespace detail

/// The key travels in a request header, and the same key again gives the first answer again.
/// \tparam Name the header. \tparam LongestKey the most characters of a key. \tparam Replay how a
/// repetition is answered.
template <FixedString Name, std::size_t LongestKey, class Replay = ReplayedUnmarked>
struct IdempotencyHeader : detail::KeyRules<LongestKey> {
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

/// The key travels in the body, which declares `Put<Name, IdempotencyKey>`.
template <FixedString Name, std::size_t LongestKey, class Replay = ReplayedUnmarked>
struct IdempotencyMember : detail::KeyRules<LongestKey> {
  static constexpr bool in_header = false;
  static constexpr std::string_view mechanism = Name.view();
  static constexpr bool names_first = Replay::names_first;
  static constexpr std::string_view replay_header = Replay::header;
  static constexpr std::string_view replay_value = Replay::value;
  template <class Ctx>
  static void write(const Ctx&, Buffer&) noexcept {}
};

}  // namespace florin::wire
