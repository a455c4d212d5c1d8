// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/require.hpp>

#include <chrono>
#include <cstdint>
#include <ostream>
#include <string_view>

namespace florin {

/// When a customer that was stored or changed can be found.
enum class Consistency : std::uint8_t {
  undocumented,  ///< the processor does not say
  immediate,     ///< at once
  eventual,      ///< some time later
};

/// `"undocumented"`, `"immediate"` or `"eventual"`.
constexpr std::string_view to_string(Consistency consistency) noexcept {
  switch (consistency) {
    case Consistency::undocumented:
      return "undocumented";
    case Consistency::immediate:
      return "immediate";
    case Consistency::eventual:
      return "eventual";
  }
  return "undocumented";
}

/// Writes the name, as `to_string`.
inline std::ostream& operator<<(std::ostream& out, Consistency consistency) {
  return out << to_string(consistency);
}

/// What the processor says of the index that a find reads.
struct FindIndex {
  Consistency consistency = Consistency::undocumented;  ///< when a change shows
  std::chrono::seconds delay{0};    ///< `eventual`: until when a customer is found as a rule
  std::chrono::seconds longest{0};  ///< `eventual`: until when in trouble; 0: nobody says
  /// Whether it is documented that the processor looks there at all. Where it is not, what is found
  /// is right, but a customer that is not found may be there: `ensure` does not rely on it.
  bool certain = true;
};

}  // namespace florin
