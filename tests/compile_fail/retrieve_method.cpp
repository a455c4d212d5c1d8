// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: Retrieve has no method: add `static constexpr auto method = Method::get;`
// names: AcmePolicy
#include "parts.hpp"

#ifdef FLORIN_GOOD_TWIN
struct AcmePolicy : parts::Facts, parts::Recorded, parts::Retrieving {};
#else
struct AcmePolicy : parts::Facts, parts::Recorded {
  struct Retrieve : parts::PlacedById {};
};
#endif

florin::Result<void> encode_retrieve(florin::EncodedRequest& out) {
  return parts::encode_retrieve<AcmePolicy>(out);
}
