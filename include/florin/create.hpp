// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/customer.hpp>
#include <florin/decode.hpp>
#include <florin/detail/sent_secrets.hpp>
#include <florin/detail/transport_error.hpp>
#include <florin/diagnosis.hpp>
#include <florin/encode.hpp>
#include <florin/idempotency.hpp>
#include <florin/net/exchange.hpp>
#include <florin/signing.hpp>

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/compose.hpp>
#include <boost/asio/post.hpp>
#include <boost/system/error_code.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

/// Layer 1: one request and its answer over a stream that the caller has connected.
namespace florin {

/// How one exchange over the caller's stream is done. Views only; they are read before the call
/// returns.
struct ExchangeOptions {
  Environment environment = Environment::live;
  std::string_view host{};             ///< `Host` header; empty: the policy's host
  std::string_view idempotency_key{};  ///< empty: derived from `merchant_customer_id`
  OnExists on_exists = OnExists::fail;
  std::string_view
      access_token{};          ///< needed where the policy exchanges a token, see `fetch_token`
  std::string_view salt{};     ///< where requests are signed; empty: made here
  std::int64_t timestamp = 0;  ///< likewise, in Unix seconds; 0: now
};

namespace detail {

/// Encoding, exchange and decoding of one attempt, for both drivers.
template <class P, class Operation>
class Attempt {
 public:
  using Answer = Result<typename Operation::Response>;

  /// Encodes the request with the caller's key or the derived one.
  template <class Request>
  Result<void> encode(const Request& request, const CredentialsOf<P>& credentials,
                      const ExchangeOptions& options) {
    const typename Operation::Request view = request;
    on_exists_ = options.on_exists;
    if constexpr (IdempotencyOf<P, Operation>::takes_key) {
      if (options.idempotency_key.empty()) {
        key_ = derive_idempotency_key<P, Operation>(view.merchant_customer_id);
      } else {
        key_.assign(options.idempotency_key);
      }
    }
    return encode_again(request, credentials, options);
  }
  /// Encodes the same request with the same key for a further attempt: with another access token,
  /// or signed anew.
  template <class Request>
  Result<void> encode_again(const Request& request, const CredentialsOf<P>& credentials,
                            const ExchangeOptions& options) {
    EncodeOptions given{.environment = options.environment,
                        .host = options.host,
                        .idempotency_key = key_,
                        .access_token = options.access_token,
                        .salt = options.salt,
                        .timestamp = options.timestamp};
    [[maybe_unused]] std::optional<FreshSalt> salt;
    if constexpr (UsesSignature<P, Operation>) {
      if (given.salt.empty()) given.salt = salt.emplace().text();
      if (given.timestamp == 0) given.timestamp = unix_time();
    }
    auto encoded = florin::encode<P, Operation>(request, credentials, given, request_);
    if (encoded) {
      secrets_.hold(credentials, given.access_token, request_);
      hold(Operation::keep(request));
    }
    return encoded;
  }

  /// Begins to send what was encoded; again for a repetition.
  void begin() { exchange_.begin(request_.bytes(), decoder_); }
  /// Begins to send something else on behalf of this call, such as a token exchange.
  void begin_other(std::string_view request, wire::ReplyReader& reader) {
    exchange_.begin(request, reader);
  }

  [[nodiscard]] net::Exchange& exchange() noexcept { return exchange_; }

  /// What came of it. Call when the exchange is done or has failed.
  /// \param phase the phase in which a failed exchange ended.
  [[nodiscard]] Answer answer(Phase phase) {
    if (exchange_.step() == net::Exchange::Step::done) {
      auto answer = decoder_.take(kept(), on_exists_);
      if (answer) return answer;
      Error error = std::move(answer).error();
      mask(error, request_.bytes());
      return error;
    }
    Error error = exchange_error(P::name, exchange_, phase);
    return Operation::creates ? std::move(error) : without_customer(std::move(error));
  }

  /// The success that a refusal stands for when an earlier attempt of the same call made the
  /// customer.
  [[nodiscard]] Answer first_one(const Error& refusal) const {
    auto response = Operation::respond(kept(), refusal.existing_customer_id, Origin::replayed);
    response.http_status = refusal.http_status;
    response.request_id = refusal.request_id;
    return response;
  }

  /// Fills in what only the caller of `answer` knows. Where there is no memory for it, the key is
  /// left out.
  /// \param result the response or the error.
  template <class T>
  void complete(T& result, int attempts, const Timings& timings) const noexcept {
    if constexpr (requires { result.dropped; }) {
      result.dropped = request_.dropped();
      result.attempts = attempts;
      result.timings = timings;
      try {
        result.idempotency_key = key_;
      } catch (const std::bad_alloc&) {
        return;
      }
    }
  }

  /// Replaces the secrets of this call in what the processor says in `error`.
  /// \param sent the bytes that were answered.
  void mask(Error& error, std::string_view sent) const { secrets_.mask(error, request_, sent); }

