// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: this policy does not offer find: the processor has no search
// names: AcmePolicy
#include "parts.hpp"

#ifdef FLORIN_GOOD_TWIN
struct AcmePolicy : parts::Facts, parts::Recorded, parts::Finding {};
#else
struct AcmePolicy : parts::Facts, parts::Recorded {};
#endif

florin::Result<void> encode_find(florin::EncodedRequest& out) {
  return parts::encode_find<AcmePolicy>(out);
}
