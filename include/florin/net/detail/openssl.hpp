// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/require.hpp>
#include <florin/net/detail/fork_hold.hpp>

#include <atomic>

#include <openssl/ssl.h>

namespace florin::net::detail {

/// Not a static of the function: a child would wait for ever for a thread of its parent's that was
/// initialising one. OpenSSL may be initialised any number of times.
inline constinit std::atomic<bool> openssl_is_initialised{false};

/// Initialises OpenSSL in such a way that it does not clean up when the process ends: other threads
/// may still be in the middle of a call then. Has no effect if the program has initialised it
/// before, without `OPENSSL_INIT_NO_ATEXIT`.
///
/// A fork waits until it is done: OpenSSL's own locks would be held in the child for ever by a
/// thread that it does not have.
///
/// Thread safety: may be called from any thread.
inline void initialise_openssl() noexcept {
  if (openssl_is_initialised.load(std::memory_order_acquire)) [[likely]]
    return;
  const ForkHold hold;
  static_cast<void>(OPENSSL_init_ssl(OPENSSL_INIT_NO_ATEXIT, nullptr));
  openssl_is_initialised.store(true, std::memory_order_release);
}

}  // namespace florin::net::detail
