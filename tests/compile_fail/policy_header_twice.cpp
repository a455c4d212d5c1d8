// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: a request header is declared twice: take out of RequestHeaders
// names: AcmePolicy
#include "parts.hpp"

struct AcmePolicy : parts::Named,
                    parts::Hosted,
                    parts::Keyed,
                    parts::KeyNamed,
                    parts::Repeatable,
                    parts::Failing,
                    parts::Creating {
#ifdef FLORIN_GOOD_TWIN
  using RequestHeaders =
      florin::wire::Headers<florin::wire::BearerAuth<&parts::Keyed::Credentials::api_key>>;
#else
  using RequestHeaders =
      florin::wire::Headers<florin::wire::BearerAuth<&parts::Keyed::Credentials::api_key>,
                            florin::wire::Header<"idempotency-key", florin::wire::IdempotencyKey>>;
#endif
};

florin::Result<void> encode_customer(const florin::CreateRequest& request,
                                     florin::EncodedRequest& out) {
  return florin::encode<AcmePolicy>(request, {"key"}, out);
}
