// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/net/connect.hpp>
#include <florin/net/deadline.hpp>
#include <florin/net/detail/fork.hpp>
#include <florin/net/detail/park.hpp>
#include <florin/net/proxy.hpp>
#include <florin/net/resolve.hpp>
#include <florin/net/stream.hpp>
#include <florin/net/tls.hpp>
#include <florin/phase.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associator.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/compose.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/system/error_code.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <unistd.h>

namespace florin::net {

/// A host (a name or an IP literal without brackets) and a TCP port.
struct HostPort {
  std::string host;        ///< name or literal
  std::uint16_t port = 0;  ///< TCP port
};

/// Where a connection leads and how it is made.
struct Target {
  /// The peer's name: resolved, sent as SNI, verified against the certificate.
  std::string host;
  std::uint16_t port = 443;  ///< TCP port
  /// TLS settings; null: a plain connection.
  std::shared_ptr<TlsContext> tls;
  /// Reach the target through a tunnel of this proxy.
  std::optional<Proxy> proxy;
  /// Dial this instead of `host` and `port` (through the proxy, if there is one). SNI and
  /// verification stay with `host`.
  std::optional<HostPort> connect_to;
  /// How the addresses of the host are tried.
  ConnectOptions connect;
  /// Limit for everything from the resolver to the end of the handshake, within the deadline.
  Clock::duration connect_timeout = std::chrono::seconds{10};
};

/// How an attempt to establish a connection ended.
struct EstablishResult {
  /// None: the stream is ready. `boost::beast::error::timeout`: the deadline or the connect timeout
  /// has passed. `boost::asio::error::operation_aborted`: cancelled. `TlsError`, `ProxyError`, or
  /// the system's error otherwise.
  boost::system::error_code error;
  /// The phase that failed; the last one after a success.
  Phase phase = Phase::resolve;
  /// OpenSSL's words on a TLS failure, else empty. Static text, free of secrets.
  std::string_view detail;
  /// The proxy's HTTP status, 0 when none answered.
  unsigned proxy_status = 0;
  /// Time spent in each phase.
  Timings timings;

  /// Whether the stream is ready.
  [[nodiscard]] bool ok() const noexcept { return !error; }
};

/// Decides what happens from a host name to an established stream. Does no I/O and reads no clock:
/// a driver performs the step it is shown and reports how that ended. Every report ends in the next
/// step; a report with an error ends in `failed`.
class Establish {
 public:
  /// What has to be done next.
  enum class Step : unsigned char {
    resolve,      ///< resolve `dial()`, then `resolved`
    connect,      ///< connect to `endpoints()`, hand the socket to the stream, then `connected`
    proxy_write,  ///< write `proxy_request()`, then `proxy_written`
    proxy_read,   ///< read some bytes, then `proxy_received`
    handshake,    ///< start TLS with the target's host and shake hands, then `shaken`
    done,         ///< the stream is ready
    failed,       ///< see `result()`
  };

  /// Starts at `now`; `target` must outlive the object.
  Establish(const Target& target, TimePoint deadline, TimePoint now)
      : target_(&target),
        deadline_(std::min(deadline, saturated(now, target.connect_timeout))),
        since_(now) {
    const HostPort far =
        target.connect_to ? *target.connect_to : HostPort{target.host, target.port};
    dial_ = target.proxy ? HostPort{target.proxy->host, target.proxy->port} : far;
    if (target.proxy) tunnel_.emplace(*target.proxy, far.host, far.port);
    if (!is_plausible_host(target.host) || !is_plausible_host(dial_.host)) {
      fail(boost::asio::error::invalid_argument);
      return;
    }
    if (tunnel_ && tunnel_->error()) {
      result_.phase = Phase::proxy;
      fail(tunnel_->error());
      return;
    }
    if (const auto literal = literal_endpoint(dial_.host, service())) {
      endpoints_.push_back(*literal);
      enter(Step::connect);
    }
  }

  /// What to do now.
  [[nodiscard]] Step step() const noexcept { return step_; }

  /// When to give up, with `boost::beast::error::timeout`.
  [[nodiscard]] TimePoint deadline() const noexcept { return deadline_; }

