// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: the token exchange does not say its headers: add `using RequestHeaders = Headers<BasicAuth<&Credentials::client_id, &Credentials::client_secret>>;` to Token
// names: AcmePolicy
#include "parts.hpp"

struct AcmePolicy : parts::Facts, parts::Creating {
  struct Token : parts::Posted, parts::Placed {
    using Body = florin::wire::json::Object<>;
    static constexpr florin::wire::json::TokenReply reply{.token = "access_token"};
#ifdef FLORIN_GOOD_TWIN
    using RequestHeaders = florin::wire::Headers<florin::wire::BasicAuth<&Credentials::api_key>>;
#endif
  };
};

florin::Result<void> encode_customer(const florin::CreateRequest& request,
                                     florin::EncodedRequest& out) {
  return florin::encode<AcmePolicy>(request, {"key"}, out);
}
