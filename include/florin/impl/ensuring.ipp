// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/ensuring.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

namespace florin::detail {

FLORIN_DECL Error customer_in_the_way(std::string_view connector, std::string_view reason,
                                      std::string_view id) {
  Error error;
  error.code = Errc::customer_exists;
  error.outcome = Outcome::in_effect;
  error.status_code = unified_status(error.code, 0);
  error.connector = connector;
  error.reason = reason;
  error.existing_customer_id.assign(id);
  return error;
}

FLORIN_DECL Ensuring::Ensuring(const CreateRequestView& request, const EnsureFacts& facts,
                               bool look_first, bool look_only)
    : request_(std::make_unique<HeldRequest<CreateRequestView>>()),
      facts_(facts),
      look_only_(look_only),
      step_(Step::create) {
  request_->hold(request);
  const bool look = look_first || look_only;
  if (facts.guarantee == EnsureGuarantee::by_lookup || (look && finds())) step_ = Step::look;
  if (look_only && !finds()) {
    end_with(local_error(facts.connector,
                         {Errc::invalid_options, std::nullopt,
                          "this processor finds no customers by what the request gives"}));
  }
}

FLORIN_DECL FindRequest Ensuring::filter() const noexcept {
  const CreateRequestView& request = request_->view();
  if (facts_.finds_reference)
    return {.merchant_customer_id = request.merchant_customer_id, .page = page_, .before = first_};
  return {.email = request.email, .page = page_, .before = first_};
}

FLORIN_DECL std::optional<int> Ensuring::retries() const noexcept {
  const bool recognised = facts_.guarantee == EnsureGuarantee::by_key ||
                          facts_.guarantee == EnsureGuarantee::by_uniqueness;
  return recognised ? std::optional{1'000'000} : std::nullopt;
}

FLORIN_DECL bool Ensuring::finds() const noexcept {
  return facts_.finds(!request_->view().email.empty());
}

FLORIN_DECL bool Ensuring::look_again() noexcept {
  using std::chrono::milliseconds;
  if (!finds() || looks_ == most_looks) return false;
  step_ = Step::look;
  page_.clear();
  first_.clear();
  // The first at once, for most are there by then; later ones wait longer, and as long as the index
  // may lag.
  if (looks_ != 0) {
    const milliseconds lag = facts_.index.delay;
    delay_ = std::max(milliseconds{100} * (1 << looks_), lag / most_looks);
  }
  ++looks_;
  return true;
}

FLORIN_DECL void Ensuring::end_with(std::string_view id, Origin origin) {
  const CreateRequestView& request = request_->view();
  CreateResponse response = Create::respond(
      {.merchant_customer_id = request.merchant_customer_id, .email = request.email}, id, origin);
  if (doubt_) {
    response.http_status = doubt_->http_status;
    response.request_id = doubt_->request_id;
    response.idempotency_key = doubt_->idempotency_key;
    response.dropped = doubt_->dropped;
  }
  answer_.emplace(std::move(response));
  step_ = Step::done;
}

FLORIN_DECL void Ensuring::end_with(Error error) {
  answer_.emplace(std::move(error));
  step_ = Step::done;
}

FLORIN_DECL void Ensuring::give_up(Error error) {
  if (!doubt_) return end_with(std::move(error));
  if (error.code != Errc::cancelled) return end_with(*std::move(doubt_));
  error.outcome = doubt_->outcome;
  error.idempotency_key = doubt_->idempotency_key;
  end_with(std::move(error));
}

FLORIN_DECL void Ensuring::took(Answer answer) {
  if (answer) {
    count(*answer);
    answer_.emplace(std::move(answer));
    step_ = Step::done;
    return;
  }
  Error error = std::move(answer).error();
  count(error);
  const bool exists = error.code == Errc::customer_exists;
  if (!exists && error.outcome != Outcome::unknown) return give_up(std::move(error));
  if (error.code == Errc::cancelled) return end_with(std::move(error));
  if (!doubt_ || exists) doubt_.emplace(std::move(error));
  if (exists && doubt_->field) return end_with(*std::move(doubt_));  // it is another customer
  if (exists && !doubt_->existing_customer_id.empty()) {
    end_with(doubt_->existing_customer_id.view(), Origin::already_existed);
    if (facts_.reads_reference) step_ = Step::verify;
    return;
  }
  origin_ = exists ? Origin::already_existed : Origin::found;
  if (!look_again()) end_with(*doubt_);
}

FLORIN_DECL void Ensuring::found_none() {
  if (look_only_) {
    Error nobody = local_error(facts_.connector, {Errc::not_found, std::nullopt,
                                                  "nobody was found, which proves nothing"});
    nobody.outcome = Outcome::unknown;
    return end_with(std::move(nobody));
  }
  if (!doubt_) {
    step_ = Step::create;
    return;
  }
  // Where the processor refuses a second one, creating it again is safe, and settles it.
  const bool refuses = facts_.guarantee == EnsureGuarantee::by_uniqueness;
  if (refuses && doubt_->code != Errc::customer_exists && looks_ != most_looks) {
    step_ = Step::create;
    delay_ = std::chrono::milliseconds{100} * (1 << looks_);
    return;
  }
  if (!look_again()) end_with(*doubt_);
}

FLORIN_DECL void Ensuring::took(Result<CustomerPage> page) {
  if (!page) {
    Error error = std::move(page).error();
    count(error);
    return give_up(std::move(error));
  }
  count(*page);
  const std::string_view country = request_->view().address.country;
  for (const Customer& customer : *page) {
    if (!facts_.finds_reference) {
      const auto reference = customer.merchant_customer_id();
      if (facts_.reads_reference && reference != request_->view().merchant_customer_id) continue;
      // An email may stand for one customer in each country.
      const auto other = customer.address_country();
      if (!country.empty() && other && *other != country) continue;
    }
    if (found_ == customer.connector_customer_id()) continue;  // the list has moved on meanwhile
    if (!found_.empty()) {
      return end_with(customer_in_the_way(
          facts_.connector,
          "several customers have this reference: which one is meant is not known", found_));
    }
    found_.assign(customer.connector_customer_id());
  }
  if (!page->next().empty()) {
    page_.assign(page->next());
    first_.assign(page->first());
    delay_ = std::chrono::milliseconds{0};
    return;
  }
  if (!found_.empty()) return end_with(found_.view(), origin_);
  found_none();
}

FLORIN_DECL void Ensuring::took(Result<Customer> customer) {
  step_ = Step::done;
  const auto other = [this](std::string_view reason) {
    return customer_in_the_way(facts_.connector, reason, answer_->value().connector_customer_id);
  };
  if (!customer) {
    Error failure = std::move(customer).error();
    count(failure);
    if (failure.code == Errc::cancelled) return give_up(std::move(failure));
    Error error = other("the existing customer could not be read, so whose it is is not known");
    error.transient = true;
    return end_with(std::move(error));
  }
  count(*customer);
  const auto reference = customer->merchant_customer_id();
  if (!reference || *reference == request_->view().merchant_customer_id) return;
  end_with(other("the existing customer has another merchant_customer_id"));
}

FLORIN_DECL Ensuring::Answer Ensuring::take() {
  if (*answer_) {
    (*answer_)->attempts = attempts_;
    (*answer_)->timings = timings_;
    return *std::move(answer_);
  }
  Error error = std::move(*answer_).error();
  error.attempts = attempts_;
  error.timings = timings_;
  return error;
}

}  // namespace florin::detail
