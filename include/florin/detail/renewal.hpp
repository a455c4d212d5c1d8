// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/access_token.hpp>
#include <florin/decode.hpp>
#include <florin/detail/attempt.hpp>
#include <florin/detail/token_cache.hpp>
#include <florin/detail/transport_error.hpp>
#include <florin/error.hpp>
#include <florin/net/deadline.hpp>
#include <florin/net/exchange.hpp>

#include <memory>
#include <optional>
#include <string_view>
#include <utility>

namespace florin::detail {

/// A call's part in the token cache of its client. Nothing, where the policy exchanges no token.
class Renewal {
 public:
  Renewal(Attempt& attempt, TokenCache& tokens) noexcept : attempt_(&attempt), tokens_(&tokens) {}

  /// The request, which needs a token, is encoded and was found good.
  [[gnu::cold]] void begin() {
    renewed_ = false;
    attempt_->encode_token_request(token_request_);
    account_ = tokens_->account(token_request_.bytes());
    token_request_.clear();
  }
  void clear() noexcept {
    if (account_) [[unlikely]]
      wipe();
  }
  /// The access token to send; empty: there is none.
  [[nodiscard]] std::string_view token() const noexcept {
    return token_ ? token_->reveal() : std::string_view{};
  }

  [[nodiscard]] TokenCache::Found seek(TokenCache::Waiter& waiter, net::TimePoint now) {
    auto finding = tokens_->seek(*account_, waiter, now);
    token_ = std::move(finding.token);
    fetching_ = finding.found == TokenCache::Found::fetch;
    if (finding.found == TokenCache::Found::wait) waiter_ = &waiter;
    return finding.found;
  }
  /// Ends waiting.
  /// \return why the fetch that it waited for failed, if it did.
  [[nodiscard]] std::shared_ptr<const Error> leave() noexcept {
    return tokens_->leave(*account_, *std::exchange(waiter_, nullptr));
  }

  /// Whether this call fetches a token for all.
  [[nodiscard]] bool fetching() const noexcept { return fetching_; }
  [[gnu::cold]] void begin_fetch(net::Exchange& exchange, net::TimePoint now) {
    fetched_at_ = now;
    exchange.begin(account_->request(), *attempt_->token_reader());
  }
  /// The exchange has ended.
  /// \return why there is no token.
  [[nodiscard]] std::optional<Error> fetched(const net::Exchange& exchange) {
    if (exchange.step() != net::Exchange::Step::done)
      return without_customer(exchange_error(attempt_->facts().connector, exchange, Phase::token));
    auto answer = attempt_->take_token();
    if (!answer) {
      Error error = std::move(answer).error();
      error.phase = Phase::token;
      attempt_->mask(error, account_->request());
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
  /// The processor has refused the token.
  /// \return whether a new one may help: once in a call, and not when it was fetched by this call.
  [[nodiscard]] bool refused() {
    if (!account_) return false;
    tokens_->refuse(*account_, token_);
    return !std::exchange(renewed_, true);
  }
  /// Gives up what this call does for others, and waiting.
  void abandon() noexcept {
    if (fetching_ || waiter_ != nullptr) [[unlikely]]
      give_up();
  }
  /// In a child: what this call does for others, and waiting, are its parent's.
  void forget() noexcept {
    fetching_ = false;
    waiter_ = nullptr;
  }

 private:
  [[gnu::cold]] void wipe() noexcept {
    attempt_->token_reader()->reset();
    token_.reset();
    account_.reset();
  }
  [[gnu::cold]] void give_up() noexcept {
    if (std::exchange(fetching_, false)) tokens_->abandon(*account_);
    if (waiter_ != nullptr) (void)leave();
  }

  Attempt* attempt_;
  TokenCache* tokens_;
  std::shared_ptr<TokenCache::Account> account_;
  TokenCache::Token token_;
  TokenCache::Waiter* waiter_ = nullptr;
  net::TimePoint fetched_at_{};
  bool fetching_ = false;
  bool renewed_ = false;
  EncodedRequest token_request_;
};

}  // namespace florin::detail
