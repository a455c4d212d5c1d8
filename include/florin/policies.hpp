// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/policies/stripe.hpp>

#include <tuple>

namespace florin {

/// Every policy of the library. A new one is added here and nowhere else.
using AllPolicies = std::tuple<StripePolicy>;

}  // namespace florin
