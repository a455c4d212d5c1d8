// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: this policy does not offer retrieve: a customer cannot be read back by its id there; it offers create
// names: AcmePolicy
#include "parts.hpp"

#ifdef FLORIN_GOOD_TWIN
struct AcmePolicy : parts::Facts, parts::Recorded, parts::Retrieving {};
#else
struct AcmePolicy : parts::Facts, parts::Recorded {};
#endif

florin::Result<void> encode_retrieve(florin::EncodedRequest& out) {
  return parts::encode_retrieve<AcmePolicy>(out);
}
