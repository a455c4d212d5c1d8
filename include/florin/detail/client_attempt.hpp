// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/access_token.hpp>
#include <florin/decode.hpp>
#include <florin/detail/attempt.hpp>
#include <florin/detail/held_request.hpp>
#include <florin/encode.hpp>
#include <florin/exchange_options.hpp>
#include <florin/policy.hpp>
#include <florin/secret.hpp>

#include <memory>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

namespace florin::detail {

/// An attempt that can be encoded anew when what the caller gave may be gone: with another token,
/// or another signature.
template <class P, class Operation>
class RenewingAttempt : public AttemptOf<P, Operation> {
 public:
  /// Encodes the request and keeps copies of what was given.
  /// \param lasting keeps the credentials; null: they are copied.
  template <class Request>
  Result<void> encode_for(const Request& request, const CredentialsOf<P>& credentials,
                          std::shared_ptr<const CredentialsOf<P>> lasting,
                          const ExchangeOptions& options) {
    auto encoded = this->encode(request, credentials, options);
    if (!encoded) return encoded;
    request_.hold(static_cast<typename Operation::Request>(request));
    options_ = options;
    options_.idempotency_key = {};  // the attempt keeps it
    if (!options.payment_token.empty())
      options_.payment_token = payment_token_.emplace(options.payment_token).reveal();
    credentials_ =
        lasting ? std::move(lasting) : std::make_shared<const CredentialsOf<P>>(credentials);
    return encoded;
  }
  Result<void> encode_again(std::string_view access_token) override {
    options_.access_token = access_token;
    return this->encode_with_key(request_.view(), *credentials_, options_);
  }
  void clear() noexcept override {
    AttemptOf<P, Operation>::clear();
    request_.clear();
    credentials_.reset();
    payment_token_.reset();
    options_.payment_token = {};
  }

 protected:
  [[nodiscard]] const CredentialsOf<P>& credentials() const noexcept { return *credentials_; }
  [[nodiscard]] const ExchangeOptions& options() const noexcept { return options_; }

 private:
  std::shared_ptr<const CredentialsOf<P>> credentials_;
  HeldOf<typename Operation::Request> request_;
  std::optional<Secret> payment_token_;
  ExchangeOptions options_{};
};

/// The same, with an access token that is fetched by the client.
template <class P, class Operation>
class TokenAttempt final : public RenewingAttempt<P, Operation> {
 public:
  void encode_token_request(EncodedRequest& out) override {
    // What could fail here was checked with the request itself.
    (void)florin::encode<P, FetchToken>(
        TokenRequest{}, this->credentials(),
        {.environment = this->options().environment, .host = this->options().host}, out);
  }
  wire::ReplyReader* token_reader() noexcept override { return &token_reader_; }
  Result<AccessToken> take_token() override {
    return answer_of<FetchToken>(token_reader_, {}, OnExists::fail);
  }

 private:
  wire::ReplyReader token_reader_{reply_facts<P, FetchToken>};
};

/// The same, where nothing has to be encoded anew.
template <class P, class Operation>
class PlainAttempt final : public AttemptOf<P, Operation> {
 public:
  template <class Request>
  Result<void> encode_for(const Request& request, const CredentialsOf<P>& credentials,
                          const std::shared_ptr<const CredentialsOf<P>>&,
                          const ExchangeOptions& options) {
    return this->encode(request, credentials, options);
  }
};

/// What a client's call to an operation of a policy sends.
template <class P, class Operation>
using ClientAttempt = std::conditional_t<
    UsesToken<P, Operation>, TokenAttempt<P, Operation>,
    std::conditional_t<UsesSignature<P, Operation>, RenewingAttempt<P, Operation>,
                       PlainAttempt<P, Operation>>>;

}  // namespace florin::detail
