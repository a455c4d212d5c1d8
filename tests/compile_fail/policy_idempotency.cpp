// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: the policy does not say how repeated requests are recognised: add `using Idempotency = IdempotencyHeader<"Idempotency-Key", 255>;` or `using Idempotency = NoIdempotency;`
// names: AcmePolicy
#include "parts.hpp"

struct AcmePolicy : parts::Named,
                    parts::Hosted,
                    parts::Keyed,
                    parts::KeyNamed,
                    parts::Headed,
                    parts::Failing,
                    parts::Creating {
#ifdef FLORIN_GOOD_TWIN
  using Idempotency = florin::wire::NoIdempotency;
#endif
};

florin::Result<void> encode_customer(const florin::CreateRequest& request,
                                     florin::EncodedRequest& out) {
  return florin::encode<AcmePolicy>(request, {"key"}, out);
}
