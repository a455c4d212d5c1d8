// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/customer/address.hpp>
#include <florin/detail/given_text.hpp>
#include <florin/field.hpp>

#include <cstddef>
#include <utility>

/// How the address of `customer(...)` is kept when it is given as a whole.
namespace florin::detail {

/// Says that a country literal is no alpha-2 code.
/// \tparam Size its bytes.
template <class Subject, std::size_t Size>
consteval void check_country() {
  static_assert(holds_for<Subject, Size == 2, Size>,
                "florin: a country is an ISO 3166-1 alpha-2 code of 2 letters: write e.g. \"US\"");
}

/// The country of an address.
struct GivenCountry : GivenText {
  using GivenText::GivenText;
  template <std::size_t N>
  explicit(false) GivenCountry(const char (&literal)[N]) : GivenText(literal) {
    check_country<field::AddressCountry, N - 1>();
  }
};

/// What can be written in braces: `address = {.line1 = "1 Main St", .city = city}`.
struct GivenAddress {
  GivenText line1{};
  GivenText line2{};
  GivenText city{};
  GivenText state{};
  GivenText zip{};
  GivenCountry country{};  ///< ISO 3166-1 alpha-2, e.g. `"US"`

  [[nodiscard]] AddressView view() const noexcept {
    return {.line1 = line1.view(),
            .line2 = line2.view(),
            .city = city.view(),
            .state = state.view(),
            .zip = zip.view(),
            .country = country.view()};
  }
};

/// An address that somebody else owns.
struct ViewedAddress {
  AddressView address;
  [[nodiscard]] AddressView view() const noexcept { return address; }
};

}  // namespace florin::detail
