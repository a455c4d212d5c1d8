// SPDX-License-Identifier: Apache-2.0
//
// One client for many accounts: each call says on whose behalf it is made, and all of them share
// the client's connections. Runs against a sandbox within this program.

#include <florin/florin.hpp>
#include <florin/testing/processors/stripe.hpp>
#include <florin/testing/sandbox.hpp>

#include <iostream>
#include <string>
#include <vector>

namespace {

using florin::StripePolicy;

struct Shop {
  std::string name;
  StripePolicy::Credentials credentials;
};

}  // namespace

int main() {
  florin::testing::Sandbox sandbox{florin::testing::stripe()};
  sandbox.add_credential({.text = "sk_test_SHOP"});
  std::cout << "Stripe is played by a sandbox at " << sandbox.base_url() << "\n\n";

  // Two connected accounts of a platform, reached with the platform's key, and a shop that has
  // given its own key.
  const std::string platform_key = sandbox.credential();
  const std::vector<Shop> shops{
      {"bakery", {.api_key = platform_key, .account = "acct_bakery"}},
      {"florist", {.api_key = platform_key, .account = "acct_florist"}},
      {"bookshop", {.api_key = "sk_test_SHOP"}},
  };

  florin::ClientOptions options;
  options.base_url = sandbox.base_url();
  options.tls.ca_pem = sandbox.ca_pem();
  // The client's own credentials serve the calls that bring none.
  florin::Client<StripePolicy> client{{.api_key = platform_key}, options};

  // The same person is a customer of all three. References, ids and idempotency keys are separate
  // per account.
  const florin::CreateRequest request{.merchant_customer_id = "cust_user_12345",
                                      .email = "john.doe@example.com",
                                      .name = "John Doe"};
  int failures = 0;
  for (const Shop& shop : shops) {
    // The credentials are read before `create` returns and need not live any longer.
    const auto answer = client.create(request, {.credentials = &shop.credentials});
    if (answer) {
      std::cout << shop.name << ": " << answer->connector_customer_id << ' '
                << to_string(answer->origin) << '\n';
    } else {
      std::cout << shop.name << ": " << answer.error() << '\n';
      ++failures;
    }
  }

  std::cout << "\nwhat the processor has stored, by key and account\n";
  const auto customers = sandbox.customers();
  for (const auto& customer : customers)
    std::cout << customer.account << ": " << customer.id << ' ' << customer.merchant_customer_id
              << '\n';
  const auto pool = client.pool();
  std::cout << "\nconnections opened " << pool.opened << ", reused " << pool.reused << '\n';
  return failures == 0 && customers.size() == shops.size() ? 0 : 1;
}
