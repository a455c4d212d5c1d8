// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: customer\(\.\.\.\) takes `field = value` and `droppable\(field\)` only: write e\.g\. `customer\(merchant_customer_id = id, email = address\)`
#include <florin/encode.hpp>
#include <florin/policies/stripe.hpp>
#include <florin/static_request.hpp>

florin::Result<void> encode_customer(florin::EncodedRequest& out) {
  using namespace florin::fields;
#ifdef FLORIN_GOOD_TWIN
  const auto request = florin::customer(merchant_customer_id = "m-1", email = "ana@example.com");
#else
  const auto request = florin::customer(merchant_customer_id = "m-1", "ana@example.com");
#endif
  return florin::encode<florin::StripePolicy>(request, {.api_key = "key"}, out);
}
