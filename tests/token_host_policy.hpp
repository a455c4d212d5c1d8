// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/diagnosis.hpp>
#include <florin/secret.hpp>
#include <florin/testing/processor.hpp>
#include <florin/wire/form.hpp>
#include <florin/wire/json.hpp>
#include <florin/wire/token.hpp>

#include <string>
#include <string_view>
#include <utility>

#include "plain_policy.hpp"

namespace florin_test {

/// A processor that gives tokens at a host of its own.
struct TokenHostPolicy : PlainPolicy {
  static constexpr std::string_view name = "apart";
  static constexpr florin::Hosts hosts{.live = "api.apart.example",
                                       .sandbox = "test.apart.example"};
  struct Credentials {
    florin::Secret id{};
    florin::Secret secret{};
  };
  using CredentialNames = wire::CredentialList<wire::Credential<"id", &Credentials::id>,
                                               wire::Credential<"secret", &Credentials::secret>>;
  using RequestHeaders = wire::Headers<wire::TokenAuth>;
  using Idempotency = wire::IdempotencyHeader<"Key", 255>;
  struct Token {
    static constexpr florin::Hosts hosts{.live = "login.apart.example",
                                         .sandbox = "login.apart.example"};
    static constexpr auto method = florin::Method::post;
    static constexpr std::string_view path = "/token";
    using RequestHeaders = wire::Headers<wire::BasicAuth<&Credentials::id, &Credentials::secret>>;
    using Body = wire::Form<wire::Const<"grant_type", "client_credentials">>;
    static constexpr wire::json::TokenReply reply{.token = "access_token",
                                                  .lifetime = "expires_in"};
  };
};
static_assert(florin::diagnose<TokenHostPolicy>());

/// Both of the processor's servers in one: a token is always the same, and a key is recognised.
/// \param lifetime of tokens, in seconds, as it is told.
inline florin::testing::Processor token_host_processor(const std::string& lifetime = "3600") {
  auto processor = plain_processor();
  processor.name = "apart";
  processor.credentials = {{.text = "the-id:the-secret"}, {.text = "the-token"}};
  processor.token = "the-token";
  processor.uniques.clear();
  processor.idempotency = {.carrier = florin::testing::Idempotency::Carrier::header, .name = "Key"};
  processor.actions.push_back(
      {.operation = florin::testing::Operation::token,
       .method = "POST",
       .path = "/token",
       .body = florin::testing::Body::form,
       .content_types = {"application/x-www-form-urlencoded"},
       .fields = {{.name = "grant_type", .required = true}},
       .answer = {.body = R"({"access_token":"{{token}}","expires_in":)" + lifetime + "}"},
       .authentication =
           florin::testing::Authentication{.schemes = {florin::testing::Scheme::basic_pair}}});
  return processor;
}

}  // namespace florin_test
