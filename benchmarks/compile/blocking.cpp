// SPDX-License-Identifier: Apache-2.0
// A translation unit that creates a customer through a blocking client.
#include <florin/client.hpp>
#include <florin/policies/stripe.hpp>

#include <string>

std::string create_customer(florin::Client<florin::StripePolicy>& client, const std::string& id,
                            const std::string& email) {
  const auto answer = client.create({.merchant_customer_id = id, .email = email});
  return answer ? std::string{answer->connector_customer_id.view()} : std::string{};
}

std::string create_customer(const std::string& key, const std::string& id,
                            const std::string& email) {
  florin::Client<florin::StripePolicy> client{{.api_key = key}};
  return create_customer(client, id, email);
}
