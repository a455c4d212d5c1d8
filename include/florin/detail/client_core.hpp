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
#include <florin/detail/place.hpp>
#include <florin/detail/published.hpp>
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
#include <utility>

namespace florin::detail {

/// What the copies of a `Client` and its pending calls share, and the blocking driver. What changes
/// is in the state, of which each process has its own, or published without a lock.
class ClientCore final : public ContextUser {
 public:
  /// \param connector the policy's name. \param hosts the policy's.
  /// \param executor of asynchronous operations; null or empty: the library's own threads.
  ClientCore(std::string_view connector, const Hosts& hosts,
             const boost::asio::any_io_executor* executor, ClientOptions&& options)
      : connector_(connector),
        host_(hosts[options.environment]),
        options_(std::move(options)),
        place_(std::make_shared<const Place>(find_place(options_.base_url, 0))) {
    if (executor == nullptr || !*executor) return;
    given_executor_ = *executor;
    context_watch_.emplace(boost::asio::query(*executor, boost::asio::execution::context), *this);
  }

  /// The state of this process.
  [[nodiscard]] ClientState& state() {
    return state_.get([this](ClientState* inherited) {
      if (inherited != nullptr) inherited->leave_to_parent();
      return std::make_unique<ClientState>(options_.pool, place()->number);
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
  /// Where calls that begin now go.
  [[nodiscard]] std::shared_ptr<const Place> place() const noexcept { return place_.get(); }
  /// Has calls that begin from now on go elsewhere. \param url empty: the policy's host.
  [[nodiscard]] Result<void> set_base_url(std::string_view url) {
    const std::scoped_lock lock{state().moving};
    auto next = find_place(url, place()->number + 1);
    if (next.error) return *std::move(next.error);
    const auto number = next.number;
    place_.set(std::make_shared<const Place>(std::move(next)));
    state().pool.move_to(number);
    return {};
  }

  /// A call that is to be begun. \param make makes what it sends.
  /// \param blocks whether the call is for the blocking driver.
  /// \param runnable whether there is what it needs to run.
  [[nodiscard]] PreparedCall prepare(const CallFacts& facts, MakeAttempt make,
                                     const ObserverRef& observer, bool blocks, bool runnable) {
    PreparedCall prepared;
    auto& own = state();
    prepared.call = own.spare(facts, prepared.seed, blocks && has_context());
    if (!prepared.call)
      prepared.call.reset(new ClientCall{make(), own.pool, own.tokens, own.pending});
    auto& where = prepared.call->place;
    if (!where || where->number != own.pool.place()) where = place();
    prepared.authority = where->authority;
    if (where->error) {
      prepared.call->machine.refuse(*where->error, observer);
    } else if (!runnable) {
      prepared.call->machine.refuse(no_executor(), observer);
    } else {
      prepared.usable = true;
    }
    return prepared;
  }
  /// Keeps a call that is over for the next one.
  void recycle(CallPtr call) noexcept {
    if (call->inherited()) return;
    call->land();
    state().recycle(std::move(call));
  }

  /// Lets no further call begin; connections are closed as they are given back.
  void shut_down() {
    auto& own = state();
    own.pending.close();
    own.pool.close();
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
    return {connector_, state().pool, place(), count, options_.deadline};
  }
  /// The blocking driver of a warm-up.
  [[nodiscard]] Result<void> warm_up(std::size_t count) {
    WarmUp machine = warming_up(count);
    try {
      machine.launch(net::Clock::now());
      while (auto* const connection = machine.next())
        machine.established(
            net::establish(connection->stream, *machine.target(), machine.deadline()));
    } catch (const std::bad_alloc&) {
      machine.refuse(no_memory());
    }
    return machine.result();
  }
  [[nodiscard]] const ClientOptions& options() const noexcept { return options_; }
  [[nodiscard]] std::string_view connector() const noexcept { return connector_; }
  /// Whether asynchronous calls run on an execution context that was given.
  [[nodiscard]] bool has_context() const noexcept { return context_watch_.has_value(); }

 private:
  void run(ClientCall& pending) {
    ClientCall* const call = &pending;
    auto& machine = call->machine;
    using Step = CallMachine::Step;
    call->launch(call->watch()->enter(), net::Clock::now());
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
          acquire(*call);
          break;
        case Step::establish: {
          const auto result =
              net::establish(call->connection->stream, call->place->target, machine.deadline());
          if (result.ok()) call->pool().count_opened();
          machine.established(result, net::Clock::now());
          break;
        }
        case Step::probe:
          machine.probed(call->connection->stream.alive(), net::Clock::now());
          break;
        case Step::write: {
          if (!call->guarded()) call->expose();
          const auto unsent = machine.unsent();
          const auto count = call->connection->stream.write_some(
              boost::asio::buffer(unsent.data(), unsent.size()), ec);
          if (ec && call->cancelled()) ec = boost::asio::error::operation_aborted;
          machine.written(ec, count, net::Clock::now());
          break;
        }
        case Step::read: {
          const auto count = call->connection->stream.read_some(machine.room(), ec);
          if (ec && call->cancelled()) ec = boost::asio::error::operation_aborted;
          machine.received(ec, count, net::Clock::now());
          break;
        }
        case Step::release:
          call->unguard();
          call->pool().release(std::move(call->connection), machine.reusable(), net::Clock::now());
          machine.released();
          break;
        case Step::wait:
          ec = call->wait_until(machine.wake_time());
          machine.waited(ec, net::Clock::now());
          break;
        case Step::done:
          break;
      }
    }
  }

  /// Takes a connection, after waiting for one if need be.
  void acquire(ClientCall& call) const {
    auto& machine = call.machine;
    auto connection = call.acquire(net::Clock::now());
    if (!connection) {
      if (call.refused()) return machine.refused(net::Clock::now());
      boost::system::error_code ec = call.wait_for_grant(machine.deadline());
      connection = call.leave(net::Clock::now());
      if (call.cancelled()) ec = boost::asio::error::operation_aborted;
      if (!connection) return machine.not_acquired(ec, net::Clock::now());
    }
    detach(*connection);
    connection->stream.expires_at(machine.deadline());
    const bool open = connection->stream.is_open();
    call.connection = std::move(connection);
    machine.acquired(open, net::Clock::now());
  }

  /// The place that a URL names.
  [[nodiscard]] Place find_place(std::string_view given, std::uint64_t number) {
    Place place;
    place.number = number;
    BaseUrl url;
    if (given.empty()) {
      url.host = host_;
    } else if (auto parsed = BaseUrl::parse(given)) {
      url = *std::move(parsed);
    } else {
      place.error = unusable("base_url is not of the form https://host:port");
      return place;
    }
    if (!url.tls && !options_.insecure_plain_http) {
      place.error = unusable("base_url is http://, which needs insecure_plain_http = true");
      return place;
    }
    if (url.tls && !options_.tls_context) {
      auto made = net::TlsContext::make(options_.tls);
      if (!made) {
        place.error = local_error(
            connector_, {Errc::tls_failed, std::nullopt, "the TLS options cannot be used"});
        place.error->cause = made.error();
        return place;
      }
      options_.tls_context = *std::move(made);
    }
    if (url.tls) options_.tls = {};  // the context has what it needs; the key's text is not kept
    place.authority = url.authority();
    place.target = {.host = std::move(url.host),
                    .port = url.port,
                    .tls = url.tls ? options_.tls_context : nullptr,
                    .proxy = options_.proxy,
                    .connect_to = std::nullopt,
                    .connect = options_.connect,
                    .connect_timeout = net::clipped(options_.connect_timeout)};
    return place;
  }
  [[nodiscard]] Error unusable(std::string_view reason) const {
    return local_error(connector_, {Errc::invalid_options, std::nullopt, reason});
  }

  void context_gone() noexcept override {
    if (ClientState* const state = state_.find()) state->leave_context();
    given_executor_ = {};
  }

  std::string_view connector_;
  std::string_view host_;  // the policy's
  ClientOptions options_;
  Published<Place> place_;
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
