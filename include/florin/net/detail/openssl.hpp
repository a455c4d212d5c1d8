// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/require.hpp>

#include <openssl/ssl.h>

namespace florin::net::detail {

/// Initialises OpenSSL in such a way that it does not clean up when the process ends: other threads
/// may still be in the middle of a call then. Has no effect if the program has initialised it
/// before, without `OPENSSL_INIT_NO_ATEXIT`.
///
/// Thread safety: may be called from any thread.
inline void initialise_openssl() noexcept {
  static const int done = OPENSSL_init_ssl(OPENSSL_INIT_NO_ATEXIT, nullptr);
  static_cast<void>(done);
}

}  // namespace florin::net::detail
