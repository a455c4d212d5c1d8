// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/decode.hpp>
#include <florin/encode.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "policies/exchange.hpp"

namespace florin_test {

/// What a policy sends for an operation on one customer.
template <class P, class Operation>
Sent ask(std::string_view id) {
  typename P::Credentials credentials{};
  P::CredentialNames::describe([&]<class Part>() { credentials.*Part::member = "FAKE"; });
  florin::EncodedRequest out;
  auto result = florin::encode<P, Operation>(
      typename Operation::Request{id}, credentials,
      {.access_token = "FAKEtoken0001", .salt = "a1B2c3D4e5F6", .timestamp = 1700000000}, out);
  if (!result) return {std::move(result), {}, {}, {}};
  return {std::move(result), std::string{out.head()}, std::string{out.body()}, out.dropped()};
}

/// What an answer to that means.
template <class P, class Operation>
florin::Result<typename Operation::Response> read(std::string_view id, int status,
                                                  std::string_view body) {
  const std::vector<florin::wire::HeaderView> headers;
  return florin::decode<P, Operation>(
      florin::wire::ResponseView<std::vector<florin::wire::HeaderView>>{status, headers, body},
      typename Operation::Request{id});
}

}  // namespace florin_test
