// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/onboarding/state.hpp>

#include <compare>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>

namespace florin::onboarding {

/// Which row of a directory: one customer of yours, at one account of one processor. Unique.
struct CustomerKey {
  std::string merchant_customer_id{};  ///< your own reference
  std::string connector{};             ///< the policy's name, e.g. `"stripe"`
  std::string account{};  ///< your name of the account at the processor; empty: you have one

  friend auto operator<=>(const CustomerKey&, const CustomerKey&) = default;
};

/// Milliseconds since 1970 by the clock of the database. Times of different clocks are never
/// compared.
using DatabaseTime = std::int64_t;

/// A time that does not come.
inline constexpr DatabaseTime never = std::numeric_limits<DatabaseTime>::max();

/// A row of a directory.
struct Row {
  CustomerKey key{};                    ///< which one it is
  State state = State::pending;         ///< what is known of the customer
  std::string connector_customer_id{};  ///< `active`: the processor's id
  std::string error{};   ///< the last failure, e.g. `"rate_limited"`; empty: there is none
  std::string detail{};  ///< what the processor calls it, and the field; no personal data
  /// The request as it was first asked, JSON. Kept as long as it may have to be repeated, so that
  /// the same is sent; empty when the customer is active or refused.
  std::string request{};
  std::string digest{};          ///< of the request, as it was asked last; see `Onboarded`
  bool doubt = false;            ///< a call was left open: it may have made the customer
  int attempts = 0;              ///< how often the processor was asked, each with its repetitions
  std::string lease{};           ///< who is at work on it; empty: nobody
  DatabaseTime lease_until = 0;  ///< when whoever works on it is taken for dead
  DatabaseTime first_asked = 0;  ///< when the row was made
  DatabaseTime asked = 0;        ///< when the processor was asked last
  DatabaseTime doubted = 0;      ///< when it was left in doubt last
  DatabaseTime changed = 0;      ///< when the row was written last
  DatabaseTime due = 0;          ///< when `settle` takes it up; `never`: it does not
};

/// The rows of one account at one processor.
struct Scope {
  std::string connector{};  ///< see `CustomerKey`
  std::string account{};    ///< see `CustomerKey`
};

/// How many rows there are of each state.
struct Counts {
  std::size_t pending = 0;  ///< not asked yet, or to be asked again
  std::size_t active = 0;   ///< there, with their ids
  std::size_t unknown = 0;  ///< in doubt
  std::size_t refused = 0;  ///< by the processor
};

}  // namespace florin::onboarding
