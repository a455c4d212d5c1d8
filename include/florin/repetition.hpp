// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/policy.hpp>

#include <cstdint>
#include <ostream>
#include <string_view>

namespace florin {

/// What becomes of a `create` that is asked for again with the same data and the same key (the
/// caller's, or the derived one) after the first one made the customer: by another process, after a
/// crash, or because the answer was lost. Processors keep keys for a time only.
enum class Repetition : std::uint8_t {
  replayed,         ///< a success with the same id and `Origin::replayed`
  same_answer,      ///< a success with the same id; nothing tells it from a new customer
  names_customer,   ///< `Errc::customer_exists` with the id; `OnExists::use_existing` takes it
  refused,          ///< an error without the id: look the customer up
  second_customer,  ///< a second customer: look the customer up before asking again
};

/// The snake_case name, e.g. `"names_customer"`.
constexpr std::string_view to_string(Repetition repetition) noexcept {
  switch (repetition) {
    case Repetition::replayed:
      return "replayed";
    case Repetition::same_answer:
      return "same_answer";
    case Repetition::names_customer:
      return "names_customer";
    case Repetition::refused:
      return "refused";
    case Repetition::second_customer:
      return "second_customer";
  }
  return "second_customer";
}

/// Writes the name, as `to_string`.
inline std::ostream& operator<<(std::ostream& out, Repetition repetition) {
  return out << to_string(repetition);
}

namespace detail {

template <class P>
consteval Repetition repetition_of() {
  using Idempotency = typename P::Idempotency;
  if (Idempotency::takes_key && !Idempotency::names_first)
    return Idempotency::replay_header.empty() ? Repetition::same_answer : Repetition::replayed;
  bool refused = Idempotency::offered;
  if constexpr (requires { P::rules; })
    for (const wire::Rule& rule : P::rules)
      refused |= rule.means == Errc::customer_exists && !rule.perhaps;
  if (!refused) return Repetition::second_customer;
  constexpr wire::json::Failure failure = P::failure;
  return failure.names_existing() ? Repetition::names_customer : Repetition::refused;
}

}  // namespace detail

/// What a repeated `create` comes to at the processor of `P`, from what the policy declares of keys
/// and duplicates; `testing::check_conformance` compares it with what the processor does.
template <class P>
inline constexpr Repetition repetition = detail::repetition_of<P>();

}  // namespace florin
