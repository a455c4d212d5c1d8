// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: the token exchange has no path: add `static constexpr std::string_view path = "/\.\.\.";` to Token
// names: AcmePolicy
#include "parts.hpp"

struct AcmePolicy : parts::Facts, parts::Creating {
  struct Token : parts::Posted {
    using Body = florin::wire::json::Object<>;
    using RequestHeaders = florin::wire::Headers<florin::wire::BasicAuth<&Credentials::api_key>>;
    static constexpr florin::wire::json::TokenReply reply{.token = "access_token"};
#ifdef FLORIN_GOOD_TWIN
    static constexpr std::string_view path = "/token";
#endif
  };
};

florin::Result<void> encode_customer(const florin::CreateRequest& request,
                                     florin::EncodedRequest& out) {
  return florin::encode<AcmePolicy>(request, {"key"}, out);
}
