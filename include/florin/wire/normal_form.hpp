// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/customer.hpp>
#include <florin/customer/given.hpp>
#include <florin/field.hpp>
#include <florin/wire/country.hpp>
#include <florin/wire/utf8.hpp>

#include <concepts>
#include <string_view>

namespace florin::wire {

namespace detail {

/// \tparam View has the members of `CreateRequestView`.
template <class View>
constexpr View normalised(View request) noexcept {
  florin::detail::each_text(request, [](Field, std::string_view& text) {
    if (!text.empty() && text.front() <= ' ' && trim(text).empty()) text = {};
  });
  if (std::string_view& country = request.address.country; !country.empty())
    if (const auto code = alpha2_of(country); !code.empty()) country = code;
  return request;
}

}  // namespace detail

/// The request as every processor gets it: a text of white space only is absent, so that it is
/// neither sent nor taken for a value, and the country is in upper case. Metadata stay as they are.
/// \return views of the same text.
constexpr CreateRequestView normal_form(const CreateRequestView& request) noexcept {
  return detail::normalised(request);
}
/// \copydoc normal_form
template <std::same_as<UpdateRequestView> View>
constexpr View normal_form(const View& request) noexcept {
  return detail::normalised(request);
}

}  // namespace florin::wire
