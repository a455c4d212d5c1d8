// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/base_url.hpp>
#include <florin/client_options.hpp>
#include <florin/detail/call_facts.hpp>
#include <florin/detail/client_call.hpp>
#include <florin/detail/client_state.hpp>
#include <florin/detail/context_watch.hpp>
#include <florin/detail/core.hpp>
#include <florin/detail/observer_ref.hpp>
#include <florin/detail/token_cache.hpp>
#include <florin/detail/transport_error.hpp>
#include <florin/detail/warm_up.hpp>
#include <florin/error.hpp>
#include <florin/net/detail/fork.hpp>
#include <florin/net/establish.hpp>
#include <florin/net/pool.hpp>
#include <florin/net/tls.hpp>
#include <florin/wire/endpoint.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/query.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/system/error_code.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

namespace florin::detail {

/// What the copies of a `Client` and its pending calls share, and the blocking driver. Its own
/// members do not change; what does is in the state, of which each process has its own.
class ClientCore final : public ContextUser {
 public:
  /// \param connector the policy's name. \param hosts the policy's.
  /// \param executor of asynchronous operations; empty: the library's own threads.
  ClientCore(std::string_view connector, const Hosts& hosts,
             const boost::asio::any_io_executor& executor, ClientOptions options)
      : connector_(connector), options_(std::move(options)) {
    set_up(hosts);
    if (!executor) return;
    given_executor_ = executor;
    context_watch_.emplace(boost::asio::query(executor, boost::asio::execution::context), *this);
  }

  /// The state of this process.
  [[nodiscard]] ClientState& state() {
    return state_.get([this](ClientState* inherited) {
      if (inherited != nullptr) inherited->leave_to_parent();
      return std::make_unique<ClientState>(options_.pool);
    });
  }
  /// The executor of asynchronous operations. Null: there is none, see `no_executor`.
  [[nodiscard]] const boost::asio::any_io_executor* executor() {
    if (!context_watch_) return state().own_executor();
    return given_executor_ ? &given_executor_ : nullptr;
  }
  /// Why there is no executor.
  [[nodiscard]] Error no_executor() const {
    return context_watch_ ? local_error(connector_, {Errc::invalid_options, std::nullopt,
                                                     "the execution context of the client is gone"})
                          : local_error(connector_, {Errc::out_of_resources, std::nullopt,
                                                     "no thread could be started"});
  }
  /// Prepares a connection for a blocking call, whose execution context may go at any time.
  void detach(net::Connection& connection) const {
    if (context_watch_) connection.stream.set_executor({});
  }
  [[nodiscard]] const std::optional<Error>& setup_error() const noexcept { return setup_error_; }
  [[nodiscard]] const std::shared_ptr<const net::Target>& target() const noexcept {
    return target_;
  }

  /// A call that is to be begun. \param make makes what it sends. \param credentials what that
  /// wants.
  /// \param blocks whether the call is for the blocking driver.
  /// \param runnable whether there is what it needs to run.
  [[nodiscard]] PreparedCall prepare(const CallFacts& facts, MakeAttempt make,
                                     const void* credentials, const ObserverRef& observer,
                                     bool blocks, bool runnable) {
    PreparedCall prepared;
    auto& own = state();
    prepared.call = own.spare(facts, prepared.seed, blocks && has_context());
    if (!prepared.call)
      prepared.call.reset(new ClientCall{make(credentials), own.pool, own.tokens});
    if (setup_error_) {
      prepared.call->machine.refuse(*setup_error_, observer);
    } else if (!runnable) {
      prepared.call->machine.refuse(no_executor(), observer);
    } else {
      prepared.usable = true;
    }
    return prepared;
  }
  /// Keeps a call that is over for the next one.
  void recycle(CallPtr call) noexcept {
    if (!call->inherited()) state().recycle(std::move(call));
  }

  /// The error of a call for which there is no memory, before anything of it was sent.
  [[nodiscard]] Error no_memory() const {
    Error error = transport_error(connector_, Errc::out_of_resources, false,
                                  boost::asio::error::no_memory, Phase::queue);
    error.transient = false;
    return error;
  }

  /// The blocking driver: what came of the call is in it.
  void perform(ClientCall& call) {
    try {
      run(call);
    } catch (const std::bad_alloc&) {
      call.exhausted();
    }
  }

