// SPDX-License-Identifier: Apache-2.0
// expect-gcc: ignoring returned value of type .*Result.*\[-Werror=unused-result\]|ignoring return value of .*nodiscard.*\[-Werror=unused-result\]
// expect-clang: ignoring return value of .*nodiscard.*\[-Werror,-Wunused-result\]|ignoring return value of .*nodiscard.*\[-Werror,-Wunused-value\]
#include <florin/encode.hpp>
#include <florin/policies/stripe.hpp>

bool encode_customer(const florin::CreateRequest& request, florin::EncodedRequest& out) {
#ifdef FLORIN_GOOD_TWIN
  return florin::encode<florin::StripePolicy>(request, {.api_key = "key"}, out).has_value();
#else
  florin::encode<florin::StripePolicy>(request, {.api_key = "key"}, out);
  return true;
#endif
}
