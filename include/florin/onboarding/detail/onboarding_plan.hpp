// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/customer/create.hpp>
#include <florin/detail/config.hpp>
#include <florin/error.hpp>
#include <florin/net/deadline.hpp>
#include <florin/onboarding/detail/directory_core.hpp>
#include <florin/onboarding/onboarded.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace florin::onboarding::detail {

/// How long a row is taken for a call that ends at `deadline`, from now on.
[[nodiscard]] FLORIN_DECL std::chrono::milliseconds lease_term(net::TimePoint deadline,
                                                               const DirectoryOptions& options);

/// One customer on the way from a row to a row: what is done next, for the blocking and the
/// asynchronous driver. Claim, ask, finish.
class OnboardingPlan {
 public:
  /// \param facts of the processor; static.
  /// \param request outlives this.
  /// \param deadline of all. Errors: `std::bad_alloc`.
  FLORIN_DECL OnboardingPlan(const DirectoryCore& core, const EnsureFacts& facts,
                             std::string_view account, const CreateRequestView& request,
                             net::TimePoint deadline);
  /// One whose row was claimed already, to be asked for.
  FLORIN_DECL OnboardingPlan(Worker worker, const Row& row, net::TimePoint deadline);
  OnboardingPlan(const OnboardingPlan&) = delete;
  OnboardingPlan& operator=(const OnboardingPlan&) = delete;

  /// The first step. Its `done` is up to the driver. Errors: `std::bad_alloc`.
  [[nodiscard]] FLORIN_DECL std::shared_ptr<ClaimJob> claim(DirectoryCore& core, bool waits);
  /// \return the answer, if that is the end; else the processor is to be asked.
  [[nodiscard]] FLORIN_DECL std::optional<Result<Onboarded>> took(Result<Claimed> claimed);
  /// Gives the row back, if it has one, for which nothing was sent. One whose request cannot be
  /// read is left alone by `settle` for a while.
  FLORIN_DECL void hand_back(DirectoryCore& core) noexcept;
  /// What is to be asked for, as long as this lives.
  [[nodiscard]] const CreateRequestView& request() const noexcept { return request_; }
  /// How.
  [[nodiscard]] const Recovery& how() const noexcept { return claimed_.how; }
  [[nodiscard]] net::TimePoint deadline() const noexcept { return deadline_; }
  /// The last step. Its `done` is up to the driver. Errors: `std::bad_alloc`.
  [[nodiscard]] FLORIN_DECL std::shared_ptr<FinishJob> finish(const DirectoryCore& core,
                                                              Result<CreateResponse> answer);
  /// What it comes to.
  /// \param stored the row as it is now, or why it could not be written.
  [[nodiscard]] FLORIN_DECL Result<Onboarded> end(const Result<Row>& stored);

 private:
  [[nodiscard]] FLORIN_DECL Onboarded known(const Row& row) const;
  [[nodiscard]] FLORIN_DECL Error in_doubt() const;
  [[nodiscard]] FLORIN_DECL Error unreadable() const;

  Worker worker_;
  net::TimePoint deadline_;
  Row asked_{};
  Claimed claimed_{};
  CreateRequestView request_{};
  CreateRequest stored_{};   // the row's, where it is another one
  bool unreadable_ = false;  // the row has no request that this version knows
  std::optional<Result<CreateResponse>> answer_{};
};

}  // namespace florin::onboarding::detail

#if !defined(FLORIN_SEPARATE_COMPILATION)
#include <florin/onboarding/impl/onboarding_plan.ipp>
#endif
