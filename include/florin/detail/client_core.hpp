// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/base_url.hpp>
#include <florin/client_options.hpp>
#include <florin/detail/call_facts.hpp>
#include <florin/detail/client_call.hpp>
#include <florin/detail/client_state.hpp>
#include <florin/detail/code_line.hpp>
#include <florin/detail/config.hpp>
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

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/query.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/system/error_code.hpp>
#include <boost/system/system_error.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <optional>
#include <string_view>
#include <utility>

namespace florin::detail {

/// What the copies of a `Client` and its pending calls share, and the blocking driver. What changes
/// is in the state, of which each process has its own, or published without a lock.
class ClientCore final : public ContextUser {
 public:
  /// \param connector the policy's name.
  /// \param home where its calls go.
  /// \param executor of asynchronous operations; null or empty: the library's own threads.
  ClientCore(std::string_view connector, std::shared_ptr<const Home> home,
             const boost::asio::any_io_executor* executor, ClientOptions&& options)
      : connector_(connector),
        has_token_host_(home->has_token_host),
        options_(std::move(options)),
        place_(std::make_shared<const Place>(find_place(options_.base_url, std::move(home), 0))) {
    if (executor == nullptr || !*executor) return;
    given_executor_ = *executor;
    begin_services(*executor);
    context_watch_.emplace(boost::asio::query(*executor, boost::asio::execution::context), *this);
  }

  /// The state of this process.
  [[nodiscard]] ClientState& state() {
    return state_.get([this](ClientState* inherited) {
      if (inherited != nullptr) inherited->leave_to_parent();
      return std::make_unique<ClientState>(options_.pool, place()->number, has_token_host_);
    });
  }
  /// The executor of asynchronous operations. Null: there is none, see `no_executor`.
  FLORIN_ASYNC_DECL [[nodiscard]] const boost::asio::any_io_executor* executor() {
    if (!context_watch_) return state().own_executor();
    return given_executor_ ? &given_executor_ : nullptr;
  }
  /// Why there is no executor.
  [[nodiscard, gnu::cold]] Error no_executor() const {
    return context_watch_ ? local_error(connector_, {Errc::invalid_options, std::nullopt,
                                                     "the execution context of the client is gone"})
                          : local_error(connector_, {Errc::out_of_resources, std::nullopt,
                                                     "no thread could be started"});
  }
  /// Where calls that begin now go.
  [[nodiscard]] std::shared_ptr<const Place> place() const noexcept { return place_.get(); }
  /// Has calls that begin from now on go elsewhere.
  /// \param url empty: the policy's host.
  [[nodiscard]] Result<void> set_base_url(std::string_view url) {
    const std::scoped_lock lock{state().moving};
    const auto before = place();
    auto next = find_place(url, before->home, before->number + 1);
    if (next.error) return *std::move(next.error);
    move_to(std::move(next));
    return {};
  }
  /// Has calls that begin from now on go to another home, unless there is a base URL, with its
  /// account. Errors: `std::bad_alloc`, and all is as before.
  void set_home(std::shared_ptr<const Home> home) {
    const std::scoped_lock lock{state().moving};
    const auto before = place();
    const bool same = !before->home->error && !home->error && before->home->host == home->host &&
                      before->home->token_host == home->token_host;
    if (before->at_home && !same)
      return move_to(find_place({}, std::move(home), before->number + 1));
    Place next = *before;
    next.home = std::move(home);
    place_.set(std::make_shared<const Place>(std::move(next)));
  }

  /// A call that is to be begun.
  /// \param make makes what it sends.
  /// \param blocks whether the call is for the blocking driver.
  /// \param runnable whether there is what it needs to run.
  [[nodiscard]] PreparedCall prepare(const CallFacts& facts, MakeAttempt make,
                                     const ObserverRef& observer, bool blocks, bool runnable) {
    PreparedCall prepared;
    auto& own = state();
    prepared.call = own.spare(facts, prepared.seed, blocks && has_context());
    if (!prepared.call) [[unlikely]]
      prepared.call = fresh(own, make);
    auto& where = prepared.call->place;
    if (!where || where->home->account || where->number != own.pool.place()) [[unlikely]]
      where = place();
    prepared.authority = where->api.authority;
    prepared.call->machine.fetch_apart(where->tokens.has_value());
    prepared.usable = !where->error && runnable;
    if (!prepared.usable) [[unlikely]]
      prepared.call->machine.refuse(where->error ? *where->error : no_executor(), observer);
    return prepared;
  }
  /// Keeps a call that is over for the next one.
  void recycle(CallPtr call) noexcept {
    if (call->inherited()) [[unlikely]]
      return;
    call->land();
    state().recycle(std::move(call));
  }

