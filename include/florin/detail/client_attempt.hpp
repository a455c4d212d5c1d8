// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/access_token.hpp>
#include <florin/decode.hpp>
#include <florin/detail/attempt.hpp>
#include <florin/detail/held_request.hpp>
#include <florin/encode.hpp>
#include <florin/exchange_options.hpp>
#include <florin/policy.hpp>

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
  /// \param credentials those of the client, which outlive this.
  explicit RenewingAttempt(const CredentialsOf<P>& credentials) noexcept : lasting_(&credentials) {}

  /// Encodes the request and keeps copies of what was given.
  template <class Request>
  Result<void> encode(const Request& request, const CredentialsOf<P>& credentials,
                      const ExchangeOptions& options) {
    auto encoded = AttemptOf<P, Operation>::encode(request, credentials, options);
    if (!encoded) return encoded;
    request_.hold(static_cast<typename Operation::Request>(request));
    options_ = options;
    options_.idempotency_key = {};  // the attempt keeps it
    credentials_ = &credentials;
    if (credentials_ == lasting_) return encoded;
    own_ = credentials;
    credentials_ = &*own_;
    return encoded;
  }
  Result<void> encode_again(std::string_view access_token) override {
    options_.access_token = access_token;
    return this->encode_with_key(request_.view(), *credentials_, options_);
  }
  void clear() noexcept override {
    AttemptOf<P, Operation>::clear();
    request_.clear();
    own_.reset();
  }

 protected:
  [[nodiscard]] const CredentialsOf<P>& credentials() const noexcept { return *credentials_; }
  [[nodiscard]] const ExchangeOptions& options() const noexcept { return options_; }

 private:
  const CredentialsOf<P>* lasting_;
  const CredentialsOf<P>* credentials_ = nullptr;
  std::optional<CredentialsOf<P>> own_;
  HeldRequest request_;
  ExchangeOptions options_{};
};

/// The same, with an access token that is fetched by the client.
template <class P, class Operation>
class TokenAttempt final : public RenewingAttempt<P, Operation> {
 public:
  using RenewingAttempt<P, Operation>::RenewingAttempt;

  void encode_token_request(EncodedRequest& out) override {
    // What could fail here was checked with the request itself.
    (void)florin::encode<P, FetchToken>(
        TokenRequest{}, this->credentials(),
        {.environment = this->options().environment, .host = this->options().host}, out);
  }
  wire::ReplyReader* token_reader() noexcept override { return &decoder_; }
  Result<AccessToken> take_token() override { return decoder_.take({}); }

 private:
  Decoder<P, FetchToken> decoder_;
};

/// The same, where nothing has to be encoded anew.
template <class P, class Operation>
class PlainAttempt final : public AttemptOf<P, Operation> {
 public:
  explicit PlainAttempt(const CredentialsOf<P>&) noexcept {}
};

/// What a client's call to an operation of a policy sends.
template <class P, class Operation>
using ClientAttempt = std::conditional_t<
    UsesToken<P, Operation>, TokenAttempt<P, Operation>,
    std::conditional_t<UsesSignature<P, Operation>, RenewingAttempt<P, Operation>,
                       PlainAttempt<P, Operation>>>;

}  // namespace florin::detail
