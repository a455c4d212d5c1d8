// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: Entries takes limits of a map, such as `MaxEntries<20>`
// names: MaxLength
#include "parts.hpp"

struct AcmePolicy : parts::Facts {
  struct Create : parts::Posted, parts::Placed, parts::Answered {
    using Body = florin::wire::json::Object<
        florin::wire::Put<"reference", florin::field::MerchantCustomerId>,
        florin::wire::Put<"email", florin::field::Email>,
#ifdef FLORIN_GOOD_TWIN
        florin::wire::Entries<"metadata.{}", florin::field::Metadata,
                              florin::wire::MaxEntries<20>>>;
#else
        florin::wire::Entries<"metadata.{}", florin::field::Metadata, florin::wire::MaxLength<20>>>;
#endif
    using NotCarried = florin::Fields<florin::field::Name, florin::field::Phone,
                                      florin::field::Description, florin::field::Address>;
  };
};

florin::Result<void> encode_customer(const florin::CreateRequest& request,
                                     florin::EncodedRequest& out) {
  return florin::encode<AcmePolicy>(request, {"key"}, out);
}
