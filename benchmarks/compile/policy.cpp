// SPDX-License-Identifier: Apache-2.0
// A translation unit that only knows a policy.
#include <florin/policies/stripe.hpp>

static_assert(florin::ConnectorPolicy<florin::StripePolicy>);

std::string_view connector_name() {
  return florin::StripePolicy::name;
}
