// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/testing/processor.hpp>
#include <florin/testing/processors/airwallex.hpp>
#include <florin/testing/processors/authorizedotnet.hpp>
#include <florin/testing/processors/bluesnap.hpp>
#include <florin/testing/processors/braintree.hpp>
#include <florin/testing/processors/chargebee.hpp>
#include <florin/testing/processors/checkoutcom.hpp>
#include <florin/testing/processors/conekta.hpp>
#include <florin/testing/processors/cybersource.hpp>
#include <florin/testing/processors/dwolla.hpp>
#include <florin/testing/processors/finix.hpp>
#include <florin/testing/processors/flutterwave.hpp>
#include <florin/testing/processors/glomopay.hpp>
#include <florin/testing/processors/gocardless.hpp>
#include <florin/testing/processors/mercadopago.hpp>
#include <florin/testing/processors/mollie.hpp>
#include <florin/testing/processors/nmi.hpp>
#include <florin/testing/processors/omise.hpp>
#include <florin/testing/processors/payjp.hpp>
#include <florin/testing/processors/payload.hpp>
#include <florin/testing/processors/paysafe.hpp>
#include <florin/testing/processors/paystack.hpp>
#include <florin/testing/processors/pinpayments.hpp>
#include <florin/testing/processors/rapyd.hpp>
#include <florin/testing/processors/razorpay.hpp>
#include <florin/testing/processors/recurly.hpp>
#include <florin/testing/processors/revolut.hpp>
#include <florin/testing/processors/shift4.hpp>
#include <florin/testing/processors/square.hpp>
#include <florin/testing/processors/stax.hpp>
#include <florin/testing/processors/stripe.hpp>
#include <florin/testing/processors/xendit.hpp>

#include <optional>
#include <string_view>
#include <vector>

namespace florin_test {

/// Every processor that the library describes. Braintree has a custom field for the reference.
inline std::vector<florin::testing::Processor> all_processors() {
  using namespace florin::testing;
  return {stripe(),
          airwallex(),
          authorizedotnet(),
          bluesnap(),
          braintree({"merchant_customer_id"}),
          chargebee(),
          checkoutcom(),
          conekta(),
          cybersource(),
          dwolla(),
          finix(),
          flutterwave(),
          glomopay(),
          gocardless(),
          mercadopago(),
          mollie(),
          nmi(),
          omise(),
          payjp(),
          payload(),
          paysafe(),
          paystack(),
          pinpayments(),
          rapyd(),
          razorpay(),
          recurly(),
          revolut(),
          shift4(),
          square(),
          stax(),
          xendit()};
}

/// The one of this name.
inline std::optional<florin::testing::Processor> processor_named(std::string_view name) {
  for (const auto& each : all_processors())
    if (each.name == name) return each;
  return std::nullopt;
}

}  // namespace florin_test
