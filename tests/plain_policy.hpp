// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/decode.hpp>
#include <florin/encode.hpp>
#include <florin/policy.hpp>
#include <florin/secret.hpp>
#include <florin/testing/processor.hpp>
#include <florin/wire/json.hpp>

#include <array>
#include <string_view>

namespace florin_test {

namespace wire = florin::wire;

/// A third party's processor without idempotency keys, which knows duplicates by their email.
struct PlainPolicy {
  static constexpr std::string_view name = "plain";
  static constexpr florin::Hosts hosts{.live = "api.plain.example",
                                       .sandbox = "test.plain.example"};
  struct Credentials {
    florin::Secret token{};
  };
  using CredentialNames = wire::CredentialList<wire::Credential<"token", &Credentials::token>>;
  using RequestHeaders = wire::Headers<wire::BearerAuth<&Credentials::token>>;
  using Idempotency = wire::NoIdempotency;
  static constexpr wire::json::Failure failure{
      .code = "code", .param = "source", .existing_id = "existing"};
  static constexpr std::array rules{
      wire::Rule{.status = 409, .code = "duplicate", .means = florin::Errc::customer_exists}};
  struct Create {
    static constexpr auto method = florin::Method::post;
    static constexpr std::string_view path = "/customers";
    using Body = wire::json::Object<wire::Put<"reference", florin::field::MerchantCustomerId>,
                                    wire::Put<"email", florin::field::Email>>;
    using NotCarried =
        florin::Fields<florin::field::Name, florin::field::Phone, florin::field::Description,
                       florin::field::Metadata, florin::field::Address>;
    static constexpr wire::json::Reply reply{.id = "id"};
  };
};

static_assert(florin::ConnectorPolicy<PlainPolicy>);
static_assert(!florin::has_idempotency<PlainPolicy>);

/// The same processor's other side.
inline florin::testing::Processor plain_processor() {
  using florin::testing::Case;
  const char* const body = R"({"code":"{{code}}","source":"{{param}}"})";
  return {
      .name = "plain",
      .credentials = {{.text = "plain-token"}},
      .authentication = {.schemes = {florin::testing::Scheme::bearer}},
      .actions = {{.operation = florin::testing::Operation::create,
                   .path = "/customers",
                   .body = florin::testing::Body::json,
                   .content_types = {"application/json"},
                   .fields = {{.name = "reference", .required = true}, {.name = "email"}},
                   .answer = {.status = 201, .body = R"({"id":"{{id}}"})"}}},
      .uniques = {{.fields = {"email"}}},
      .merchant_customer_id = "reference",
      .id = "P########",
      .refusals = {{Case::invalid_value, {.status = 422, .body = body, .code = "invalid"}},
                   {Case::unauthorized, {.status = 401, .body = body, .code = "unauthorized"}},
                   {Case::duplicate_customer,
                    {.status = 409,
                     .body = R"({"code":"{{code}}","existing":"{{existing_id}}"})",
                     .code = "duplicate"}},
                   {Case::not_found, {.status = 404, .body = body, .code = "not_found"}},
                   {Case::rate_limited, {.status = 429, .body = body, .code = "slow_down"}},
                   {Case::server_error, {.status = 500, .body = body, .code = "internal"}}},
  };
}

}  // namespace florin_test
