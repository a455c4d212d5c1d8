// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/onboarding/recovery.hpp>

#include <algorithm>
#include <chrono>
#include <optional>

namespace florin::onboarding {

namespace detail {

/// How long after a doubt a search proves that there is nobody; nothing: nobody says.
[[nodiscard]] inline std::optional<std::chrono::milliseconds> absence_proven_after(
    const EnsureFacts& facts, const RecoveryOptions& options) {
  if (options.absence_proven_after) return options.absence_proven_after;
  if (facts.index.consistency == Consistency::undocumented) return std::nullopt;
  // No request is under way for longer than a minute.
  return std::chrono::minutes{1} + std::max(facts.index.delay, facts.index.longest);
}

/// Whether the processor still knows the key of a row. Nobody can say how old one is whose time is
/// to come, for the clock was set back; by less than an hour that is what keys are kept for longer.
[[nodiscard]] inline bool has_key(const Row& row, const RecoveryOptions& options,
                                  DatabaseTime now) {
  constexpr std::chrono::milliseconds set_back = std::chrono::hours{1};
  const DatabaseTime age = now - row.first_asked;
  return age > -set_back.count() && age < options.keys_kept.count();
}

}  // namespace detail

FLORIN_DECL Recovery recovery_of(const Row& row, const EnsureFacts& facts,
                                 const RecoveryOptions& options, bool has_email, DatabaseTime now) {
  const bool finds = facts.finds(has_email);
  switch (facts.guarantee) {
    case EnsureGuarantee::by_key:
      if (detail::has_key(row, options, now)) return {};
      return {.ask = finds || !row.doubt, .look_first = finds};
    case EnsureGuarantee::by_uniqueness:
      return {};
    case EnsureGuarantee::by_lookup: {
      if (!row.doubt) return {};
      const auto proven = detail::absence_proven_after(facts, options);
      return {.look_only = !proven || now - row.doubted < proven->count()};
    }
    case EnsureGuarantee::only_reported:
      break;
  }
  return {.ask = !row.doubt};
}

}  // namespace florin::onboarding
