// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/client_options.hpp>
#include <florin/detail/variable_name.hpp>
#include <florin/policy.hpp>
#include <florin/wire/endpoint.hpp>

#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

/// Configuration from environment variables, for tools and first steps.
namespace florin {

namespace detail {

inline const char* variable(std::string_view connector, std::string_view setting) {
  const char* value = std::getenv(variable_name(connector, setting).c_str());
  return value != nullptr && *value != '\0' ? value : nullptr;
}

}  // namespace detail

/// The policy's credentials from the environment: `STRIPE_API_KEY`, `STRIPE_ACCOUNT`, ... Those
/// that are not set stay empty.
///
/// Thread safety: as `std::getenv`.
template <HasCredentialNames P>
[[nodiscard]] CredentialsOf<P> credentials_from_environment() {
  CredentialsOf<P> credentials{};
  P::CredentialNames::describe([&]<class Part>() {
    if (const char* value = detail::variable(P::name, Part::name))
      credentials.*Part::member = std::string{value};
  });
  return credentials;
}

/// The options of a client from the environment, for the connector `stripe`: `STRIPE_ENVIRONMENT`
/// (`live`, the default; `sandbox` and anything else mean the sandbox, so that a misspelling never
/// reaches the live host), `STRIPE_BASE_URL` (another server), `STRIPE_CA_FILE` (its root
/// certificates, PEM); where tokens have a host of their own, `CONNECTOR_TOKEN_BASE_URL` (another
/// one).
///
/// Thread safety: as `std::getenv`.
template <HasName P>
[[nodiscard]] ClientOptions options_from_environment() {
  ClientOptions options;
  if (const char* value = detail::variable(P::name, "environment"))
    if (std::string_view{value} != "live") options.environment = Environment::sandbox;
  if (const char* value = detail::variable(P::name, "base_url")) options.base_url = value;
  if constexpr (HasTokenHosts<P>)
    if (const char* value = detail::variable(P::name, "token_base_url"))
      options.token_base_url = value;
  if (const char* value = detail::variable(P::name, "ca_file")) options.tls.ca_file = value;
  return options;
}

}  // namespace florin
