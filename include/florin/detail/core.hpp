// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/client_options.hpp>
#include <florin/customer.hpp>
#include <florin/detail/attempt.hpp>
#include <florin/detail/call_facts.hpp>
#include <florin/detail/completion.hpp>
#include <florin/detail/config.hpp>
#include <florin/detail/observer_ref.hpp>
#include <florin/detail/pending_series.hpp>
#include <florin/error.hpp>
#include <florin/net/pool_options.hpp>
#include <florin/wire/element.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

/// What the templates of a client need of its core. It is all that they see of connections, TLS,
/// tokens, retries and drivers: no policy is known behind it.
namespace florin::detail {

class ClientCall;
class ClientCore;
class DrainJob;
class WarmUpJob;
struct CallWatch;

/// Reaches the core of a client, for calls that are made of its own.
struct CoreAccess {
  /// \tparam Client a `Client` or an `AnyClient`.
  template <class Client>
  [[nodiscard]] static std::shared_ptr<ClientCore> of(const Client& client) {
    return client.shared_core();
  }
};

/// Destroys what is only declared here.
struct CoreDelete {
  FLORIN_DECL void operator()(ClientCall* call) const noexcept;
  FLORIN_DECL void operator()(ClientCore* core) const noexcept;
  FLORIN_DECL void operator()(DrainJob* job) const noexcept;
  FLORIN_DECL void operator()(WarmUpJob* job) const noexcept;
};
using CallPtr = std::unique_ptr<ClientCall, CoreDelete>;
using CorePtr = std::unique_ptr<ClientCore, CoreDelete>;
using DrainPtr = std::unique_ptr<DrainJob, CoreDelete>;
using WarmUpPtr = std::unique_ptr<WarmUpJob, CoreDelete>;

/// A call that is over, and whose it is.
struct OverCall {
  std::shared_ptr<ClientCore> core;
  CallPtr call;  // goes before the core that it gives its place back to
};
/// Makes what calls to a certain operation of a certain policy send.
using MakeAttempt = std::unique_ptr<Attempt> (*)();

struct PreparedCall;

/// Encodes the request of a call, or says what is wrong with it; refers to a function object that
/// outlives it.
class EncodeRef {
 public:
  template <class Encode>
  explicit EncodeRef(const Encode& encode) noexcept
      : encode_(&encode),
        call_([](const void* to, const PreparedCall& call, std::string_view access_token) {
          return (*static_cast<const Encode*>(to))(call, access_token);
        }) {}
  wire::Fault operator()(const PreparedCall& call, std::string_view access_token) const {
    return call_(encode_, call, access_token);
  }

