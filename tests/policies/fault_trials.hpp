// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/policies.hpp>

#include <utility>

#include "client_faults.hpp"
#include "testing/all_processors.hpp"

namespace florin_test {

/// How a policy is tried under faults.
template <class P>
FaultTrial<P> fault_trial() {
  return {.processor = processor_named(P::name).value()};
}
/// Its reference is a custom field.
template <>
inline FaultTrial<florin::BraintreePolicy> fault_trial() {
  auto processor = processor_named("braintree").value();
  auto credentials = credentials_of<florin::BraintreePolicy>(processor);
  credentials.merchant_customer_id_field = "merchant_customer_id";
  return {.processor = std::move(processor), .credentials = std::move(credentials)};
}
/// It requires an address.
template <>
inline FaultTrial<florin::GlomopayPolicy> fault_trial() {
  return {.processor = processor_named("glomopay").value(), .customer = numbered_resident};
}

}  // namespace florin_test
