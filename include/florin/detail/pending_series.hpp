// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/config.hpp>

#include <cstdint>

namespace florin::detail {

class ClientCore;
class PendingCalls;

/// A series of calls as one of those that are under way at a client: whoever shuts that down waits
/// until it is over, and lets its calls begin meanwhile; whoever cancels all cancels it, also
/// between two of its calls.
///
/// Thread safety: none, but what others do with the client.
class PendingSeries {
 public:
  PendingSeries() noexcept = default;
  PendingSeries(const PendingSeries&) = delete;
  PendingSeries& operator=(const PendingSeries&) = delete;
  FLORIN_DECL ~PendingSeries();

  /// The series begins. At a client that was shut down its calls are refused as any others. Errors:
  /// `std::bad_alloc`, in a child that has nothing of the client's yet.
  FLORIN_DECL void enter(ClientCore& core);
  /// The series is over.
  FLORIN_DECL void leave() noexcept;

 private:
  friend class PendingCalls;
  PendingCalls* pending_ = nullptr;  // null: it is not counted
  std::uint64_t cancellations_ = 0;  // of all, before it began
  unsigned process_ = 0;
};

}  // namespace florin::detail
