// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/customer.hpp>

#include <cstddef>
#include <string>

namespace florin_test {

/// A customer that most processors take. No two numbers share a reference or an email.
inline florin::CreateRequest numbered_customer(std::size_t number) {
  const std::string id = "customer-" + std::to_string(number);
  return {.merchant_customer_id = id,
          .email = id + "@example.com",
          .name = "Ana Example",
          .phone = "+15555550100"};
}

/// The same for processors that require an address.
inline florin::CreateRequest numbered_resident(std::size_t number) {
  auto customer = numbered_customer(number);
  customer.address = {.line1 = "1 Example Street",
                      .city = "Springfield",
                      .state = "IL",
                      .zip = "62701",
                      .country = "US"};
  return customer;
}

}  // namespace florin_test
