// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/customer.hpp>
#include <florin/policy.hpp>
#include <florin/repetition.hpp>

#include <cstdint>
#include <ostream>
#include <string_view>

namespace florin {

/// How `ensure` settles whether a customer exists, and what two processes that ensure the same
/// customer at the same time get.
enum class EnsureGuarantee : std::uint8_t {
  /// The processor recognises the key, which both derive from the same reference: one customer, the
  /// same id for both, for as long as the processor keeps keys.
  by_key,
  /// The processor refuses a second one: one customer; whoever comes second is told its id or finds
  /// it.
  by_uniqueness,
  /// The customer is looked up before it is created, and again when an answer is lost: one
  /// customer,
  /// unless two processes do so at the same time: each may create one then, and whoever comes later
  /// is told that there are several.
  by_lookup,
  /// The processor has neither: a lost answer stays `Outcome::unknown`, and a second call makes a
  /// second customer.
  only_reported,
};

/// The snake_case name, e.g. `"by_key"`.
constexpr std::string_view to_string(EnsureGuarantee guarantee) noexcept {
  switch (guarantee) {
    case EnsureGuarantee::by_key:
      return "by_key";
    case EnsureGuarantee::by_uniqueness:
      return "by_uniqueness";
    case EnsureGuarantee::by_lookup:
      return "by_lookup";
    case EnsureGuarantee::only_reported:
      return "only_reported";
  }
  return "only_reported";
}

inline std::ostream& operator<<(std::ostream& out, EnsureGuarantee guarantee) {
  return out << to_string(guarantee);
}

namespace detail {

template <class P>
consteval EnsureGuarantee ensure_guarantee_of() {
  const bool named = repetition<P> == Repetition::names_customer;
  const bool replayed =
      repetition<P> == Repetition::replayed || repetition<P> == Repetition::same_answer;
  if (P::Idempotency::takes_key && (named || replayed)) return EnsureGuarantee::by_key;
  if (named || (repetition<P> == Repetition::refused && offers<P, Find>))
    return EnsureGuarantee::by_uniqueness;
  if (offers<P, FindByReference>) return EnsureGuarantee::by_lookup;
  return EnsureGuarantee::only_reported;
}

/// What `ensure` has to know of a policy.
struct EnsureFacts {
  std::string_view connector;
  EnsureGuarantee guarantee;
  bool finds_reference;  ///< a customer can be found by its reference
  bool finds_email;      ///< by its email
  bool reads_reference;  ///< a record can be read, and shows the reference
  FindIndex index;       ///< of the filter that is used
};

template <class P>
consteval EnsureFacts ensure_facts_of() {
  EnsureFacts facts{.connector = P::name,
                    .guarantee = ensure_guarantee_of<P>(),
                    .finds_reference = offers<P, FindByReference>,
                    .finds_email = offers<P, FindByEmail>,
                    .reads_reference = false,
                    .index = {}};
  if constexpr (offers<P, Retrieve>) {
    constexpr wire::json::Record record = P::record;
    facts.reads_reference = !record.merchant_customer_id.empty();
  }
  if constexpr (offers<P, FindByReference>) {
    facts.index = reply_facts<P, FindByReference>.index;
  } else if constexpr (offers<P, FindByEmail>) {
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