  /// The host and port to connect to.
  [[nodiscard]] const HostPort& dial() const noexcept { return dial_; }

  /// The decimal port of `dial()`.
  [[nodiscard]] std::string service() const { return std::to_string(dial_.port); }

  /// The addresses to connect to.
  [[nodiscard]] const Endpoints& endpoints() const noexcept { return endpoints_; }

  /// What is still to be written to the proxy.
  [[nodiscard]] std::string_view proxy_request() const noexcept {
    return tunnel_ ? tunnel_->request().substr(written_) : std::string_view{};
  }

  /// Step `resolve` ended.
  void resolved(boost::system::error_code ec, Endpoints endpoints, TimePoint now) {
    if (ended(ec, now)) return;
    endpoints_ = std::move(endpoints);
    enter(Step::connect);
  }

  /// Step `connect` ended.
  void connected(boost::system::error_code ec, TimePoint now) {
    if (!ended(ec, now)) enter(tunnel_ ? Step::proxy_write : after_tunnel());
  }

  /// Step `proxy_write` has written `count` bytes.
  void proxy_written(boost::system::error_code ec, std::size_t count, TimePoint now) {
    if (ended(ec, now)) return;
    written_ += count;
    if (proxy_request().empty()) enter(Step::proxy_read);
  }

  /// Step `proxy_read` has received `bytes`.
  void proxy_received(boost::system::error_code ec, std::string_view bytes, TimePoint now) {
    if (ended(ec, now)) return;
    const auto verdict = tunnel_->feed(bytes);
    result_.proxy_status = tunnel_->status();
    if (verdict == ProxyTunnel::Step::refused) return fail(tunnel_->error());
    if (verdict == ProxyTunnel::Step::established) enter(after_tunnel());
  }

  /// Step `handshake` ended; `detail`: `Stream::tls_detail()`.
  void shaken(boost::system::error_code ec, std::string_view detail, TimePoint now) {
    result_.detail = detail;
    if (!ended(ec, now)) enter(Step::done);
  }

  /// The step could not be performed for want of something on this machine.
  void interrupted(boost::system::error_code ec, TimePoint now) noexcept { ended(ec, now); }

  /// How it ended; complete in the steps `done` and `failed`.
  [[nodiscard]] const EstablishResult& result() const noexcept { return result_; }

 private:
  Step after_tunnel() const noexcept { return target_->tls ? Step::handshake : Step::done; }

  void enter(Step step) noexcept {
    step_ = step;
    switch (step) {
      case Step::connect:
        result_.phase = Phase::connect;
        break;
      case Step::proxy_write:
      case Step::proxy_read:
        result_.phase = Phase::proxy;
        break;
      case Step::handshake:
        result_.phase = Phase::handshake;
        break;
      case Step::resolve:  // is where it begins
      case Step::done:
      case Step::failed:
        break;
    }
  }

  void fail(boost::system::error_code ec) noexcept {
    result_.error = ec;
    enter(Step::failed);
  }

  bool ended(boost::system::error_code ec, TimePoint now) noexcept {
    result_.timings.add(result_.phase, now - since_);
    since_ = now;
    if (ec) fail(ec);
    return ec.failed();
  }