  /// Wipes what request and answer held.
  void clear() noexcept {
    request_.clear();
    decoder_.reset();
    exchange_.clear();
  }

 private:
  using Kept = typename Operation::Kept;

  /// Keeps behind the request what the answer needs of it.
  void hold(Kept kept) {
    kept_at_ = request_.held().size();
    if constexpr (requires { kept.each([](std::string_view) {}); }) {
      auto size = kept_sizes_.begin();
      kept.each([&](std::string_view text) {
        request_.hold(text);
        *size++ = text.size();
      });
    }
  }
  [[nodiscard]] Kept kept() const noexcept {
    Kept kept{};
    if constexpr (requires { kept.each([](std::string_view&) {}); }) {
      std::string_view held = request_.held().substr(kept_at_);
      auto size = kept_sizes_.begin();
      kept.each([&](std::string_view& text) {
        text = held.substr(0, *size++);
        held.remove_prefix(text.size());
      });
    }
    return kept;
  }

  EncodedRequest request_;
  Decoder<P, Operation> decoder_;
  net::Exchange exchange_;
  SentSecrets<P, Operation> secrets_;
  std::size_t kept_at_ = 0;
  std::array<std::size_t, 4> kept_sizes_{};
  Text key_;
  OnExists on_exists_ = OnExists::fail;
};

/// One attempt over a borrowed stream, with its timings.
template <class P, class Operation>
class BorrowedCall {
 public:
  using Clock = std::chrono::steady_clock;
  using Step = net::Exchange::Step;

  template <class Request>
  Result<void> prepare(const Request& request, const CredentialsOf<P>& credentials,
                       const ExchangeOptions& options) {
    auto encoded = attempt_.encode(request, credentials, options);
    if (encoded) {
      attempt_.begin();
      since_ = Clock::now();
    }
    return encoded;
  }
  [[nodiscard]] net::Exchange& exchange() noexcept { return attempt_.exchange(); }
  void written(boost::system::error_code ec, std::size_t count) {
    exchange().written(ec, count);
    if (exchange().step() != Step::write) lap(Phase::write);
  }
  void received(boost::system::error_code ec, std::size_t count) {
    exchange().received(ec, count);
    if (exchange().step() != Step::read) lap(Phase::read);
  }
  [[nodiscard]] typename Attempt<P, Operation>::Answer finish() {
    auto answer = attempt_.answer(phase_);
    if (answer) {
      attempt_.complete(*answer, 1, timings_);
      return answer;
    }
    Error error = std::move(answer).error();
    attempt_.complete(error, 1, timings_);
    return error;
  }

 private:
  void lap(Phase phase) {
    const auto now = Clock::now();
    timings_.add(phase, now - since_);
    since_ = now;
    phase_ = phase;
  }

  Attempt<P, Operation> attempt_;
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
/// \tparam P the connector policy. \tparam Operation what to do; `Create`.
/// \param stream anything that models Beast's SyncReadStream and SyncWriteStream, connected and,
/// for a real processor, under TLS. Deadlines are the stream's: `net::Stream::expires_at`. \param
/// request see `encode`. \param credentials the policy's credentials. \return the answer; or an
/// error: those of `encode`, of `decode`, `connection_lost`, `deadline_exceeded` (where the stream
/// fails with `boost::beast::error::timeout`), `unreadable_reply`. Once a write was attempted, a
/// failure of the stream has `Outcome::unknown`. Thread safety: that of the stream.
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
/// until completion. The request and the credentials are read before this returns.
/// Cancellation (any type): `Errc::cancelled`.
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
/// operation `FetchToken`, for policies that need one before the call itself.
/// \copydetails perform
template <class P, class Stream>
[[nodiscard]] Result<AccessToken> fetch_token(Stream& stream, const CredentialsOf<P>& credentials,
                                              const ExchangeOptions& options = {}) {
  return florin::perform<P, FetchToken>(stream, TokenRequest{}, credentials, options);
}

/// Creates a customer over a connected stream: `perform` with the operation `Create`. The request
/// may be written in place: `create<P>(stream, {.merchant_customer_id = "..."}, credentials)`.
///
/// \copydetails perform
template <class P, class Stream, class Request = CreateRequest>
[[nodiscard]] Result<CreateResponse> create(Stream& stream, const Request& request,
                                            const CredentialsOf<P>& credentials,
                                            const ExchangeOptions& options = {}) {
  return florin::perform<P, Create>(stream, request, credentials, options);
}

/// Creates a customer over a connected stream: `async_perform` with the operation `Create`. The
/// request may be written in place.
///
/// \copydetails async_perform
template <class P, class Stream, class Request = CreateRequest, class Token>
auto async_create(Stream& stream, const Request& request, const CredentialsOf<P>& credentials,
                  const ExchangeOptions& options, Token&& token) {
  return florin::async_perform<P, Create>(stream, request, credentials, options,
                                          std::forward<Token>(token));
}

}  // namespace florin
