// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: this policy does not offer delete: the processor neither deletes nor deactivates customers; forget the two ids
// names: AcmePolicy
#include "parts.hpp"

#ifdef FLORIN_GOOD_TWIN
struct AcmePolicy : parts::Facts, parts::Deleting {};
#else
struct AcmePolicy : parts::Facts {};
#endif

florin::Result<void> encode_delete(florin::EncodedRequest& out) {
  return parts::encode_by_id<AcmePolicy, florin::Delete>(out);
}