  const Target* target_;
  TimePoint deadline_;
  TimePoint since_;
  HostPort dial_;
  std::optional<ProxyTunnel> tunnel_;
  std::size_t written_ = 0;
  Endpoints endpoints_;
  Step step_ = Step::resolve;
  EstablishResult result_;
};

namespace detail {

/// Performs the steps of `machine`, blocking.
inline void establish(Stream& stream, Establish& machine, const Target& target) {
  using Step = Establish::Step;
  std::array<char, 2048> buffer;
  boost::system::error_code ec;
  for (;;) {
    switch (machine.step()) {
      case Step::resolve: {
        auto found = resolve(machine.dial().host, machine.service(), machine.deadline(), ec);
        machine.resolved(ec, std::move(found), Clock::now());
        break;
      }
      case Step::connect: {
        const auto connected = connect(machine.endpoints(), machine.deadline(), target.connect, ec);
        if (!ec) {
          stream.assign(connected.protocol, connected.handle, ec);
          if (ec) ::close(connected.handle);
        }
        machine.connected(ec, Clock::now());
        break;
      }
      case Step::proxy_write: {
        const auto request = machine.proxy_request();
        const auto count =
            stream.write_some(boost::asio::buffer(request.data(), request.size()), ec);
        machine.proxy_written(ec, count, Clock::now());
        break;
      }
      case Step::proxy_read: {
        const auto count = stream.read_some(boost::asio::buffer(buffer), ec);
        machine.proxy_received(ec, {buffer.data(), count}, Clock::now());
        break;
      }
      case Step::handshake:
        stream.start_tls(target.tls, target.host, target.port, ec);
        if (!ec) stream.handshake(ec);
        machine.shaken(ec, stream.tls_detail(), Clock::now());
        [[fallthrough]];
      case Step::done:
      case Step::failed:
        return;
    }
  }
}

}  // namespace detail

/// Connects `stream` to `target`: resolver, TCP, proxy, TLS. Blocks until `deadline` at most, or
/// until the target's connect timeout. `stream` is closed first, and left closed after a failure;
/// its own deadline is left as it was. Does not throw: what this machine lacks is an error, see
/// `is_out_of_resources`.
///
/// Thread safety: that of `Stream`; `target` is only read.
inline EstablishResult establish(Stream& stream, const Target& target, TimePoint deadline) {
  stream.close();
  const auto expiry = stream.expiry();
  std::optional<Establish> machine;
  EstablishResult result;
  try {
    machine.emplace(target, deadline, Clock::now());
    stream.expires_at(machine->deadline());
    detail::establish(stream, *machine, target);
  } catch (...) {
    result.error = detail::caught_error();
    if (machine) machine->interrupted(result.error, Clock::now());
  }
  stream.expires_at(expiry);
  if (machine) result = machine->result();
  if (!result.ok()) stream.close();
  return result;
}

/// The same, adding the time spent in each phase to `timings`.
inline EstablishResult establish(Stream& stream, const Target& target, TimePoint deadline,
                                 Timings& timings) {
  auto result = establish(stream, target, deadline);
  for (std::size_t i = 0; i < phase_count; ++i) {
    timings.add(static_cast<Phase>(i), result.timings[static_cast<Phase>(i)]);
  }
  return result;
}

namespace detail {

/// What an asynchronous establishment and its deadline share.
struct EstablishJob : std::enable_shared_from_this<EstablishJob> {
  std::shared_ptr<const Target> target;
  Establish machine;
  boost::asio::steady_timer timer;
  std::array<char, 2048> buffer;
  unsigned process = process_number();
  std::mutex mutex;  // for the two below
  Stream* guarded = nullptr;
  bool expired = false;

  EstablishJob(Stream& stream, std::shared_ptr<const Target> where, TimePoint deadline)
      : target(std::move(where)),
        machine(*target, deadline, Clock::now()),
        timer(stream.get_executor()) {}

  /// Whether it is the parent's: a thread that is not here may hold the mutex.
  [[nodiscard]] bool inherited() const noexcept { return process != process_number(); }

  /// From now on the deadline ends whatever the stream is doing. Shutting the connection down
  /// cannot come too early or too late for an operation, as a cancellation could.
  void guard(Stream& stream) {
    const std::scoped_lock lock{mutex};
    guarded = &stream;
    if (machine.deadline() == never) return;
    timer.expires_at(machine.deadline());
    timer.async_wait([job = shared_from_this()](boost::system::error_code ec) {
      if (ec || job->inherited()) return;  // the parent's connection goes on
      const std::scoped_lock inner{job->mutex};
      if (job->guarded == nullptr) return;
      job->expired = true;
      ::shutdown(job->guarded->native_handle(), SHUT_RDWR);
    });
  }

  /// Afterwards the stream may go.
  void unguard() {
    if (inherited()) return;
    const std::scoped_lock lock{mutex};
    if (std::exchange(guarded, nullptr) != nullptr) timer.cancel();
  }

  bool has_expired() {
    const std::scoped_lock lock{mutex};
    return expired;
  }
};

/// The handler of an establishment. May own the stream: when the operation is dropped unfinished,
/// the deadline has to let go of the stream before the handler is destroyed.
template <class Handler>
class EstablishHandler {
 public:
  EstablishHandler(Handler&& handler, std::shared_ptr<EstablishJob> job) noexcept
      : handler_(std::move(handler)), guard_{std::move(job)} {}

