// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/policies/airwallex.hpp>
#include <florin/policies/authorizedotnet.hpp>
#include <florin/policies/bluesnap.hpp>
#include <florin/policies/braintree.hpp>
#include <florin/policies/chargebee.hpp>
#include <florin/policies/checkoutcom.hpp>
#include <florin/policies/conekta.hpp>
#include <florin/policies/cybersource.hpp>
#include <florin/policies/dwolla.hpp>
#include <florin/policies/finix.hpp>
#include <florin/policies/flutterwave.hpp>
#include <florin/policies/glomopay.hpp>
#include <florin/policies/gocardless.hpp>
#include <florin/policies/mercadopago.hpp>
#include <florin/policies/mollie.hpp>
#include <florin/policies/nmi.hpp>
#include <florin/policies/omise.hpp>
#include <florin/policies/payjp.hpp>
#include <florin/policies/payload.hpp>
#include <florin/policies/paysafe.hpp>
#include <florin/policies/paystack.hpp>
#include <florin/policies/pinpayments.hpp>
#include <florin/policies/rapyd.hpp>
#include <florin/policies/razorpay.hpp>
#include <florin/policies/recurly.hpp>
#include <florin/policies/revolut.hpp>
#include <florin/policies/shift4.hpp>
#include <florin/policies/square.hpp>
#include <florin/policies/stax.hpp>
#include <florin/policies/stripe.hpp>
#include <florin/policies/xendit.hpp>

#include <tuple>

namespace florin {

/// A policy of each processor of the library. A new one is added here and nowhere else.
using AllPolicies =
    std::tuple<StripePolicy, AirwallexPolicy, AuthorizedotnetPolicy, BluesnapPolicy,
               BraintreePolicy, ChargebeePolicy, CheckoutcomPolicy, ConektaPolicy,
               CybersourcePolicy, DwollaPolicy, FinixPolicy, FlutterwavePolicy, GlomopayPolicy,
               GocardlessPolicy, MercadopagoPolicy, MolliePolicy, NmiPolicy, OmisePolicy,
               PayjpPolicy, PayloadPolicy, PaysafePolicy, PaystackPolicy, PinpaymentsPolicy,
               RapydPolicy, RazorpayPolicy, RecurlyPolicy, RevolutPolicy, Shift4Policy,
               SquarePolicy, StaxPolicy, XenditPolicy>;

}  // namespace florin
