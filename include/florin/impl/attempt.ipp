// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/attempt.hpp>

#include <string_view>

namespace florin::detail {

FLORIN_DECL Attempt::Attempt(const CallFacts& facts, const wire::ReplyFacts& reply)
    : facts_(&facts), reader_(reply) {}

FLORIN_DECL Attempt::~Attempt() = default;

FLORIN_DECL Result<void> Attempt::encode_again(std::string_view) {
  return {};
}
FLORIN_DECL void Attempt::encode_token_request(EncodedRequest&) {}
FLORIN_DECL wire::ReplyReader* Attempt::token_reader() noexcept {
  return nullptr;
}
FLORIN_DECL Result<AccessToken> Attempt::take_token() {
  return Error{};
}
FLORIN_DECL void Attempt::complete(Error& error, int attempts,
                                   const Timings& timings) const noexcept {
  fill(error, attempts, timings);
}
FLORIN_DECL void Attempt::clear() noexcept {
  request_.clear();
  reader_.reset();
}

}  // namespace florin::detail
