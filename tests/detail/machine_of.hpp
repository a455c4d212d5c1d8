// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/call_machine.hpp>
#include <florin/detail/client_attempt.hpp>
#include <florin/detail/observer_ref.hpp>

#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

namespace florin_test {

template <class P>
struct HeldForMachine {
  std::shared_ptr<const typename P::Credentials> credentials;
  florin::detail::TokenCache own_tokens;
  florin::detail::ClientAttempt<P, florin::Create> attempt;

  explicit HeldForMachine(typename P::Credentials whose)
      : credentials(std::make_shared<const typename P::Credentials>(std::move(whose))) {}
};

/// A call's machine with all that a client has for it, in the hands of a test.
template <class P>
class MachineOf : private HeldForMachine<P>, public florin::detail::CallMachine {
 public:
  /// \param tokens null: its own.
  explicit MachineOf(typename P::Credentials whose, florin::detail::TokenCache* tokens = nullptr)
      : HeldForMachine<P>(std::move(whose)),
        CallMachine(this->attempt, tokens != nullptr ? *tokens : this->own_tokens) {}
  [[nodiscard]] florin::detail::TokenCache& tokens_of_its_own() noexcept {
    return this->own_tokens;
  }

  template <class Observer>
  void begin(const florin::CreateRequest& request, const florin::RetryOptions& retry,
             Observer& observer, std::uint32_t seed = 1) {
    CallMachine::begin(
        [&](std::string_view access_token) -> florin::Result<void> {
          if (const auto fault = this->attempt.encode_for(
                  request, *this->credentials, this->credentials, {.access_token = access_token}))
            return florin::detail::local_error(P::name, fault);
          return {};
        },
        retry, seed, florin::detail::ObserverRef{observer});
  }
  florin::Result<florin::CreateResponse> answer() {
    if (auto failure = take_failure()) return *std::move(failure);
    return this->attempt.take();
  }
};

}  // namespace florin_test
