// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: the policy has no credentials: add `struct Credentials \{ Secret api_key; \};`
// names: AcmePolicy
#include "parts.hpp"

struct AcmePolicy : parts::Named,
                    parts::Hosted,
                    parts::KeyNamed,
                    parts::Headed,
                    parts::Repeatable,
                    parts::Failing,
                    parts::Creating {
#ifdef FLORIN_GOOD_TWIN
  struct Credentials : parts::Keyed::Credentials {};
#endif
};

florin::Result<void> encode_customer(const florin::CreateRequest& request,
                                     florin::EncodedRequest& out) {
  return florin::encode<AcmePolicy>(request, {"key"}, out);
}
