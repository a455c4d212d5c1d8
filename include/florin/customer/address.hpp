// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/require.hpp>

#include <string>
#include <string_view>

namespace florin {

/// A postal address that does not own its text. Empty members are absent.
struct AddressView {
  std::string_view line1{};
  std::string_view line2{};
  std::string_view city{};
  std::string_view state{};
  std::string_view zip{};
  std::string_view country{};  ///< ISO 3166-1 alpha-2, e.g. `"US"`
};

/// A postal address. Empty members are absent.
struct Address {
  std::string line1{};
  std::string line2{};
  std::string city{};
  std::string state{};
  std::string zip{};
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
