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
#include <stdexcept>
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
      : state_(std::move(processor)),
        options_(std::move(options)),
        acceptor_(boost::asio::make_strand(context_)) {
    state_.keep_alive = options_.keep_alive;
    state_.max_body = options_.max_body;
    state_.log_limit = options_.log_size;
    if (options_.tls) {
      if (!options_.identity) {
        authority_.emplace();
        ca_pem_ = authority_->certificate_pem();
      }
      state_.tls = make_context(options_.identity);
    }
    listen();
    state_.engine.base(base_url());
    accept();
    try {
      for (unsigned i = 0; i < (options_.threads == 0 ? 1 : options_.threads); ++i)
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
    return (options_.tls ? "https://" : "http://") + host() + ':' + std::to_string(port_);
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
    const auto until = net::ends_after(limit);
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
    each_connection([done](Connection& connection) { connection.close_if_idle(done); });
    done.reset();
    all.wait();
  }

  void restart(std::chrono::milliseconds pause) {
    within_acceptor([this] { acceptor_.close(); });
    each_connection([](Connection& connection) { connection.reset(); });
    std::this_thread::sleep_for(pause);
    within_acceptor([this] {
      listen();
      accept();
    });
  }

  void renew_certificate(const std::optional<Identity>& identity) {
    if (!options_.tls || (!authority_ && !identity))
      throw std::logic_error("florin::testing: there is no certificate to renew");
    auto context = make_context(identity);
    within_acceptor([&] { state_.tls.swap(context); });
  }

 private:
  TlsContextPointer make_context(const std::optional<Identity>& identity) const {
    return make_tls_context(identity ? *identity : authority_->issue(), options_.max_tls,
                            options_.require_client_certificate, options_.client_ca_pem);
  }

  /// Calls `visit` with each connection, on its executor.
  template <class Visitor>
  void each_connection(const Visitor& visit) {
    std::vector<std::shared_ptr<Connection>> connections;
    {
      const std::lock_guard lock(state_.mutex);
      for (Connection* connection : state_.connections)
        if (auto alive = connection->weak_from_this().lock())
          connections.push_back(std::move(alive));
    }
    for (const auto& connection : connections)
      boost::asio::post(connection->get_executor(), [connection, visit] { visit(*connection); });
  }

  /// Calls `function` where connections are accepted, and waits.
  template <class Function>
  void within_acceptor(Function function) {
    std::packaged_task<void()> task(std::move(function));
    auto done = task.get_future();
    boost::asio::post(acceptor_.get_executor(), [&task] { task(); });
    done.get();
  }

  void listen() {
    using boost::asio::ip::tcp;
    const tcp::endpoint endpoint(boost::asio::ip::address_v4::loopback(), port_);
    acceptor_.open(endpoint.protocol());
    net::detail::close_on_exec(acceptor_.native_handle());
    acceptor_.set_option(tcp::acceptor::reuse_address(true));
    acceptor_.bind(endpoint);
    acceptor_.listen();
    port_ = acceptor_.local_endpoint().port();
  }

  void accept() {
    acceptor_.async_accept(
        boost::asio::make_strand(context_),
        [this](boost::system::error_code ec, boost::asio::ip::tcp::socket socket) {
          if (ec == boost::asio::error::operation_aborted || !acceptor_.is_open()) return;
          if (!ec) {
            net::detail::close_on_exec(socket.native_handle());
            auto connection = std::make_shared<Connection>(std::move(socket), state_);
            connection->enlist();
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
  SandboxOptions options_;
  std::optional<Authority> authority_;
  boost::asio::io_context context_;
  // While it is started again there may be no connection and no acceptor.
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{
      context_.get_executor()};
  boost::asio::ip::tcp::acceptor acceptor_;
  std::vector<std::thread> threads_;
  std::string ca_pem_;
  std::uint16_t port_ = 0;
};

}  // namespace florin::testing::detail
