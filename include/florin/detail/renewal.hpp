// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/access_token.hpp>
#include <florin/create.hpp>
#include <florin/decode.hpp>
#include <florin/detail/held_request.hpp>
#include <florin/detail/token_cache.hpp>
#include <florin/encode.hpp>
#include <florin/policy.hpp>

#include <memory>
#include <optional>
#include <utility>

namespace florin::detail {

/// Satisfied by policies whose requests are encoded anew: with another token, or another signature.
template <class P>
concept Renews = ExchangesToken<P> || SignsRequests<P>;

/// What a call needs to encode its request again: copies of what the caller gave.
template <class P, class Operation>
class RenewalCopies {
 public:
  void share(TokenCache&, const CredentialsOf<P>& credentials) noexcept { lasting_ = &credentials; }

  template <class Request>
  void hold(const Request& request, const CredentialsOf<P>& credentials,
            const ExchangeOptions& options) {
    request_.hold(static_cast<typename Operation::Request>(request));
    options_ = options;
    options_.idempotency_key = {};  // the attempt keeps it
    credentials_ = &credentials;
    if (credentials_ == lasting_) return;
    own_ = credentials;
    credentials_ = &*own_;
  }
  void clear() noexcept {
    request_.clear();
    own_.reset();
  }

 protected:
  Result<void> encode_with(Attempt<P, Operation>& attempt, std::string_view access_token) {
    options_.access_token = access_token;
    return attempt.encode_again(request_.view(), *credentials_, options_);
  }

 private:
  const CredentialsOf<P>* lasting_ = nullptr;
  const CredentialsOf<P>* credentials_ = nullptr;
  std::optional<CredentialsOf<P>> own_;
  HeldRequest request_;
  ExchangeOptions options_{};
};

/// The part of a call in a token exchange, for policies without one.
template <class P, class Operation>
class NoTokenRenewal {
 public:
  static const ExchangeOptions& begin(const ExchangeOptions& options) noexcept { return options; }
  static constexpr bool fetching() noexcept { return false; }
  static void begin_fetch(const Attempt<P, Operation>&, net::TimePoint) noexcept {}
  static constexpr bool refused() noexcept { return false; }
  static constexpr bool fetch_failed(const Error&, net::TimePoint) noexcept { return false; }
  static void abandon() noexcept {}
  static void forget() noexcept {}
};

/// What `CallMachine` does beyond the call itself, for policies that need nothing.
template <class P, class Operation>
class Renewal : public NoTokenRenewal<P, Operation> {
 public:
  static void share(TokenCache&, const CredentialsOf<P>&) noexcept {}
  template <class Request>
  static void hold(const Request&, const CredentialsOf<P>&, const ExchangeOptions&) noexcept {}
  static void clear() noexcept {}
};

/// The same for policies that sign their requests.
template <class P, class Operation>
requires(SignsRequests<P> && !ExchangesToken<P>) class Renewal<P, Operation>
    : public NoTokenRenewal<P, Operation>, public RenewalCopies<P, Operation> {
 public:
  Result<void> encode(Attempt<P, Operation>& attempt) { return this->encode_with(attempt, {}); }
};

/// The same for policies that exchange their credentials for a token: this call's part in the token
/// cache of its client.
template <ExchangesToken P, class Operation>
class Renewal<P, Operation> : public RenewalCopies<P, Operation> {
 public:
  using Copies = RenewalCopies<P, Operation>;

  void share(TokenCache& tokens, const CredentialsOf<P>& credentials) noexcept {
    Copies::share(tokens, credentials);
    tokens_ = &tokens;
  }
  /// Options with which the request can be checked before there is a token.
  static ExchangeOptions begin(ExchangeOptions options) noexcept {
    options.access_token = "-";
    return options;
  }
  template <class Request>
  void hold(const Request& request, const CredentialsOf<P>& credentials,
            const ExchangeOptions& options) {
    Copies::hold(request, credentials, options);
    renewed_ = false;
    // What could fail here was checked with the request itself.
    (void)florin::encode<P, FetchToken>(TokenRequest{}, credentials,
                                        {.environment = options.environment, .host = options.host},
                                        token_request_);
    account_ = tokens_->account(token_request_.bytes());
    token_request_.clear();
  }
  void clear() noexcept {
    Copies::clear();
    decoder_.reset();
    token_.reset();
    account_.reset();
  }

  [[nodiscard]] TokenCache::Found seek(TokenCache::Waiter& waiter, net::TimePoint now) {
    auto finding = tokens_->seek(*account_, waiter, now);
    token_ = std::move(finding.token);
    fetching_ = finding.found == TokenCache::Found::fetch;
    if (finding.found == TokenCache::Found::wait) waiter_ = &waiter;
    return finding.found;
  }
  /// Ends waiting. \return why the fetch that it waited for failed, if it did.
  [[nodiscard]] std::shared_ptr<const Error> leave() noexcept {
    return tokens_->leave(*account_, *std::exchange(waiter_, nullptr));
  }
  Result<void> encode(Attempt<P, Operation>& attempt) {
    return this->encode_with(attempt, token_->reveal());
  }

  /// Whether this call fetches a token for all.
  [[nodiscard]] bool fetching() const noexcept { return fetching_; }
  void begin_fetch(Attempt<P, Operation>& attempt, net::TimePoint now) {
    fetched_at_ = now;
    attempt.begin_other(account_->request(), decoder_);
  }
  /// The exchange has ended. \return why there is no token.
  [[nodiscard]] std::optional<Error> fetched(Attempt<P, Operation>& attempt) {
    const auto& exchange = attempt.exchange();
    if (exchange.step() != net::Exchange::Step::done)
      return without_customer(exchange_error(P::name, exchange, Phase::token));
    auto answer = decoder_.take({});
    if (!answer) {
      Error error = std::move(answer).error();
      error.phase = Phase::token;
      attempt.mask(error, account_->request());
      return error;
    }
    token_ = tokens_->publish(*account_, *std::move(answer), fetched_at_);
    fetching_ = false;
    renewed_ = true;
    return std::nullopt;
  }
  /// The fetch has failed. Tells those who wait, unless the failure concerns this call alone.
  /// \return whether the call can go on with the old token.
  [[nodiscard]] bool fetch_failed(const Error& error, net::TimePoint now) noexcept {
    if (!std::exchange(fetching_, false)) return false;
    const bool own = error.code == Errc::deadline_exceeded || error.code == Errc::cancelled;
    token_ = tokens_->publish(*account_, own ? nullptr : &error, now);
    return !own && token_ != nullptr;
  }
  /// The processor has refused the token. \return whether a new one may help: once in a call, and
  /// not when it was fetched by this call.
  [[nodiscard]] bool refused() {
    tokens_->refuse(*account_, token_);
    return !std::exchange(renewed_, true);
  }
  /// Gives up what this call does for others, and waiting.
  void abandon() noexcept {
    if (std::exchange(fetching_, false)) tokens_->abandon(*account_);
    if (waiter_ != nullptr) (void)leave();
  }
  /// In a child: what this call does for others, and waiting, are its parent's.
  void forget() noexcept {
    fetching_ = false;
    waiter_ = nullptr;
  }

 private:
  TokenCache* tokens_ = nullptr;
  std::shared_ptr<TokenCache::Account> account_;
  TokenCache::Token token_;
  TokenCache::Waiter* waiter_ = nullptr;
  net::TimePoint fetched_at_{};
  bool fetching_ = false;
  bool renewed_ = false;
  EncodedRequest token_request_;
  Decoder<P, FetchToken> decoder_;
};

}  // namespace florin::detail
