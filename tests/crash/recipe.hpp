// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/customer/ensure.hpp>

#include <optional>

#include "crash/ledger.hpp"

namespace florin_test {

/// The guide's "Storing both ids safely", as far as it says how to go on with a row that has no
/// id.
struct Recipe {
  florin::EnsureGuarantee guarantee;
  bool finds;      ///< the processor has a search
  Time keys_kept;  ///< how long it recognises keys
  Time settling;   ///< how long what a dead process has sent may go unnoticed

  struct Call {
    Time due;  ///< not before
    bool look_first = false;
  };
  /// How `ensure` is called again; nothing: it is not, since that might make a second customer.
  [[nodiscard]] std::optional<Call> again(const Row& row, Time now) const {
    using State = Row::State;
    using Guarantee = florin::EnsureGuarantee;
    if (row.state == State::done || row.state == State::exists) return std::nullopt;
    const bool open = row.state != State::failed || row.doubted;
    switch (guarantee) {
      case Guarantee::by_key:
        if (now - row.first < keys_kept) return Call{.due = now};
        if (open && !finds) return std::nullopt;
        return Call{.due = now, .look_first = true};
      case Guarantee::by_uniqueness:
        return Call{.due = now};
      case Guarantee::by_lookup:
        return Call{.due = open ? row.last + settling : now};
      case Guarantee::only_reported:
        break;
    }
    if (open) return std::nullopt;
    return Call{.due = now};
  }
};

}  // namespace florin_test
