// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/removal.hpp>

#include <utility>

namespace florin::detail {

FLORIN_DECL void Removal::took(Answer answer) {
  done_ = answer || !shows_deleted_ || answer.error().code != Errc::not_found;
  answer_.emplace(std::move(answer));
}

FLORIN_DECL void Removal::took(Result<Customer> found) {
  done_ = true;
  Error refused = std::move(*answer_).error();
  const auto count = [&refused](const auto& told) {
    refused.attempts += told.attempts;
    refused.timings.add(told.timings);
  };
  if (found) {
    count(*found);
  } else {
    count(std::move(found).error());
  }
  if (!found || found->status != CustomerStatus::deleted) {
    *answer_ = std::move(refused);
    return;
  }
  DeleteResponse gone = Delete::respond({.connector_customer_id = id_.view()}, true);
  gone.http_status = refused.http_status;
  gone.request_id = refused.request_id;
  gone.attempts = refused.attempts;
  gone.timings = refused.timings;
  *answer_ = std::move(gone);
}

FLORIN_DECL Removal::Answer Removal::take() {
  return *std::move(answer_);
}

}  // namespace florin::detail
