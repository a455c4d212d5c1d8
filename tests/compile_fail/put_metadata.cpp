// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: metadata is a map: write `Entries<
// names: Metadata
#include "parts.hpp"

struct AcmePolicy : parts::Facts {
  struct Create : parts::Posted, parts::Placed, parts::Accounted, parts::Answered {
    using Body = florin::wire::json::Object<
        florin::wire::Put<"reference", florin::field::MerchantCustomerId>,
#ifdef FLORIN_GOOD_TWIN
        florin::wire::Put<"email", florin::field::Email>>;
#else
        florin::wire::Put<"email", florin::field::Metadata>>;
#endif
  };
};

florin::Result<void> encode_customer(const florin::CreateRequest& request,
                                     florin::EncodedRequest& out) {
  return florin::encode<AcmePolicy>(request, {"key"}, out);
}
