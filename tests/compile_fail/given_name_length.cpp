// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: the constant given for given_name is longer than this processor allows: shorten it
// names: florin::(policies::)?FinixPolicy.* 21.* 20
#include <florin/encode.hpp>
#include <florin/policies/finix.hpp>
#include <florin/static_request.hpp>

florin::Result<void> encode_customer(florin::EncodedRequest& out) {
  using namespace florin::fields;
#ifdef FLORIN_GOOD_TWIN
  const auto request = florin::customer(merchant_customer_id = "m-1",
                                        given_name = "aaaaaaaaaaaaaaaaaaaa", family_name = "b");
#else
  const auto request = florin::customer(merchant_customer_id = "m-1",
                                        given_name = "aaaaaaaaaaaaaaaaaaaaa", family_name = "b");
#endif
  return florin::encode<florin::FinixPolicy>(request, {.username = "u", .password = "p"}, out);
}
