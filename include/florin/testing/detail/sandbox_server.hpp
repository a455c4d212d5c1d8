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
#include <florin/testing/sandbox_options.hpp>

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

namespace florin::testing::detail {

/// What a `Sandbox` is made of; its members are documented there.
class SandboxServer {
 public:
  explicit SandboxServer(Processor processor, SandboxOptions options)
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
      state_.tls = make_tls_context(*options.identity, options.max_tls,
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

  ~SandboxServer() { stop(); }

  SandboxServer(const SandboxServer&) = delete;
  SandboxServer& operator=(const SandboxServer&) = delete;

  std::uint16_t port() const noexcept { return port_; }
  std::string host() const { return "localhost"; }
  std::string base_url() const {
    return (tls_ ? "https://" : "http://") + host() + ':' + std::to_string(port_);
  }
  const std::string& ca_pem() const noexcept { return ca_pem_; }

  std::string credential() const { return state_.engine.processor().credentials.front().text; }
  void add_credential(Credential credential) {
    state_.engine.add_credential(std::move(credential));
  }
  void expire_tokens() { state_.engine.expire_tokens(); }
  void index_delay(std::chrono::milliseconds delay) { state_.engine.index_delay(delay); }
  void forget_idempotency_keys() { state_.engine.forget_idempotency_keys(); }

  std::vector<StoredCustomer> customers() const {
    std::vector<StoredCustomer> all;
    state_.engine.each([&](const Record& record) {
      StoredCustomer customer{record.id, reference(record), record.account, {}};
      for (const Parameter& field : record.fields)
        customer.fields.emplace_back(field.name, field.value);
      all.push_back(std::move(customer));
    });
    return all;
  }
  std::size_t count() const {
    std::size_t number = 0;
    state_.engine.each([&](const Record&) { ++number; });
    return number;
  }
  std::size_t count(std::string_view merchant_customer_id) const {
    std::size_t number = 0;
    state_.engine.each([&](const Record& record) {
      if (reference(record) == merchant_customer_id) ++number;
    });
    return number;
  }
  void clear() {
    state_.engine.clear();
    const std::lock_guard lock(state_.mutex);
    state_.received.clear();
  }

  std::vector<ReceivedRequest> requests() const {
    const std::lock_guard lock(state_.mutex);
    return {state_.received.begin(), state_.received.end()};
  }
  std::uint64_t request_count() const { return state_.requests; }
  bool wait_for_requests(std::uint64_t number, std::chrono::milliseconds limit) const {
    std::unique_lock lock(state_.mutex);
    const auto until = net::saturated(net::Clock::now(), net::clipped(limit));
    return state_.arrived.wait_until(lock, until, [&] { return state_.requests >= number; });
  }
  std::uint64_t connection_count() const { return state_.accepted; }
  std::uint64_t handshake_count() const { return state_.handshakes; }
  std::uint64_t resumed_count() const { return state_.resumptions; }

  void fault(Fault fault) { state_.faults.add(std::move(fault)); }
  void random_faults(FaultMix mix, std::uint64_t seed) {
    state_.faults.random(std::move(mix), seed);
  }
  void clear_faults() { state_.faults.clear(); }

  void close_idle_connections() {
    struct Done {
      std::promise<void> promise;
      ~Done() { promise.set_value(); }
    };
    auto done = std::make_shared<Done>();
    const std::future<void> all = done->promise.get_future();
    std::vector<std::shared_ptr<Connection>> connections;
    {
      const std::lock_guard lock(state_.mutex);
      for (Connection* connection : state_.connections)
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
            auto connection = std::make_shared<Connection>(std::move(socket), state_);
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

  std::string reference(const Record& record) const {
    const std::string& name = state_.engine.processor().merchant_customer_id;
    const Parameter* const field = name.empty() ? nullptr : record.find(name);
    return field == nullptr ? std::string() : field->value;
  }

  mutable ServerState state_;  // outlives the connections, which context_ owns
  boost::asio::io_context context_;
  boost::asio::ip::tcp::acceptor acceptor_;
  std::vector<std::thread> threads_;
  std::string ca_pem_;
  std::uint16_t port_ = 0;
  bool tls_ = true;
};

}  // namespace florin::testing::detail
