// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/customer.hpp>
#include <florin/detail/config.hpp>
#include <florin/detail/held_request.hpp>
#include <florin/detail/series.hpp>
#include <florin/ensure.hpp>
#include <florin/error.hpp>
#include <florin/phase.hpp>
#include <florin/text.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace florin::detail {

/// That a customer stands in the way who is another one, or may be.
/// \param reason static text.
/// \param id the processor's.
[[nodiscard]] FLORIN_DECL Error customer_in_the_way(std::string_view connector,
                                                    std::string_view reason, std::string_view id);

/// Brings about that a customer exists exactly once. A plan, see detail/series.hpp; it knows no
/// processor, only what policies state.
class Ensuring {
 public:
  using Answer = Result<CreateResponse>;

  /// \param request is copied. Errors: `std::bad_alloc`.
  /// \param look_first whether the customer is looked up before it is created.
  /// \param look_only whether it is not created at all.
  FLORIN_DECL Ensuring(const CreateRequestView& request, const EnsureFacts& facts, bool look_first,
                       bool look_only = false);

  template <class Call>
  void next(Call&& call) {
    switch (step_) {
      case Step::look:
        if (facts_.finds_reference)
          return call.template operator()<FindByReference>(filter(), {.delay = delay_});
        return call.template operator()<FindByEmail>(filter(), {.delay = delay_});
      case Step::verify:
        return call.template operator()<Retrieve>(
            RetrieveRequest{answer_->value().connector_customer_id.view()}, {});
      case Step::create:
      case Step::done:
        return call.template operator()<Create>(
            request_->view(), {.on_exists = OnExists::fail, .retries = retries(), .delay = delay_});
    }
  }
  [[nodiscard]] bool done() const noexcept { return step_ == Step::done; }
  FLORIN_DECL void took(Answer answer);
  FLORIN_DECL void took(Result<CustomerPage> page);
  FLORIN_DECL void took(Result<Customer> customer);
  [[nodiscard]] FLORIN_DECL Answer take();

 private:
  enum class Step : std::uint8_t { look, create, verify, done };

  /// Looks for a customer before the deadline that no lookup has found so far.
  static constexpr int most_looks = 6;

  [[nodiscard]] FLORIN_DECL FindRequest filter() const noexcept;
  /// Repetitions that the processor recognises go on until the deadline.
  [[nodiscard]] FLORIN_DECL std::optional<int> retries() const noexcept;
  /// Whether a customer can be looked up.
  [[nodiscard]] FLORIN_DECL bool finds() const noexcept;
  /// Looks for the customer, or looks again, after a wait.
  /// \return whether there is one more look.
  FLORIN_DECL bool look_again() noexcept;
  /// Ends with a customer.
  FLORIN_DECL void end_with(std::string_view id, Origin origin);
  /// Ends with an error.
  FLORIN_DECL void end_with(Error error);
  /// Ends because of the failure of a call, with the doubt that it was to settle, if any. One that
  /// is cancelled says so, and what was known by then.
  FLORIN_DECL void give_up(Error error);
  /// Nobody was found.
  FLORIN_DECL void found_none();
  template <class Told>
  void count(const Told& told) noexcept {
    attempts_ += told.attempts;
    timings_.add(told.timings);
  }

  // Not moved within itself: its views are into its own memory.
  std::unique_ptr<HeldRequest<CreateRequestView>> request_;
  EnsureFacts facts_;
  bool look_only_;
  Step step_;
  std::optional<Answer> answer_;
  std::optional<Error> doubt_;  ///< the failure that left open whether the customer exists
  Origin origin_ = Origin::found;
  Text found_{};  ///< the customer that was found on an earlier page
  std::string page_{};
  std::string first_{};  ///< of the page before, see `FindRequest::before`
  int looks_ = 0;
  std::chrono::milliseconds delay_{0};
  int attempts_ = 0;
  Timings timings_{};
};

}  // namespace florin::detail

#if !defined(FLORIN_SEPARATE_COMPILATION)
#include <florin/impl/ensuring.ipp>
#endif
