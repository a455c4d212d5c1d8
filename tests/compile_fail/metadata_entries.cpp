// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: metadata has more than 20 entries: give at most 20 in `metadata = \{\.\.\.\}`
// names: florin::(policies::)?StripePolicy.* 21
#include <florin/encode.hpp>
#include <florin/policies/stripe.hpp>
#include <florin/static_request.hpp>

florin::Result<void> encode_customer(florin::EncodedRequest& out) {
  using namespace florin::fields;
#ifdef FLORIN_GOOD_TWIN
  const auto request = florin::customer(
      merchant_customer_id = "m-1",
      metadata = {{"k1", "v"},  {"k2", "v"},  {"k3", "v"},  {"k4", "v"},  {"k5", "v"},
                  {"k6", "v"},  {"k7", "v"},  {"k8", "v"},  {"k9", "v"},  {"k10", "v"},
                  {"k11", "v"}, {"k12", "v"}, {"k13", "v"}, {"k14", "v"}, {"k15", "v"},
                  {"k16", "v"}, {"k17", "v"}, {"k18", "v"}, {"k19", "v"}, {"k20", "v"}});
#else
  const auto request = florin::customer(
      merchant_customer_id = "m-1",
      metadata = {{"k1", "v"},  {"k2", "v"},  {"k3", "v"},  {"k4", "v"},  {"k5", "v"},
                  {"k6", "v"},  {"k7", "v"},  {"k8", "v"},  {"k9", "v"},  {"k10", "v"},
                  {"k11", "v"}, {"k12", "v"}, {"k13", "v"}, {"k14", "v"}, {"k15", "v"},
                  {"k16", "v"}, {"k17", "v"}, {"k18", "v"}, {"k19", "v"}, {"k20", "v"},
                  {"k21", "v"}});
#endif
  return florin::encode<florin::StripePolicy>(request, {.api_key = "key"}, out);
}
