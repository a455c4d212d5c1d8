// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>
#include <utility>

#include "raw_client.hpp"

/// Stripe's customers, called by hand.
namespace florin_test::stripe_calls {

/// How long a test waits for what has to happen.
inline constexpr std::chrono::seconds guard{30};

inline const Headers key{{"Authorization", "Bearer sk_test_EXAMPLE"}};

inline Headers keyed(const std::string& idempotency_key) {
  return {{"Authorization", "Bearer sk_test_EXAMPLE"}, {"Idempotency-Key", idempotency_key}};
}

inline RawAnswer create(RawClient& client, std::string body, const Headers& headers = key) {
  return client.call(http::verb::post, "/v1/customers", std::move(body), headers);
}

inline RawAnswer get(RawClient& client, const std::string& target, const Headers& headers = key) {
  return client.call(http::verb::get, target, {}, headers);
}

/// A request as it goes over the wire.
inline std::string on_the_wire(const std::string& body) {
  return "POST /v1/customers HTTP/1.1\r\nHost: localhost\r\n"
         "Authorization: Bearer sk_test_EXAMPLE\r\n"
         "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

inline const std::string ana =
    "email=ana%40example.com&name=Ana+Example&phone=%2B15555550100&description=Example%20buyer"
    "&metadata[merchant_customer_id]=m-1001&metadata%5Btier%5D=gold"
    "&address[line1]=1+Example+Street&address[line2]=Apt+2&address[city]=Springfield"
    "&address[state]=IL&address[postal_code]=62701&address[country]=US";

}  // namespace florin_test::stripe_calls
