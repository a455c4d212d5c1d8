// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: the policy does not say how a customer is read back: add `static constexpr json::Record record
// names: AcmePolicy
#include "parts.hpp"

#ifdef FLORIN_GOOD_TWIN
struct AcmePolicy : parts::Facts, parts::Recorded, parts::Retrieving {};
#else
struct AcmePolicy : parts::Facts, parts::Retrieving {};
#endif

florin::Result<void> encode_retrieve(florin::EncodedRequest& out) {
  return parts::encode_retrieve<AcmePolicy>(out);
}
