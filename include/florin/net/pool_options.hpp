// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/require.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace florin::net {

/// How many connections a client keeps, and for how long.
struct PoolOptions {
  /// Most connections at the same time, and as many to a host that only gives tokens; further calls
  /// queue. At least 1. First come, first served:
  /// a connection that comes free is given to the call that has waited longest, whatever it asks
  /// for and whoever drives it. The next attempt of a call queues anew, behind those that wait.
  std::size_t max_connections = 64;
  /// Most calls that wait for a connection at the same time; a further one ends at once with
  /// `queue_full`. 0: none waits.
  std::size_t max_queued = std::numeric_limits<std::size_t>::max();
  /// An idle connection older than this is closed. Keep it below the peer's own limit.
  std::chrono::milliseconds idle_timeout{55'000};
  /// A connection is not used again when it was opened longer ago than this, so that busy clients
  /// follow a change of DNS. Each has an age of its own between three quarters of it and the whole,
  /// so that not all end at once. 0 or less: no limit.
  std::chrono::milliseconds max_age{600'000};
  /// Whether a thread of the library's own, one for all clients of the process, closes idle
  /// connections when their time is over or the peer has closed them, within a second or so. If
  /// not, or where no thread can be had, that happens when a connection is next used or given back.
  bool sweep = true;
};

/// What a pool holds now and did so far.
struct PoolStats {
  std::size_t idle = 0;       ///< connections ready for use
  std::size_t busy = 0;       ///< connections in use
  std::size_t queued = 0;     ///< calls waiting for one
  std::uint64_t refused = 0;  ///< times a call was not queued because too many were
  std::uint64_t opened = 0;   ///< connections established
  std::uint64_t reused = 0;   ///< times an idle one was used again
  std::uint64_t stale = 0;    ///< idle ones found dead or too old when they were to be used
  std::uint64_t swept = 0;    ///< idle ones found dead or too old, and closed, before that
};

}  // namespace florin::net
