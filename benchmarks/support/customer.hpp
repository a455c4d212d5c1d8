// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/customer.hpp>

#include <charconv>
#include <cstddef>
#include <string>

namespace florin_bench {

/// The documentation's customer, each time with another `merchant_customer_id`. Reuses its memory.
class Customers {
 public:
  /// The next one; valid until the next call.
  [[nodiscard]] const florin::CreateRequest& next() {
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof digits, ++count_).ptr;
    request_.merchant_customer_id.assign("cust_user_").append(digits, end);
    return request_;
  }

 private:
  std::size_t count_ = 0;
  florin::CreateRequest request_{.merchant_customer_id = {},
                                 .email = "john.doe@example.com",
                                 .name = "John Doe",
                                 .phone = "+1-555-123-4567",
                                 .description = "Premium plan subscriber"};
};

}  // namespace florin_bench
