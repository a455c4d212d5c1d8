// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: this processor requires email: add `email = \.\.\.` to customer\(\.\.\.\)
// names: StrictPolicy
#include "parts.hpp"

struct StrictPolicy : parts::Facts {
  struct Create : parts::Posted, parts::Placed, parts::Accounted, parts::Answered {
    using Body = florin::wire::json::Object<
        florin::wire::Put<"reference", florin::field::MerchantCustomerId>,
        florin::wire::Put<"email", florin::field::Email, florin::wire::Required>>;
  };
};

florin::Result<void> encode_customer(florin::EncodedRequest& out) {
  using namespace florin::fields;
#ifdef FLORIN_GOOD_TWIN
  const auto request = florin::customer(merchant_customer_id = "m-1", email = "ana@example.com");
#else
  const auto request = florin::customer(merchant_customer_id = "m-1");
#endif
  return florin::encode<StrictPolicy>(request, {"key"}, out);
}
