// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/access_token.hpp>
#include <florin/customer.hpp>
#include <florin/decode.hpp>
#include <florin/detail/call_facts.hpp>
#include <florin/detail/config.hpp>
#include <florin/detail/sent_secrets.hpp>
#include <florin/encode.hpp>
#include <florin/exchange_options.hpp>
#include <florin/idempotency.hpp>
#include <florin/phase.hpp>
#include <florin/signing.hpp>
#include <florin/wire/reply_reader.hpp>

#include <array>
#include <cstddef>
#include <memory>
#include <new>
#include <optional>
#include <string_view>

namespace florin::detail {

/// One request and what its answer means, as far as the machinery of calls sees it: the policy and
/// the operation are behind it.
class Attempt {
 public:
  Attempt(const Attempt&) = delete;
  Attempt& operator=(const Attempt&) = delete;
  FLORIN_DECL virtual ~Attempt();

  [[nodiscard]] const CallFacts& facts() const noexcept { return *facts_; }
  /// What was encoded, ready to be sent.
  [[nodiscard]] std::string_view bytes() const noexcept { return request_.bytes(); }
  /// What reads the answer.
  [[nodiscard]] wire::ReplyReader& reader() noexcept { return reader_; }

  /// Encodes the same request with the same key for a further attempt: with another access token,
  /// or signed anew. Only where `facts()` say that this happens.
  FLORIN_DECL virtual Result<void> encode_again(std::string_view access_token);
  /// Encodes the request for an access token.
  FLORIN_DECL virtual void encode_token_request(EncodedRequest& out);
  /// What reads the answer to that; null: there is no such thing.
  [[nodiscard]] FLORIN_DECL virtual wire::ReplyReader* token_reader() noexcept;
  /// The token that was read.
  [[nodiscard]] FLORIN_DECL virtual Result<AccessToken> take_token();

  /// Judges the answer that was read.
  /// \return why it is no success; nothing: the success is kept.
  [[nodiscard]] virtual std::optional<Error> judge() = 0;
  /// Keeps the success that a refusal stands for when an earlier attempt of the same call has done
  /// what was asked.
  virtual void stand_in(const Error& refusal) = 0;
  /// Fills in what only the caller of `judge` knows. Where there is no memory for it, the key is
  /// left out.
  /// \return the HTTP status of the success that is kept.
  [[nodiscard]] virtual int complete(int attempts, const Timings& timings) noexcept = 0;
  /// The same for a failure.
  FLORIN_DECL void complete(Error& error, int attempts, const Timings& timings) const noexcept;

  /// Replaces the secrets of this call in what the processor says in `error`.
  /// \param sent the bytes that were answered.
  void mask(Error& error, std::string_view sent) const { secrets_.mask(error, request_, sent); }

  /// Wipes what request and answer held. The success stays until it is taken.
  FLORIN_DECL virtual void clear() noexcept;

 protected:
  FLORIN_DECL Attempt(const CallFacts& facts, const wire::ReplyFacts& reply);

  template <class Told>
  void fill(Told& told, int attempts, const Timings& timings) const noexcept {
    told.dropped = request_.dropped();
    told.attempts = attempts;
    told.timings = timings;
    try {
      told.idempotency_key = key_;
    } catch (const std::bad_alloc&) {
      told.idempotency_key = {};
    }
  }

  const CallFacts* facts_;
  wire::ReplyReader reader_;
  EncodedRequest request_;
  SentSecrets secrets_;
  Text key_;
  OnExists on_exists_ = OnExists::fail;
};

/// An attempt at an operation, of whatever policy: has the answer. The core has its members for all
/// operations.
template <class Operation>
class AttemptAt : public Attempt {
 public:
  using Response = typename Operation::Response;

  ~AttemptAt() override;

  std::optional<Error> judge() override;
  void stand_in(const Error& refusal) override;
  using Attempt::complete;
  int complete(int attempts, const Timings& timings) noexcept override;
  /// The success that is kept.
  [[nodiscard]] Result<Response> take();

