// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/customer.hpp>
#include <florin/customer/given.hpp>
#include <florin/field.hpp>
#include <florin/wire/country.hpp>
#include <florin/wire/utf8.hpp>

#include <string_view>

namespace florin::wire {

/// Gives a request the form in which every processor gets it: a text of white space only is absent,
/// so that it is neither sent nor taken for a value, and the country is in upper case. Metadata
/// stay as they are.
/// \tparam View has the members of `CreateRequestView`.
/// \return the fields that are given.
template <class View>
constexpr FieldSet normalise(View& request) noexcept {
  FieldSet given = request.given();
  for (const Field field : given - FieldSet{Field::metadata}) {
    std::string_view& text = florin::detail::text_of(request, field);
    const auto first = static_cast<unsigned char>(text.front());
    if ((first <= ' ' || first >= 0x80) && trim(text).empty()) [[unlikely]] {
      text = {};
      given = given - FieldSet{field};
    }
  }
  if (std::string_view& country = request.address.country; !country.empty())
    if (const auto code = alpha2_of(country); !code.empty()) country = code;
  return given;
}

}  // namespace florin::wire
