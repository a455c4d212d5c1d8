// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: family_name is given without given_name: add `given_name = \.\.\.`, or give `name = \.\.\.` alone
// names: florin::(policies::)?StripePolicy
#include <florin/encode.hpp>
#include <florin/policies/stripe.hpp>
#include <florin/static_request.hpp>

florin::Result<void> encode_customer(florin::EncodedRequest& out) {
  using namespace florin::fields;
#ifdef FLORIN_GOOD_TWIN
  const auto request =
      florin::customer(merchant_customer_id = "m-1", given_name = "Ana", family_name = "Example");
#else
  const auto request = florin::customer(merchant_customer_id = "m-1", family_name = "Ana");
#endif
  return florin::encode<florin::StripePolicy>(request, {.api_key = "key"}, out);
}
