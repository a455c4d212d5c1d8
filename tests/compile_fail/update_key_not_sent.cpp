// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: Update does not send its idempotency key: IdempotencyMember wants
// names: AcmePolicy
#include "parts.hpp"

struct AcmePolicy : parts::Facts, parts::Recorded {
  struct Update : parts::Posted, parts::PlacedById, parts::Accounted {
    using Idempotency = florin::wire::IdempotencyMember<"request_id", 64>;
    using Body = florin::wire::json::Object<
#ifdef FLORIN_GOOD_TWIN
        florin::wire::Put<"request_id", florin::wire::IdempotencyKey, florin::wire::Required>,
#endif
        florin::wire::Put<"reference", florin::field::MerchantCustomerId>,
        florin::wire::Put<"email", florin::field::Email>>;
  };
};

florin::Result<void> encode_update(florin::EncodedRequest& out) {
  return parts::encode_update<AcmePolicy>(out);
}
