// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/judged.hpp>
#include <florin/onboarding/detail/onboarding_plan.hpp>
#include <florin/onboarding/detail/request_text.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <new>
#include <optional>
#include <string_view>
#include <utility>

namespace florin::onboarding::detail {

FLORIN_DECL std::chrono::milliseconds lease_term(net::TimePoint deadline,
                                                 const DirectoryOptions& options) {
  using std::chrono::milliseconds;
  // Clipped, the sum can be added to a time of the database.
  return std::chrono::ceil<milliseconds>(net::left_until(deadline)) +
         std::chrono::floor<milliseconds>(net::clipped(options.lease_margin));
}

FLORIN_DECL OnboardingPlan::OnboardingPlan(const DirectoryCore& core, const EnsureFacts& facts,
                                           std::string_view account,
                                           const CreateRequestView& request,
                                           net::TimePoint deadline)
    : deadline_(deadline), request_(request) {
  worker_.facts = &facts;
  worker_.recovery = core.options().recovery;
  asked_.key = {std::string{request.merchant_customer_id}, std::string{facts.connector},
                std::string{account}};
  asked_.request = text_of(request);
  asked_.digest = digest_of(request);
}

FLORIN_DECL OnboardingPlan::OnboardingPlan(Worker worker, const Row& row, net::TimePoint deadline)
    : worker_(std::move(worker)), deadline_(deadline), asked_(row) {}

FLORIN_DECL std::shared_ptr<ClaimJob> OnboardingPlan::claim(DirectoryCore& core, bool waits) {
  worker_.lease = core.fresh_lease();
  worker_.term = lease_term(deadline_, core.options());
  auto job = std::make_shared<ClaimJob>(deadline_);
  job->asked = asked_;
  job->worker = worker_;
  job->waits = waits;
  return job;
}

FLORIN_DECL std::optional<Result<Onboarded>> OnboardingPlan::took(Result<Claimed> claimed) {
  if (!claimed) {
    Error error = std::move(claimed).error();
    error.connector = worker_.facts->connector;
    return Result<Onboarded>{std::move(error)};
  }
  claimed_ = *std::move(claimed);
  switch (claimed_.what) {
    case Claimed::What::ask:
      break;
    case Claimed::What::known:
      return Result<Onboarded>{known(claimed_.row)};
    case Claimed::What::taken: {
      Error error = worked_at_elsewhere(claimed_.wait);
      error.connector = worker_.facts->connector;
      return Result<Onboarded>{std::move(error)};
    }
    case Claimed::What::report:
      return Result<Onboarded>{in_doubt()};
  }
  const bool own = !request_.merchant_customer_id.empty();
  if (own && claimed_.row.request == asked_.request) return std::nullopt;
  if (auto request = request_of(claimed_.row.request)) {
    stored_ = *std::move(request);
    request_ = stored_;
    return std::nullopt;
  }
  unreadable_ = true;
  Error error = unreadable();
  if (claimed_.row.doubt) error.outcome = Outcome::unknown;
  return Result<Onboarded>{std::move(error)};
}

FLORIN_DECL void OnboardingPlan::hand_back(DirectoryCore& core) noexcept {
  if (claimed_.row.lease.empty() || claimed_.row.lease != worker_.lease) return;
  try {
    if (unreadable_) {
      const auto job = finish(core, unreadable());
      --job->row.attempts;
      job->done = [](const Result<Row>&) {};
      return core.finish(job);
    }
  } catch (const std::bad_alloc&) {
    // It is given back as any other row.
  }
  core.hand_back(claimed_, worker_);
}

FLORIN_DECL Error OnboardingPlan::unreadable() const {
  return florin::detail::local_error(
      worker_.facts->connector,
      {Errc::directory_failed, std::nullopt, "the row has no request that can be read"});
}

FLORIN_DECL Error OnboardingPlan::in_doubt() const {
  Error error = florin::detail::local_error(
      worker_.facts->connector,
      {Errc::in_doubt, std::nullopt,
       "an earlier call may have made this customer: look into the processor's dashboard"});
  error.outcome = Outcome::unknown;
  return error;
}

FLORIN_DECL Onboarded OnboardingPlan::known(const Row& row) const {
  Onboarded onboarded;
  onboarded.merchant_customer_id.assign(row.key.merchant_customer_id);
  onboarded.connector_customer_id.assign(row.connector_customer_id);
  onboarded.origin = Origin::found;
  onboarded.known = true;
  onboarded.other_request = row.digest != asked_.digest;
  return onboarded;
}

FLORIN_DECL std::shared_ptr<FinishJob> OnboardingPlan::finish(const DirectoryCore& core,
                                                              Result<CreateResponse> answer) {
  answer_.emplace(std::move(answer));
  auto job = std::make_shared<FinishJob>(net::saturated(std::max(deadline_, net::Clock::now()),
                                                        net::clipped(core.options().patience)));
  job->row = claimed_.row;
  job->worker = worker_;
  job->answer = *answer_;
  return job;
}

FLORIN_DECL Result<Onboarded> OnboardingPlan::end(const Result<Row>& stored) {
  if (*answer_) {
    if (!stored) {
      Error error = stored.error();
      error.connector = worker_.facts->connector;
      if (error.code == Errc::directory_failed) {
        error.outcome = Outcome::in_effect;
        error.existing_customer_id = (*answer_)->connector_customer_id;
      }
      return error;
    }
    Onboarded onboarded;
    static_cast<CreateResponse&>(onboarded) = **std::move(answer_);
    onboarded.other_request = claimed_.row.digest != asked_.digest;
    return onboarded;
  }
  if (stored && stored->state == State::active) return known(*stored);
  Error error = std::move(*answer_).error();
  const bool doubt = stored ? stored->doubt : claimed_.row.doubt;
  if (claimed_.how.look_only && error.code == Errc::not_found) {
    error = in_doubt();
    error.transient = true;
  }
  // That a later call has made nobody says nothing of an earlier one.
  if (doubt && error.outcome == Outcome::no_effect) error.outcome = Outcome::unknown;
  return error;
}

}  // namespace florin::onboarding::detail
