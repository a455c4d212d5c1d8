// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/config.hpp>
#include <florin/ensure.hpp>
#include <florin/onboarding/row.hpp>

#include <chrono>
#include <optional>

namespace florin::onboarding {

/// What decides how a row is taken up again that a crash or an unknown outcome has left. The
/// defaults hold for processors that keep keys for a day, or refuse a second customer. At Mollie,
/// which keeps them for an hour and has neither search nor uniqueness, `keys_kept` has to be less
/// than that; else an older row may make a second customer there.
struct RecoveryOptions {
  /// How long the processor recognises idempotency keys at least. An older row is looked up first
  /// where it can be, and else left to who looks into the dashboard.
  std::chrono::milliseconds keys_kept{std::chrono::hours{23}};
  /// `EnsureGuarantee::by_lookup`: how long after a doubt it is certain that a customer who is not
  /// found does not exist, and may be created. Empty: what the processor documents of its search,
  /// and a minute; where it documents nothing such a customer is looked for, and never created
  /// again.
  std::optional<std::chrono::milliseconds> absence_proven_after{};
};

/// How a row goes on.
struct Recovery {
  bool ask = true;          ///< false: nothing that the library may do would settle it
  bool look_first = false;  ///< see `CallOptions`
  bool look_only = false;   ///< see `CallOptions`
};

/// What may be done for a row that nobody works on. All that onboarding decides about doubts is
/// decided here.
/// \param row as it is in the database.
/// \param facts of the processor.
/// \param options how long to wait for what.
/// \param has_email whether its request gives an email, by which some processors find customers.
/// \param now by the database's clock.
///
/// Thread safety: reentrant.
[[nodiscard]] FLORIN_DECL Recovery recovery_of(const Row& row, const EnsureFacts& facts,
                                               const RecoveryOptions& options, bool has_email,
                                               DatabaseTime now);

}  // namespace florin::onboarding

#if !defined(FLORIN_SEPARATE_COMPILATION)
#include <florin/onboarding/impl/recovery.ipp>
#endif
