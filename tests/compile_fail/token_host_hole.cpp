// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: a hole in a host of the token exchange names no credential
// names: AcmePolicy
#include <florin/wire/token.hpp>

#include "parts.hpp"

struct AcmePolicy : parts::Facts, parts::Creating {
  using RequestHeaders = florin::wire::Headers<florin::wire::TokenAuth>;
  struct Token : parts::Posted, parts::Headed {
    static constexpr std::string_view path = "/token";
    using Body = florin::wire::Form<florin::wire::Const<"grant_type", "client_credentials">>;
    static constexpr florin::wire::json::TokenReply reply{.token = "access_token"};
#ifdef FLORIN_GOOD_TWIN
    static constexpr florin::Hosts hosts{.live = "login.acme.example",
                                         .sandbox = "login.acme.example"};
#else
    static constexpr florin::Hosts hosts{.live = "{shop}.login.acme.example",
                                         .sandbox = "login.acme.example"};
#endif
  };
};

florin::Result<void> encode_customer(const florin::CreateRequest& request,
                                     florin::EncodedRequest& out) {
  return florin::encode<AcmePolicy>(request, {"key"}, {.access_token = "token"}, out);
}
