// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/net/detail/fork_hold.hpp>
#include <florin/net/detail/openssl.hpp>

#include <new>
#include <span>

#include <openssl/rand.h>

namespace florin::net::detail {

/// Fills `bytes` with what nobody can guess. Errors: `std::bad_alloc`.
///
/// Thread safety: may be called from any thread.
inline void fill_randomly(std::span<unsigned char> bytes) {
  const ForkHold hold;
  initialise_openssl();
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) throw std::bad_alloc{};
}

}  // namespace florin::net::detail