 protected:
  using Kept = typename Operation::Kept;

  AttemptAt(const CallFacts& facts, const wire::ReplyFacts& reply);

  /// Begins to encode for a call.
  void begin(OnExists on_exists) noexcept;
  /// Keeps behind the request what the answer needs of it.
  void keep(const Kept& kept);
  [[nodiscard]] Kept kept() const noexcept;

  std::optional<Response> response_;

 private:
  Kept kept_{};  // its texts stand behind the request
  std::size_t kept_at_ = 0;
  std::array<std::size_t, 4> kept_sizes_{};
  std::size_t kept_keys_ = 0;
};

/// An attempt at an operation of a policy.
template <class P, class Operation>
class AttemptOf : public AttemptAt<Operation> {
 public:
  AttemptOf() : AttemptAt<Operation>(call_facts<P, Operation>, reply_facts<P, Operation>) {}

  /// Encodes the request with the caller's key, or with the derived one, or a fresh one for what
  /// changes.
  /// \return what is wrong with what was given.
  [[nodiscard]] wire::Fault encode_view(const typename Operation::Request& request,
                                        const CredentialsOf<P>& credentials,
                                        const ExchangeOptions& options) {
    this->begin(options.on_exists);
    if constexpr (IdempotencyOf<P, Operation>::takes_key) {
      if (options.idempotency_key.empty()) {
        if constexpr (Edits<Operation>) {
          this->key_ = fresh_idempotency_key<P, Operation>();
        } else {
          this->key_ = derive_idempotency_key<P, Operation>(request.merchant_customer_id);
        }
      } else {
        this->key_.assign(options.idempotency_key);
      }
    } else if constexpr (IdempotencyOf<P, Operation>::takes_given) {
      this->key_.assign(options.idempotency_key);
    }
    return encode_with_key(request, credentials, options);
  }
  /// The same, told as an error.
  [[nodiscard]] Result<void> encode(const typename Operation::Request& request,
                                    const CredentialsOf<P>& credentials,
                                    const ExchangeOptions& options) {
    if (const auto fault = encode_view(request, credentials, options))
      return local_error(P::name, fault);
    return {};
  }
  /// The same for a client's call.
  [[nodiscard]] wire::Fault encode_for(const typename Operation::Request& request,
                                       const CredentialsOf<P>& credentials,
                                       const std::shared_ptr<const void>&,
                                       const ExchangeOptions& options) {
    return encode_view(request, credentials, options);
  }

 protected:
  /// Encodes the request with the key of this call.
  /// \return what is wrong with what was given.
  [[nodiscard]] wire::Fault encode_with_key(const typename Operation::Request& request,
                                            const CredentialsOf<P>& credentials,
                                            const ExchangeOptions& options) {
    EncodeOptions given{.environment = options.environment,
                        .host = options.host,
                        .idempotency_key = this->key_,
                        .access_token = options.access_token,
                        .salt = options.salt,
                        .timestamp = options.timestamp,
                        .payment_token = options.payment_token};
    [[maybe_unused]] std::optional<FreshSalt> salt;
    if constexpr (UsesSignature<P, Operation>) {
      if (given.salt.empty()) given.salt = salt.emplace().text();
      if (given.timestamp == 0) given.timestamp = unix_time();
    }
    const auto fault =
        detail::encode_view<P, Operation>(request, credentials, given, this->request_);
    if (fault) {
      this->key_ = {};  // it is not sent, nor fit to be logged where it was not looked at
    } else {
      this->secrets_.template hold<P>(credentials, given.access_token, given.payment_token,
                                      this->request_);
      this->keep(Operation::keep(request));
    }
    return fault;
  }
};

}  // namespace florin::detail

#if !defined(FLORIN_SEPARATE_COMPILATION)
#include <florin/impl/attempt.ipp>
#endif
