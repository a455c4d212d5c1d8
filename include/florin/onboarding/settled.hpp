// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/error.hpp>
#include <florin/onboarding/onboarded.hpp>
#include <florin/onboarding/row.hpp>

#include <cstddef>
#include <functional>
#include <string_view>
#include <vector>

namespace florin::onboarding {

/// What `settle` has come to.
struct Settled {
  std::size_t active = 0;   ///< rows that are active now
  std::size_t refused = 0;  ///< that the processor refuses
  std::size_t open = 0;     ///< that failed and are taken up again by a later `settle`
  /// Rows of the account that stay unknown and that nothing the library may do would settle, the
  /// first ones by `merchant_customer_id`: look into the processor's dashboard and say what is
  /// there with `Directory::resolve`.
  std::vector<Row> unsettled{};
};

/// How `settle` works.
/// \tparam Client the client's type.
template <class Client>
struct SettleOptions {
  /// Of each call of `ensure`; see `OnboardOptions::call`. The deadline is one row's.
  typename Client::CallOptionsType call{};
  std::string_view account{};  ///< see `CustomerKey`
  std::size_t at_once = 16;    ///< `async_settle`: calls at the same time
  std::size_t listed = 1000;   ///< most rows of `Settled::unsettled`
  /// Is told of each row that was taken up, with what came of it, one after the other; must not
  /// throw. Empty: nobody is.
  std::function<void(const Row&, const Result<Onboarded>&)> on_row{};
};

}  // namespace florin::onboarding
