// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: merchant_customer_id cannot be cleared: the customer is found by it
#include "parts.hpp"

using namespace florin::fields;

florin::Result<void> encode_changes(florin::EncodedRequest& out) {
#ifdef FLORIN_GOOD_TWIN
  return parts::encode_changes(florin::customer_changes(merchant_customer_id = "m-1"), out);
#else
  return parts::encode_changes(
      florin::customer_changes(email = "a@b.example", clear(merchant_customer_id)), out);
#endif
}
