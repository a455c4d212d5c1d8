// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/diagnosis.hpp>
#include <florin/secret.hpp>
#include <florin/wire/header.hpp>

#include <optional>
#include <string>
#include <string_view>

#include "plain_policy.hpp"
#include "token_host_policy.hpp"

namespace florin_test {

/// A processor at which each account has a host.
struct SitePolicy : PlainPolicy {
  static constexpr std::string_view name = "sited";
  static constexpr florin::Hosts hosts{.live = "{site}.sited.example",
                                       .sandbox = "{site}-test.sited.example"};
  struct Credentials {
    std::string site{};
    florin::Secret token{};
  };
  using CredentialNames = wire::CredentialList<wire::Credential<"site", &Credentials::site>,
                                               wire::Credential<"token", &Credentials::token>>;
  using RequestHeaders = wire::Headers<wire::BearerAuth<&Credentials::token>>;
};
static_assert(florin::diagnose<SitePolicy>());

/// A processor at which an account may have hosts of its own, that for tokens included.
struct PrefixPolicy : TokenHostPolicy {
  static constexpr std::string_view name = "prefixed";
  static constexpr florin::Hosts hosts{.live = "{prefix.}api.prefixed.example",
                                       .sandbox = "{prefix.}test.prefixed.example"};
  struct Credentials {
    florin::Secret id{};
    florin::Secret secret{};
    std::optional<std::string> prefix{};
  };
  using CredentialNames =
      wire::CredentialList<wire::Credential<"id", &Credentials::id>,
                           wire::Credential<"secret", &Credentials::secret>,
                           wire::OptionalCredential<"prefix", &Credentials::prefix>>;
  struct Token : TokenHostPolicy::Token {
    static constexpr florin::Hosts hosts{.live = "{prefix.}login.prefixed.example",
                                         .sandbox = "login.prefixed.example"};
    using RequestHeaders = wire::Headers<wire::BasicAuth<&Credentials::id, &Credentials::secret>>;
  };
};
static_assert(florin::diagnose<PrefixPolicy>());

}  // namespace florin_test
