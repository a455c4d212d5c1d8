// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: the token exchange has no body: add `using Body = Form<Const<"grant_type", "client_credentials">>;` or `using Body = json::Object<>;` to Token
// names: AcmePolicy
#include "parts.hpp"

struct AcmePolicy : parts::Facts, parts::Creating {
  struct Token : parts::Posted, parts::Placed {
    using RequestHeaders = florin::wire::Headers<florin::wire::BasicAuth<&Credentials::api_key>>;
    static constexpr florin::wire::json::TokenReply reply{.token = "access_token"};
#ifdef FLORIN_GOOD_TWIN
    using Body = florin::wire::json::Object<>;
#endif
  };
};

florin::Result<void> encode_customer(const florin::CreateRequest& request,
                                     florin::EncodedRequest& out) {
  return florin::encode<AcmePolicy>(request, {"key"}, out);
}