 private:
  const void* encode_;
  wire::Fault (*call_)(const void*, const PreparedCall&, std::string_view);
};

/// What a call is to do. What it refers to is there until the call has begun.
struct CallOrder {
  const CallFacts& facts;  ///< of its operation
  MakeAttempt make;
  EncodeRef encode;
  ObserverRef observer;
  std::optional<std::chrono::milliseconds> deadline;  ///< from its launch; empty: the client's
  std::optional<int> retries;                         ///< empty: the client's
  std::chrono::milliseconds delay;                    ///< before anything is sent
  const PendingSeries* series;                        ///< what it is a part of; null: nothing
};

/// Where a policy has the calls of a client go.
struct Home {
  std::string host{};
  std::string token_host{};     ///< where tokens are given, if not there
  bool has_token_host = false;  ///< whether there is such a host
  /// The credentials, where the hosts depend on them; null: they do not.
  std::shared_ptr<const void> account{};
  std::optional<Error> error{};  ///< why there are no hosts
};

/// A call that is to be begun. What it refers to is there as long as the call.
struct PreparedCall {
  CallPtr call;
  bool usable = false;  ///< whether it can be begun; if not it has ended
  std::uint32_t seed = 0;
  std::string_view authority{};  ///< the value of the `Host` header
};

/// The core of a client.
/// \param connector the policy's name.
/// \param home where its calls go.
/// \param executor of asynchronous operations; null or empty: the library's own threads.
FLORIN_DECL CorePtr make_core(std::string_view connector, std::shared_ptr<const Home> home,
                              const boost::asio::any_io_executor* executor,
                              ClientOptions&& options);
FLORIN_DECL const ClientOptions& options_of(const ClientCore& core) noexcept;
/// Why the options cannot be used.
FLORIN_DECL std::optional<Error> setup_error_of(const ClientCore& core);
/// \param url empty: the policy's host.
FLORIN_DECL Result<void> set_base_url(ClientCore& core, std::string_view url);
/// Has calls that begin from now on go to another home, unless there is a base URL, with its
/// account.
FLORIN_DECL void set_home(ClientCore& core, std::shared_ptr<const Home> home);
/// The executor of asynchronous operations; null: there is none.
FLORIN_ASYNC_DECL const boost::asio::any_io_executor* executor_of(ClientCore& core);
/// What is told of as the executor of a client.
/// \param executor null: there is none, as no thread could be started or the execution context is
/// gone; what stands for it is not used for more.
FLORIN_ASYNC_DECL boost::asio::any_io_executor or_none(
    const boost::asio::any_io_executor* executor);
/// The error of a call for which there is no memory.
[[gnu::cold]] FLORIN_DECL Error no_memory(const ClientCore& core);
FLORIN_DECL net::PoolStats pool_stats(ClientCore& core);
FLORIN_DECL void close_pool(ClientCore& core);
FLORIN_DECL Result<void> warm_up(ClientCore& core, std::size_t count);
/// Cancels the pending calls.
FLORIN_DECL void cancel_all(ClientCore& core);
/// Lets no further call begin, and waits for the others.
/// \return how many are pending still.
FLORIN_DECL std::size_t drain(ClientCore& core, std::chrono::milliseconds limit);

/// A call with its request encoded, to be launched.
/// \param blocks whether it is for the blocking driver.
/// \param runnable whether there is what it needs to run. Errors: `std::bad_alloc`.
[[nodiscard]] FLORIN_DECL CallPtr begin_call(ClientCore& core, const CallOrder& order, bool blocks,
                                             bool runnable);
/// The same for an asynchronous call; null: there was no memory.
[[nodiscard]] FLORIN_DECL CallPtr try_begin_call(ClientCore& core, const CallOrder& order,
                                                 bool runnable);
FLORIN_DECL Attempt& attempt_of(ClientCall& call) noexcept;
/// The value of the `Host` header of a prepared call's token exchange.
FLORIN_DECL std::string_view token_authority_of(const ClientCall& call) noexcept;
/// The home that a prepared call goes to; null: it goes elsewhere.
FLORIN_DECL const Home* goal_of(const ClientCall& call) noexcept;
/// The account of the client's home as a prepared call found it.
FLORIN_DECL const std::shared_ptr<const void>& account_of(const ClientCall& call) noexcept;
/// The blocking driver.
FLORIN_DECL void perform_call(ClientCore& core, ClientCall& call);
/// Why a call that is over has failed; nothing: its attempt has the success.
FLORIN_DECL std::optional<Error> take_failure(ClientCall& call) noexcept;
/// Keeps a call that is over for the next one.
FLORIN_DECL void recycle(ClientCore& core, CallPtr call) noexcept;

/// Takes what came of a call that is over, and keeps the call for the next one. The core has this
/// and the next for all operations.
template <class Operation>
[[nodiscard]] Result<typename Operation::Response> taken(CallPtr call, ClientCore& core);
/// The whole call, blocking.
template <class Operation>
[[nodiscard]] Result<typename Operation::Response> perform_as(ClientCore& core,
                                                              const CallOrder& order);

/// What an asynchronous call ends in.
FLORIN_DECL Completion<OverCall>& completion_of(ClientCall& call) noexcept;
/// The asynchronous driver.
/// \param executor the core's; null: there is none, and the call has ended.
FLORIN_ASYNC_DECL void launch_call(CallPtr call, std::shared_ptr<ClientCore> core,
                                   const boost::asio::any_io_executor* executor);

/// A warm-up of the core. Errors: `std::bad_alloc`.
FLORIN_DECL WarmUpPtr make_warm_up(std::shared_ptr<ClientCore> core, std::size_t count);
FLORIN_DECL Completion<Result<void>>& completion_of(WarmUpJob& job) noexcept;
/// The asynchronous driver of a warm-up.
FLORIN_ASYNC_DECL void launch_job(WarmUpPtr job, const boost::asio::any_io_executor* executor);

/// An asynchronous `drain`. Errors: `std::bad_alloc`.
FLORIN_DECL DrainPtr make_drain(std::shared_ptr<ClientCore> core, std::chrono::milliseconds limit);
FLORIN_DECL Completion<std::size_t>& completion_of(DrainJob& job) noexcept;
/// The asynchronous driver of a drain.
FLORIN_ASYNC_DECL void launch_job(DrainPtr job, const boost::asio::any_io_executor* executor);

/// What may be cancelled on any thread, as long as it is pending.
class Cancellable {
 public:
  FLORIN_DECL explicit Cancellable(ClientCall& call) noexcept;
  FLORIN_DECL explicit Cancellable(DrainJob& job) noexcept;
  FLORIN_DECL explicit Cancellable(WarmUpJob& job) noexcept;
  FLORIN_DECL void cancel() const noexcept;

 private:
  std::shared_ptr<CallWatch> watch_;
  std::uint64_t which_;
};

}  // namespace florin::detail
