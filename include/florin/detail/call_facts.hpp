// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/access_token.hpp>
#include <florin/idempotency.hpp>
#include <florin/policy.hpp>

#include <string_view>

namespace florin::detail {

/// What the machinery of a call has to know of a policy and an operation.
struct CallFacts {
  std::string_view connector;  ///< the policy's name
  std::string_view operation;  ///< e.g. `"create"`
  bool makes_customer;         ///< a success is a customer that there was not
  bool changes;                ///< whether a failure may leave open what it has changed
  bool wants_absence;          ///< a repetition that finds no customer has what was wanted
  bool recognises_key;         ///< a repetition with the same key, if any, makes nothing new
  bool takes_key;              ///< a key is sent
  bool names_first;            ///< a repetition is told the first one's customer
  bool uses_token;             ///< the credentials are exchanged for an access token first
  bool signs;                  ///< each attempt is signed anew
};

/// Whether an operation may be repeated whatever became of an earlier attempt.
template <class Operation>
consteval bool is_repeatable() noexcept {
  if constexpr (requires { Operation::repeatable; }) return Operation::repeatable;
  return false;
}

/// Whether an operation wants that there is no such customer.
template <class Operation>
consteval bool wants_absence() noexcept {
  if constexpr (requires { Operation::wants_absence; }) return Operation::wants_absence;
  return false;
}

/// The facts of a policy's operation.
template <class P, class Operation>
inline constexpr CallFacts call_facts{
    .connector = P::name,
    .operation = Operation::name,
    .makes_customer = Operation::reads == Reads::id,
    .changes = Operation::changes,
    .wants_absence = wants_absence<Operation>(),
    .recognises_key = is_repeatable<Operation>() || IdempotencyOf<P, Operation>::offered,
    .takes_key = IdempotencyOf<P, Operation>::takes_key,
    .names_first = IdempotencyOf<P, Operation>::names_first,
    .uses_token = UsesToken<P, Operation>,
    .signs = UsesSignature<P, Operation>};

}  // namespace florin::detail
