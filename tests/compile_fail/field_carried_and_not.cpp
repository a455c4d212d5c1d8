// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: a field stands both in Body and in NotCarried: take it out
// names: AcmePolicy
#include "parts.hpp"

struct AcmePolicy : parts::Facts {
  struct Create : parts::Posted, parts::Placed, parts::Filled, parts::Answered {
#ifdef FLORIN_GOOD_TWIN
    using NotCarried =
        florin::Fields<florin::field::Name, florin::field::Phone, florin::field::Description,
                       florin::field::Metadata, florin::field::Address>;
#else
    using NotCarried =
        florin::Fields<florin::field::Email, florin::field::Name, florin::field::Phone,
                       florin::field::Description, florin::field::Metadata, florin::field::Address>;
#endif
  };
};

florin::Result<void> encode_customer(const florin::CreateRequest& request,
                                     florin::EncodedRequest& out) {
  return florin::encode<AcmePolicy>(request, {"key"}, out);
}
