// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/decode.hpp>
#include <florin/detail/attempt.hpp>

#include <optional>
#include <string_view>
#include <utility>

namespace florin::detail {

FLORIN_DECL Attempt::Attempt(const CallFacts& facts, const wire::ReplyFacts& reply)
    : facts_(&facts), reader_(reply) {}

FLORIN_DECL Attempt::~Attempt() = default;

FLORIN_DECL Result<void> Attempt::encode_again(std::string_view) {
  return {};
}
FLORIN_DECL void Attempt::encode_token_request(EncodedRequest&) {}
FLORIN_DECL wire::ReplyReader* Attempt::token_reader() noexcept {
  return nullptr;
}
FLORIN_DECL Result<AccessToken> Attempt::take_token() {
  return Error{};
}
FLORIN_DECL void Attempt::complete(Error& error, int attempts,
                                   const Timings& timings) const noexcept {
  fill(error, attempts, timings);
}
FLORIN_DECL void Attempt::clear() noexcept {
  request_.clear();
  reader_.reset();
}

template <class Operation>
AttemptAt<Operation>::AttemptAt(const CallFacts& facts, const wire::ReplyFacts& reply)
    : Attempt(facts, reply) {}

template <class Operation>
AttemptAt<Operation>::~AttemptAt() = default;

template <class Operation>
std::optional<Error> AttemptAt<Operation>::judge() {
  auto failed = take_answer<Operation>(this->reader_, kept(), this->on_exists_, response_);
  if (failed) [[unlikely]]
    this->mask(*failed, this->request_.bytes());
  return failed;
}

template <class Operation>
void AttemptAt<Operation>::stand_in([[maybe_unused]] const Error& refusal) {
  if constexpr (Operation::reads == Reads::id)
    response_.emplace(Operation::respond(kept(), refusal.existing_customer_id, Origin::replayed));
  if constexpr (Operation::reads == Reads::confirmation)
    response_.emplace(Operation::respond(kept(), true));
  if constexpr (Operation::reads == Reads::id || Operation::reads == Reads::confirmation) {
    response_->http_status = refusal.http_status;
    response_->request_id = refusal.request_id;
  }
}

template <class Operation>
int AttemptAt<Operation>::complete(int attempts, const Timings& timings) noexcept {
  if constexpr (requires(Response & response) { response.idempotency_key; }) {
    fill(*response_, attempts, timings);
  } else if constexpr (requires(Response & response) { response.attempts; }) {
    response_->attempts = attempts;
    response_->timings = timings;
    if constexpr (requires(Response & response) { response.dropped; })
      response_->dropped = request_.dropped();
  }
  return response_->http_status;
}

template <class Operation>
Result<typename Operation::Response> AttemptAt<Operation>::take() {
  Result<Response> answer{*std::move(response_)};
  response_.reset();
  return answer;
}

template <class Operation>
void AttemptAt<Operation>::begin(OnExists on_exists) noexcept {
  on_exists_ = on_exists;
  response_.reset();
}

template <class Operation>
void AttemptAt<Operation>::keep(const Kept& kept) {
  kept_at_ = request_.held().size();
  kept_ = kept;
  if constexpr (requires { kept_.each([](std::string_view) {}); }) {
    auto size = kept_sizes_.begin();
    kept_.each([&](std::string_view text) {
      request_.hold(text);
      *size++ = text.size();
    });
  }
  if constexpr (requires { kept.metadata_cleared; }) {
    const auto from = request_.held().size();
    for (std::size_t i = 0; i < kept.metadata_cleared.size(); ++i) {
      request_.hold(kept.metadata_cleared[i]);
      request_.hold(std::string_view{"", 1});
    }
    kept_keys_ = request_.held().size() - from;
  }
}

template <class Operation>
typename Operation::Kept AttemptAt<Operation>::kept() const noexcept {
  Kept kept = kept_;
  if constexpr (requires { kept.each([](std::string_view&) {}); }) {
    std::string_view held = request_.held().substr(kept_at_);
    auto size = kept_sizes_.begin();
    kept.each([&](std::string_view& text) {
      text = held.substr(0, *size++);
      held.remove_prefix(text.size());
    });
    if constexpr (requires { kept.metadata_cleared; })
      kept.metadata_cleared = MetadataKeys::joined(held.substr(0, kept_keys_));
  }
  return kept;
}

}  // namespace florin::detail