  /// Lets no further call begin; connections are closed as they are given back.
  void shut_down() {
    auto& own = state();
    own.pending.close();
    own.close();
  }

  /// The error of a call for which there is no memory, before anything of it was sent.
  [[nodiscard, gnu::cold]] Error no_memory() const {
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
  /// A call that nobody has used before.
  [[gnu::cold]] static CallPtr fresh(ClientState& own, MakeAttempt make) {
    return CallPtr{new ClientCall{make(), own.pool, own.token_pool ? &*own.token_pool : nullptr,
                                  own.tokens, own.pending}};
  }
  [[gnu::aligned(code_line)]] void run(ClientCall& pending) {
    ClientCall* const call = &pending;
    auto& machine = call->machine;
    using Step = CallMachine::Step;
    call->launch(call->watch()->enter(), net::Clock::now());
    boost::system::error_code ec;
    while (machine.step() != Step::done) {
      if (call->inherited()) [[unlikely]]
        machine.orphan(true);  // an observer has forked
      switch (machine.step()) {
        case Step::seek_token:
        case Step::await_token:
        case Step::establish:
        case Step::probe:
        case Step::wait:
          seldom(*call);
          break;
        case Step::acquire:
          acquire(*call);
          break;
        case Step::write: {
          if (!call->guarded()) call->expose();
          const auto unsent = machine.unsent();
          const auto count = call->connection->stream.write_some(
              boost::asio::buffer(unsent.data(), unsent.size()), ec);
          if (ec) [[unlikely]]
            name_cancellation(*call, ec);
          machine.written(ec, count, net::Clock::now());
          break;
        }
        case Step::read: {
          const auto count = call->connection->stream.read_some(machine.room(), ec);
          if (ec) [[unlikely]]
            name_cancellation(*call, ec);
          machine.received(ec, count, net::Clock::now());
          break;
        }
        case Step::release:
          call->unguard();
          call->pool().release(std::move(call->connection), machine.reusable(), net::Clock::now());
          machine.released();
          break;
        case Step::done:
          break;
      }
    }
  }
  /// The steps of which most calls have none.
  [[gnu::cold]] static void seldom(ClientCall& call) {
    auto& machine = call.machine;
    boost::system::error_code ec;
    using Step = CallMachine::Step;
    if (machine.step() == Step::seek_token) {
      call.seek_token(net::Clock::now());
    } else if (machine.step() == Step::await_token) {
      ec = call.wait_for_grant(machine.deadline());
      machine.token_awaited(ec, net::Clock::now());
    } else if (machine.step() == Step::establish) {
      const auto result =
          net::establish(call.connection->stream, *call.target(), machine.deadline());
      if (result.ok()) call.pool().count_opened();
      machine.established(result, net::Clock::now());
    } else if (machine.step() == Step::probe) {
      machine.probed(call.connection->stream.alive(), net::Clock::now());
    } else {
      ec = call.wait_until(machine.wake_time());
      machine.waited(ec, net::Clock::now());
    }
  }
  /// A stream that fails because its call is cancelled says something else.
  [[gnu::cold]] static void name_cancellation(ClientCall& call, boost::system::error_code& ec) {
    if (call.cancelled()) ec = boost::asio::error::operation_aborted;
  }

  /// Takes a connection, after waiting for one if need be.
  void acquire(ClientCall& call) const {
    auto& machine = call.machine;
    auto connection = call.acquire(net::Clock::now(), has_context());
    if (!connection && !wait_for(connection, call)) [[unlikely]]
      return;
    connection->stream.expires_at(machine.deadline());
    const bool open = connection->stream.is_open();
    call.connection = std::move(connection);
    machine.acquired(open, net::Clock::now());
  }
  /// Waits for a connection.
  /// \return false: there is none, and the call has ended.
  [[gnu::cold]] static bool wait_for(std::unique_ptr<net::Connection>& connection,
                                     ClientCall& call) {
    auto& machine = call.machine;
    if (call.refused()) {
      machine.refused(net::Clock::now());
      return false;
    }
    boost::system::error_code ec = call.wait_for_grant(machine.deadline());
    connection = call.leave(net::Clock::now());
    if (connection) return true;
    if (call.cancelled()) ec = boost::asio::error::operation_aborted;
    machine.not_acquired(ec, net::Clock::now());
    return false;
  }

  /// Has calls that begin from now on go to `next`.
  void move_to(Place next) {
    const auto number = next.number;
    place_.set(std::make_shared<const Place>(std::move(next)));
    state().move_to(number);
  }

  /// The place that a URL names; empty: home. Tokens are fetched there as well, unless it is home,
  /// which may have a host for them, or the options name another server.
  [[nodiscard]] Place find_place(std::string_view given, std::shared_ptr<const Home> home,
                                 std::uint64_t number) {
    Place place;
    place.number = number;
    place.at_home = given.empty();
    const std::string_view for_tokens = options_.token_base_url;
    if (place.at_home && home->error) {
      place.error = home->error;
    } else if (!has_token_host_ && !for_tokens.empty()) {
      place.error = unusable("token_base_url is given, but tokens have no host of their own here");
    } else {
      place.error = find_server(place.api, given, home->host,
                                {"base_url is not of the form https://host:port",
                                 "base_url is http://, which needs insecure_plain_http = true"});
      if (!place.error && has_token_host_ && (place.at_home || !for_tokens.empty()))
        place.error =
            find_server(place.tokens.emplace(), for_tokens, home->token_host,
                        {"token_base_url is not of the form https://host:port",
                         "token_base_url is http://, which needs insecure_plain_http = true"});
    }
    place.home = std::move(home);
    return place;
  }
  /// What is said of a URL that cannot be used.
  struct Reasons {
    std::string_view malformed;
    std::string_view plain;
  };
  /// The server that a URL names.
  /// \param given empty: `host`.
  /// \return why there is none.
  [[nodiscard]] std::optional<Error> find_server(Server& server, std::string_view given,
                                                 std::string_view host, const Reasons& reasons) {
    BaseUrl url;
    if (given.empty()) {
      url.host = host;
    } else if (auto parsed = BaseUrl::parse(given)) {
      url = *std::move(parsed);
    } else {
      return unusable(reasons.malformed);
    }
    if (!url.tls && !options_.insecure_plain_http) return unusable(reasons.plain);
    if (url.tls && !options_.tls_context) {
      auto made = net::TlsContext::make(options_.tls);
      if (!made) {
        Error error = local_error(
            connector_, {Errc::tls_failed, std::nullopt, "the TLS options cannot be used"});
        error.cause = made.error();
        return error;
      }
      options_.tls_context = *std::move(made);
    }
    if (url.tls) options_.tls = {};  // the context has what it needs; the key's text is not kept
    server.authority = url.authority();
    server.target = {.host = std::move(url.host),
                     .port = url.port,
                     .tls = url.tls ? options_.tls_context : nullptr,
                     .proxy = options_.proxy,
                     .connect_to = std::nullopt,
                     .connect = options_.connect,
                     .connect_timeout = net::clipped(options_.connect_timeout)};
    return std::nullopt;
  }
  [[nodiscard]] Error unusable(std::string_view reason) const {
    return local_error(connector_, {Errc::invalid_options, std::nullopt, reason});
  }

  /// A context ends its services in the reverse order of their beginning. Those of timers and
  /// connections begin before the watch, for what is told of the end has some yet.
  static void begin_services(const boost::asio::any_io_executor& executor) {
    try {
      const boost::asio::steady_timer timer{executor};
      const boost::asio::ip::tcp::socket socket{executor};
    } catch (const boost::system::system_error&) {
      // There are no descriptors: they begin with the first call for which there are some.
    }
  }

  void context_gone() noexcept override {
    if (ClientState* const state = state_.find()) state->leave_context();
    given_executor_ = {};
  }

  std::string_view connector_;
  bool has_token_host_;  // of the policy's
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
