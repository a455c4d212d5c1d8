// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: the policy does not say where email goes
// names: AcmePolicy
#include "parts.hpp"

#ifdef FLORIN_GOOD_TWIN
struct AcmePolicy : parts::Facts, parts::Recorded, parts::Updating {};
#else
struct AcmePolicy : parts::Facts, parts::Recorded {
  struct Update : parts::Posted, parts::PlacedById, parts::Accounted {
    using Body = florin::wire::json::Object<
        florin::wire::Put<"reference", florin::field::MerchantCustomerId>>;
  };
};
#endif

florin::Result<void> encode_update(florin::EncodedRequest& out) {
  return parts::encode_update<AcmePolicy>(out);
}
