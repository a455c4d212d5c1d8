// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: this policy does not offer find by email: it offers `by_reference\(
// names: AcmePolicy
#include "parts.hpp"

#ifdef FLORIN_GOOD_TWIN
struct AcmePolicy : parts::Facts, parts::Recorded, parts::Finding {};
#else
struct AcmePolicy : parts::Facts, parts::Recorded {
  struct Find {
    struct ByReference : parts::Got, parts::Placed, parts::Listed {
      using Query =
          florin::wire::Query<florin::wire::Put<"reference", florin::field::MerchantCustomerId>>;
    };
  };
};
#endif

florin::Result<void> encode_find(florin::EncodedRequest& out) {
  return parts::encode_find<AcmePolicy>(out);
}
