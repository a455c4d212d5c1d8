// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/any_client.hpp>

#include <string_view>

namespace florin_test {

/// `AnyClient::make` of all policies; compiled by itself, for it takes long.
florin::Result<florin::AnyClient> make_any_client(std::string_view name,
                                                  const florin::NamedCredentials& credentials,
                                                  const florin::ClientOptions& options);

}  // namespace florin_test
