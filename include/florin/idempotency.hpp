// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/customer.hpp>
#include <florin/detail/config.hpp>
#include <florin/text.hpp>

#include <array>
#include <span>
#include <string_view>

namespace florin {

namespace detail {

/// A key of the form of a version 8 UUID, made of a hash over parts. Errors: `std::bad_alloc`.
FLORIN_DECL Text hashed_key(std::span<const std::string_view> parts);

}  // namespace detail

/// The idempotency key that a create of this customer is sent with unless the caller gives one.
///
/// Derived from `merchant_customer_id`, so that a repetition after a crash of the whole process
/// hits the same record, and hashed (SHA-256, cut to 122 bits), so that the key carries no personal
/// data. It has the form of a version 8 UUID, 36 characters. Connector and operation are part of
/// it. Errors: `std::bad_alloc`. Thread safety: reentrant.
template <class P, class Operation = Create>
[[nodiscard]] Text derive_idempotency_key(std::string_view merchant_customer_id) {
  const std::array<std::string_view, 4> parts{"florin 1", P::name, Operation::name,
                                              merchant_customer_id};
  return detail::hashed_key(parts);
}

/// A random idempotency key, for an operation that has to be told from every other one of the same
/// customer: that of an update for which the caller gives none. It has the form of a version 4
/// UUID, 36 characters. Errors: `std::bad_alloc`, also when there is no randomness. Thread safety:
/// reentrant.
[[nodiscard]] FLORIN_DECL Text fresh_idempotency_key();

}  // namespace florin

#if !defined(FLORIN_SEPARATE_COMPILATION)
#include <florin/impl/idempotency.ipp>
#endif
