// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/require.hpp>

#include <cstdint>
#include <optional>
#include <ostream>
#include <string_view>

namespace florin::onboarding {

/// What a directory knows of a customer.
enum class State : std::uint8_t {
  pending,  ///< not there yet: being asked for, or to be asked for again; nothing is in doubt
  active,   ///< the processor has it, and its id is stored
  /// It may be there, or is, and which one it is cannot be known yet. Settled by `settle` as the
  /// processor's guarantee allows, else by who looks into the processor's dashboard.
  unknown,
  refused,  ///< not there: the processor refuses these data
};

/// The snake_case name, e.g. `"pending"`.
constexpr std::string_view to_string(State state) noexcept {
  switch (state) {
    case State::pending:
      return "pending";
    case State::active:
      return "active";
    case State::unknown:
      return "unknown";
    case State::refused:
      return "refused";
  }
  return "unknown";
}

/// The state of that name; nothing: there is none.
constexpr std::optional<State> state_named(std::string_view name) noexcept {
  for (const State state : {State::pending, State::active, State::unknown, State::refused})
    if (to_string(state) == name) return state;
  return std::nullopt;
}

/// Writes the name, as `to_string`.
inline std::ostream& operator<<(std::ostream& out, State state) {
  return out << to_string(state);
}

}  // namespace florin::onboarding
