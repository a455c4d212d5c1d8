// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: this processor cannot carry an address: remove `address = \.\.\.`, or add `droppable\(address\)` to customer\(\.\.\.\)
// names: AcmePolicy
#include "parts.hpp"

using parts::AcmePolicy;
florin::Result<void> encode_customer(florin::EncodedRequest& out) {
  using namespace florin::fields;
#ifdef FLORIN_GOOD_TWIN
  const auto request = florin::customer(merchant_customer_id = "m-1",
                                        address = {.line1 = "1 Main St"}, droppable(address));
#else
  const auto request =
      florin::customer(merchant_customer_id = "m-1", address = {.line1 = "1 Main St"});
#endif
  return florin::encode<AcmePolicy>(request, {"key"}, out);
}
