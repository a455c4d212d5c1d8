// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/testing/processor.hpp>
#include <florin/testing/processors/airwallex.hpp>
#include <florin/testing/processors/authorizedotnet.hpp>
#include <florin/testing/processors/braintree.hpp>
#include <florin/testing/processors/dwolla.hpp>
#include <florin/testing/processors/finix.hpp>
#include <florin/testing/processors/glomopay.hpp>
#include <florin/testing/processors/gocardless.hpp>
#include <florin/testing/processors/paysafe.hpp>
#include <florin/testing/processors/rapyd.hpp>
#include <florin/testing/processors/shift4.hpp>
#include <florin/testing/processors/stax.hpp>
#include <florin/testing/processors/stripe.hpp>

#include <optional>
#include <string_view>
#include <vector>

namespace florin_test {

/// Every processor that the library describes. Braintree has a custom field for the reference.
inline std::vector<florin::testing::Processor> all_processors() {
  using namespace florin::testing;
  return {stripe(),  airwallex(), authorizedotnet(), braintree({"merchant_customer_id"}),
          dwolla(),  finix(),     glomopay(),        gocardless(),
          paysafe(), rapyd(),     shift4(),          stax()};
}

/// The one of this name.
inline std::optional<florin::testing::Processor> processor_named(std::string_view name) {
  for (const auto& each : all_processors())
    if (each.name == name) return each;
  return std::nullopt;
}

}  // namespace florin_test
