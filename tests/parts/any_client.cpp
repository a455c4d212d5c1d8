// SPDX-License-Identifier: Apache-2.0
#include "parts/any_client.hpp"

namespace florin_test {

florin::Result<florin::AnyClient> make_any_client(std::string_view name,
                                                  const florin::NamedCredentials& credentials,
                                                  const florin::ClientOptions& options) {
  return florin::AnyClient::make(name, credentials, options);
}

}  // namespace florin_test
