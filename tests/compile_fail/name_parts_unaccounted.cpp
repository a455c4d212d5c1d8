// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: the policy does not say where the parts of a name go: put `Put<"\.\.\.", GivenName>` and `Put<"\.\.\.", FamilyName>` into Body
// names: AcmePolicy
#include "parts.hpp"

/// An element of one's own that knows a name in full alone.
struct Shout : florin::wire::Put<"shout", florin::field::Email> {
  static constexpr florin::FieldSet carried{florin::Field::name};
};

struct AcmePolicy : parts::Facts {
  struct Create : parts::Posted, parts::Placed, parts::Answered {
#ifdef FLORIN_GOOD_TWIN
    using Name = florin::wire::Put<"name", florin::field::Name>;
#else
    using Name = Shout;
#endif
    using Body = florin::wire::json::Object<
        florin::wire::Put<"reference", florin::field::MerchantCustomerId>, Name>;
    using NotCarried =
        florin::Fields<florin::field::Email, florin::field::Phone, florin::field::Description,
                       florin::field::Metadata, florin::field::Address>;
  };
};

florin::Result<void> encode_customer(const florin::CreateRequest& request,
                                     florin::EncodedRequest& out) {
  return florin::encode<AcmePolicy>(request, {"key"}, out);
}
