// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: this processor cannot carry phone: remove `phone = \.\.\.`, or add `droppable\(phone\)` to customer\(\.\.\.\)
// names: AcmePolicy
#include "parts.hpp"

using parts::AcmePolicy;
florin::Result<void> encode_customer(florin::EncodedRequest& out) {
  using namespace florin::fields;
#ifdef FLORIN_GOOD_TWIN
  const auto request =
      florin::customer(merchant_customer_id = "m-1", phone = "+15555550100", droppable(phone));
#else
  const auto request = florin::customer(merchant_customer_id = "m-1", phone = "+15555550100");
#endif
  return florin::encode<AcmePolicy>(request, {"key"}, out);
}
