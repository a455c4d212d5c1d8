// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/require.hpp>

#include <string>
#include <string_view>

namespace florin {

/// A postal address that does not own its text. Empty members are absent.
struct AddressView {
  std::string_view line1{};    ///< street and number
  std::string_view line2{};    ///< what else there is: floor, company
  std::string_view city{};     ///< city or town
  std::string_view state{};    ///< state, province or region
  std::string_view zip{};      ///< postal code
  std::string_view country{};  ///< ISO 3166-1 alpha-2, e.g. `"US"`
};

/// A postal address. Empty members are absent.
struct Address {
  std::string line1{};    ///< street and number
  std::string line2{};    ///< what else there is: floor, company
  std::string city{};     ///< city or town
  std::string state{};    ///< state, province or region
  std::string zip{};      ///< postal code
  std::string country{};  ///< ISO 3166-1 alpha-2, e.g. `"US"`

  /// Views this address: not to be read once it has gone.
  [[nodiscard]] AddressView view() const noexcept {
    return {.line1 = line1,
            .line2 = line2,
            .city = city,
            .state = state,
            .zip = zip,
            .country = country};
  }
};

}  // namespace florin
