// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: this policy does not offer update: the processor cannot change a customer, or does not document how
// names: AcmePolicy
#include "parts.hpp"

#ifdef FLORIN_GOOD_TWIN
struct AcmePolicy : parts::Facts, parts::Recorded, parts::Updating {};
#else
struct AcmePolicy : parts::Facts, parts::Recorded {};
#endif

florin::Result<void> encode_update(florin::EncodedRequest& out) {
  return parts::encode_update<AcmePolicy>(out);
}
