// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: the idempotency key is not sent: IdempotencyMember wants
// names: AcmePolicy
#include "parts.hpp"

struct AcmePolicy : parts::Named,
                    parts::Hosted,
                    parts::Keyed,
                    parts::KeyNamed,
                    parts::Headed,
                    parts::Failing {
  using Idempotency = florin::wire::IdempotencyMember<"request_id", 64>;
  struct Create : parts::Posted, parts::Placed, parts::Accounted, parts::Answered {
    using Body = florin::wire::json::Object<
        florin::wire::Put<"reference", florin::field::MerchantCustomerId>,
#ifdef FLORIN_GOOD_TWIN
        florin::wire::Put<"request_id", florin::wire::IdempotencyKey, florin::wire::Required>,
#endif
        florin::wire::Put<"email", florin::field::Email>>;
  };
};

florin::Result<void> encode_customer(const florin::CreateRequest& request,
                                     florin::EncodedRequest& out) {
  return florin::encode<AcmePolicy>(request, {"key"}, out);
}
