// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: the limits of the idempotency key refuse the library's own keys
// names: AcmePolicy
#include <florin/idempotency.hpp>

#include "parts.hpp"

struct AcmePolicy : parts::AcmePolicy {
#ifdef FLORIN_GOOD_TWIN
  using Idempotency = florin::wire::IdempotencyHeader<"Idempotency-Key", 32>;
#else
  using Idempotency = florin::wire::IdempotencyHeader<"Idempotency-Key", 31>;
#endif
};

florin::Text key_of(std::string_view merchant_customer_id) {
  return florin::derive_idempotency_key<AcmePolicy>(merchant_customer_id);
}
