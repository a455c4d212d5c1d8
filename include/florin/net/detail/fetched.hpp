// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/net/detail/fork_hold.hpp>
#include <florin/net/detail/openssl.hpp>

#include <atomic>

#include <openssl/evp.h>

namespace florin::net::detail {

/// An algorithm of OpenSSL's, looked up once for the process: that takes time and locks. It is
/// never freed: other threads may use it while the process ends. Not a static of a function: a
/// child would wait for ever for a thread of its parent's that was looking it up.
///
/// Thread safety: may be called from any thread.
template <class Algorithm, Algorithm* (*Fetch)(), void (*Free)(Algorithm*)>
class Fetched {
 public:
  /// Null: there is no memory for it.
  [[nodiscard]] static Algorithm* get() noexcept {
    Algorithm* const kept = kept_.load(std::memory_order_acquire);
    return kept != nullptr ? kept : fetch();
  }

 private:
  [[gnu::cold, gnu::noinline]] static Algorithm* fetch() noexcept {
    const ForkHold hold;
    initialise_openssl();
    Algorithm* const fresh = Fetch();
    if (fresh == nullptr) return nullptr;
    Algorithm* kept = nullptr;
    if (kept_.compare_exchange_strong(kept, fresh, std::memory_order_acq_rel,
                                      std::memory_order_acquire))
      return fresh;
    Free(fresh);
    return kept;
  }

  static inline constinit std::atomic<Algorithm*> kept_{nullptr};
};

inline EVP_MD* fetch_sha256() {
  return EVP_MD_fetch(nullptr, "SHA2-256", nullptr);
}
inline EVP_MAC* fetch_hmac() {
  return EVP_MAC_fetch(nullptr, "HMAC", nullptr);
}
using Sha256Algorithm = Fetched<EVP_MD, &fetch_sha256, &EVP_MD_free>;
using HmacAlgorithm = Fetched<EVP_MAC, &fetch_hmac, &EVP_MAC_free>;

}  // namespace florin::net::detail
