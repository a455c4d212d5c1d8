// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: a member of Credentials has no name: add `Credential<
// names: AcmePolicy
#include <optional>
#include <string>

#include "parts.hpp"

struct AcmePolicy : parts::Named,
                    parts::Hosted,
                    parts::Repeatable,
                    parts::Failing,
                    parts::Creating {
  struct Credentials {
    florin::Secret api_key{};
    std::optional<std::string> account{};
  };
  using RequestHeaders = florin::wire::Headers<florin::wire::BearerAuth<&Credentials::api_key>>;
#ifdef FLORIN_GOOD_TWIN
  using CredentialNames = florin::wire::CredentialList<
      florin::wire::Credential<"api_key", &Credentials::api_key>,
      florin::wire::OptionalCredential<"account", &Credentials::account>>;
#else
  using CredentialNames =
      florin::wire::CredentialList<florin::wire::Credential<"api_key", &Credentials::api_key>>;
#endif
};

florin::Result<void> encode_customer(const florin::CreateRequest& request,
                                     florin::EncodedRequest& out) {
  return florin::encode<AcmePolicy>(request, AcmePolicy::Credentials{.api_key = "key"}, out);
}
