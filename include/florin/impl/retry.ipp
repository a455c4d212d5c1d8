// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/retry.hpp>

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

namespace florin {

FLORIN_DECL void RetryMachine::correct(Error& error) noexcept {
  if (settles(error)) return;
  if (error.outcome == Outcome::unknown) in_doubt_ = true;
  if (in_doubt_ && error.outcome == Outcome::no_effect) error.outcome = Outcome::unknown;
}

FLORIN_DECL std::optional<RetryMachine::Clock::time_point> RetryMachine::failed(
    Error& error, bool sent, bool stale, Clock::time_point now, double jitter) noexcept {
  const bool free = !std::exchange(stale_, stale) && stale;
  if (free) ++uncounted_;
  const int counted = attempts_ - uncounted_;
  const bool repeat =
      error.transient && (!sent || idempotent_) && (free || counted <= options_.retries);
  correct(error);
  if (!repeat) return std::nullopt;
  const auto again = free ? now : net::saturated(now, backoff(error, counted, jitter));
  if (again >= deadline_) return std::nullopt;
  return again;
}

FLORIN_DECL bool RetryMachine::settles(const Error& error) const noexcept {
  return error.outcome == Outcome::in_effect ||
         (idempotent_ && error.from_processor && error.code == Errc::invalid_data);
}

FLORIN_DECL RetryMachine::Clock::duration RetryMachine::backoff(const Error& error, int counted,
                                                                double jitter) const noexcept {
  const auto none = Clock::duration::zero();
  const auto longest = std::max(none, net::clipped(options_.longest_backoff));
  auto wait = std::max(none, net::clipped(options_.first_backoff));
  for (int i = 1; i < counted && wait < longest; ++i)
    wait = wait < longest / 2 ? wait * 2 : longest;
  wait = std::min(wait, longest);
  wait = wait / 2 + std::chrono::duration_cast<Clock::duration>(wait * (jitter / 2));
  if (error.retry_after) wait = std::max(wait, net::clipped(*error.retry_after));
  return wait;
}

}  // namespace florin
