// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/net/detail/openssl.hpp>

#include <atomic>
#include <memory>
#include <soci/soci.h>
#include <stdexcept>
#include <string>

namespace florin::onboarding::detail {

/// Whether SOCI's backends are going, as the process ends.
inline constinit std::atomic<bool> soci_ends{false};

/// What makes sessions of one of SOCI's backends, which is loaded for as long as the process lives.
///
/// SOCI's own list of loaded backends goes as the process ends, when a thread of the library may
/// still connect, or end a session: sessions of this never ask it.
class SociBackend {
 public:
  /// Errors: `soci::soci_error`: it cannot be loaded.
  explicit SociBackend(const char* name)
      : kept_(std::make_unique<soci::connection_parameters>(name, "").release()) {
    // What libpq would initialise later would be cleaned up under threads that use it.
    net::detail::initialise_openssl();
  }
  SociBackend(const SociBackend&) = delete;
  SociBackend& operator=(const SociBackend&) = delete;
  ~SociBackend() { soci_ends = true; }

  /// A session. Errors: `std::exception`: it cannot be connected to, or the process ends.
  [[nodiscard]] std::unique_ptr<soci::session> connect(const std::string& to) const {
    return std::make_unique<soci::session>(soci::connection_parameters{*kept_->get_factory(), to});
  }

 private:
  const soci::connection_parameters* kept_;  // never ends: it keeps the backend loaded
};

/// \param backend as SOCI calls it. Errors: as those of `SociBackend`.
///
/// Thread safety: may be called from any thread.
template <const char* backend>
[[nodiscard]] std::unique_ptr<soci::session> connect_to(const std::string& to) {
  if (soci_ends) throw std::runtime_error{"the process ends"};
  static const SociBackend loaded{backend};
  return loaded.connect(to);
}

}  // namespace florin::onboarding::detail
