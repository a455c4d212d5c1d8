// SPDX-License-Identifier: Apache-2.0
#pragma once

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
/// (RFC 8446 C.4), an older session as often as it is asked for.
/// Thread safety: all members may be called from any thread.
class SessionCache {
 public:
  struct Free {
    void operator()(SSL_SESSION* session) const noexcept { SSL_SESSION_free(session); }
  };
  /// What a connection's `SSL` carries as application data, so that its sessions find their cache.
  struct Owner {
    SessionCache& cache;
    std::string peer;
  };
  /// An owned session; null: none.
  using Session = std::unique_ptr<SSL_SESSION, Free>;

  /// Keeps at most `capacity` sessions in all and `per_peer` of one peer; the oldest go first.
  explicit SessionCache(std::size_t capacity = 128, std::size_t per_peer = 8) noexcept
      : capacity_(capacity), per_peer_(per_peer) {}

  /// Adds the newest session of `peer`.
  void put(std::string_view peer, Session session) {
    const bool single_use = SSL_SESSION_get_protocol_version(session.get()) >= TLS1_3_VERSION;
    const std::scoped_lock lock{mutex_};
    const auto same = [&](const Entry& entry) { return entry.peer == peer; };
    const auto allowed = single_use ? per_peer_ : std::size_t{1};
    while (static_cast<std::size_t>(std::count_if(entries_.begin(), entries_.end(), same)) >=
           std::max<std::size_t>(allowed, 1)) {
      entries_.erase(std::find_if(entries_.begin(), entries_.end(), same));
    }
    while (!entries_.empty() && entries_.size() >= capacity_) entries_.erase(entries_.begin());
    if (capacity_ != 0) entries_.push_back({std::string{peer}, std::move(session)});
  }

  /// The newest session of `peer` that can still be resumed, or null.
  [[nodiscard]] Session take(std::string_view peer) {
    const std::scoped_lock lock{mutex_};
    for (auto position = entries_.end(); position != entries_.begin();) {
      --position;
      if (position->peer != peer) continue;
      if (SSL_SESSION_is_resumable(position->session.get()) == 0) {
        position = entries_.erase(position);
        continue;
      }
      if (SSL_SESSION_get_protocol_version(position->session.get()) < TLS1_3_VERSION) {
        SSL_SESSION_up_ref(position->session.get());
        return Session{position->session.get()};
      }
      Session session = std::move(position->session);
      entries_.erase(position);
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
    const std::scoped_lock lock{mutex_};
    return entries_.size();
  }

 private:
  struct Entry {
    std::string peer;
    Session session;
  };

  std::size_t capacity_;
  std::size_t per_peer_;
  mutable std::mutex mutex_;
  std::vector<Entry> entries_;  // oldest first
};

}  // namespace florin::net
