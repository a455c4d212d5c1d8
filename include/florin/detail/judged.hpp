// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/decode.hpp>
#include <florin/detail/attempt.hpp>
#include <florin/detail/transport_error.hpp>
#include <florin/error.hpp>
#include <florin/net/exchange.hpp>

#include <optional>
#include <utility>

namespace florin::detail {

/// What came of an attempt whose exchange is done or has failed.
/// \param phase the phase in which a failed exchange ended.
/// \return why it is no success; nothing: `attempt` keeps the success.
[[nodiscard]] inline std::optional<Error> judged(Attempt& attempt, const net::Exchange& exchange,
                                                 Phase phase) {
  if (exchange.step() == net::Exchange::Step::done) [[likely]]
    return attempt.judge();
  Error error = exchange_error(attempt.facts().connector, exchange, phase);
  if (!attempt.facts().changes) error.outcome = Outcome::no_effect;
  return error;
}

}  // namespace florin::detail
