// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: the policy does not name its credentials: add `using CredentialNames = CredentialList<Credential<"api_key", &Credentials::api_key>>;`
// names: AcmePolicy
#include "parts.hpp"

struct AcmePolicy : parts::Named,
                    parts::Hosted,
                    parts::Keyed,
                    parts::Headed,
                    parts::Repeatable,
                    parts::Failing,
                    parts::Creating {
#ifdef FLORIN_GOOD_TWIN
  using CredentialNames =
      florin::wire::CredentialList<florin::wire::Credential<"api_key", &Credentials::api_key>>;
#endif
};

florin::Result<void> encode_customer(const florin::CreateRequest& request,
                                     florin::EncodedRequest& out) {
  return florin::encode<AcmePolicy>(request, {"key"}, out);
}
