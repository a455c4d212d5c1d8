// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/any_client_of.hpp>
#include <florin/client_options.hpp>
#include <florin/detail/variable_name.hpp>
#include <florin/ensure.hpp>
#include <florin/environment.hpp>
#include <florin/policies.hpp>
#include <florin/policy.hpp>
#include <florin/secret.hpp>
#include <florin/wire/source.hpp>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "../../examples/wire/fields_read.hpp"
#include "key_forms.hpp"

namespace florin_test {

/// A test account at a processor: what the environment says of it, and what its connector offers.
struct Account {
  std::string_view connector;
  florin::NamedCredentials credentials;
  std::string payment_token;
  florin::ClientOptions options;  ///< of the sandbox
  std::string server;             ///< where requests go
  bool keys_given = false;        ///< at least one of its credentials is in the environment
  std::vector<std::string> missing;
  std::string refused;  ///< why nothing is sent with these keys; empty: nothing speaks against it

  bool retrieves = false;
  bool updates = false;
  bool removes = false;
  bool finds_email = false;
  bool finds_reference = false;
  florin::FindIndex email_index;
  florin::FindIndex reference_index;
  florin::EnsureGuarantee guarantee = florin::EnsureGuarantee::only_reported;
  bool update_takes_token = false;
  florin::FieldSet read;        ///< fields that come back
  florin::FieldSet changeable;  ///< fields that an update can change

  /// What is missing or refused, in words; empty: it can be used.
  [[nodiscard]] std::string problem() const {
    if (missing.empty()) return refused;
    std::string text = "missing: ";
    for (const auto& name : missing) text.append(&name == missing.data() ? "" : ", ").append(name);
    return text;
  }
};

/// Why keys are not used, in words that have nothing of them; empty: they are of a test account.
/// \param own_host whether test accounts have a host of their own.
/// \param vouched for the keys by whoever runs this.
inline std::string reason_against(const Account& account, bool own_host, bool vouched) {
  const auto is_live = [&](const auto& credential) {
    return has_form(live_keys, account.connector, credential.second.reveal());
  };
  const auto is_test = [&](const auto& credential) {
    return has_form(test_keys, account.connector, credential.second.reveal());
  };
  const auto& all = account.credentials;
  if (std::any_of(all.begin(), all.end(), is_live)) return "refused: that is a live key";
  const char* const environment =
      std::getenv(florin::detail::variable_name(account.connector, "environment").c_str());
  if (environment != nullptr && std::string_view{environment} == "live")
    return "refused: " + florin::detail::variable_name(account.connector, "environment") +
           " is live";
  // An access token of Mollie says by a parameter in which world it works.
  const auto mode = all.find("testmode");
  const bool in_test_mode = mode != all.end() && mode->second.reveal() == "true";
  if (own_host || vouched || in_test_mode || std::any_of(all.begin(), all.end(), is_test))
    return {};
  return "refused: nothing shows that this key is of a test account; where you know it, say "
         "--test-keys " +
         std::string{account.connector};
}

/// The account of one policy.
template <class P>
Account account_of(const std::vector<std::string>& vouched) {
  using florin::detail::variable_name;
  Account account;
  account.connector = P::name;
  account.options = florin::options_from_environment<P>();
  account.options.environment = florin::Environment::sandbox;
  const auto credentials = florin::credentials_from_environment<P>();
  P::CredentialNames::describe([&]<class Part>() {
    const std::string_view text = florin::wire::reveal(credentials.*Part::member);
    if (!text.empty())
      account.credentials.emplace(Part::name, florin::Secret{text});
    else if (!Part::optional)
      account.missing.push_back(variable_name(P::name, Part::name));
  });
  account.keys_given = !account.credentials.empty();
  if (florin::takes_payment_token<P>)
    if (const char* token = std::getenv(variable_name(P::name, "payment_token").c_str()))
      account.payment_token = token;
  if (florin::needs_payment_token<P> && account.payment_token.empty())
    account.missing.push_back(variable_name(P::name, "payment_token"));
  account.server = account.options.base_url;
  if (account.server.empty()) account.server = "https://" + std::string{P::hosts.sandbox};
  const bool is_vouched =
      std::find(vouched.begin(), vouched.end(), std::string{P::name}) != vouched.end();
  account.refused = reason_against(account, P::hosts.live != P::hosts.sandbox, is_vouched);

  account.guarantee = florin::ensure_guarantee<P>;
  account.removes = florin::offers<P, florin::Delete>;
  if constexpr (florin::offers<P, florin::Retrieve>) {
    account.retrieves = true;
    account.read = wire_example::fields_read<P>();
  }
  if constexpr (florin::offers<P, florin::Update>) {
    account.updates = true;
    account.changeable = florin::ChangeOf<P>::facts.carried;
    account.update_takes_token = florin::takes_payment_token<P, florin::Update>;
  }
  if constexpr (florin::offers<P, florin::FindByEmail>) {
    account.finds_email = true;
    account.email_index = florin::reply_facts<P, florin::FindByEmail>.index;
  }
  if constexpr (florin::offers<P, florin::FindByReference>) {
    account.finds_reference = true;
    account.reference_index = florin::reply_facts<P, florin::FindByReference>.index;
  }
  return account;
}

/// The accounts of all policies.
/// \param vouched the connectors whose keys are said to be of test accounts.
inline std::vector<Account> all_accounts(const std::vector<std::string>& vouched) {
  return [&]<class... P>(std::type_identity<std::tuple<P...>>) {
    return std::vector<Account>{account_of<P>(vouched)...};
  }(std::type_identity<florin::AllPolicies>{});
}

}  // namespace florin_test
