// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/customer.hpp>
#include <florin/wire/endpoint.hpp>

#include <cstdint>
#include <string_view>

namespace florin {

/// How one exchange over the caller's stream is done. Views only; they are read before the call
/// returns.
struct ExchangeOptions {
  /// Which of the hosts stands in the request.
  Environment environment = Environment::live;
  std::string_view host{};             ///< `Host` header; empty: the policy's host
  std::string_view idempotency_key{};  ///< empty: derived, see `CallOptions`
  std::string_view payment_token{};    ///< see `CallOptions`
  /// Of a create: what it comes to when the processor says that the customer exists.
  OnExists on_exists = OnExists::fail;
  std::string_view
      access_token{};          ///< needed where the policy exchanges a token, see `fetch_token`
  std::string_view salt{};     ///< where requests are signed; empty: made here
  std::int64_t timestamp = 0;  ///< likewise, in Unix seconds; 0: now
};

}  // namespace florin
