// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/require.hpp>

#include <cstdint>
#include <ostream>
#include <string_view>

namespace florin {

/// How the customer of a successful create came to be.
enum class Origin : std::uint8_t {
  created,          ///< by this call
  already_existed,  ///< it was there: the processor said so and `OnExists::use_existing` was asked
  replayed,         ///< an earlier request with the same idempotency key had created it
  found,            ///< `ensure` has found it by a search
};

/// The snake_case name, e.g. `"already_existed"`.
constexpr std::string_view to_string(Origin origin) noexcept {
  switch (origin) {
    case Origin::created:
      return "created";
    case Origin::already_existed:
      return "already_existed";
    case Origin::replayed:
      return "replayed";
    case Origin::found:
      return "found";
  }
  return "created";
}

/// Writes the name, as `to_string`.
inline std::ostream& operator<<(std::ostream& out, Origin origin) {
  return out << to_string(origin);
}

}  // namespace florin
