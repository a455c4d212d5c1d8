// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: the policy does not say its headers: add `using RequestHeaders = Headers<BearerAuth<&Credentials::api_key>>;`
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
  using RequestHeaders = florin::wire::Headers<florin::wire::BearerAuth<&Credentials::api_key>>;
#else
  using RequestHeaders = florin::wire::BearerAuth<&Credentials::api_key>;
#endif
};

florin::Result<void> encode_customer(const florin::CreateRequest& request,
                                     florin::EncodedRequest& out) {
  return florin::encode<AcmePolicy>(request, {"key"}, out);
}
