// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: a path in the token exchange's reply is not well-formed: write names with dots
// names: AcmePolicy
#include "parts.hpp"

struct AcmePolicy : parts::Facts, parts::Creating {
  struct Token : parts::Posted, parts::Placed {
    using Body = florin::wire::json::Object<>;
    using RequestHeaders = florin::wire::Headers<florin::wire::BasicAuth<&Credentials::api_key>>;
#ifdef FLORIN_GOOD_TWIN
    static constexpr florin::wire::json::TokenReply reply{.token = "data[0].token"};
#else
    static constexpr florin::wire::json::TokenReply reply{.token = "data[.token"};
#endif
  };
};

florin::Result<void> encode_customer(const florin::CreateRequest& request,
                                     florin::EncodedRequest& out) {
  return florin::encode<AcmePolicy>(request, {"key"}, out);
}
