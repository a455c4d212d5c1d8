// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/customer.hpp>
#include <florin/policy.hpp>
#include <florin/repetition.hpp>

#include <string_view>

namespace florin {

/// What `ensure` has to know of a policy.
struct EnsureFacts {
  std::string_view connector;  ///< the policy's name
  EnsureGuarantee guarantee;   ///< how a doubt is settled
  bool finds_reference;        ///< a customer can be found by its reference
  bool finds_email;            ///< by its email
  bool reads_reference;        ///< a record can be read, and shows the reference
  FindIndex index;             ///< of the filter that is used

  /// Whether `ensure` can look a customer up.
  /// \param has_email whether the request gives an email.
  [[nodiscard]] constexpr bool finds(bool has_email) const noexcept {
    // An email tells a customer only where it is unique, or beside the reference.
    const bool tells = guarantee == EnsureGuarantee::by_uniqueness || reads_reference;
    return finds_reference || (finds_email && tells && has_email);
  }
};

namespace detail {

using florin::EnsureFacts;

/// Whether a policy has a find that `ensure` can rely on.
template <class P, class Operation>
consteval bool finds_surely() {
  if constexpr (offers<P, Operation>) return reply_facts<P, Operation>.index.certain;
  return false;
}

template <class P>
consteval EnsureGuarantee ensure_guarantee_of() {
  const bool named = repetition<P> == Repetition::names_customer;
  const bool replayed =
      repetition<P> == Repetition::replayed || repetition<P> == Repetition::same_answer;
  if (P::Idempotency::takes_key && (named || replayed)) return EnsureGuarantee::by_key;
  const bool reference = finds_surely<P, FindByReference>();
  if (named ||
      (repetition<P> == Repetition::refused && (reference || finds_surely<P, FindByEmail>())))
    return EnsureGuarantee::by_uniqueness;
  if (reference) return EnsureGuarantee::by_lookup;
  return EnsureGuarantee::only_reported;
}

template <class P>
consteval EnsureFacts ensure_facts_of() {
  EnsureFacts facts{.connector = P::name,
                    .guarantee = ensure_guarantee_of<P>(),
                    .finds_reference = finds_surely<P, FindByReference>(),
                    .finds_email = finds_surely<P, FindByEmail>(),
                    .reads_reference = false,
                    .index = {}};
  if constexpr (offers<P, Retrieve>) {
    constexpr wire::json::Record record = P::record;
    facts.reads_reference = !record.merchant_customer_id.empty() || !record.reference_entry.empty();
  }
  if constexpr (finds_surely<P, FindByReference>()) {
    facts.index = reply_facts<P, FindByReference>.index;
  } else if constexpr (finds_surely<P, FindByEmail>()) {
    facts.index = reply_facts<P, FindByEmail>.index;
  }
  return facts;
}

}  // namespace detail

/// How `ensure` settles doubts at the processor of `P`, from what the policy declares of keys,
/// duplicates and finds.
template <class P>
inline constexpr EnsureGuarantee ensure_guarantee = detail::ensure_guarantee_of<P>();

namespace detail {

template <class P>
inline constexpr EnsureFacts ensure_facts = ensure_facts_of<P>();

}  // namespace detail
}  // namespace florin
