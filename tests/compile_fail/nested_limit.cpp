// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: something stands among the elements of a body that is none: a limit
// names: MaxLength
#include "parts.hpp"

struct AcmePolicy : parts::Facts {
  struct Create : parts::Posted, parts::Placed, parts::Accounted, parts::Answered {
    using Body = florin::wire::json::Object<
        florin::wire::Put<"reference", florin::field::MerchantCustomerId>,
#ifdef FLORIN_GOOD_TWIN
        florin::wire::json::Nested<"contact", florin::wire::Put<"email", florin::field::Email,
                                                                florin::wire::MaxLength<20>>>>;
#else
        florin::wire::json::Nested<"contact", florin::wire::Put<"email", florin::field::Email>,
                                   florin::wire::MaxLength<20>>>;
#endif
  };
};

florin::Result<void> encode_customer(const florin::CreateRequest& request,
                                     florin::EncodedRequest& out) {
  return florin::encode<AcmePolicy>(request, {"key"}, out);
}
