// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/net/detail/fork.hpp>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <mutex>
#include <new>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <openssl/ssl.h>

namespace florin::net {

/// Resumable TLS sessions of a client, newest first, by peer. A TLS 1.3 ticket is handed out once
/// (RFC 8446 C.4), an older session as often as it is asked for. A child made by `fork` starts with
/// none: two processes must not show the same ticket.
///
/// Thread safety: all members may be called from any thread.
class SessionCache {
 public:
  /// Gives a session back to OpenSSL.
  struct Free {
    /// Frees it; not null.
    void operator()(SSL_SESSION* session) const noexcept { SSL_SESSION_free(session); }
  };
  /// What a connection's `SSL` carries as application data, so that its sessions find their cache.
  struct Owner {
    SessionCache& cache;  ///< of the client; outlives the connection
    std::string peer;     ///< whose sessions they are
  };
  /// An owned session; null: none.
  using Session = std::unique_ptr<SSL_SESSION, Free>;

  /// Keeps at most `capacity` sessions in all and `per_peer` of one peer; the oldest go first.
  explicit SessionCache(std::size_t capacity = 128, std::size_t per_peer = 8) noexcept
      : capacity_(capacity), per_peer_(per_peer) {}

  /// Adds the newest session of `peer`.
  /// \throws std::bad_alloc
  void put(std::string_view peer, Session session) {
    const bool single_use = SSL_SESSION_get_protocol_version(session.get()) >= TLS1_3_VERSION;
    auto& kept = kept_.get([](Kept*) { return std::make_unique<Kept>(); });
    const std::scoped_lock lock{kept.mutex};
    auto& entries = kept.entries;
    const auto same = [&](const Entry& entry) { return entry.peer == peer; };
    const auto allowed = single_use ? per_peer_ : std::size_t{1};
    while (static_cast<std::size_t>(std::count_if(entries.begin(), entries.end(), same)) >=
           std::max<std::size_t>(allowed, 1)) {
      entries.erase(std::find_if(entries.begin(), entries.end(), same));
    }
    while (!entries.empty() && entries.size() >= capacity_) entries.erase(entries.begin());
    if (capacity_ != 0) entries.push_back({std::string{peer}, std::move(session)});
  }

  /// The newest session of `peer` that can still be resumed, or null.
  [[nodiscard]] Session take(std::string_view peer) {
    Kept* const kept = kept_.find();
    if (kept == nullptr) return nullptr;
    const std::scoped_lock lock{kept->mutex};
    auto& entries = kept->entries;
    for (auto position = entries.end(); position != entries.begin();) {
      --position;
      if (position->peer != peer) continue;
      if (SSL_SESSION_is_resumable(position->session.get()) == 0) {
        position = entries.erase(position);
        continue;
      }
      if (SSL_SESSION_get_protocol_version(position->session.get()) < TLS1_3_VERSION) {
        SSL_SESSION_up_ref(position->session.get());
        return Session{position->session.get()};
      }
      Session session = std::move(position->session);
      entries.erase(position);
      return session;
    }
    return nullptr;
  }

  /// OpenSSL's callback for a new session of a connection whose application data is an `Owner`.
  static int remember(SSL* ssl, SSL_SESSION* fresh) noexcept {
    Session session{fresh};
    auto* const owner = static_cast<Owner*>(SSL_get_app_data(ssl));
    if (owner == nullptr) {
      static_cast<void>(session.release());
      return 0;
    }
    try {
      owner->cache.put(owner->peer, std::move(session));
    } catch (const std::bad_alloc&) {
      // Without this session the next handshake is a full one, nothing worse.
    }
    return 1;
  }

  /// How many sessions are kept.
  [[nodiscard]] std::size_t size() const {
    Kept* const kept = kept_.find();
    if (kept == nullptr) return 0;
    const std::scoped_lock lock{kept->mutex};
    return kept->entries.size();
  }

 private:
  struct Entry {
    std::string peer;
    Session session;
  };
  struct Kept {
    std::mutex mutex;
    std::vector<Entry> entries;  // oldest first
  };

  std::size_t capacity_;
  std::size_t per_peer_;
  detail::PerProcess<Kept> kept_;
};

}  // namespace florin::net
