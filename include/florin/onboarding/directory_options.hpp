// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/onboarding/recovery.hpp>

#include <chrono>
#include <cstddef>

namespace florin::onboarding {

/// How a directory is used. All processes that use a database should have the same.
struct DirectoryOptions {
  /// How long what is in doubt is waited for.
  RecoveryOptions recovery{};
  /// How much longer than a call's deadline its row stays its own. When that has passed too,
  /// whoever works on it is taken for dead, and others take the row up, as one in doubt.
  std::chrono::milliseconds lease_margin{15'000};
  /// How long it is tried to store an answer, beyond the deadline of its call.
  std::chrono::milliseconds patience{30'000};
  /// Most rows of one transaction: what many calls want is written together.
  std::size_t batch = 500;
};

}  // namespace florin::onboarding
