// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: the policies are missing: include <florin/any_client.hpp>, or name them: AnyClient::make<std::tuple<...>>\(...\)
#include <florin/any_client_of.hpp>
#include <florin/policies/stripe.hpp>

#include <tuple>

florin::Result<florin::AnyClient> made() {
#ifdef FLORIN_GOOD_TWIN
  return florin::AnyClient::make<std::tuple<florin::StripePolicy>>("stripe", {});
#else
  return florin::AnyClient::make("stripe", {});
#endif
}
