// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/require.hpp>

#include <chrono>

namespace florin::net {

/// How connections are made.
struct ConnectOptions {
  /// Head start of an address before the next one is tried beside it (RFC 8305: 250 ms). Any value
  /// will do: with the greatest the next one waits for a failure.
  std::chrono::milliseconds attempt_delay{250};
  /// Sets SO_KEEPALIVE: the system probes idle connections, at its own intervals.
  bool keep_alive = false;
};

}  // namespace florin::net
