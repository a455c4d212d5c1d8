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
  /// \return what is wrong with what was given.
  [[nodiscard]] wire::Fault encode_for(const typename Operation::Request& request,
                                       const CredentialsOf<P>& credentials,
                                       std::shared_ptr<const void> lasting,
                                       const ExchangeOptions& options) {
    if (const auto fault = this->encode_view(request, credentials, options)) return fault;
    request_.hold(request);
    options_ = options;
    options_.idempotency_key = {};  // the attempt keeps it
    if (!options.payment_token.empty())
      options_.payment_token = payment_token_.emplace(options.payment_token).reveal();
    lasting_ = lasting ? std::move(lasting) : std::make_shared<const CredentialsOf<P>>(credentials);
    return {};
  }
  Result<void> encode_again(std::string_view access_token) override {
    options_.access_token = access_token;
    if (const auto fault = this->encode_with_key(request_.view(), this->credentials(), options_))
      return local_error(P::name, fault);
    return {};
  }
  void clear() noexcept override {
    AttemptOf<P, Operation>::clear();
    request_.clear();
    lasting_.reset();
    payment_token_.reset();
    options_.payment_token = {};
  }

 protected:
  [[nodiscard]] const CredentialsOf<P>& credentials() const noexcept {
    return *static_cast<const CredentialsOf<P>*>(lasting_.get());
  }
  [[nodiscard]] const ExchangeOptions& options() const noexcept { return options_; }

 private:
  std::shared_ptr<const void> lasting_;  // the credentials
  HeldOf<typename Operation::Request> request_;
  std::optional<Secret> payment_token_;
  ExchangeOptions options_{};
};

/// The same, with an access token that is fetched by the client.
template <class P, class Operation>
class TokenAttempt final : public RenewingAttempt<P, Operation> {
 public:
  /// \param host the `Host` header of the token exchange; empty: the policy's. Is read when the
  /// call begins.
  void fetch_at(std::string_view host) noexcept { token_host_ = host; }
  void encode_token_request(EncodedRequest& out) override {
    // What could fail here was checked with the request itself.
    (void)florin::encode<P, FetchToken>(
        TokenRequest{}, this->credentials(),
        {.environment = this->options().environment, .host = token_host_}, out);
  }
  wire::ReplyReader* token_reader() noexcept override { return &token_reader_; }
  Result<AccessToken> take_token() override {
    return answer_of<FetchToken>(token_reader_, {}, OnExists::fail);
  }

 private:
  wire::ReplyReader token_reader_{reply_facts<P, FetchToken>};
  std::string_view token_host_{};
};

/// What a client's call to an operation of a policy sends.
template <class P, class Operation>
using ClientAttempt =
    std::conditional_t<UsesToken<P, Operation>, TokenAttempt<P, Operation>,
                       std::conditional_t<UsesSignature<P, Operation>,
                                          RenewingAttempt<P, Operation>, AttemptOf<P, Operation>>>;

}  // namespace florin::detail
