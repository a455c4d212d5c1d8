// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/policies.hpp>
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

#include <utility>

#include "client_faults.hpp"

namespace florin_test {

/// How a policy is tried under faults.
template <class P>
FaultTrial<P> fault_trial() = delete;

template <>
inline FaultTrial<florin::StripePolicy> fault_trial() {
  return {.processor = florin::testing::stripe()};
}
template <>
inline FaultTrial<florin::AirwallexPolicy> fault_trial() {
  return {.processor = florin::testing::airwallex()};
}
template <>
inline FaultTrial<florin::AuthorizedotnetPolicy> fault_trial() {
  return {.processor = florin::testing::authorizedotnet()};
}
template <>
inline FaultTrial<florin::BraintreePolicy> fault_trial() {
  auto processor = florin::testing::braintree({"merchant_customer_id"});
  auto credentials = credentials_of<florin::BraintreePolicy>(processor);
  credentials.merchant_customer_id_field = "merchant_customer_id";
  return {.processor = std::move(processor), .credentials = std::move(credentials)};
}
template <>
inline FaultTrial<florin::DwollaPolicy> fault_trial() {
  return {.processor = florin::testing::dwolla()};
}
template <>
inline FaultTrial<florin::FinixPolicy> fault_trial() {
  return {.processor = florin::testing::finix()};
}
template <>
inline FaultTrial<florin::GlomopayPolicy> fault_trial() {
  return {.processor = florin::testing::glomopay(), .customer = numbered_resident};
}
template <>
inline FaultTrial<florin::GocardlessPolicy> fault_trial() {
  return {.processor = florin::testing::gocardless()};
}
template <>
inline FaultTrial<florin::PaysafePolicy> fault_trial() {
  return {.processor = florin::testing::paysafe()};
}
template <>
inline FaultTrial<florin::RapydPolicy> fault_trial() {
  return {.processor = florin::testing::rapyd()};
}
template <>
inline FaultTrial<florin::Shift4Policy> fault_trial() {
  return {.processor = florin::testing::shift4()};
}
template <>
inline FaultTrial<florin::StaxPolicy> fault_trial() {
  return {.processor = florin::testing::stax()};
}

}  // namespace florin_test