  void operator()(EstablishResult&& result) {
    guard_.job.reset();  // nothing may be held when a handler is called
    std::move(handler_)(std::move(result));
  }
  [[nodiscard]] const Handler& get() const noexcept { return handler_; }

 private:
  struct Guard {
    std::shared_ptr<EstablishJob> job;

    explicit Guard(std::shared_ptr<EstablishJob> which) noexcept : job(std::move(which)) {}
    Guard(Guard&&) noexcept = default;
    Guard& operator=(Guard&&) = delete;
    ~Guard() {
      if (job) job->unguard();
    }
  };

  Handler handler_;
  Guard guard_;  // behind the handler, so that it is destroyed first
};

class EstablishOperation {
 public:
  using Code = boost::system::error_code;
  using Step = Establish::Step;

  /// \param error why there is no job.
  EstablishOperation(Stream& stream, std::shared_ptr<EstablishJob> job, Code error) noexcept
      : stream_(&stream), job_(std::move(job)), error_(error) {}

  template <class Self>
  void operator()(Self& self) {
    if (begun_) return finish(self);
    begun_ = true;
    try {
      self.reset_cancellation_state(boost::asio::enable_total_cancellation());
    } catch (...) {
      error_ = caught_error();
    }
    stream_->close();
    if (error_ && job_) job_->machine.interrupted(error_, Clock::now());
    if (job_ && job_->machine.step() != Step::failed) return proceed(self);
    const auto executor = stream_->get_executor();
    const auto result = outcome();
    park(
        self, [&](auto handler) { boost::asio::post(executor, std::move(handler)); },
        [&](Self& me, Code) { me.complete(EstablishResult{result}); });
  }

  template <class Self>
  void operator()(Self& self, Code ec, Endpoints endpoints) {
    job_->machine.resolved(verdict(self, ec), std::move(endpoints), Clock::now());
    proceed(self);
  }

  template <class Self>
  void operator()(Self& self, Code ec, boost::asio::ip::tcp::socket socket) {
    ec = verdict(self, ec);
    try {
      if (!ec) stream_->assign(std::move(socket), ec);
      if (!ec) job_->guard(*stream_);
    } catch (...) {
      ec = caught_error();
    }
    job_->machine.connected(ec, Clock::now());
    proceed(self);
  }

  template <class Self>
  void operator()(Self& self, Code ec, std::size_t count) {
    ec = verdict(self, ec);
    auto& machine = job_->machine;
    try {
      if (machine.step() == Step::proxy_write) {
        machine.proxy_written(ec, count, Clock::now());
      } else {
        machine.proxy_received(ec, {job_->buffer.data(), count}, Clock::now());
      }
    } catch (...) {
      machine.interrupted(caught_error(), Clock::now());
    }
    proceed(self);
  }

  template <class Self>
  void operator()(Self& self, Code ec) {
    job_->machine.shaken(verdict(self, ec), stream_->tls_detail(), Clock::now());
    proceed(self);
  }

 private:
  /// What a step's error means once the deadline and the caller have been heard. In a child nothing
  /// goes on: what the parent has begun is the parent's.
  template <class Self>
  Code verdict(Self& self, Code ec) {
    if (job_->inherited()) return boost::asio::error::connection_aborted;
    if (job_->has_expired()) return boost::beast::error::timeout;
    if (self.cancelled() != boost::asio::cancellation_type::none) {
      return boost::asio::error::operation_aborted;
    }
    return ec;
  }

  template <class Self>
  void proceed(Self& self) {
    if (job_->machine.step() == Step::handshake) prepare_handshake();
    if (job_->machine.step() == Step::done || job_->machine.step() == Step::failed) {
      return finish(self);
    }
    auto job = job_;  // self is moved away
    auto* const stream = stream_;
    park(
        self, [&](auto handler) { begin(*stream, *job, std::move(handler)); },
        [&](Self& me, Code ec) {
          job->machine.interrupted(ec, Clock::now());
          job->unguard();
          stream->close();
          auto result = job->machine.result();
          job.reset();
          me.complete(std::move(result));
        });
  }

