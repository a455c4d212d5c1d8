// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/customer.hpp>
#include <florin/detail/config.hpp>
#include <florin/detail/held_request.hpp>
#include <florin/encode.hpp>
#include <florin/error.hpp>
#include <florin/policy.hpp>

#include <memory>
#include <optional>
#include <string_view>

namespace florin::detail {

/// Whether the customer has to be read before this update, which can be sent then. What is refused
/// here is refused without that.
template <class P>
[[nodiscard]] bool reads_first([[maybe_unused]] const UpdateRequestView& request) noexcept {
  if constexpr (offers<P, Update> && offers<P, Retrieve>) {
    if constexpr (merges<P>) {
      if (request.current != nullptr) return false;
      UpdateRequestView view = request;
      const FieldSet given = normalise(view);
      if (!wire::rest_of(view, ChangeOf<P>::facts).wanted) return false;
      const CredentialsOf<P> none{};
      const EncodeOptions options{.idempotency_key = "0"};  // a body may need some key
      return !check_values<P, Update>(context_of<P, Update>(view, given, none, options));
    }
  }
  return false;
}

/// An update, and where it has to be merged with the customer as it is, a retrieve before it. A
/// plan, see detail/series.hpp.
class Updating {
 public:
  using Answer = Result<Customer>;

  /// \param connector the policy's name.
  /// \param request a view that outlives the plan, unless `keep` is called.
  FLORIN_DECL Updating(std::string_view connector, const UpdateRequestView& request,
                       bool reads_first) noexcept;

  /// Copies the request. Errors: `std::bad_alloc`.
  FLORIN_DECL void keep();
  template <class Call>
  void next(Call&& call) {
    if (reads_first_)
      return call.template operator()<Retrieve>(RetrieveRequest{request_.connector_customer_id},
                                                {});
    if (current_) request_.current = &*current_;
    call.template operator()<Update>(request_, {});
  }
  [[nodiscard]] bool done() const noexcept { return answer_.has_value(); }
  /// Takes the answer to either.
  FLORIN_DECL void took(Answer answer);
  [[nodiscard]] FLORIN_DECL Answer take();

 private:
  /// There is nothing left to change.
  [[nodiscard]] FLORIN_DECL Error gone(Customer customer) const noexcept;
  /// Counts what it took to read the customer.
  FLORIN_DECL void add_reading(Answer& answer) noexcept;

  std::unique_ptr<HeldRequest<UpdateRequestView>> held_;
  std::string_view connector_;
  UpdateRequestView request_;
  bool reads_first_;
  std::optional<Customer> current_;
  std::optional<Answer> answer_;
};

}  // namespace florin::detail

#if !defined(FLORIN_SEPARATE_COMPILATION)
#include <florin/impl/updating.ipp>
#endif
