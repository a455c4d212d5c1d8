// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/core.hpp>
#include <florin/error.hpp>
#include <florin/net/establish.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace florin::detail {

/// A server.
struct Server {
  net::Target target{};
  std::string authority{};  ///< the value of the `Host` header
};

/// Where the calls of a client go.
struct Place {
  Server api{};
  std::optional<Server> tokens{};      ///< where tokens are fetched, if not there
  std::shared_ptr<const Home> home{};  ///< the policy's, whether it is this one or not
  bool at_home = false;                ///< whether it is this one
  std::uint64_t number = 0;            ///< tells one from the next
  std::optional<Error> error{};        ///< why there is none

  /// Where `place`, which it keeps alive, leads.
  /// \param for_token to fetch a token.
  [[nodiscard]] static std::shared_ptr<const net::Target> target_of(
      const std::shared_ptr<const Place>& place, bool for_token = false) noexcept {
    return {place, for_token && place->tokens ? &place->tokens->target : &place->api.target};
  }
};

}  // namespace florin::detail
