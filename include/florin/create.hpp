// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/customer.hpp>
#include <florin/detail/attempt.hpp>
#include <florin/detail/judged.hpp>
#include <florin/detail/transport_error.hpp>
#include <florin/diagnosis.hpp>
#include <florin/exchange_options.hpp>
#include <florin/net/exchange.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/compose.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/system/error_code.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <new>
#include <optional>
#include <utility>

/// Layer 1: one request and its answer over a stream that the caller has connected.
namespace florin {

namespace detail {

/// One attempt over a borrowed stream, with its timings.
template <class P, class Operation>
class BorrowedCall {
 public:
  using Clock = std::chrono::steady_clock;
  using Step = net::Exchange::Step;

  Result<void> prepare(const typename Operation::Request& request,
                       const CredentialsOf<P>& credentials, const ExchangeOptions& options) {
    auto encoded = attempt_.encode(request, credentials, options);
    if (encoded) {
      exchange_.begin(attempt_.bytes(), attempt_.reader());
      since_ = Clock::now();
    }
    return encoded;
  }
  [[nodiscard]] Step step() const noexcept { return failed_ ? Step::failed : exchange_.step(); }
  [[nodiscard]] boost::asio::const_buffer unsent() const noexcept {
    return boost::asio::buffer(exchange_.unsent().data(), exchange_.unsent().size());
  }
  [[nodiscard]] boost::asio::mutable_buffer room() noexcept { return exchange_.room(); }
  /// A write or a read ended.
  void moved(boost::system::error_code ec, std::size_t count) {
    const auto here = exchange_.step();
    if (here == Step::write) {
      exchange_.written(ec, count);
    } else {
      exchange_.received(ec, count);
    }
    if (exchange_.step() != here) lap(here == Step::write ? Phase::write : Phase::read);
  }
  /// Does what follows the first attempt to send. Where memory runs out, the call has failed.
  template <class Action>
  void guarded(Action action) {
    try {
      action();
    } catch (const std::bad_alloc&) {
      lap(exchange_.step() == Step::write ? Phase::write : Phase::read);
      const auto& facts = attempt_.facts();
      failed_.emplace(transport_error(facts.connector, Errc::out_of_resources, facts.changes,
                                      boost::asio::error::no_memory, phase_));
    }
  }
  [[nodiscard]] Result<typename Operation::Response> finish() {
    if (!failed_) guarded([&] { failed_ = judged(attempt_, exchange_, phase_); });
    if (failed_) {
      attempt_.complete(*failed_, 1, timings_);
      return *std::move(failed_);
    }
    static_cast<void>(attempt_.complete(1, timings_));
    return attempt_.take();
  }

 private:
  void lap(Phase phase) {
    const auto now = Clock::now();
    timings_.add(phase, now - since_);
    since_ = now;
    phase_ = phase;
  }

  AttemptOf<P, Operation> attempt_;
  net::Exchange exchange_;
  Timings timings_;
  Clock::time_point since_{};
  Phase phase_ = Phase::write;
  std::optional<Error> failed_;
};

template <class P, class Operation, class Stream>
class BorrowedOperation {
 public:
  using Call = BorrowedCall<P, Operation>;
  using Code = boost::system::error_code;
  using Step = net::Exchange::Step;

  BorrowedOperation(Stream& stream, std::unique_ptr<Call> call, const Result<void>& prepared)
      : stream_(&stream), call_(std::move(call)) {
    if (!prepared) refused_.emplace(prepared.error());
  }

  template <class Self>
  void operator()(Self& self) {
    if (begun_) return self.complete(*std::move(refused_));
    begun_ = true;
    self.reset_cancellation_state(boost::asio::enable_total_cancellation());
    if (!refused_) return proceed(self);
    boost::asio::post(stream_->get_executor(), std::move(self));
  }

  template <class Self>
  void operator()(Self& self, Code ec, std::size_t count) {
    if (self.cancelled() != boost::asio::cancellation_type::none)
      ec = boost::asio::error::operation_aborted;
    call_->guarded([&] { call_->moved(ec, count); });
    proceed(self);
  }

 private:
  template <class Self>
  void proceed(Self& self) {
    switch (call_->step()) {
      case Step::write:
        return stream_->async_write_some(call_->unsent(), std::move(self));
      case Step::read:
        return stream_->async_read_some(call_->room(), std::move(self));
      case Step::done:
      case Step::failed: {
        auto answer = call_->finish();
        call_.reset();
        return self.complete(std::move(answer));
      }
    }
  }

