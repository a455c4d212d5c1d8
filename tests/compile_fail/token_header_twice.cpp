// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: a request header of the token exchange is declared twice: take out of
// names: AcmePolicy
#include "parts.hpp"

struct AcmePolicy : parts::Facts, parts::Creating {
  struct Token : parts::Posted, parts::Placed {
    using Body = florin::wire::json::Object<>;
    static constexpr florin::wire::json::TokenReply reply{.token = "access_token"};
    using Basic = florin::wire::BasicAuth<&Credentials::api_key>;
#ifdef FLORIN_GOOD_TWIN
    using RequestHeaders = florin::wire::Headers<Basic>;
#else
    using RequestHeaders =
        florin::wire::Headers<Basic, florin::wire::BearerAuth<&Credentials::api_key>>;
#endif
  };
};

florin::Result<void> encode_customer(const florin::CreateRequest& request,
                                     florin::EncodedRequest& out) {
  return florin::encode<AcmePolicy>(request, {"key"}, out);
}
