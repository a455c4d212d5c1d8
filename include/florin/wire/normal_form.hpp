// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/customer.hpp>
#include <florin/wire/country.hpp>
#include <florin/wire/utf8.hpp>

#include <concepts>
#include <string_view>

namespace florin::wire {

namespace detail {

/// \tparam View has the members of `CreateRequestView`.
template <class View>
constexpr View normalised(View request) noexcept {
  for (std::string_view* const text :
       {&request.merchant_customer_id, &request.email, &request.name, &request.given_name,
        &request.family_name, &request.phone, &request.description, &request.address.line1,
        &request.address.line2, &request.address.city, &request.address.state, &request.address.zip,
        &request.address.country})
    if (!text->empty() && text->front() <= ' ' && trim(*text).empty()) *text = {};
  if (const auto code = alpha2_of(request.address.country); !code.empty())
    request.address.country = code;
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