  void prepare_handshake() noexcept {
    const auto& target = *job_->target;
    Code ec;
    try {
      stream_->start_tls(target.tls, target.host, target.port, ec);
    } catch (...) {
      ec = caught_error();
    }
    if (ec) job_->machine.shaken(ec, stream_->tls_detail(), Clock::now());
  }

  /// Begins the step of the job's machine.
  template <class Handler>
  static void begin(Stream& stream, EstablishJob& job, Handler handler) {
    const auto& machine = job.machine;
    switch (machine.step()) {
      case Step::resolve:
        return async_resolve(stream.get_executor(), machine.dial().host, machine.service(),
                             machine.deadline(), std::move(handler));
      case Step::connect:
        return async_connect(stream.get_executor(), machine.endpoints(), machine.deadline(),
                             job.target->connect, std::move(handler));
      case Step::proxy_write: {
        const auto request = machine.proxy_request();
        return stream.async_write_some(boost::asio::buffer(request.data(), request.size()),
                                       std::move(handler));
      }
      case Step::proxy_read:
        return stream.async_read_some(boost::asio::buffer(job.buffer), std::move(handler));
      case Step::handshake:
        return stream.async_handshake(std::move(handler));
      case Step::done:
      case Step::failed:
        break;  // not begun
    }
  }

  [[nodiscard]] EstablishResult outcome() const noexcept {
    if (job_) return job_->machine.result();
    EstablishResult result;
    result.error = error_;
    return result;
  }

  template <class Self>
  void finish(Self& self) {
    if (job_) job_->unguard();
    auto result = outcome();
    if (!result.ok()) stream_->close();
    job_.reset();
    self.complete(std::move(result));
  }

  Stream* stream_;
  std::shared_ptr<EstablishJob> job_;
  Code error_;
  bool begun_ = false;
};

/// Starts an establishment with its completion handler.
struct StartEstablish {
  using executor_type = boost::asio::any_io_executor;

  Stream* stream;

  [[nodiscard]] executor_type get_executor() const noexcept { return stream->get_executor(); }

  template <class Handler>
  void operator()(Handler&& handler, std::shared_ptr<const Target> target,
                  TimePoint deadline) const {
    using Guarded = EstablishHandler<std::decay_t<Handler>>;
    std::shared_ptr<EstablishJob> job;
    boost::system::error_code ec;
    try {
      job = std::make_shared<EstablishJob>(*stream, std::move(target), deadline);
    } catch (...) {
      ec = caught_error();
    }
    Guarded guarded{std::forward<Handler>(handler), job};
    boost::asio::async_compose<Guarded, void(EstablishResult)>(
        EstablishOperation{*stream, std::move(job), ec}, guarded, stream->get_executor());
  }
};

}  // namespace detail

/// The asynchronous `establish`, for any completion token of signature `void(EstablishResult)`.
/// Cancellation (any type): `boost::asio::error::operation_aborted`. `stream` must live and not
/// move until completion, or until the handler is destroyed; `target` is kept alive.
///
/// Thread safety: that of `Stream`.
template <class Token>
auto async_establish(Stream& stream, std::shared_ptr<const Target> target, TimePoint deadline,
                     Token&& token) {
  return boost::asio::async_initiate<Token, void(EstablishResult)>(
      detail::StartEstablish{&stream}, token, std::move(target), deadline);
}

}  // namespace florin::net

/// The handler's associated executor, allocator and cancellation slot are those of what it wraps.
template <template <class, class> class Associator, class Handler, class Default>
struct boost::asio::associator<Associator, florin::net::detail::EstablishHandler<Handler>, Default>
    : Associator<Handler, Default> {
  using Wrapper = florin::net::detail::EstablishHandler<Handler>;
  [[nodiscard]] static auto get(const Wrapper& wrapper) noexcept {
    return Associator<Handler, Default>::get(wrapper.get());
  }
  [[nodiscard]] static auto get(const Wrapper& wrapper, const Default& otherwise) noexcept {
    return Associator<Handler, Default>::get(wrapper.get(), otherwise);
  }
};
