// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/access_token.hpp>
#include <florin/decode.hpp>
#include <florin/encode.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "policies/exchange.hpp"

/// What the tests of policies with a token exchange share: the exchange at layer 0, as text.
namespace florin_test {

/// A request for an access token as it goes out, or the error instead.
template <class P>
Sent ask_for_token(const typename P::Credentials& credentials, florin::EncodeOptions options = {}) {
  florin::EncodedRequest out;
  auto result =
      florin::encode<P, florin::FetchToken>(florin::TokenRequest{}, credentials, options, out);
  if (!result) return {std::move(result), {}, {}, {}};
  return {std::move(result), std::string{out.head()}, std::string{out.body()}, out.dropped()};
}

/// Reads an answer to such a request.
template <class P>
florin::Result<florin::AccessToken> receive_token(
    int status, std::string_view body, const std::vector<florin::wire::HeaderView>& headers = {}) {
  return florin::decode<P, florin::FetchToken>(
      florin::wire::ResponseView<std::vector<florin::wire::HeaderView>>{status, headers, body},
      florin::TokenRequest{});
}

/// `code/outcome/status_code`, for short comparisons.
inline std::string summary(const florin::Result<florin::AccessToken>& answer) {
  if (answer) return "success:" + std::string{answer->token.reveal()};
  const auto error = answer.error();
  return std::string{to_string(error.code)} + '/' + std::string{to_string(error.outcome)} + '/' +
         std::to_string(error.status_code);
}

}  // namespace florin_test
