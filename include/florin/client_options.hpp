// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/customer.hpp>
#include <florin/net/connect_options.hpp>
#include <florin/net/pool_options.hpp>
#include <florin/net/proxy_options.hpp>
#include <florin/net/tls_options.hpp>
#include <florin/retry.hpp>
#include <florin/wire/endpoint.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace florin {

namespace net {
class TlsContext;
}

/// How a `Client` reaches its processor. The defaults are meant for production.
struct ClientOptions {
  /// Which of the policy's hosts is used.
  Environment environment = Environment::live;
  /// Another server instead, e.g. a sandbox: `https://localhost:8443`. Empty: the policy's host.
  std::string base_url{};
  /// Where tokens are fetched instead, of the same form, for a policy whose `Token` has hosts of
  /// its own. Empty: at `base_url` where that is given, else at the policy's.
  std::string token_base_url{};
  /// Limit for a whole call: queueing, DNS, connect, handshake, I/O, backoff, every attempt.
  std::chrono::milliseconds deadline{30'000};
  /// Limit for one connection, from DNS to the end of the handshake, within the deadline.
  std::chrono::milliseconds connect_timeout{10'000};
  /// When, and how often, a failed attempt is repeated.
  RetryOptions retry{};
  /// How many connections there are, and for how long.
  net::PoolOptions pool{};
  /// Roots, client certificate, versions. The defaults verify against the system's roots.
  net::TlsOptions tls{};
  /// A ready context instead of `tls`, e.g. to share one between clients. The only way to switch
  /// verification off is a context from `net::TlsContext::make_without_verification`.
  std::shared_ptr<net::TlsContext> tls_context{};
  /// An HTTP proxy that opens tunnels.
  std::optional<net::Proxy> proxy{};
  /// How the addresses of the host are tried.
  net::ConnectOptions connect{};
  /// Allows a `base_url` with `http://`: credentials and personal data then travel in the open. For
  /// emulators on the same machine only.
  bool insecure_plain_http = false;
};

/// What one call does differently. Views and pointers are read before `create` or `async_create`
/// returns.
template <class P>
struct CallOptions {
  /// Other credentials than the client's: one client, many accounts. Null: the client's. Where they
  /// are a part of the host, they have to be of the client's (`invalid_options`), unless it has a
  /// `base_url`: a key goes to no other host than its own.
  const typename P::Credentials* credentials = nullptr;
  /// Empty: derived from `merchant_customer_id`; of an update a fresh one. No personal data,
  /// please.
  std::string_view idempotency_key{};
  /// The processor's own token of a payment method, where it creates no customer without one; see
  /// `takes_payment_token`. Visible ASCII without blanks, a secret: it is wiped with the request,
  /// and masked in errors. Given where there is no place for it, or missing where it is needed:
  /// `invalid_options`. `ensure` and `update` give it to their own requests, not to those that
  /// read.
  std::string_view payment_token{};
  /// Limit for this call; empty: the client's.
  std::optional<std::chrono::milliseconds> deadline{};
  /// Repetitions; empty: the client's.
  std::optional<int> retries{};
  /// Of a create: what it comes to when the processor says that the customer exists.
  OnExists on_exists = OnExists::fail;
  /// Waits so long before anything is sent, within the deadline.
  std::chrono::milliseconds delay{0};
  /// Of `ensure`: looks the customer up before it creates it, where the processor finds customers.
  /// For what was begun longer ago than the processor keeps keys.
  bool look_first = false;
  /// Of `ensure`: looks the customer up and never creates it. Nobody found is `not_found`, with
  /// `Outcome::unknown`: what was sent before may be under way, or not be found yet. Where the
  /// processor finds no customers by what is given: `invalid_options`.
  bool look_only = false;
  /// What the observer is told with each event of this call: whose it is. It is not looked at.
  void* user_data = nullptr;
};

}  // namespace florin
