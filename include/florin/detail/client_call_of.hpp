// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/client_attempt.hpp>
#include <florin/detail/client_call.hpp>
#include <florin/detail/token_cache.hpp>
#include <florin/error.hpp>
#include <florin/net/pool.hpp>
#include <florin/policy.hpp>

#include <memory>
#include <utility>

namespace florin::detail {

/// What `ClientCallOf` sends; a base of it, so that it outlives the rest of the call.
template <class P, class Operation>
struct HeldAttempt {
  explicit HeldAttempt(const CredentialsOf<P>& credentials) : attempt(credentials) {}
  ClientAttempt<P, Operation> attempt;
};

/// A call to an operation of a policy.
template <class P, class Operation>
class ClientCallOf final : public HeldAttempt<P, Operation>, public ClientCall {
 public:
  ClientCallOf(net::Pool& pool, TokenCache& tokens, const CredentialsOf<P>& credentials)
      : HeldAttempt<P, Operation>(credentials), ClientCall(this->attempt, pool, tokens) {}

  /// A new call. \param credentials the client's: `CredentialsOf<P>`.
  static std::unique_ptr<ClientCall> make(net::Pool& pool, TokenCache& tokens,
                                          const void* credentials) {
    return std::make_unique<ClientCallOf>(pool, tokens,
                                          *static_cast<const CredentialsOf<P>*>(credentials));
  }

  /// What came of the call, which is over.
  [[nodiscard]] Result<typename Operation::Response> take() {
    if (auto failure = machine.take_failure()) return *std::move(failure);
    return this->attempt.take();
  }
};

}  // namespace florin::detail
