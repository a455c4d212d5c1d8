// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/any_client_of.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <string_view>

namespace florin_import {

/// `AnyClient::make` of all policies; compiled by itself, for it takes long.
florin::Result<florin::AnyClient> make_any_client(const boost::asio::any_io_executor& executor,
                                                  std::string_view name,
                                                  const florin::NamedCredentials& credentials,
                                                  const florin::ClientOptions& options);

}  // namespace florin_import
