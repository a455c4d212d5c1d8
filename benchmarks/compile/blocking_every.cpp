// SPDX-License-Identifier: Apache-2.0
// A translation unit that creates a customer through a blocking client of any processor.
#include <florin/client.hpp>
#include <florin/policies.hpp>

#include <string>
#include <string_view>
#include <tuple>

namespace {

template <class P>
std::string create(const std::string& id, const std::string& email) {
  florin::Client<P> client{florin::CredentialsOf<P>{}};
  const auto answer = client.create({.merchant_customer_id = id, .email = email});
  return answer ? std::string{answer->connector_customer_id.view()} : std::string{};
}

template <class... P>
std::string create_at(std::tuple<P...>*, std::string_view connector, const std::string& id,
                      const std::string& email) {
  std::string made;
  (void)((connector == P::name && (made = create<P>(id, email), true)) || ...);
  return made;
}

}  // namespace

std::string create_customer(std::string_view connector, const std::string& id,
                            const std::string& email) {
  return create_at(static_cast<florin::AllPolicies*>(nullptr), connector, id, email);
}
