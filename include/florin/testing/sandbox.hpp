// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/net/deadline.hpp>
#include <florin/net/detail/open_socket.hpp>
#include <florin/testing/certificate.hpp>
#include <florin/testing/detail/connection.hpp>
#include <florin/testing/detail/server_state.hpp>
#include <florin/testing/fault.hpp>
#include <florin/testing/processor.hpp>
#include <florin/testing/received_request.hpp>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace florin::testing {

/// A customer a `Sandbox` has stored.
struct StoredCustomer {
  std::string id;
  /// The caller's own reference, if the processor has a place for it and it was sent.
  std::string merchant_customer_id;
  /// The credential it was stored under, followed by `/` and the account if one was named.
  std::string account;
  /// Decoded parameters, wire name and value, in order of arrival.
  std::vector<std::pair<std::string, std::string>> fields;

  /// The value of a parameter; nothing when it was not sent.
  std::optional<std::string> field(std::string_view name) const {
    for (const auto& [key, value] : fields)
      if (key == name) return value;
    return std::nullopt;
  }
};

/// How a `Sandbox` serves.
struct SandboxOptions {
  /// Default: issued by an authority of the sandbox's own for `localhost` and `127.0.0.1`.
  std::optional<Identity> identity{};
  /// False: plain HTTP.
  bool tls = true;
  /// Refuse clients that do not show a certificate issued by `client_ca_pem`.
  bool require_client_certificate = false;
  std::string client_ca_pem{};
  /// Threads that serve; at least 1.
  unsigned threads = 1;
  /// Idle connections are closed after so long. 0: every answer says `Connection: close`.
  std::chrono::seconds keep_alive{60};
  /// Longer request bodies are answered with 413. Octets.
  std::size_t max_body = 1 << 20;
  /// The highest TLS version spoken (`TLS1_1_VERSION`, ...); 0: the highest there is.
  int max_tls = 0;
  /// So many of the last requests are kept for `Sandbox::requests`.
  std::size_t log_size = 256;
};

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
  using Options = SandboxOptions;

  /// Starts serving.
  /// \throws std::invalid_argument when the description is not usable (an answer that is not JSON,
  ///         a needed refusal or credential missing).
  /// \throws std::runtime_error or boost::system::system_error when an identity, socket or thread
  ///         cannot be had.
  explicit Sandbox(Processor processor, Options options = {})
      : state_(std::move(processor)), acceptor_(context_) {
    state_.keep_alive = options.keep_alive;
    state_.max_body = options.max_body;
    state_.log_limit = options.log_size;
    tls_ = options.tls;
    if (tls_) {
      if (!options.identity) {
        const Authority authority;
        options.identity = authority.issue();
        ca_pem_ = authority.certificate_pem();
      }
      state_.tls =
          detail::make_tls_context(*options.identity, options.max_tls,
                                   options.require_client_certificate, options.client_ca_pem);
    }
    using boost::asio::ip::tcp;
    const tcp::endpoint endpoint(boost::asio::ip::address_v4::loopback(), 0);
    acceptor_.open(endpoint.protocol());
    net::detail::close_on_exec(acceptor_.native_handle());
    acceptor_.set_option(tcp::acceptor::reuse_address(true));
    acceptor_.bind(endpoint);
    acceptor_.listen();
    port_ = acceptor_.local_endpoint().port();
    state_.engine.base(base_url());
    accept();
    try {
      for (unsigned i = 0; i < (options.threads == 0 ? 1 : options.threads); ++i)
        threads_.emplace_back([this] { context_.run(); });
    } catch (...) {
      stop();
      throw;
    }
  }

  /// Stops at once, whatever connections are doing, and joins the threads.
  ~Sandbox() { stop(); }

  Sandbox(const Sandbox&) = delete;
  Sandbox& operator=(const Sandbox&) = delete;

  std::uint16_t port() const noexcept { return port_; }
  /// `localhost`; the certificate is good for `127.0.0.1` as well.
  std::string host() const { return "localhost"; }
  /// Such as `https://localhost:40123`, without a slash at the end.
  std::string base_url() const {
    return (tls_ ? "https://" : "http://") + host() + ':' + std::to_string(port_);
  }
  /// The root certificate a client has to trust, PEM. Empty when the identity was given, since its
  /// issuer is known to the giver only.
  const std::string& ca_pem() const noexcept { return ca_pem_; }

  /// A credential that may do everything: the description's first.
  std::string credential() const { return state_.engine.processor().credentials.front().text; }
  /// Accepts one more credential, with customers of its own.
  void add_credential(Credential credential) {
    state_.engine.add_credential(std::move(credential));
  }
  /// Makes every token handed out so far an expired one.
  void expire_tokens() { state_.engine.expire_tokens(); }
  /// As if the time the processor keeps idempotency keys had passed.
  void forget_idempotency_keys() { state_.engine.forget_idempotency_keys(); }

  /// What is stored, oldest first; removed customers are left out.
  std::vector<StoredCustomer> customers() const {
    std::vector<StoredCustomer> all;
    state_.engine.each([&](const detail::Record& record) {
      StoredCustomer customer{record.id, reference(record), record.account, {}};
      for (const Parameter& field : record.fields)
        customer.fields.emplace_back(field.name, field.value);
      all.push_back(std::move(customer));
    });
    return all;
  }
  /// How many customers are stored.
  std::size_t count() const {
    std::size_t number = 0;
    state_.engine.each([&](const detail::Record&) { ++number; });
    return number;
  }
  /// How many customers are stored with this reference of the caller's.
  std::size_t count(std::string_view merchant_customer_id) const {
    std::size_t number = 0;
    state_.engine.each([&](const detail::Record& record) {
      if (reference(record) == merchant_customer_id) ++number;
    });
    return number;
  }
  /// Forgets customers, idempotency keys and logged requests. Counters and faults stay.
  void clear() {
    state_.engine.clear();
    const std::lock_guard lock(state_.mutex);
    state_.received.clear();
  }

  /// The last requests that arrived whole, oldest first, whatever became of them. At most
  /// `Options::log_size`.
  std::vector<ReceivedRequest> requests() const {
    const std::lock_guard lock(state_.mutex);
    return {state_.received.begin(), state_.received.end()};
  }
  /// Requests that arrived whole.
  std::uint64_t request_count() const { return state_.requests; }
  /// Waits until so many requests have arrived since the beginning; false when they have not within
  /// `limit`.
  bool wait_for_requests(std::uint64_t number, std::chrono::milliseconds limit) const {
    std::unique_lock lock(state_.mutex);
    const auto until = net::saturated(net::Clock::now(), net::clipped(limit));
    return state_.arrived.wait_until(lock, until, [&] { return state_.requests >= number; });
  }
  /// Connections accepted.
  std::uint64_t connection_count() const { return state_.accepted; }
  /// TLS handshakes completed, resumed ones included.
  std::uint64_t handshake_count() const { return state_.handshakes; }
  /// TLS handshakes that resumed a session.
  std::uint64_t resumed_count() const { return state_.resumptions; }

  /// Queues a fault. Requests take faults in the order in which their first bytes arrive.
  void fault(Fault fault) { state_.faults.add(std::move(fault)); }
  /// From now on requests that find no queued fault draw one by chance; the same seed gives the
  /// same sequence. An empty mix ends this.
  /// \throws std::invalid_argument when a probability is negative or the sum is above 1.
  void random_faults(FaultMix mix, std::uint64_t seed) {
    state_.faults.random(std::move(mix), seed);
  }
  /// Drops all faults that have not happened yet, queued or by chance.
  void clear_faults() { state_.faults.clear(); }

  /// Ends, in an orderly way, all connections on which no request is under way, and returns when
  /// that is done: what a client holds in its pool is now stale.
  void close_idle_connections() {
    struct Done {
      std::promise<void> promise;
      ~Done() { promise.set_value(); }
    };
    auto done = std::make_shared<Done>();
    const std::future<void> all = done->promise.get_future();
    std::vector<std::shared_ptr<detail::Connection>> connections;
    {
      const std::lock_guard lock(state_.mutex);
      for (detail::Connection* connection : state_.connections)
        if (auto alive = connection->weak_from_this().lock())
          connections.push_back(std::move(alive));
    }
    for (const auto& connection : connections)
      boost::asio::post(connection->get_executor(),
                        [connection, done] { connection->close_if_idle(done); });
    connections.clear();
    done.reset();
    all.wait();
  }

 private:
  void accept() {
    acceptor_.async_accept(
        boost::asio::make_strand(context_),
        [this](boost::system::error_code ec, boost::asio::ip::tcp::socket socket) {
          if (ec == boost::asio::error::operation_aborted) return;
          if (!ec) {
            net::detail::close_on_exec(socket.native_handle());
            auto connection = std::make_shared<detail::Connection>(std::move(socket), state_);
            boost::asio::post(connection->get_executor(), [connection] { connection->start(); });
          }
          accept();
        });
  }

  void stop() {
    context_.stop();
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }

  std::string reference(const detail::Record& record) const {
    const std::string& name = state_.engine.processor().merchant_customer_id;
    const Parameter* const field = name.empty() ? nullptr : record.find(name);
    return field == nullptr ? std::string() : field->value;
  }

  mutable detail::ServerState state_;  // outlives the connections, which context_ owns
  boost::asio::io_context context_;
  boost::asio::ip::tcp::acceptor acceptor_;
  std::vector<std::thread> threads_;
  std::string ca_pem_;
  std::uint16_t port_ = 0;
  bool tls_ = true;
};

}  // namespace florin::testing