  Stream* stream_;
  std::unique_ptr<Call> call_;
  std::optional<Error> refused_;  // before anything was sent
  bool begun_ = false;
};

}  // namespace detail

/// Performs one operation over a connected stream and blocks until it is answered: one request, no
/// retry.
///
/// \tparam P the connector policy.
/// \tparam Operation what to do; `Create`.
/// \param stream anything that models Beast's SyncReadStream and SyncWriteStream, connected and,
/// for a real processor, under TLS. Deadlines are the stream's: `net::Stream::expires_at`.
/// \param request see `encode`.
/// \param credentials the policy's credentials.
/// \param options the environment, the idempotency key and so on; see `ExchangeOptions`.
/// \return the answer; or an error: those of `encode`, of `decode`, `connection_lost`,
/// `deadline_exceeded` (where the stream fails with `boost::beast::error::timeout`),
/// `unreadable_reply`, `out_of_resources` (where memory runs out once a write was attempted). Once
/// a write was attempted, these failures of the stream or of memory have `Outcome::unknown` where
/// the operation changes something.
///
/// Errors: throws `std::bad_alloc` where memory runs out before anything was sent.
///
/// Thread safety: that of the stream.
template <class P, class Operation = Create, class Stream, class Request>
[[nodiscard]] Result<typename Operation::Response> perform(Stream& stream, const Request& request,
                                                           const CredentialsOf<P>& credentials,
                                                           const ExchangeOptions& options = {}) {
  if constexpr (diagnose_call<P, Operation, Request>()) {
    detail::BorrowedCall<P, Operation> call;
    if (auto prepared = call.prepare(request, credentials, options); !prepared)
      return prepared.error();
    using Step = net::Exchange::Step;
    while (call.step() == Step::write || call.step() == Step::read) {
      call.guarded([&] {
        boost::system::error_code ec;
        const auto count = call.step() == Step::write ? stream.write_some(call.unsent(), ec)
                                                      : stream.read_some(call.room(), ec);
        call.moved(ec, count);
      });
    }
    return call.finish();
  } else {
    return Error{};
  }
}

/// The asynchronous `perform`, for any completion token of signature `void(Result<Response>)`.
///
/// \param stream anything that models Beast's AsyncReadStream and AsyncWriteStream; it has to live
/// until completion.
/// \param request see `encode`; it and the credentials are read before this returns.
/// \param credentials the policy's credentials.
/// \param options see `perform`.
/// \param token the completion token. Cancellation (any type): `Errc::cancelled`.
///
/// Errors: those of `perform` go to the handler; the initiating function throws `std::bad_alloc`
/// where memory runs out before anything was sent. What the stream itself throws as it begins to
/// write or read, as Asio does without memory for the operation, takes the handler with it.
///
/// Thread safety: that of the stream.
template <class P, class Operation = Create, class Stream, class Request, class Token>
auto async_perform(Stream& stream, const Request& request, const CredentialsOf<P>& credentials,
                   const ExchangeOptions& options, Token&& token) {
  using Answer = Result<typename Operation::Response>;
  if constexpr (diagnose_call<P, Operation, Request>()) {
    auto call = std::make_unique<detail::BorrowedCall<P, Operation>>();
    const auto prepared = call->prepare(request, credentials, options);
    return boost::asio::async_compose<Token, void(Answer)>(
        detail::BorrowedOperation<P, Operation, Stream>{stream, std::move(call), prepared}, token,
        stream.get_executor());
  }
}

/// Exchanges the credentials for an access token over a connected stream: `perform` with the
/// operation `FetchToken`, for policies that need one before the call itself. The stream leads to
/// `host_of<P, FetchToken>`, which may be another host than that of the call.
///
/// Streams, credentials, options, errors and thread safety: see `perform`.
template <class P, class Stream>
[[nodiscard]] Result<AccessToken> fetch_token(Stream& stream, const CredentialsOf<P>& credentials,
                                              const ExchangeOptions& options = {}) {
  return florin::perform<P, FetchToken>(stream, TokenRequest{}, credentials, options);
}

/// Creates a customer over a connected stream: `perform` with the operation `Create`. The request
/// may be written in place: `create<P>(stream, {.merchant_customer_id = "..."}, credentials)`.
///
/// Errors: see `perform`. `out_of_resources` with `Outcome::unknown`: memory ran out after the
/// request may have been sent; before that, `std::bad_alloc` is thrown.
///
/// Streams, credentials, options and thread safety: see `perform`.
template <class P, class Stream, class Request = CreateRequest>
[[nodiscard]] Result<CreateResponse> create(Stream& stream, const Request& request,
                                            const CredentialsOf<P>& credentials,
                                            const ExchangeOptions& options = {}) {
  return florin::perform<P, Create>(stream, request, credentials, options);
}

/// Creates a customer over a connected stream: `async_perform` with the operation `Create`. The
/// request may be written in place.
///
/// Errors: see `async_perform`. `out_of_resources` with `Outcome::unknown`: memory ran out after
/// the request may have been sent; before that, the initiating function throws `std::bad_alloc`.
///
/// Streams, credentials, options and thread safety: see `async_perform`.
template <class P, class Stream, class Request = CreateRequest, class Token>
auto async_create(Stream& stream, const Request& request, const CredentialsOf<P>& credentials,
                  const ExchangeOptions& options, Token&& token) {
  return florin::async_perform<P, Create>(stream, request, credentials, options,
                                          std::forward<Token>(token));
}

/// Reads a customer back over a connected stream: `perform` with the operation `Retrieve`.
///
/// Streams, credentials, options, errors and thread safety: see `perform`.
template <class P, class Stream>
[[nodiscard]] Result<Customer> retrieve(Stream& stream, std::string_view connector_customer_id,
                                        const CredentialsOf<P>& credentials,
                                        const ExchangeOptions& options = {}) {
  return florin::perform<P, Retrieve>(stream, RetrieveRequest{connector_customer_id}, credentials,
                                      options);
}

/// Reads a customer back over a connected stream: `async_perform` with the operation `Retrieve`.
///
/// Streams, credentials, options, errors and thread safety: see `async_perform`.
template <class P, class Stream, class Token>
auto async_retrieve(Stream& stream, std::string_view connector_customer_id,
                    const CredentialsOf<P>& credentials, const ExchangeOptions& options,
                    Token&& token) {
  return florin::async_perform<P, Retrieve>(stream, RetrieveRequest{connector_customer_id},
                                            credentials, options, std::forward<Token>(token));
}

/// Changes a customer over a connected stream: `perform` with the operation `Update`. One request:
/// where the processor replaces what is not sent again, `UpdateRequestView::current` has to have
/// it. The request may be written in place.
///
/// Streams, credentials, options, errors and thread safety: see `perform`.
template <class P, class Stream, class Request = UpdateRequest>
[[nodiscard]] Result<Customer> update(Stream& stream, const Request& request,
                                      const CredentialsOf<P>& credentials,
                                      const ExchangeOptions& options = {}) {
  return florin::perform<P, Update>(stream, request, credentials, options);
}

/// Changes a customer over a connected stream: `async_perform` with the operation `Update`.
///
/// Streams, credentials, options, errors and thread safety: see `async_perform`.
template <class P, class Stream, class Request = UpdateRequest, class Token>
auto async_update(Stream& stream, const Request& request, const CredentialsOf<P>& credentials,
                  const ExchangeOptions& options, Token&& token) {
  return florin::async_perform<P, Update>(stream, request, credentials, options,
                                          std::forward<Token>(token));
}

/// Deletes a customer over a connected stream: `perform` with the operation `Delete`. One request:
/// where the processor answers alike for a customer that is gone and one that never was, that is
/// `not_found`.
///
/// Streams, credentials, options, errors and thread safety: see `perform`.
template <class P, class Stream>
[[nodiscard]] Result<DeleteResponse> remove(Stream& stream, std::string_view connector_customer_id,
                                            const CredentialsOf<P>& credentials,
                                            const ExchangeOptions& options = {}) {
  return florin::perform<P, Delete>(stream, DeleteRequest{connector_customer_id}, credentials,
                                    options);
}

/// Deletes a customer over a connected stream: `async_perform` with the operation `Delete`.
///
/// Streams, credentials, options, errors and thread safety: see `async_perform`.
template <class P, class Stream, class Token>
auto async_remove(Stream& stream, std::string_view connector_customer_id,
                  const CredentialsOf<P>& credentials, const ExchangeOptions& options,
                  Token&& token) {
  return florin::async_perform<P, Delete>(stream, DeleteRequest{connector_customer_id}, credentials,
                                          options, std::forward<Token>(token));
}

/// Finds customers over a connected stream: `perform` with the operation of the filter. One page:
/// the next one is asked for with `FindRequest::page`.
/// The filter is what `by_email` or `by_reference` made.
///
/// Streams, credentials, options, errors and thread safety: see `perform`.
template <class P, class Stream, class Filter>
[[nodiscard]] Result<CustomerPage> find(Stream& stream, const Filter& filter,
                                        const CredentialsOf<P>& credentials,
                                        const ExchangeOptions& options = {}) {
  return florin::perform<P, typename Filter::Operation>(stream, filter.request(), credentials,
                                                        options);
}

/// Finds customers over a connected stream: `async_perform` with the operation of the filter.
///
/// Streams, credentials, options, errors and thread safety: see `async_perform`.
template <class P, class Stream, class Filter, class Token>
auto async_find(Stream& stream, const Filter& filter, const CredentialsOf<P>& credentials,
                const ExchangeOptions& options, Token&& token) {
  return florin::async_perform<P, typename Filter::Operation>(stream, filter.request(), credentials,
                                                              options, std::forward<Token>(token));
}

}  // namespace florin
