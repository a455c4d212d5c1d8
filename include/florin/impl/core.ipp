// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/attempt.hpp>
#include <florin/detail/call_step.hpp>
#include <florin/detail/client_call.hpp>
#include <florin/detail/client_core.hpp>
#include <florin/detail/code_line.hpp>
#include <florin/detail/core.hpp>
#include <florin/detail/drain.hpp>
#include <florin/detail/warm_up_step.hpp>
#include <florin/encode.hpp>
#include <florin/net/deadline.hpp>
#include <florin/retry.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/system_executor.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <new>
#include <optional>
#include <string_view>
#include <utility>

namespace florin::detail {

#if defined(FLORIN_SEPARATE_COMPILATION)
void CoreDelete::operator()(ClientCall* call) const noexcept {
  delete call;
}
void CoreDelete::operator()(ClientCore* core) const noexcept {
  delete core;
}
void CoreDelete::operator()(DrainJob* job) const noexcept {
  delete job;
}
void CoreDelete::operator()(WarmUpJob* job) const noexcept {
  delete job;
}
#endif

FLORIN_ASYNC_DEFINITION boost::asio::any_io_executor or_none(
    const boost::asio::any_io_executor* executor) {
  return executor != nullptr ? *executor
                             : boost::asio::any_io_executor{boost::asio::system_executor{}};
}

FLORIN_DECL CorePtr make_core(std::string_view connector, std::shared_ptr<const Home> home,
                              const boost::asio::any_io_executor* executor,
                              ClientOptions&& options) {
  return CorePtr{new ClientCore{connector, std::move(home), executor, std::move(options)}};
}
FLORIN_DECL const ClientOptions& options_of(const ClientCore& core) noexcept {
  return core.options();
}
FLORIN_DECL std::optional<Error> setup_error_of(const ClientCore& core) {
  return core.place()->error;
}
FLORIN_DECL Result<void> set_base_url(ClientCore& core, std::string_view url) {
  return core.set_base_url(url);
}
FLORIN_DECL void set_home(ClientCore& core, std::shared_ptr<const Home> home) {
  core.set_home(std::move(home));
}
FLORIN_ASYNC_DEFINITION const boost::asio::any_io_executor* executor_of(ClientCore& core) {
  return core.executor();
}
FLORIN_DECL Error no_memory(const ClientCore& core) {
  return core.no_memory();
}
FLORIN_DECL net::PoolStats pool_stats(ClientCore& core) {
  return core.state().stats();
}
FLORIN_DECL void close_pool(ClientCore& core) {
  core.state().close();
}
FLORIN_DECL Result<void> warm_up(ClientCore& core, std::size_t count) {
  return core.warm_up(count);
}
FLORIN_DECL void cancel_all(ClientCore& core) {
  core.state().pending.cancel_all();
}
FLORIN_DECL std::size_t drain(ClientCore& core, std::chrono::milliseconds limit) {
  core.shut_down();
  return core.state().pending.wait_until(net::ends_after(limit));
}

FLORIN_DECL void PendingSeries::enter(ClientCore& core) {
  core.state().pending.enter(*this);
  process_ = net::detail::process_number();
}
FLORIN_DECL PendingSeries::~PendingSeries() {
  leave();
}
FLORIN_DECL void PendingSeries::leave() noexcept {
  if (pending_ == nullptr || process_ != net::detail::process_number()) return;
  pending_->leave(*this);
}

FLORIN_DECL CallPtr begin_call(ClientCore& core, const CallOrder& order, bool blocks,
                               bool runnable) {
  PreparedCall prepared = core.prepare(order.facts, order.make, order.observer, blocks, runnable);
  prepared.call->series = order.series;
  if (!prepared.usable) return std::move(prepared.call);
  const ClientOptions& options = core.options();
  RetryOptions retry = options.retry;
  if (order.retries) retry.retries = *order.retries;
  ClientCall& call = *prepared.call;
  call.limit = net::clipped(order.deadline.value_or(options.deadline));
  call.delay = {};
  if (order.delay > order.delay.zero()) [[unlikely]]
    call.delay = net::clipped(order.delay);
  const auto encode = [&order, &prepared](std::string_view access_token) -> Result<void> {
    if (const auto fault = order.encode(prepared, access_token))
      return local_error(order.facts.connector, fault);
    return {};
  };
  call.machine.begin(encode, retry, prepared.seed, order.observer);
  return std::move(prepared.call);
}
FLORIN_DECL CallPtr try_begin_call(ClientCore& core, const CallOrder& order, bool runnable) {
  try {
    return begin_call(core, order, false, runnable);
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}
FLORIN_DECL Attempt& attempt_of(ClientCall& call) noexcept {
  return *call.attempt;
}
FLORIN_DECL std::string_view token_authority_of(const ClientCall& call) noexcept {
  return (call.place->tokens ? *call.place->tokens : call.place->api).authority;
}
FLORIN_DECL const Home* goal_of(const ClientCall& call) noexcept {
  return call.place->at_home ? call.place->home.get() : nullptr;
}
FLORIN_DECL const std::shared_ptr<const void>& account_of(const ClientCall& call) noexcept {
  return call.place->home->account;
}
FLORIN_DECL void perform_call(ClientCore& core, ClientCall& call) {
  core.perform(call);
}
FLORIN_DECL std::optional<Error> take_failure(ClientCall& call) noexcept {
  return call.machine.take_failure();
}
FLORIN_DECL void recycle(ClientCore& core, CallPtr call) noexcept {
  core.recycle(std::move(call));
}

template <class Operation>
[[gnu::aligned(code_line)]] Result<typename Operation::Response> taken(CallPtr call,
                                                                       ClientCore& core) {
  using Answer = Result<typename Operation::Response>;
  auto failure = take_failure(*call);
  Answer answer = failure ? Answer{*std::move(failure)}
                          : static_cast<AttemptAt<Operation>&>(attempt_of(*call)).take();
  recycle(core, std::move(call));
  return answer;
}
template <class Operation>
Result<typename Operation::Response> perform_as(ClientCore& core, const CallOrder& order) {
  CallPtr call;
  try {
    call = begin_call(core, order, true, true);
  } catch (const std::bad_alloc&) {
    return no_memory(core);
  }
  perform_call(core, *call);
  return taken<Operation>(std::move(call), core);
}

FLORIN_DECL Completion<OverCall>& completion_of(ClientCall& call) noexcept {
  return call.end;
}
FLORIN_ASYNC_DEFINITION void launch_call(CallPtr call, std::shared_ptr<ClientCore> core,
                                         const boost::asio::any_io_executor* executor) {
  CallStep<>{std::move(call), std::move(core)}.launch(executor);
}

FLORIN_DECL WarmUpPtr make_warm_up(std::shared_ptr<ClientCore> core, std::size_t count) {
  return WarmUpPtr{new WarmUpJob{std::move(core), count}};
}
FLORIN_DECL Completion<Result<void>>& completion_of(WarmUpJob& job) noexcept {
  return job.end;
}
FLORIN_ASYNC_DEFINITION void launch_job(WarmUpPtr job,
                                        const boost::asio::any_io_executor* executor) {
  WarmUpStep<>{std::move(job)}.launch(executor);
}

FLORIN_DECL DrainPtr make_drain(std::shared_ptr<ClientCore> core, std::chrono::milliseconds limit) {
  return DrainPtr{new DrainJob{std::move(core), limit}};
}
FLORIN_DECL Completion<std::size_t>& completion_of(DrainJob& job) noexcept {
  return job.end;
}
FLORIN_ASYNC_DEFINITION void launch_job(DrainPtr job,
                                        const boost::asio::any_io_executor* executor) {
  DrainStep<>{std::move(job)}.launch(executor);
}

FLORIN_DECL Cancellable::Cancellable(ClientCall& call) noexcept
    : watch_(call.watch()), which_(watch_->enter()) {}
FLORIN_DECL Cancellable::Cancellable(DrainJob& job) noexcept
    : watch_(job.watch), which_(watch_->enter()) {}
FLORIN_DECL Cancellable::Cancellable(WarmUpJob& job) noexcept
    : watch_(job.watch), which_(watch_->enter()) {}
FLORIN_DECL void Cancellable::cancel() const noexcept {
  watch_->cancel(which_);
}

}  // namespace florin::detail