  /// A warm-up, to be driven.
  [[nodiscard]] WarmUp warming_up(std::size_t count) {
    return {connector_, state().pool, count, options_.deadline, setup_error_};
  }
  /// The blocking driver of a warm-up.
  [[nodiscard]] Result<void> warm_up(std::size_t count) {
    WarmUp machine = warming_up(count);
    try {
      machine.launch(net::Clock::now());
      while (auto* const connection = machine.next())
        machine.established(net::establish(connection->stream, *target_, machine.deadline()));
    } catch (const std::bad_alloc&) {
      machine.refuse(no_memory());
    }
    return machine.result();
  }
  [[nodiscard]] const ClientOptions& options() const noexcept { return options_; }
  [[nodiscard]] std::string_view connector() const noexcept { return connector_; }
  /// The value of the `Host` header.
  [[nodiscard]] const std::string& authority() const noexcept { return authority_; }
  /// Whether asynchronous calls run on an execution context that was given.
  [[nodiscard]] bool has_context() const noexcept { return context_watch_.has_value(); }

 private:
  void run(ClientCall& pending) {
    ClientCall* const call = &pending;
    auto& machine = call->machine;
    using Step = CallMachine::Step;
    call->launch(net::Clock::now());
    boost::system::error_code ec;
    while (machine.step() != Step::done) {
      if (call->inherited()) {  // an observer has forked
        machine.orphan(true);
        break;
      }
      switch (machine.step()) {
        case Step::seek_token:
          call->seek_token(net::Clock::now());
          break;
        case Step::await_token:
          ec = call->wait_for_grant(machine.deadline());
          machine.token_awaited(ec, net::Clock::now());
          break;
        case Step::acquire:
          call->connection =
              call->pool().acquire_until(machine.deadline(), net::Clock::now(), machine.wanted());
          if (call->connection) {
            detach(*call->connection);
            call->connection->stream.expires_at(machine.deadline());
            machine.acquired(call->connection->stream.is_open(), net::Clock::now());
          } else {
            machine.not_acquired(boost::beast::error::timeout, net::Clock::now());
          }
          break;
        case Step::establish: {
          const auto result =
              net::establish(call->connection->stream, *target_, machine.deadline());
          if (result.ok()) call->pool().count_opened();
          machine.established(result, net::Clock::now());
          break;
        }
        case Step::probe:
          machine.probed(call->connection->stream.alive(), net::Clock::now());
          break;
        case Step::write: {
          const auto unsent = machine.unsent();
          const auto count = call->connection->stream.write_some(
              boost::asio::buffer(unsent.data(), unsent.size()), ec);
          machine.written(ec, count, net::Clock::now());
          break;
        }
        case Step::read: {
          const auto count = call->connection->stream.read_some(machine.room(), ec);
          machine.received(ec, count, net::Clock::now());
          break;
        }
        case Step::release:
          call->pool().release(std::move(call->connection), machine.reusable(), net::Clock::now());
          machine.released();
          break;
        case Step::wait:
          std::this_thread::sleep_until(machine.wake_time());
          machine.waited({}, net::Clock::now());
          break;
        case Step::done:
          break;
      }
    }
  }

  void set_up(const Hosts& hosts) {
    BaseUrl url;
    if (options_.base_url.empty()) {
      url.host = hosts[options_.environment];
    } else if (auto parsed = BaseUrl::parse(options_.base_url)) {
      url = *std::move(parsed);
    } else {
      return refuse(Errc::invalid_options, "base_url is not of the form https://host:port");
    }
    if (!url.tls && !options_.insecure_plain_http)
      return refuse(Errc::invalid_options,
                    "base_url is http://, which needs insecure_plain_http = true");
    net::Target target{.host = url.host,
                       .port = url.port,
                       .tls = nullptr,
                       .proxy = options_.proxy,
                       .connect_to = std::nullopt,
                       .connect = options_.connect,
                       .connect_timeout = net::clipped(options_.connect_timeout)};
    if (url.tls) {
      target.tls = options_.tls_context;
      if (!target.tls) {
        auto made = net::TlsContext::make(options_.tls);
        if (!made) {
          refuse(Errc::tls_failed, "the TLS options cannot be used");
          setup_error_->cause = made.error();
          return;
        }
        target.tls = *std::move(made);
      }
      options_.tls = {};  // the context has what it needs; the key's text is not kept
    }
    authority_ = url.authority();
    target_ = std::make_shared<const net::Target>(std::move(target));
  }
  void refuse(Errc code, std::string_view reason) {
    setup_error_ = local_error(connector_, {code, std::nullopt, reason});
  }

  void context_gone() noexcept override {
    if (ClientState* const state = state_.find()) state->leave_context();
    given_executor_ = {};
  }

  std::string_view connector_;
  ClientOptions options_;
  std::string authority_;
  std::shared_ptr<const net::Target> target_;
  std::optional<Error> setup_error_;
  net::detail::PerProcess<ClientState> state_;
  boost::asio::any_io_executor given_executor_;
  std::optional<ContextWatch> context_watch_;
};

#if !defined(FLORIN_SEPARATE_COMPILATION)
inline void CoreDelete::operator()(ClientCore* core) const noexcept {
  delete core;
}
#endif

}  // namespace florin::detail
