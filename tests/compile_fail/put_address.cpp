// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: an address is no single value: write a Put for each part
// names: Address
#include "parts.hpp"

struct AcmePolicy : parts::Facts {
  struct Create : parts::Posted, parts::Placed, parts::Accounted, parts::Answered {
    using Body = florin::wire::json::Object<
        florin::wire::Put<"reference", florin::field::MerchantCustomerId>,
        florin::wire::Put<"email", florin::field::Email>,
#ifdef FLORIN_GOOD_TWIN
        florin::wire::Put<"city", florin::field::AddressCity>>;
    using NotCarried =
        florin::Fields<florin::field::Name, florin::field::Phone, florin::field::Description,
                       florin::field::Metadata, florin::field::AddressLine1,
                       florin::field::AddressLine2, florin::field::AddressState,
                       florin::field::AddressZip, florin::field::AddressCountry>;
#else
        florin::wire::Put<"address", florin::field::Address>>;
#endif
  };
};

florin::Result<void> encode_customer(const florin::CreateRequest& request,
                                     florin::EncodedRequest& out) {
  return florin::encode<AcmePolicy>(request, {"key"}, out);
}
