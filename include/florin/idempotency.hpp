// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/customer.hpp>
#include <florin/detail/config.hpp>
#include <florin/detail/holds_for.hpp>
#include <florin/policy.hpp>
#include <florin/text.hpp>

#include <span>
#include <string_view>

namespace florin {

namespace detail {

/// A key of the form of a version 8 UUID, made of a hash over parts. Errors: `std::bad_alloc`.
FLORIN_DECL Text hashed_key(std::span<const std::string_view> parts);
/// The key of an operation on a customer, before it is made to fit. Errors: `std::bad_alloc`.
FLORIN_DECL Text derived_key(std::string_view connector, std::string_view operation,
                             std::string_view merchant_customer_id);
/// A UUID without its hyphens.
FLORIN_DECL Text without_hyphens(const Text& key);

/// A key in the form that a policy's processor accepts.
template <class P, class Operation>
Text fitting_key(Text key) {
  static_assert(holds_for<P, IdempotencyOf<P, Operation>::fits>,
                "florin: the limits of the idempotency key refuse the library's own keys, which "
                "are 36 characters, 32 of them hexadecimal digits, or those 32 alone: correct the "
                "limits of `Idempotency`");
  if constexpr (!IdempotencyOf<P, Operation>::hyphens) return without_hyphens(key);
  return key;
}

}  // namespace detail

/// The idempotency key that a create of this customer is sent with unless the caller gives one.
///
/// Derived from `merchant_customer_id`, so that a repetition after a crash of the whole process
/// hits the same record, and hashed (SHA-256, cut to 122 bits), so that the key carries no personal
/// data. It has the form of a version 8 UUID, 36 characters, where the policy's limits of a key
/// accept that, else the 32 of them without the hyphens. Connector and operation are part of it.
/// Errors: `std::bad_alloc`.
///
/// Thread safety: reentrant.
template <class P, class Operation = Create>
[[nodiscard]] Text derive_idempotency_key(std::string_view merchant_customer_id) {
  return detail::fitting_key<P, Operation>(
      detail::derived_key(P::name, Operation::name, merchant_customer_id));
}

/// A random idempotency key, for an operation that has to be told from every other one of the same
/// customer: that of an update for which the caller gives none. It has the form of a version 4
/// UUID, 36 characters. Errors: `std::bad_alloc`, also when there is no randomness.
///
/// Thread safety: reentrant.
[[nodiscard]] FLORIN_DECL Text fresh_idempotency_key();
/// The same in the form that the processor of `P` accepts for an operation, as a derived one.
template <class P, class Operation = Update>
[[nodiscard]] Text fresh_idempotency_key() {
  return detail::fitting_key<P, Operation>(florin::fresh_idempotency_key());
}

}  // namespace florin

#if !defined(FLORIN_SEPARATE_COMPILATION)
#include <florin/impl/idempotency.ipp>
#endif
