// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/config.hpp>
#include <florin/testing/certificate.hpp>
#include <florin/testing/fault.hpp>
#include <florin/testing/processor.hpp>
#include <florin/testing/received_request.hpp>
#include <florin/testing/sandbox_options.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace florin::testing {

namespace detail {
class SandboxServer;
}

/// A payment processor within the process, over real sockets and real TLS, for tests: it checks
/// requests the way the processor's documents say, keeps what it was told, and misbehaves on
/// demand.
///
/// \code
/// florin::testing::Sandbox sandbox(florin::testing::stripe());
/// // point the client at sandbox.host(), sandbox.port(), trusting sandbox.ca_pem(),
/// // with sandbox.credential() as its key
/// sandbox.fault({.kind = florin::testing::Fault::Kind::reset_after, .store = true});
/// \endcode
///
/// It listens on 127.0.0.1 only, on a port the system chooses, and serves on threads of its own
/// until it is destroyed. Every member function may be called from any thread while it serves,
/// except from functions within the `Processor`.
class Sandbox {
 public:
  using Options = SandboxOptions;  ///< how it serves

  /// Starts serving.
  /// \throws std::invalid_argument when the description is not usable (an answer that is not JSON,
  ///         a needed refusal or credential missing).
  /// \throws std::runtime_error or boost::system::system_error when an identity, socket or thread
  ///         cannot be had.
  FLORIN_DECL explicit Sandbox(Processor processor, Options options = {});

  /// Stops at once, whatever connections are doing, and joins the threads.
  FLORIN_DECL ~Sandbox();

  Sandbox(const Sandbox&) = delete;
  Sandbox& operator=(const Sandbox&) = delete;

  /// The TCP port that it listens on, on 127.0.0.1.
  FLORIN_DECL std::uint16_t port() const noexcept;
  /// `localhost`; the certificate is good for `127.0.0.1` as well.
  FLORIN_DECL std::string host() const;
  /// Such as `https://localhost:40123`, without a slash at the end.
  FLORIN_DECL std::string base_url() const;
  /// The root certificate a client has to trust, PEM. Empty when the identity was given, since its
  /// issuer is known to the giver only.
  FLORIN_DECL const std::string& ca_pem() const noexcept;
  /// A credential that may do everything: the description's first.
  FLORIN_DECL std::string credential() const;
  /// Accepts one more credential, with customers of its own.
  FLORIN_DECL void add_credential(Credential credential);
  /// Makes every token handed out so far an expired one.
  FLORIN_DECL void expire_tokens();
  /// As if the time the processor keeps idempotency keys had passed.
  FLORIN_DECL void forget_idempotency_keys();
  /// From now on lists, searches and finds know only what was stored, changed or removed longer
  /// than this ago, unless `Listing::eventual` is false; reading by id always knows everything.
  /// \param delay  0, as at the beginning: they know everything. At most a day
  FLORIN_DECL void index_delay(std::chrono::milliseconds delay);
  /// What is stored, oldest first; removed customers are left out.
  FLORIN_DECL std::vector<StoredCustomer> customers() const;
  /// How many customers are stored.
  FLORIN_DECL std::size_t count() const;
  /// How many customers are stored with this reference of the caller's.
  FLORIN_DECL std::size_t count(std::string_view merchant_customer_id) const;
  /// Forgets customers, idempotency keys and logged requests. Counters and faults stay.
  FLORIN_DECL void clear();
  /// The last requests that arrived whole, oldest first, whatever became of them. At most
  /// `Options::log_size`.
  FLORIN_DECL std::vector<ReceivedRequest> requests() const;
  /// Requests that arrived whole.
  FLORIN_DECL std::uint64_t request_count() const;
  /// Waits until so many requests have arrived since the beginning; false when they have not within
  /// `limit`.
  FLORIN_DECL bool wait_for_requests(std::uint64_t number, std::chrono::milliseconds limit) const;
  /// Connections accepted.
  FLORIN_DECL std::uint64_t connection_count() const;
  /// TLS handshakes completed, resumed ones included.
  FLORIN_DECL std::uint64_t handshake_count() const;
  /// TLS handshakes that resumed a session.
  FLORIN_DECL std::uint64_t resumed_count() const;
  /// Queues a fault. Requests take faults in the order in which their first bytes arrive.
  FLORIN_DECL void fault(Fault fault);
  /// From now on requests that find no queued fault draw one by chance; the same seed gives the
  /// same sequence. An empty mix ends this.
  /// \throws std::invalid_argument when a probability is negative or the sum is above 1.
  FLORIN_DECL void random_faults(FaultMix mix, std::uint64_t seed);
  /// Drops all faults that have not happened yet, queued or by chance.
  FLORIN_DECL void clear_faults();
  /// Ends, in an orderly way, all connections on which no request is under way, and returns when
  /// that is done: what a client holds in its pool is now stale.
  FLORIN_DECL void close_idle_connections();
  /// As a processor's machine that is started again: all connections are reset, whatever goes on
  /// in them, and nobody can connect for a while; then it listens on the same port. What is stored
  /// stays. Blocks for as long.
  FLORIN_DECL void restart(std::chrono::milliseconds pause);
  /// Shows another certificate from now on, and knows no TLS session any more.
  /// \param identity  default: a new one from the sandbox's own authority, which clients trust
  /// \throws std::logic_error when there is no TLS, or the first identity was given and none is
  /// now.
  FLORIN_DECL void renew_certificate(const std::optional<Identity>& identity = {});

 private:
  std::unique_ptr<detail::SandboxServer> server_;
};

}  // namespace florin::testing

#if !defined(FLORIN_SEPARATE_COMPILATION)
#include <florin/testing/impl/sandbox.ipp>
#endif
