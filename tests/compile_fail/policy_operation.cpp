// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: the policy does not offer this operation: add its declaration, e\.g\. `struct Create \{
// names: AcmePolicy
#include "parts.hpp"

struct AcmePolicy : parts::Named,
                    parts::Hosted,
                    parts::Keyed,
                    parts::KeyNamed,
                    parts::Headed,
                    parts::Repeatable,
                    parts::Failing {
#ifdef FLORIN_GOOD_TWIN
  struct Create : parts::Posted, parts::Placed, parts::Filled, parts::Accounted, parts::Answered {};
#endif
};

florin::Result<void> encode_customer(const florin::CreateRequest& request,
                                     florin::EncodedRequest& out) {
  return florin::encode<AcmePolicy>(request, {"key"}, out);
}
