// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: Put takes limits of one value, such as `MaxLength<255>`
// names: MaxEntries
#include "parts.hpp"

struct AcmePolicy : parts::Facts {
  struct Create : parts::Posted, parts::Placed, parts::Accounted, parts::Answered {
    using Body = florin::wire::json::Object<
        florin::wire::Put<"reference", florin::field::MerchantCustomerId>,
#ifdef FLORIN_GOOD_TWIN
        florin::wire::Put<"email", florin::field::Email, florin::wire::MaxLength<20>>>;
#else
        florin::wire::Put<"email", florin::field::Email, florin::wire::MaxEntries<20>>>;
#endif
  };
};

florin::Result<void> encode_customer(const florin::CreateRequest& request,
                                     florin::EncodedRequest& out) {
  return florin::encode<AcmePolicy>(request, {"key"}, out);
}
