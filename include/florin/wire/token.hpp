// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/field.hpp>
#include <florin/wire/header.hpp>
#include <florin/wire/source.hpp>

/// For processors that exchange the credentials for an access token before the call itself.
namespace florin::wire {

/// The access token that the policy's `Token` declaration is about. Carries no unified field.
struct AccessTokenText {
  static constexpr FieldSet carried{};
  template <class Ctx>
  static constexpr Value read(const Ctx& context) noexcept {
    return {.first = context.access_token};
  }
};

/// `Authorization: Bearer <access token>`.
using TokenAuth = Header<"Authorization", Literal<"Bearer ">, AccessTokenText>;

}  // namespace florin::wire
