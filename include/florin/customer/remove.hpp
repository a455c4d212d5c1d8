// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/customer/operation.hpp>
#include <florin/customer/status.hpp>
#include <florin/field.hpp>
#include <florin/phase.hpp>
#include <florin/text.hpp>

#include <string_view>

namespace florin {

/// Which customer is deleted. A view: it is read before the call that it is given to returns.
struct DeleteRequest {
  std::string_view connector_customer_id{};  ///< the processor's id, required

  /// No unified fields.
  [[nodiscard]] static constexpr FieldSet given() noexcept { return {}; }

  /// Calls `visit` with each text.
  template <class Visitor>
  constexpr void each(Visitor&& visit) {
    visit(connector_customer_id);
  }
};

/// The customer is gone.
struct DeleteResponse {
  Text connector_customer_id{};                     ///< echoed from the request
  CustomerStatus status = CustomerStatus::deleted;  ///< of the customer
  /// It was gone before this request: deleted earlier, or by an attempt of this call whose answer
  /// was lost. Where the processor deactivates it cannot be told, and is false.
  bool already_gone = false;
  int status_code = 200;  ///< unified: 200
  int http_status = 0;    ///< the processor's own
  Text request_id{};      ///< the processor's id of the request, for its support
  int attempts = 0;       ///< requests begun
  Timings timings{};      ///< time by phase, all attempts
};

/// The operation `delete`: deletes a customer by the processor's id, or deactivates it where that
/// is all that the processor offers; the policy's documentation says which, and what goes with it.
///
/// A customer that is already gone is a success that says so. One that never was is `not_found`;
/// where the processor answers both alike, that is `not_found` too. A failed attempt is repeated
/// wherever the cause may pass: whoever is told then that there is no such customer has deleted it.
struct Delete {
  using Request = DeleteRequest;
  using Response = DeleteResponse;
  using Kept = KeptId;
  static constexpr std::string_view name = "delete";  ///< as observers are told
  template <class Policy>
  using Declaration = typename Policy::Delete;
  static constexpr Reads reads = Reads::confirmation;
  static constexpr bool changes = true;
  static constexpr bool repeatable = true;
  /// Whether what is wanted is that the processor knows the customer no longer.
  static constexpr bool wants_absence = true;

  [[nodiscard]] static constexpr Kept keep(const Request& request) noexcept {
    return {request.connector_customer_id};
  }
  /// The unified answer; the transport's part is filled in by the caller.
  [[nodiscard]] static Response respond(const Kept& kept, bool already_gone) {
    Response response;
    response.connector_customer_id.assign(kept.connector_customer_id);
    response.already_gone = already_gone;
    return response;
  }
};

}  // namespace florin
