// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/customer/operation.hpp>
#include <florin/customer/record.hpp>
#include <florin/field.hpp>

#include <string_view>

namespace florin {

/// Which customer is read. A view: it is read before the call that it is given to returns.
struct RetrieveRequest {
  std::string_view connector_customer_id{};  ///< the processor's id, required

  /// No unified fields.
  [[nodiscard]] static constexpr FieldSet given() noexcept { return {}; }

  /// Calls `visit` with each text.
  template <class Visitor>
  constexpr void each(Visitor&& visit) {
    visit(connector_customer_id);
  }
};

/// The operation `retrieve`: reads a customer back by the processor's id. It changes nothing, so a
/// failed attempt is repeated wherever the cause may pass, and its errors leave nothing open. A
/// customer that never was is `not_found`; one that was deleted is either that or, where the
/// processor still shows it, a success with `CustomerStatus::deleted`.
struct Retrieve {
  using Request = RetrieveRequest;
  using Response = Customer;
  using Kept = KeptId;
  static constexpr std::string_view name = "retrieve";  ///< as observers are told
  template <class Policy>
  using Declaration = typename Policy::Retrieve;
  static constexpr Reads reads = Reads::record;
  /// Whether a failure may leave open what it has changed.
  static constexpr bool changes = false;
  /// Whether it may be repeated whatever became of an earlier attempt.
  static constexpr bool repeatable = true;

  [[nodiscard]] static constexpr Kept keep(const Request& request) noexcept {
    return {request.connector_customer_id};
  }
};

}  // namespace florin
