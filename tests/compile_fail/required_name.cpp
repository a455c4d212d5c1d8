// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: this processor requires name: add `name = \.\.\.`, or `given_name = \.\.\.` and `family_name = \.\.\.`, to customer\(\.\.\.\)
// names: florin::(policies::)?GocardlessPolicy
#include <florin/encode.hpp>
#include <florin/policies/gocardless.hpp>
#include <florin/static_request.hpp>

florin::Result<void> encode_customer(florin::EncodedRequest& out) {
  using namespace florin::fields;
#ifdef FLORIN_GOOD_TWIN
  const auto request =
      florin::customer(merchant_customer_id = "m-1", given_name = "Ana", family_name = "Example");
#else
  const auto request = florin::customer(merchant_customer_id = "m-1");
#endif
  return florin::encode<florin::GocardlessPolicy>(request, {.access_token = "key"}, out);
}
