// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/wire/endpoint.hpp>

#include <cstddef>
#include <string_view>

namespace florin::wire {

/// The parts of a request that exist only once it is written. While room is made for its signature
/// there is no body yet.
struct WrittenRequest {
  Method method;              ///< as declared
  std::string_view target{};  ///< what follows the host: path and query
  std::string_view body{};    ///< exact bytes
  std::string_view host{};    ///< as in the header `Host`
  bool has_body = false;      ///< false: there is none, which is not an empty one
};

/// Where the signature of a request stands in its buffer, in bytes.
struct SignaturePlace {
  std::size_t at = 0;    ///< where it begins
  std::size_t size = 0;  ///< as much as room was made for
};

}  // namespace florin::wire
