// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: a hole in a host names no credential that may stand there: write `\{site\}`
// names: AcmePolicy
#include "parts.hpp"

struct AcmePolicy : parts::Named,
                    parts::Headed,
                    parts::Repeatable,
                    parts::Failing,
                    parts::Creating {
  struct Credentials : parts::Keyed::Credentials {
#ifdef FLORIN_GOOD_TWIN
    std::string site{};
#else
    florin::Secret site{};
#endif
  };
  using CredentialNames =
      florin::wire::CredentialList<florin::wire::Credential<"api_key", &Credentials::api_key>,
                                   florin::wire::Credential<"site", &Credentials::site>>;
  static constexpr florin::Hosts hosts{.live = "{site}.acme.example",
                                       .sandbox = "{site}-test.acme.example"};
};

florin::Result<void> encode_customer(const florin::CreateRequest& request,
                                     florin::EncodedRequest& out) {
  return florin::encode<AcmePolicy>(request, {{"key"}, "shop-1"}, out);
}
