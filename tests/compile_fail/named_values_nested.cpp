// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: a list of named values consists of values
// names: Nested
#include "parts.hpp"

struct AcmePolicy : parts::Facts {
  struct Create : parts::Posted, parts::Placed, parts::Answered {
    using Map = florin::wire::Entries<"{}", florin::field::Metadata>;
    using Body = florin::wire::json::Object<
        florin::wire::Put<"reference", florin::field::MerchantCustomerId>,
        florin::wire::Put<"email", florin::field::Email>,
#ifdef FLORIN_GOOD_TWIN
        florin::wire::json::NamedValues<"fields", "name", "value", Map>>;
#else
        florin::wire::json::NamedValues<"fields", "name", "value",
                                        florin::wire::json::Nested<"metadata", Map>>>;
#endif
    using NotCarried = florin::Fields<florin::field::Name, florin::field::Phone,
                                      florin::field::Description, florin::field::Address>;
  };
};

florin::Result<void> encode_customer(const florin::CreateRequest& request,
                                     florin::EncodedRequest& out) {
  return florin::encode<AcmePolicy>(request, {"key"}, out);
}
