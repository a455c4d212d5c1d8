// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/error.hpp>
#include <florin/net/establish.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace florin::detail {

/// Where the calls of a client go.
struct Place {
  net::Target target{};
  std::string authority{};       ///< the value of the `Host` header
  std::uint64_t number = 0;      ///< tells one from the next
  std::optional<Error> error{};  ///< why there is none

  /// The target of `place`, which it keeps alive.
  [[nodiscard]] static std::shared_ptr<const net::Target> target_of(
      const std::shared_ptr<const Place>& place) noexcept {
    return {place, &place->target};
  }
};

}  // namespace florin::detail
