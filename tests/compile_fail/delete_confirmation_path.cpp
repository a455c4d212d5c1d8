// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: a path in Delete's reply is not well-formed
// names: AcmePolicy
#include "parts.hpp"

#ifdef FLORIN_GOOD_TWIN
struct AcmePolicy : parts::Facts, parts::Deleting {};
#else
struct AcmePolicy : parts::Facts {
  struct Delete : parts::Posted, parts::PlacedById {
    static constexpr florin::wire::json::Reply reply{.id = "data..id"};
  };
};
#endif

florin::Result<void> encode_delete(florin::EncodedRequest& out) {
  return parts::encode_by_id<AcmePolicy, florin::Delete>(out);
}
