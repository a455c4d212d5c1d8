// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/require.hpp>

#include <cstdint>
#include <ostream>
#include <string_view>

namespace florin {

/// The unified state of a customer at the processor.
enum class CustomerStatus : std::uint8_t {
  active,
  deleted,  ///< gone, or deactivated where the processor has no delete; it can only be read
};

/// `"ACTIVE"` or `"DELETED"`.
constexpr std::string_view to_string(CustomerStatus status) noexcept {
  return status == CustomerStatus::active ? "ACTIVE" : "DELETED";
}

/// Writes the name, as `to_string`.
inline std::ostream& operator<<(std::ostream& out, CustomerStatus status) {
  return out << to_string(status);
}

}  // namespace florin
