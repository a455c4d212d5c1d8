// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/customer.hpp>

namespace florin_bench {

/// The documentation's example of a customer.
[[nodiscard]] inline florin::CreateRequest documented_request() {
  return {.merchant_customer_id = "cust_user_12345",
          .email = "john.doe@example.com",
          .name = "John Doe",
          .phone = "+1-555-123-4567",
          .description = "Premium plan subscriber"};
}

}  // namespace florin_bench
