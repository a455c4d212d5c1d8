// SPDX-License-Identifier: Apache-2.0
#include "any_client.hpp"

#include <florin/any_client.hpp>

namespace florin_import {

florin::Result<florin::AnyClient> make_any_client(const boost::asio::any_io_executor& executor,
                                                  std::string_view name,
                                                  const florin::NamedCredentials& credentials,
                                                  const florin::ClientOptions& options) {
  return florin::AnyClient::make(executor, name, credentials, options);
}

}  // namespace florin_import
