// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/customer/operation.hpp>
#include <florin/error.hpp>
#include <florin/field.hpp>
#include <florin/secret.hpp>
#include <florin/text.hpp>
#include <florin/wire/element.hpp>
#include <florin/wire/idempotency.hpp>
#include <florin/wire/iso_time.hpp>
#include <florin/wire/path_table.hpp>
#include <florin/wire/retry_after.hpp>
#include <florin/wire/seconds.hpp>

#include <chrono>
#include <optional>
#include <string_view>

/// The token exchange: the operation that a policy declares as `Token` when its processor wants the
/// credentials exchanged for an access token before the call itself.
namespace florin {

/// What a token exchange sends besides the credentials: nothing.
struct TokenRequest {
  [[nodiscard]] static constexpr FieldSet given() noexcept { return {}; }
};

/// What a token exchange gives.
///
/// Thread safety: as a plain struct.
struct AccessToken {
  Secret token{};  ///< the token, without the name of its scheme
  /// How long it is good for, from the answer on; empty: the answer does not tell.
  std::optional<std::chrono::seconds> lifetime{};
  /// Until when, by the processor's clock; empty: the answer does not tell.
  std::optional<std::chrono::sys_seconds> expires_at{};
  int http_status = 0;  ///< the processor's own
  Text request_id{};    ///< the processor's id of the request
};

/// The operation that exchanges the credentials of a policy for an access token. `Client` performs
/// it by itself; at layers 0 and 1 it is used like `Create`:
/// `perform<AirwallexPolicy, FetchToken>(stream, TokenRequest{}, credentials)`.
///
/// Its errors never leave a customer behind: their outcome is `no_effect`. That the processor
/// refuses what was sent is `unauthorized` where it says so, else `rejected`.
struct FetchToken {
  using Request = TokenRequest;
  using Response = AccessToken;
  using Kept = TokenRequest;
  static constexpr std::string_view name = "fetch_token";  ///< as observers are told
  template <class Policy>
  using Declaration = typename Policy::Token;
  static constexpr Reads reads = Reads::token;
  static constexpr bool changes = false;

  [[nodiscard]] static Kept keep(const Request& request) noexcept { return request; }
  /// \param token the token's text.
  /// \param reader the answer, for its further parts.
  template <class Reader>
  requires requires(const Reader& answer) { answer.text(wire::Slot::lifetime); }
  [[nodiscard]] static Response respond(const Kept&, std::string_view token, const Reader& reader) {
    Response response;
    response.token = Secret{token};
    const auto lifetime = wire::parse_seconds(reader.text(wire::Slot::lifetime));
    if (lifetime && lifetime->count() >= 0) response.lifetime = lifetime;
    response.expires_at = wire::parse_iso_time(reader.text(wire::Slot::expires_at));
    if (const auto now = wire::detail::http_date(reader.date());
        now && response.expires_at && !response.lifetime)
      response.lifetime = *response.expires_at - *now;
    return response;
  }
};

}  // namespace florin
