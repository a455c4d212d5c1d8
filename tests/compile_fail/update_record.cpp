// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: the policy does not say how a customer is read back: add `static constexpr json::Record record
// names: AcmePolicy
#include "parts.hpp"

#ifdef FLORIN_GOOD_TWIN
struct AcmePolicy : parts::Facts, parts::Recorded, parts::Updating {};
#else
struct AcmePolicy : parts::Facts, parts::Updating {};
#endif

florin::Result<void> encode_update(florin::EncodedRequest& out) {
  return parts::encode_update<AcmePolicy>(out);
}
