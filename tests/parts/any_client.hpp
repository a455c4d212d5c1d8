// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/any_client_of.hpp>

#include <string_view>

#include "../../examples/import/any_client.hpp"

namespace florin_test {

/// `AnyClient::make` of all policies, which the examples have compiled.
inline florin::Result<florin::AnyClient> make_any_client(
    std::string_view name, const florin::NamedCredentials& credentials,
    const florin::ClientOptions& options) {
  return florin_import::make_any_client({}, name, credentials, options);
}

}  // namespace florin_test
