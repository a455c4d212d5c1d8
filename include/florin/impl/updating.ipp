// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/held_request.hpp>
#include <florin/detail/updating.hpp>

#include <memory>
#include <string_view>
#include <utility>

namespace florin::detail {

FLORIN_DECL Updating::Updating(std::string_view connector, const UpdateRequestView& request,
                               bool reads_first) noexcept
    : connector_(connector), request_(request), reads_first_(reads_first) {}

FLORIN_DECL void Updating::keep() {
  held_ = std::make_unique<HeldRequest<UpdateRequestView>>();
  held_->hold(request_);
  request_ = held_->view();
}

FLORIN_DECL void Updating::took(Answer answer) {
  if (std::exchange(reads_first_, false) && answer) {
    if (answer->status != CustomerStatus::deleted) {
      current_.emplace(*std::move(answer));
      return;
    }
    answer = gone(*std::move(answer));
  }
  if (current_) add_reading(answer);
  answer_.emplace(std::move(answer));
}

FLORIN_DECL Error Updating::gone(Customer customer) const noexcept {
  Error error;
  error.code = Errc::not_found;
  error.outcome = Outcome::no_effect;
  error.status_code = unified_status(error.code, 0);
  error.connector = connector_;
  error.http_status = customer.http_status;
  error.request_id = std::move(customer.request_id);
  error.attempts = customer.attempts;
  error.timings = customer.timings;
  error.reason = "the customer is deleted";
  return error;
}

FLORIN_DECL void Updating::add_reading(Answer& answer) noexcept {
  const auto add = [this](auto& told) {
    told.attempts += current_->attempts;
    told.timings.add(current_->timings);
  };
  if (answer) return add(*answer);
  Error error = std::move(answer).error();
  add(error);
  answer = std::move(error);
}

FLORIN_DECL Updating::Answer Updating::take() {
  return *std::move(answer_);
}

}  // namespace florin::detail
