// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/customer.hpp>
#include <florin/detail/attempt.hpp>
#include <florin/detail/judged.hpp>
#include <florin/diagnosis.hpp>
#include <florin/exchange_options.hpp>
#include <florin/net/exchange.hpp>

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/compose.hpp>
#include <boost/asio/post.hpp>
#include <boost/system/error_code.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
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
  [[nodiscard]] net::Exchange& exchange() noexcept { return exchange_; }
  void written(boost::system::error_code ec, std::size_t count) {
    exchange_.written(ec, count);
    if (exchange_.step() != Step::write) lap(Phase::write);
  }
  void received(boost::system::error_code ec, std::size_t count) {
    exchange_.received(ec, count);
    if (exchange_.step() != Step::read) lap(Phase::read);
  }
  [[nodiscard]] Result<typename Operation::Response> finish() {
    auto failed = judged(attempt_, exchange_, phase_);
    if (failed) {
      attempt_.complete(*failed, 1, timings_);
      return *std::move(failed);
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
};

template <class P, class Operation, class Stream>
class BorrowedOperation {
 public:
  using Call = BorrowedCall<P, Operation>;
  using Code = boost::system::error_code;
  using Step = net::Exchange::Step;

  BorrowedOperation(Stream& stream, std::unique_ptr<Call> call, Result<void> prepared)
      : stream_(&stream), call_(std::move(call)), prepared_(std::move(prepared)) {}

  template <class Self>
  void operator()(Self& self) {
    if (begun_) return self.complete(prepared_.error());
    begun_ = true;
    self.reset_cancellation_state(boost::asio::enable_total_cancellation());
    if (prepared_) return proceed(self);
    boost::asio::post(stream_->get_executor(), std::move(self));
  }

  template <class Self>
  void operator()(Self& self, Code ec, std::size_t count) {
    if (self.cancelled() != boost::asio::cancellation_type::none)
      ec = boost::asio::error::operation_aborted;
    if (call_->exchange().step() == Step::write) {
      call_->written(ec, count);
    } else {
      call_->received(ec, count);
    }
    proceed(self);
  }

 private:
  template <class Self>
  void proceed(Self& self) {
    auto& exchange = call_->exchange();
    switch (exchange.step()) {
      case Step::write:
        return stream_->async_write_some(
            boost::asio::buffer(exchange.unsent().data(), exchange.unsent().size()),
            std::move(self));
      case Step::read:
        return stream_->async_read_some(exchange.room(), std::move(self));
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
  Result<void> prepared_;
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
/// `unreadable_reply`. Once a write was attempted, a failure of the stream has `Outcome::unknown`.
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
    boost::system::error_code ec;
    for (auto& exchange = call.exchange();;) {
      if (exchange.step() == Step::write) {
        const auto unsent = exchange.unsent();
        const auto count = stream.write_some(boost::asio::buffer(unsent.data(), unsent.size()), ec);
        call.written(ec, count);
      } else if (exchange.step() == Step::read) {
        const auto count = stream.read_some(exchange.room(), ec);
        call.received(ec, count);
      } else {
        return call.finish();
      }
    }
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
/// Thread safety: that of the stream.
template <class P, class Operation = Create, class Stream, class Request, class Token>
auto async_perform(Stream& stream, const Request& request, const CredentialsOf<P>& credentials,
                   const ExchangeOptions& options, Token&& token) {
  using Answer = Result<typename Operation::Response>;
  if constexpr (diagnose_call<P, Operation, Request>()) {
    auto call = std::make_unique<detail::BorrowedCall<P, Operation>>();
    auto prepared = call->prepare(request, credentials, options);
    return boost::asio::async_compose<Token, void(Answer)>(
        detail::BorrowedOperation<P, Operation, Stream>{stream, std::move(call),
                                                        std::move(prepared)},
        token, stream.get_executor());
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
/// Streams, credentials, options, errors and thread safety: see `perform`.
template <class P, class Stream, class Request = CreateRequest>
[[nodiscard]] Result<CreateResponse> create(Stream& stream, const Request& request,
                                            const CredentialsOf<P>& credentials,
                                            const ExchangeOptions& options = {}) {
  return florin::perform<P, Create>(stream, request, credentials, options);
}

/// Creates a customer over a connected stream: `async_perform` with the operation `Create`. The
/// request may be written in place.
///
/// Streams, credentials, options, errors and thread safety: see `async_perform`.
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
