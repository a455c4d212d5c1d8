// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/base_url.hpp>
#include <florin/client_options.hpp>
#include <florin/detail/client_call.hpp>
#include <florin/detail/token_cache.hpp>
#include <florin/detail/warm_up.hpp>
#include <florin/error.hpp>
#include <florin/net/establish.hpp>
#include <florin/net/pool.hpp>
#include <florin/net/tls.hpp>
#include <florin/observer.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/system/error_code.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

namespace florin::detail {

/// What the copies of a `Client` and its pending calls share, and the blocking driver.
template <class P, class ObserverType>
class ClientCore {
 public:
  using Policy = P;
  using Observer = ObserverType;
  template <class Operation>
  using Call = ClientCall<P, Operation, Observer>;

  ClientCore(boost::asio::any_io_executor executor, CredentialsOf<P> credentials,
             ClientOptions options, Observer observer)
      : executor_(std::move(executor)),
        credentials_(std::move(credentials)),
        options_(std::move(options)),
        observer_(std::move(observer)),
        pool_(executor_, options_.pool) {
    set_up();
  }

  [[nodiscard]] const boost::asio::any_io_executor& executor() const noexcept { return executor_; }
  /// Has `run` called before each asynchronous operation: it sees to it that the executor runs.
  void start_with(void (*run)()) noexcept { run_ = run; }
  /// Called before each asynchronous operation.
  void start() const {
    if (run_ != nullptr) run_();
  }
  [[nodiscard]] const std::optional<Error>& setup_error() const noexcept { return setup_error_; }
  [[nodiscard]] net::Pool& pool() noexcept { return pool_; }
  [[nodiscard]] const std::shared_ptr<const net::Target>& target() const noexcept {
    return target_;
  }

  /// A call with its request encoded, to be launched.
  template <class Operation, class Request>
  [[nodiscard]] std::unique_ptr<Call<Operation>> begin(const Request& request,
                                                       const CallOptions<P>& options) {
    std::uint32_t seed = 0;
    auto call = spare<Operation>(seed);
    if (setup_error_) {
      call->machine.refuse(*setup_error_, observer_);
      return call;
    }
    call->limit = net::clipped(options.deadline.value_or(options_.deadline));
    RetryOptions retry = options_.retry;
    if (options.retries) retry.retries = *options.retries;
    call->machine.begin(request, options.credentials ? *options.credentials : credentials_,
                        {.environment = options_.environment,
                         .host = authority_,
                         .idempotency_key = options.idempotency_key,
                         .on_exists = options.on_exists},
                        retry, seed, observer_);
    return call;
  }

  /// Keeps a call that is over for the next one.
  template <class Operation>
  void recycle(std::unique_ptr<Call<Operation>> call) {
    const std::scoped_lock lock{mutex_};
    auto& list = spares(std::type_identity<Operation>{});
    if (list.size() < most_spares) list.push_back(std::move(call));
  }

  /// The blocking driver.
  template <class Operation, class Request>
  [[nodiscard]] Result<typename Operation::Response> perform(const Request& request,
                                                             const CallOptions<P>& options) {
    using Step = typename CallMachine<P, Operation, Observer>::Step;
    auto call = begin<Operation>(request, options);
    auto& machine = call->machine;
    call->launch(net::Clock::now());
    boost::system::error_code ec;
    while (machine.step() != Step::done) {
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
              pool_.acquire_until(machine.deadline(), net::Clock::now(), machine.wanted());
          if (call->connection) {
            call->connection->stream.expires_at(machine.deadline());
            machine.acquired(call->connection->stream.is_open(), net::Clock::now());
          } else {
            machine.not_acquired(boost::beast::error::timeout, net::Clock::now());
          }
          break;
        case Step::establish: {
          const auto result =
              net::establish(call->connection->stream, *target_, machine.deadline());
          if (result.ok()) pool_.count_opened();
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
          pool_.release(std::move(call->connection), machine.reusable(), net::Clock::now());
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
    auto answer = machine.answer();
    recycle<Operation>(std::move(call));
    return answer;
  }

  [[nodiscard]] Result<void> warm_up(std::size_t count) {
    WarmUp<ClientCore> machine{*this, count};
    machine.launch(net::Clock::now());
    while (auto* const connection = machine.next())
      machine.established(net::establish(connection->stream, *target_, machine.deadline()));
    return machine.result();
  }
  [[nodiscard]] std::chrono::milliseconds deadline() const noexcept { return options_.deadline; }

 private:
  /// Calls kept for reuse, each with about 40 KiB of buffers; beyond these they are freed. Under a
  /// steady load few are idle at a time, however many are in flight.
  static constexpr std::size_t most_spares = 16;

  void set_up() {
    BaseUrl url;
    if (options_.base_url.empty()) {
      url.host = P::hosts[options_.environment];
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
    }
    authority_ = url.authority();
    target_ = std::make_shared<const net::Target>(std::move(target));
  }
  void refuse(Errc code, std::string_view reason) {
    setup_error_ = local_error(P::name, {code, std::nullopt, reason});
  }

  template <class Operation>
  std::unique_ptr<Call<Operation>> spare(std::uint32_t& seed) {
    const std::scoped_lock lock{mutex_};
    seed = static_cast<std::uint32_t>(random_());
    auto& list = spares(std::type_identity<Operation>{});
    if (list.empty())
      return std::make_unique<Call<Operation>>(executor_, pool_, tokens_, credentials_);
    auto call = std::move(list.back());
    list.pop_back();
    return call;
  }
  auto& spares(std::type_identity<Create>) noexcept { return create_spares_; }

  boost::asio::any_io_executor executor_;
  void (*run_)() = nullptr;
  CredentialsOf<P> credentials_;
  ClientOptions options_;
  Observer observer_;
  net::Pool pool_;
  TokenCache tokens_;
  std::string authority_;
  std::shared_ptr<const net::Target> target_;
  std::optional<Error> setup_error_;
  std::mutex mutex_;  // for all below
  std::minstd_rand random_{std::random_device{}()};
  std::vector<std::unique_ptr<Call<Create>>> create_spares_;
};

}  // namespace florin::detail
