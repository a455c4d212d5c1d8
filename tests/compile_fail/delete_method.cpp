// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: Delete has no method: add `static constexpr auto method = Method::delete_;`
// names: AcmePolicy
#include "parts.hpp"

#ifdef FLORIN_GOOD_TWIN
struct AcmePolicy : parts::Facts, parts::Deleting {};
#else
struct AcmePolicy : parts::Facts {
  struct Delete : parts::PlacedById, parts::Answered {};
};
#endif

florin::Result<void> encode_delete(florin::EncodedRequest& out) {
  return parts::encode_by_id<AcmePolicy, florin::Delete>(out);
}
