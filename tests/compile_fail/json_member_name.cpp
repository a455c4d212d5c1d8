// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: a JSON member name may not need escaping: write it without quotes and controls
#include "parts.hpp"

struct AcmePolicy : parts::Facts {
  struct Create : parts::Posted, parts::Placed, parts::Accounted, parts::Answered {
    using Body = florin::wire::json::Object<
#ifdef FLORIN_GOOD_TWIN
        florin::wire::Put<"reference", florin::field::MerchantCustomerId>,
#else
        florin::wire::Put<"\"reference\"", florin::field::MerchantCustomerId>,
#endif
        florin::wire::Put<"email", florin::field::Email>>;
  };
};

florin::Result<void> encode_customer(const florin::CreateRequest& request,
                                     florin::EncodedRequest& out) {
  return florin::encode<AcmePolicy>(request, {"key"}, out);
}
