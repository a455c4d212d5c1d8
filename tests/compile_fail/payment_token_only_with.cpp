// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: a payment token is given beside the fields, and may not be lost for want of them
// names: PaymentToken
#include "parts.hpp"

struct AcmePolicy : parts::Facts {
  struct Create : parts::Posted, parts::Placed, parts::Accounted, parts::Answered {
    using Email = florin::wire::Put<"email", florin::field::Email>;
    using Card = florin::wire::Put<"card_token", florin::wire::PaymentToken>;
    using Body = florin::wire::json::Object<
        florin::wire::Put<"reference", florin::field::MerchantCustomerId>,
#ifdef FLORIN_GOOD_TWIN
        Card, florin::wire::OnlyWith<florin::wire::AnyOf<florin::field::Email>, Email>>;
#else
        florin::wire::OnlyWith<florin::wire::AnyOf<florin::field::Email>, Email, Card>>;
#endif
  };
};

florin::Result<void> encode_customer(const florin::CreateRequest& request,
                                     florin::EncodedRequest& out) {
  return florin::encode<AcmePolicy>(request, {"key"}, out);
}
